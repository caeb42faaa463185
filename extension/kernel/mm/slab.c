// SPDX-License-Identifier: GPL-2.0-or-later
#include "slab.h"

#include <stdlib.h>
#include <string.h>

#include "dump/layout.h"
#include "slab_internal.h"

#define DAMAGE_MAX 256

const char *slab_place_word(enum slab_place place)
{
	static const char *const words[] = {
		[SLAB_FULL] = "full",
		[SLAB_CPU] = "cpu",
		[SLAB_CPU_PARTIAL] = "cpu-partial",
		[SLAB_NODE_PARTIAL] = "node-partial",
		[SLAB_LOOSE] = "loose",
	};

	return words[place];
}

const char *object_state_word(enum object_state state)
{
	static const char *const words[] = {
		[OBJECT_ALLOCATED] = "allocated",
		[OBJECT_FREE] = "free",
		[OBJECT_PENDING] = "rcu-pending",
		[OBJECT_UNKNOWN] = "unknown",
	};

	return words[state];
}

const char *slab_flaw_word(enum slab_flaw flaw)
{
	static const char *const words[] = {
		[FLAW_NO_CACHE] = "no-cache",
		[FLAW_COUNT] = "count",
		[FLAW_UNREAD] = "unread",
		[FLAW_LOOP] = "freelist-loop",
		[FLAW_OUTSIDE] = "freelist-outside",
		[FLAW_FREELIST] = "freelist-length",
		[FLAW_LIST] = "list",
		[FLAW_RED_ZONE] = "red-zone",
		[FLAW_POISON] = "poison",
	};

	return words[flaw];
}

/* ---- where a slab is ------------------------------------------------------ */

kaddr_t slab_address(const struct slabs *s, const struct slab *slab)
{
	return page_address(&s->pages, slab->pfn);
}

size_t slab_bytes(const struct slabs *s, const struct slab *slab)
{
	return (size_t)1 << (s->pages.shift + slab->order);
}

kaddr_t slab_struct(const struct slabs *s, const struct slab *slab)
{
	return page_struct(&s->pages, slab->pfn);
}

struct slab_totals *slab_totals_of(const struct slabs *s, const struct slab_cache *c)
{
	return &s->totals[c - s->caches.all.v];
}

struct slab *slab_of_cache(const struct slabs *s, const struct slab_cache *c, uint32_t i)
{
	return &s->all.v[s->by_cache[slab_totals_of(s, c)->first_slab + i]];
}

/* ---- what went wrong ------------------------------------------------------ */

static void add_damage(struct slabs *s, enum slab_flaw flaw, uint32_t cache, kaddr_t slab,
		       kaddr_t at, const char *fmt, va_list ap)
{
	struct slab_damage *dm;

	if (dump_interrupted(s->d))
		return;
	if (s->damages++ >= DAMAGE_MAX)
		return;
	dm = vec_push(s->arena, &s->damage);
	dm->flaw = flaw;
	dm->cache = cache;
	dm->slab = slab;
	dm->at = at;
	dm->text = arena_vprintf(s->arena, fmt, ap);
}

void slab_add_damage(struct slabs *s, enum slab_flaw flaw, const struct slab *slab,
		     kaddr_t at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_damage(s, flaw, slab->cache, slab_struct(s, slab), at, fmt, ap);
	va_end(ap);
}

void slab_add_damage_at(struct slabs *s, enum slab_flaw flaw, uint32_t cache,
			kaddr_t slab, kaddr_t at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_damage(s, flaw, cache, slab, at, fmt, ap);
	va_end(ap);
}

/* ---- from an address to its slab ------------------------------------------ */

static uint64_t pages_per_section(const struct slabs *s)
{
	return 1ull << (s->d->info.section_bits - s->pages.shift);
}

/*
 * A bit for the first page of each slab, and before each word of bits how many there
 * were: so the slab that begins at or before a page is found by counting bits.
 */
