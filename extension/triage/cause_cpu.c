// SPDX-License-Identifier: GPL-2.0-or-later
/* A CPU that one task keeps, or that has stopped. */
#include "judge.h"
#include "lost_cpu.h"

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

/*
 * Until 2586af1ac187 (5.10) a CPU borrows from the others what of their periods they do not
 * use (RT_RUNTIME_SHARE): where it has got all of its own, do_balance_runtime() leaves it
 * that, and sched_rt_runtime_exceeded() holds nobody back.
 */
static bool rt_is_lent(struct judge *j, const struct runqueue *rq)
{
	const struct runqueues *rqs = &j->f->rqs;

	return rqs->rt_share && rqs->rt_share < rqs->rt_period &&
	       rq->rt_runtime >= rqs->rt_period;
}

/* Real-time throttling would have given the others a share: did it? */
static int judge_throttling(struct judge *j, struct verdict *v, const struct runqueue *rq)
{
	const struct runqueues *rqs = &j->f->rqs;

	if (rqs->rt_bandwidth_known && rqs->rt_bandwidth_off) {
		add_for(j, v, "real-time throttling is off: sched_rt_runtime_us is -1", 0,
			LOOK(VARIABLE, .name = "sysctl_sched_rt_runtime", .n = 4));
		return SURE_RT_NOT_THROTTLED;
	}
	if (rq->fair_server) {
		add_against(
			j, v,
			"this kernel has a deadline server for fair tasks, which should "
			"give them a share beside a real-time one",
			rq->addr, LOOK_AT("rq.fair_server", rq->addr));
		return SURE_FAIR_SERVER;
	}
	if (rt_is_lent(j, rq)) {
		add_for(j, v,
			"real-time tasks may have all of each period here: the other CPUs "
			"lent theirs (RT_RUNTIME_SHARE), so throttling does not hold them "
			"back",
			rq->addr, LOOK_AT("rq.rt", rq->addr));
		return SURE_RT_NOT_THROTTLED;
	}
	if (rqs->rt_bandwidth_known)
		add_against(
			j, v,
			"real-time throttling is on, so fair tasks should get a share of "
			"each period",
			rq->addr, LOOK_AT("rq.rt", rq->addr));
	else
		say_missing(j, v, "sysctl_sched_rt_runtime: is real-time throttling on?");
	return rqs->rt_bandwidth_known ? SURE_RT_IS_THROTTLED : 0;
}

/* In the look before, too: it has run since, and has not been in user mode in between. */
static bool was_asked_before(struct judge *j, const struct task *hog)
{
	const struct earlier_task *then = earlier_task(j->f, hog);

	return then && then->need_resched && then->on_cpu &&
	       hog->sum_exec > then->sum_exec && facts_mode(j->f, hog) == MODE_NOT_KNOWN;
}

/* Does it loop in the kernel, although it was told to yield? */
static bool refuses_to_yield(struct judge *j, const struct task *hog)
{
	/* A tick sets the flag, and any return to user mode obeys it. */
	return hog->need_resched && hog->since_s >= STARVED_S &&
	       (facts_mode(j->f, hog) == MODE_KERNEL || was_asked_before(j, hog));
}

int judge_stubborn(struct judge *j, struct verdict *v, const struct task *hog)
{
	if (!refuses_to_yield(j, hog))
		return 0;
	add_for(j, v,
		say(j,
		    "%s has been asked to yield (TIF_NEED_RESCHED) and does not: "
		    "it loops in the kernel without a scheduling point",
		    who(j, hog)),
		hog->addr, look_task(hog, "task_struct.thread_info.flags"));
	return SURE_HOG_DOES_NOT_YIELD;
}

static int judge_equal(struct judge *j, struct verdict *v, const struct task *hog,
		       const struct task *waiter)
{
	add_against(j, v,
		    say(j, "%s has no precedence over %s, which should get its turn",
			who(j, hog), who(j, waiter)),
		    hog->addr,
		    look_task(hog, "task_struct.policy,rt_priority,sched_class"));
	return SURE_HOG_HAS_AN_EQUAL;
}

