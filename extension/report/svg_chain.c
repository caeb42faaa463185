// SPDX-License-Identifier: GPL-2.0-or-later
/* A verdict's chain from the victim, at the top, to the root. */
#include "html_writer.h"
#include "svg.h"
#include "triage_words.h"

#define WIDTH 500
#define BOX 44
#define GAP 34
#define BACK 26	     /* room at the right for the edge that closes a circle */
#define BOXES_MAX 24 /* of a longer chain the beginning, and its end */

static int top_of(size_t place)
{
	return 2 + (int)place * (BOX + GAP);
}

static void box(FILE *out, const struct facts *f, const struct node *n,
		enum svg_role role, size_t place)
{
	const struct task *t = n->task;
	int y = top_of(place);

	svg_box(out, role, 1, y, WIDTH - 2, BOX);
	svg_text(out, SVG_STRONG, 16, y + 18, WIDTH - 28,
		 t ? arena_printf(f->arena, "%s, pid %d", t->comm, t->pid) : n->title);
	svg_text(out, SVG_SMALL, 16, y + 35, WIDTH - 28,
		 t	      ? task_state_words(f, t)
		 : n->address ? arena_printf(f->arena, "%s 0x%llx",
					     node_kind_name(n->kind), HEX(n->address))
			      : node_kind_name(n->kind));
}

static void arrow(FILE *out, size_t place, const char *why)
{
	int y = top_of(place) + BOX;

	html_markup(out, "<path class=\"edge\" d=\"M30 %dV%d\"/>", y, y + GAP - 6);
	html_markup(out, "<path class=\"head\" d=\"M25 %dh10l-5 7z\"/>", y + GAP - 8);
	svg_text(out, SVG_SMALL, 44, y + 21, WIDTH - 50, why);
}

/* Around the right side. */
static void back(FILE *out, size_t from, size_t to)
{
	int y1 = top_of(from) + BOX / 2, y2 = top_of(to) + BOX / 2;

	html_markup(out, "<path class=\"edge\" d=\"M%d %dH%dV%dH%d\"/>", WIDTH - 1, y1,
		    WIDTH + BACK - 8, y2, WIDTH + 6);
	html_markup(out, "<path class=\"head\" d=\"M%d %dv10l-7-5z\"/>\n", WIDTH + 7,
		    y2 - 5);
}

static const char *label_of(const struct facts *f, const struct chain *c)
{
	const char *root = c->v[c->n - 1]->title, *victim = c->v[0]->title;

	return c->cycle < c->n
		       ? arena_printf(f->arena, "Chain of %zu that comes back: from %s",
				      c->n, victim)
		       : arena_printf(f->arena,
				      "Chain of %zu from the victim %s to the "
				      "root %s",
				      c->n, victim, root);
}

static const char *why_of(const struct facts *f, const struct chain *c, size_t i,
			  size_t next)
{
	const struct edge *e = graph_edge(c->v[i], c->v[next]);

	if (next > i + 1)
		return arena_printf(f->arena, "... over %zu more", next - i - 1);
	return e ? e->why : "";
}

void svg_chain(FILE *out, const struct facts *f, const struct verdict *v)
{
	const struct chain *c = &v->chain;
	size_t boxes = lesser(c->n, BOXES_MAX), i, at, next;
	bool cycle = c->cycle < c->n;

	svg_begin(out, WIDTH + (cycle ? BACK : 0), top_of(boxes) - GAP + 2,
		  label_of(f, c));
	for (i = 0; i < boxes; i++) {
		at = i + 1 < boxes ? i : c->n - 1;
		next = i + 2 < boxes ? i + 1 : c->n - 1;
		box(out, f, c->v[at],
		    at + 1 == c->n && !cycle ? SVG_ROOT
		    : i			     ? SVG_BETWEEN
					     : SVG_VICTIM,
		    i);
		if (i + 1 < boxes)
			arrow(out, i, why_of(f, c, at, next));
	}
	if (cycle)
		back(out, boxes - 1, lesser(c->cycle, boxes - 1));
	svg_end(out);
}
