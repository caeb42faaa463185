// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu`: the triage, for an engineer who has never seen it. */
#include "report.h"

#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "spelling.h"
#include "text_writer.h"
#include "told_words.h"
#include "triage_words.h"

#define INDENT 10 /* of everything but headings */

/* ---- what fired --------------------------------------------------------- */

static void what_fired(FILE *out, const struct facts *f)
{
	const struct trigger *t = &f->panic.trigger;
	size_t i;

	text_wrap(out, "FIRED", INDENT, fired_words(f));
	for (i = 0; i < t->evidence.n; i++)
		text_wrap(out, "", INDENT, t->evidence.v[i].claim);
}

/* ---- the verdict -------------------------------------------------------- */

static void chain(FILE *out, const struct facts *f, const struct verdict *v)
{
	const struct edge *e;
	const char *check;
	size_t i;

	if (v->chain.n < 2)
		return;
	fprintf(out, "CHAIN\n");
	for (i = 0; i < v->chain.n; i++) {
		text_wrap(out, "", INDENT, chain_node_words(f, &v->chain, i));
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
	size_t i, most = 8, shown = 0;
	struct alikes groups;

	victims_alike(f, v, &groups);
	for (i = 0; i < groups.all.n && i < most; i++) {
		text_wrap(out, i ? "" : "VICTIMS", INDENT,
			  victim_words(f, &groups.all.v[i]));
		shown += groups.all.v[i].all.n;
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

static void known_bugs(FILE *out, const struct facts *f, const struct verdict *v)
{
	const struct known_match *m;
	size_t i;

	for (i = 0; i < v->known.n; i++) {
		m = &v->known.v[i];
		text_wrap(out, i ? "" : "KNOWN", INDENT, known_words(f, m));
		if (m->build)
			text_wrap(out, "", INDENT, build_words(f, m->build));
	}
}

static void verdict(FILE *out, const struct facts *f, const struct verdict *v)
{
	struct sentences next = {0};
	size_t i;

	fputc('\n', out);
	fprintf(out, "%-*s%s\n", INDENT, "VERDICT", headline_words(f, v));
	text_wrap(out, "", INDENT, v->summary);
	if (v->culprit.kind != CULPRIT_NONE)
		text_wrap(out, "CULPRIT", INDENT, culprit_words(f, &v->culprit));
	victims(out, f, v);
	chain(out, f, v);
	evidence(out, f, "FOR", &v->evidence);
	if (v->against.n)
		evidence(out, f, "AGAINST", &v->against);
	else
		text_wrap(out, "AGAINST", INDENT, "nothing was found");
	for (i = 0; i < v->like.n; i++)
		text_wrap(out, i ? "" : "LIKE", INDENT, likeness_words(f, v, i));
	sentences(out, "MISSING", v->missing.v, v->missing.n);
	known_bugs(out, f, v);
	next_sentences(f, v, &next);
	sentences(out, "NEXT", next.all.v, next.all.n);
}

/* Which machine, for whoever has to find it. */
static void machine(FILE *out, const struct facts *f)
{
	const struct machine *m = &f->machine;
	const char *node = "", *memory = "", *cpus = "CPUs not known",
		   *letters = taint_string(f), *foreign = foreign_words(f);

	text_wrapf(out, "KERNEL", INDENT, "%s%s%s, up %s",
		   f->info->release[0] ? f->info->release : "not told",
		   f->info->machine[0] ? " " : "", f->info->machine,
		   text_seconds(facts_uptime(f)));
	if (f->text)
		text_wrap(out, "", INDENT, text_is_words(f));
	if (strcmp(m->node, "(none)") != 0) /* else nobody has given it a name */
		node = arena_printf(f->arena, "node %s, ",
				    m->node[0] ? m->node : "not known");
	if (m->memory)
		memory = arena_printf(f->arena, ", %llu MiB of memory",
				      COUNT(m->memory >> 20));
	if (f->info->cpus)
		cpus = arena_printf(f->arena, "%u CPU%s", f->info->cpus,
				    PLURAL(f->info->cpus));
	text_wrapf(out, "", INDENT, "%s%s%s", node, cpus, memory);
	if (f->before)
		text_wrapf(out, "", INDENT, "it runs: looked at again after %.1f s",
			   f->before_s);
	if (*letters)
		text_wrapf(out, "", INDENT, "tainted: %s%s%s", letters,
			   *foreign ? "; modules from outside the kernel: " : "",
			   foreign);
}

void text_triage(FILE *out, const struct facts *f, const struct triage *t)
{
	size_t i;

	machine(out, f);
	if (!f->gpu_driver)
		text_wrap(
			out, "GPU", INDENT,
			"this kernel has no virtio-gpu driver: nothing here is its doing");
	else if (f->gpu_driver < 0 && !f->text)
		text_wrap(out, "GPU", INDENT, gpus_state_words(GPUS_DRIVER_NOT_KNOWN));
	what_fired(out, f);
	for (i = 0; i < t->verdicts.all.n; i++)
		verdict(out, f, t->verdicts.all.v[i]);
	fputc('\n', out);
	if (f->text)
		text_told(out, f);
	text_wrapf(out, "SCORE", INDENT, "%d of 100", t->score.total);
	text_wrapf(out, "SIGNATURE", INDENT, "%s", t->signature.hash);
	text_notes(out, f);
}
