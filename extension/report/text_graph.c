// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu graph`: the wait graph as a tree of victims under each root, and for dot. */
#include "report.h"

#include <string.h>

#include "alike.h"
#include "spelling.h"
#include "text_writer.h"

/* Deeper than any chain of locks that a person would follow. */
#define DEPTH_MAX 40

/*
 * Each node is drawn once: below what it waits for first, as a verdict's chain goes.  Of
 * those that wait for the same and look the same one stands for all.
 */
struct tree {
	FILE *out; /* NULL: nothing is written */
	struct arena *arena;
	const struct graph *g;
	struct waiters {
		VEC(const struct edge *) in;
		uint64_t
			shape; /* the same for those that look the same, with all below */
		bool process;  /* it or one below is no kernel thread */
		bool drawn, shaped;
		const struct node *as;	     /* another one, that stands for it */
		size_t others;		     /* that it stands for; of dot */
		VEC(const struct node *) to; /* edges that dot has drawn */
	} * of;				     /* by the node's place */
	const struct facts *f;
	bool each;
	bool last[DEPTH_MAX]; /* at each depth: nothing follows in that branch */
};

static struct waiters *waiters_of(const struct tree *t, const struct node *n)
{
	return &t->of[n->place];
}

static bool is_first_wait(const struct edge *e)
{
	return e->from->out.v[0] == e;
}

static void node_words(char *buf, size_t size, const struct node *n)
{
	const struct task *t = n->task;

	if (!t)
		snprintf(buf, size, "%s", n->title);
	else
		snprintf(buf, size, "%s, pid %d: %s for %s", t->comm, t->pid,
			 t->on_cpu  ? "running"
			 : t->on_rq ? "runnable"
				    : "asleep",
			 text_seconds(t->since_s));
}

/* ---- what looks the same ---------------------------------------------------- */

static uint64_t own_shape(const struct tree *t, const struct node *n)
{
	const struct studied *st = n->task ? facts_studied(t->f, n->task) : NULL;

	if (t->each)
		return alike_number(0, n->place);
	if (n->task)
		return alike_hash(n->task, st ? &st->stack : NULL);
	return alike_words(alike_number(0, n->kind), n->title);
}

/* NOLINTNEXTLINE(misc-no-recursion): no deeper than DEPTH_MAX */
static void find_shape(struct tree *t, const struct node *n, size_t depth)
{
	struct waiters *w = waiters_of(t, n), *below;
	size_t i;

	w->shaped = true;
	w->process = n->task && !n->task->kthread;
	w->shape = own_shape(t, n);
	for (i = 0; i < w->in.n && depth + 1 < DEPTH_MAX; i++) {
		below = waiters_of(t, w->in.v[i]->from);
		if (!is_first_wait(w->in.v[i])) {
			w->shape = alike_words(w->shape, w->in.v[i]->from->title);
			continue;
		}
		if (!below->shaped)
			find_shape(t, w->in.v[i]->from, depth + 1);
		w->shape = alike_number(w->shape, below->shape);
		w->process |= below->process;
	}
}

/* ---- drawing ------------------------------------------------------------------ */

static uint64_t shape_of(const struct tree *t, const struct edge *e)
{
	return alike_number(waiters_of(t, e->from)->shape, is_first_wait(e));
}

static void line(struct tree *t, const struct edge *e, size_t depth, size_t others)
{
	const struct node *first = e->from->out.v[0]->to;
	char words[256];
	size_t k;

	for (k = 0; k < depth; k++)
		fputs(t->last[k] ? "   " : "|  ", t->out);
	node_words(words, sizeof(words), e->from);
	fprintf(t->out, "+- %s", words);
	if (others)
		fprintf(t->out, ", and %zu more like it", others);
	if (!is_first_wait(e))
		fprintf(t->out, " (drawn under %s)", first->title);
	else if (waiters_of(t, e->from)->drawn)
		fputs(" (here the circle closes)", t->out);
	else if (depth + 1 == DEPTH_MAX && waiters_of(t, e->from)->in.n)
		fprintf(t->out, " (more below it: %s)", own_command(t->f, "graph -d"));
	fputc('\n', t->out);
}

/* Those of n, one of each kind that looks the same, those with a process first. */
struct kinds {
	VEC(struct kind_of {
		const struct edge *e;
		uint64_t shape;
		size_t others;
	})
	all;
};

/* One that looks the same stands for n, and so do those below it for those below n. */
/* NOLINTNEXTLINE(misc-no-recursion): no deeper than DEPTH_MAX */
static void stand_for(struct tree *t, const struct node *as, const struct node *n,
		      size_t depth)
{
	struct waiters *w = waiters_of(t, n), *x = waiters_of(t, as);
	size_t i;

	w->as = as;
	w->drawn = true;
	if (depth + 1 == DEPTH_MAX)
		return;
	/* Where their shapes are equal, so are those below, in the same order. */
	for (i = 0; i < w->in.n && i < x->in.n; i++)
		if (is_first_wait(w->in.v[i]) && is_first_wait(x->in.v[i]) &&
		    waiters_of(t, w->in.v[i]->from)->shaped &&
		    shape_of(t, w->in.v[i]) == shape_of(t, x->in.v[i]) &&
		    !waiters_of(t, w->in.v[i]->from)->drawn)
			stand_for(t, x->in.v[i]->from, w->in.v[i]->from, depth + 1);
}

