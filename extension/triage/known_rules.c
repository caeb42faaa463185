// SPDX-License-Identifier: GPL-2.0-or-later
#include "known_rules.h"

#include <string.h>

#include "base/text.h"
#include "functions.h"
#include "judge.h"

/* Of verdicts and victims so many are looked at: what comes first is what matters. */
#define VERDICTS_MAX 16
#define VICTIMS_MAX 32

/* A rule beside a verdict, and what of it has been found. */
struct fit {
	struct judge j;
	const struct known_rule *rule;
	const struct triage *t;
	const struct verdict *v;
	const char *why; /* "" at first */
	kaddr_t address;
};

static void found(struct fit *fit, const char *what)
{
	fit->why = say(&fit->j, "%s%s%s", fit->why, *fit->why ? "; " : "", what);
}

/* Are all on it, in this order?  The work that a worker runs counts as its outermost. */
static bool has_all(const struct known_names *w, const struct stack *stack,
		    const char *work)
{
	size_t i, k = 0;

	for (i = 0; stack && i < stack->n && k < w->all.n; i++)
		k += frame_is(&stack->v[i], w->all.v[k]);
	return k == w->all.n ||
	       (work && k + 1 == w->all.n && text_is_function(work, w->all.v[k]));
}

static const char *listed(struct fit *fit, const struct known_names *w)
{
	const char *all = "";
	size_t i;

	for (i = 0; i < w->all.n; i++)
		all = say(&fit->j, "%s%s%s()", all, i ? ", " : "", w->all.v[i]);
	return all;
}

static bool is_on(struct fit *fit, const struct known_names *w, const struct node *n)
{
	const struct studied *st = n->task ? facts_studied(fit->j.f, n->task) : NULL;
	const struct worker *worker =
		n->task ? worker_of_task(&fit->j.f->wqs, n->task->addr) : NULL;
	const struct work *work = worker ? worker->current : n->work;

	if (!has_all(w, st ? &st->stack : NULL, work ? work->function : NULL))
		return false;
	found(fit, say(&fit->j, "%s is in %s", n->task ? who(&fit->j, n->task) : n->title,
		       listed(fit, w)));
	fit->address = fit->address ? fit->address : n->address;
	return true;
}

/* Of a text: on the printed stack of one who hangs. */
static bool is_told(struct fit *fit, const struct known_names *w)
{
	const struct text_facts *text = fit->j.f->text;
	const struct told_hung *h;
	size_t i;

	for (i = 0; text && i < text->hung.n && i < VICTIMS_MAX; i++) {
		h = &text->hung.v[i];
		if (!h->trace || !has_all(w, &h->trace->stack, NULL))
			continue;
		found(fit,
		      say(&fit->j, "%s (pid %d) is in %s, by line %zu", h->report->comm,
			  h->report->pid, listed(fit, w), h->trace->line->number));
		return true;
	}
	return false;
}

/* In the chain, among the victims, or where it faulted. */
static bool is_somewhere(struct fit *fit, const struct known_names *w)
{
	const struct verdict *v = fit->v;
	size_t i;

	for (i = 0; i < v->chain.n; i++)
		if (is_on(fit, w, v->chain.v[i]))
			return true;
	for (i = 0; i < v->victims.n && i < VICTIMS_MAX; i++)
		if (is_on(fit, w, v->victims.v[i]))
			return true;
	if (is_told(fit, w))
		return true;
	if (!v->fault || !has_all(w, v->fault, NULL))
		return false;
	found(fit, say(&fit->j, "what fired was in %s", listed(fit, w)));
	return true;
}

static bool symbols_fit(struct fit *fit)
{
	const struct known_symbol *s;
	size_t i;

	/* A text has none, and so none that is not there either. */
	if (fit->j.f->text && fit->rule->symbols.n)
		return false;
	for (i = 0; i < fit->rule->symbols.n; i++) {
		s = &fit->rule->symbols.v[i];
		if (s->there != s->wanted)
			return false;
		found(fit, say(&fit->j, "this kernel has %s%s", s->wanted ? "" : "no ",
			       s->name));
	}
	return true;
}

/* How sure; 0: the rule does not fit. */
static int fits(struct fit *fit)
{
	const struct known_rule *r = fit->rule;
	int sure = SURE_KNOWN_RULE_CAUSE;
	size_t i;

	if (r->signature) {
		/* It is of the whole, which is what comes first. */
		if (fit->v != fit->t->verdicts.all.v[0] ||
		    strcmp(r->signature, fit->t->signature.hash) != 0)
			return 0;
		found(fit, "the signature is that of the rule");
		sure = SURE_KNOWN_RULE_SIGNATURE;
	}
	if (r->cause && strcmp(r->cause, cause_name(fit->v->cause)) != 0)
		return 0;
	if (r->cause)
		found(fit, say(&fit->j, "the cause is %s", r->cause));
	for (i = 0; i < r->stacks.n; i++)
		if (!is_somewhere(fit, &r->stacks.v[i]))
			return 0;
	if (r->stacks.n && sure < SURE_KNOWN_RULE_FRAMES)
		sure = SURE_KNOWN_RULE_FRAMES;
	return symbols_fit(fit) ? sure : 0;
}

static void match(const struct known_rule *r, const struct facts *f,
		  const struct triage *t, struct verdict *v)
{
	struct fit fit = {.j = {.f = f, .a = f->arena},
			  .rule = r,
			  .t = t,
			  .v = v,
			  .why = ""};
	struct known_match *m;
	int sure = fits(&fit);

	if (!sure)
		return;
	m = vec_push(f->arena, &v->known);
	m->rule = r;
	m->what = r->what;
	m->confidence = sure;
	m->why = fit.why;
	m->address = fit.address;
}

void known_rules_match(const struct known_rules *rules, const struct facts *f,
		       struct triage *t)
{
	size_t i, k;

	for (i = 0; i < t->verdicts.all.n && i < VERDICTS_MAX; i++)
		for (k = 0; k < rules->all.n; k++)
			match(&rules->all.v[k], f, t, t->verdicts.all.v[i]);
}
