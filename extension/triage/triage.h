/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The judgement, whole. */
#ifndef VGPU_TRIAGE_H
#define VGPU_TRIAGE_H

#include "graph.h"
#include "score.h"
#include "signature.h"
#include "verdict.h"

struct triage {
	struct graph graph;
	struct verdicts verdicts;
	struct signature signature;
	struct score score;
};

/* From facts alone; never touches the dump.  In the facts' arena. */
void triage_make(const struct facts *f, struct triage *t);

/* Of two looks at what runs on: is what comes first the same in both? */
bool triage_agrees(const struct triage *before, const struct triage *t);
/* Leaves in t only the verdicts that the look before has too, and says what went. */
void triage_settle(const struct facts *f, const struct triage *before, struct triage *t);

#endif