void slabs_rank(struct slabs *s)
{
	uint64_t per = pages_per_section(s), words = (per + 63) / 64, at, w;
	struct slab_rank *r;
	uint32_t i, seen = 0;

	s->nranks = s->all.n ? s->all.v[s->all.n - 1].pfn / per + 1 : 0;
	s->ranks = arena_alloc(s->arena, s->nranks * sizeof(*s->ranks));
	for (i = 0; i < s->all.n; i++) {
		r = &s->ranks[s->all.v[i].pfn / per];
		if (!r->heads) {
			r->heads = arena_alloc(s->arena, words * sizeof(*r->heads));
			r->before = arena_alloc(s->arena, words * sizeof(*r->before));
		}
		bit_set(r->heads, s->all.v[i].pfn % per);
	}
	for (at = 0; at < s->nranks; at++) {
		r = &s->ranks[at];
		for (w = 0; r->heads && w < words; w++) {
			r->before[w] = seen;
			seen += (uint32_t)__builtin_popcountll(r->heads[w]);
		}
	}
}

/* The last slab that begins at or before this page; NULL: none in its section. */
static struct slab *slab_before(const struct slabs *s, pfn_t pfn)
{
	uint64_t per = pages_per_section(s), bit = pfn % per;
	const struct slab_rank *r;
	uint64_t upto;
	uint32_t n;

	if (pfn / per >= s->nranks || !(r = &s->ranks[pfn / per])->heads)
		return NULL;
	upto = r->heads[bit / 64] & (~0ull >> (63 - bit % 64));
	n = r->before[bit / 64] + (uint32_t)__builtin_popcountll(upto);
	return n ? &s->all.v[n - 1] : NULL;
}

struct slab *slab_of_page(const struct slabs *s, pfn_t pfn)
{
	struct slab *slab = slab_before(s, pfn);

	return slab && pfn - slab->pfn < (pfn_t)1 << slab->order ? slab : NULL;
}

struct slab *slab_at(const struct slabs *s, kaddr_t addr)
{
	return slab_of_page(s, (addr - s->d->info.direct_map) >> s->pages.shift);
}

bool slab_object_at(const struct slabs *s, kaddr_t addr, struct slab_object *o)
{
	kaddr_t start;

	o->slab = slab_at(s, addr);
	if (!o->slab)
		return false;
	o->cache = slab_cache_of(s, o->slab);
	start = slab_address(s, o->slab) + o->cache->red_left_pad;
	if (addr < start || (addr - start) / o->cache->size >= o->slab->objects)
		return false;
	o->index = (unsigned int)((addr - start) / o->cache->size);
	o->number = o->slab->first + o->index;
	o->addr = start + (kaddr_t)o->index * o->cache->size;
	o->offset = addr - o->addr;
	return true;
}

/* ---- each object -------------------------------------------------------------- */

static void begin_slab(struct slab_walk *w, struct slab *slab)
{
	w->slab = slab;
	w->memory = slab_read(w->s, slab);
	w->objects = 0;
}

void slab_walk_slab(struct slab_walk *w, struct slabs *s, struct slab *slab)
{
	memset(w, 0, sizeof(*w));
	w->s = s;
	w->cache = slab_cache_of(s, slab);
	w->slabs = slab_totals_of(s, w->cache)->nslabs; /* no other follows */
	begin_slab(w, slab);
}

void slab_walk_cache(struct slab_walk *w, struct slabs *s, const struct slab_cache *c)
{
	memset(w, 0, sizeof(*w));
	w->s = s;
	w->cache = c;
}

bool slab_walk_next(struct slab_walk *w)
{
	while (!w->slab || w->objects == w->slab->objects) {
		if (w->slabs == slab_totals_of(w->s, w->cache)->nslabs ||
		    dump_interrupted(w->s->d))
			return false;
		begin_slab(w, slab_of_cache(w->s, w->cache, w->slabs++));
	}
	w->index = w->objects++;
	w->addr = slab_address(w->s, w->slab) + slab_offset(w->cache, w->index);
	w->bytes = w->memory ? w->memory + slab_offset(w->cache, w->index) : NULL;
	return true;
}

enum object_state slab_walk_state(struct slab_walk *w)
{
	if (w->memory)
		slab_decode(w->s, w->slab, w->memory);
	return slab_state(w->s, w->slab, w->index);
}
