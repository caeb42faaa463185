// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu hung`. */
#include "report.h"

#include "alike.h"
#include "asked_words.h"
#include "spelling.h"
#include "text_writer.h"
#include "triage_words.h"

#define CHAIN_MAX 256 /* nodes: of a longer one the root is shown at once */

static void further(FILE *out, const char *how, const struct node *n)
{
	char pid[40] = "";

	if (n->task)
		snprintf(pid, sizeof(pid), ", pid %d%s", n->task->pid,
			 n->task->on_cpu ? ", which runs" : "");
	text_wrapf(out, "", 41, "-> %s%s%s", how, n->title, pid);
}

/* Behind the thing that is waited for: the next task, and where the chain ends. */
static void chain_behind(FILE *out, const struct node *n, const struct chain *c)
{
	size_t next = 2, end = c->n - 1;

	if (c->n <= next)
		return;
	while (next < end && !c->v[next]->task)
		next++;
	further(out, next > 2 ? "... " : "", c->v[next]);
	if (c->n == CHAIN_MAX)
		further(out, "... ", n->root);
	else if (end > next)
		further(out, end > next + 1 ? "... " : "", c->v[end]);
	if (c->cycle < c->n)
		further(out, "and back to ", c->v[c->cycle]);
}

/* c: the chain of the row before, whose memory is used again. */
static void hung_row(FILE *out, struct arena *a, const struct studied *st,
		     struct graph *g, struct chain *c)
{
	const char *asked = asked_short(a, &st->asked);
	struct node *n = graph_task(g, st->task);
	const struct wait *w = &st->wait;
	char object[176] = "";

	if (w->barrier && w->barrier->target && w->barrier->target->function[0])
		snprintf(object, sizeof(object), " %s", w->barrier->target->function);
	else if (w->symbol)
		snprintf(object, sizeof(object), " %s", w->symbol);
	else if (w->object)
		snprintf(object, sizeof(object), " 0x%llx", HEX(w->object));
	text_wrapf(out,
		   arena_printf(a, "%7d  %-16s %c %11s  ", st->task->pid, st->task->comm,
				st->task->state_letter, text_seconds(st->task->since_s)),
		   41, "%s%s", wait_kind_name(w->kind), object);
	if (w->why)
		text_wrapf(out, "", 41, "(%s)", w->why);
	if (asked)
		text_wrapf(out, "", 41, "in %s", asked);
	if (n && n->out.n)
		text_wrapf(out, "", 41, "-> %s: %s", n->out.v[0]->to->title,
			   n->out.v[0]->why);
	if (!n)
		return;
	graph_chain(g, n, CHAIN_MAX, c);
	chain_behind(out, n, c);
}

static const struct node *waits_for(const struct graph *g, const struct task *t)
{
	const struct node *n = graph_task(g, t);

	return n && n->out.n ? n->out.v[0]->to : NULL;
}

void hung_alike(const struct facts *f, const struct graph *g, struct alikes *groups)
{
	struct alike_task *v = arena_alloc(f->arena, (f->nblocked + 1) * sizeof(*v));
	size_t i;

	for (i = 0; i < f->nblocked; i++) {
		v[i].task = f->studied.v[i]->task;
		v[i].stack = &f->studied.v[i]->stack;
		v[i].waits = waits_for(g, v[i].task);
	}
	alikes_make(f->arena, v, f->nblocked, groups);
}

static void group(FILE *out, const struct facts *f, struct graph *g, struct chain *c,
		  const struct alike *x)
{
	hung_row(out, f->arena, facts_studied(f, x->all.v[0]->task), g, c);
	if (x->all.n > 1)
		text_wrapf(out, "         and", 13,
			   "%zu more with this stack and wait, blocked for %s to %s: pid "
			   "%s (%s lists each)",
			   x->all.n - 1, text_seconds(x->least_s),
			   text_seconds(x->most_s), alike_others(f->arena, x),
			   own_command(f, "hung -v"));
}

void text_hung(FILE *out, const struct facts *f, struct graph *g, bool each)
{
	struct alikes groups;
	struct chain c = {0};
	size_t i;

	if (!f->nblocked) {
		fprintf(out, "%s\n", none_blocked_words(f));
		text_notes(out, f);
		return;
	}
	fprintf(out, "%7s  %-16s S %11s  %s\n", "PID", "COMMAND", "BLOCKED", "WAITS FOR");
	hung_alike(f, g, &groups);
	for (i = 0; each && i < f->nblocked; i++)
		hung_row(out, f->arena, f->studied.v[i], g, &c);
	for (i = 0; !each && i < groups.all.n; i++)
		group(out, f, g, &c, &groups.all.v[i]);
	text_notes(out, f);
}
