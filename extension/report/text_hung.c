// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu hung`. */
#include "report.h"

#include "text_writer.h"

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
