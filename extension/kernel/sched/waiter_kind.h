/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Steps of wait_find(): what is known of a wait beyond the record on the stack that waiter.c
 * finds, and waits that leave none there.  f->stack is the task's.
 */
#ifndef VGPU_WAITER_KIND_H
#define VGPU_WAITER_KIND_H

#include "waiter.h"

/* include/linux/hung_task.h: the kind of lock, in the low bits of task_struct.blocker. */
#define BLOCKER_KIND 3ull
#define BLOCKER_READER 2ull

/* waiter_kind.c: from the kind that the record has to the one that it is part of. */
void wait_refine(struct wait_finder *f, const struct task *t, const struct stack *stack,
		 struct wait *wait);
void wait_for_barrier(struct wait_finder *f, struct work *barrier, struct wait *wait);
bool wait_is_io(const struct stack *stack);
/* The variable that its object is, or lies in; what a lock without one is for. */
void wait_name_object(struct dump *d, struct wait *wait);
void wait_name_ww_mutex(const struct stack *stack, struct wait *wait);
/* A writer waits for the readers without any record: the lock has his name. */
bool wait_find_percpu_rwsem(struct wait_finder *f, const struct task *t,
			    const struct stack *stack, struct wait *wait);

/* waiter_rt.c: an rt_mutex, or what PREEMPT_RT makes of one; a writer behind readers. */
bool wait_find_rt_mutex(struct wait_finder *f, const struct task *t,
			const struct stack *stack, struct wait *wait);
bool wait_find_rt_rwsem(struct wait_finder *f, const struct task *t,
			const struct stack *stack, struct wait *wait);

#endif
