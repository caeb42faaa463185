// SPDX-License-Identifier: GPL-2.0-or-later
#include "keyed.h"

#define ROOM_FIRST 64 /* and twice as much each time it is half full */

/*
 * Where the key is, or belongs: there is always a free slot.  Keys are a dump's, which may
 * have chosen them all to belong to one: so the place where this process has the table,
 * which nobody knows before, has a say.
 */
static struct keyed_slot *slot_of(const struct keyed *t, uint64_t key)
{
	uint64_t mixed = (key ^ (uintptr_t)t->v) * 0x9e3779b97f4a7c15ull;
	size_t i = (size_t)(mixed >> 32) % t->room;

	while (t->v[i].it && t->v[i].key != key)
		i = (i + 1) % t->room;
	return &t->v[i];
}

static void grow(struct arena *a, struct keyed *t)
{
	struct keyed old = *t;
	size_t i;

	t->room = old.room ? old.room * 2 : ROOM_FIRST;
	t->v = arena_alloc(a, t->room * sizeof(*t->v));
	for (i = 0; i < old.room; i++)
		if (old.v[i].it)
			*slot_of(t, old.v[i].key) = old.v[i];
	arena_drop(a, old.v);
}

void *keyed_get(const struct keyed *t, uint64_t key)
{
	return t->n ? slot_of(t, key)->it : NULL;
}

void keyed_put(struct arena *a, struct keyed *t, uint64_t key, void *it)
{
	struct keyed_slot *s;

	if (t->n * 2 >= t->room)
		grow(a, t);
	s = slot_of(t, key);
	t->n += !s->it;
	*s = (struct keyed_slot){key, it};
}
