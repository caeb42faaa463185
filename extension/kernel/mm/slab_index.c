// SPDX-License-Identifier: GPL-2.0-or-later
/* Every slab of the dump: one pass over the page array, kept for the commands to come. */
#include "slab.h"

#include <stdlib.h>
#include <string.h>

#include "dump/layout.h"
#include "slab_internal.h"

#define SLAB_NOTES_MAX 32
#define ORDER_MAX 10 /* what the page allocator has: MAX_ORDER */

/* struct page.counters and struct slab.counters: mm_types.h, mm/slab.h */
#define COUNTERS_INUSE(x) ((uint16_t)(x))
#define COUNTERS_OBJECTS(x) ((uint16_t)((x) >> 16 & 0x7fff))
#define COUNTERS_FROZEN(x) ((uint8_t)((x) >> 31 & 1))

/* 255 objects of CONFIG_KFENCE_NUM_OBJECTS, and its guard pages */
#define KFENCE_POOL_PAGES 512

/* ---- the pass over the page array ----------------------------------------- */

struct indexer {
	struct slabs *s;
	size_t cache_at, freelist_at, counters_at;
	uint32_t last; /* the cache of the slab before, which is often the next one's */
	pfn_t kfence, kfence_end;
};

/*
 * KFENCE marks every other page of its pool as a slab's (0ce20dd84089); each holds one
 * object of whichever cache, and SLUB counts none of them.
 */
static void find_kfence(struct indexer *x)
{
	kaddr_t pool;

	if (dump_symbol_u64(x->s->d, "__kfence_pool", &pool) && pool &&
	    page_of_address(&x->s->pages, pool, &x->kfence))
		x->kfence_end = x->kfence + KFENCE_POOL_PAGES;
}

static uint32_t cache_of(struct indexer *x, kaddr_t addr)
{
	struct slab_caches *c = &x->s->caches;

	if (x->last != SLAB_NO_CACHE && c->all.v[x->last].addr == addr)
		return x->last;
	return slab_cache_by_addr(c, addr);
}

/*
 * The one order in which this many objects of this size fill a slab: order_objects() of
 * mm/slub.c.  What sysfs or a shortage of memory made smaller or larger is found too; what
 * the cache says its order is would, if damaged, swallow the slabs behind this one.
 */
static int order_of(const struct slabs *s, const struct slab_cache *c,
		    unsigned int objects)
{
	int order;

	for (order = 0; objects && order <= ORDER_MAX; order++)
		if (((size_t)1 << (s->pages.shift + (unsigned int)order)) / c->size ==
		    objects)
			return order;
	return -1;
}

static bool order_known(struct indexer *x, struct slab *slab)
{
	struct slabs *s = x->s;
	const struct slab_cache *c = &s->caches.all.v[slab->cache];
	int order = order_of(s, c, slab->objects);

	if (order >= 0 && slab->inuse <= slab->objects) {
		slab->order = (uint8_t)order;
		return true;
	}
	s->totals[slab->cache].lost++;
	slab_add_damage_at(
		s, FLAW_COUNT, slab->cache, slab_struct(s, slab), slab->pfn,
		"counts %u objects, %u of them in use; cache %s puts %u into a slab",
		slab->objects, slab->inuse, c->name, c->objects);
	return false;
}

/* The first page of a slab.  Returns how many pages it has. */
static pfn_t add_slab(struct indexer *x, pfn_t pfn, const unsigned char *page)
{
	struct slabs *s = x->s;
	struct slab slab = {.pfn = pfn};
	kaddr_t cache;
	uint32_t counters;

	memcpy(&cache, page + x->cache_at, sizeof(cache));
	memcpy(&slab.freelist, page + x->freelist_at, sizeof(slab.freelist));
	memcpy(&counters, page + x->counters_at, sizeof(counters));
	slab.cache = cache_of(x, cache);
	if (slab.cache == SLAB_NO_CACHE) {
		slab_add_damage_at(s, FLAW_NO_CACHE, SLAB_NO_CACHE,
				   page_struct(&s->pages, pfn), cache,
				   "is a slab of 0x%llx, which is no cache", HEX(cache));
		return 1;
	}
	x->last = slab.cache;
	slab.inuse = COUNTERS_INUSE(counters);
	slab.objects = COUNTERS_OBJECTS(counters);
	slab.frozen = COUNTERS_FROZEN(counters);
	if (!order_known(x, &slab))
		return 1;
	slab.place = slab.inuse == slab.objects && !slab.freelist ? SLAB_FULL
								  : SLAB_LOOSE;
	slab.first = s->nobjects;
	s->nobjects += slab.objects;
	*vec_push(s->arena, &s->all) = slab;
	return (pfn_t)1 << slab.order;
}

