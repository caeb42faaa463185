// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu graph`: the wait graph as a tree of victims under each root, and for dot. */
#include "report.h"

#include <string.h>

#include "graph_tree.h"
#include "text_writer.h"
#include "triage_words.h"

/* No branch runs beside a root: what is long goes on below it. */
static void row(FILE *out, const struct facts *f, const struct tree_row *r,
		bool last[TREE_DEPTH_MAX])
{
	const char *line = tree_row_line(f, r, last), *mark;
	size_t n = strcspn(line, " ");

	if (r->e || !line[n]) {
		fprintf(out, "%s\n", line);
		return;
	}
	mark = arena_printf(f->arena, "%.*s", (int)n, line);
	text_wrap(out, mark, (unsigned int)n + 1, line + n + 1);
}

void text_graph(FILE *out, const struct facts *f, const struct graph *g, bool each)
{
	bool last[TREE_DEPTH_MAX] = {false};
	struct graph_tree t;
	size_t i;

	if (!g->nodes.n)
		fprintf(out, "%s\n", none_blocked_words(f));
	graph_tree_make(&t, f, g, each);
	for (i = 0; i < t.rows.n; i++)
		row(out, f, &t.rows.v[i], last);
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

	tree_node_words(words, sizeof(words), n);
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

/* Edges that are drawn already, from each node by its place. */
struct drawn {
	VEC(const struct node *) to;
};

static bool is_drawn(const struct drawn *d, const struct node *to)
{
	size_t i;

	for (i = 0; i < d->to.n; i++)
		if (d->to.v[i] == to)
			return true;
	return false;
}

static void dot_edge(FILE *out, const char *from, const char *to, const char *why)
{
	fputs("  ", out);
	dot_string(out, from);
	fputs(" -> ", out);
	dot_string(out, to);
	fputs(" [label=", out);
	dot_string(out, why);
	fputs("];\n", out);
}

static void dot_edges(FILE *out, const struct facts *f, const struct graph *g,
		      const struct graph_tree *t, bool each)
{
	struct drawn *drawn = arena_alloc(f->arena, (g->nodes.n + 1) * sizeof(*drawn));
	const struct node *from, *to;
	size_t i;

	for (i = 0; i < g->edges.n; i++) {
		from = t->as[g->edges.v[i]->from->place];
		to = t->as[g->edges.v[i]->to->place];
		if (!each) { /* else no two are between the same */
			if (is_drawn(&drawn[from->place], to))
				continue;
			*vec_push(f->arena, &drawn[from->place].to) = to;
		}
		dot_edge(out, from->id, to->id, g->edges.v[i]->why);
	}
}

void dot_graph(FILE *out, const struct facts *f, const struct graph *g, bool each)
{
	const struct node *n;
	struct graph_tree t;
	size_t i;

	graph_tree_make(&t, f, g, each);
	fputs("digraph vgpu {\n  rankdir=TB;\n  node [fontname=sans];\n"
	      "  edge [fontname=sans, fontsize=10];\n",
	      out);
	for (i = 0; i < g->nodes.n; i++) {
		n = g->nodes.v[i];
		if (t.as[i] == n)
			dot_node(out, n, t.others[i], !n->out.n || n->in_circle);
	}
	dot_edges(out, f, g, &t, each);
	fputs("}\n", out);
}
