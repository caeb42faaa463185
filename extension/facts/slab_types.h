/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the objects of caches are, counted. */
#ifndef VGPU_SLAB_TYPES_H
#define VGPU_SLAB_TYPES_H

#include "kernel/mm/slab_select.h"
#include "object_type.h"

struct slab_types {
	struct object_type **v;
	size_t n;
	uint64_t objects; /* that were looked at: those in use */
	uint64_t unread;  /* in use, and not in the dump */
};
void slab_types_read(struct dump *d, struct slabs *s, const struct gpus *gpus,
		     const struct slab_selection *sel, struct slab_types *o);

#endif
