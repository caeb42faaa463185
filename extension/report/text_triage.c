// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu`: the triage, for an engineer who has never seen it. */
#include "report.h"

#include <string.h>

#include "alike.h"
#include "base/base.h"
#include "base/text.h"
#include "spelling.h"
#include "text_writer.h"
#include "triage/functions.h"

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

static void node_line(FILE *out, const struct facts *f, const struct node *n)
{
	const struct task *t = n->task;
	const char *in;

	if (!t) {
		text_wrapf(out, "", INDENT, "%s", n->title);
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
	in = function_of_task(f, t);
	text_wrapf(out, "", INDENT, "%s, pid %d: asleep (%c) for %s%s%s", t->comm, t->pid,
		   t->state_letter, text_seconds(t->since_s), in ? " in " : "",
		   in ? in : "");
}

static void chain(FILE *out, const struct facts *f, const struct verdict *v)
{
	const struct edge *e;
	const char *check;
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
		check = look_text(f, &e->look);
		if (check)
			fprintf(out, "            |    check: %s\n", check);
	}
	if (v->chain.cycle < v->chain.n)
		text_wrapf(out, "", INDENT, "... and back to %s",
			   v->chain.v[v->chain.cycle]->title);
}

/* Those alike are one line: processes first, as they are in the verdict. */
static void victims(FILE *out, const struct facts *f, const struct verdict *v)
{
	struct alike_task *tasks =
		arena_alloc(f->arena, (v->victims.n + 1) * sizeof(*tasks));
	size_t i, most = 8, shown = 0;
	const struct alike *g;
	struct alikes groups;
	const struct task *t;
	const struct node *n;
	char more[48];

	for (i = 0; i < v->victims.n; i++) {
		n = v->victims.v[i];
		tasks[i].task = n->task;
		tasks[i].stack = facts_studied(f, n->task)
					 ? &facts_studied(f, n->task)->stack
					 : NULL;
		tasks[i].waits = n->out.n ? n->out.v[0]->to : NULL;
	}
	alikes_make(f->arena, tasks, v->victims.n, &groups);
	for (i = 0; i < groups.all.n && i < most; i++) {
		g = &groups.all.v[i];
		t = g->all.v[0]->task;
		more[0] = '\0';
		if (g->all.n > 1)
			snprintf(more, sizeof(more), ", and %zu more like it",
				 g->all.n - 1);
		text_wrapf(out, i ? "" : "VICTIMS", INDENT,
			   "%s, pid %d%s: blocked for %s%s", t->comm, t->pid, more,
			   text_seconds(t->since_s),
			   !t->kthread	   ? ""
			   : g->all.n == 1 ? " (kernel thread)"
					   : " (kernel threads)");
		shown += g->all.n;
	}
	if (v->victims.n > shown)
		text_wrapf(out, "", INDENT, "and %zu more: %s", v->victims.n - shown,
			   own_command(f, "hung"));
}

/* What the chain or FIRED shows already is not said again. */
static void evidence(FILE *out, const struct facts *f, const char *heading,
		     const struct evidences *es)
{
	size_t i, shown = 0;
	const char *check;

	for (i = 0; i < es->n; i++) {
		if (es->v[i].shown)
			continue;
		text_wrap(out, shown++ ? "" : heading, INDENT, es->v[i].claim);
		check = look_text(f, &es->v[i].look);
		if (check)
			fprintf(out, "%*scheck: %s\n", INDENT + 2, "", check);
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
		text_wrapf(out, i ? "" : "KNOWN", INDENT,
			   "%s. Fixed by %s%s (releases: %s; affected: %s, a hint only). "
			   "%d %% (%s): %s.",
			   m->what, m->id ? "commit " : "a commit not verified here",
			   m->id ? m->id : "", m->fixed, m->affected, m->confidence,
			   sureness(m->confidence), m->why);
		if (m->build && m->build->build == BUILD_UNKNOWN)
			text_wrapf(out, "", INDENT,
				   "Whether this build has the fix its code does not "
				   "tell: %s.",
				   m->build->why);
		else if (m->build)
			text_wrapf(out, "", INDENT,
				   "This build %s the fix, by its code: %s.",
				   build_name(m->build->build), m->build->why);
	}
}

static void culprit(FILE *out, const struct culprit *c)
{
	char pid[32] = "", cpu[32] = "", address[32] = "";

	if (c->kind == CULPRIT_NONE)
		return;
	if (c->pid >= 0)
		snprintf(pid, sizeof(pid), ", pid %d", c->pid);
	if (c->cpu >= 0)
		snprintf(cpu, sizeof(cpu), ", on CPU %d", c->cpu);
	if (c->address)
		snprintf(address, sizeof(address), " (0x%llx)", HEX(c->address));
	text_wrapf(out, "CULPRIT", INDENT, "%s %s%s%s%s", culprit_kind_name(c->kind),
		   c->name, pid, cpu, address);
}

