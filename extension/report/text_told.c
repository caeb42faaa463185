// SPDX-License-Identifier: GPL-2.0-or-later
/* What a text tells, for a terminal. */
#include "report.h"

#include "base/text.h"
#include "text_writer.h"
#include "told_words.h"

#define INDENT 10
#define TASKS_SHOWN 16
#define WORKS_SHOWN 16
#define STACKS_SHOWN 8
#define CACHES_SHOWN 8

static void hung(FILE *out, const struct facts *f)
{
	const struct text_facts *t = f->text;
	const struct told_hung *h;
	const char *stack;
	size_t i;

	for (i = 0; i < t->hung.n && i < TASKS_SHOWN; i++) {
		h = &t->hung.v[i];
		text_wrap(out, i ? "" : "HUNG", INDENT, told_hung_words(f, h));
		stack = h->trace ? told_stack_words(f, &h->trace->stack, 0) : "";
		text_wrap(out, "", INDENT + 2,
			  *stack ? stack : "its stack was not printed");
	}
	if (i < t->hung.n)
		text_wrapf(out, "", INDENT, "and %zu more", t->hung.n - i);
}

/* Of CPUs: what ran there when the kernel printed it. */
static void cpus(FILE *out, const struct facts *f)
{
	const struct trace *t = text_fault(f);
	char at[96] = "";

	/* Who only reports it, or asked for it, is not what it is about. */
	if (!t || f->panic.trigger.kind == TRIGGER_HUNG_TASK ||
	    f->panic.trigger.kind == TRIGGER_SYSRQ)
		return;
	if (t->pid >= 0)
		snprintf(at, sizeof(at), "%s, pid %d, on CPU %d", t->comm, t->pid,
			 t->cpu);
	text_wrapf(out, "STACK", INDENT, "%s%s(line %zu)", at, *at ? " " : "",
		   t->line->number);
	if (t->work[0])
		text_wrapf(out, "", INDENT, "a worker, at %s", t->work);
	text_wrap(out, "", INDENT + 2,
		  t->user ? "in user mode"
			  : told_stack_words(f, &t->stack, t->interrupted));
}

static void works(FILE *out, const struct facts *f)
{
	const struct busy_works *b = &f->text->works;
	size_t i;

	for (i = 0; i < b->works.n && i < WORKS_SHOWN; i++)
		text_wrap(out, i ? "" : "WORKS", INDENT,
			  told_work_words(f, &b->works.v[i]));
	if (i < b->works.n)
		text_wrapf(out, "", INDENT, "and %zu more", b->works.n - i);
}

static void kmemleak(FILE *out, const struct facts *f)
{
	const struct kmemleak_told *k = &f->text->kmemleak;
	size_t i;

	for (i = 0; i < k->all.n && i < STACKS_SHOWN; i++)
		text_wrap(out, i ? "" : "KMEMLEAK", INDENT,
			  told_leak_words(f, &k->all.v[i]));
	if (i < k->all.n)
		text_wrapf(out, "", INDENT, "and %zu more stacks", k->all.n - i);
}

static void traced(FILE *out, const struct facts *f)
{
	const struct slub_trace *s = &f->text->slub;
	size_t i;

	for (i = 0; i < s->all.n && i < STACKS_SHOWN; i++)
		text_wrap(out, i ? "" : "TRACED", INDENT,
			  told_traced_words(f, &s->all.v[i]));
	if (i < s->all.n)
		text_wrapf(out, "", INDENT, "and %zu more stacks", s->all.n - i);
	if (s->other)
		text_wrapf(out, "", INDENT,
			   "%zu freed that had been allocated before the trace began",
			   s->other);
}

static void memory(FILE *out, const struct facts *f)
{
	const struct text_facts *t = f->text;
	size_t i;

	if (t->memory.nmeminfos)
		text_wrap(out, "MEMORY", INDENT, told_meminfo_words(f, 0));
	if (t->memory.nmeminfos > 1)
		text_wrap(out, "", INDENT, told_meminfo_words(f, 1));
	for (i = 0; i < t->growths.all.n && i < CACHES_SHOWN; i++)
		text_wrap(out, i ? "" : "SLABS", INDENT,
			  told_growth_words(f, &t->growths.all.v[i]));
	if (i < t->growths.all.n)
		text_wrapf(out, "", INDENT, "and %zu more", t->growths.all.n - i);
	if (t->growths.one_sided)
		text_wrapf(out, i ? "" : "SLABS", INDENT,
			   "%zu cache%s only in one of the two tables: what grew of "
			   "them is not known",
			   t->growths.one_sided,
			   t->growths.one_sided == 1 ? " is" : "s are");
}

void text_told(FILE *out, const struct facts *f)
{
	hung(out, f);
	cpus(out, f);
	works(out, f);
	kmemleak(out, f);
	traced(out, f);
	memory(out, f);
}
