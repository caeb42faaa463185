/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How urgent a core is, 0 to 100, with the parts it is made of. */
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

void score_make(const struct facts *f, const struct verdicts *v, struct score *s);

#endif
