// SPDX-License-Identifier: GPL-2.0-or-later
#include "extents.h"

#include <stdlib.h>

#include "base/base.h"

bool extents_add(struct arena *a, struct extents *e, struct extent x)
{
	if (!x.size)
		return true;
	if (x.size > UINT64_MAX - x.at ||
	    (x.where != EXTENT_ZEROS && x.size > UINT64_MAX - x.where))
		return false;
	*vec_push(a, &e->all) = x;
	return true;
}

static uint64_t end_of(const struct extent *x)
{
	return x->at + x->size;
}

static bool is_settled(const struct extents *e)
{
	size_t i;

	for (i = 1; i < e->all.n; i++)
		if (end_of(&e->all.v[i - 1]) > e->all.v[i].at)
			return false;
	return true;
}

/*
 * The sweep goes up through the addresses.  At each of them the ranges that have begun
 * are in a heap, the latest on top: that one holds until it ends, or another begins.
 */
struct layer {
	struct extent x;
	size_t order; /* the later, the higher */
};

struct sweep {
	struct arena *arena;
	struct extents to;
	struct layer **heap;
	size_t n;
	uint64_t at;
};

static int by_address(const void *a, const void *b)
{
	const struct layer *x = a, *y = b;

	return x->x.at != y->x.at ? compare(x->x.at, y->x.at)
				  : compare(x->order, y->order);
}

static void heap_push(struct sweep *s, struct layer *l)
{
	size_t i = s->n++;

	for (; i && s->heap[(i - 1) / 2]->order < l->order; i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = l;
}

static void heap_pop(struct sweep *s)
{
	struct layer *last = s->heap[--s->n];
	size_t i = 0, child;

	for (; (child = 2 * i + 1) < s->n; i = child) {
		if (child + 1 < s->n && s->heap[child + 1]->order > s->heap[child]->order)
			child++;
		if (s->heap[child]->order < last->order)
			break;
		s->heap[i] = s->heap[child];
	}
	s->heap[i] = last;
}

/* This much of x, behind what there is. */
static void emit(struct sweep *s, const struct extent *x, uint64_t end)
{
	struct extent piece = {s->at, end - s->at, x->where};
	struct extent *last = s->to.all.n ? &s->to.all.v[s->to.all.n - 1] : NULL;

	if (x->where != EXTENT_ZEROS)
		piece.where += s->at - x->at;
	if (last && end_of(last) == piece.at &&
	    (x->where == EXTENT_ZEROS ? last->where == EXTENT_ZEROS
				      : last->where != EXTENT_ZEROS &&
						last->where + last->size == piece.where))
		last->size += piece.size;
	else
		*vec_push(s->arena, &s->to.all) = piece;
}

static void sweep_to(struct sweep *s, uint64_t limit)
{
	while (s->n && s->at < limit) {
		const struct extent *top = &s->heap[0]->x;
		uint64_t end = end_of(top) < limit ? end_of(top) : limit;

		if (end > s->at) {
			emit(s, top, end);
			s->at = end;
		}
		if (end_of(top) <= s->at)
			heap_pop(s);
	}
	s->at = limit;
}

void extents_settle(struct arena *a, struct extents *e)
{
	struct arena own = {.no_memory = a->no_memory};
	struct sweep s = {.arena = &own};
	struct layer *layers;
	size_t i;

	if (is_settled(e))
		return;
	layers = arena_alloc(&own, e->all.n * sizeof(*layers));
	s.heap = arena_alloc(&own, e->all.n * sizeof(*s.heap));
	for (i = 0; i < e->all.n; i++)
		layers[i] = (struct layer){e->all.v[i], i};
	qsort(layers, e->all.n, sizeof(*layers), by_address);
	for (i = 0; i < e->all.n; i++) {
		sweep_to(&s, layers[i].x.at);
		heap_push(&s, &layers[i]);
	}
	sweep_to(&s, UINT64_MAX);
	e->all.n = e->all.room = s.to.all.n;
	e->all.v = arena_grow(a, e->all.v, s.to.all.n * sizeof(*e->all.v));
	memcpy(e->all.v, s.to.all.v, s.to.all.n * sizeof(*e->all.v));
	arena_free(&own);
}

const struct extent *extents_find(const struct extents *e, uint64_t at)
{
	size_t low = 0, high = e->all.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (end_of(&e->all.v[mid]) <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low < e->all.n ? &e->all.v[low] : NULL;
}