static void find_kinds(struct tree *t, const struct waiters *w, struct kinds *kinds)
{
	const struct edge *e;
	struct kind_of *kind;
	uint64_t shape;
	size_t i, k;
	int pass;

	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < w->in.n; i++) {
			e = w->in.v[i];
			if (waiters_of(t, e->from)->process == pass)
				continue;
			shape = shape_of(t, e);
			for (k = 0; k < kinds->all.n; k++)
				if (kinds->all.v[k].shape == shape)
					break;
			if (k < kinds->all.n) {
				kinds->all.v[k].others++;
				if (is_first_wait(e) && !waiters_of(t, e->from)->drawn)
					stand_for(t, kinds->all.v[k].e->from, e->from, 0);
				continue;
			}
			kind = vec_push(t->arena, &kinds->all);
			kind->e = e;
			kind->shape = shape;
		}
}

/* Those that wait for n, and below each those that wait for it. */
/* NOLINTNEXTLINE(misc-no-recursion): no deeper than DEPTH_MAX */
static void draw(struct tree *t, const struct node *n, size_t depth)
{
	struct waiters *below;
	struct kinds kinds = {0};
	const struct edge *e;
	size_t i;

	find_kinds(t, waiters_of(t, n), &kinds);
	for (i = 0; i < kinds.all.n; i++) {
		e = kinds.all.v[i].e;
		below = waiters_of(t, e->from);
		t->last[depth] = i + 1 == kinds.all.n;
		if (t->out)
			line(t, e, depth, kinds.all.v[i].others);
		if (!is_first_wait(e) || below->drawn || depth + 1 == DEPTH_MAX)
			continue;
		below->drawn = true;
		draw(t, e->from, depth + 1);
	}
}

static void root(struct tree *t, const struct node *n, const char *what)
{
	char words[256];

	node_words(words, sizeof(words), n);
	if (t->out)
		fprintf(t->out, "%s %s\n", what, words);
	waiters_of(t, n)->drawn = true;
	find_shape(t, n, 0);
	draw(t, n, 0);
}

static void trees(struct tree *t)
{
	const struct graph *g = t->g;
	size_t i;

	t->of = arena_alloc(t->arena, (g->nodes.n + 1) * sizeof(*t->of));
	for (i = 0; i < g->edges.n; i++)
		*vec_push(t->arena, &waiters_of(t, g->edges.v[i]->to)->in) =
			g->edges.v[i];
	for (i = 0; i < g->nodes.n; i++)
		if (!g->nodes.v[i]->out.n)
			root(t, g->nodes.v[i], "ROOT");
	for (i = 0; i < g->nodes.n; i++)
		if (g->nodes.v[i]->in_circle && !waiters_of(t, g->nodes.v[i])->drawn)
			root(t, g->nodes.v[i], "CYCLE");
}

void text_graph(FILE *out, const struct facts *f, const struct graph *g, bool each)
{
	struct tree t = {.out = out, .arena = f->arena, .g = g, .f = f, .each = each};

	if (!g->nodes.n)
		fprintf(out, "no task is in uninterruptible sleep\n");
	trees(&t);
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

/* A root stands out: all others wait for it. */
static void dot_node(FILE *out, const struct node *n, size_t others, bool root)
{
	char words[320];

	node_words(words, sizeof(words), n);
	if (others)
		snprintf(words + strlen(words), sizeof(words) - strlen(words),
			 ", and %zu more like it", others);
	fputs("  ", out);
	dot_string(out, n->id);
	fputs(" [label=", out);
	dot_string(out, words);
	fprintf(out, ", shape=%s%s];\n", n->task ? "box" : "ellipse",
		root ? ", peripheries=2, style=\"filled,bold\", fillcolor=\"#ffd9d0\""
		     : "");
}

/* Who stands for n in the end: n itself, where nobody does. */
static const struct node *drawn_as(const struct tree *t, const struct node *n)
{
	size_t i;

	for (i = 0; i < t->g->nodes.n && waiters_of(t, n)->as; i++)
		n = waiters_of(t, n)->as;
	return n;
}

static bool is_drawn(const struct tree *t, const struct node *from, const struct node *to)
{
	const struct waiters *w = waiters_of(t, from);
	size_t i;

	for (i = 0; i < w->to.n; i++)
		if (w->to.v[i] == to)
			return true;
	return false;
}

static void dot_edge(struct tree *t, FILE *out, const struct edge *e)
{
	const struct node *from = drawn_as(t, e->from), *to = drawn_as(t, e->to);

	if (!t->each) { /* else no two are between the same */
		if (is_drawn(t, from, to))
			return;
		*vec_push(t->arena, &waiters_of(t, from)->to) = to;
	}
	fputs("  ", out);
	dot_string(out, from->id);
	fputs(" -> ", out);
	dot_string(out, to->id);
	fputs(" [label=", out);
	dot_string(out, e->why);
	fputs("];\n", out);
}

void dot_graph(FILE *out, const struct facts *f, const struct graph *g, bool each)
{
	struct tree t = {.arena = f->arena, .g = g, .f = f, .each = each};
	const struct node *n;
	size_t i;

	trees(&t);
	for (i = 0; i < g->nodes.n; i++)
		if (waiters_of(&t, g->nodes.v[i])->as)
			waiters_of(&t, drawn_as(&t, g->nodes.v[i]))->others++;
	fputs("digraph vgpu {\n  rankdir=TB;\n  node [fontname=sans];\n"
	      "  edge [fontname=sans, fontsize=10];\n",
	      out);
	for (i = 0; i < g->nodes.n; i++) {
		n = g->nodes.v[i];
		if (!waiters_of(&t, n)->as)
			dot_node(out, n, waiters_of(&t, n)->others,
				 !n->out.n || n->in_circle);
	}
	for (i = 0; i < g->edges.n; i++)
		dot_edge(&t, out, g->edges.v[i]);
	fputs("}\n", out);
}
