/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges of addresses, and where in a file their bytes are; of two, the later one holds. */
#ifndef VGPU_CORE_EXTENTS_H
#define VGPU_CORE_EXTENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

#define EXTENT_ZEROS UINT64_MAX /* where: nowhere, they are zeros */

struct extent {
	uint64_t at, size, where;
};

struct extents {
	VEC(struct extent) all;
};

/* What was added later lies over what was added before.  False: no such range. */
bool extents_add(struct arena *a, struct extents *e, struct extent x);
/* After all were added: in order, and no two overlap. */
void extents_settle(struct arena *a, struct extents *e);
/* The one that has this address, or else the next one; NULL: none. */
const struct extent *extents_find(const struct extents *e, uint64_t at);

#endif
