/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A page array, caches and slabs in a fake dump.
 *
 *	fake_pages(f);
 *	kaddr_t cache = fake_cache(f, "kmalloc-128", 128, 128);
 *	kaddr_t slab = fake_slab(f, cache);	// every object in use
 *
 *	fake_slab_free(f, slab, 3);
 *	fake_slab_partial(f, slab);
 *
 * Written through the rows of layout.h, so it follows whatever types the dump has.
 */
#ifndef VGPU_FAKE_SLAB_H
#define VGPU_FAKE_SLAB_H

#include "fake_dump.h"

#define FAKE_VMEMMAP 0xffffea0000000000ull
#define FAKE_SLAB_ORDER 1 /* pages of a slab, log2 */

/* One memory section, which has FAKE_HEAP in it, and an empty list of caches. */
void fake_pages(struct fake *f);
/* struct page (and struct slab) of an address of the direct map. */
kaddr_t fake_page_of(struct fake *f, kaddr_t addr);

/* A cache with one node, nothing on CPUs, free pointers in the middle of objects. */
kaddr_t fake_cache(struct fake *f, const char *name, unsigned int object_size,
		   unsigned int size);
/* Disguise free pointers that are written from now on. */
enum fake_freeptr { FAKE_PLAIN, FAKE_XOR, FAKE_XOR_SWAB };
void fake_freeptr(struct fake *f, kaddr_t cache, uint64_t random, enum fake_freeptr how);

/* A slab of FAKE_SLAB_ORDER, full, on no list.  Returns where its memory begins. */
kaddr_t fake_slab(struct fake *f, kaddr_t cache);
unsigned int fake_slab_objects(struct fake *f, kaddr_t slab);
kaddr_t fake_slab_object(struct fake *f, kaddr_t slab, unsigned int k);
/* Put an object in front of the slab's own freelist. */
void fake_slab_free(struct fake *f, kaddr_t slab, unsigned int k);
/* Write the free pointer of an object, disguised as the cache's are. */
void fake_slab_link(struct fake *f, kaddr_t slab, unsigned int k, kaddr_t next);
/* inuse and objects, as the kernel packs them. */
void fake_slab_counters(struct fake *f, kaddr_t slab, unsigned int inuse,
			unsigned int objects);

/* On the node's list. */
void fake_slab_partial(struct fake *f, kaddr_t slab);
/* The one that a CPU allocates from, with this object first on the CPU's own list. */
void fake_slab_cpu(struct fake *f, kaddr_t slab, unsigned int cpu, kaddr_t freelist);
/* In front of a CPU's list of partial slabs. */
void fake_slab_cpu_partial(struct fake *f, kaddr_t slab, unsigned int cpu);
/* struct kmem_cache_cpu. */
kaddr_t fake_cache_cpu(struct fake *f, kaddr_t cache, unsigned int cpu);

#endif
