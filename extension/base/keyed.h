/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is kept by a number, such as an address: found at once, however much there is.
 *
 *	struct keyed pools = {0};
 *
 *	keyed_put(arena, &pools, pool->addr, pool);
 *	pool = keyed_get(&pools, addr);
 */
#ifndef VGPU_KEYED_H
#define VGPU_KEYED_H

#include <stdint.h>

#include "arena.h"

struct keyed {
	struct keyed_slot {
		uint64_t key;
		void *it; /* NULL: the slot is free */
	} * v;
	size_t n, room;
};

/* NULL: nothing was put there. */
void *keyed_get(const struct keyed *t, uint64_t key);
/* it is not NULL, and takes the place of what was there. */
void keyed_put(struct arena *a, struct keyed *t, uint64_t key, void *it);

#endif
