/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stacks that the kernel printed: of tasks that hang, of a CPU that does, of whoever
 * faulted.  Where lines know who wrote them, those of one writer are put together: two
 * CPUs may print at once.
 */
#ifndef VGPU_TRACE_H
#define VGPU_TRACE_H

#include "kernel/sched/unwind.h"
#include "printk.h"

enum trace_of {
	TRACE_HUNG, /* what khungtaskd says of a task */
	TRACE_TASK, /* what sysrq-t, sysrq-w and others say of one */
	TRACE_CPU,  /* of what is running: an oops, a WARN(), a lockup, a panic */
};

struct trace {
	enum trace_of of;
	const struct log_line *line; /* that it begins with */
	int pid, cpu;		     /* -1: not told */
	char state;		     /* 'D'; '\0': not told */
	char comm[64];		     /* escaped; "" when not told */
	char work[128];		     /* "events pcpu_balance_workfn": of a worker; "" */
	struct stack stack; /* innermost first; only what the kernel was sure of */
	/*
	 * Where on it begins what was interrupted, behind the interrupt that printed it;
	 * which may be an interrupt itself, or softirqs.  Where it was in user mode: the
	 * number of frames.
	 */
	size_t interrupted;
	bool user;
};

struct traces {
	VEC(struct trace) all; /* in the log's order; each has a stack */
	bool cut;	       /* there are more */
};

void traces_read(struct arena *a, const struct klog *log, struct traces *t);
/* The one that begins with this line; NULL: no stack followed it. */
const struct trace *trace_of_line(const struct traces *t, const struct log_line *line);

#endif