static int judge_class(struct judge *j, struct verdict *v, const struct runqueue *rq,
		       const struct task *hog, const struct task *waiter)
{
	int order = outranks(hog, waiter);
	/* Nobody's rank takes the CPU from who does not obey: not even a stop thread's. */
	int stubborn = order <= 0 ? judge_stubborn(j, v, hog) : 0;

	if (stubborn)
		return stubborn;
	if (!order)
		return judge_equal(j, v, hog, waiter);
	if (order > 0) {
		add_for(j, v,
			say(j, "%s is %s: the scheduler never prefers %s (%s) to it",
			    who(j, hog), sched_words(j, hog), who(j, waiter),
			    sched_words(j, waiter)),
			hog->addr,
			look_task(hog, "task_struct.policy,rt_priority,sched_class"));
		return hog->sched == SCHED_KIND_RT && waiter->sched != SCHED_KIND_RT
			       ? SURE_HOG_OUTRANKS + judge_throttling(j, v, rq)
			       : SURE_HOG_OUTRANKS;
	}
	add_against(j, v,
		    say(j,
			"%s (%s) ranks below %s (%s), which should have preempted it%s",
			who(j, hog), sched_words(j, hog), who(j, waiter),
			sched_words(j, waiter),
			rq->rt_throttled ? ", but the real-time class is throttled here"
					 : ""),
		    rq->addr, LOOK_AT("rq.rt", rq->addr));
	return SURE_HOG_IS_OUTRANKED;
}

/*
 * Has the CPU itself been alive?  A vCPU that the host stopped keeps no time.  The
 * one whose clock is the latest has none to be compared with.
 */
int judge_clock(struct judge *j, struct verdict *v, const struct runqueue *rq)
{
	if (rq->clock >= j->f->rqs.now)
		return 0;
	add_for(j, v,
		say(j,
		    "CPU %u itself is alive: its run queue's clock, %.3f s, is %.3f s behind "
		    "the latest of the others",
		    rq->cpu, (double)rq->clock / 1e9,
		    (double)(j->f->rqs.now - rq->clock) / 1e9),
		rq->addr, LOOK_AT("rq.clock", rq->addr));
	return SURE_CPU_ALIVE;
}

static void judge_times(struct judge *j, struct verdict *v, const struct runqueue *rq,
			const struct task *hog, const struct task *waiter)
{
	if (hog == rq->curr)
		add_for(j, v,
			say(j,
			    "%s has had CPU %u for %s; it has used %.1f s of CPU time in all",
			    who(j, hog), rq->cpu, span_kept(j, hog),
			    (double)hog->sum_exec / 1e9),
			hog->addr,
			look_task(hog, "task_struct.sched_info,se.sum_exec_runtime"));
	else
		add_for(j, v,
			say(j,
			    "%s has used %.1f s of CPU time and ran on CPU %u until %s took "
			    "its place a moment before the end",
			    who(j, hog), (double)hog->sum_exec / 1e9, rq->cpu,
			    rq->curr ? who(j, rq->curr) : "another"),
			hog->addr,
			look_task(hog, "task_struct.se.exec_start,se.sum_exec_runtime"));
	if (rq->other && hog == rq->curr)
		add_for(j, v,
			say(j,
			    "no other task ran there since: the last was %s, %.1f s before "
			    "the end (stop threads%s left aside)",
			    who(j, rq->other), rq->alone_s,
			    rq->watchdog ? " and the watchdog's" : ""),
			rq->other->addr,
			look_task(rq->other, "task_struct.se.exec_start"));
	add_for(j, v,
		say(j,
		    "%s has been runnable on CPU %u without running for %s (%zu task%s "
		    "wait%s there)",
		    who(j, waiter), rq->cpu, span(j, waiter->since_s), rq->waiting.n,
		    rq->waiting.n == 1 ? "" : "s", rq->waiting.n == 1 ? "s" : ""),
		waiter->addr, look_task(waiter, "task_struct.on_rq,on_cpu,sched_info"));
}

