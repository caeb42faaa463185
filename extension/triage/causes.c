// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From the wait graph to verdicts.
 *
 * Every blocked task is followed to the root of what it waits for; the tasks
 * that share a root share a verdict.  A root is judged by what it is: a task that
 * keeps a CPU, a cycle of locks, a sleeper behind a lock, I/O.  A root that none
 * of these explains is called unexplained, with what is known of it.
 */
#include "verdict.h"

#include <stdlib.h>
#include <string.h>

/*
 * A task that sleeps uninterruptibly for less is doing ordinary work: disks and
 * hosts answer within seconds.  khungtaskd's own default is 120 s.
 */
#define STUCK_S 5.0
/* A runnable task that waits longer for its CPU is starved, not scheduled. */
#define STARVED_S 2.0

#define HEX(x) ((unsigned long long)(x))

const char *cause_name(enum cause cause)
{
	static const char *const names[] = {
		[CAUSE_CPU_MONOPOLISED] = "cpu-monopolised",
		[CAUSE_HOST_NOT_CONSUMING] = "host-not-consuming",
		[CAUSE_INTERRUPT_LOST] = "interrupt-lost",
		[CAUSE_NOT_KICKED] = "not-kicked",
		[CAUSE_DEVICE_BROKEN] = "device-broken",
		[CAUSE_WORKERS_BLOCKED] = "workers-blocked",
		[CAUSE_LOCK_CYCLE] = "lock-cycle",
		[CAUSE_LOCK_HOLDER_BLOCKED] = "lock-holder-blocked",
		[CAUSE_FENCE_LEAK] = "fence-leak",
		[CAUSE_OBJECT_LEAK] = "object-leak",
		[CAUSE_SLAB_LEAK] = "slab-leak",
		[CAUSE_MEMORY_EXHAUSTED] = "memory-exhausted",
		[CAUSE_IO_WAIT] = "io-wait",
		[CAUSE_PANIC_BY_REQUEST] = "panic-by-request",
		[CAUSE_KERNEL_BUG] = "kernel-bug",
		[CAUSE_UNEXPLAINED] = "unexplained",
	};

	return names[cause];
}

const char *culprit_kind_name(enum culprit_kind kind)
{
	static const char *const names[] = {
		[CULPRIT_NONE] = "none",   [CULPRIT_TASK] = "task",
		[CULPRIT_CPU] = "cpu",	   [CULPRIT_DEVICE] = "device",
		[CULPRIT_CACHE] = "cache", [CULPRIT_LOCK] = "lock",
		[CULPRIT_HOST] = "host",   [CULPRIT_FUNCTION] = "function",
	};

	return names[kind];
}

struct judge {
	struct graph *g;
	const struct facts *f;
	struct verdicts *out;
	struct arena *a;
};

/* ---- saying things ------------------------------------------------------ */

#define say(j, ...) arena_printf((j)->a, __VA_ARGS__)

static void add(struct judge *j, struct evidences *list, const char *claim,
		kaddr_t address, const char *check)
{
	struct evidence *e = vec_push(j->a, list);

	e->claim = claim;
	e->address = address;
	e->check = check;
}

#define for_it(j, v, ...) add((j), &(v)->evidence, __VA_ARGS__)
#define against_it(j, v, ...) add((j), &(v)->against, __VA_ARGS__)
#define next_step(j, v, ...) (*vec_push((j)->a, &(v)->next) = say((j), __VA_ARGS__))
#define is_missing(j, v, ...) (*vec_push((j)->a, &(v)->missing) = say((j), __VA_ARGS__))

static struct verdict *new_verdict(struct judge *j, enum cause cause, int confidence)
{
	struct verdict *v = arena_alloc(j->a, sizeof(*v));

	v->cause = cause;
	v->confidence = confidence;
	v->culprit.pid = v->culprit.cpu = -1;
	v->culprit.name = "";
	*vec_push(j->a, &j->out->all) = v;
	return v;
}

static void blame_task(struct judge *j, struct verdict *v, const struct task *t, int cpu)
{
	v->culprit.kind = CULPRIT_TASK;
	v->culprit.name = say(j, "%s", t->comm);
	v->culprit.pid = t->pid;
	v->culprit.cpu = cpu;
	v->culprit.address = t->addr;
}

/* "Xorg (pid 723)" */
static const char *who(struct judge *j, const struct task *t)
{
	return say(j, "%s (pid %d)", t->comm, t->pid);
}

/* "12.3 s" */
static const char *span(struct judge *j, double s)
{
	return s < 0 ? "a time not known" : say(j, "%.1f s", s);
}

/* "Xorg (pid 723) and 2 more tasks wait" */
static const char *wait_words(struct judge *j, const struct verdict *v)
{
	const char *first = who(j, v->victims.v[0]->task);

	if (v->victims.n == 1)
		return say(j, "%s waits", first);
	return say(j, "%s and %zu more task%s wait", first, v->victims.n - 1,
		   v->victims.n == 2 ? "" : "s");
}

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
		from = e->from->task ? who(j, e->from->task) : e->from->name;
		for_it(j, v,
		       say(j, "%s -> %s: %s", from,
			   e->to->task ? who(j, e->to->task) : e->to->name, e->why),
		       e->address, e->check);
		v->evidence.v[v->evidence.n - 1].shown = true;
	}
}

