// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `vgpu hung -f` and `-w`: blocked stacks in folded form, for flamegraph tools.
 *
 * What bcc's offcputime -f and offwaketime -f print on a live machine: one line a
 * stack, from the task's name outwards in, and the time in microseconds.  With the
 * waker: "--", the stack of the task that would have to wake it, innermost first,
 * and its name, so that the two stacks meet in the middle.
 */
#define _GNU_SOURCE /* open_memstream() */
#include "report.h"

#include <stdlib.h>
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

static void stack(FILE *out, const struct facts *f, const struct graph *g,
		  const struct studied *st, bool with_waker)
{
	const struct node *n = graph_task(g, st->task);
	const struct task *w = with_waker && n ? waker_of(n) : NULL;
	size_t k;

	name(out, st->task->comm);
	for (k = st->stack.n; k-- > 0;)
		function(out, &st->stack.v[k]);
	if (w)
		waker(out, f, w);
}

static void weight(FILE *out, double seconds)
{
	fprintf(out, " %.0f\n", seconds > 0 ? seconds * 1e6 : 0);
}

void text_folded(FILE *out, const struct facts *f, const struct graph *g, bool with_waker)
{
	size_t i;

	for (i = 0; i < f->nblocked; i++) {
		stack(out, f, g, f->studied.v[i], with_waker);
		weight(out, f->studied.v[i]->task->since_s);
	}
}

/* ---- of many looks --------------------------------------------------------------- */

/* In the memory of all looks; NULL: there is none. */
static const char *stack_text(const struct folded *all, const struct facts *f,
			      const struct graph *g, const struct studied *st)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	const char *kept;

	if (!out)
		return NULL;
	stack(out, f, g, st, all->with_waker);
	kept = fclose(out) ? NULL : arena_printf(all->arena, "%s", text);
	free(text);
	return kept;
}

static struct folded_stack *folded_of(struct folded *all, int pid, const char *text)
{
	struct folded_stack *s;
	size_t i;

	for (i = 0; i < all->stacks.n; i++) {
		s = &all->stacks.v[i];
		if (s->pid == pid && !strcmp(s->text, text))
			return s;
	}
	if (all->stacks.n == FOLDED_MAX)
		return NULL;
	s = vec_push(all->arena, &all->stacks);
	*s = (struct folded_stack){.pid = pid, .text = text};
	return s;
}

void folded_add(struct folded *all, const struct facts *f, const struct graph *g,
		double seconds)
{
	const struct studied *st;
	struct folded_stack *s;
	const char *text;
	size_t i;

	for (i = 0; i < f->nblocked; i++) {
		st = f->studied.v[i];
		text = stack_text(all, f, g, st);
		s = text ? folded_of(all, st->task->pid, text) : NULL;
		if (!s)
			all->left_out++;
		else if (st->task->since_s > 0)
			s->seconds += st->task->since_s < seconds ? st->task->since_s
								  : seconds;
	}
}

void text_folded_all(FILE *out, const struct folded *all)
{
	size_t i;

	for (i = 0; i < all->stacks.n; i++) {
		fputs(all->stacks.v[i].text, out);
		weight(out, all->stacks.v[i].seconds);
	}
}
