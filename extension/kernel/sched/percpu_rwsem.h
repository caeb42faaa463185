/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * percpu_rw_semaphore: a reader counts himself on his CPU, and leaves no name; a writer who
 * waits for readers does, and nobody is on a list of his.
 */
#ifndef VGPU_PERCPU_RWSEM_H
#define VGPU_PERCPU_RWSEM_H

#include "lock.h"

/*
 * The one that this task, a writer, waits for the readers of: whose word for who does so is
 * this task.  stack: its words, n of them.  0: not found.
 */
kaddr_t percpu_rwsem_of_writer(struct dump *d, const struct task *t,
			       const uint64_t *stack, size_t n);
/*
 * .readers and .holders: how many are in, by all CPUs together; without one of them .owner
 * is the writer, if it is known who that is.
 */
void percpu_rwsem_owner(struct dump *d, struct tasks *tasks, kaddr_t rwsem,
			struct lock_owner *o);

#endif
