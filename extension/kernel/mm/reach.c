// SPDX-License-Identifier: GPL-2.0-or-later
#include "reach.h"

/* How many objects are followed between two looks at Ctrl-C. */
#define STOP_EVERY 65536u
/* An edge takes at most so many bytes. */
#define EDGE_MAX 5u

struct stack {
	uint32_t *v;
	size_t n, room; /* as in VEC() */
};

static inline void set_bit(uint64_t *bits, uint32_t o)
{
	bits[o / 64] |= 1ull << (o % 64);
}

void reach_init(struct reach *r, struct arena *a, uint32_t n)
{
	size_t words = (size_t)n / 64 + 1;

	*r = (struct reach){.arena = a, .n = n};
	r->allocated = arena_alloc(a, words * sizeof(*r->allocated));
	r->marked = arena_alloc(a, words * sizeof(*r->marked));
	r->held = arena_alloc(a, words * sizeof(*r->held));
	r->begin = arena_alloc(a, ((size_t)n + 1) * sizeof(*r->begin));
}

size_t reach_memory(const struct reach *r)
{
	return ((size_t)r->n / 64 + 1) * sizeof(uint64_t) * 3 +
	       ((size_t)r->n + 1) * sizeof(*r->begin) + r->nblocks * REACH_BLOCK +
	       r->peak * sizeof(uint32_t);
}

void reach_root(struct reach *r, uint32_t o)
{
	if (o >= r->n)
		return;
	r->roots++;
	set_bit(r->marked, o);
}

/* ---- edges: the difference, zigzag, seven bits a byte, low ones first ------ */

void reach_object(struct reach *r, uint32_t o)
{
	if (o < r->next || o >= r->n)
		return;
	while (r->next <= o)
		r->begin[r->next++] = (uint32_t)r->used;
	set_bit(r->allocated, o);
	r->last_edge = o;
}

static void put(struct reach *r, unsigned char byte)
{
	size_t block = r->used / REACH_BLOCK;

	if (block == r->nblocks) {
		r->room = arena_grow(r->arena, r->room, (block + 1) * sizeof(*r->room));
		r->room[r->nblocks++] = arena_alloc(r->arena, REACH_BLOCK);
	}
	r->room[block][r->used++ % REACH_BLOCK] = byte;
}

void reach_edge(struct reach *r, uint32_t to)
{
	int64_t far;
	uint64_t v;

	/* The two links of a list head mostly agree: next to no cost to see that. */
	if (!r->next || to >= r->n || to == r->next - 1 || to == r->last_edge)
		return;
	if (r->used > UINT32_MAX - EDGE_MAX) {
		r->full = true;
		return;
	}
	r->last_edge = to;
	r->edges++;
	far = (int64_t)to - (int64_t)(r->next - 1);
	v = far < 0 ? (uint64_t)-far * 2 - 1 : (uint64_t)far * 2;
	for (; v >= 0x80; v >>= 7)
		put(r, (unsigned char)(v | 0x80));
	put(r, (unsigned char)v);
}

/* The edge of o that begins at *at, which moves past it. */
static uint32_t get(const struct reach *r, uint32_t o, size_t *at)
{
	unsigned int shift = 0;
	unsigned char byte;
	uint64_t v = 0;

	do {
		byte = r->room[*at / REACH_BLOCK][*at % REACH_BLOCK];
		(*at)++;
		v |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	return v & 1 ? o - (uint32_t)(v / 2) - 1 : o + (uint32_t)(v / 2);
}

/* ---- marking ---------------------------------------------------------------- */

/* Mark what o refers to; what was not marked yet is to be followed too. */
static void follow(struct reach *r, struct stack *s, uint32_t o)
{
	size_t at = r->begin[o], end = r->begin[o + 1];
	uint32_t to;

	while (at < end) {
		to = get(r, o, &at);
		if (reach_bit(r->marked, to))
			continue;
		set_bit(r->marked, to);
		*vec_push(r->arena, s) = to;
	}
	if (s->n > r->peak)
		r->peak = s->n;
}

static void find_held(struct reach *r)
{
	size_t at, end;
	uint32_t o;

	for (o = 0; o < r->n; o++) {
		if (!reach_lost(r, o))
			continue;
		at = r->begin[o];
		end = r->begin[o + 1];
		while (at < end)
			set_bit(r->held, get(r, o, &at));
	}
}

bool reach_mark(struct reach *r, bool (*stop)(void *arg), void *arg)
{
	struct stack s = {0};
	uint32_t o, seen = 0;
	uint64_t left;
	size_t w;

	while (r->next <= r->n)
		r->begin[r->next++] = (uint32_t)r->used;
	/*
	 * What a root marked is followed when its turn comes; what that marks is
	 * followed at once, so a second look at it finds nothing new.
	 */
	for (w = 0; w <= r->n / 64; w++)
		for (left = r->marked[w]; left; left &= left - 1) {
			o = (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(left);
			follow(r, &s, o);
			while (s.n) {
				follow(r, &s, s.v[--s.n]);
				if (++seen % STOP_EVERY == 0 && stop && stop(arg))
					return false;
			}
		}
	find_held(r);
	return true;
}
