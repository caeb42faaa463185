// SPDX-License-Identifier: GPL-2.0-or-later
#include "memory.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/gpu/drm_gem.h"
#include "kernel/mm/slab.h"
#include "dump/layout.h"

#define MM_COUNTERS_MAX 8
/*
 * The page array is gone through unasked up to this many page frames (16 GB in pages of
 * 4 KiB), and beyond where a tenth of all memory is in slabs, or a part of it says that it
 * is worth it (leak_watch.h).
 */
#define COUNT_PAGES_MAX (4ull << 20)
#define COUNT_SHARE 10
/* More than any machine has. */
#define BALLOON_PAGES_MAX (1ull << 40)

/* ---- counters ------------------------------------------------------------------ */

/* One of an array of atomic_long_t; what is below zero by a race is zero. */
static bool counter(struct dump *d, const char *array, enum layout_id item,
		    uint64_t *bytes)
{
	uint64_t v;
	kaddr_t a;

	if (!layout_has(d, item) || !dump_symbol(d, array, &a) ||
	    !dump_u64(d, a + 8 * (kaddr_t)layout_enum(d, item, 0), &v))
		return false;
	*bytes = (int64_t)v > 0 ? v * d->info.page_size : 0;
	return true;
}

static bool read_counters(struct dump *d, struct memory *m)
{
	/* With an underscore since 5.0, ca79b0c211af. */
	if (!dump_symbol_u64(d, "_totalram_pages", &m->total) &&
	    !dump_symbol_u64(d, "totalram_pages", &m->total))
		return false;
	m->total *= d->info.page_size;
	return counter(d, "vm_zone_stat", NR_FREE_PAGES, &m->free) &&
	       counter(d, "vm_node_stat", NR_ANON_PAGES, &m->anon) &&
	       counter(d, "vm_node_stat", NR_FILE_PAGES, &m->file) &&
	       counter(d, "vm_node_stat", NR_SHMEM, &m->shmem);
}

/* vm_node_stat[] is in pages for these two, on kernels that name them in bytes too. */
bool memory_slab_counters(struct dump *d, uint64_t *reclaimable, uint64_t *unreclaimable)
{
	return counter(d, "vm_node_stat", NR_SLAB_RECLAIMABLE, reclaimable) &&
	       counter(d, "vm_node_stat", NR_SLAB_UNRECLAIMABLE, unreclaimable);
}

/*
 * Of all CPUs: each counts what it has done, and may have undone what another did.  at: where
 * the one is that has counted most.
 */
static bool sum_events(struct dump *d, enum layout_id item, uint64_t *sum, kaddr_t *at)
{
	uint64_t n, most = 0;
	unsigned int cpu;
	kaddr_t a;

	if (!layout_has(d, item))
		return false;
	for (cpu = 0, *sum = 0; cpu < d->info.cpus; cpu++) {
		if (!dump_percpu_symbol(d, cpu, "vm_event_states", &a))
			return false;
		a += 8 * (kaddr_t)layout_enum(d, item, 0);
		if (!dump_u64(d, a, &n))
			return false;
		*sum += n;
		if (n > most) {
			most = n;
			*at = a;
		}
	}
	return true;
}

/* Every balloon's driver counts the pages that it gives to its host, and gets back. */
static uint64_t pages_with_host(struct dump *d, kaddr_t *at)
{
	uint64_t given, back;
	kaddr_t unused;

	if (!sum_events(d, BALLOON_INFLATE, &given, at) ||
	    !sum_events(d, BALLOON_DEFLATE, &back, &unused) || given < back ||
	    given - back > BALLOON_PAGES_MAX)
		return 0;
	return given - back;
}

/* Of all caches together, which are not counted, or not known: CONFIG_SLAB has other ones. */
static void count_slabs_in_all(struct dump *d, struct memory *m)
{
	uint64_t reclaimable, unreclaimable;

	if (memory_slab_counters(d, &reclaimable, &unreclaimable))
		m->slab = reclaimable + unreclaimable;
}

