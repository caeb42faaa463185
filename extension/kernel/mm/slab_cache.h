/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SLUB's caches, with the kernel's own counters of each: cheap, since nothing is read
 * but the caches themselves.  slab.h looks into them.
 */
#ifndef VGPU_SLAB_CACHE_H
#define VGPU_SLAB_CACHE_H

#include "dump/dump.h"

struct slab_cache {
	kaddr_t addr;
	const char *name; /* escaped */
	/*
	 * The name without what splits one size into many caches: a memcg child's is
	 * its root's, and kmalloc-cg-128, kmalloc-rcl-128, kmalloc-rnd-07-128 are
	 * kmalloc-128.  The same pointer or text as name where nothing is split.
	 */
	const char *family;
	unsigned int size, object_size; /* bytes: with and without SLUB's own */
	unsigned int inuse;		/* bytes before what lies behind the object */
	unsigned int offset;		/* of the free pointer in a free object */
	unsigned int red_left_pad;	/* bytes in front of each object */
	unsigned int order, objects;	/* of a new slab: pages (log2), objects */
	int refcount;			/* > 1: caches of other names were merged in */
	uint64_t flags; /* as they are; what they say: slab_flags_read() */
	bool red_zone, poison, store_user, rcu, ctor;
	uint64_t random; /* CONFIG_SLAB_FREELIST_HARDENED; see slab_caches.hardened */
	kaddr_t cpu_slab, sheaves; /* per-CPU pointers, 0: none */
	unsigned int sheaf_capacity;
	VEC(kaddr_t) nodes; /* struct kmem_cache_node */
	VEC(kaddr_t) barns; /* struct node_barn */

	/* What the kernel counts, of all nodes; not counted: without CONFIG_SLUB_DEBUG. */
	bool counted;
	uint64_t nr_slabs, total_objects, nr_partial;
};

struct slab_caches {
	VEC(struct slab_cache) all; /* as in slab_caches: the youngest first */
	uint32_t *by_addr;	    /* their indexes, by address */
	bool hardened;		    /* free pointers are disguised */
	bool whole;		    /* the list was walked to its end */
};

#define SLAB_NO_CACHE UINT32_MAX

/* Records are taken from a.  False, with a note, when there are none to read. */
bool slab_caches_read(struct dump *d, struct arena *a, struct slab_caches *c);
/*
 * What c->flags say, which costs a look for a name that most kernels lack: for the index
 * of slabs, not for whoever only counts.
 */
void slab_flags_read(struct dump *d, struct slab_cache *c);
bool slab_cache_reclaimable(struct dump *d, const struct slab_cache *c);
/* An index into .all, SLAB_NO_CACHE when addr is no cache. */
uint32_t slab_cache_by_addr(const struct slab_caches *c, kaddr_t addr);
/*
 * The object_size of kmalloc's caches that hold this many bytes: the smallest there is,
 * since arm64 leaves small ones out until 6.4.  0: none holds that much.
 */
unsigned int slab_kmalloc_size(const struct slab_caches *c, size_t bytes);
/* Does this kernel count what each cache has?  CONFIG_SLUB_DEBUG. */
bool slab_caches_are_counted(struct dump *d);
/*
 * Of a tool that finds faults of the kernel, with a record for each object there is: as
 * large as they are many, and no fault.
 */
bool slab_cache_is_debugging(const struct slab_cache *c);
/* One of kmalloc's, of whatever kind. */
bool slab_cache_is_kmalloc(const struct slab_cache *c);

#endif
