/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rt_mutex, which inherits priority. PREEMPT_RT makes mutexes, rw_semaphores and spinlocks
 * of it: who waits for one has a record that names the lock, and the lock names its owner.
 */
#ifndef VGPU_RT_MUTEX_H
#define VGPU_RT_MUTEX_H

#include "lock.h"

/* The lock that the task is queued on, and its record on its stack; 0: on none. */
kaddr_t rt_mutex_of_waiter(struct dump *d, const struct task *t, kaddr_t *record);
/* Whom the one who lets go of it wakes; NULL: not found. */
const struct task *rt_mutex_first(struct dump *d, struct tasks *tasks, kaddr_t lock);

/*
 * Of an rw_semaphore that a writer has, or is about to get: how many readers are in still,
 * for whom he waits, and all others with him.
 */
int64_t rt_rwsem_readers(struct dump *d, kaddr_t rwsem);
/*
 * The rw_semaphore whose readers this task, a writer, waits for: it has the lock, and no
 * record.  stack: its words, n of them; o: that so many readers are in.  0: not found.
 */
kaddr_t rt_rwsem_of_writer(struct dump *d, const struct task *t, const uint64_t *stack,
			   size_t n, struct lock_owner *o);

#endif
