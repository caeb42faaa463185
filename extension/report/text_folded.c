// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `vgpu hung -f` and `-w`: blocked stacks in folded form, for flamegraph tools.
 *
 * What bcc's offcputime -f and offwaketime -f print on a live machine: one line a
 * stack, from the task's name outwards in, and the time in microseconds.  With the
 * waker: "--", the stack of the task that would have to wake it, innermost first,
 * and its name, so that the two stacks meet in the middle.
 */
#include "report.h"

#include <string.h>

/* ';' and ' ' separate; a name from the dump may hold both. */
static void name(FILE *out, const char *s)
{
	for (; *s; s++)
		fputc(*s == ';' || *s == ' ' ? '_' : *s, out);
}

static void function(FILE *out, const struct frame *fr)
{
	fputc(';', out);
	name(out, fr->function[0] ? fr->function : "[unknown]");
}

/* The first task along the chain: it, or who comes after it, does the waking. */
static const struct task *waker_of(const struct node *n)
{
	size_t steps;

	for (steps = 0; steps < 64 && n->out.n; steps++) {
		n = n->out.v[0]->to;
		if (n->task)
			return n->task;
	}
	return NULL;
}

static void waker(FILE *out, const struct facts *f, const struct task *t)
{
	const struct studied *st = facts_studied(f, t);
	size_t i;

	fputs(";--", out);
	for (i = 0; st && i < st->stack.n; i++)
		function(out, &st->stack.v[i]);
	fputc(';', out);
	name(out, t->comm);
}

void text_folded(FILE *out, const struct facts *f, const struct graph *g, bool with_waker)
{
	const struct studied *st;
	const struct task *w;
	const struct node *n;
	size_t i, k;

	for (i = 0; i < f->nblocked; i++) {
		st = f->studied.v[i];
		n = graph_task(g, st->task);
		name(out, st->task->comm);
		for (k = st->stack.n; k-- > 0;)
			function(out, &st->stack.v[k]);
		w = with_waker && n ? waker_of(n) : NULL;
		if (w)
			waker(out, f, w);
		fprintf(out, " %.0f\n",
			st->task->since_s > 0 ? st->task->since_s * 1e6 : 0);
	}
}
