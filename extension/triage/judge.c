// SPDX-License-Identifier: GPL-2.0-or-later
/* Words that the judges share: verdicts, evidence, tasks and times by name. */
#include "judge.h"

void evidence_add(struct judge *j, struct evidences *list, const char *claim,
		  kaddr_t address, struct look look)
{
	struct evidence *e = vec_push(j->a, list);

	e->claim = claim;
	e->address = address;
	e->look = look;
}

void advice_add(struct judge *j, struct verdict *v, const char *text)
{
	vec_push(j->a, &v->next)->text = text;
}

void say_look(struct judge *j, struct verdict *v, struct look look)
{
	*vec_push(j->a, &v->next.v[v->next.n - 1].looks) = look;
}

void say_command(struct judge *j, struct verdict *v, const char *command)
{
	say_look(j, v, LOOK(COMMAND, .name = command));
}

void say_debuginfo(struct judge *j, struct verdict *v)
{
	vec_push(j->a, &v->next);
}

struct verdict *verdict_new(struct judge *j, enum cause cause, int confidence)
{
	struct verdict *v = arena_alloc(j->a, sizeof(*v));

	v->cause = cause;
	v->confidence = confidence;
	v->culprit.pid = v->culprit.cpu = -1;
	v->culprit.name = "";
	*vec_push(j->a, &j->out->all) = v;
	return v;
}

void blame_task(struct judge *j, struct verdict *v, const struct task *t, int cpu)
{
	v->culprit.kind = CULPRIT_TASK;
	v->culprit.name = say(j, "%s", t->comm);
	v->culprit.pid = t->pid;
	v->culprit.cpu = cpu;
	v->culprit.address = t->addr;
}

const char *who(struct judge *j, const struct task *t)
{
	return say(j, "%s (pid %d)", t->comm, t->pid);
}

struct look look_task(const struct task *t, const char *members)
{
	return LOOK(TASK, .type = members, .address = t->addr);
}

struct look look_softirqs(const struct runqueue *rq)
{
	return LOOK(NUMBERS, .type = "u64", .address = rq->softirq_at, .n = 1);
}

const char *span(struct judge *j, double s)
{
	return s < 0 ? "a time not known" : say(j, "%.1f s", s);
}

const char *span_kept(struct judge *j, const struct task *t)
{
	const uint64_t now = j->f->rqs.now;
	double arrived = t->last_arrival && t->last_arrival <= now
				 ? (double)(now - t->last_arrival) / 1e9
				 : -1;

	if (arrived < 0 || t->since_s - arrived < 0.1)
		return span(j, t->since_s);
	return say(j, "%s (%s since a stop thread ran there)", span(j, t->since_s),
		   span(j, arrived));
}

const char *wait_words_of(struct judge *j, const struct verdict *v, size_t n)
{
	const char *first = who(j, v->victims.v[0]->task);

	if (n == 1)
		return say(j, "%s waits", first);
	return say(j, "%s and %zu more task%s wait", first, n - 1, n == 2 ? "" : "s");
}

/* Whoever has what they want waits for something himself, and not for that. */
const char *wait_words(struct judge *j, const struct verdict *v)
{
	size_t i, n = v->victims.n;

	for (i = 1; i < v->victims.n; i++)
		if (v->culprit.kind == CULPRIT_TASK &&
		    v->victims.v[i]->task->addr == v->culprit.address)
			return wait_words_of(j, v, n - 1);
	return wait_words_of(j, v, n);
}
