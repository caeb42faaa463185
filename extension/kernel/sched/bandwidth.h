/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CFS bandwidth (cpu.max, CPUQuota=): the cgroup whose quota keeps a runnable task from
 * running.  It has no turn, however idle its CPU is, until the next period begins.
 */
#ifndef VGPU_BANDWIDTH_H
#define VGPU_BANDWIDTH_H

#include "dump/dump.h"
#include "base/keyed.h"
#include "task.h"

struct quota_group {
	kaddr_t addr;		     /* struct task_group */
	const char *path;	     /* of its cgroup, escaped; "" when not known */
	uint64_t quota, period;	     /* ns of CPU time, on all CPUs, in each ns */
	uint64_t runtime;	     /* ns left of the quota that no CPU has taken */
	uint64_t periods, throttled; /* in which it ran; in which it was held back */
	size_t tasks;		     /* runnable, and held back by it */
};

/* What holds a task back. */
struct throttle {
	struct quota_group *group;
	kaddr_t cfs_rq;	   /* the group's run queue on the task's CPU */
	int64_t remaining; /* ns: what that CPU has left */
	uint64_t clock;	   /* ns of rq.clock: held back since; 0: not known */
};

struct quotas {
	bool known; /* the kernel has groups, and their types were found */
	VEC(struct quota_group *) groups; /* those that hold a task back */
	struct keyed by_addr;		  /* the same */
};

/*
 * Of a runnable task that does not run, what holds it back; NULL: nothing does.  rq is
 * that of its CPU.
 */
struct throttle *throttle_find(struct dump *d, const struct task *t, kaddr_t rq,
			       struct quotas *quotas);

#endif