/* ---- a CPU that one task keeps ------------------------------------------ */

/*
 * Does the scheduler prefer a to b, whatever the time?  > 0: always; 0: in turn;
 * < 0: never.  Within the real-time class the priority decides, and FIFO gives no
 * turn to its equals.
 */
static int outranks(const struct task *a, const struct task *b)
{
	static const int rank[] = {
		[SCHED_KIND_IDLE] = 1, [SCHED_KIND_EXT] = 2,	  [SCHED_KIND_FAIR] = 3,
		[SCHED_KIND_RT] = 4,   [SCHED_KIND_DEADLINE] = 5, [SCHED_KIND_STOP] = 6,
	};
	const int fifo = 1; /* SCHED_FIFO: include/uapi/linux/sched.h */

	if (a->sched != b->sched || a->sched != SCHED_KIND_RT)
		return rank[a->sched] - rank[b->sched];
	if (a->rt_priority != b->rt_priority)
		return a->rt_priority - b->rt_priority;
	return a->policy == fifo;
}

static const char *sched_words(struct judge *j, const struct task *t)
{
	if (t->sched == SCHED_KIND_RT)
		return say(j, "SCHED_%s priority %d", policy_name(t->policy),
			   t->rt_priority);
	return say(j, "%s class, SCHED_%s", sched_kind_name(t->sched),
		   policy_name(t->policy));
}

/* Real-time throttling would have given the others a share: did it? */
static int judge_throttling(struct judge *j, struct verdict *v, const struct runqueue *rq)
{
	const struct runqueues *rqs = &j->f->rqs;

	if (rqs->rt_bandwidth_known && rqs->rt_bandwidth_off) {
		for_it(j, v, "real-time throttling is off: sched_rt_runtime_us is -1", 0,
		       "p sysctl_sched_rt_runtime");
		return 5;
	}
	if (rq->fair_server) {
		against_it(
			j, v,
			"this kernel has a deadline server for fair tasks, which should "
			"give them a share beside a real-time one",
			rq->addr, say(j, "struct rq.fair_server 0x%llx", HEX(rq->addr)));
		return -20;
	}
	if (rqs->rt_bandwidth_known)
		against_it(
			j, v,
			"real-time throttling is on, so fair tasks should get a share of "
			"each period",
			rq->addr, say(j, "struct rq.rt 0x%llx", HEX(rq->addr)));
	else
		is_missing(j, v, "sysctl_sched_rt_runtime: is real-time throttling on?");
	return rqs->rt_bandwidth_known ? -15 : 0;
}

/* Does it loop in the kernel, although it was told to yield? */
static bool refuses_to_yield(struct judge *j, const struct task *hog)
{
	const struct studied *st = facts_studied(j->f, hog);

	/* A tick sets the flag, and any return to user mode obeys it. */
	return hog->need_resched && hog->since_s >= STARVED_S && st && !st->stack.user;
}

static int judge_equal(struct judge *j, struct verdict *v, const struct task *hog,
		       const struct task *waiter)
{
	if (refuses_to_yield(j, hog)) {
		for_it(j, v,
		       say(j,
			   "%s has been asked to yield (TIF_NEED_RESCHED) and does not: "
			   "it loops in the kernel without a scheduling point",
			   who(j, hog)),
		       hog->addr,
		       say(j, "task -R thread_info.flags 0x%llx", HEX(hog->addr)));
		return 15;
	}
	against_it(j, v,
		   say(j, "%s has no precedence over %s, which should get its turn",
		       who(j, hog), who(j, waiter)),
		   hog->addr,
		   say(j, "task -R policy,rt_priority,sched_class 0x%llx",
		       HEX(hog->addr)));
	return -15;
}

static int judge_class(struct judge *j, struct verdict *v, const struct runqueue *rq,
		       const struct task *hog, const struct task *waiter)
{
	int order = outranks(hog, waiter);

	if (!order)
		return judge_equal(j, v, hog, waiter);
	if (order > 0) {
		for_it(j, v,
		       say(j, "%s is %s: the scheduler never prefers %s (%s) to it",
			   who(j, hog), sched_words(j, hog), who(j, waiter),
			   sched_words(j, waiter)),
		       hog->addr,
		       say(j, "task -R policy,rt_priority,sched_class 0x%llx",
			   HEX(hog->addr)));
		return hog->sched == SCHED_KIND_RT && waiter->sched != SCHED_KIND_RT
			       ? 20 + judge_throttling(j, v, rq)
			       : 20;
	}
	against_it(j, v,
		   say(j, "%s (%s) ranks below %s (%s), which should have preempted it%s",
		       who(j, hog), sched_words(j, hog), who(j, waiter),
		       sched_words(j, waiter),
		       rq->rt_throttled ? ", but the real-time class is throttled here"
					: ""),
		   rq->addr, say(j, "struct rq.rt 0x%llx", HEX(rq->addr)));
	return -35;
}

/*
 * Has the CPU itself been alive?  A vCPU that the host stopped keeps no time.  The
 * one whose clock is the latest has none to be compared with.
 */