static bool indexer_init(struct indexer *x, struct slabs *s)
{
	struct dump *d = s->d;

	memset(x, 0, sizeof(*x));
	x->s = s;
	x->last = SLAB_NO_CACHE;
	x->cache_at = (size_t)layout_offset(d, SLAB_CACHE);
	x->freelist_at = (size_t)layout_offset(d, SLAB_FREELIST);
	x->counters_at = (size_t)layout_offset(d, SLAB_COUNTERS);
	if (!layout_has_all(d, SLAB_CACHE, SLAB_FREELIST, SLAB_COUNTERS) ||
	    s->pages.slab.how == MARK_NONE || x->cache_at + 8 > s->pages.size ||
	    x->freelist_at + 8 > s->pages.size || x->counters_at + 4 > s->pages.size) {
		dump_note(d,
			  "slabs: this kernel's debuginfo has no struct page or struct "
			  "slab that vgpu knows");
		return false;
	}
	find_kfence(x);
	return true;
}

static bool index_slabs(struct slabs *s)
{
	struct page_block b;
	struct indexer x;
	pfn_t skip = 0, pfn;
	size_t i;

	if (!indexer_init(&x, s))
		return false;
	pages_begin(&b, &s->pages);
	while (pages_next(&b)) {
		for (i = 0; i < b.n; i++) {
			pfn = b.first + i;
			if (pfn < skip || !page_is_slab(&s->pages, page_block_at(&b, i)))
				continue;
			if (pfn >= x.kfence && pfn < x.kfence_end)
				s->foreign++;
			else
				skip = pfn + add_slab(&x, pfn, page_block_at(&b, i));
		}
	}
	s->excluded = b.excluded;
	return true;
}

/* ---- cache by cache ------------------------------------------------------- */

static void count(struct slab_count *n, const struct slab *slab)
{
	n->slabs++;
	n->objects += slab->objects;
	n->inuse += slab->inuse;
}

/* by_cache: the slabs' indexes, each cache's together and by address. */
static void sort_by_cache(struct slabs *s)
{
	uint32_t i, at = 0;
	struct slab_totals *t;

	for (i = 0; i < s->all.n; i++)
		s->totals[s->all.v[i].cache].nslabs++;
	for (i = 0; i < s->caches.all.n; i++) {
		s->totals[i].first_slab = at;
		at += s->totals[i].nslabs;
		s->totals[i].nslabs = 0;
	}
	s->by_cache = arena_alloc(s->arena, s->all.n * sizeof(*s->by_cache));
	for (i = 0; i < s->all.n; i++) {
		t = &s->totals[s->all.v[i].cache];
		s->by_cache[t->first_slab + t->nslabs++] = i;
	}
}

static void total(struct slabs *s)
{
	const struct slab *slab;
	struct slab_totals *t;
	size_t i;

	for (i = 0; i < s->all.n; i++) {
		slab = &s->all.v[i];
		t = &s->totals[slab->cache];
		count(&t->all, slab);
		count(&t->at[slab->place], slab);
		t->pages += 1ull << slab->order;
	}
}

/* ---- making it ------------------------------------------------------------ */

static void keep_note(struct slabs *s, const char *note)
{
	if (s->notes.n < SLAB_NOTES_MAX)
		*vec_push(s->arena, &s->notes) = arena_printf(s->arena, "%s", note);
}

static bool build(struct slabs *s)
{
	size_t i;

	if (!slab_caches_read(s->d, s->arena, &s->caches) ||
	    !pages_init(&s->pages, s->d, s->arena))
		return false;
	for (i = 0; i < s->caches.all.n; i++)
		slab_flags_read(s->d, &s->caches.all.v[i]);
	s->totals = arena_alloc(s->arena, s->caches.all.n * sizeof(*s->totals));
	s->freeptr = arena_alloc(s->arena, s->caches.all.n * sizeof(*s->freeptr));
	if (!index_slabs(s))
		return false;
	s->free = arena_alloc(s->arena, (s->nobjects / 64 + 1) * sizeof(*s->free));
	slabs_rank(s);
	sort_by_cache(s);
	slabs_place(s);
	slabs_read_sheaves(s);
	total(s);
	if (s->excluded)
		dump_note(s->d,
			  "slabs of %llu page frames cannot be known: their struct page "
			  "is not in the dump, or damaged there",
			  COUNT(s->excluded));
	return true;
}

struct slabs *slabs_get(struct dump *d)
{
	struct slabs *s = dump_kept(d, KEEPER_SLABS);
	size_t i, notes = d->notes.n;
	struct arena *a;

	if (s) {
		for (i = 0; i < s->notes.n; i++)
			dump_note(d, "%s", s->notes.v[i]);
		return s;
	}
	a = dump_keep_begin(d, KEEPER_SLABS);
	s = arena_alloc(a, sizeof(*s));
	s->arena = a;
	s->d = d;
	if (!build(s) || dump_interrupted(d))
		return NULL;
	for (i = notes; i < d->notes.n; i++)
		keep_note(s, d->notes.v[i]);
	dump_keep(d, KEEPER_SLABS, s);
	return s;
}
