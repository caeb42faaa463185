// SPDX-License-Identifier: GPL-2.0-or-later
#include "facts.h"

#include <string.h>

#include "dump/layout.h"
#include "leak_sample.h"

/*
 * So large are virtio-gpu's fences on the kernels that are known.  Their type is not asked:
 * where nothing may have leaked, debuginfo of its module need not be loaded.
 */
#define FENCE_SIZE_MIN 88
#define FENCE_SIZE_MAX 192

void leak_fence_sizes(const struct slab_caches *all, struct fence_sizes *sizes)
{
	sizes->least = slab_kmalloc_size(all, FENCE_SIZE_MIN);
	sizes->most = slab_kmalloc_size(all, FENCE_SIZE_MAX);
}

/* The tasks are known: seven of eight in their cache are no loss, however many there are. */
static bool holds_known_tasks(const struct facts *f, const struct slab_cache *c)
{
	return !strcmp(c->name, "task_struct") &&
	       f->tasks.all.n >= c->total_objects - c->total_objects / 8;
}

static void find_large(struct dump *d, const struct facts *f, struct leak_watch *w)
{
	const struct memory *m = &f->memory;
	uint64_t most = WATCH_CACHE_MIN - 1;
	size_t i;

	w->large = SLAB_NO_CACHE;
	for (i = 0; i < m->caches.all.n; i++)
		if (m->cache_bytes[i] > most &&
		    m->cache_bytes[i] >= m->slab / WATCH_CACHE_SHARE &&
		    !slab_cache_is_debugging(&m->caches.all.v[i]) &&
		    !holds_known_tasks(f, &m->caches.all.v[i]) &&
		    !slab_cache_reclaimable(d, &m->caches.all.v[i])) {
			most = m->cache_bytes[i];
			w->large = (uint32_t)i;
		}
}

/* A cgroup's caches and others of one size are of one family. */
static uint64_t objects_of_family(const struct slab_caches *all, const char *family)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < all->all.n; i++)
		if (!strcmp(all->all.v[i].family, family))
			n += all->all.v[i].total_objects;
	return n;
}

static void count_fences(struct dump *d, struct facts *facts)
{
	const struct slab_caches *all = &facts->memory.caches;
	struct leak_watch *w = &facts->leak_watch;
	struct typer *typer = NULL;
	uint64_t before, most = 0;
	struct fence_sizes sizes;
	struct slabs *s;
	uint32_t in;
	size_t i;

	memset(&w->fences, 0, sizeof(w->fences));
	leak_fence_sizes(all, &sizes);
	for (i = 0; i < all->all.n; i++) {
		if (!may_hold_fences(&sizes, &all->all.v[i]) ||
		    !all->all.v[i].total_objects ||
		    objects_of_family(all, all->all.v[i].family) < WATCH_FENCE_OBJECTS)
			continue;
		s = slabs_get(d);
		if (!s)
			return;
		if (!typer)
			typer = typer_create(d, s, facts_gpus(d, facts));
		in = slab_cache_by_addr(&s->caches, all->all.v[i].addr);
		if (in == SLAB_NO_CACHE)
			continue;
		before = w->fences.n;
		fence_census_add(d, s, typer, &s->caches.all.v[in], &w->fences);
		if (w->fences.n - before > most) {
			most = w->fences.n - before;
			w->fence_cache = (uint32_t)i;
		}
	}
}

static void read_age(struct dump *d, struct gpu_driver_age *age)
{
	kaddr_t addr;

	if (!dump_symbol(d, "virtio_gpu_execbuffer_ioctl", &age->execbuffer))
		age->execbuffer = 0;
	age->uuid = layout_has(d, GPU_HAS_UUID);
	age->ring_idx = layout_has(d, GPU_FENCE_RING);
	age->submit = dump_symbol(d, "virtio_gpu_dma_fence_wait", &addr) ||
		      dump_symbol(d, "virtio_gpu_process_post_deps", &addr);
}

static bool fits(struct dump *d, const struct memory *m)
{
	return m->total / d->info.page_size <= SEARCH_PAGES_MAX &&
	       m->slab <= SEARCH_SLAB_MAX;
}

/* Without a hang there must be another reason, why somebody wanted to look at it. */
static bool was_asked_for(const struct facts *f)
{
	enum trigger_kind kind = f->panic.trigger.kind;

	return !f->nblocked &&
	       (kind == TRIGGER_SYSRQ || kind == TRIGGER_NMI || kind == TRIGGER_NONE);
}

/* A small core has not what it reads, and one that is being made is not to have it. */
static bool is_cut(const struct dump_about *about)
{
	return about->to_be_small || (about->small && about->small->level < SMALL_LEAK);
}

static bool is_cheap(struct dump *d, const struct memory *m)
{
	return !d->info.about->live && !is_cut(d->info.about) &&
	       m->slab <= LOOK_SLAB_MAX && m->total / d->info.page_size <= LOOK_PAGES_MAX;
}

/*
 * Of one kind, most: they may be too few for count_fences() to look, or of virtio-gpu without
 * its types, which it cannot tell.
 */
static uint64_t lost_fences(const struct leak_groups *groups)
{
	const struct leak_group *g;
	uint64_t n, most = 0;
	size_t i;

	for (i = 0; i < groups->all.n; i++) {
		g = &groups->all.v[i];
		n = g->kind == KIND_DMA_FENCE ? g->n : g->fences.n;
		if (n > most)
			most = n;
	}
	return most;
}

/* It is asked of a part first, and of all where that shows a leak. */
static bool shows_leak(struct dump *d, struct facts *f)
{
	if (d->info.about->live || is_cut(d->info.about) || !leak_sample_shows(d, f))
		return false;
	memory_count_all_slabs(d, &f->memory);
	return true;
}

void leak_watch_read(struct dump *d, struct facts *f, bool exhausted)
{
	const struct memory *m = &f->memory;
	struct leak_watch *w = &f->leak_watch;
	struct leaks *l = leaks_known(d);
	bool closely = fits(d, m) || shows_leak(d, f);

	w->fence_cache = SLAB_NO_CACHE;
	find_large(d, f, w);
	if (f->gpu_driver && closely)
		count_fences(d, f);
	w->reason =
		w->large != SLAB_NO_CACHE ||
		(exhausted && m->slab >= m->total / WATCH_EXHAUSTED_SHARE) ||
		(w->fences.alone >= WATCH_FENCES && w->fences.signalled >= WATCH_FENCES);
	w->worth = w->reason || (was_asked_for(f) && is_cheap(d, m));
	if (!l && w->worth && fits(d, m))
		l = leaks_get(d, &f->tasks, NULL, false);
	if (!l)
		return;
	leak_groups_read(d, l, facts_gpus(d, f), NULL, &w->groups);
	w->leaks = l;
	w->reason |= lost_fences(&w->groups) >= WATCH_FENCES;
	read_age(d, &w->age);
}