static int judge_clock(struct judge *j, struct verdict *v, const struct runqueue *rq)
{
	if (rq->clock >= j->f->rqs.now)
		return 0;
	for_it(j, v,
	       say(j,
		   "CPU %u itself is alive: its run queue's clock is %.3f s behind the "
		   "latest of the others",
		   rq->cpu, (double)(j->f->rqs.now - rq->clock) / 1e9),
	       rq->addr, say(j, "struct rq.clock 0x%llx", HEX(rq->addr)));
	return 5;
}

static void judge_times(struct judge *j, struct verdict *v, const struct runqueue *rq,
			const struct task *hog, const struct task *waiter)
{
	if (hog == rq->curr)
		for_it(j, v,
		       say(j,
			   "%s has had CPU %u for %s; it has used %.1f s of CPU time in all",
			   who(j, hog), rq->cpu, span(j, hog->since_s),
			   (double)hog->sum_exec / 1e9),
		       hog->addr,
		       say(j, "task -R sched_info,se.sum_exec_runtime 0x%llx",
			   HEX(hog->addr)));
	else
		for_it(j, v,
		       say(j,
			   "%s has used %.1f s of CPU time and ran on CPU %u until %s took "
			   "its place a moment before the end",
			   who(j, hog), (double)hog->sum_exec / 1e9, rq->cpu,
			   rq->curr ? who(j, rq->curr) : "another"),
		       hog->addr,
		       say(j, "task -R se.exec_start,se.sum_exec_runtime 0x%llx",
			   HEX(hog->addr)));
	if (rq->other && hog == rq->curr)
		for_it(j, v,
		       say(j,
			   "no other task ran there since: the last was %s, %.1f s before "
			   "the end (stop threads left aside)",
			   who(j, rq->other), rq->alone_s),
		       rq->other->addr,
		       say(j, "task -R se.exec_start 0x%llx", HEX(rq->other->addr)));
	for_it(j, v,
	       say(j,
		   "%s has been runnable on CPU %u without running for %s (%zu task%s "
		   "wait%s there)",
		   who(j, waiter), rq->cpu, span(j, waiter->since_s), rq->waiting.n,
		   rq->waiting.n == 1 ? "" : "s", rq->waiting.n == 1 ? "s" : ""),
	       waiter->addr, say(j, "runq -c %u", rq->cpu));
}

/* Has the hog had the CPU for as long as the other waits for it? */
static int judge_wait(struct judge *j, struct verdict *v, const struct task *hog,
		      double kept_s, const struct task *waiter)
{
	if (kept_s < 0 || waiter->since_s < 0) {
		is_missing(j, v, "since when %s %s", who(j, kept_s < 0 ? hog : waiter),
			   kept_s < 0 ? "has had the CPU" : "has waited for the CPU");
		return -20;
	}
	if (kept_s >= waiter->since_s - 1)
		return 0;
	against_it(j, v,
		   say(j,
		       "%s has had the CPU for only %.1f s, less than the wait: "
		       "others ran there before it",
		       who(j, hog), kept_s),
		   hog->addr, NULL);
	return -20;
}

static void hog_next(struct judge *j, struct verdict *v, const struct runqueue *rq,
		     const struct task *hog)
{
	if (hog->sched == SCHED_KIND_RT)
		next_step(
			j, v,
			"Find out why %s runs as %s and never sleeps on CPU %u; give it a "
			"lower priority, another CPU, or real-time throttling back "
			"(sysctl kernel.sched_rt_runtime_us=950000).",
			who(j, hog), sched_words(j, hog), rq->cpu);
	else
		next_step(
			j, v,
			"See where %s loops on CPU %u, and why nothing there lets others "
			"run: vgpu bt %d.",
			who(j, hog), rq->cpu, hog->pid);
}

static void judge_hog(struct judge *j, struct verdict *v, const struct runqueue *rq,
		      const struct task *hog, const struct task *waiter)
{
	const struct studied *st = facts_studied(j->f, hog);
	double used = (double)hog->sum_exec / 1e9, kept = hog->since_s;
	int confidence = 65;

	if (hog != rq->curr)
		kept = used < waiter->since_s ? used : waiter->since_s;
	v->cause = CAUSE_CPU_MONOPOLISED;
	blame_task(j, v, hog, (int)rq->cpu);
	judge_times(j, v, rq, hog, waiter);
	confidence += judge_wait(j, v, hog, kept, waiter);
	confidence += judge_class(j, v, rq, hog, waiter);
	confidence += judge_clock(j, v, rq);
	if (st && st->stack.user)
		for_it(j, v,
		       say(j, "%s was in user mode when the kernel died", who(j, hog)),
		       hog->addr, say(j, "bt -c %u", rq->cpu));
	v->confidence = confidence > 97 ? 97 : confidence < 5 ? 5 : confidence;
	v->summary = say(j, "%s for CPU %u, which %s has occupied for %s.",
			 wait_words(j, v), rq->cpu, who(j, hog), span(j, kept));
	hog_next(j, v, rq, hog);
}

/* The share of the wait that it must have used to be what the wait was for. */
static bool used_the_wait(const struct task *t, const struct task *waiter)
{
	return (double)t->sum_exec / 1e9 >= waiter->since_s / 2;
}

