// SPDX-License-Identifier: GPL-2.0-or-later
#include "leak_sample.h"

#include <string.h>

#include "facts.h"
#include "kernel/mm/slab.h"
#include "kernel/mm/slab_sample.h"

/* Slabs that are read for fences, at most: 16 MB in pages of 4 KiB. */
#define SLABS_MAX 4096
/* SLUB's are of eight pages at most, unless they are asked to be larger. */
#define SLAB_BYTES_MAX (1u << 20)

/* ---- a large cache --------------------------------------------------------------- */

/* Where the kernel counts, memory.cache_bytes says it of all. */
static bool shows_large(struct dump *d, const struct memory *m,
			const struct slab_sample *s)
{
	const struct slab_cache *c;
	uint64_t bytes;
	size_t i;

	for (i = 0; i < m->caches.all.n; i++) {
		c = &m->caches.all.v[i];
		bytes = s->pages[i] * s->each * d->info.page_size;
		if (!c->counted && bytes >= WATCH_CACHE_MIN / 2 &&
		    bytes >= m->slab / WATCH_CACHE_SHARE / 2 &&
		    !slab_cache_is_debugging(c) && !slab_cache_reclaimable(d, c))
			return true;
	}
	return false;
}

/* ---- fences ---------------------------------------------------------------------- */

struct fence_search {
	struct dump *d;
	VEC(struct gpu_fence_signature) signatures; /* a device's each */
	unsigned char *memory;
	size_t room;
	struct fence_census found;
};

static bool is_fence(const struct fence_search *s, const struct slab_cache *c,
		     const unsigned char *bytes)
{
	size_t i;

	for (i = 0; i < s->signatures.n; i++)
		if (gpu_fence_fits(&s->signatures.v[i], bytes, c->object_size))
			return true;
	return false;
}

/* A free one has no reference, so that it is not taken for one that has leaked. */
static void search_slab(struct fence_search *s, const struct slab_cache *c, kaddr_t slab)
{
	size_t bytes = s->d->info.page_size << c->order, at;
	unsigned int k;

	if (bytes > SLAB_BYTES_MAX)
		return;
	if (bytes > s->room) {
		s->room = bytes;
		s->memory = arena_alloc(s->d->arena, bytes);
	}
	if (dump_read(s->d, slab, s->memory, bytes) != DUMP_OK)
		return;
	for (k = 0; k < c->objects; k++) {
		at = slab_offset(c, k);
		if (at + c->object_size <= bytes && is_fence(s, c, s->memory + at))
			fence_census_count(s->d, c, s->memory + at, &s->found);
	}
}

static void take_signatures(struct fence_search *s, const struct gpus *gpus)
{
	struct gpu_fence_signature sig;
	size_t i;

	for (i = 0; i < gpus->all.n; i++)
		if (gpus->all.v[i].read &&
		    gpu_fence_signature(s->d, gpus->all.v[i].vgdev, &sig))
			*vec_push(s->d->arena, &s->signatures) = sig;
}

static bool shows_fences(struct dump *d, struct facts *f, const struct slab_sample *s)
{
	const struct slab_caches *all = &f->memory.caches;
	struct fence_search search = {.d = d};
	const struct slab_cache *c;
	struct fence_sizes sizes;
	size_t i, n = 0;

	if (!f->gpu_driver)
		return false;
	leak_fence_sizes(all, &sizes);
	take_signatures(&search, facts_gpus(d, f));
	for (i = 0; search.signatures.n && i < s->slabs.n && n < SLABS_MAX &&
		    !dump_interrupted(d);
	     i++) {
		c = &all->all.v[s->slabs.v[i].cache];
		if (!may_hold_fences(&sizes, c))
			continue;
		n++;
		search_slab(&search, c, s->slabs.v[i].addr);
	}
	return search.found.alone * s->each >= WATCH_FENCES / 2 &&
	       search.found.signalled * s->each >= WATCH_FENCES / 2;
}

bool leak_sample_shows(struct dump *d, struct facts *f)
{
	struct slab_sample s;

	return f->memory.caches.all.n && slab_sample_read(d, &f->memory.caches, &s) &&
	       (shows_large(d, &f->memory, &s) || shows_fences(d, f, &s));
}
