// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu graph`: the wait graph as a tree of victims under each root, and for dot. */
#include "report.h"

#include <string.h>

#include "text_writer.h"

/* Deeper than any chain of locks that a person would follow. */
#define DEPTH_MAX 40

struct tree {
	FILE *out;
	const struct graph *g;
	bool last[DEPTH_MAX]; /* at each depth: nothing follows in that branch */
	unsigned char *shown; /* by place in g->nodes */
};

static size_t place_of(const struct graph *g, const struct node *n)
{
	size_t i;

	for (i = 0; i < g->nodes.n; i++)
		if (g->nodes.v[i] == n)
			break;
	return i;
}

static void node_words(char *buf, size_t size, const struct node *n)
{
	const struct task *t = n->task;

	if (!t)
		snprintf(buf, size, "%s", n->name);
	else
		snprintf(buf, size, "%s, pid %d: %s for %s", t->comm, t->pid,
			 t->on_cpu  ? "running"
			 : t->on_rq ? "runnable"
				    : "asleep",
			 text_seconds(t->since_s));
}

/* Those that wait for n, one line each, and below each those that wait for it. */
/* NOLINTNEXTLINE(misc-no-recursion): no deeper than DEPTH_MAX */
static void waiters(struct tree *t, const struct node *n, size_t depth)
{
	const struct edge *e, *last = NULL;
	char words[256];
	size_t i, k;

	for (i = 0; i < t->g->edges.n; i++)
		if (t->g->edges.v[i]->to == n)
			last = t->g->edges.v[i];
	for (i = 0; i < t->g->edges.n; i++) {
		e = t->g->edges.v[i];
		if (e->to != n)
			continue;
		t->last[depth] = e == last;
		for (k = 0; k < depth; k++)
			fputs(t->last[k] ? "   " : "|  ", t->out);
		node_words(words, sizeof(words), e->from);
		fprintf(t->out, "+- %s\n", words);
		k = place_of(t->g, e->from);
		if (t->shown[k] || depth + 1 == DEPTH_MAX)
			continue; /* a circle, or a second way to it */
		t->shown[k] = 1;
		waiters(t, e->from, depth + 1);
	}
}

static void root(struct tree *t, const struct node *n, const char *what)
{
	char words[256];

	node_words(words, sizeof(words), n);
	fprintf(t->out, "%s %s\n", what, words);
	t->shown[place_of(t->g, n)] = 1;
	waiters(t, n, 0);
}

void text_graph(FILE *out, const struct facts *f, const struct graph *g)
{
	struct tree t = {.out = out, .g = g};
	size_t i;

	t.shown = arena_alloc(f->arena, g->nodes.n + 1);
	if (!g->nodes.n)
		fprintf(out, "no task is in uninterruptible sleep\n");
	for (i = 0; i < g->nodes.n; i++)
		if (!g->nodes.v[i]->out.n)
			root(&t, g->nodes.v[i], "ROOT");
	/* What no sink leads back to waits in a circle. */
	for (i = 0; i < g->nodes.n; i++)
		if (!t.shown[i])
			root(&t, g->nodes.v[i], "CYCLE");
	text_notes(out, f);
}

/* ---- dot ----------------------------------------------------------------- */

/* A dot string: names were escaped for printing, quotes and backslashes were not. */
static void dot_string(FILE *out, const char *s)
{
	fputc('"', out);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', out);
		fputc(*s, out);
	}
	fputc('"', out);
}

static void dot_node(FILE *out, const struct node *n)
{
	char words[256];

	node_words(words, sizeof(words), n);
	fputs("  ", out);
	dot_string(out, n->id);
	fputs(" [label=", out);
	dot_string(out, words);
	fprintf(out, ", shape=%s%s];\n", n->task ? "box" : "ellipse",
		n->out.n ? "" : ", style=bold");
}

void dot_graph(FILE *out, const struct graph *g)
{
	size_t i;

	fputs("digraph vgpu {\n  rankdir=LR;\n  node [fontname=sans];\n"
	      "  edge [fontname=sans, fontsize=10];\n",
	      out);
	for (i = 0; i < g->nodes.n; i++)
		dot_node(out, g->nodes.v[i]);
	for (i = 0; i < g->edges.n; i++) {
		fputs("  ", out);
		dot_string(out, g->edges.v[i]->from->id);
		fputs(" -> ", out);
		dot_string(out, g->edges.v[i]->to->id);
		fputs(" [label=", out);
		dot_string(out, g->edges.v[i]->why);
		fputs("];\n", out);
	}
	fputs("}\n", out);
}
