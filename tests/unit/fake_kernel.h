/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small kernel in a fake dump: init_task, run queues, swappers, processes.
 *
 * Written through the rows of layout.h, so it follows whatever types the fake
 * dump has; what they lack is left out.
 */
#ifndef VGPU_FAKE_KERNEL_H
#define VGPU_FAKE_KERNEL_H

#include "fake_dump.h"

/*
 * init_task, the per-CPU "runqueues" with one swapper for each CPU, and the
 * symbols of the scheduling classes.  Call it once, after .info.cpus is set.
 */
void fake_kernel(struct fake *f);

/*
 * A process of one thread: sleeping interruptibly, fair class, last on CPU 0,
 * with an mm and an empty kernel stack.
 */
kaddr_t fake_task(struct fake *f, int pid, const char *comm);
/* The same without an mm, and a kthread by its flags. */
kaddr_t fake_kthread(struct fake *f, int pid, const char *comm);
/* Another thread of the process whose leader is given. */
kaddr_t fake_thread(struct fake *f, kaddr_t leader, int pid, const char *comm);

/* fake_set() of the state, which has two names. */
void fake_task_state(struct fake *f, kaddr_t task, uint64_t state);
/* FIFO or RR at this priority. */
void fake_task_rt(struct fake *f, kaddr_t task, int policy, int rt_priority);
/* Make it the one that runs on a CPU: rq.curr, on_cpu, on_rq, cpu. */
void fake_task_runs(struct fake *f, kaddr_t task, unsigned int cpu);
/* Runnable, and waiting for its turn on a CPU. */
void fake_task_queued(struct fake *f, kaddr_t task, unsigned int cpu);

kaddr_t fake_rq(struct fake *f, unsigned int cpu);
/* The end of the task's kernel stack: the first address above it. */
kaddr_t fake_stack_top(struct fake *f, kaddr_t task);

#endif