/*
 * Who kept the CPU from the waiter?  The current task, if it has had it for long;
 * else one that was preempted a moment ago, outranks the waiter and has used the
 * time.  NULL: nobody did.
 */
static const struct task *find_hog(struct judge *j, const struct runqueue *rq,
				   const struct task *waiter)
{
	const struct task *t, *best = NULL;
	size_t i;

	t = rq->curr;
	if (t->sched != SCHED_KIND_STOP && (t->since_s < 0 || t->since_s >= STARVED_S))
		return t;
	for (i = 0; i < rq->waiting.n; i++) {
		t = rq->waiting.v[i];
		if (t == waiter || outranks(t, waiter) <= 0 ||
		    !used_the_wait(t, waiter) ||
		    j->f->rqs.now - t->exec_start > 1000000000)
			continue;
		if (!best || t->sum_exec > best->sum_exec)
			best = t;
	}
	return best;
}

static void blame_cpu(struct verdict *v, const struct node *cpu)
{
	v->culprit.kind = CULPRIT_CPU;
	v->culprit.name = cpu->name;
	v->culprit.cpu = (int)cpu->rq->cpu;
	v->culprit.address = cpu->rq->addr;
}

/* Many tasks share a CPU, and one of them waits long: nobody keeps it. */
static void judge_shared(struct judge *j, struct verdict *v, const struct node *cpu,
			 const struct task *waiter)
{
	v->confidence = 25;
	against_it(
		j, v,
		say(j,
		    "no task has had %s for long: %s has run for %s and has used %.1f s "
		    "of CPU time in all",
		    cpu->name, who(j, cpu->rq->curr), span(j, cpu->rq->curr->since_s),
		    (double)cpu->rq->curr->sum_exec / 1e9),
		cpu->rq->curr->addr, say(j, "runq -c %u", cpu->rq->cpu));
	v->summary =
		say(j,
		    "%s for %s, which %s has waited for for %s; nobody there has kept "
		    "it for that long.",
		    wait_words(j, v), cpu->name, who(j, waiter),
		    span(j, waiter->since_s));
	next_step(j, v,
		  "See who runs there, and whether a cgroup's quota holds %s back: "
		  "runq -c %u.",
		  who(j, waiter), cpu->rq->cpu);
}

/*
 * A CPU that stopped: its clock stands still, or the task on it has not used the
 * time that it has been there.  That is the host's doing, or an interrupt that does
 * not end, not the task's.
 */
static bool has_stopped(struct judge *j, const struct runqueue *rq)
{
	const struct task *t = rq->curr;

	if (j->f->rqs.now - rq->clock > 2000000000)
		return true;
	return t->since_s >= STARVED_S && (double)t->sum_exec / 1e9 < t->since_s / 2;
}

static void judge_stopped(struct judge *j, struct verdict *v, const struct node *cpu)
{
	const struct task *t = cpu->rq->curr;

	v->confidence = 45;
	blame_cpu(v, cpu);
	for_it(j, v,
	       say(j, "its run queue's clock is %.1f s behind the latest of the others",
		   (double)(j->f->rqs.now - cpu->rq->clock) / 1e9),
	       cpu->rq->addr, say(j, "struct rq.clock 0x%llx", HEX(cpu->rq->addr)));
	for_it(j, v,
	       say(j,
		   "%s has been on it for %s and has used %.1f s of CPU time in its life",
		   who(j, t), span(j, t->since_s), (double)t->sum_exec / 1e9),
	       t->addr,
	       say(j, "task -R sched_info,se.sum_exec_runtime 0x%llx", HEX(t->addr)));
	v->summary =
		say(j,
		    "%s for %s, which itself has stood still: %s is on it, but no time "
		    "passes for it.",
		    wait_words(j, v), cpu->name, who(j, t));
	next_step(j, v,
		  "Ask whether the host ran this virtual CPU, and look for an "
		  "interrupt that does not end: vgpu bt %d.",
		  t->pid);
}

static void judge_busy(struct judge *j, struct verdict *v, const struct node *cpu,
		       const struct task *waiter)
{
	const struct task *hog = find_hog(j, cpu->rq, waiter);

	if (has_stopped(j, cpu->rq))
		judge_stopped(j, v, cpu);
	else if (hog)
		judge_hog(j, v, cpu->rq, hog, waiter);
	else
		judge_shared(j, v, cpu, waiter);
}

/* A wait for a CPU that is too short to be anybody's fault. */
static void judge_moment(struct judge *j, struct verdict *v, const struct node *cpu,
			 const struct task *waiter)
{
	v->confidence = 20;
	v->summary = say(j,
			 "%s for %s, which has been runnable on %s for only %s: that is "
			 "the moment of the dump, not what the wait is for.",
			 wait_words(j, v), who(j, waiter), cpu->name,
			 span(j, waiter->since_s));
	next_step(j, v, "See what it does: vgpu bt %d.", waiter->pid);
}

