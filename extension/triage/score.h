/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How urgent a core is among others, 0 to 100, with the parts it is made of.
 *
 * Whole numbers of what was found, and of nothing else: the same core has the same
 * score wherever it is looked at.  README.md has the table; test_score.c holds the
 * order of causes to it.
 */
#ifndef VGPU_SCORE_H
#define VGPU_SCORE_H

#include "verdict.h"

struct score_part {
	const char *name;
	int points, most;
	const char *why;
};

struct score {
	int total;
	VEC(struct score_part) parts;
};

/* vs has at least one verdict; the texts live in the facts' arena, or are static. */
void score_make(const struct facts *f, const struct verdicts *vs, struct score *s);

#endif
