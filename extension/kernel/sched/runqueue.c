// SPDX-License-Identifier: GPL-2.0-or-later
#include "runqueue.h"

#include <stdlib.h>
#include <string.h>

#include "cpus.h"
#include "dump/layout.h"
#include "smp.h"

#define NSEC_PER_SEC 1e9
/* Those that differ by less are taken for one. */
#define CLOCKS_APART_NS 1000000000ll
/* NTP turns a clock by up to 500 ppm: what is more is another matter, such as a pause. */
#define DRIFT_MAX 1000

/* include/linux/kernel_stat.h: enum cpu_usage_stat; kernel_cpustat is an array of u64. */
#define CPUTIME_SOFTIRQ 3

/* include/linux/hrtimer.h: of hrtimer.state, since 2.6.21 */
#define HRTIMER_STATE_ENQUEUED 0x1

static double softirq_time(struct dump *d, unsigned int cpu, kaddr_t *at)
{
	uint64_t ns;

	if (!dump_percpu_symbol(d, cpu, "kernel_cpustat", at))
		return -1;
	*at += CPUTIME_SOFTIRQ * sizeof(ns);
	if (!dump_u64(d, *at, &ns))
		return -1;
	return (double)ns / NSEC_PER_SEC;
}

/*
 * Not where the tick was stopped for good: the timer keeps the moment that would have been
 * its next (tick_nohz_stop_tick()).  An idle CPU stops it so, and with nohz_full one that
 * runs a single task, since d84b31313ef8 (4.17) also the last one a second.  Without high
 * resolution it is never queued.
 */
static bool is_queued(struct dump *d, kaddr_t tick)
{
	uint64_t state;

	return !layout_has(d, TICK_SCHED_QUEUED) ||
	       (member_u64(d, tick, TICK_SCHED_QUEUED, &state) &&
		state & HRTIMER_STATE_ENQUEUED);
}

/*
 * A CPU's tick is a timer, set to the next moment that it is due; of an idle CPU that may
 * be far ahead.  Any CPU that wakes a task there sets the rq's clock, but not this.
 * The time is that of jiffies, which one of the CPUs that take ticks keeps.
 */
static void read_tick(struct dump *d, unsigned int cpu, struct runqueue *rq)
{
	uint64_t due, now;

	if (!layout_has(d, TICK_SCHED_EXPIRES) ||
	    !dump_percpu_symbol(d, cpu, "tick_cpu_sched", &rq->tick_addr) ||
	    !member_u64(d, rq->tick_addr, TICK_SCHED_EXPIRES, &due) ||
	    !dump_symbol_u64(d, "tick_next_period", &now))
		return;
	if (!due || now >= INT64_MAX || !is_queued(d, rq->tick_addr))
		return;
	rq->tick_due = due;
	if (now > due)
		rq->tick_late_s = (double)(now - due) / NSEC_PER_SEC;
}

/*
 * NTP keeps the monotonic clock right and the scheduler's counts on as the processor does:
 * with 20 ppm they are 50 s apart after a month.  tick_next_period is the former's now, but
 * where the CPU that keeps jiffies is stuck: then the others' ticks are later.
 */
static void find_monotonic(struct dump *d, struct runqueues *rqs)
{
	const struct runqueue *rq;
	uint64_t now;
	int64_t ahead;
	size_t i;

	if (!dump_symbol_u64(d, "tick_next_period", &now) || !now || now >= INT64_MAX)
		return;
	for (i = 0; i < rqs->all.n; i++) {
		rq = &rqs->all.v[i];
		if (rq->curr && !rq->curr->idle && rq->tick_due > now &&
		    rq->tick_due < rqs->now + (uint64_t)CLOCKS_APART_NS)
			now = rq->tick_due;
	}
	ahead = (int64_t)(now - rqs->now);
	if (llabs(ahead) >= CLOCKS_APART_NS &&
	    llabs(ahead) < (int64_t)rqs->now / DRIFT_MAX)
		rqs->monotonic_ahead = ahead;
}

static const struct task *watchdog_of(struct dump *d, const struct tasks *tasks,
				      unsigned int cpu)
{
	kaddr_t at, task;

	return dump_percpu_symbol(d, cpu, "softlockup_watchdog", &at) &&
			       dump_ptr(d, at, &task)
		       ? task_by_addr(tasks, task)
		       : NULL;
}

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
	/* A kernel for one CPU has no such member until 6.17: cac5cefbade9. */
	if (rq->curr && !layout_has(d, TASK_ON_CPU))
		rq->curr->on_cpu = true;
	rq->nr_running = (unsigned int)obj_u64(o, RQ_NR_RUNNING);
	rq->cfs_running = (unsigned int)obj_u64(o, RQ_CFS_RUNNING);
	rq->rt_running = (unsigned int)obj_u64(o, RQ_RT_RUNNING);
	rq->dl_running = (unsigned int)obj_u64(o, RQ_DL_RUNNING);
	rq->clock = obj_u64(o, RQ_CLOCK);
	rq->clock_task = layout_has(d, RQ_CLOCK_TASK) ? obj_u64(o, RQ_CLOCK_TASK)
						      : rq->clock;
	rq->rt_throttled = obj_u64(o, RQ_RT_THROTTLED);
	rq->rt_time = obj_u64(o, RQ_RT_TIME);
	rq->rt_runtime = obj_u64(o, RQ_RT_RUNTIME);
	rq->softirq_s = softirq_time(d, cpu, &rq->softirq_at);
	read_tick(d, cpu, rq);
	timer_run_of_cpu(d, cpu, &rq->timer);
	rq->fair_server = layout_has(d, RQ_FAIR_SERVER);
	rq->watchdog = watchdog_of(d, tasks, cpu);
	return true;
}