void memory_read(struct dump *d, struct memory *m)
{
	const struct slab_cache *c;
	size_t i;

	m->counted = read_counters(d, m);
	m->balloon = pages_with_host(d, &m->balloon_at) * d->info.page_size;
	/* Counted since 97105f0ab7b8, 5.6, and elsewhere in 7.x. */
	if (dump_symbol_u64(d, "nr_vmalloc_pages", &m->vmalloc))
		m->vmalloc = m->vmalloc < m->total / d->info.page_size
				     ? m->vmalloc * d->info.page_size
				     : 0;
	if (!slab_caches_read(d, d->arena, &m->caches)) {
		count_slabs_in_all(d, m);
		return;
	}
	m->cache_bytes = arena_alloc(d->arena, m->caches.all.n * sizeof(*m->cache_bytes));
	for (i = 0; i < m->caches.all.n; i++) {
		c = &m->caches.all.v[i];
		if (!c->counted || c->order > 20 || c->nr_slabs > UINT32_MAX)
			continue;
		m->cache_bytes[i] = (c->nr_slabs << c->order) * d->info.page_size;
		m->slab += m->cache_bytes[i];
	}
	if (!slab_caches_are_counted(d))
		count_slabs_in_all(d, m);
}

/* ---- slabs that the kernel does not count ---------------------------------------- */

static void count_cache(const struct slabs *s, struct memory *m, size_t i)
{
	struct slab_cache *c = &m->caches.all.v[i];
	uint32_t in = slab_cache_by_addr(&s->caches, c->addr);
	const struct slab_totals *t;

	if (in == SLAB_NO_CACHE)
		return;
	t = &s->totals[in];
	c->counted = true;
	c->nr_slabs = t->all.slabs;
	c->total_objects = t->all.objects;
	m->cache_bytes[i] = t->pages << s->pages.shift;
	m->slab += m->cache_bytes[i];
}

void memory_count_all_slabs(struct dump *d, struct memory *m)
{
	struct slabs *s;
	size_t i;

	if (slab_caches_are_counted(d) || !m->caches.all.n)
		return;
	s = slabs_get(d);
	if (!s)
		return;
	m->slab = 0;
	for (i = 0; i < m->caches.all.n; i++)
		count_cache(s, m, i);
}

void memory_count_slabs(struct dump *d, struct memory *m)
{
	if (m->total / d->info.page_size <= COUNT_PAGES_MAX ||
	    m->slab >= m->total / COUNT_SHARE)
		memory_count_all_slabs(d, m);
}

/* ---- processes ------------------------------------------------------------------ */

uint64_t memory_user_bytes(const struct memory_user *u)
{
	/* GEM objects that are mapped are shmem too: once. */
	return u->anon + (u->gem > u->shmem ? u->gem : u->shmem);
}

/* Of so much, what is not of that process's files. */
static uint64_t but_own(const struct memory *m, uint64_t of,
			const struct memory_user *but)
{
	uint64_t own = !but ? 0 : but->gem > but->shmem ? but->gem : but->shmem;

	return m->counted && of > own ? of - own : 0;
}

uint64_t memory_of_files(const struct memory *m, const struct memory_user *but)
{
	return but_own(m, m->file, but);
}

uint64_t memory_of_shmem(const struct memory *m, const struct memory_user *but)
{
	return but_own(m, m->shmem, but);
}

uint64_t memory_of_kernel(const struct memory *m)
{
	uint64_t known = m->free + m->anon + m->file + m->slab;

	return m->counted && m->slab && m->total > known ? m->total - known : 0;
}

/* A percpu_counter: its sum, and what each CPU has not added yet. */
static int64_t percpu_sum(struct dump *d, kaddr_t c)
{
	uint64_t count = 0, cpus = 0;
	unsigned int cpu;
	uint32_t part;
	kaddr_t addr;

	member_u64(d, c, PERCPU_COUNTER_COUNT, &count);
	if (!member_u64(d, c, PERCPU_COUNTER_CPUS, &cpus) || !cpus)
		return (int64_t)count;
	for (cpu = 0; cpu < d->info.cpus; cpu++)
		if (dump_percpu(d, cpu, cpus, &addr) && dump_u32(d, addr, &part))
			count += (uint64_t)(int64_t)(int32_t)part;
	return (int64_t)count;
}

