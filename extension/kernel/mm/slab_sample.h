/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is in slabs, about: from a part of the page array, where all of it takes long.
 *
 * Pieces of it are looked at, as many for each machine, evenly spread, and each at a place of
 * its own between its neighbours: the page allocator hands out the low end of its blocks
 * first, so that the same place of each would not be like the others.  A slab belongs to the
 * piece that its first page is in.
 *
 *	if (slab_sample_read(d, &caches, &s))
 *		... s.pages[i] * s.each is about what cache i has
 */
#ifndef VGPU_SLAB_SAMPLE_H
#define VGPU_SLAB_SAMPLE_H

#include "page.h"
#include "slab_cache.h"

/* Of a sample; it stands for .each times as many. */
struct slab_sample {
	uint64_t each;
	uint64_t *pages; /* in slabs, for each cache */
	VEC(struct sampled_slab {
		kaddr_t addr;
		uint32_t cache; /* an index */
	})
	slabs;
};

/* False, where no slab can be known. */
bool slab_sample_read(struct dump *d, const struct slab_caches *caches,
		      struct slab_sample *s);

#endif
