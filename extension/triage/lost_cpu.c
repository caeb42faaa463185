// SPDX-License-Identifier: GPL-2.0-or-later
#include "lost_cpu.h"

#include "judge.h"

/*
 * A busy CPU has a tick at least once a second; with nohz_full another CPU keeps the clock
 * of its run queue as often (sched_tick_remote()).
 */
#define SILENT_S 2.0
/* The share of the wait that softirqs must have used to be what the wait was for. */
#define SOFTIRQ_SHARE 0.8
/* The same of those who are told apart from a program: a busy host loses ticks. */
#define INTERRUPTED_SHARE 0.5
/* Two periods of a watchdog, which are 4 s unless its threshold is changed. */
#define UNWATCHED_S 8.0
#define TIMERS_MISSED 2

double cpu_silent_s(const struct facts *f, const struct runqueue *rq)
{
	double behind = (double)(f->rqs.now - rq->clock) / 1e9;

	return rq->tick_late_s > behind ? rq->tick_late_s : behind;
}

struct look cpu_look_silent(const struct facts *f, const struct runqueue *rq)
{
	return cpu_silent_s(f, rq) > rq->tick_late_s
		       ? LOOK_AT("rq.clock", rq->addr)
		       : LOOK_AT("tick_sched.sched_timer", rq->tick_addr);
}

bool cpu_is_silent(const struct facts *f, const struct runqueue *rq)
{
	return cpu_silent_s(f, rq) > SILENT_S;
}

bool is_woken_in_vain(const struct facts *f, const struct task *t)
{
	const struct runqueue *rq = runqueue_of_cpu(&f->rqs, t->cpu);

	return task_is_waking(t) && rq && cpu_is_silent(f, rq);
}

static double watched_ago(const struct facts *f, const struct watchdog *w)
{
	return (double)f->rqs.now / 1e9 - w->ran_s;
}

/* Have others had timers of their watchdogs while none came to this one's? */
static bool missed_timers(const struct facts *f, unsigned int cpu)
{
	const struct watchdog *w = watchdog_of_cpu(&f->watchdogs, cpu), *other;
	size_t i;

	if (!w || !w->counted || watched_ago(f, w) < UNWATCHED_S)
		return false;
	for (i = 0; i < f->watchdogs.all.n; i++) {
		other = &f->watchdogs.all.v[i];
		if (other->counted && other->timers >= w->timers + TIMERS_MISSED &&
		    watched_ago(f, other) < UNWATCHED_S)
			return true;
	}
	return false;
}

/*
 * An idle CPU needs no tick, also while it is in softirqs.  Some sleep with interrupts off,
 * and the dump may find it in the first interrupt for long: somebody must have waited, or
 * it has not had the timers that an idle CPU has, too.
 */
static bool is_silent(const struct facts *f, const struct runqueue *rq, bool named,
		      const struct lost *l)
{
	if (!rq->curr->idle)
		return l->context.irqs_off;
	if (l->context.kind == CONTEXT_TASK ||
	    (l->context.kind == CONTEXT_INTERRUPT && !l->context.irqs_off))
		return false;
	return named || (l->waiter && l->waiter->since_s >= STARVED_S) ||
	       missed_timers(f, rq->cpu);
}

/*
 * The time that softirqs have used is that since the boot.  Whoever they interrupted in user
 * mode would have been there all the time, were it he who keeps the CPU; of one in the
 * kernel nothing is known, since what interrupts it counts as its own.
 */
static bool softirqs_took(const struct facts *f, const struct runqueue *rq, double wait_s)
{
	const struct studied *st = facts_studied(f, rq->curr);
	bool from_user = st && st->asked.from_user && !st->asked.call.regs.call;

	if (!from_user || !rq->curr->utime_known)
		return rq->softirq_s >= wait_s * SOFTIRQ_SHARE;
	return rq->softirq_s >= wait_s * INTERRUPTED_SHARE &&
	       (double)rq->curr->utime / 1e9 < wait_s * INTERRUPTED_SHARE;
}

/*
 * Ticks come, and softirqs run at this moment; on a busy CPU that need not mean much.  An
 * idle one would have run who waits; on another the time that softirqs used must tell.
 */
static bool is_in_softirqs(const struct facts *f, const struct runqueue *rq, bool named,
			   const struct lost *l)
{
	if (l->context.kind != CONTEXT_SOFTIRQ || !l->waiter ||
	    l->waiter->since_s < STARVED_S)
		return false;
	return named || rq->curr->idle || softirqs_took(f, rq, l->waiter->since_s);
}

/*
 * Another CPU, too, sets the clock of a run queue when it wakes somebody there; so it may be
 * lost for longer.  An idle task would have given way to the first that waits.
 */
static double lost_for(const struct facts *f, const struct runqueue *rq,
		       const struct lost *l, bool silent)
{
	double silent_s = silent ? cpu_silent_s(f, rq) : 0;

	if (l->waiter && (!silent || rq->curr->idle) && l->waiter->since_s > silent_s)
		return l->waiter->since_s;
	return silent_s;
}

bool cpu_is_lost(const struct facts *f, const struct runqueue *rq, bool named,
		 struct lost *l)
{
	const struct studied *st = rq->curr ? facts_studied(f, rq->curr) : NULL;
	bool silent = cpu_is_silent(f, rq);

	*l = (struct lost){0};
	if (!st)
		return false;
	/* An interrupt may come upon softirqs that do not end. */
	context_find(&st->stack, !silent || rq->curr->idle, &l->context);
	if (silent && l->context.kind == CONTEXT_TASK)
		context_find(&st->stack, false, &l->context);
	if (l->context.at == st->stack.n)
		return false;
	l->stack = &st->stack;
	l->at = &st->stack.v[l->context.at];
	l->function = &st->stack.v[l->context.function];
	l->waiter = rq->waiting.n ? rq->waiting.v[0] : NULL;
	l->since_s = lost_for(f, rq, l, silent);
	return silent ? is_silent(f, rq, named, l) : is_in_softirqs(f, rq, named, l);
}

/* ---- a CPU whose registers nobody has ----------------------------------------- */

/* Of a machine that runs: it is the same as at the first look. */
static bool has_stood(const struct facts *f, const struct runqueue *rq)
{
	const struct earlier_cpu *then = earlier_cpu(f, rq);

	return !f->before ||
	       (then && then->timer == rq->timer.timer && then->clk == rq->timer.clk);
}

/* Where they are to be had, they tell more: see cpu_is_lost(). */
static bool has_registers(const struct facts *f, const struct runqueue *rq)
{
	const struct studied *st = facts_studied(f, rq->curr);

	return st && (st->stack.n || st->stack.user);
}

bool cpu_is_in_timer(const struct facts *f, const struct runqueue *rq, double *since_s)
{
	*since_s = facts_since_jiffies(f, rq->timer.clk);
	return rq->curr && rq->timer.function && *since_s >= STARVED_S &&
	       !has_registers(f, rq) && has_stood(f, rq);
}