struct runqueue *runqueue_of_cpu(const struct runqueues *rqs, int cpu)
{
	size_t i;

	/* Its own place, unless the queue of a CPU before it could not be read. */
	if (cpu >= 0 && (size_t)cpu < rqs->all.n && (int)rqs->all.v[cpu].cpu == cpu)
		return &rqs->all.v[cpu];
	for (i = 0; i < rqs->all.n; i++)
		if ((int)rqs->all.v[i].cpu == cpu)
			return &rqs->all.v[i];
	return NULL;
}

bool runqueues_run(const struct runqueues *rqs, const struct task *t)
{
	const struct runqueue *rq = runqueue_of_cpu(rqs, t->cpu);

	return rq ? rq->curr == t : t->on_cpu;
}

static double seconds(uint64_t now, uint64_t then)
{
	/* Clocks of two CPUs may differ a little: never a negative time. */
	return then && now > then ? (double)(now - then) / NSEC_PER_SEC : 0;
}

/*
 * se.exec_start is set each time the scheduler accounts for the running task,
 * last when it is switched out (update_curr, put_prev_task), so it is when the
 * task left the CPU.  It counts in clock_task, which lags clock by the time that
 * interrupts took: add the lag back.  sched_info.last_arrival, which other tools
 * show, is when it last *got* the CPU, so it counts work as waiting.
 */
uint64_t runqueue_last_ran(const struct runqueue *rq, const struct task *t)
{
	uint64_t lag = rq && rq->clock > rq->clock_task ? rq->clock - rq->clock_task : 0;

	return t->exec_start ? t->exec_start + lag : t->last_arrival;
}

/*
 * What each CPU has lies at the end of memory, which a core that is cut loses first.  Then
 * the latest that any task got a CPU is a floor of now, and nobody seems to wait too long.
 */
static uint64_t latest_run(const struct tasks *tasks)
{
	const struct task *t;
	uint64_t latest = 0;
	size_t i;

	for (i = 0; i < tasks->all.n; i++) {
		t = &tasks->all.v[i];
		latest = t->last_arrival > latest ? t->last_arrival : latest;
		latest = t->exec_start > latest ? t->exec_start : latest;
	}
	return latest;
}

/* Who ran on each CPU last, of those that do not run now? */
static void find_others(struct tasks *tasks, struct runqueues *rqs)
{
	const struct task *t;
	struct runqueue *rq;
	uint64_t ran;
	size_t i;

	for (i = 0; i < tasks->all.n; i++) {
		t = &tasks->all.v[i];
		rq = runqueue_of_cpu(rqs, t->cpu);
		if (!rq || rq->curr == t || t->idle || t->sched == SCHED_KIND_STOP ||
		    rq->watchdog == t)
			continue;
		ran = runqueue_last_ran(rq, t);
		if (ran > rq->other_ran) {
			rq->other_ran = ran;
			rq->other = t;
		}
	}
	for (i = 0; i < rqs->all.n; i++) {
		rq = &rqs->all.v[i];
		rq->alone_s = rq->other_ran ? seconds(rqs->now, rq->other_ran) : -1;
	}
}

/*
 * For how long the current task has had its CPU.  Its last arrival is the floor,
 * but the watchdog's stopper starts that again every few seconds.  It has had the
 * CPU for as long as nobody else ran there, if it used that much time at all, and
 * if somebody waited there all the time: else the CPU may have been idle.  The idle task
 * has no arrival: it has had the CPU since another one ran there.
 */
static double running_for(const struct runqueues *rqs, const struct runqueue *rq,
			  const struct task *t)
{
	double arrived = t->last_arrival && rqs->now ? seconds(rqs->now, t->last_arrival)
						     : -1;
	double alone = (double)t->sum_exec / NSEC_PER_SEC;
	double waited = rq->waiting.n ? rq->waiting.v[0]->since_s : 0;

	if (t->idle)
		return rq->alone_s;
	if (rq->alone_s < alone)
		alone = rq->alone_s;
	if (waited < alone)
		alone = waited;
	return alone > arrived ? alone : arrived;
}

