/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The triage as a report to send: all that another engineer asks for first, in one piece.
 *
 * To add a section: its two functions here, in a file handout_*.c of its family, and its row
 * in handout.c.  It writes by sheet.h, and so in every form.
 */
#ifndef VGPU_HANDOUT_H
#define VGPU_HANDOUT_H

#include "alike.h"
#include "report.h"
#include "sheet.h"

struct handout {
	const struct facts *f; /* what was judged */
	const struct triage *t;
	/* The devices with all who use them; the triage reads only what it judges. */
	const struct facts *use;
	struct sheet sheet;
	VEC(const struct task *) shown; /* whose stacks are */
};

/* ---- what is written in more than one section ------------------------------------ */

/* A table of claims with what checks them; nothing where there are none. */
void handout_claims(struct handout *h, const char *caption, const struct evidences *es);
/* Its name; "": it has none, or that is not known. */
const char *handout_node(const struct handout *h);
/* Release and architecture; of a text that has neither: "not told". */
const char *handout_kernel(const struct handout *h);
/* The best verdict; whoever is to blame, or runs where it is. */
const struct verdict *handout_best(const struct handout *h);
const struct task *handout_culprit(const struct handout *h, const struct verdict *v);

/* ---- sections: whether there is anything, and what --------------------------------- */

#define HANDOUT_SECTION(name)                                                            \
	bool handout_has_##name(const struct handout *h);                                \
	void handout_##name(struct handout *h)
/* handout_verdict.c */
HANDOUT_SECTION(verdict);
HANDOUT_SECTION(chain);
HANDOUT_SECTION(evidence);
HANDOUT_SECTION(others);
HANDOUT_SECTION(urgency);
HANDOUT_SECTION(missing);
/* handout_drawn.c */
HANDOUT_SECTION(timeline);
HANDOUT_SECTION(graph);
/* handout_stacks.c */
HANDOUT_SECTION(stacks);
HANDOUT_SECTION(hung);
HANDOUT_SECTION(cpus);
/* handout_machine.c */
HANDOUT_SECTION(machine);
HANDOUT_SECTION(memory);
HANDOUT_SECTION(open);
/* handout_gpu.c */
HANDOUT_SECTION(gpu);
/* handout_told.c */
HANDOUT_SECTION(told);
/* handout_panic.c */
HANDOUT_SECTION(log);
HANDOUT_SECTION(panic);

#endif
