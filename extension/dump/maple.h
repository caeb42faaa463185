/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Maple trees: what is kept by an index, or by a range of them (since 6.1). */
#ifndef VGPU_MAPLE_H
#define VGPU_MAPLE_H

#include "dump.h"

#define MAPLE_NODE 256
#define MAPLE_DEPTH 16

/* A node on the way down: where in it the walk is. */
struct maple_level {
	const struct maple_kind *kind;
	uint64_t last; /* index */
	unsigned int at;
	unsigned char bytes[MAPLE_NODE];
};

struct maple_walk {
	struct dump *d;
	const char *what; /* is in it, for notes; NULL: the caller tells what is wrong */
	uint64_t from;	  /* what ends before this index is passed over */
	size_t seen, max; /* nodes and entries */
	kaddr_t only;	  /* a tree of one entry has no node; 0: none, or it was had */
	unsigned int depth;
	bool complete; /* every node could be read, and was sound */
	struct maple_level levels[MAPLE_DEPTH];
};

/* Of the struct maple_tree at tree what lies at the index or behind it. */
void maple_begin(struct maple_walk *w, struct dump *d, kaddr_t tree, uint64_t from,
		 const char *what, size_t max);
/* Each entry once, in ascending order, until it returns false. */
bool maple_next(struct maple_walk *w, kaddr_t *entry);

#endif