/* Somebody is runnable on a CPU that runs nobody. */
static void judge_cpu(struct judge *j, struct verdict *v, const struct node *root,
		      const struct task *waiter)
{
	const struct runqueue *rq = root->rq;
	const char *runs = rq->curr ? "is idle" : "runs a task that cannot be read";

	v->confidence = 30;
	blame_cpu(v, root);
	for_it(j, v,
	       say(j, "%s %s, and %s has been runnable on it for %s", root->name, runs,
		   who(j, waiter), span(j, waiter->since_s)),
	       rq->addr, say(j, "runq -c %u", rq->cpu));
	v->summary = say(j, "%s for %s, which %s.", wait_words(j, v), root->name, runs);
	if (rq->curr)
		next_step(
			j, v,
			"Find out whether the host ran this CPU, and whether the interrupt "
			"that should wake it came.");
	else
		is_missing(j, v, "the task that %s runs", root->name);
}

/* ---- other roots -------------------------------------------------------- */

static void judge_cycle(struct judge *j, struct verdict *v)
{
	const struct node *n;
	const char *names = "";
	size_t i;

	v->cause = CAUSE_LOCK_CYCLE;
	v->confidence = 95;
	for (i = v->chain.cycle; i < v->chain.n; i++) {
		n = v->chain.v[i];
		names = say(j, "%s%s%s", names, *names ? " -> " : "",
			    n->task ? who(j, n->task) : n->name);
		if (v->culprit.kind == CULPRIT_NONE && !n->task) {
			v->culprit.kind = CULPRIT_LOCK;
			v->culprit.name = n->name;
			v->culprit.address = n->address;
		}
	}
	v->summary =
		say(j, "%s in a circle that cannot end: %s.", wait_words(j, v), names);
	next_step(j, v,
		  "Compare the order in which the two paths take these locks "
		  "(vgpu bt of each task).");
}

static bool is_lock(const struct node *n)
{
	return n->kind == NODE_MUTEX || n->kind == NODE_RWSEM;
}

/* What one task can keep from others: a lock, a pool's attention. */
static bool can_be_kept(const struct node *n)
{
	return is_lock(n) || n->kind == NODE_POOL;
}

/* Who has a lock, or works for a pool; NULL when the dump does not say. */
static const struct task *holder_of(const struct node *kept)
{
	return kept && kept->out.n ? kept->out.v[0]->to->task : NULL;
}

/* The last lock or pool in the chain that somebody keeps from the others. */
static const struct node *kept_from_others(const struct chain *c)
{
	const struct node *last = NULL;
	size_t i;

	for (i = 0; i < c->n; i++)
		if (can_be_kept(c->v[i]) && holder_of(c->v[i]))
			last = c->v[i];
	return last;
}

/*
 * The holder of a lock is often blocked for longest, so that its own chain, which
 * does not pass the lock, is the first.  Take the one that tells more.
 */
static const struct node *find_kept(struct judge *j, struct verdict *v)
{
	const struct node *kept = kept_from_others(&v->chain);
	struct node *n;
	struct chain c;
	size_t i;

	for (i = 1; !kept && i < v->victims.n; i++) {
		n = v->victims.v[i];
		graph_chain(j->g, n, &c);
		kept = kept_from_others(&c);
		if (!kept)
			continue;
		memmove(v->victims.v + 1, v->victims.v, i * sizeof(v->victims.v[0]));
		v->victims.v[0] = n;
		v->chain = c;
	}
	return kept;
}

static void judge_holder(struct judge *j, struct verdict *v, const struct node *lock,
			 const struct task *holder, const struct node *root)
{
	v->cause = CAUSE_LOCK_HOLDER_BLOCKED;
	v->confidence = 60;
	blame_task(j, v, holder, -1);
	v->summary = say(j, "%s for %s, held by %s, which itself sleeps%s%s.",
			 wait_words(j, v), lock->name, who(j, holder),
			 root->task ? "" : " on ", root->task ? "" : root->name);
	next_step(j, v, "Look at the holder: vgpu bt %d.", holder->pid);
}

static void judge_unknown(struct judge *j, struct verdict *v, const struct node *root)
{
	const struct node *task = NULL;
	size_t i;

	for (i = 0; i < v->chain.n; i++)
		if (v->chain.v[i]->task)
			task = v->chain.v[i];
	v->confidence = 30;
	v->summary = say(j, "%s for %s; nothing in the dump says who should end that.",
			 wait_words(j, v),
			 root->task ? "something that was not recognised on its stack"
				    : root->name);
	if (task && task->wait && task->wait->why)
		is_missing(j, v, "what %s waits for: %s", who(j, task->task),
			   task->wait->why);
	if (task)
		next_step(j, v, "Read its stack: vgpu bt %d.", task->task->pid);
}

