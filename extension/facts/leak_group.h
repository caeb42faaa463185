/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lost objects that are alike: of one cache and type, and where SLUB knows, of one owner. */
#ifndef VGPU_LEAK_GROUP_H
#define VGPU_LEAK_GROUP_H

#include "kernel/mm/leak.h"
#include "object_type.h"
#include "kernel/mm/slab_track.h"

/* What a set of virtio-gpu fences has in common. */
struct fence_census {
	uint64_t n, signalled;
	uint64_t alone;		  /* a single reference is left */
	uint64_t unlinked;	  /* node is poisoned: taken off the device's list */
	uint64_t lowest, highest; /* seqno */
};

/*
 * Objects that the kernel keeps without a reference that is looked for, and tells
 * kmemleak so.
 */
enum leak_kept {
	KEPT_NOT,
	KEPT_SYSCTL_HEADER, /* of a table that is never taken back */
	KEPT_NFS_NAMES,	    /* perhaps: the page cache would refer to them */
};

struct leak_group {
	const struct slab_cache *cache;
	enum object_kind kind;
	const char *type; /* "virtio_gpu_fence" */
	uint64_t n, held, bytes;
	kaddr_t example; /* one that is not held, if there is any */
	bool example_held;
	bool tracked;		 /* SLUB knows who allocated them: slub_debug=U */
	struct slab_track owner; /* of the example's group: call site, stack, pid */
	const char **frames;	 /* owner.n of them, innermost first */
	const char *site;	 /* that allocated them; NULL: not tracked */
	enum leak_kept kept;
	struct fence_census fences; /* .n is 0 unless they are virtio-gpu's */
};

struct leak_groups {
	VEC(struct leak_group) all; /* the most bytes first */
	uint64_t n, bytes;	    /* of all */
	uint64_t kept, kept_bytes;  /* of these: what the kernel keeps, surely */
	uint64_t more;		    /* objects of more groups than are listed */
};

/* Surely, so that they are not lost. */
static inline bool leak_is_kept(const struct leak_group *g)
{
	return g->kept == KEPT_SYSCTL_HEADER;
}

/* Of these caches, or with NULL of all; reads the lost objects again. */
void leak_groups_read(struct dump *d, struct leaks *l, const struct gpus *gpus,
		      const struct slab_selection *only, struct leak_groups *groups);

/* One more, of these bytes. */
void fence_census_count(struct dump *d, const struct slab_cache *c,
			const unsigned char *bytes, struct fence_census *f);
/* The fences among a cache's allocated objects, whether lost or not: more of them. */
void fence_census_add(struct dump *d, struct slabs *s, struct typer *t,
		      const struct slab_cache *c, struct fence_census *f);

#endif
