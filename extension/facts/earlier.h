/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is kept of the look before at a machine that runs on: no more than what the next look
 * is compared with, since both would not fit into the memory that looks may take.
 *
 * It has no pointer into the facts that it was made from, which may be gone.
 */
#ifndef VGPU_EARLIER_H
#define VGPU_EARLIER_H

#include "kernel/gpu/virtio_ring.h"
#include "kernel/sched/runqueue.h"

struct facts;

/* As in struct task. */
struct earlier_task {
	kaddr_t addr;
	uint64_t start_time, sum_exec, nvcsw, nivcsw;
	int pid;
	bool on_cpu, need_resched;
};

/* As in struct runqueue. */
struct earlier_cpu {
	unsigned int cpu;
	double softirq_s;
	kaddr_t timer; /* .timer.timer */
	uint64_t clk;  /* .timer.clk */
};

/* As in struct virtqueue; those alone whose ring could be read. */
struct earlier_queue {
	kaddr_t addr;
	enum vring_kind kind;
	uint16_t used_idx, last_used_idx;
	unsigned int completed;
};

struct earlier {
	VEC(struct earlier_task) tasks; /* by address */
	VEC(struct earlier_cpu) cpus;	/* by CPU */
	VEC(struct earlier_queue) queues;
};

/*
 * In the arena, which outlives these facts.  e is zero, or what was kept of the look before
 * them, whose memory is used again.
 */
void earlier_keep(const struct facts *f, struct arena *a, struct earlier *e);

/* Of the look before: NULL, too, where there was none. */

/* The same task; NULL: it was not there, or another had its place. */
const struct earlier_task *earlier_task(const struct facts *f, const struct task *t);
const struct earlier_cpu *earlier_cpu(const struct facts *f, const struct runqueue *rq);
/* NULL: its ring could not be read, or was of another kind. */
const struct earlier_queue *earlier_queue(const struct facts *f,
					  const struct virtqueue *vq);

#endif
