/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `vgpu slab` shows: plain records, taken from slabs, objects, tracks. */
#ifndef VGPU_SLAB_VIEW_H
#define VGPU_SLAB_VIEW_H

#include "object_type.h"
#include "kernel/mm/slab.h"
#include "kernel/mm/slab_track.h"
#include "kernel/sched/task.h"

/* A line of the overview: a cache, or a family of them. */
struct slab_row {
	const char *name;
	const struct slab_cache *cache; /* the first of the family */
	unsigned int members;		/* caches in it */
	struct slab_count all, at[SLAB_PLACES];
	uint64_t active; /* as /proc/slabinfo: free ones on per-CPU lists count as used */
	uint64_t pages, lost;
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

/* The caches of this name: with each, that one alone, or else its family. */
struct slab_selection {
	VEC(const struct slab_cache *) v;
};
bool slab_select(struct dump *d, const struct slabs *s, const char *name, bool each,
		 struct slab_selection *sel);

/* One cache looked into: every freelist, red zone and poison. */
struct slab_detail {
	const struct slab_cache *cache;
	struct slab_totals totals;
	struct slab_states states;
	uint64_t checked;    /* objects whose red zone or poison was compared */
	const char *freeptr; /* how free pointers are disguised, as found */
};
void slab_detail_read(struct slabs *s, const struct slab_cache *c, struct slab_detail *o);

struct slab_types {
	struct object_type **v;
	size_t n;
	uint64_t objects; /* that were looked at: those in use */
	uint64_t unread;  /* in use, and not in the dump */
};
void slab_types_read(struct dump *d, struct slabs *s, const struct gpus *gpus,
		     const struct slab_selection *sel, struct slab_types *o);

struct slab_users {
	struct slab_owners allocated,
		freed; /* freed: who freed them before, as free_calls */
	uint64_t objects, unread;
	bool tracked; /* a cache of the selection keeps tracks */
};
void slab_users_read(struct dump *d, struct slabs *s, const struct slab_selection *sel,
		     struct slab_users *o);

/* Who points to an object. */
struct slab_reference {
	kaddr_t at;	/* the pointer's own address */
	uint64_t value; /* into the object */
	const char
		*where; /* "ext4_inode_cache 0xffff… +40 (allocated)", "init_task+0x8" */
};
#define REFERENCES_MAX 64

struct slab_whatis {
	kaddr_t asked;
	bool in_slab, in_object;
	struct slab_object object;
	kaddr_t slab; /* its struct page or struct slab */
	enum object_state state;
	const struct object_type *type; /* NULL: not read */
	bool tracked[2];		/* by enum slab_track_kind */
	struct slab_owner owner[2];
	const char *symbol; /* where it is no slab's */
	const char *page;   /* what its page is, if it is of the direct map */
	VEC(struct slab_reference) references;
	uint64_t found;	  /* references, listed above or not */
	uint64_t scanned; /* bytes */
	const char *coverage;
};
void slab_whatis_read(struct dump *d, struct slabs *s, const struct gpus *gpus,
		      struct tasks *tasks, kaddr_t addr, struct slab_whatis *w);

#endif
