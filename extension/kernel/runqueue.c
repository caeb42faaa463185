// SPDX-License-Identifier: GPL-2.0-or-later
#include "runqueue.h"

#include <stdlib.h>
#include <string.h>

#include "layout.h"

#define NSEC_PER_SEC 1e9

static bool read_runqueue(struct dump *d, struct tasks *tasks, unsigned int cpu,
			  struct runqueue *rq, struct object *o)
{
	memset(rq, 0, sizeof(*rq));
	rq->cpu = cpu;
	if (!dump_percpu_symbol(d, cpu, "runqueues", &rq->addr) ||
	    !obj_read(o, RQ, rq->addr))
		return false;
	rq->curr_addr = obj_u64(o, RQ_CURR);
	rq->curr = task_by_addr(tasks, rq->curr_addr);
	rq->nr_running = (unsigned int)obj_u64(o, RQ_NR_RUNNING);
	rq->cfs_running = (unsigned int)obj_u64(o, RQ_CFS_RUNNING);
	rq->rt_running = (unsigned int)obj_u64(o, RQ_RT_RUNNING);
	rq->dl_running = (unsigned int)obj_u64(o, RQ_DL_RUNNING);
	rq->clock = obj_u64(o, RQ_CLOCK);
	rq->clock_task = obj_u64(o, RQ_CLOCK_TASK);
	rq->rt_throttled = obj_u64(o, RQ_RT_THROTTLED);
	rq->rt_time = obj_u64(o, RQ_RT_TIME);
	rq->rt_runtime = obj_u64(o, RQ_RT_RUNTIME);
	rq->fair_server = layout_has(d, RQ_FAIR_SERVER);
	return true;
}

struct runqueue *runqueue_of_cpu(struct runqueues *rqs, int cpu)
{
	size_t i;

	for (i = 0; i < rqs->all.n; i++)
		if ((int)rqs->all.v[i].cpu == cpu)
			return &rqs->all.v[i];
	return NULL;
}

static double seconds(uint64_t now, uint64_t then)
{
	/* Clocks of two CPUs may differ a little: never a negative time. */
	return then && now > then ? (double)(now - then) / NSEC_PER_SEC : 0;
}

/*
 * Since when a task is what it is.
 *
 * Asleep: se.exec_start is set each time the scheduler accounts for the running
 * task, last when it is switched out (update_curr, put_prev_task), so it is when
 * the task left the CPU.  It counts in clock_task, which lags clock by the time
 * that interrupts took: add the lag back.  sched_info.last_arrival, which other
 * tools show, is when it last *got* the CPU, so it counts work as waiting.
 */
static void since(struct runqueues *rqs, struct task *t)
{
	const struct runqueue *rq = runqueue_of_cpu(rqs, t->cpu);
	uint64_t then, lag = 0;

	if (rq && rq->clock > rq->clock_task)
		lag = rq->clock - rq->clock_task;
	if (rq && rq->curr == t)
		then = t->last_arrival;
	else if (t->on_rq)
		then = t->last_queued;
	else
		then = t->exec_start ? t->exec_start + lag : t->last_arrival;
	t->since_s = then ? seconds(rqs->now, then) : -1;
}

static int longest_wait(const void *a, const void *b)
{
	const struct task *x = *(struct task *const *)a, *y = *(struct task *const *)b;

	if (x->since_s != y->since_s)
		return x->since_s > y->since_s ? -1 : 1;
	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

/* Runnable tasks, from their own on_rq and cpu: no tree of the rq is walked. */
static void find_waiting(struct dump *d, struct tasks *tasks, struct runqueues *rqs)
{
	struct runqueue *rq;
	struct task *t;
	size_t i;

	for (i = 0; i < tasks->all.n; i++) {
		t = &tasks->all.v[i];
		rq = t->on_rq && !t->idle ? runqueue_of_cpu(rqs, t->cpu) : NULL;
		if (rq && rq->curr != t)
			*vec_push(d->arena, &rq->waiting) = t;
	}
	for (i = 0; i < rqs->all.n; i++) {
		rq = &rqs->all.v[i];
		if (rq->waiting.n)
			qsort(rq->waiting.v, rq->waiting.n, sizeof(rq->waiting.v[0]),
			      longest_wait);
	}
}

/*
 * sysctl_sched_rt_runtime is an int in us; -1: real-time tasks are never held
 * back.  6.12 keeps the name.
 */
static void read_bandwidth(struct dump *d, struct runqueues *rqs)
{
	uint32_t us;

	if (!dump_symbol_u32(d, "sysctl_sched_rt_runtime", &us))
		return;
	rqs->rt_bandwidth_known = true;
	rqs->rt_bandwidth_off = (int32_t)us < 0;
}

bool runqueues_read(struct dump *d, struct tasks *tasks, struct runqueues *rqs)
{
	struct runqueue rq;
	struct object o;
	unsigned int cpu;
	size_t i;

	memset(rqs, 0, sizeof(*rqs));
	if (!layout_has_all(d, RQ, RQ_CURR, RQ_CLOCK, LAYOUT_COUNT)) {
		dump_note(d, "run queues: no debuginfo for struct rq");
		return false;
	}
	obj_init(&o, d);
	for (cpu = 0; cpu < d->info.cpus; cpu++) {
		if (!read_runqueue(d, tasks, cpu, &rq, &o)) {
			if (!dump_interrupted(d))
				dump_note(d, "run queue of CPU %u cannot be read", cpu);
			continue;
		}
		if (rq.clock > rqs->now)
			rqs->now = rq.clock;
		*vec_push(d->arena, &rqs->all) = rq;
	}
	read_bandwidth(d, rqs);
	for (i = 0; i < tasks->all.n; i++)
		since(rqs, &tasks->all.v[i]);
	find_waiting(d, tasks, rqs);
	return rqs->all.n > 0;
}
