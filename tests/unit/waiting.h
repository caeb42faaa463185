/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tasks that wait, in a fake dump of each kernel: what is on their stacks, and what the
 * finder of waits says.
 */
#ifndef VGPU_WAITING_H
#define VGPU_WAITING_H

#include "test.h"

#include "kernel/sched/waiter.h"

/* All tasks anew, and what this one waits for, uninterruptibly, below these functions. */
void waiting_find(struct fake *f, struct tasks *tasks, kaddr_t task, struct wait *wait,
		  const char *first, const char *second);
/* A place in the part of its stack that is in use; at most 0x200 below its end. */
kaddr_t waiting_place(struct fake *f, kaddr_t task, size_t below);
/* A wait_queue_entry of the task there, in the queue; its address. */
kaddr_t waiting_entry(struct fake *f, kaddr_t task, size_t below, kaddr_t queue);

/* On the types of 4.19 (arm64), 5.10 and 6.1, each. */
int waiting_setup(void **state);
int waiting_teardown(void **state);
extern struct fake *(*const waiting_kernels[3])(void);
#define ON(f, k)                                                                         \
	{                                                                                \
#f, (f), waiting_setup, waiting_teardown, (void *)&waiting_kernels[k]    \
	}
#define ON_ALL(f) ON(f, 0), ON(f, 1), ON(f, 2)

#endif