/* How sure one is of knowing nothing helps nobody; a suspicion has its percent. */
static void headline(FILE *out, const struct verdict *v)
{
	if (v->cause != CAUSE_UNEXPLAINED)
		fprintf(out, "%-*s%s, confidence %d %% (%s)\n", INDENT, "VERDICT",
			cause_name(v->cause), v->confidence, sureness(v->confidence));
	else if (v->culprit.kind == CULPRIT_NONE)
		fprintf(out, "%-*s%s: vgpu blames nobody\n", INDENT, "VERDICT",
			cause_name(v->cause));
	else
		fprintf(out, "%-*s%s; the culprit is a suspicion of %d %% (%s)\n", INDENT,
			"VERDICT", cause_name(v->cause), v->confidence,
			sureness(v->confidence));
}

static void verdict(FILE *out, const struct facts *f, const struct verdict *v)
{
	struct sentences next = {0};

	fputc('\n', out);
	headline(out, v);
	text_wrap(out, "", INDENT, v->summary);
	culprit(out, &v->culprit);
	victims(out, f, v);
	chain(out, f, v);
	evidence(out, f, "FOR", &v->evidence);
	if (v->against.n)
		evidence(out, f, "AGAINST", &v->against);
	else
		text_wrap(out, "AGAINST", INDENT, "nothing was found");
	sentences(out, "MISSING", v->missing.v, v->missing.n);
	known_bugs(out, v);
	next_sentences(f, v, &next);
	sentences(out, "NEXT", next.all.v, next.all.n);
}

#define MODULES_NAMED 16

static const char *foreign_modules(const struct facts *f)
{
	const char *names = "";
	size_t i, n = 0;

	for (i = 0; i < f->modules.all.n; i++)
		if (module_is_foreign(&f->modules.all.v[i]) && n++ < MODULES_NAMED)
			names = arena_printf(f->arena, "%s%s%s", names,
					     *names ? ", " : "",
					     f->modules.all.v[i].name);
	if (n > MODULES_NAMED)
		names = arena_printf(f->arena, "%s and %zu more", names,
				     n - MODULES_NAMED);
	return n ? arena_printf(f->arena, "; modules from outside the kernel: %s", names)
		 : "";
}

/* Which machine, for whoever has to find it. */
static void machine(FILE *out, const struct facts *f)
{
	const struct machine *m = &f->machine;
	const char *node = "", *memory = "", *letters = "";
	unsigned int bit;

	text_wrapf(out, "KERNEL", INDENT, "%s %s, up %s", f->info->release,
		   f->info->machine, text_seconds(facts_uptime(f)));
	if (strcmp(m->node, "(none)") != 0) /* else nobody has given it a name */
		node = arena_printf(f->arena, "node %s, ",
				    m->node[0] ? m->node : "not known");
	if (m->memory)
		memory = arena_printf(f->arena, ", %llu MiB of memory",
				      COUNT(m->memory >> 20));
	text_wrapf(out, "", INDENT, "%s%u CPU%s%s", node, f->info->cpus,
		   PLURAL(f->info->cpus), memory);
	for (bit = 0; bit < 64; bit++)
		if (m->taint >> bit & 1 && taint_letter(bit))
			letters = arena_printf(f->arena, "%s%c", letters,
					       taint_letter(bit));
	if (f->before)
		text_wrapf(out, "", INDENT, "it runs: looked at again after %.1f s",
			   f->before_s);
	if (*letters)
		text_wrapf(out, "", INDENT, "tainted: %s%s", letters, foreign_modules(f));
}

void text_triage(FILE *out, const struct facts *f, const struct triage *t)
{
	size_t i;

	machine(out, f);
	if (!f->gpu_driver)
		text_wrap(
			out, "GPU", INDENT,
			"this kernel has no virtio-gpu driver: nothing here is its doing");
	else if (f->gpu_driver < 0)
		text_wrap(out, "GPU", INDENT, gpus_state_words(GPUS_DRIVER_NOT_KNOWN));
	what_fired(out, f);
	for (i = 0; i < t->verdicts.all.n; i++)
		verdict(out, f, t->verdicts.all.v[i]);
	fputc('\n', out);
	text_wrapf(out, "SCORE", INDENT, "%d of 100", t->score.total);
	text_wrapf(out, "SIGNATURE", INDENT, "%s", t->signature.hash);
	text_notes(out, f);
}
