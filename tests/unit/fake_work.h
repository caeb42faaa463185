/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Workqueues in a fake dump, and the drain hang made of them.
 *
 * What the kernel does to its lists and flag words when work is queued, run and
 * flushed is done here in the same way (kernel/workqueue.c).
 */
#ifndef VGPU_FAKE_WORK_H
#define VGPU_FAKE_WORK_H

#include "fake_kernel.h"

/* Two pools for each CPU and empty tables of the rest; after fake_kernel(). */
void fake_workqueues(struct fake *f);
/* The normal pool of a CPU. */
kaddr_t fake_pool(struct fake *f, unsigned int cpu);
/* A workqueue with a pool_workqueue on each CPU's normal pool. */
kaddr_t fake_wq(struct fake *f, const char *name, unsigned int flags);
kaddr_t fake_pwq(struct fake *f, kaddr_t wq, unsigned int cpu);
/* An idle worker of a CPU's normal pool and its sleeping "kworker/CPU:ID". */
kaddr_t fake_worker(struct fake *f, unsigned int cpu, int id, int pid);

/* An idle work that runs this function; fake_work_at() where there is memory. */
kaddr_t fake_work(struct fake *f, const char *function);
void fake_work_at(struct fake *f, kaddr_t work, const char *function);
void fake_work_queue(struct fake *f, kaddr_t wq, unsigned int cpu, kaddr_t work);
/* The worker begins an idle work, or one that is queued. */
void fake_work_run(struct fake *f, kaddr_t worker, kaddr_t wq, kaddr_t work);
/*
 * The task calls flush_work() on a work that is queued, or that the worker runs
 * (worker 0: queued), and sleeps.  Returns the wq_barrier on its stack.
 */
kaddr_t fake_work_flush(struct fake *f, kaddr_t task, kaddr_t work, kaddr_t worker);

/* Put the task to sleep on a wait that swait_queue describes, with this head. */
void fake_completion_wait(struct fake *f, kaddr_t task, kaddr_t completion);

/*
 * The drain hang, on CPU 1: Xorg (196) holds pcpu_drain_mutex and flushes the
 * drain work of CPU 1, whose kworker/1:0 (36) is runnable and does not run,
 * because rt-hog (191), FIFO 99, keeps the CPU.
 */
struct fake_hang {
	kaddr_t xorg, hog, kworker, worker;
	kaddr_t wq;	 /* mm_percpu_wq */
	kaddr_t work;	 /* the drain work of CPU 1 */
	kaddr_t barrier; /* behind it */
	kaddr_t mutex;	 /* pcpu_drain_mutex */
};
#define FAKE_NOW_NS 100000000000ull /* the clock of all run queues: 100 s */

struct fake_hang fake_drain_hang(struct fake *f);

#endif
