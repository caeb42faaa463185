// SPDX-License-Identifier: GPL-2.0-or-later
#include "graph_tree.h"

#include <string.h>

#include "alike.h"
#include "spelling.h"
#include "text_writer.h"
#include "triage_words.h"

struct tree {
	struct graph_tree *made;
	struct arena *arena;
	const struct graph *g;
	struct waiters {
		VEC(const struct edge *) in;
		uint64_t
			shape; /* the same for those that look the same, with all below */
		bool process;  /* it or one below is no kernel thread */
		bool drawn, shaped;
		const struct node *as; /* another one, that stands for it */
	} * of;			       /* by the node's place */
	const struct facts *f;
	bool each;
};

static struct waiters *waiters_of(const struct tree *t, const struct node *n)
{
	return &t->of[n->place];
}

static bool is_first_wait(const struct edge *e)
{
	return e->from->out.v[0] == e;
}

void tree_node_words(char *buf, size_t size, const struct node *n)
{
	const struct task *t = n->task;

	if (!t)
		snprintf(buf, size, "%s", n->title);
	else
		snprintf(buf, size, "%s, pid %d: %s for %s", t->comm, t->pid,
			 doing_words(t), text_seconds(t->since_s));
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

/* NOLINTNEXTLINE(misc-no-recursion): no deeper than TREE_DEPTH_MAX */
static void find_shape(struct tree *t, const struct node *n, size_t depth)
{
	struct waiters *w = waiters_of(t, n), *below;
	size_t i;

	w->shaped = true;
	w->process = n->task && !n->task->kthread;
	w->shape = own_shape(t, n);
	for (i = 0; i < w->in.n && depth + 1 < TREE_DEPTH_MAX; i++) {
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

static enum tree_mark mark_of(const struct tree *t, const struct edge *e, size_t depth)
{
	if (!is_first_wait(e))
		return TREE_ELSEWHERE;
	if (waiters_of(t, e->from)->drawn)
		return TREE_CLOSES;
	return depth + 1 == TREE_DEPTH_MAX && waiters_of(t, e->from)->in.n ? TREE_DEEPER
									   : TREE_WAITS;
}

static void add_row(struct tree *t, struct tree_row row)
{
	*vec_push(t->arena, &t->made->rows) = row;
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
/* NOLINTNEXTLINE(misc-no-recursion): no deeper than TREE_DEPTH_MAX */
static void stand_for(struct tree *t, const struct node *as, const struct node *n,
		      size_t depth)
{
	struct waiters *w = waiters_of(t, n), *x = waiters_of(t, as);
	size_t i;

	w->as = as;
	w->drawn = true;
	if (depth + 1 == TREE_DEPTH_MAX)
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
/* NOLINTNEXTLINE(misc-no-recursion): no deeper than TREE_DEPTH_MAX */
static void draw(struct tree *t, const struct node *n, size_t depth)
{
	struct kinds kinds = {0};
	struct tree_row row = {.depth = depth};
	size_t i;

	find_kinds(t, waiters_of(t, n), &kinds);
	for (i = 0; i < kinds.all.n; i++) {
		row.e = kinds.all.v[i].e;
		row.node = row.e->from;
		row.others = kinds.all.v[i].others;
		row.mark = mark_of(t, row.e, depth);
		row.last = i + 1 == kinds.all.n;
		add_row(t, row);
		if (row.mark != TREE_WAITS)
			continue;
		waiters_of(t, row.node)->drawn = true;
		draw(t, row.node, depth + 1);
	}
}

static void root(struct tree *t, const struct node *n, enum tree_mark mark)
{
	add_row(t, (struct tree_row){.mark = mark, .node = n, .last = true});
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
			root(t, g->nodes.v[i], TREE_ROOT);
	for (i = 0; i < g->nodes.n; i++)
		if (g->nodes.v[i]->in_circle && !waiters_of(t, g->nodes.v[i])->drawn)
			root(t, g->nodes.v[i], TREE_CYCLE);
}

/* Who stands for n in the end: n itself, where nobody does. */
static const struct node *drawn_as(const struct tree *t, const struct node *n)
{
	size_t i;

	for (i = 0; i < t->g->nodes.n && waiters_of(t, n)->as; i++)
		n = waiters_of(t, n)->as;
	return n;
}

void graph_tree_make(struct graph_tree *made, const struct facts *f,
		     const struct graph *g, bool each)
{
	struct tree t = {.made = made, .arena = f->arena, .g = g, .f = f, .each = each};
	size_t i, n = g->nodes.n + 1;

	memset(made, 0, sizeof(*made));
	trees(&t);
	made->as = arena_alloc(f->arena, n * sizeof(const struct node *));
	made->others = arena_alloc(f->arena, n * sizeof(*made->others));
	for (i = 0; i < g->nodes.n; i++) {
		made->as[i] = drawn_as(&t, g->nodes.v[i]);
		made->others[made->as[i]->place] += made->as[i] != g->nodes.v[i];
	}
}

const char *tree_row_more(const struct facts *f, const struct tree_row *row)
{
	const char *more = "", *mark = "";

	if (row->others)
		more = arena_printf(f->arena, ", and %zu more like it", row->others);
	if (row->mark == TREE_ELSEWHERE)
		mark = arena_printf(f->arena, " (drawn under %s)",
				    row->node->out.v[0]->to->title);
	else if (row->mark == TREE_CLOSES)
		mark = " (here the circle closes)";
	else if (row->mark == TREE_DEEPER)
		mark = arena_printf(f->arena, " (more below it: %s)",
				    own_command(f, "graph -d"));
	return arena_printf(f->arena, "%s%s", more, mark);
}

/* Where a circle closes the row that it began with says what the task does. */
static void row_words(char *buf, size_t size, const struct tree_row *row)
{
	const struct task *t = row->node->task;

	if (t && row->mark == TREE_CLOSES)
		snprintf(buf, size, "%s, pid %d", t->comm, t->pid);
	else
		tree_node_words(buf, size, row->node);
}

const char *tree_row_line(const struct facts *f, const struct tree_row *row,
			  bool last[TREE_DEPTH_MAX])
{
	char words[256], branch[3 * TREE_DEPTH_MAX + 1] = "";
	size_t k;

	row_words(words, sizeof(words), row);
	if (!row->e)
		return arena_printf(f->arena, "%s %s",
				    row->mark == TREE_ROOT ? "ROOT" : "CYCLE", words);
	for (k = 0; k < row->depth; k++)
		memcpy(branch + 3 * k, last[k] ? "   " : "|  ", 4);
	last[row->depth] = row->last;
	return arena_printf(f->arena, "%s+- %s%s", branch, words, tree_row_more(f, row));
}
