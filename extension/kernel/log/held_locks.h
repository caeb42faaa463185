/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which task has which lock, as a kernel with lockdep lists them when a task hangs or
 * sysrq-d asks (debug_show_all_locks()).  Of several such lists the last.
 *
 * A task is on record with a lock from the moment when it asks for it (lock_acquire() comes
 * before the wait), and since that is all it does then, only its last one can be a lock
 * that it still waits for.
 */
#ifndef VGPU_HELD_LOCKS_H
#define VGPU_HELD_LOCKS_H

#include "printk.h"

/* " #1: ffff888012345678 (&dev->mutex){+.+.}-{3:3}, at: probe+0x1c/0x40" */
struct held_lock {
	const char *instance; /* its address as printed, which may be hashed; escaped */
	const char *name;     /* "&dev->mutex": of its class; escaped */
	const char *at;	      /* the function that asked for it; "" when not told */
	const struct log_line *line;
};

/* "2 locks held by Xorg/723:" */
struct lock_keeper {
	char comm[64]; /* escaped */
	int pid;
	VEC(struct held_lock) locks; /* in the order in which it asked for them */
};

struct held_locks {
	VEC(struct lock_keeper) tasks; /* each has a lock */
};

void held_locks_read(struct arena *a, const struct klog *log, struct held_locks *h);

#endif
