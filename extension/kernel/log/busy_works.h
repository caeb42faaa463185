/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel says of its workqueues when one is stuck, or when sysrq-t asks
 * (show_all_workqueues()): works in flight and pending, by pool, and whom a barrier
 * holds up.  Of several such lists the last.
 */
#ifndef VGPU_BUSY_WORKS_H
#define VGPU_BUSY_WORKS_H

#include "printk.h"

enum told_is { TOLD_IN_FLIGHT, TOLD_PENDING, TOLD_INACTIVE };

struct told_work {
	const char *queue, *function; /* escaped */
	enum told_is is;
	int pool;    /* its number */
	int cpu;     /* -1: of no CPU, or not told */
	int pid;     /* of the worker that is at it; -1: none */
	int flusher; /* the task that waits behind it (BAR()); -1: none */
	const struct log_line *line;
};

/* "BUG: workqueue lockup - pool cpus=1 node=0 flags=0x0 nice=0 stuck for 31s!" */
struct told_pool {
	int cpu; /* -1: of no CPU, or not told */
	long stuck_s;
	const struct log_line *line;
};

struct busy_works {
	VEC(struct told_work) works;
	VEC(struct told_pool) stuck;
};

void busy_works_read(struct arena *a, const struct klog *log, struct busy_works *b);

#endif
