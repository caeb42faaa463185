// SPDX-License-Identifier: GPL-2.0-or-later
#include "triage.h"

#include <string.h>

#include "causes.h"
#include "judge.h"

void triage_make(const struct facts *f, struct triage *t)
{
	graph_build(&t->graph, f);
	causes_find(&t->graph, f, &t->verdicts);
	signature_make(f, &t->verdicts, &t->signature);
	score_make(f, &t->verdicts, &t->score);
}

/* ---- two looks at what runs on ------------------------------------------------ */

static bool same_root(const struct verdict *a, const struct verdict *b)
{
	return a->root && b->root ? !strcmp(a->root->id, b->root->id)
				  : a->root == b->root;
}

static bool same(const struct verdict *a, const struct verdict *b)
{
	return a->cause == b->cause && a->culprit.kind == b->culprit.kind &&
	       a->culprit.pid == b->culprit.pid &&
	       a->culprit.address == b->culprit.address && same_root(a, b);
}

static bool has(const struct triage *t, const struct verdict *v)
{
	size_t i;

	for (i = 0; i < t->verdicts.all.n; i++)
		if (same(t->verdicts.all.v[i], v))
			return true;
	return false;
}

bool triage_agrees(const struct triage *before, const struct triage *t)
{
	return before->verdicts.all.n && t->verdicts.all.n &&
	       same(before->verdicts.all.v[0], t->verdicts.all.v[0]);
}

/* Nothing is left that both looks say. */
static void nothing_stands(const struct facts *f, struct triage *t)
{
	struct judge j = {.g = &t->graph, .f = f, .out = &t->verdicts, .a = f->arena};
	struct verdict *v = verdict_new(&j, CAUSE_UNEXPLAINED, 0);

	v->summary = "What is seen of the machine differs from one look to the next: "
		     "nothing stands still long enough to be the matter.";
	say_missing(&j, v, "two looks in a row that agree");
}

void triage_settle(const struct facts *f, const struct triage *before, struct triage *t)
{
	struct verdict **v = t->verdicts.all.v;
	size_t i, n = 0;

	for (i = 0; i < t->verdicts.all.n; i++)
		if (has(before, v[i]))
			v[n++] = v[i];
	t->verdicts.all.n = n;
	if (!n)
		nothing_stands(f, t);
	signature_make(f, &t->verdicts, &t->signature);
	score_make(f, &t->verdicts, &t->score);
}