/* Has the hog had the CPU for as long as the other waits for it? */
static int judge_wait(struct judge *j, struct verdict *v, const struct task *hog,
		      double kept_s, const struct task *waiter)
{
	if (kept_s < 0 || waiter->since_s < 0) {
		say_missing(j, v, "since when %s %s", who(j, kept_s < 0 ? hog : waiter),
			    kept_s < 0 ? "has had the CPU" : "has waited for the CPU");
		return SURE_HOG_TIME_UNKNOWN;
	}
	if (kept_s >= waiter->since_s - 1)
		return 0;
	add_against(j, v,
		    say(j,
			"%s has had the CPU for only %.1f s, less than the wait: "
			"others ran there before it",
			who(j, hog), kept_s),
		    hog->addr, look_task(hog, "task_struct.sched_info"));
	return SURE_HOG_CAME_LATE;
}

/*
 * It holds all of the real-time class back, the one that waits with the hog; and where it
 * is on, it has not helped.
 */
static bool throttling_helps(struct judge *j, const struct runqueue *rq,
			     const struct task *waiter)
{
	const struct runqueues *rqs = &j->f->rqs;

	if (waiter && waiter->sched == SCHED_KIND_RT)
		return false;
	return !rqs->rt_bandwidth_known || rqs->rt_bandwidth_off || rt_is_lent(j, rq);
}

static void rt_hog_next(struct judge *j, struct verdict *v, const struct runqueue *rq,
			const struct task *hog, const struct task *waiter)
{
	const char *found = say(j,
				"Find out why %s runs as %s and never sleeps on CPU %u",
				who(j, hog), sched_words(j, hog), rq->cpu);

	if (throttling_helps(j, rq, waiter))
		say_next(j, v,
			 "%s; give it a lower priority, another CPU, or real-time "
			 "throttling back (%s).",
			 found,
			 rt_is_lent(j, rq)
				 ? "echo NO_RT_RUNTIME_SHARE "
				   ">/sys/kernel/debug/sched_features, then sysctl "
				   "kernel.sched_rt_runtime_us=950000, which takes back "
				   "what was lent"
				 : "sysctl kernel.sched_rt_runtime_us=950000");
	else
		say_next(j, v, "%s; give it a lower priority or another CPU.", found);
}

void hog_next(struct judge *j, struct verdict *v, const struct runqueue *rq,
	      const struct task *hog, const struct task *waiter)
{
	if (hog->sched == SCHED_KIND_RT) {
		rt_hog_next(j, v, rq, hog, waiter);
		return;
	}
	say_next(j, v,
		 "See where %s loops on CPU %u, and why nothing there lets others "
		 "run: " LOOK_HERE ".",
		 who(j, hog), rq->cpu);
	say_look(j, v, LOOK(STACK, .n = hog->pid));
}

/*
 * Only threads of the kernel want that CPU, and nobody waits for them: a program may have
 * been given it for itself (isolcpus, a network driver in user space).
 */
static void judge_given(struct judge *j, struct verdict *v, const struct runqueue *rq,
			const struct task *hog)
{
	size_t i;

	for (i = 0; i < v->victims.n; i++)
		if (!v->victims.v[i]->task->kthread || !v->victims.v[i]->task->on_rq)
			return;
	v->at_most = SURE_CPU_GIVEN;
	if (v->confidence > v->at_most)
		v->confidence = v->at_most;
	add_against(j, v,
		    say(j,
			"only threads of the kernel want CPU %u, and nobody waits for "
			"them: %s may have been given it for itself",
			rq->cpu, who(j, hog)),
		    rq->addr, LOOK(RUNQUEUE, .n = (int)rq->cpu));
}

/*
 * A running machine keeps nobody's registers: who loops in the kernel may spin for what
 * another has.
 */
static bool is_unseen(struct judge *j, const struct task *hog, double kept_s)
{
	const struct studied *st = facts_studied(j->f, hog);

	return (!st || (!st->stack.n && !st->stack.user)) && hog->utime_known &&
	       (double)hog->utime / 1e9 < kept_s / 2;
}

