/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The leak finder's engine: which objects can be reached from the roots?
 *
 * This comment is the whole contract between the engine (reach.c) and the target,
 * which knows what a kernel is (leak.c).
 *
 * The target numbers the objects of the dump 0 to n - 1, in the order in which it
 * will come across them when it reads memory from its beginning to its end, and
 * creates the engine for n of them.  The engine knows no addresses, no sizes and
 * no types: an object is a number, and a reference is a pair of numbers.
 *
 * The target then reads every page once, and says
 *
 *	reach_root(r, o)	memory that is in use by itself refers to o
 *	reach_object(r, o)	o is allocated, and what follows is in it
 *	reach_edge(r, to)	... a reference to the object `to`
 *
 * reach_object() must come in ascending order of o; reach_root() may come at any
 * time.  Objects that reach_object() never names are not allocated: they refer to
 * nothing, and are never called lost.  References to them do no harm.
 *
 * Why edges are stored: the usual way is to follow each reference when it is found,
 * which reads memory in the order of the references, and so reads (and unpacks)
 * each page of a compressed dump as often as a list happens to come by.  Reading in
 * the dump's own order costs one pass; what must be kept for it is a few bytes for
 * each reference, since the numbers of objects that refer to each other are mostly
 * close: an edge is stored as the difference, in as many bytes as it needs.
 *
 * reach_mark() follows the edges from the roots, with a stack of its own: the depth
 * of a linked list is no danger.  Afterwards, for each allocated object,
 *
 *	reach_reached(r, o)	it can be reached
 *	reach_held(r, o)	it cannot, but another object that cannot be reached
 *				refers to it: it is lost because that one is
 *
 * A lost object that is not held is the one whose last reference went away: the
 * head of what leaked.  (Objects that are lost in a ring are all held.)
 *
 * Memory: 4 bytes an object, 1 to 5 bytes an edge, 4 bytes for each object on the
 * stack, 3 bits an object.  All of it is the arena's.
 */
#ifndef VGPU_REACH_H
#define VGPU_REACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct reach {
	struct arena *arena;
	uint32_t n;	     /* objects */
	uint64_t *allocated; /* a bit an object */
	uint64_t *marked;
	uint64_t *held;
	uint32_t *begin;      /* n + 1: where in the bytes each object's edges begin */
	uint32_t next;	      /* objects below this have their .begin */
	unsigned char **room; /* the bytes, in blocks of REACH_BLOCK */
	size_t nblocks, used;
	size_t edges, roots, peak; /* how many; the deepest stack */
	bool full; /* more edges than can be numbered: nothing may be called lost */
	uint32_t last_edge;
};

#define REACH_BLOCK (1u << 20)

/* For n objects; n < 2^32 - 1. */
void reach_init(struct reach *r, struct arena *a, uint32_t n);
void reach_root(struct reach *r, uint32_t o);
void reach_object(struct reach *r, uint32_t o);
/* In the object of the last reach_object(); to itself counts for nothing. */
void reach_edge(struct reach *r, uint32_t to);
/* stop() is asked now and then; false: it said so, and nothing is known. */
bool reach_mark(struct reach *r, bool (*stop)(void *arg), void *arg);

static inline bool reach_bit(const uint64_t *bits, uint32_t o)
{
	return bits[o / 64] >> (o % 64) & 1;
}

static inline bool reach_allocated(const struct reach *r, uint32_t o)
{
	return reach_bit(r->allocated, o);
}

static inline bool reach_reached(const struct reach *r, uint32_t o)
{
	return reach_bit(r->marked, o);
}

static inline bool reach_held(const struct reach *r, uint32_t o)
{
	return reach_bit(r->held, o);
}

/* Allocated, and nothing reaches it. */
static inline bool reach_lost(const struct reach *r, uint32_t o)
{
	return reach_allocated(r, o) && !reach_reached(r, o);
}

/* Bytes of memory that the engine holds now. */
size_t reach_memory(const struct reach *r);

#endif
