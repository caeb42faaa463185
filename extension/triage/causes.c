// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every blocked task is followed to the root of what it waits for; the tasks
 * that share a root share a verdict.  A root is judged by what it is: a task that
 * keeps a CPU, a cycle of locks, a sleeper behind a lock, I/O.  A root that none
 * of these explains is called unexplained, with what is known of it.
 */
#include "causes.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "known_bugs.h"

/* The edges of the chain are evidence as they stand: each was read somewhere. */
static void add_chain(struct judge *j, struct verdict *v)
{
	const struct edge *e;
	const char *from;
	size_t i;

	for (i = 0; i + 1 < v->chain.n; i++) {
		e = graph_edge(v->chain.v[i], v->chain.v[i + 1]);
		if (!e)
			continue;
		from = e->from->task ? who(j, e->from->task) : e->from->title;
		add_for(j, v,
			say(j, "%s -> %s: %s", from,
			    e->to->task ? who(j, e->to->task) : e->to->title, e->why),
			e->address, e->look);
		v->evidence.v[v->evidence.n - 1].shown = true;
	}
}

static bool is_in_chain(const struct chain *c, int pid)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->v[i]->task && c->v[i]->task->pid == pid)
			return true;
	return false;
}

/* By so much the log's clock and the scheduler's may differ. */
#define CLOCKS_DIFFER_S 2.0

/*
 * Of whom khungtaskd thinks that it keeps somebody in the chain, which does not lead to
 * him: of readers and semaphores the kernel knows the last, and a guess is no edge.
 */
static void add_blockers(struct judge *j, struct verdict *v)
{
	const struct panic *p = &j->f->panic;
	const struct hung_blocker *b;
	const struct task *t;
	size_t i, k;

	for (i = 0; i < v->chain.n; i++) {
		t = v->chain.v[i]->task;
		for (k = p->blockers.n; t && k-- > 0;) {
			b = &p->blockers.v[k];
			if (b->pid != t->pid || strcmp(b->comm, t->comm) ||
			    p->uptime_s - b->ts_s > t->since_s + CLOCKS_DIFFER_S)
				continue;
			if (!is_in_chain(&v->chain, b->owner_pid))
				add_for(j, v,
					say(j, "the log: %s",
					    text_tabs(j->a, b->text, " ")),
					0, LOOK(LOG));
			break;
		}
	}
}

/* ---- a root ------------------------------------------------------------- */

/* The node before the CPU, or the quota, in the chain: who waits for it. */
static const struct node *waits_for(const struct chain *c, enum node_kind kind)
{
	size_t i;

	for (i = 0; i + 1 < c->n; i++)
		if (c->v[i + 1]->kind == kind)
			return c->v[i];
	return NULL;
}

/*
 * He is to blame, though he waits for a CPU just now: whoever has it for that moment is no
 * root of anything, and would be another on the next look.
 */
static void end_chain_at(struct chain *c, const struct node *culprit)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->v[i] == culprit)
			break;
	if (i == c->n)
		return;
	c->n = i + 1;
	c->cycle = c->n;
}

/*
 * The ladder: the first that fits judges, and the order is part of the judgement.
 *
 *  1. A circle has no end to look at, whatever its members are.
 *     Nor does it matter what else waits for who spins for a host, for a spinlock or for
 *     another CPU: he is a victim.
 *  2. A CPU in the chain comes before all that follows it: what is behind a CPU was
 *     reached only because somebody is runnable there.  If the chain ends in the CPU,
 *     it runs nobody; a wait of a moment is nobody's fault, and must be told apart
 *     before whoever happens to run there is blamed for it: unless he has slept with a
 *     lock until that moment, and will again.  But a CPU that is lost in
 *     an interrupt is judged by what it is lost in, whoever waits for it.  RCU waits for a
 *     CPU too, and an interrupt for the one that it goes to: these are not runnable there.
 *     A quota that holds a task back stands in the CPU's place: no CPU is waited for.
 *  3. A root that runs, with no CPU before it, has what others want: it is looked at as
 *     a task, before its kind, since a worker that runs is a NODE_WORKER, no pool.
 *  4. Things that are what they are: I/O, a device's queue or host, a pool.
 *  5. All else sleeps: a lock's holder, a worker in another work, or something that
 *     the dump tells no owner of.
 *
 * Readers of a lock and faults known upstream are beside it: they add to any verdict.
 */
