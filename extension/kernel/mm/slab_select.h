/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Caches chosen by name, and each of their objects that is in use. */
#ifndef VGPU_SLAB_SELECT_H
#define VGPU_SLAB_SELECT_H

#include "slab.h"

/* The caches of this name: with each, that one alone, or else its family. */
struct slab_selection {
	VEC(const struct slab_cache *) v;
};
bool slab_select(struct dump *d, const struct slabs *s, const char *name, bool each,
		 struct slab_selection *sel);

/*
 * The objects in use that are in the dump:
 *
 *	struct slab_visit v = {.s = s, .sel = sel};
 *
 *	while (slab_visit_next(&v))
 *		... v.w.addr, v.w.bytes
 */
struct slab_visit {
	struct slabs *s;
	const struct slab_selection *sel;
	struct slab_walk w;
	uint64_t objects, unread; /* so far; unread: in use, and not in the dump */
	size_t caches;		  /* that were begun */
};
bool slab_visit_next(struct slab_visit *v);

#endif
