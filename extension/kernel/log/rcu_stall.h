/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CPUs that RCU says it waits for, in its last complaint of a stall. */
#ifndef VGPU_RCU_STALL_H
#define VGPU_RCU_STALL_H

#include "printk.h"

struct rcu_stall_cpu {
	unsigned int cpu;
	const struct log_line *line; /* that names it */
};

struct rcu_stall {
	const struct log_line *line; /* the complaint; NULL: there is none */
	VEC(struct rcu_stall_cpu) cpus;
};

void rcu_stall_read(struct arena *a, const struct klog *log, struct rcu_stall *stall);

#endif
