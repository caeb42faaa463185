/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A CPU that is lost: in an interrupt's handler or a softirq that does not end, or with
 * interrupts off.  In the first two the task that it runs was interrupted, and is innocent.
 */
#ifndef VGPU_LOST_CPU_H
#define VGPU_LOST_CPU_H

#include "dump/look.h"
#include "facts/facts.h"
#include "kernel/sched/context.h"

struct lost {
	struct cpu_context context;
	const struct stack *stack; /* of the task that it runs */
	const struct frame *at, *function;
	double since_s;		   /* no tick, or no task, since */
	const struct task *waiter; /* runnable there for longest; or NULL */
};

/* named: a watchdog says so as well. */
bool cpu_is_lost(const struct facts *f, const struct runqueue *rq, bool named,
		 struct lost *l);
/* No registers tell, but the base of its timers: in the function of one, for so long. */
bool cpu_is_in_timer(const struct facts *f, const struct runqueue *rq, double *since_s);
/* It has taken no tick for so long that it would have, were it able to. */
bool cpu_is_silent(const struct facts *f, const struct runqueue *rq);
/* Woken, to run on a CPU that takes no interrupt which tells it so. */
bool is_woken_in_vain(const struct facts *f, const struct task *t);
/* Since its last tick, s. */
double cpu_silent_s(const struct facts *f, const struct runqueue *rq);
struct look cpu_look_silent(const struct facts *f, const struct runqueue *rq);

#endif
