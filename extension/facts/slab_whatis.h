/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an address is, and who points to it. */
#ifndef VGPU_SLAB_WHATIS_H
#define VGPU_SLAB_WHATIS_H

#include "kernel/mm/slab_track.h"
#include "kernel/sched/task.h"
#include "object_type.h"

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