static void since(struct runqueues *rqs, struct task *t)
{
	const struct runqueue *rq = runqueue_of_cpu(rqs, t->cpu);
	uint64_t then = t->on_rq ? t->last_queued : runqueue_last_ran(rq, t);
	/* Nobody is to seem younger than he is: the clock may stand after a pause. */
	uint64_t latest = rqs->now +
			  (uint64_t)(rqs->monotonic_ahead > 0 ? rqs->monotonic_ahead : 0);

	/* Since 6.18 it is off its queue. */
	if (!then && t->throttle)
		then = runqueue_last_ran(rq, t);
	t->since_s = then && rqs->now ? seconds(rqs->now, then) : -1;
	t->age_s = t->start_time && latest ? seconds(latest, t->start_time) : -1;
}

static int longest_wait(const void *a, const void *b)
{
	const struct task *x = *(struct task *const *)a, *y = *(struct task *const *)b;

	if (x->since_s != y->since_s)
		return x->since_s > y->since_s ? -1 : 1;
	return compare(x->addr, y->addr);
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
		if (!rq || rq->curr == t)
			continue;
		t->throttle = throttle_find(d, t, rq->addr, &rqs->quotas);
		if (t->throttle)
			*vec_push(d->arena, &rq->throttled) = t;
		else
			*vec_push(d->arena, &rq->waiting) = t;
	}
}

static void sort_waiting(struct runqueues *rqs)
{
	struct runqueue *rq;
	size_t i;

	for (i = 0; i < rqs->all.n; i++) {
		rq = &rqs->all.v[i];
		if (rq->waiting.n)
			qsort(rq->waiting.v, rq->waiting.n, sizeof(rq->waiting.v[0]),
			      longest_wait);
		if (rq->throttled.n)
			qsort(rq->throttled.v, rq->throttled.n,
			      sizeof(rq->throttled.v[0]), longest_wait);
	}
}

/*
 * sysctl_sched_rt_runtime is an int in us; -1: real-time tasks are never held
 * back.  6.12 keeps the name.
 */
static void read_bandwidth(struct dump *d, struct runqueues *rqs)
{
	uint32_t us;

	if (dump_symbol_u32(d, "sysctl_sched_rt_period", &us))
		rqs->rt_period = us * 1000ull;
	if (!dump_symbol_u32(d, "sysctl_sched_rt_runtime", &us))
		return;
	rqs->rt_bandwidth_known = true;
	rqs->rt_bandwidth_off = (int32_t)us < 0;
	rqs->rt_share = rqs->rt_bandwidth_off ? 0 : us * 1000ull;
}

static void find_offline(struct dump *d, struct runqueues *rqs)
{
	struct cpus working;
	size_t i;

	if (!cpus_read_working(d, &working))
		return;
	for (i = 0; i < rqs->all.n; i++)
		rqs->all.v[i].offline = !cpus_have(&working, rqs->all.v[i].cpu);
}

size_t runqueues_working(const struct runqueues *rqs)
{
	size_t i, n = 0;

	for (i = 0; i < rqs->all.n; i++)
		n += !rqs->all.v[i].offline;
	return n;
}

bool runqueues_read(struct dump *d, struct tasks *tasks, struct runqueues *rqs)
{
	uint64_t floor = 0;
	struct runqueue rq;
	struct object o;
	unsigned int cpu;
	size_t i;

	memset(rqs, 0, sizeof(*rqs));
	rqs->complete = !d->info.cpus_guessed;
	if (!layout_has_all(d, RQ, RQ_CURR, RQ_CLOCK)) {
		rqs->complete = false;
		dump_note(d, "run queues: no debuginfo for struct rq");
		return false;
	}
	obj_init(&o, d);
	for (cpu = 0; cpu < d->info.cpus; cpu++) {
		if (!dump_has_cpu(d, cpu))
			continue;
		if (!read_runqueue(d, tasks, cpu, &rq, &o)) {
			dump_unread(d, "run queue of CPU %u", cpu);
			rqs->complete = false;
			continue;
		}
		if (rq.clock > rqs->now)
			rqs->now = rq.clock;
		*vec_push(d->arena, &rqs->all) = rq;
	}
	if (!rqs->complete)
		floor = latest_run(tasks);
	if (floor > rqs->now)
		rqs->now = floor;
	else
		find_monotonic(d, rqs);
	read_bandwidth(d, rqs);
	smp_calls_read(d, rqs);
	find_offline(d, rqs);
	find_others(tasks, rqs);
	find_waiting(d, tasks, rqs);
	for (i = 0; i < tasks->all.n; i++)
		since(rqs, &tasks->all.v[i]);
	sort_waiting(rqs);
	for (i = 0; i < rqs->all.n; i++)
		if (rqs->all.v[i].curr)
			rqs->all.v[i].curr->since_s =
				running_for(rqs, &rqs->all.v[i], rqs->all.v[i].curr);
	return rqs->all.n > 0;
}
