/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RCU: the grace period that runs, and who does not let it end.
 *
 * A CPU holds it up until it passes a quiescent state, a reader that was preempted or
 * sleeps until it leaves; both are in the tree of rcu_node.
 */
#ifndef VGPU_RCU_H
#define VGPU_RCU_H

#include "task.h"

/* What somebody waits for. */
enum rcu_wait {
	RCU_WAIT_NONE,
	RCU_WAIT_NORMAL,    /* synchronize_rcu() */
	RCU_WAIT_EXPEDITED, /* synchronize_rcu_expedited() */
	RCU_WAIT_BARRIER,   /* rcu_barrier(): that all callbacks have run */
};

struct grace_period {
	kaddr_t seq_addr;
	uint64_t seq;		    /* as the kernel counts */
	bool running;		    /* it has begun, and has not ended */
	uint64_t started;	    /* jiffies; 0: not known, or none runs */
	VEC(int) cpus;		    /* that have not passed a quiescent state */
	VEC(struct task *) readers; /* switched out as readers */
};

struct rcu {
	kaddr_t addr; /* struct rcu_state; 0: it was not found */
	kaddr_t end;
	struct task
		*kthread; /* that begins and ends normal grace periods; NULL: not read */
	struct grace_period normal, expedited;
};

bool rcu_read(struct dump *d, const struct tasks *tasks, struct rcu *rcu);

/*
 * Whose wait this is: of a completion, or of a wait queue of rcu_state's own.  SRCU and
 * the flavours for tracing wake in the same way: who asks knows from the stack.
 */
enum rcu_wait rcu_wait_of(struct dump *d, const struct rcu *rcu, kaddr_t completion,
			  kaddr_t queue);
/* The grace period that such a wait is for. */
const struct grace_period *rcu_waits_for(const struct rcu *rcu, enum rcu_wait wait);

#endif
