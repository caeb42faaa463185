// SPDX-License-Identifier: GPL-2.0-or-later
#include "earlier.h"

#include <stdlib.h>

#include "facts.h"

/* ---- keep ------------------------------------------------------------------------ */

static void keep_task(const struct task *t, struct earlier_task *then)
{
	*then = (struct earlier_task){.addr = t->addr,
				      .start_time = t->start_time,
				      .sum_exec = t->sum_exec,
				      .nvcsw = t->nvcsw,
				      .nivcsw = t->nivcsw,
				      .pid = t->pid,
				      .on_cpu = t->on_cpu,
				      .need_resched = t->need_resched};
}

static void keep_cpu(const struct runqueue *rq, struct earlier_cpu *then)
{
	*then = (struct earlier_cpu){.cpu = rq->cpu,
				     .softirq_s = rq->softirq_s,
				     .timer = rq->timer.timer,
				     .clk = rq->timer.clk};
}

static void keep_queue(const struct virtqueue *vq, struct earlier_queue *then)
{
	*then = (struct earlier_queue){.addr = vq->addr,
				       .kind = vq->kind,
				       .used_idx = vq->used_idx,
				       .last_used_idx = vq->last_used_idx,
				       .completed = vq->completed};
}

static void keep_queues(const struct virtqueues *vqs, struct arena *a, struct earlier *e)
{
	size_t i;

	for (i = 0; i < vqs->all.n; i++)
		if (vqs->all.v[i].ring_read)
			keep_queue(&vqs->all.v[i], vec_push(a, &e->queues));
}

void earlier_keep(const struct facts *f, struct arena *a, struct earlier *e)
{
	size_t i;

	e->tasks.n = e->cpus.n = e->queues.n = 0;
	for (i = 0; i < f->tasks.all.n; i++)
		keep_task(&f->tasks.all.v[i], vec_push(a, &e->tasks));
	for (i = 0; i < f->rqs.all.n; i++)
		keep_cpu(&f->rqs.all.v[i], vec_push(a, &e->cpus));
	for (i = 0; i < f->gpus.all.n; i++)
		keep_queues(&f->gpus.all.v[i].vqs, a, e);
}

/* ---- find ------------------------------------------------------------------------ */

static int by_addr(const void *a, const void *b)
{
	kaddr_t x = ((const struct earlier_task *)a)->addr;
	kaddr_t y = ((const struct earlier_task *)b)->addr;

	return x < y ? -1 : x > y;
}

static int by_cpu(const void *a, const void *b)
{
	unsigned int x = ((const struct earlier_cpu *)a)->cpu;
	unsigned int y = ((const struct earlier_cpu *)b)->cpu;

	return x < y ? -1 : x > y;
}

const struct earlier_task *earlier_task(const struct facts *f, const struct task *t)
{
	const struct earlier_task key = {.addr = t->addr}, *then = NULL;

	if (f->before && f->before->tasks.n)
		then = bsearch(&key, f->before->tasks.v, f->before->tasks.n, sizeof(key),
			       by_addr);
	return then && then->pid == t->pid && then->start_time == t->start_time ? then
										: NULL;
}

const struct earlier_cpu *earlier_cpu(const struct facts *f, const struct runqueue *rq)
{
	const struct earlier_cpu key = {.cpu = rq->cpu};

	return f->before && f->before->cpus.n
		       ? bsearch(&key, f->before->cpus.v, f->before->cpus.n, sizeof(key),
				 by_cpu)
		       : NULL;
}

const struct earlier_queue *earlier_queue(const struct facts *f,
					  const struct virtqueue *vq)
{
	const struct earlier_queue *then;
	size_t i;

	for (i = 0; f->before && i < f->before->queues.n; i++) {
		then = &f->before->queues.v[i];
		if (then->addr == vq->addr && then->kind == vq->kind)
			return then;
	}
	return NULL;
}