/* A pool of whose workers none was found runnable or busy. */
static void judge_pool(struct judge *j, struct verdict *v, const struct node *root)
{
	const struct pool *p = root->pool;
	double stalled = facts_since_jiffies(j->f, p->watchdog_ts);
	size_t i, lost = 0;

	for (i = 0; i < p->workers.n; i++)
		lost += !p->workers.v[i]->task;
	v->confidence = lost ? 20 : 40;
	for_it(j, v,
	       say(j,
		   "%s has %zu pending work%s, %d workers, %d idle, and none of them is "
		   "%srunnable or busy",
		   root->name, p->pending, p->pending == 1 ? "" : "s", p->nr_workers,
		   p->nr_idle, lost ? "known to be " : ""),
	       p->addr, say(j, "struct worker_pool 0x%llx", HEX(p->addr)));
	if (stalled >= 0)
		for_it(j, v, say(j, "its last progress was %.1f s ago", stalled), p->addr,
		       NULL);
	if (lost)
		is_missing(j, v, "the tasks of %zu of its workers", lost);
	v->summary = say(j, "%s for %s, whose %s.", wait_words(j, v), root->name,
			 lost		  ? "workers cannot all be read"
			 : p->nr_idle > 0 ? "idle workers nobody woke"
					  : "works no worker is there for");
	next_step(j, v, "Look at the pool: vgpu wq.");
}

static void judge_worker_asleep(struct judge *j, struct verdict *v,
				const struct node *pool, const struct task *worker)
{
	const struct pool *p = pool->pool;
	size_t i, idle = 0;

	for (i = 0; i < p->workers.n; i++)
		idle += p->workers.v[i]->idle && !p->workers.v[i]->current;
	v->cause = CAUSE_WORKERS_BLOCKED;
	v->confidence = 60;
	blame_task(j, v, worker, -1);
	v->summary = say(j, "%s for %s, %s workers sleep in other works.",
			 wait_words(j, v), pool->name,
			 idle ? "some of whose" : "all of whose");
	if (idle) {
		against_it(j, v,
			   say(j, "%zu of its workers %s idle and should have been woken",
			       idle, idle == 1 ? "is" : "are"),
			   p->addr, say(j, "struct worker_pool 0x%llx", HEX(p->addr)));
		v->confidence -= 20;
	}
	next_step(j, v, "Look at the workers: vgpu wq, then vgpu bt of each.");
}

/* Nobody in the chain runs or could: what is at its end sleeps. */
static void judge_asleep(struct judge *j, struct verdict *v, const struct node *root)
{
	const struct node *kept = find_kept(j, v);
	const struct task *holder = holder_of(kept);

	if (!holder)
		judge_unknown(j, v, root);
	else if (kept->pool)
		judge_worker_asleep(j, v, kept, holder);
	else
		judge_holder(j, v, kept, holder, root);
}

static void judge_io(struct judge *j, struct verdict *v)
{
	const struct wait *w = v->chain.n > 1 ? v->chain.v[v->chain.n - 2]->wait : NULL;

	v->cause = CAUSE_IO_WAIT;
	v->confidence = 50;
	if (w && w->frozen) {
		v->confidence = 85;
		for_it(j, v,
		       say(j, "%s: its super_block's s_writers.frozen is set", w->symbol),
		       w->object, "mount");
		v->summary = say(j, "%s to write to a %s.", wait_words(j, v), w->symbol);
		next_step(j, v,
			  "Find out who froze it (fsfreeze, a snapshot, a backup agent) "
			  "and did not thaw it.");
		return;
	}
	v->summary = say(j, "%s for I/O that has not come back.", wait_words(j, v));
	next_step(j, v,
		  "Look at the block devices (dev -d) and the file system's tasks.");
}

/* A task that runs is a root only when it has something that others want. */
static void judge_running(struct judge *j, struct verdict *v, const struct node *root)
{
	const struct node *kept = find_kept(j, v);
	const struct task *t = root->task;

	/* Without a lock in the chain it is a worker, and a work that others want. */
	v->cause = kept && is_lock(kept) ? CAUSE_LOCK_HOLDER_BLOCKED
					 : CAUSE_WORKERS_BLOCKED;
	v->confidence = 50;
	blame_task(j, v, t, t->cpu);
	for_it(j, v,
	       say(j, "%s runs on CPU %d, for %s now", who(j, t), t->cpu,
		   span(j, t->since_s)),
	       t->addr, say(j, "bt -c %d", t->cpu));
	v->summary = say(j, "%s for %s, which is running.", wait_words(j, v), who(j, t));
	next_step(j, v, "See what it does: vgpu bt %d.", t->pid);
}

/*
 * Of a lock that is held for reading the kernel remembers only who took it last;
 * it does not forget him when he leaves (rwsem.c clears owner for debugging only).
 */
static void judge_readers(struct judge *j, struct verdict *v, const struct node *root)
{
	const struct node *waiter = v->chain.n > 1 ? v->chain.v[v->chain.n - 2] : NULL;
	const struct lock_owner *o;

	if (root->kind != NODE_RWSEM || !waiter || !waiter->wait ||
	    !waiter->wait->owner.readers)
		return;
	o = &waiter->wait->owner;
	is_missing(
		j, v,
		"who holds %s for reading: the lock names only the last who took it%s%s, "
		"and he may have left",
		root->name, o->owner ? ", " : "", o->owner ? who(j, o->owner) : "");
	next_step(j, v,
		  "Look for tasks that hold it: stacks (vgpu bt -a) below a "
		  "down_read() of it.");
}

/* The node before the CPU in the chain: who waits for it. */
static const struct node *waits_for_cpu(const struct chain *c)
{
	size_t i;

	for (i = 0; i + 1 < c->n; i++)
		if (c->v[i + 1]->kind == NODE_CPU)
			return c->v[i];
	return NULL;
}

