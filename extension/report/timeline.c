// SPDX-License-Identifier: GPL-2.0-or-later
#include "timeline.h"

#include <stdlib.h>
#include <string.h>

#include "alike.h"
#include "triage/lost_cpu.h"
#include "triage_words.h"

#define MOMENTS_MAX 20
#define VICTIMS_MAX 8
#define REPORTS_MAX 3
/* Less before the end is no event. */
#define NOTABLE_S 2.0

struct story {
	struct timeline *t;
	const struct facts *f;
	const struct verdict *v;
	VEC(const struct task *) told;
};

static void add(struct story *s, enum moment_kind kind, double ago_s, bool lasts,
		const char *what)
{
	/* What is before the boot is a clock that lies. */
	if (!(ago_s >= 0) || (facts_uptime(s->f) >= 0 && ago_s > facts_uptime(s->f) + 5))
		return;
	*vec_push(s->f->arena, &s->t->all) = (struct moment){kind, what, ago_s, lasts};
}

#define words(s, ...) arena_printf((s)->f->arena, __VA_ARGS__)

/* ---- tasks ---------------------------------------------------------------------------- */

static bool is_told(struct story *s, const struct task *t)
{
	size_t i;

	for (i = 0; i < s->told.n; i++)
		if (s->told.v[i] == t)
			return true;
	*vec_push(s->f->arena, &s->told) = t;
	return false;
}

static void task(struct story *s, const struct task *t, enum moment_kind kind,
		 size_t more)
{
	const char *others = more ? words(s, " and %zu like it", more) : "";
	bool waking = task_is_waking(t);

	if (is_told(s, t))
		return;
	add(s, kind, t->since_s, true,
	    t->on_cpu  ? words(s, "%s (pid %d) runs on CPU %d", t->comm, t->pid, t->cpu)
	    : t->on_rq ? words(s, "%s (pid %d) is runnable, and does not run", t->comm,
			       t->pid)
	    : waking ? words(s, "%s (pid %d) does not run: woken, and not yet queued to",
			     t->comm, t->pid)
		     : words(s, "%s (pid %d)%s sleep%s", t->comm, t->pid, others,
			     more ? "" : "s"));
}

static void tasks(struct story *s)
{
	const struct task *culprit = NULL;
	const struct chain *c = &s->v->chain;
	struct alikes groups;
	size_t i;

	if (s->v->culprit.kind == CULPRIT_TASK)
		culprit = task_by_addr(&s->f->tasks, s->v->culprit.address);
	if (culprit && !culprit->idle)
		task(s, culprit, MOMENT_KEEPS, 0);
	victims_alike(s->f, s->v, &groups);
	for (i = 0; i < groups.all.n && i < VICTIMS_MAX; i++)
		task(s, groups.all.v[i].all.v[0]->task, MOMENT_WAITS,
		     groups.all.v[i].all.n - 1);
	for (i = 0; i < c->n && i < VICTIMS_MAX; i++)
		if (c->v[i]->task)
			task(s, c->v[i]->task, MOMENT_WAITS, 0);
}

/* ---- CPUs and devices -------------------------------------------------------------------- */

static void cpu(struct story *s, const struct runqueue *rq)
{
	const struct watchdog *w = watchdog_of_cpu(&s->f->watchdogs, rq->cpu);
	double now = (double)s->f->rqs.now / 1e9, silent_s = cpu_silent_s(s->f, rq);

	if (rq->alone_s >= NOTABLE_S && rq->other)
		add(s, MOMENT_SEEN, rq->alone_s, false,
		    words(s, "CPU %u last ran another task, %s", rq->cpu,
			  rq->other->comm));
	if (silent_s >= NOTABLE_S)
		add(s, MOMENT_KEEPS, silent_s, true,
		    words(s, "CPU %u takes no tick", rq->cpu));
	if (w && now - w->ran_s >= NOTABLE_S)
		add(s, MOMENT_SEEN, now - w->ran_s, false,
		    words(s, "CPU %u last ran %s, which its watchdog wakes", rq->cpu,
			  w->thread->comm));
}

static void machine(struct story *s)
{
	const struct facts *f = s->f;
	const struct runqueue *rq = runqueue_of_cpu(&f->rqs, s->v->culprit.cpu);
	const struct grace_period *gp = &f->rcu.normal;
	size_t i;

	if (s->v->culprit.cpu >= 0 && rq)
		cpu(s, rq);
	if (gp->running && facts_since_jiffies(f, gp->started) >= NOTABLE_S)
		add(s, MOMENT_WAITS, facts_since_jiffies(f, gp->started), true,
		    "RCU's grace period does not end");
	for (i = 0; i < f->gpus.all.n; i++)
		if (f->gpus.all.v[i].last.addr)
			add(s, MOMENT_SEEN,
			    facts_since_monotonic(f, f->gpus.all.v[i].last.at_s), false,
			    words(s, "%s signalled the last fence that is known",
				  f->gpus.all.v[i].name));
}

/* ---- the log ------------------------------------------------------------------------------ */

static void said(struct story *s, double at_s, const char *what)
{
	if (at_s >= 0)
		add(s, MOMENT_SAID, facts_uptime(s->f) - at_s, false, what);
}

static void log_says(struct story *s)
{
	const struct panic *p = &s->f->panic;
	const struct hung_report *r;
	size_t i;

	for (i = 0; i < p->hung.n && i < REPORTS_MAX; i++) {
		r = &p->hung.v[i];
		said(s, r->ts_s,
		     words(s, "the log calls %s (pid %d) blocked", r->comm, r->pid));
	}
	if (p->trigger.begins_s >= 0 && !p->hung.n)
		said(s, p->trigger.begins_s,
		     words(s, "the log says: %s", p->trigger.begins));
	said(s, p->trigger.ts_s,
	     p->trigger.message[0] ? words(s, "panic: %s", p->trigger.message)
				   : trigger_kind_name(p->trigger.kind));
}

static int earliest_first(const void *a, const void *b)
{
	const struct moment *x = a, *y = b;

	if (x->ago_s != y->ago_s)
		return x->ago_s > y->ago_s ? -1 : 1;
	return strcmp(x->what, y->what);
}

void timeline_make(struct timeline *t, const struct facts *f, const struct triage *judged)
{
	struct story s = {.t = t, .f = f};

	memset(t, 0, sizeof(*t));
	if (!judged->verdicts.all.n)
		return;
	s.v = judged->verdicts.all.v[0];
	tasks(&s);
	machine(&s);
	if (facts_uptime(f) >= 0)
		log_says(&s);
	if (!t->all.n)
		return;
	if (t->all.n > MOMENTS_MAX)
		t->all.n = MOMENTS_MAX;
	qsort(t->all.v, t->all.n, sizeof(*t->all.v), earliest_first);
	t->from_s = t->all.v[0].ago_s;
	if (t->from_s < NOTABLE_S)
		t->all.n = 0; /* it ended as it began: there is nothing to draw */
}
