// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu hung`, `vgpu bt`. */
#include "report.h"

#include <string.h>

#include "annotate.h"
#include "text_writer.h"

#define HEX(x) ((unsigned long long)(x))

static void further(FILE *out, const char *how, const struct node *n)
{
	char pid[40] = "";

	if (n->task)
		snprintf(pid, sizeof(pid), ", pid %d%s", n->task->pid,
			 n->task->on_cpu ? ", which runs" : "");
	text_wrapf(out, "", 41, "-> %s%s%s", how, n->name, pid);
}

/* Behind the thing that is waited for: the next task, and where the chain ends. */
static void chain_behind(FILE *out, struct graph *g, struct node *from)
{
	size_t next = 2, end;
	struct chain c;

	graph_chain(g, from, &c);
	if (c.n <= next)
		return;
	end = c.n - 1;
	while (next < end && !c.v[next]->task)
		next++;
	further(out, next > 2 ? "... " : "", c.v[next]);
	if (end > next)
		further(out, end > next + 1 ? "... " : "", c.v[end]);
	if (c.cycle < c.n)
		further(out, "and back to ", c.v[c.cycle]);
}

static void hung_row(FILE *out, const struct studied *st, struct graph *g)
{
	struct node *n = graph_task(g, st->task);
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
	if (n)
		chain_behind(out, g, n);
}

void text_hung(FILE *out, const struct facts *f, struct graph *g)
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
