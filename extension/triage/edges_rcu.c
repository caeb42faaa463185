// SPDX-License-Identifier: GPL-2.0-or-later
/* Who does not let a grace period of RCU end. */
#include "edges.h"

#include <stdlib.h>

const char *rcu_call(enum rcu_wait wait)
{
	static const char *const calls[] = {
		[RCU_WAIT_NONE] = "",
		[RCU_WAIT_NORMAL] = "synchronize_rcu()",
		[RCU_WAIT_EXPEDITED] = "synchronize_rcu_expedited()",
		[RCU_WAIT_BARRIER] = "rcu_barrier()",
	};

	return calls[wait];
}

struct node *want_grace(struct build *b, const struct wait *w)
{
	const struct grace_period *gp = rcu_waits_for(&b->f->rcu, w->rcu);
	bool is_new;
	struct node *n = want(b, NODE_GRACE, gp->seq_addr, &is_new);

	if (is_new) {
		n->grace = gp;
		n->name = w->rcu == RCU_WAIT_EXPEDITED ? "expedited RCU grace period"
						       : "RCU grace period";
		n->title = arena_printf(b->g->arena, "an %s", n->name);
	}
	return n;
}

static int kept_longest(const void *a, const void *b)
{
	const struct runqueue *x = *(const struct runqueue *const *)a;
	const struct runqueue *y = *(const struct runqueue *const *)b;

	if (x->curr->since_s != y->curr->since_s)
		return x->curr->since_s > y->curr->since_s ? -1 : 1;
	return x->cpu < y->cpu ? -1 : x->cpu > y->cpu;
}

/* The CPU that a task has had for longest first.  By idling none holds up RCU. */
static void out_to_cpus(struct build *b, struct node *n)
{
	const struct grace_period *gp = n->grace;
	VEC(const struct runqueue *) kept = {0};
	const struct runqueue *rq;
	size_t i;

	for (i = 0; i < gp->cpus.n; i++) {
		rq = runqueue_of_cpu(&b->f->rqs, gp->cpus.v[i]);
		if (rq && rq->curr && !rq->curr->idle)
			*vec_push(b->g->arena, &kept) = rq;
	}
	if (kept.n)
		qsort(kept.v, kept.n, sizeof(kept.v[0]), kept_longest);
	for (i = 0; i < kept.n; i++)
		link_to(b->g, n, want_cpu(b, kept.v[i]), gp->seq_addr,
			LOOK(COMMAND, .name = "rcu"),
			"has not passed a quiescent state since it began");
}

static void out_to_readers(struct build *b, struct node *n)
{
	const struct grace_period *gp = n->grace;
	size_t i;

	for (i = 0; i < gp->readers.n; i++)
		link_to(b->g, n, want_task(b, gp->readers.v[i]), gp->readers.v[i]->addr,
			LOOK(COMMAND, .name = "rcu"),
			"switched out in the middle of a read-side critical section");
}

/*
 * Who does not let it end: the kthread that should look after it and gets no CPU, else
 * the CPUs and the readers that it waits for.  One that has just begun is not what a
 * long wait is for.
 */
void out_of_grace(struct build *b, struct node *n)
{
	const struct task *kthread = b->f->rcu.kthread;
	double age = facts_since_jiffies(b->f, n->grace->started);

	if (n->grace == &b->f->rcu.normal && kthread && kthread->on_rq &&
	    !kthread->on_cpu && kthread->since_s >= STARVED_S)
		link_to(b->g, n, want_task(b, kthread), b->f->rcu.addr,
			LOOK(COMMAND, .name = "rcu"), "begun and ended by it");
	if (!n->grace->running || (age >= 0 && age < STARVED_S))
		return;
	out_to_readers(b, n);
	out_to_cpus(b, n);
}
