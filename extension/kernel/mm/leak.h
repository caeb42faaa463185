/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects that nothing reaches: what kmemleak would find, from a dump, in any kernel.
 *
 * A word counts as a reference when it is an address in the direct map that lies
 * anywhere in an object, as with kmemleak: so low bits that are used for tags, a pointer
 * to a member and a node of a list all count, and what is queued for RCU is reached
 * through its rcu_head.  A pointer to a struct page with an offset and a length behind it
 * counts too, as requests of disks write it.  What is neither is not followed: poisoned
 * list links, the freelist's disguised pointers, physical addresses.
 *
 * What is free, or freed and waiting for RCU, or in a slab whose freelist is damaged, is
 * never called lost; the last two count as reached, with all that they refer to.
 * Memory that is in use and is no slab is a root (roots.h), large kmallocs included: what
 * only a lost large kmalloc refers to is not found.
 *
 * An error of this method goes one way: a number that looks like an address hides a
 * lost object.  The other way needs a reference that is nowhere in the kernel's memory
 * or is written in another form; what is known to be so is in leak.c.
 */
#ifndef VGPU_LEAK_H
#define VGPU_LEAK_H

#include "reach.h"
#include "roots.h"
#include "slab.h"

struct leaks {
	struct slabs *slabs;
	struct reach reach;  /* its objects are the slabs' numbers */
	uint64_t allocated;  /* objects that were looked at */
	uint64_t lost, held; /* of these; held: only another lost one refers to it */
	uint64_t lost_bytes;
	uint64_t pending; /* freed, and waiting for RCU */
	uint64_t unknown; /* of slabs with damage: may be lost and is not called so */
	struct roots_count roots;
	uint64_t slab_pages, slab_unread; /* pages of slabs; not in the dump */
	uint64_t untracked; /* objects of caches that kmemleak leaves out too */
	uint64_t *lost_of;  /* for each cache, as in slabs->caches.all */
	uint64_t *allocated_of;
};

/* what: "roots", "slabs"; the rest: how far. */
typedef void (*leak_progress)(const char *what, uint64_t done, uint64_t all);

/*
 * The search, made by the first command that asks and kept; again: made once more.
 * NULL when there are no slabs to be read (the notes say why), or after Ctrl-C.
 * progress may be NULL.
 */
struct leaks *leaks_get(struct dump *d, const struct tasks *tasks, leak_progress progress,
			bool again);
/* What has been found by an earlier command; NULL: none has looked. */
struct leaks *leaks_known(struct dump *d);

/* Pages that may hold a reference and were not searched. */
static inline uint64_t leaks_unread(const struct leaks *l)
{
	return l->slab_unread + l->roots.excluded + l->roots.unknown;
}

/* Does the address lie in an object that is lost? */
bool leaks_has(const struct leaks *l, kaddr_t addr);

#endif
