// SPDX-License-Identifier: GPL-2.0-or-later
#include "triage.h"

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

static struct gist_verdict gist_of(const struct verdict *v)
{
	struct gist_verdict g = {.cause = v->cause,
				 .kind = v->culprit.kind,
				 .pid = v->culprit.pid,
				 .culprit = v->culprit.address};

	if (v->root) {
		g.rooted = true;
		g.root_kind = v->root->kind;
		g.root = v->root->address;
	}
	return g;
}

void triage_gist(const struct triage *t, struct arena *a, struct gist *g)
{
	size_t i;

	g->all.n = 0;
	for (i = 0; i < t->verdicts.all.n; i++)
		*vec_push(a, &g->all) = gist_of(t->verdicts.all.v[i]);
}

static bool same(const struct gist_verdict *then, const struct verdict *v)
{
	struct gist_verdict now = gist_of(v);

	return then->cause == now.cause && then->kind == now.kind &&
	       then->pid == now.pid && then->culprit == now.culprit &&
	       then->rooted == now.rooted && then->root_kind == now.root_kind &&
	       then->root == now.root;
}

static bool has(const struct gist *g, const struct verdict *v)
{
	size_t i;

	for (i = 0; i < g->all.n; i++)
		if (same(&g->all.v[i], v))
			return true;
	return false;
}

bool triage_agrees(const struct gist *before, const struct triage *t)
{
	return before->all.n && t->verdicts.all.n &&
	       same(&before->all.v[0], t->verdicts.all.v[0]);
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

void triage_settle(const struct facts *f, const struct gist *before, struct triage *t)
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
