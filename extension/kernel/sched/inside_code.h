/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the code of functions does to locks that do not name who has them: which of them a
 * function has taken when it is at a certain place, and has not let go of.
 */
#ifndef VGPU_INSIDE_CODE_H
#define VGPU_INSIDE_CODE_H

#include "base/keyed.h"
#include "inside.h"

/* What takes a lock of this kind, and what lets go of it: some do both for their callers. */
struct lock_family {
	enum wait_kind kind;
	bool reading;
	/* Taken in place: called, from anywhere in the function, in the rare case only. */
	bool in_place;
	const char *lock; /* the variable; NULL: the caller says which */
	const char *takes[10], *lets_go[4];
};
#define LOCK_FAMILIES 9
extern const struct lock_family lock_families[LOCK_FAMILIES];

/*
 * What the code around a place in a function says, which many stacks pass; or that of a
 * whole function, which may take a lock, or let go of it, for its callers.
 */
struct passage {
	kaddr_t ip;
	unsigned int held, may, left, now; /* a bit for each family */
	const char *taker[LOCK_FAMILIES];
	kaddr_t wrapper[LOCK_FAMILIES]; /* the taker, where it is none of ours */
	uint64_t names;			/* locks, by their place in the search's */
};

/* What has been read of it. */
struct lock_code {
	struct dump *d;
	const struct insides *in;	     /* the locks that may be named */
	kaddr_t locks[LOCK_FAMILIES];	     /* of families with one lock; 0: any */
	VEC(struct lock_function) functions; /* by address */
	struct keyed frames,
		wrappers; /* passages, by place and by the function's beginning */
};

void lock_code_init(struct lock_code *lc, struct dump *d, const struct insides *in);
/* Of a frame, by where it returns to. */
const struct passage *passage_at(struct lock_code *lc, kaddr_t ip);
/* Does the function add so much to a pointer before it, or what took the lock for it? */
bool passage_adds(struct lock_code *lc, const struct passage *p, size_t family,
		  uint32_t offset);

#endif
