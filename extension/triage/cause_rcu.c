// SPDX-License-Identifier: GPL-2.0-or-later
/* A grace period of RCU that a CPU does not let end. */
#include "judge.h"

/* For how long it has run; < 0: not known (of an expedited one the kernel keeps no time). */
static double age_of(struct judge *j, const struct node *grace)
{
	return facts_since_jiffies(j->f, grace->grace->started);
}

/*
 * Has it had the CPU since the grace period began, which asks for a switch at least?
 * told: for how long it has had it is said already.
 */
static int judge_since(struct judge *j, struct verdict *v, const struct node *grace,
		       const struct task *hog, bool told)
{
	const char *had = told ? ""
			       : say(j, "; %s has had CPU %d for %s", who(j, hog),
				     hog->cpu, span(j, hog->since_s));
	double age = age_of(j, grace);

	if (age < 0 || hog->since_s < 0) {
		say_missing(j, v, "since when %s",
			    age < 0 ? say(j, "%s runs", grace->title)
				    : say(j, "%s has had the CPU", who(j, hog)));
		return 0;
	}
	add_for(j, v, say(j, "%s began %.1f s before the end%s", grace->title, age, had),
		grace->address, LOOK(COMMAND, .name = "rcu"));
	return hog->since_s >= age - 1 ? SURE_SINCE_IT_BEGAN : 0;
}

static int judge_mode(struct judge *j, struct verdict *v, const struct task *hog)
{
	const struct studied *st = facts_studied(j->f, hog);

	if (st && st->stack.user) {
		add_against(j, v,
			    say(j,
				"%s was in user mode, which is a quiescent state: the "
				"CPU's next tick should report it",
				who(j, hog)),
			    hog->addr, LOOK(CPU_STACK, .n = hog->cpu));
		return SURE_HOG_IN_USER_MODE;
	}
	return judge_stubborn(j, v, hog);
}

static void judge_unclear(struct judge *j, struct verdict *v, const struct node *grace,
			  const struct node *cpu)
{
	v->confidence = SURE_RCU_CPU_UNCLEAR;
	v->summary =
		say(j,
		    "%s for %s, which waits for %s; %s has been on it for only %s, so "
		    "that it should have passed a quiescent state.",
		    wait_words(j, v), grace->title, cpu->name, who(j, cpu->rq->curr),
		    span(j, cpu->rq->curr->since_s));
	say_next(j, v, "See what RCU waits for: " LOOK_HERE ".");
	say_command(j, v, "rcu");
}

void judge_grace(struct judge *j, struct verdict *v, const struct node *grace,
		 const struct node *cpu)
{
	const struct task *hog = cpu->rq->curr;

	if (hog->since_s < STARVED_S) {
		judge_unclear(j, v, grace, cpu);
		return;
	}
	if (judge_stopped(j, v, cpu))
		return;
	/* What waits there for its turn says more of who keeps the CPU, and how. */
	if (cpu->rq->waiting.n && cpu->rq->waiting.v[0]->since_s >= STARVED_S) {
		judge_busy(j, v, cpu, cpu->rq->waiting.v[0]);
		judge_since(j, v, grace, hog, v->culprit.address == hog->addr);
	} else {
		v->cause = CAUSE_CPU_MONOPOLISED;
		blame_task(j, v, hog, (int)cpu->rq->cpu);
		v->confidence = SURE_HOG_OF_RCU + judge_since(j, v, grace, hog, false) +
				judge_mode(j, v, hog) + judge_clock(j, v, cpu->rq);
		hog_next(j, v, cpu->rq, hog, NULL);
	}
	if (v->cause == CAUSE_CPU_MONOPOLISED && v->culprit.address == hog->addr) {
		v->summary = say(j,
				 "%s for %s, which %s does not let end: %s has occupied "
				 "it for %s.",
				 wait_words(j, v), grace->title, cpu->name, who(j, hog),
				 span(j, hog->since_s));
		judge_asker(j, v, hog);
	}
}
