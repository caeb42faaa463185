// SPDX-License-Identifier: GPL-2.0-or-later
#include "watchdog.h"

#include <string.h>

#define NSEC_PER_SEC 1e9

const struct watchdog *watchdog_of_cpu(const struct watchdogs *w, unsigned int cpu)
{
	size_t i;

	for (i = 0; i < w->all.n; i++)
		if (w->all.v[i].cpu == cpu)
			return &w->all.v[i];
	return NULL;
}

/* sched_info counts in rq.clock; exec_start leaves out what interrupts and hosts took. */
static void read_times(const struct task *t, struct watchdog *w)
{
	w->ran_s = (double)(t->last_arrival ? t->last_arrival : t->exec_start) /
		   NSEC_PER_SEC;
	w->woken_s = t->on_rq && !t->on_cpu && t->last_queued
			     ? (double)t->last_queued / NSEC_PER_SEC
			     : -1;
}

/*
 * hrtimer_interrupts is a long to 6.4 and an int from then on (atomic_t), and so small
 * that its lower half is all of it.
 */
static void read_count(struct dump *d, struct watchdog *w)
{
	w->counted = dump_percpu_symbol(d, w->cpu, "hrtimer_interrupts", &w->counter) &&
		     dump_u32(d, w->counter, &w->timers);
}

/* Does its CPU's detector wake this one? */
static bool is_woken_by_detector(const struct runqueue *rq, const struct task *t)
{
	return rq && (rq->watchdog ? rq->watchdog == t : t->sched == SCHED_KIND_STOP);
}

void watchdogs_read(struct dump *d, const struct tasks *tasks,
		    const struct runqueues *rqs, struct watchdogs *w)
{
	const struct task *t;
	struct watchdog *dog;
	size_t i;

	memset(w, 0, sizeof(*w));
	for (i = 0; i < tasks->all.n; i++) {
		t = &tasks->all.v[i];
		if (!is_woken_by_detector(runqueue_of_cpu(rqs, t->cpu), t) ||
		    watchdog_of_cpu(w, (unsigned int)t->cpu))
			continue;
		dog = vec_push(d->arena, &w->all);
		dog->cpu = (unsigned int)t->cpu;
		dog->thread = t;
		read_times(t, dog);
		read_count(d, dog);
	}
}
