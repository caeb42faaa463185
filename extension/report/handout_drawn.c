// SPDX-License-Identifier: GPL-2.0-or-later
/* What people look at before they read: when it happened, and who waits for whom. */
#include "handout.h"

#include "spelling.h"
#include "svg.h"
#include "text_writer.h"

#define ROWS_MAX 60

/* ---- the timeline ---------------------------------------------------------------------- */

bool handout_has_timeline(const struct handout *h)
{
	struct timeline t;

	timeline_make(&t, h->f, h->t);
	return t.all.n > 1;
}

void handout_timeline(struct handout *h)
{
	FILE *out = sheet_figure(&h->sheet, "When it happened, before the end");
	struct timeline t;
	size_t i;

	timeline_make(&t, h->f, h->t);
	if (out)
		svg_timeline(out, h->f, &t);
	sheet_block(&h->sheet, BLOCK_FOLDED, "The same in words");
	for (i = 0; i < t.all.n; i++)
		sheet_line(&h->sheet, "%s%s: %s", text_seconds(t.all.v[i].ago_s),
			   t.all.v[i].lasts ? " before the end and since"
					    : " before the end",
			   t.all.v[i].what);
}

/* ---- the wait graph --------------------------------------------------------------------- */

bool handout_has_graph(const struct handout *h)
{
	return h->t->graph.nodes.n > 0;
}

void handout_graph(struct handout *h)
{
	FILE *out = sheet_figure(&h->sheet,
				 "Below each root who waits for it; those that "
				 "do the same are one");
	bool last[TREE_DEPTH_MAX] = {false};
	struct graph_tree t;
	size_t i, rows;

	graph_tree_make(&t, h->f, &h->t->graph, false);
	rows = lesser(t.rows.n, ROWS_MAX);
	if (out)
		svg_tree(out, h->f, &t, rows);
	sheet_block(&h->sheet, BLOCK_FOLDED, "The same in words");
	for (i = 0; i < rows; i++)
		sheet_line(&h->sheet, "%s", tree_row_line(h->f, &t.rows.v[i], last));
	sheet_more(&h->sheet, t.rows.n - rows, own_command(h->f, "graph"));
}
