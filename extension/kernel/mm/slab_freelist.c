// SPDX-License-Identifier: GPL-2.0-or-later
/* Which objects of a slab are free: its freelists, decoded and checked. */
#include <string.h>

#include "slab_internal.h"

#define OBJECTS_MAX 32767 /* 15 bits of counters */

/* ---- freelists -------------------------------------------------------------- */

/*
 * CONFIG_SLAB_FREELIST_HARDENED disguises the pointer in a free object with the cache's
 * random number and the pointer's own address (2482ddec670f), whose bytes are swapped
 * since 5.7 (1ad53d9fa3f6) and in stable releases before: what the kernel is called does
 * not tell which.  What was decoded wrong is no object of the slab, so each way is tried.
 */
static kaddr_t reveal(const struct slab_cache *c, enum freeptr how, kaddr_t at, kaddr_t v)
{
	switch (how) {
	case FREEPTR_XOR_SWAB:
		return v ^ c->random ^ __builtin_bswap64(at);
	case FREEPTR_XOR:
		return v ^ c->random ^ at;
	default:
		return v;
	}
}

struct freelist_walk {
	enum { WALKED, LOOPS, LEAVES } end;
	unsigned int n; /* objects that were on it */
	kaddr_t at;	/* where it went wrong */
	uint64_t seen[OBJECTS_MAX / 64 + 1];
};

/* Go along a freelist from head, adding to what w has seen. */
static void walk_freelist(const struct slabs *s, const struct slab *slab,
			  const unsigned char *bytes, kaddr_t head, enum freeptr how,
			  struct freelist_walk *w)
{
	const struct slab_cache *c = slab_cache_of(s, slab);
	kaddr_t base = slab_address(s, slab), start = base + c->red_left_pad, next;
	size_t k, at;

	w->end = WALKED;
	while (head) {
		w->at = head;
		k = (head - start) / c->size;
		w->end = LEAVES;
		if (head < start || k >= slab->objects || (head - start) % c->size)
			return;
		w->end = LOOPS;
		if (bit_get(w->seen, k))
			return;
		bit_set(w->seen, k);
		w->n++;
		at = slab_offset(c, (unsigned int)k) + c->offset;
		if (at + sizeof(next) > slab_bytes(s, slab)) {
			w->end = LEAVES;
			return;
		}
		memcpy(&next, bytes + at, sizeof(next));
		head = reveal(c, how, base + at, next);
		w->end = WALKED;
	}
}

/* Both lists of a slab: what a CPU took, and what was freed to the slab since. */
static void walk_freelists(const struct slabs *s, const struct slab *slab,
			   const unsigned char *bytes, enum freeptr how,
			   struct freelist_walk *w)
{
	memset(w, 0, sizeof(*w));
	walk_freelist(s, slab, bytes, slab->freelist, how, w);
	if (w->end == WALKED)
		walk_freelist(s, slab, bytes, slab_cpu_freelist(s, slab), how, w);
}

/* The way that worked last first; of those that do not, the one that gets furthest. */
static void walk_somehow(struct slabs *s, const struct slab *slab,
			 const unsigned char *bytes, struct freelist_walk *best)
{
	struct freelist_walk w;
	enum freeptr how, first = s->freeptr[slab->cache];

	walk_freelists(s, slab, bytes, first, best);
	if (best->end == WALKED || !s->caches.hardened)
		return;
	for (how = FREEPTR_PLAIN; how < FREEPTRS; how++) {
		if (how == first)
			continue;
		walk_freelists(s, slab, bytes, how, &w);
		if (w.end == WALKED)
			s->freeptr[slab->cache] = how;
		if (w.end == WALKED || w.n > best->n)
			memcpy(best, &w, sizeof(w));
		if (best->end == WALKED)
			return;
	}
}

/* inuse counts what the slab's own list lacks; a CPU's list is counted as in use. */
static bool length_agrees(const struct slabs *s, const struct slab *slab,
			  const struct freelist_walk *w)
{
	unsigned int own = (unsigned int)(slab->objects - slab->inuse);

	return slab_cpu_freelist(s, slab) ? w->n >= own : w->n == own;
}

