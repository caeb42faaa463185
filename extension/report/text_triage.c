// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu`: the triage, for an engineer who has never seen it. */
#include "report.h"

#include <string.h>

#include "text_writer.h"

#define INDENT 10 /* of everything but headings */

/* ---- what fired --------------------------------------------------------- */

static void what_fired(FILE *out, const struct facts *f)
{
	const struct trigger *t = &f->panic.trigger;
	char where[128] = "";
	size_t i;

	if (t->kind == TRIGGER_NONE)
		snprintf(where, sizeof(where), ": no sign of a panic");
	else if (t->cpu >= 0)
		snprintf(where, sizeof(where), ", on CPU %d%s%s%s", t->cpu,
			 t->comm[0] ? ", in " : "", t->comm,
			 t->kind == TRIGGER_HUNG_TASK ? ", which only reports it" : "");
	text_wrapf(out, "FIRED", INDENT, "%s%s%s%s", trigger_kind_name(t->kind),
		   t->sysctl ? ", made a panic by " : "", t->sysctl ? t->sysctl : "",
		   where);
	for (i = 0; i < t->evidence.n; i++)
		text_wrap(out, "", INDENT, t->evidence.v[i].claim);
}

/* ---- the verdict -------------------------------------------------------- */

static const char *sureness(int confidence)
{
	return confidence >= CONFIDENCE_SURE	   ? "sure"
	       : confidence >= CONFIDENCE_LIKELY   ? "likely"
	       : confidence >= CONFIDENCE_POSSIBLE ? "possible"
						   : "weak";
}

/* The innermost frame that is not the scheduler's or the waiting's own. */
static const char *waits_in(const struct facts *f, const struct task *t)
{
	static const char *const waiting[] = {
		"__schedule",	     "schedule",
		"schedule_timeout",  "schedule_preempt_disabled",
		"io_schedule",	     "wait_for_completion",
		"__flush_work",	     "flush_work",
		"__wait_for_common", "do_wait_for_common",
	};
	const struct studied *st = facts_studied(f, t);
	const struct frame *fr;
	size_t i, k, n = ARRAY_SIZE(waiting);

	for (i = 0; st && i < st->stack.n; i++) {
		fr = &st->stack.v[i];
		for (k = 0; k < n && !frame_is(fr, waiting[k]); k++)
			;
		if (k == n && fr->function[0])
			return fr->function;
	}
	return NULL;
}

static void node_line(FILE *out, const struct facts *f, const struct node *n)
{
	const struct task *t = n->task;
	const char *in;

	if (!t) {
		text_wrapf(out, "", INDENT, "%s", n->name);
		return;
	}
	if (t->on_cpu) {
		text_wrapf(out, "", INDENT, "%s, pid %d: running on CPU %d for %s",
			   t->comm, t->pid, t->cpu, text_seconds(t->since_s));
		return;
	}
	if (t->on_rq) {
		text_wrapf(out, "", INDENT, "%s, pid %d: runnable but not running for %s",
			   t->comm, t->pid, text_seconds(t->since_s));
		return;
	}
	in = waits_in(f, t);
	text_wrapf(out, "", INDENT, "%s, pid %d: asleep (%c) for %s%s%s", t->comm, t->pid,
		   t->state_letter, text_seconds(t->since_s), in ? " in " : "",
		   in ? in : "");
}

static void chain(FILE *out, const struct facts *f, const struct verdict *v)
{
	const struct edge *e;
	size_t i;

	if (v->chain.n < 2)
		return;
	fprintf(out, "CHAIN\n");
	for (i = 0; i < v->chain.n; i++) {
		node_line(out, f, v->chain.v[i]);
		e = i + 1 < v->chain.n ? graph_edge(v->chain.v[i], v->chain.v[i + 1])
				       : NULL;
		if (!e)
			continue;
		text_wrap(out, "            |", INDENT + 5, e->why);
		if (e->check)
			fprintf(out, "            |    check: %s\n", e->check);
	}
	if (v->chain.cycle < v->chain.n)
		text_wrapf(out, "", INDENT, "... and back to %s",
			   v->chain.v[v->chain.cycle]->name);
}

