/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The soft lockup detector of each CPU.  Every few seconds its timer wakes the CPU's
 * stop thread, which nothing but interrupts that are off can keep from running, or until
 * 4.18 a real-time thread of its own, and reports a lockup when that has not run for long.
 */
#ifndef VGPU_WATCHDOG_H
#define VGPU_WATCHDOG_H

#include "dump/dump.h"
#include "runqueue.h"

struct watchdog {
	unsigned int cpu;
	const struct task *thread; /* "migration/1", "watchdog/1" */
	double ran_s;	 /* when it last got the CPU; by the run queues' clock */
	double woken_s;	 /* since when it is runnable; < 0: it is not */
	kaddr_t counter; /* hrtimer_interrupts; 0: not known */
	uint32_t timers; /* that came in the CPU's life */
	bool counted;	 /* .timers is known */
};

struct watchdogs {
	VEC(struct watchdog) all; /* of CPUs whose thread was found */
};

void watchdogs_read(struct dump *d, const struct tasks *tasks,
		    const struct runqueues *rqs, struct watchdogs *w);
const struct watchdog *watchdog_of_cpu(const struct watchdogs *w, unsigned int cpu);

#endif
