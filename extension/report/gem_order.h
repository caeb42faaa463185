/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GEM objects in the order that they are shown in, and summed by process. */
#ifndef VGPU_GEM_ORDER_H
#define VGPU_GEM_ORDER_H

#include "facts/facts.h"

struct object_owner {
	int pid; /* 0: the kernel's own; -1: not known */
	size_t objects;
	uint64_t bytes; /* an object counts for each process that has a handle to it */
};

struct object_owners {
	VEC(struct object_owner) all; /* the one with most bytes first */
};

void object_owners_make(struct arena *a, const struct gpu *g,
			struct object_owners *owners);
/* By size, the largest first; else by process, then by handle. */
const struct gpu_object **objects_sorted(struct arena *a, const struct gpu *g,
					 bool by_size);

#endif
