// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The wait graph: each root at the top of its tree, and below it who waits for it.  A tree
 * of rows is as wide as the page, however many wait for one thing.
 */
#include <string.h>

#include "html_writer.h"
#include "svg.h"
#include "triage_words.h"

#define WIDTH 720
#define ROW 46
#define BOX 38
#define INDENT 22
#define DEEPEST 16 /* what is deeper stands below the others of that depth */

static int column(const struct tree_row *row)
{
	size_t depth = row->e ? row->depth + 1 : 0;

	return 2 + INDENT * (int)(depth < DEEPEST ? depth : DEEPEST);
}

/* Up to the box of what it waits for. */
static void edge(FILE *out, int from_y, int to_y, int x)
{
	int trunk = x - INDENT + 10;

	html_markup(out, "<path class=\"edge\" d=\"M%d %dH%dV%d\"/>", x, from_y, trunk,
		    to_y + 6);
	html_markup(out, "<path class=\"head\" d=\"M%d %dh10l-5-7z\"/>\n", trunk - 5,
		    to_y + 8);
}

static const char *name_of(const struct facts *f, const struct tree_row *row)
{
	const struct task *t = row->node->task;
	const char *name = t ? arena_printf(f->arena, "%s, pid %d", t->comm, t->pid)
			     : row->node->title;

	if (row->mark == TREE_ROOT)
		return arena_printf(f->arena, "ROOT  %s", name);
	if (row->mark == TREE_CYCLE)
		return arena_printf(f->arena, "CIRCLE  %s", name);
	return arena_printf(f->arena, "%s%s", name, tree_row_more(f, row));
}

static const char *state_of(const struct facts *f, const struct tree_row *row)
{
	const struct task *t = row->node->task;
	const char *state = t ? task_state_words(f, t) : node_kind_name(row->node->kind);

	return row->e ? arena_printf(f->arena, "%s: %s", state, row->e->why) : state;
}

static enum svg_role role_of(const struct tree_row *row)
{
	const struct task *t = row->node->task;

	if (!row->e)
		return SVG_ROOT;
	return t && !t->on_cpu && !t->on_rq && t->since_s >= STUCK_S ? SVG_VICTIM
								     : SVG_BETWEEN;
}

void svg_tree(FILE *out, const struct facts *f, const struct graph_tree *t, size_t rows)
{
	int bottom[TREE_DEPTH_MAX + 2] = {0}; /* of the last box of each depth */
	const struct tree_row *row;
	size_t i, depth;
	int x, y;

	svg_begin(out, WIDTH, (int)rows * ROW + 4,
		  arena_printf(f->arena,
			       "Wait graph of %zu rows: below each root who "
			       "waits for it",
			       rows));
	for (i = 0; i < rows; i++) {
		row = &t->rows.v[i];
		depth = row->e ? row->depth + 1 : 0;
		x = column(row);
		y = 2 + (int)i * ROW;
		if (row->e)
			edge(out, y + BOX / 2, bottom[depth - 1], x);
		svg_box(out, role_of(row), x, y, WIDTH - x - 2, BOX);
		svg_text(out, SVG_STRONG, x + 14, y + 16, WIDTH - x - 24,
			 name_of(f, row));
		svg_text(out, SVG_SMALL, x + 14, y + 31, WIDTH - x - 24,
			 state_of(f, row));
		bottom[depth] = y + BOX;
	}
	svg_end(out);
}
