/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The slab caches of two dumps side by side: what one has more of. */
#ifndef VGPU_SLAB_GROWTH_H
#define VGPU_SLAB_GROWTH_H

#include "kernel/log/memory_text.h"
#include "slab_overview.h"

/* A line of slabtop's; [0] and [1]: of each dump, 0 where it has no such cache. */
struct slab_growth {
	const char *name;
	uint64_t objects[2], bytes[2];
};

struct slab_growths {
	VEC(struct slab_growth)
	all; /* what differs most, in bytes, first; none that is equal */
	uint64_t bytes[2];
	size_t one_sided; /* of a text: left out, because one of its tables lacks them */
};

/*
 * The same of the first and the last table of a text, of caches that are in both; of one
 * alone how large each is, as if it had grown from nothing.
 */
void slab_growth_of_text(struct arena *a, const struct memory_told *m,
			 struct slab_growths *g);

/* In a. */
void slab_growth_make(struct arena *a, const struct slab_overview *const o[2],
		      const struct slabs *const slabs[2], struct slab_growths *g);

#endif