/* Since f1a7941243c1 (6.2); before, it was no more than an array of words. */
static bool rss_is_of_cpus(struct dump *d)
{
	return layout_size(d, MM_RSS_STAT) > MM_COUNTERS_MAX * 8;
}

/* mm->rss_stat[item], in bytes. */
static uint64_t rss(struct dump *d, kaddr_t mm, enum layout_id item, long fallback)
{
	kaddr_t stat = member_addr(d, mm, MM_RSS_STAT);
	kaddr_t i = (kaddr_t)layout_enum(d, item, fallback);
	uint64_t v = 0;
	int64_t n;

	if (!layout_has(d, MM_RSS_STAT) || i >= MM_COUNTERS_MAX)
		return 0;
	if (rss_is_of_cpus(d)) {
		n = percpu_sum(d, stat + i * (kaddr_t)layout_size(d, PERCPU_COUNTER));
	} else {
		dump_u64(d, stat + i * 8, &v);
		n = (int64_t)v;
	}
	return n > 0 ? (uint64_t)n * d->info.page_size : 0;
}

static struct memory_user *user_of(struct memory *m, int tgid)
{
	size_t i;

	for (i = 0; i < m->users.n; i++)
		if (m->users.v[i].task->pid == tgid)
			return &m->users.v[i];
	return NULL;
}

static void add_process(struct dump *d, struct memory *m, const struct task *t)
{
	struct memory_user *u;
	uint64_t mm;

	if (t->kthread || t->pid != t->tgid || !member_ptr(d, t->addr, TASK_MM, &mm) ||
	    !mm)
		return;
	u = vec_push(d->arena, &m->users);
	u->task = t;
	u->mm = mm;
	u->of_cpus = rss_is_of_cpus(d);
	u->anon = rss(d, mm, MM_ANONPAGES, 1);
	u->file = rss(d, mm, MM_FILEPAGES, 0);
	u->shmem = rss(d, mm, MM_SHMEMPAGES, 3);
}

/* ---- GEM objects ------------------------------------------------------------------ */

/* The objects that an open of the device has handles of. */
static void add_open(struct dump *d, struct tasks *tasks, struct memory *m,
		     const struct drm_file *file)
{
	struct task *t = file->pid > 0 ? task_by_pid(tasks, file->pid) : NULL;
	struct memory_user *u = t ? user_of(m, t->tgid) : NULL;
	uint64_t size;
	size_t i;

	for (i = 0; u && i < file->handles.all.n; i++)
		if (member_u64(d, file->handles.all.v[i].ptr, GEM_SIZE, &size)) {
			u->gem += size;
			u->gem_objects++;
		}
}

static void add_device(struct dump *d, struct tasks *tasks, struct memory *m, kaddr_t drm)
{
	struct drm opens = {0};
	size_t i;

	if (drm)
		drm_files_read(d, drm, &opens);
	for (i = 0; i < opens.files.n; i++)
		add_open(d, tasks, m, &opens.files.v[i]);
}

static int most_first(const void *a, const void *b)
{
	const struct memory_user *x = a, *y = b;
	uint64_t m = memory_user_bytes(x), n = memory_user_bytes(y);

	if (m != n)
		return m > n ? -1 : 1;
	return x->task->pid < y->task->pid ? -1 : x->task->pid > y->task->pid;
}

void memory_read_users(struct dump *d, struct tasks *tasks, const struct gpus *gpus,
		       struct memory *m)
{
	size_t i;

	for (i = 0; i < tasks->all.n; i++)
		add_process(d, m, &tasks->all.v[i]);
	for (i = 0; i < gpus->all.n; i++)
		add_device(d, tasks, m, gpus->all.v[i].drm);
	if (m->users.n)
		qsort(m->users.v, m->users.n, sizeof(m->users.v[0]), most_first);
}