static void judge_root(struct judge *j, struct verdict *v)
{
	const struct node *root = v->chain.v[v->chain.n - 1];
	const struct node *starved = waits_for_cpu(&v->chain), *cpu;

	cpu = starved && starved->task ? starved->out.v[0]->to : NULL;
	if (v->chain.cycle < v->chain.n)
		judge_cycle(j, v);
	else if (cpu && root->kind == NODE_CPU)
		judge_cpu(j, v, root, starved->task);
	else if (cpu && starved->task->since_s >= 0 && starved->task->since_s < STARVED_S)
		judge_moment(j, v, cpu, starved->task);
	else if (cpu && root->task)
		judge_busy(j, v, cpu, starved->task);
	else if (root->task && root->task->on_cpu)
		judge_running(j, v, root);
	else if (root->kind == NODE_IO)
		judge_io(j, v);
	else if (root->kind == NODE_POOL)
		judge_pool(j, v, root);
	else
		judge_asleep(j, v, root);
	judge_readers(j, v, root);
	add_chain(j, v);
}

/* ---- grouping ----------------------------------------------------------- */

static struct verdict *verdict_of_root(struct judge *j, const struct node *root)
{
	struct verdict *v;
	size_t i;

	for (i = 0; i < j->out->all.n; i++)
		if (j->out->all.v[i]->root == root)
			return j->out->all.v[i];
	v = new_verdict(j, CAUSE_UNEXPLAINED, 0);
	v->root = root;
	return v;
}

