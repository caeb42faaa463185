/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What hands out ids: struct idr and struct xarray (id to pointer), struct ida (ids
 * alone).  All three are radix trees of struct xa_node, which was called
 * radix_tree_node until 4.20 and then tagged its pointers otherwise.
 */
#ifndef VGPU_IDR_H
#define VGPU_IDR_H

#include "dump.h"

struct id_entry {
	uint64_t id;
	kaddr_t ptr;
};

struct ids {
	VEC(struct id_entry) all; /* ascending */
	bool complete;		  /* every node could be read, and was sound */
};

/* False when nothing could be read of it, which is noted; what names it there. */
bool idr_read(struct dump *d, kaddr_t idr, const char *what, struct ids *ids);
bool xarray_read(struct dump *d, kaddr_t xa, const char *what, struct ids *ids);
/* The ids in use; .ptr is 0. */
bool ida_read(struct dump *d, kaddr_t ida, const char *what, struct ids *ids);

#endif
