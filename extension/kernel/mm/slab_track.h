/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SLUB's user tracking (slub_debug=U): who allocated an object, and who freed it last.
 */
#ifndef VGPU_SLAB_TRACK_H
#define VGPU_SLAB_TRACK_H

#include "slab_select.h"

#define TRACK_FRAMES 16

enum slab_track_kind { TRACK_ALLOC, TRACK_FREE };

struct slab_track {
	kaddr_t addr; /* the call site */
	kaddr_t stack[TRACK_FRAMES];
	size_t n;
	uint32_t handle; /* in the stack depot, where the stack is kept there */
	int cpu, pid;
	uint64_t when; /* jiffies */
};

/*
 * A track of the object whose c->size bytes are given, without the depot's stack:
 * slab_track_stack() gets that.  False: the cache keeps none, or nobody is in it yet.
 */
bool slab_track_read(struct dump *d, const struct slab_cache *c,
		     const unsigned char *bytes, enum slab_track_kind kind,
		     struct slab_track *t);
void slab_track_stack(struct dump *d, struct slab_track *t);
/* Of one call site and stack, neither of which slab_track_stack() has been asked for. */
bool slab_track_same(const struct slab_track *a, const struct slab_track *b);

#define OWNER_PIDS 8

/* All objects of one call site and stack. */
struct slab_owner {
	struct slab_track track; /* of the first */
	const char *site;	 /* "load_msg+0x35" */
	const char **frames;	 /* track.n of them, innermost first */
	uint64_t count, bytes;
	uint64_t oldest, youngest; /* jiffies */
	int pids[OWNER_PIDS];
	size_t npids; /* more than OWNER_PIDS: there were others */
	kaddr_t example;
};

struct slab_owners {
	VEC(struct slab_owner *) all; /* the most objects first, once sorted */
	uint64_t untracked;	      /* objects without a track */
	struct slab_owner **table;    /* by site and stack */
};

void slab_owner_count(struct dump *d, struct slab_owners *o, const struct slab_cache *c,
		      kaddr_t addr, const unsigned char *bytes,
		      enum slab_track_kind kind);
/* Sorts them, and gives each its stack and names. */
void slab_owners_finish(struct dump *d, struct slab_owners *o);

/* Whose the objects of caches are. */
struct slab_users {
	struct slab_owners allocated,
		freed; /* freed: who freed them before, as free_calls */
	uint64_t objects, unread;
	bool tracked; /* a cache of the selection keeps tracks */
};
void slab_users_read(struct dump *d, struct slabs *s, const struct slab_selection *sel,
		     struct slab_users *o);

/* "function+0x1c [module]", in the dump's arena. */
const char *kernel_place(struct dump *d, kaddr_t addr);

#endif