static void freelist_damage(struct slabs *s, struct slab *slab,
			    const struct freelist_walk *w)
{
	const char *name = slab_cache_of(s, slab)->name;
	unsigned long long at = w->at;

	slab->damaged = 1;
	if (w->end == LOOPS)
		slab_add_damage(
			s, FLAW_LOOP, slab, w->at,
			"cache %s: its freelist comes back to 0x%llx after %u objects",
			name, at, w->n);
	else if (w->end == LEAVES)
		slab_add_damage(
			s, FLAW_OUTSIDE, slab, w->at,
			"cache %s: after %u objects its freelist points to 0x%llx, "
			"which is no object of it",
			name, w->n, at);
	else
		slab_add_damage(
			s, FLAW_FREELIST, slab, slab_address(s, slab),
			"cache %s: %u objects are on its freelist, and %u of %u are "
			"in use",
			name, w->n, slab->inuse, slab->objects);
}

void slab_decode(struct slabs *s, struct slab *slab, const unsigned char *bytes)
{
	struct freelist_walk w;
	unsigned int k;

	if (slab->walked)
		return;
	slab->walked = 1;
	walk_somehow(s, slab, bytes, &w);
	for (k = 0; k < slab->objects; k++)
		if (bit_get(w.seen, k))
			bit_set(s->free, slab->first + k);
	if (w.end != WALKED || !length_agrees(s, slab, &w))
		freelist_damage(s, slab, &w);
}

/* Nothing of it can be free: most slabs, and none of them need be read. */
static bool surely_full(const struct slabs *s, const struct slab *slab)
{
	return !slab->freelist && slab->inuse == slab->objects &&
	       !slab_cpu_freelist(s, slab);
}

static void decode(struct slabs *s, struct slab *slab)
{
	const unsigned char *bytes;

	if (surely_full(s, slab)) {
		slab->walked = 1;
		return;
	}
	bytes = slab_read(s, slab);
	if (bytes) {
		slab_decode(s, slab, bytes);
	} else if (!dump_interrupted(s->d)) {
		slab->walked = slab->damaged = 1;
		slab_add_damage(
			s, FLAW_UNREAD, slab, slab_address(s, slab),
			"cache %s: its memory is not in the dump, so which of its %u "
			"objects are free is not known",
			slab_cache_of(s, slab)->name, slab->objects);
	}
}

const unsigned char *slab_read(struct slabs *s, const struct slab *slab)
{
	size_t size = slab_bytes(s, slab);

	if (s->scratch_size < size) {
		s->scratch = arena_grow(s->arena, s->scratch, size);
		s->scratch_size = size;
	}
	return dump_read(s->d, slab_address(s, slab), s->scratch, size) == DUMP_OK
		       ? s->scratch
		       : NULL;
}

enum object_state slab_state(struct slabs *s, struct slab *slab, unsigned int k)
{
	uint64_t n = slab->first + k;

	if (!slab->walked)
		decode(s, slab);
	if (s->pending && bit_get(s->pending, n))
		return OBJECT_PENDING;
	if (bit_get(s->free, n))
		return OBJECT_FREE;
	return slab->damaged || !slab->walked ? OBJECT_UNKNOWN : OBJECT_ALLOCATED;
}

enum object_state slab_object_state(struct slabs *s, const struct slab_object *o)
{
	return slab_state(s, o->slab, o->index);
}

void slab_count_states(struct slabs *s, const struct slab_cache *c,
		       struct slab_states *states)
{
	struct slab_totals *t = slab_totals_of(s, c);
	struct slab *slab;
	unsigned int k;
	uint32_t i;

	memset(states, 0, sizeof(*states));
	for (i = 0; i < t->nslabs && !dump_interrupted(s->d); i++) {
		slab = slab_of_cache(s, c, i);
		for (k = 0; k < slab->objects; k++)
			states->n[slab->place][slab_state(s, slab, k)]++;
	}
}