/* False: it has nothing of a spinlock on its stack. */
static bool judge_may_spin(struct judge *j, struct verdict *v, const struct runqueue *rq,
			   const struct task *hog, double kept_s,
			   const struct task *waiter)
{
	const struct studied *st = facts_studied(j->f, hog);

	if (!st || !st->may_spin || !is_unseen(j, hog, kept_s))
		return false;
	v->confidence = SURE_SPINS;
	add_for(j, v,
		say(j,
		    "%s has had CPU %u for %s, and a return address in %s() on its stack, "
		    "as who spins for a lock has: it may be a victim itself",
		    who(j, hog), rq->cpu, span(j, kept_s), st->may_spin->function),
		st->may_spin->at, LOOK(WORDS, .address = st->may_spin->at, .n = 2));
	say_missing(j, v,
		    "what %s does: no registers of it are to be had; and who holds the "
		    "lock: a spinlock does not record it",
		    who(j, hog));
	v->summary = say(j, "%s for CPU %u, where %s may spin for a lock.",
			 wait_words(j, v), rq->cpu, who(j, hog));
	hog_next(j, v, rq, hog, waiter);
	return true;
}

/* It may poll for a device, or for another CPU. */
static void judge_unseen(struct judge *j, struct verdict *v, const struct task *hog)
{
	v->at_most = SURE_HOG_UNSEEN;
	if (v->confidence > v->at_most)
		v->confidence = v->at_most;
	add_against(
		j, v,
		say(j,
		    "ticks found %s in user mode for %.1f s in all, and no registers tell "
		    "what it does in the kernel: it may wait for a device or for another "
		    "CPU",
		    who(j, hog), (double)hog->utime / 1e9),
		hog->addr, look_task(hog, "task_struct.utime"));
}

static void judge_hog(struct judge *j, struct verdict *v, const struct runqueue *rq,
		      const struct task *hog, const struct task *waiter)
{
	const struct studied *st = facts_studied(j->f, hog);
	double used = (double)hog->sum_exec / 1e9, kept = hog->since_s;
	int confidence = SURE_HOG;

	/* Others interrupted it, for a moment each: it is known by the time it has used. */
	if (hog != rq->curr || (kept >= 0 && kept < STARVED_S))
		kept = used < waiter->since_s ? used : waiter->since_s;
	if (hog == rq->curr && judge_may_spin(j, v, rq, hog, kept, waiter))
		return;
	v->cause = CAUSE_CPU_MONOPOLISED;
	blame_task(j, v, hog, (int)rq->cpu);
	judge_times(j, v, rq, hog, waiter);
	confidence += judge_wait(j, v, hog, kept, waiter);
	confidence += judge_class(j, v, rq, hog, waiter);
	confidence += judge_clock(j, v, rq);
	if (st && st->stack.user)
		add_for(j, v, say(j, "%s was in user mode at the end", who(j, hog)),
			hog->addr, LOOK(CPU_STACK, .n = (int)rq->cpu));
	v->confidence = confidence > SURE_HOG_AT_MOST	 ? SURE_HOG_AT_MOST
			: confidence < SURE_HOG_AT_LEAST ? SURE_HOG_AT_LEAST
							 : confidence;
	if (facts_mode(j->f, hog) != MODE_KERNEL)
		judge_given(j, v, rq, hog);
	if (hog == rq->curr && is_unseen(j, hog, kept))
		judge_unseen(j, v, hog);
	v->summary = say(j, "%s for CPU %u, which %s has occupied for %s.",
			 wait_words(j, v), rq->cpu, who(j, hog), span(j, kept));
	hog_next(j, v, rq, hog, waiter);
	judge_asker(j, v, hog);
}

/* The share of the wait that it must have used to be what the wait was for. */
static bool used_the_wait(const struct task *t, const struct task *waiter)
{
	return (double)t->sum_exec / 1e9 >= waiter->since_s / 2;
}

/*
 * Who kept the CPU from the waiter?  The current task, if it has had it for long, or
 * outranks the waiter and has used the time; else one of the latter kind that was
 * preempted a moment ago.  NULL: nobody did.
 */