/* All nodes of a cycle are one root: take the one with the lowest address. */
static const struct node *root_of(struct chain *c)
{
	size_t i, low = c->cycle;

	for (i = c->cycle; i < c->n; i++)
		if (c->v[i]->address < c->v[low]->address)
			low = i;
	return c->cycle < c->n ? c->v[low] : c->v[c->n - 1];
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

/* Asleep because it was told to: the freezer's, for suspend or a cgroup. */
static bool is_frozen(const struct facts *f, const struct task *t)
{
	const struct studied *st = facts_studied(f, t);

	return st && stack_find(&st->stack, "__refrigerator");
}

/*
 * Stuck is who sleeps for long as khungtaskd means it: not killable, not frozen.
 * Where its time is not known, khungtaskd's word is.
 */
static bool is_stuck(const struct facts *f, const struct task *t)
{
	if (t->on_cpu || t->on_rq || is_frozen(f, t))
		return false;
	if (t->since_s < 0 || !task_is_hung_state(t))
		return was_reported(f, t);
	return t->since_s >= STUCK_S;
}

static void group_victims(struct judge *j)
{
	const struct facts *f = j->f;
	struct verdict *v;
	struct chain c;
	struct node *n;
	size_t i;

	for (i = 0; i < f->nblocked; i++) {
		n = graph_task(j->g, f->studied.v[i]->task);
		if (!n || !is_stuck(f, n->task))
			continue;
		graph_chain(j->g, n, &c);
		v = verdict_of_root(j, root_of(&c));
		*vec_push(j->a, &v->victims) = n;
		if (f->panic.trigger.kind == TRIGGER_HUNG_TASK)
			v->fired |= was_reported(f, n->task);
	}
	for (i = 0; i < j->out->all.n; i++) {
		v = j->out->all.v[i];
		qsort(v->victims.v, v->victims.n, sizeof(v->victims.v[0]), victim_order);
		graph_chain(j->g, v->victims.v[0], &v->chain);
	}
}

/* ---- what fired --------------------------------------------------------- */

/* Where panic() itself saves the registers, when nobody hands it those of a fault. */
static bool is_panic_itself(const struct frame *fr)
{
	static const char *const functions[] = {"__crash_kexec", "crash_kexec",
						"panic",	 "vpanic",
						"nmi_panic",	 "machine_kexec"};
	size_t i;

	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (!strcmp(fr->function, functions[i]))
			return true;
	return false;
}

/*
 * What the panicking CPU was at when the exception or the watchdog's interrupt came.
 * die() hands the registers of the fault to kdump, so that the stack begins there;
 * from panic() on it is the first frame that was interrupted.
 */
static const struct frame *find_fault(struct judge *j, struct verdict *v)
{
	const struct runqueue *rq =
		runqueue_of_cpu((struct runqueues *)&j->f->rqs, j->f->panic.trigger.cpu);
	const struct studied *st = rq && rq->curr ? facts_studied(j->f, rq->curr) : NULL;
	size_t i;

	for (i = 0; st && i < st->stack.n; i++) {
		if (st->stack.v[i].kind != FRAME_INTERRUPT &&
		    (st->stack.v[i].kind != FRAME_REGISTERS ||
		     is_panic_itself(&st->stack.v[i])))
			continue;
		v->fault = &st->stack;
		v->fault_at = i;
		return &st->stack.v[i];
	}
	return NULL;
}

/* An oops, a BUG or a WARN: the function that it was raised in. */
static void judge_bug(struct judge *j, struct verdict *v)
{
	const struct trigger *t = &j->f->panic.trigger;
	const struct frame *fr = find_fault(j, v);

	v->summary = say(j, "The kernel stopped at a fault of its own: %s", t->message);
	next_step(j, v,
		  "Read the oops in the log (vgpu panic) and the stack (vgpu bt -a).");
	if (!fr || !fr->function[0]) {
		is_missing(j, v,
			   "the function that was running: no exception frame was found "
			   "on the stack of the CPU that panicked");
		return;
	}
	v->culprit.kind = CULPRIT_FUNCTION;
	v->culprit.name = say(j, "%s+0x%llx%s%s%s", fr->function, HEX(fr->offset),
			      fr->module[0] ? " [" : "", fr->module,
			      fr->module[0] ? "]" : "");
	v->culprit.pid = t->pid;
	v->culprit.cpu = t->cpu;
	v->culprit.address = fr->ip;
	for_it(j, v, say(j, "the exception was raised in %s", v->culprit.name), fr->regs,
	       say(j, "bt -c %d", t->cpu));
}

static void judge_trigger(struct judge *j, bool explained)
{
	const struct trigger *t = &j->f->panic.trigger;
	struct verdict *v = NULL;
	size_t i;

	switch (t->kind) {
	case TRIGGER_SYSRQ:
	case TRIGGER_NMI:
		if (explained)
			return;
		v = new_verdict(j, CAUSE_PANIC_BY_REQUEST, 90);
		v->summary = "Somebody asked for this dump; no task was found stuck.";
		break;
	case TRIGGER_OOPS:
	case TRIGGER_BUG:
	case TRIGGER_WARN:
		v = new_verdict(j, CAUSE_KERNEL_BUG, 80);
		judge_bug(j, v);
		break;
	case TRIGGER_OOM:
		v = new_verdict(j, CAUSE_MEMORY_EXHAUSTED, 60);
		v->summary = "The kernel ran out of memory.";
		next_step(j, v, "See what holds it: kmem -i, kmem -s.");
		break;
	default:
		if (explained)
			return;
		v = new_verdict(j, CAUSE_UNEXPLAINED, 10);
		v->summary =
			t->kind == TRIGGER_NONE
				? "No panic, and no task was found stuck."
				: say(j, "%s: nothing in the dump explains it.",
				      t->message[0] ? t->message : "The kernel panicked");
		break;
	}
	v->fired = true;
	for (i = 0; i < t->evidence.n; i++) {
		for_it(j, v, t->evidence.v[i].claim, t->evidence.v[i].addr,
		       t->evidence.v[i].check);
		v->evidence.v[v->evidence.n - 1].shown = true;
	}
}

/* A lockup names its CPU: whoever is on it did not let others run. */
static void judge_lockup(struct judge *j)
{
	const struct trigger *t = &j->f->panic.trigger;
	struct runqueue *rq = runqueue_of_cpu((struct runqueues *)&j->f->rqs, t->cpu);
	struct verdict *v;
	size_t i;

	if ((t->kind != TRIGGER_SOFTLOCKUP && t->kind != TRIGGER_HARDLOCKUP) || !rq ||
	    !rq->curr || rq->curr->idle)
		return;
	/* A hard lockup may be reported by another CPU than the one that is locked up. */
	if (rq->curr->since_s >= 0 && rq->curr->since_s < STARVED_S)
		return;
	/* Its victims may have led to it already. */
	for (i = 0; i < j->out->all.n; i++)
		if (j->out->all.v[i]->culprit.address == rq->curr->addr) {
			j->out->all.v[i]->fired = true;
			return;
		}
	v = new_verdict(j, CAUSE_CPU_MONOPOLISED, 75);
	v->fired = true;
	blame_task(j, v, rq->curr, (int)rq->cpu);
	for_it(j, v,
	       say(j, "%s has had CPU %u for %s", who(j, rq->curr), rq->cpu,
		   span(j, rq->curr->since_s)),
	       rq->curr->addr, say(j, "bt -c %u", rq->cpu));
	find_fault(j, v);
	v->summary = say(j, "%s kept CPU %u and let nothing else run.", who(j, rq->curr),
			 rq->cpu);
	next_step(j, v, "See where it loops: vgpu bt %d.", rq->curr->pid);
}

/* What made the kernel panic, then what is surest, then what has most victims. */
static int best_first(const void *a, const void *b)
{
	const struct verdict *x = *(struct verdict *const *)a;
	const struct verdict *y = *(struct verdict *const *)b;

	if (x->fired != y->fired)
		return x->fired ? -1 : 1;
	if (x->confidence != y->confidence)
		return y->confidence - x->confidence;
	if (x->victims.n != y->victims.n)
		return x->victims.n > y->victims.n ? -1 : 1;
	return x->culprit.address < y->culprit.address
		       ? -1
		       : x->culprit.address > y->culprit.address;
}

void judge(struct graph *g, const struct facts *f, struct verdicts *out)
{
	struct judge j = {.g = g, .f = f, .out = out, .a = f->arena};
	size_t i;

	memset(out, 0, sizeof(*out));
	group_victims(&j);
	for (i = 0; i < out->all.n; i++)
		judge_root(&j, out->all.v[i]);
	judge_lockup(&j);
	judge_trigger(&j, out->all.n > 0);
	qsort(out->all.v, out->all.n, sizeof(out->all.v[0]), best_first);
}
