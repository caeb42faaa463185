/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Run queues: who has each CPU, since when, and who waits behind. */
#ifndef VGPU_RUNQUEUE_H
#define VGPU_RUNQUEUE_H

#include "bandwidth.h"
#include "dump/dump.h"
#include "task.h"
#include "timers.h"

/* A CPU has called another to run a function, which has not begun to. */
struct cpu_call {
	unsigned int to;
	kaddr_t addr; /* struct __call_single_data, in the queue of .to */
	const char *function;
};

struct runqueue {
	unsigned int cpu;
	bool offline;	   /* taken out by hotplug, or never begun */
	kaddr_t addr;	   /* struct rq */
	struct task *curr; /* NULL when the task could not be read */
	kaddr_t curr_addr;
	unsigned int nr_running, cfs_running, rt_running, dl_running;
	uint64_t clock, clock_task;   /* ns; as of the last time the CPU updated them */
	bool rt_throttled;	      /* the RT class is being held back right now */
	uint64_t rt_time, rt_runtime; /* ns used, ns allowed per period */
	/* Since when the CPU should have had its next tick: 0: not yet, or none is due. */
	double tick_late_s;
	uint64_t
		tick_due; /* ns of the monotonic clock: the next one; 0: none, not known */
	kaddr_t tick_addr;  /* struct tick_sched */
	double softirq_s;   /* CPU time in softirqs since the boot; < 0: not known */
	kaddr_t softirq_at; /* kernel_cpustat's word of it, in ns; 0: not known */
	struct timer_run timer;
	bool fair_server; /* a deadline server runs fair tasks beside RT ones */
	/*
	 * "watchdog/1", a real-time task that the soft lockup detector had until
	 * 9cf57731b63e (4.19); NULL: it uses the stop thread.
	 */
	const struct task *watchdog;
	/*
	 * When a task other than the current one last ran here, ns of .clock; 0: not
	 * known.  The stop class does not count, nor does .watchdog: the one that the
	 * detector wakes takes every CPU for microseconds, whoever has it.
	 */
	uint64_t other_ran;
	const struct task *other; /* that did */
	double alone_s;		  /* since then; < 0: not known */
	/*
	 * Runnable tasks that are not current, longest wait first; apart from them those
	 * that a cgroup's quota holds back: it is not the CPU that they wait for.
	 */
	VEC(struct task *) waiting;
	VEC(struct task *) throttled;
	VEC(struct cpu_call) calls; /* from here, and somebody here waits for each */
};

struct runqueues {
	VEC(struct runqueue) all; /* by CPU */
	uint64_t now;		  /* ns: the latest clock of any of them; 0: not known */
	bool complete;		  /* that of each CPU was read */
	/*
	 * ns: by so much the monotonic clock, which tells the starts of tasks and requests
	 * and the ends of fences, is ahead of that; 0: by less than a second, or not known.
	 */
	int64_t monotonic_ahead;
	bool rt_bandwidth_off; /* sched_rt_runtime_us = -1 */
	bool rt_bandwidth_known;
	/* ns: of each period so much is for real-time tasks; 0: not known, or all of it */
	uint64_t rt_period, rt_share;
	struct quotas quotas;
};

/* Reads the run queues and fills in each task's since_s and throttle. */
bool runqueues_read(struct dump *d, struct tasks *tasks, struct runqueues *rqs);
struct runqueue *runqueue_of_cpu(const struct runqueues *rqs, int cpu);
/* Does its CPU run it?  Where that queue could not be read, by the task's own word. */
bool runqueues_run(const struct runqueues *rqs, const struct task *t);
/* When a task ran last, in ns of its rq's clock; 0: not known. */
uint64_t runqueue_last_ran(const struct runqueue *rq, const struct task *t);
/* Of CPUs that take part.  There may be many more that could be plugged in. */
size_t runqueues_working(const struct runqueues *rqs);

#endif
