// SPDX-License-Identifier: GPL-2.0-or-later
/* A timer's function keeps a CPU of which no registers are to be had. */
#include "judge.h"
#include "lost_cpu.h"

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

bool judge_timer(struct judge *j, struct verdict *v, const struct node *cpu)
{
	const struct runqueue *rq = cpu->rq;
	const struct timer_run *t = &rq->timer;
	double since_s = facts_since_jiffies(j->f, t->clk);

	if (!rq->curr || !t->function || since_s < STARVED_S || has_registers(j->f, rq) ||
	    !has_stood(j->f, rq))
		return false;
	v->cause = CAUSE_CPU_MONOPOLISED;
	v->confidence = SURE_CPU_TIMER;
	v->culprit.kind = CULPRIT_FUNCTION;
	v->culprit.name = t->name;
	v->culprit.cpu = (int)rq->cpu;
	v->culprit.address = t->function;
	add_for(j, v,
		say(j,
		    "CPU %u is in %s, a timer's function: timers that came later by up "
		    "to %.1f s have not run there",
		    rq->cpu, t->name, since_s),
		t->base, LOOK_AT("timer_base.running_timer,clk", t->base));
	add_for(j, v, say(j, "that is the function of this timer"), t->timer,
		LOOK_AT("timer_list.function", t->timer));
	/* An idle CPU needs none. */
	if (!rq->curr->idle && cpu_is_silent(j->f, rq))
		add_for(j, v,
			say(j, "CPU %u has taken no tick for %.1f s", rq->cpu,
			    cpu_silent_s(j->f, rq)),
			rq->addr, cpu_look_silent(j->f, rq));
	say_missing(j, v,
		    "what %s waits for, if it does: no registers of CPU %u are to be had",
		    t->name, rq->cpu);
	v->summary = say(j,
			 "%s for CPU %u: it has been in %s, a timer's function, for %s.",
			 wait_words(j, v), rq->cpu, t->name, span(j, since_s));
	say_next(j, v,
		 "See where it loops: perf top -g -C %u; or make it panic: an NMI tells.",
		 rq->cpu);
	return true;
}
