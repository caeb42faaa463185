// SPDX-License-Identifier: GPL-2.0-or-later
#include "slab_detail.h"

#include <string.h>

#define RED_INACTIVE 0xbb
#define RED_ACTIVE 0xcc
#define POISON_FREE 0x6b
#define POISON_END 0xa5

/* The first byte that is not v; n when all are. */
static size_t first_other(const unsigned char *p, size_t n, unsigned char v)
{
	size_t i = 0;

	while (i < n && p[i] == v)
		i++;
	return i;
}

/* check_object() of mm/slub.c: the pad on the left, and up to inuse on the right. */
static void check_red_zone(struct slabs *s, const struct slab *slab, kaddr_t addr,
			   const unsigned char *object, bool used)
{
	const struct slab_cache *c = slab_cache_of(s, slab);
	unsigned char want = used ? RED_ACTIVE : RED_INACTIVE;
	size_t left = c->red_left_pad, right = c->inuse - c->object_size, i;

	i = first_other(object - left, left, want);
	if (i < left)
		slab_add_damage(
			s, FLAW_RED_ZONE, slab, addr - left + i,
			"cache %s: left of object 0x%llx 0x%02x was overwritten by "
			"0x%02x",
			c->name, HEX(addr), want, object[(ptrdiff_t)i - (ptrdiff_t)left]);
	i = first_other(object + c->object_size, right, want);
	if (i < right)
		slab_add_damage(
			s, FLAW_RED_ZONE, slab, addr + c->object_size + i,
			"cache %s: right of object 0x%llx 0x%02x was overwritten by "
			"0x%02x",
			c->name, HEX(addr), want, object[c->object_size + i]);
}

static void check_poison(struct slabs *s, const struct slab *slab, kaddr_t addr,
			 const unsigned char *object)
{
	const struct slab_cache *c = slab_cache_of(s, slab);
	size_t last = c->object_size - 1, i = first_other(object, last, POISON_FREE);

	if (i < last || object[last] != POISON_END)
		slab_add_damage(
			s, FLAW_POISON, slab, addr + i,
			"cache %s: object 0x%llx is free and was written to at +%zu",
			c->name, HEX(addr), i);
}

/* Poison is kept only where the free pointer is behind the object. */
static void check_object(struct slab_walk *w)
{
	const struct slab_cache *c = w->cache;
	enum object_state state = slab_walk_state(w);

	if (state != OBJECT_ALLOCATED && state != OBJECT_FREE)
		return;
	if (c->red_zone && c->inuse >= c->object_size)
		check_red_zone(w->s, w->slab, w->addr, w->bytes,
			       state == OBJECT_ALLOCATED);
	if (c->poison && state == OBJECT_FREE && !c->ctor && !c->rcu && c->object_size)
		check_poison(w->s, w->slab, w->addr, w->bytes);
}

static void check_cache(struct slabs *s, const struct slab_cache *c,
			struct slab_detail *o)
{
	struct slab_walk w;

	slab_walk_cache(&w, s, c);
	while (slab_walk_next(&w)) {
		if (!w.bytes)
			continue;
		check_object(&w);
		o->checked++;
	}
}

void slab_detail_read(struct slabs *s, const struct slab_cache *c, struct slab_detail *o)
{
	memset(o, 0, sizeof(*o));
	o->cache = c;
	o->totals = *slab_totals_of(s, c);
	slab_count_states(s, c, &o->states);
	if (c->red_zone || c->poison)
		check_cache(s, c, o);
	o->freeptr = s->freeptr[c - s->caches.all.v];
	o->undecoded = s->caches.hardened && o->freeptr == FREEPTR_PLAIN;
}