static void judge_root(struct judge *j, struct verdict *v)
{
	const struct node *root = v->chain.v[v->chain.n - 1];
	const struct node *starved = waits_for(&v->chain, NODE_CPU), *cpu;

	cpu = starved ? starved->out.v[0]->to : NULL;
	if (v->chain.cycle < v->chain.n)
		judge_cycle(j, v);
	else if (root->virtio)
		judge_virtio(j, v, root);
	else if ((cpu && judge_lost_cpu(j, v, cpu)) || judge_spins(j, v, root))
		;
	else if (starved && starved->grace)
		judge_grace(j, v, starved, cpu);
	else if (root->kind == NODE_CGROUP)
		judge_throttled(j, v, root, waits_for(&v->chain, NODE_CGROUP)->task);
	else if (cpu && !starved->task)
		judge_stopped(j, v, cpu);
	else if (cpu && root->kind == NODE_CPU)
		judge_cpu(j, v, root, starved->task);
	else if (cpu && starved->task->since_s >= 0 &&
		 starved->task->since_s < STARVED_S) {
		if (judge_roused(j, v, starved) || judge_endless_work(j, v, starved))
			end_chain_at(&v->chain, starved);
		else
			judge_moment(j, v, cpu, starved->task);
	} else if (cpu && root->task)
		judge_busy(j, v, cpu, starved->task);
	else if (root->service &&
		 (!root->task || root->task->on_cpu || !root->task->on_rq))
		judge_daemon(j, v, root);
	else if (root->task && root->task->on_cpu)
		judge_running(j, v, root);
	else if (root->irq)
		judge_irq(j, v, root);
	else if (root->disk)
		judge_disk(j, v, root);
	else if (root->kind == NODE_IO)
		judge_io(j, v, root);
	else if (root->gpu)
		judge_device(j, v, root);
	else if (root->kind == NODE_POOL)
		judge_pool(j, v, root);
	else if (!judge_lost(j, v, root) && !judge_inside(j, v, root))
		judge_asleep(j, v, root);
	judge_readers(j, v, root);
	known_bugs_match(j, v);
	judge_motion(j, v);
	judge_concluded(j, v);
	add_chain(j, v);
	add_blockers(j, v);
}

/* ---- grouping ----------------------------------------------------------- */

static struct verdict *verdict_of_root(struct judge *j, const struct node *root)
{
	struct verdict *v = keyed_get(&j->of_root, (uintptr_t)root);

	if (v)
		return v;
	v = verdict_new(j, CAUSE_UNEXPLAINED, 0);
	v->root = root;
	keyed_put(j->a, &j->of_root, (uintptr_t)root, v);
	return v;
}

/*
 * A process before a kernel thread, since it is what people complain of; then
 * the one that waits longest.
 */
