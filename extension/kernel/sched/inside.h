/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is inside a lock that does not name its owner: the readers of an rw_semaphore or a
 * percpu_rw_semaphore and its writer, whoever has a semaphore, and whoever writes an inode
 * back or frees it.
 *
 * He is found by what he is doing.  A function on his stack has called what takes such a
 * lock, and has not come to what lets go of it; and something ties that to this lock: its
 * address, in that function's code or on the stack; the address of what it is a member of,
 * on the stack or as the task's own memory map, where the code adds the member's offset; or
 * the lock's own word for who took it last.  One of these alone is a hint, and no more.
 */
#ifndef VGPU_INSIDE_H
#define VGPU_INSIDE_H

#include "unwind.h"
#include "waiter.h"

enum {
	INSIDE_TAKES =
		0x1, /* a function on its stack took such a lock, and has it still */
	INSIDE_CODE = 0x2,  /* that function's code names the lock */
	INSIDE_STACK = 0x4, /* the lock's address is on its stack */
	INSIDE_NEAR =
		0x8, /* an address a little before it: of what the lock is part of */
	INSIDE_MAP = 0x10,  /* the lock is that of its own memory map */
	INSIDE_LAST = 0x20, /* the lock names it as the last that took it */
	INSIDE_TOLD = 0x40, /* and takes the name back when he leaves */
	/* A function further in calls what lets go: he may have left, and waits without it. */
	INSIDE_LEAVES = 0x80,
	/* There is a way to where he is on which it was not taken, or was let go of. */
	INSIDE_MAY = 0x100,
	INSIDE_IN_PLACE = 0x200, /* it is taken, and let go of, without a call */
};

struct insider {
	struct task *task;
	unsigned int clues;
	bool sure; /* they are more than a hint */
	char function
		[64]; /* INSIDE_TAKES: escaped, with its caller's name for the call */
	/* "down_read", or what has the lock taken; NULL: the function has it while it runs */
	const char *taker;
	kaddr_t at; /* INSIDE_STACK, _NEAR: where the address is; else 0 */
};

struct inside {
	enum wait_kind kind;
	/* WAIT_BIT: who has it is in this function; else NULL */
	const char *keeper;
	bool reading; /* who is sought has it for reading; else for himself */
	kaddr_t lock;
	size_t size;
	kaddr_t near;	  /* from here on what the lock is part of may lie */
	kaddr_t last;	  /* the task_struct that took it last; 0: not known */
	bool told;	  /* it takes that name back */
	struct look look; /* the lock's own words, with that name where it has one */
	int64_t holders;  /* how many are in, as the lock counts them; < 0: it does not */
	VEC(struct insider)
	all; /* the sure ones first, of these who sleeps for longest */
	size_t nsure;
};

struct insides {
	VEC(struct inside) all; /* by the lock's address, once they have been sought */
};

/* Whose lock is that?  Adds the one that is waited for, if it does not say. */
void insides_want(struct dump *d, struct insides *in, const struct wait *wait);

struct inside_search;
/* Each task in turn, with its stack, and what it waits for itself; NULL: not known. */
struct inside_search *insides_search(struct dump *d, struct insides *in);
void inside_task(struct inside_search *s, struct task *t, const struct stack *stack,
		 const struct wait *wait);
void insides_done(struct inside_search *s);

/* NULL: it says who has it, or was not asked. */
const struct inside *inside_of(const struct insides *in, kaddr_t lock);

#endif
