/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an address is, and who points to it. */
#ifndef VGPU_SLAB_WHATIS_H
#define VGPU_SLAB_WHATIS_H

#include "kernel/mm/slab_track.h"
#include "kernel/sched/task.h"
#include "object_type.h"

/* Who points to an object. */
struct slab_reference {
	kaddr_t at;		   /* the pointer's own address */
	uint64_t value;		   /* into the object */
	struct slab_object object; /* that it lies in; .cache NULL: in none */
	enum object_state state;   /* of that one, and what it is, "?": not read */
	const char *type;
	const struct task *task; /* whose stack it lies on; NULL: nobody's */
	int cpu;		 /* whose per-CPU data it lies in; < 0: none's */
	const char *place;	 /* "init_task+0x8", where it is none of these */
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
	bool has_page;	    /* it is of the direct map, and its page is: */
	bool page_read;
	enum page_kind page;
	VEC(struct slab_reference) references;
	uint64_t found;	  /* references, listed above or not */
	bool searched;	  /* for references */
	uint64_t scanned; /* bytes */
};
void slab_whatis_read(struct dump *d, struct slabs *s, const struct gpus *gpus,
		      struct tasks *tasks, kaddr_t addr, struct slab_whatis *w);

#endif
