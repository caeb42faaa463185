/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is it worth the triage's time to search for leaks?
 *
 * The search reads all memory that the kernel uses, which is cheap for a small core
 * and takes minutes for a large one, and most cores have nothing to find.  So first
 * what costs nothing is looked at:
 *
 *	a cache whose objects cannot be reclaimed, and are not a debugging tool's, holds a
 *	quarter of all slabs and 32 MB
 *	the caches of the size of virtio-gpu's fences have 8192 objects, and 1000 of them
 *	are fences that are signalled and have one reference left
 *	memory ran out, and a tenth of it is in slabs
 *
 * Each is a reason to think of a leak.  Without one it is looked for all the same where
 * somebody asked for the core, nobody is stuck, and the machine is so small that to look
 * costs next to nothing: LOOK_PAGES_MAX page frames, LOOK_SLAB_MAX bytes in slabs.  What is
 * found then is true, but hardly why the core was asked for.
 *
 * Where even this costs something, since the kernel does not count (without
 * CONFIG_SLUB_DEBUG) and the machine is large, a part of its page array is looked at first
 * (slab_sample.h): it must show half as much of the first two.
 *
 * A reason leads to the search when the dump is small enough
 * (SEARCH_PAGES_MAX page frames, SEARCH_SLAB_MAX bytes in slabs); else the verdict says
 * which command makes it.  What an earlier command has found is taken in any case.
 *
 * That is a choice of what to read, so it is made here; what it means is the triage's.
 */
#ifndef VGPU_LEAK_WATCH_H
#define VGPU_LEAK_WATCH_H

#include "leak_group.h"
#include "memory.h"

#define WATCH_CACHE_MIN (32ull << 20) /* bytes */
#define WATCH_CACHE_SHARE 4	      /* a quarter */
#define WATCH_EXHAUSTED_SHARE 10
#define WATCH_FENCE_OBJECTS 8192
#define WATCH_FENCES 1000
#define SEARCH_PAGES_MAX (4ull << 20) /* 16 GB in pages of 4 KiB */
#define SEARCH_SLAB_MAX (2ull << 30)
#define LOOK_PAGES_MAX (1ull << 19) /* 2 GB */
#define LOOK_SLAB_MAX (128ull << 20)

/* What tells releases of the driver apart, by what its types and symbols have. */
struct gpu_driver_age {
	kaddr_t execbuffer; /* virtio_gpu_execbuffer_ioctl; 0: no such symbol */
	bool uuid;	    /* resource UUIDs: 5.10 */
	bool ring_idx;	    /* fences of a ring: 5.16 */
	bool submit;	    /* submission in a file of its own: 6.5 */
};

struct leak_watch {
	/* Out of proportion: an index into memory.caches.all; SLAB_NO_CACHE: none. */
	uint32_t large;
	/* Fences in the caches where they land, and which has most; .n is 0 when nobody looked. */
	uint32_t fence_cache;
	struct fence_census fences;
	bool reason;		   /* to think of a leak */
	bool worth;		   /* to search: there is a reason, or it is cheap */
	const struct leaks *leaks; /* NULL: not searched */
	struct leak_groups groups;
	struct gpu_driver_age age;
};

struct facts;

/* Object sizes of kmalloc's caches, of which one has virtio-gpu's fences. */
struct fence_sizes {
	unsigned int least, most;
};

void leak_fence_sizes(const struct slab_caches *all, struct fence_sizes *sizes);
static inline bool may_hold_fences(const struct fence_sizes *sizes,
				   const struct slab_cache *c)
{
	return c->object_size >= sizes->least && c->object_size <= sizes->most &&
	       slab_cache_is_kmalloc(c);
}

/* Into f->leak_watch, with what was read before; exhausted: memory ran out. */
void leak_watch_read(struct dump *d, struct facts *f, bool exhausted);

#endif