static const struct task *find_hog(struct judge *j, const struct runqueue *rq,
				   const struct task *waiter)
{
	const struct task *t, *best = NULL;
	size_t i;

	t = rq->curr;
	if (t->sched != SCHED_KIND_STOP && (t->since_s < 0 || t->since_s >= STARVED_S))
		return t;
	if (t->sched != SCHED_KIND_STOP && outranks(t, waiter) > 0 &&
	    used_the_wait(t, waiter))
		return t;
	for (i = 0; i < rq->waiting.n; i++) {
		t = rq->waiting.v[i];
		if (t == waiter || outranks(t, waiter) <= 0 ||
		    !used_the_wait(t, waiter) ||
		    j->f->rqs.now > runqueue_last_ran(rq, t) + 1000000000)
			continue;
		if (!best || t->sum_exec > best->sum_exec)
			best = t;
	}
	return best;
}

void blame_cpu(struct judge *j, struct verdict *v, const struct runqueue *rq)
{
	v->culprit.kind = CULPRIT_CPU;
	v->culprit.name = say(j, "CPU %u", rq->cpu);
	v->culprit.cpu = (int)rq->cpu;
	v->culprit.address = rq->addr;
}

/* Many tasks share a CPU, and one of them waits long: nobody keeps it. */
static void judge_shared(struct judge *j, struct verdict *v, const struct node *cpu,
			 const struct task *waiter)
{
	v->confidence = SURE_CPU_SHARED;
	add_against(
		j, v,
		say(j,
		    "no task has had %s for long: %s has run for %s and has used %.1f s "
		    "of CPU time in all",
		    cpu->name, who(j, cpu->rq->curr), span(j, cpu->rq->curr->since_s),
		    (double)cpu->rq->curr->sum_exec / 1e9),
		cpu->rq->curr->addr, LOOK(RUNQUEUE, .n = (int)cpu->rq->cpu));
	v->summary =
		say(j,
		    "%s for %s, which %s has waited for for %s; nobody there has kept "
		    "it for that long.",
		    wait_words(j, v), cpu->name, who(j, waiter),
		    span(j, waiter->since_s));
	if (!j->f->rqs.quotas.known)
		say_missing(j, v, "whether a cgroup's quota holds %s back",
			    who(j, waiter));
	say_next(j, v, "See who runs there: " LOOK_HERE ".");
	say_look(j, v, LOOK(RUNQUEUE, .n = (int)cpu->rq->cpu));
}

/*
 * A CPU that stopped: its clock stands still, or the task on it has not used the
 * time that it has been there.  That is the host's doing, or an interrupt that does
 * not end, not the task's.
 */
static bool has_stopped(struct judge *j, const struct runqueue *rq)
{
	const struct task *t = rq->curr;

	if (cpu_is_silent(j->f, rq))
		return true;
	return t->since_s >= STARVED_S && (double)t->sum_exec / 1e9 < t->since_s / 2;
}

bool judge_stopped(struct judge *j, struct verdict *v, const struct node *cpu)
{
	const struct task *t = cpu->rq->curr;

	if (!has_stopped(j, cpu->rq))
		return false;
	v->confidence = SURE_CPU_STOPPED;
	blame_cpu(j, v, cpu->rq);
	add_for(j, v,
		say(j, "it has taken no tick for %.1f s", cpu_silent_s(j->f, cpu->rq)),
		cpu->rq->addr, cpu_look_silent(j->f, cpu->rq));
	add_for(j, v,
		say(j,
		    "%s has been on it for %s and has used %.1f s of CPU time in its life",
		    who(j, t), span(j, t->since_s), (double)t->sum_exec / 1e9),
		t->addr, look_task(t, "task_struct.sched_info,se.sum_exec_runtime"));
	v->summary =
		say(j,
		    "%s for %s, which itself has stood still: %s is on it, but no time "
		    "passes for it.",
		    wait_words(j, v), cpu->name, who(j, t));
	say_next(j, v,
		 "Ask whether the host ran this virtual CPU, and look for an "
		 "interrupt that does not end: " LOOK_HERE ".");
	say_look(j, v, LOOK(STACK, .n = t->pid));
	return true;
}

