/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who holds a lock. */
#ifndef VGPU_LOCK_H
#define VGPU_LOCK_H

#include "dump/look.h"
#include "task.h"

struct lock_owner {
	bool known;	    /* the lock word could be read */
	kaddr_t task;	    /* 0: nobody */
	struct task *owner; /* NULL: nobody, or no task of the dump */
	/* rwsem: held for reading; semaphore: owner is who took it last, which is a hint. */
	bool readers;
	bool handoff; /* promised to the first waiter */
	/* Nobody is in: owner, if any, is whom it was handed to, and who has not come. */
	bool free;
	int64_t holders; /* .readers: how many are in; < 0: not known */
	/* task is none of the dump: who that memory still says it was; pid 0: nobody. */
	int gone_pid;
	const char *gone_comm; /* escaped */
	/* task is one of the dump that has come later: who took the lock is no more. */
	const struct task *reused;
	bool never_took;  /* .reused: for it waits itself, and has taken none before */
	struct look look; /* the lock's words that say all this; NONE: nothing was read */
};

void mutex_owner(struct dump *d, struct tasks *tasks, kaddr_t mutex,
		 struct lock_owner *o);
/*
 * Is what waiters are queued on a mutex that somebody holds?  Where nothing else says so:
 * a semaphore's and an rw_semaphore's waiters look the same.
 */
bool mutex_is_one(struct dump *d, struct tasks *tasks, kaddr_t mutex);
/* rtmutex_common.h: the lowest bit of the owner's word says that others wait. */
#define RT_MUTEX_WAITERS 0x1ull
void rt_mutex_owner(struct dump *d, struct tasks *tasks, kaddr_t lock,
		    struct lock_owner *o);
void rwsem_owner(struct dump *d, struct tasks *tasks, kaddr_t rwsem,
		 struct lock_owner *o);
/*
 * A semaphore does not know who is in; since 194a9b9e843b (6.16) who took it last, until he
 * gives it back.
 */
void semaphore_owner(struct dump *d, struct tasks *tasks, kaddr_t semaphore,
		     struct lock_owner *o);

#endif