static int victim_order(const void *a, const void *b)
{
	const struct task *x = (*(struct node *const *)a)->task;
	const struct task *y = (*(struct node *const *)b)->task;

	if (x->kthread != y->kthread)
		return x->kthread - y->kthread;
	if (x->since_s != y->since_s)
		return x->since_s > y->since_s ? -1 : 1;
	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

/* Did khungtaskd name it? */
static bool was_reported(const struct facts *f, const struct task *t)
{
	size_t i;

	for (i = 0; i < f->panic.hung.n; i++)
		if (f->panic.hung.v[i].pid == t->pid)
			return true;
	return false;
}

/*
 * Does khungtaskd count it, whether or not it has words left to say so
 * (kernel.hung_task_warnings)?  As check_hung_task() does: it has not had a CPU since the
 * thread looked; since a2e514453861 it keeps when that was.
 */
static bool is_counted(const struct facts *f, const struct task *t)
{
	int64_t limit = sysctl_get(&f->sysctls, "kernel.hung_task_timeout_secs", 0);
	double since;

	if (limit <= 0 || !task_is_hung_state(t) || t->since_s < (double)limit)
		return false;
	if (t->last_switch_count != t->nvcsw + t->nivcsw)
		return false;
	since = facts_since_jiffies(f, t->last_switch_time);
	return since < 0 || since >= (double)limit - 1;
}

/*
 * Stuck is who sleeps for long as khungtaskd means it: not killable, not frozen.
 * Where its time is not known, khungtaskd's word is.
 */
static bool is_stuck(const struct judge *j, const struct task *t)
{
	if (t->on_cpu || t->on_rq || facts_is_frozen(j->f, t))
		return false;
	if (t->since_s < 0 || !task_is_hung_state(t))
		return was_reported(j->f, t);
	/* While the machine stood still, nobody could be woken. */
	return t->since_s - (j->stop.whole ? j->stop.s : 0) >= STUCK_S;
}

static bool is_killable_for_long(const struct judge *j, const struct task *t)
{
	return task_is_killable(t) && !t->on_cpu && !t->on_rq &&
	       !facts_is_frozen(j->f, t) &&
	       t->since_s - (j->stop.whole ? j->stop.s : 0) >= STUCK_S;
}

/* Of those victims: who comes first, and the chain of that one. */
static void order_victims(struct judge *j)
{
	struct verdict *v;
	size_t i;

	for (i = 0; i < j->out->all.n; i++) {
		v = j->out->all.v[i];
		qsort(v->victims.v, v->victims.n, sizeof(v->victims.v[0]), victim_order);
		graph_chain(j->g, v->victims.v[0], SIZE_MAX, &v->chain);
	}
}

/*
 * Who can be killed is not stuck, and no reason to look for a cause; but who waits behind the
 * same root as one that is stuck is harmed as he is.
 */
static void join_killable(struct judge *j)
{
	const struct task *t;
	struct verdict *v;
	struct node *n;
	size_t i;

	for (i = 0; i < j->f->nblocked; i++) {
		t = j->f->studied.v[i]->task;
		n = graph_task(j->g, t);
		if (!n || is_stuck(j, t) || !is_killable_for_long(j, t))
			continue;
		v = keyed_get(&j->of_root, (uintptr_t)n->root);
		if (v)
			*vec_push(j->a, &v->victims) = n;
	}
}

static void group_victims(struct judge *j)
{
	const struct facts *f = j->f;
	struct verdict *v;
	struct node *n;
	size_t i;

	for (i = 0; i < f->nblocked; i++) {
		n = graph_task(j->g, f->studied.v[i]->task);
		if (!n || !is_stuck(j, n->task))
			continue;
		v = verdict_of_root(j, n->root);
		*vec_push(j->a, &v->victims) = n;
		if (f->panic.trigger.kind == TRIGGER_HUNG_TASK)
			v->fired |= was_reported(f, n->task) || is_counted(f, n->task);
	}
	join_killable(j);
	order_victims(j);
}

/* Who could run and is given no CPU hangs as well, and says nothing in the log. */
static void group_starved(struct judge *j)
{
	const struct task *t;
	struct node *n;
	size_t i;

	for (i = 0; i < j->f->tasks.all.n; i++) {
		t = &j->f->tasks.all.v[i];
		n = graph_is_starved(j->f, t) ? graph_task(j->g, t) : NULL;
		if (n)
			*vec_push(j->a, &verdict_of_root(j, n->root)->victims) = n;
	}
	order_victims(j);
}

static void judge_victims(struct judge *j)
{
	size_t i;

	for (i = 0; i < j->out->all.n; i++)
		judge_root(j, j->out->all.v[i]);
}

static size_t processes(const struct verdict *v)
{
	size_t i, n = 0;

	for (i = 0; i < v->victims.n; i++)
		n += !v->victims.v[i]->task->kthread;
	return n;
}

/*
 * By what a verdict explains.  One that says nothing is last, whatever it is of; what
 * made the kernel panic is first; what is likely comes before what is not, and then the
 * one that explains more: processes, which people miss, before kernel threads.
 */
static int best_first(const void *a, const void *b)
{
	const struct verdict *x = *(struct verdict *const *)a;
	const struct verdict *y = *(struct verdict *const *)b;
	bool nothing_x = x->cause == CAUSE_UNEXPLAINED;
	bool nothing_y = y->cause == CAUSE_UNEXPLAINED;
	bool likely_x = x->confidence >= CONFIDENCE_LIKELY;
	bool likely_y = y->confidence >= CONFIDENCE_LIKELY;

	if (nothing_x != nothing_y)
		return nothing_x - nothing_y;
	if (x->fired != y->fired)
		return y->fired - x->fired;
	if (likely_x != likely_y)
		return likely_y - likely_x;
	if (processes(x) != processes(y))
		return processes(x) > processes(y) ? -1 : 1;
	if (x->victims.n != y->victims.n)
		return x->victims.n > y->victims.n ? -1 : 1;
	if (x->confidence != y->confidence)
		return y->confidence - x->confidence;
	return x->culprit.address < y->culprit.address
		       ? -1
		       : x->culprit.address > y->culprit.address;
}

void causes_find(struct graph *g, const struct facts *f, struct verdicts *out)
{
	struct judge j = {.g = g, .f = f, .out = out, .a = f->arena};
	bool hangs;

	memset(out, 0, sizeof(*out));
	if (f->text) {
		judge_text(&j);
		qsort(out->all.v, out->all.n, sizeof(out->all.v[0]), best_first);
		return;
	}
	find_stop(&j);
	group_victims(&j);
	judge_victims(&j);
	if (j.stop.seen_by)
		judge_stop(&j);
	else
		judge_lockup(&j);
	if (!out->all.n) {
		group_starved(&j);
		judge_victims(&j);
	}
	hangs = out->all.n > 0;
	judge_leaks(&j);
	judge_trigger(&j, hangs || (out->all.n && f->leak_watch.reason));
	advise_search(&j);
	qsort(out->all.v, out->all.n, sizeof(out->all.v[0]), best_first);
}