/* So much of the time between two looks: less leaves some for who runs there. */
#define SOFTIRQS_ALL 0.8

/* Of that time; < 0: not known. */
static double softirqs_between(const struct facts *f, const struct runqueue *rq)
{
	const struct earlier_cpu *then = earlier_cpu(f, rq);

	return then && then->softirq_s >= 0 && rq->softirq_s >= then->softirq_s
		       ? rq->softirq_s - then->softirq_s
		       : -1;
}

/*
 * A CPU that runs softirqs all the time, on top of whoever runs there.  A machine that runs
 * keeps no registers that would tell what they do.
 */
static bool judge_softirqs(struct judge *j, struct verdict *v, const struct node *cpu)
{
	const struct runqueue *rq = cpu->rq;
	const struct studied *st = facts_studied(j->f, rq->curr);
	double took = softirqs_between(j->f, rq);

	if ((st && st->stack.n) || took < 0 || took < j->f->before_s * SOFTIRQS_ALL)
		return false;
	v->confidence = SURE_CPU_SOFTIRQS;
	blame_cpu(j, v, rq);
	add_for(j, v,
		say(j,
		    "CPU %u was in softirqs for %.2f of the %.2f s between two looks: "
		    "%s, which runs there, was interrupted by them",
		    rq->cpu, took, j->f->before_s, who(j, rq->curr)),
		rq->softirq_at, look_softirqs(rq));
	say_missing(j, v, "in which function: no registers of CPU %u are to be had",
		    rq->cpu);
	v->summary = say(j, "%s for %s, which runs softirqs all the time.",
			 wait_words(j, v), cpu->name);
	say_next(j, v,
		 "See what it does: perf top -g -C %u; or make it panic: an NMI tells "
		 "the function.",
		 rq->cpu);
	return true;
}

void judge_busy(struct judge *j, struct verdict *v, const struct node *cpu,
		const struct task *waiter)
{
	const struct task *hog = find_hog(j, cpu->rq, waiter);

	if (judge_timer(j, v, cpu) || judge_stopped(j, v, cpu) ||
	    judge_caller(j, v, cpu) || judge_softirqs(j, v, cpu))
		return;
	if (hog)
		judge_hog(j, v, cpu->rq, hog, waiter);
	else
		judge_shared(j, v, cpu, waiter);
}

/* A wait for a CPU that is too short to be anybody's fault. */
void judge_moment(struct judge *j, struct verdict *v, const struct node *cpu,
		  const struct task *waiter)
{
	v->confidence = SURE_CPU_MOMENT;
	v->summary = say(j,
			 "%s for %s, which has been runnable on %s for only %s: that is "
			 "the moment of the dump, not what the wait is for.",
			 wait_words(j, v), who(j, waiter), cpu->name,
			 span(j, waiter->since_s));
	say_next(j, v, "See what it does: " LOOK_HERE ".");
	say_look(j, v, LOOK(STACK, .n = waiter->pid));
}

/* Somebody is runnable on a CPU that runs nobody. */
void judge_cpu(struct judge *j, struct verdict *v, const struct node *root,
	       const struct task *waiter)
{
	const struct runqueue *rq = root->rq;
	const char *runs = rq->curr ? "is idle" : "runs a task that cannot be read";

	if (judge_timer(j, v, root) || (rq->curr && judge_softirqs(j, v, root)))
		return;
	v->confidence = SURE_CPU_IDLE;
	blame_cpu(j, v, rq);
	add_for(j, v,
		say(j, "%s %s, and %s has been runnable on it for %s", root->name, runs,
		    who(j, waiter), span(j, waiter->since_s)),
		rq->addr, LOOK(RUNQUEUE, .n = (int)rq->cpu));
	v->summary = say(j, "%s for %s, which %s.", wait_words(j, v), root->name, runs);
	if (rq->curr)
		say_next(
			j, v,
			"Find out whether the host ran this CPU, and whether the interrupt "
			"that should wake it came.");
	else
		say_missing(j, v, "the task that %s runs", root->name);
}
