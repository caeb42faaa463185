// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu rcu`. */
#include "report.h"

#include "rcu_words.h"
#include "text_writer.h"
#include "triage_words.h"

#define INDENT 10

static void cpu_line(FILE *out, const struct facts *f, const struct grace_period *gp,
		     int cpu)
{
	const struct runqueue *rq = runqueue_of_cpu(&f->rqs, cpu);
	const struct task *t = rq ? rq->curr : NULL;
	const char *what, *by = t ? rcu_interrupter(f, gp, rq, &what) : NULL;
	const char *then =
		by ? arena_printf(f->arena, ", interrupted by %s, %s", by, what) : "";

	if (!t)
		text_wrapf(out, "  CPU", INDENT, "%d, whose task cannot be read", cpu);
	else if (t->idle)
		text_wrapf(out, "  CPU", INDENT, "%d, idle%s%s", cpu, by ? " task" : "",
			   then);
	else
		text_wrapf(out, "  CPU", INDENT, "%d, which %s, pid %d, has had for %s%s",
			   cpu, t->comm, t->pid, text_seconds(t->since_s), then);
}

static void task_line(FILE *out, const char *first, const struct task *t)
{
	text_wrapf(out, first, INDENT, "%s, pid %d: %s (%c) for %s", t->comm, t->pid,
		   doing_words(t), t->state_letter, text_seconds(t->since_s));
}

static void waiters(FILE *out, const struct facts *f, const struct grace_period *gp)
{
	const struct wait *w;
	size_t i;

	for (i = 0; i < f->studied.n; i++) {
		w = &f->studied.v[i]->wait;
		if (w->kind == WAIT_RCU && rcu_waits_for(&f->rcu, w->rcu) == gp)
			task_line(out, "  WAITS", f->studied.v[i]->task);
	}
}

static void grace_period(FILE *out, const struct facts *f, const struct grace_period *gp,
			 const char *kind)
{
	double age = facts_since_jiffies(f, gp->started);
	size_t i;

	text_wrapf(out, kind, INDENT, "sequence %lld: %s%s%s", (long long)gp->seq,
		   gp->running ? "a grace period runs" : "no grace period runs",
		   age >= 0 ? ", for " : "", age >= 0 ? text_seconds(age) : "");
	for (i = 0; i < gp->cpus.n; i++)
		cpu_line(out, f, gp, gp->cpus.v[i]);
	for (i = 0; i < gp->readers.n; i++)
		task_line(out, "  READER", gp->readers.v[i]);
	waiters(out, f, gp);
}

void text_rcu(FILE *out, const struct facts *f)
{
	if (f->rcu.addr) {
		if (f->rcu.kthread)
			task_line(out, "KTHREAD", f->rcu.kthread);
		grace_period(out, f, &f->rcu.normal, "NORMAL");
		grace_period(out, f, &f->rcu.expedited, "EXPEDITED");
	} else {
		fprintf(out, "rcu_state was not found\n");
	}
	text_notes(out, f);
}
