/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks over the kernel's lists that end, whatever the dump says. */
#ifndef VGPU_LIST_H
#define VGPU_LIST_H

#include "dump.h"

/*
 * list_del() leaves LIST_POISON1 and LIST_POISON2 in a node, a little above
 * CONFIG_ILLEGAL_POINTER_VALUE.
 */
#define LIST_POISON_BASE 0xdead000000000000ull

static inline bool is_list_poison(uint64_t link)
{
	return link - LIST_POISON_BASE < 0x1000;
}

enum walk_end {
	WALK_DONE,    /* came back to the head, or to NULL */
	WALK_CYCLE,   /* came back to somewhere else */
	WALK_LIMIT,   /* more nodes than the bound */
	WALK_BAD,     /* a link that cannot be read */
	WALK_CORRUPT, /* next->prev does not point back */
};

/*
 * Follow a struct list_head from its head.  next() returns each node's address
 * (not the head's) until it returns false; how it ended is in .end.
 */
struct list_walk {
	struct dump *d;
	kaddr_t head, node, prev, tortoise;
	kaddr_t next; /* of node, when it is not the head */
	size_t n, max, power, lap;
	bool hlist; /* ends at NULL, and nothing points back to check */
	bool back;  /* from the last to the first */
	enum walk_end end;
	const char *why; /* of WALK_BAD, as dump_why_unread() has it */
};

void list_begin(struct list_walk *w, struct dump *d, kaddr_t head, size_t max);
void hlist_begin(struct list_walk *w, struct dump *d, kaddr_t head, size_t max);
/* From the last to the first: what lies behind a link that cannot be read. */
void list_begin_back(struct list_walk *w, struct dump *d, kaddr_t head, size_t max);
bool list_next(struct list_walk *w, kaddr_t *node);
/* Record in the notes that a walk of what ended early; nothing if it did not. */
void list_end_note(const struct list_walk *w, const char *what);

#endif
