// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu hung`, `vgpu bt`. */
#include "report.h"

#include <string.h>

#include "annotate.h"
#include "text_writer.h"

#define HEX(x) ((unsigned long long)(x))

/* The last task along the chain, if it is not the victim: whom it waits on. */
static const struct node *waits_on(const struct node *n)
{
	const struct node *last = NULL;
	size_t steps;

	/* A chain may be a circle: no more steps than anyone would read. */
	for (steps = 0; steps < 64 && n->out.n; steps++) {
		n = n->out.v[0]->to;
		if (n->task)
			last = n;
	}
	return last;
}

static void hung_row(FILE *out, const struct studied *st, const struct graph *g)
{
	const struct node *n = graph_task(g, st->task), *on = n ? waits_on(n) : NULL;
	const struct wait *w = &st->wait;
	char object[176] = "";

	if (w->symbol[0])
		snprintf(object, sizeof(object), " %s", w->symbol);
	else if (w->object)
		snprintf(object, sizeof(object), " 0x%llx", HEX(w->object));
	fprintf(out, "%7d  %-16s %c %11s  %s%s\n", st->task->pid, st->task->comm,
		st->task->state_letter, text_seconds(st->task->since_s),
		wait_kind_name(w->kind), object);
	if (w->why)
		text_wrapf(out, "", 41, "(%s)", w->why);
	if (n && n->out.n)
		text_wrapf(out, "", 41, "-> %s: %s", n->out.v[0]->to->name,
			   n->out.v[0]->why);
	if (on)
		text_wrapf(out, "", 41, "-> ... %s, pid %d%s", on->name, on->task->pid,
			   on->task->on_cpu ? ", which runs" : "");
}

void text_hung(FILE *out, const struct facts *f, const struct graph *g)
{
	size_t i;

	if (!f->nblocked) {
		fprintf(out, "no task is in uninterruptible sleep\n");
		text_notes(out, f);
		return;
	}
	fprintf(out, "%7s  %-16s S %11s  %s\n", "PID", "COMMAND", "BLOCKED", "WAITS FOR");
	for (i = 0; i < f->nblocked; i++)
		hung_row(out, f->studied.v[i], g);
	text_notes(out, f);
}

static void frame(FILE *out, size_t i, const struct frame *fr)
{
	const char *what = fr->function[0] ? annotate(fr->function) : NULL;
	char place[256];
	int n;

	n = snprintf(place, sizeof(place), "%s+0x%llx",
		     fr->function[0] ? fr->function : "?", HEX(fr->offset));
	if (fr->module[0] && n > 0 && (size_t)n < sizeof(place))
		snprintf(place + n, sizeof(place) - (size_t)n, " [%s]", fr->module);
	if (fr->kind == FRAME_INTERRUPT)
		fprintf(out, "      --- interrupted (registers at 0x%llx) ---\n",
			HEX(fr->regs));
	/* A long name takes its line, what it does goes below. */
	if (what && strlen(place) <= 33 && strlen(what) <= 40)
		fprintf(out, " #%-3zu %-33s %s\n", i, place, what);
	else if (what)
		fprintf(out, " #%-3zu %s\n%15s- %s\n", i, place, "", what);
	else
		fprintf(out, " #%-3zu %s\n", i, place);
}

void text_stack(FILE *out, const struct task *t, const struct stack *s)
{
	size_t i;

	fprintf(out, "PID %d  TASK 0x%llx  CPU %d  %c  \"%s\"  %s %s\n", t->pid,
		HEX(t->addr), t->cpu, t->state_letter, t->comm,
		t->on_cpu  ? "running for"
		: t->on_rq ? "runnable for"
			   : "asleep for",
		text_seconds(t->since_s));
	for (i = 0; i < s->n; i++)
		frame(out, i, &s->v[i]);
	if (s->user)
		fprintf(out, "      (user mode)\n");
	if (!s->complete)
		text_wrapf(out, "", 6, "(the stack ends here: %s)",
			   s->why ? s->why : "?");
}