static void victims(FILE *out, const struct verdict *v)
{
	const struct task *t;
	size_t i, most = 8;

	for (i = 0; i < v->victims.n && i < most; i++) {
		t = v->victims.v[i]->task;
		text_wrapf(out, i ? "" : "VICTIMS", INDENT,
			   "%s, pid %d: blocked for %s%s", t->comm, t->pid,
			   text_seconds(t->since_s),
			   t->kthread ? " (kernel thread)" : "");
	}
	if (v->victims.n > most)
		text_wrapf(out, "", INDENT, "and %zu more: vgpu hung",
			   v->victims.n - most);
}

/* What the chain or FIRED shows already is not said again. */
static void evidence(FILE *out, const char *heading, const struct evidences *es)
{
	size_t i, shown = 0;

	for (i = 0; i < es->n; i++) {
		if (es->v[i].shown)
			continue;
		text_wrap(out, shown++ ? "" : heading, INDENT, es->v[i].claim);
		if (es->v[i].check)
			fprintf(out, "%*scheck: %s\n", INDENT + 2, "", es->v[i].check);
	}
}

static void sentences(FILE *out, const char *heading, const char *const *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		text_wrap(out, i ? "" : heading, INDENT, v[i]);
}

static void known_bugs(FILE *out, const struct verdict *v)
{
	const struct known_match *m;
	size_t i;

	for (i = 0; i < v->known.n; i++) {
		m = &v->known.v[i];
		text_wrapf(
			out, i ? "" : "KNOWN", INDENT,
			"%s. Mended by %s%s (releases: %s; affected: %s, a hint only). "
			"%d %% (%s): %s.",
			m->what, m->id ? "commit " : "a commit not verified here",
			m->id ? m->id : "", m->fixed, m->affected, m->confidence,
			sureness(m->confidence), m->why);
	}
}

static void culprit(FILE *out, const struct culprit *c)
{
	char pid[32] = "", cpu[32] = "";

	if (c->kind == CULPRIT_NONE)
		return;
	if (c->pid >= 0)
		snprintf(pid, sizeof(pid), ", pid %d", c->pid);
	if (c->cpu >= 0)
		snprintf(cpu, sizeof(cpu), ", on CPU %d", c->cpu);
	text_wrapf(out, "CULPRIT", INDENT, "%s %s%s%s (0x%llx)",
		   culprit_kind_name(c->kind), c->name, pid, cpu, HEX(c->address));
}

static void verdict(FILE *out, const struct facts *f, const struct verdict *v)
{
	fprintf(out, "\n%-*s%s, confidence %d %% (%s)\n", INDENT, "VERDICT",
		cause_name(v->cause), v->confidence, sureness(v->confidence));
	text_wrap(out, "", INDENT, v->summary);
	culprit(out, &v->culprit);
	victims(out, v);
	chain(out, f, v);
	evidence(out, "FOR", &v->evidence);
	if (v->against.n)
		evidence(out, "AGAINST", &v->against);
	else
		text_wrap(out, "AGAINST", INDENT, "nothing was found");
	sentences(out, "MISSING", v->missing.v, v->missing.n);
	known_bugs(out, v);
	sentences(out, "NEXT", v->next.v, v->next.n);
}

void text_triage(FILE *out, const struct facts *f, const struct triage *t)
{
	size_t i;

	text_wrapf(out, "KERNEL", INDENT, "%s %s, up %s", f->info->release,
		   f->info->machine, text_seconds(f->panic.uptime_s));
	if (!f->gpu_driver)
		text_wrap(
			out, "GPU", INDENT,
			"this kernel has no virtio-gpu driver: nothing here is its doing");
	what_fired(out, f);
	for (i = 0; i < t->verdicts.all.n; i++)
		verdict(out, f, t->verdicts.all.v[i]);
	fputc('\n', out);
	text_wrapf(out, "SCORE", INDENT, "%d of 100", t->score.total);
	text_wrapf(out, "SIGNATURE", INDENT, "%s", t->signature.hash);
	text_notes(out, f);
}
