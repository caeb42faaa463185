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

/* Of a verdict, what tells it from another: of the next look it may be the same. */
struct gist_verdict {
	enum cause cause;
	enum culprit_kind kind;
	int pid;
	kaddr_t culprit;
	bool rooted; /* it has a root, and that is such a node: */
	enum node_kind root_kind;
	kaddr_t root;
};

/* Of a triage, what the next look's is compared with.  It points at nothing of that look. */
struct gist {
	VEC(struct gist_verdict) all; /* best first */
};

/* In the arena.  g is zero, or that of the look before, whose memory is used again. */
void triage_gist(const struct triage *t, struct arena *a, struct gist *g);
/* Of two looks at what runs on: is what comes first the same in both? */
bool triage_agrees(const struct gist *before, const struct triage *t);
/* Leaves in t only the verdicts that the look before has too, and says what went. */
void triage_settle(const struct facts *f, const struct gist *before, struct triage *t);

#endif
