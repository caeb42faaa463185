// SPDX-License-Identifier: GPL-2.0-or-later
#include "triage.h"

#include "causes.h"

void triage_make(const struct facts *f, struct triage *t)
{
	graph_build(&t->graph, f);
	causes_find(&t->graph, f, &t->verdicts);
	signature_make(f, &t->verdicts, &t->signature);
	score_make(f, &t->verdicts, &t->score);
}
