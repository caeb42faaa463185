/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drawings in a page, as SVG.  Each says the same as lines that stand beside it, where what
 * is too long for a box is whole; html_style.c has the colours.
 */
#ifndef VGPU_SVG_H
#define VGPU_SVG_H

#include <stdio.h>

#include "graph_tree.h"
#include "timeline.h"
#include "triage/verdict.h"

/* ---- svg.c: what they are made of; all is in pixels ---------------------------------- */

/* label: what one who does not see it is told. */
void svg_begin(FILE *out, int width, int height, const char *label);
void svg_end(FILE *out);
enum svg_text { SVG_PLAIN, SVG_STRONG, SVG_SMALL, SVG_SMALL_END /* that ends at x */ };
/* Cut to what fits into so many pixels. */
void svg_text(FILE *out, enum svg_text kind, int x, int y, int room, const char *text);
/* What something is for: its colour. */
enum svg_role { SVG_BETWEEN, SVG_VICTIM, SVG_ROOT };
void svg_bar(FILE *out, enum svg_role role, int x, int y, int width, int height);
/* A box with a stripe of its role's colour at the left. */
void svg_box(FILE *out, enum svg_role role, int x, int y, int width, int height);

/* ---- the drawings ----------------------------------------------------------------------- */

void svg_chain(FILE *out, const struct facts *f, const struct verdict *v);
/* The first of its rows. */
void svg_tree(FILE *out, const struct facts *f, const struct graph_tree *t, size_t rows);
void svg_timeline(FILE *out, const struct facts *f, const struct timeline *t);

#endif
