/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The slabs of all caches in a table, and which caches virtio-gpu's objects are in. */
#ifndef VGPU_SLAB_OVERVIEW_H
#define VGPU_SLAB_OVERVIEW_H

#include "kernel/gpu/virtio_gpu.h"
#include "kernel/mm/slab.h"

/* A line of the overview: a cache, or a family of them. */
struct slab_row {
	const char *name;
	const struct slab_cache *cache; /* the first of the family */
	unsigned int members;		/* caches in it */
	struct slab_count all, at[SLAB_PLACES];
	uint64_t active; /* as /proc/slabinfo: free ones on per-CPU lists count as used */
	uint64_t pages, lost;
	bool large; /* it has so much of all slab memory that it is worth a look */
};

/* Where an object of virtio-gpu's is allocated on this kernel. */
struct gpu_cache {
	const char *type; /* "virtio_gpu_fence" */
	long size;	  /* bytes; of an array: with one entry */
	const struct slab_cache *cache;
};

struct slab_overview {
	VEC(struct slab_row) rows; /* the largest first, as slabtop -s c */
	uint64_t bytes;		   /* of all */
	/* /proc/meminfo's lines, in bytes; not known: .counted is false */
	bool counted;
	uint64_t reclaimable, unreclaimable;
	VEC(struct gpu_cache) gpu;
};

/* each: every cache on its own line, or else families. */
void slab_overview_read(struct dump *d, struct slabs *s, const struct gpus *gpus,
			bool each, struct slab_overview *o);

#endif
