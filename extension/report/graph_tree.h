/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wait graph as trees, one below each root: who waits for it, below each who waits for
 * that.  Each node is drawn once: below what it waits for first, as a verdict's chain goes.
 * Of those that wait for the same and look the same one stands for all.
 */
#ifndef VGPU_GRAPH_TREE_H
#define VGPU_GRAPH_TREE_H

#include "triage/graph.h"

/* Deeper than any chain of locks that a person would follow. */
#define TREE_DEPTH_MAX 40

enum tree_mark {
	TREE_ROOT,
	TREE_CYCLE,	/* the first of a circle that nothing else leads to */
	TREE_WAITS,	/* for the row above that is one less deep */
	TREE_ELSEWHERE, /* the same, and it is drawn below what it waits for first */
	TREE_CLOSES,	/* the same, and here the circle closes */
	TREE_DEEPER,	/* the same, and those below it are not drawn */
};

struct tree_row {
	enum tree_mark mark;
	const struct node *node;
	const struct edge *e; /* NULL: it is a root, or the first of a circle */
	size_t depth;	      /* of those that wait for the root: 0 */
	size_t others;	      /* that it stands for */
	bool last;	      /* of those that wait for the same */
};

struct graph_tree {
	VEC(struct tree_row) rows;
	/* By the place of a node: who is drawn for it in the end, and for how many it is. */
	const struct node **as;
	size_t *others;
};

/* each: those that look the same one by one.  In the facts' arena. */
void graph_tree_make(struct graph_tree *t, const struct facts *f, const struct graph *g,
		     bool each);

/* "Xorg, pid 243: asleep for 17.9 s" */
void tree_node_words(char *buf, size_t size, const struct node *n);
/* What a row says beside who it is: how many more, and what its mark means; "": nothing. */
const char *tree_row_more(const struct facts *f, const struct tree_row *row);
/*
 * The row in a tree of lines, "|  +- Xorg, pid 243: ...".  last: of each depth, whether
 * nothing follows in that branch; for the next row.
 */
const char *tree_row_line(const struct facts *f, const struct tree_row *row,
			  bool last[TREE_DEPTH_MAX]);

#endif
