// SPDX-License-Identifier: GPL-2.0-or-later
/* A lock that does not name who has it: who is inside, or may be. */
#include "judge.h"

#include "edges.h"

#define NAMED 8 /* of those who may be inside, in words: .candidates has all */

static void list_candidates(struct judge *j, struct verdict *v, const struct inside *in)
{
	const struct insider *i;
	size_t k;

	for (k = 0; k < in->all.n; k++) {
		i = &in->all.v[k];
		*vec_push(j->a, &v->candidates) =
			(struct candidate){i->task, insider_words(j->a, i)};
		if (k < NAMED)
			add_for(j, v,
				say(j, "%s may be inside: %s", who(j, i->task),
				    insider_words(j->a, i)),
				i->task->addr, insider_look(in, i));
	}
}

static const char *names(struct judge *j, const struct inside *in)
{
	const char *text = "";
	size_t k;

	for (k = 0; k < in->all.n && k < NAMED; k++)
		text = say(j, "%s%s%s", text, k ? ", " : "", who(j, in->all.v[k].task));
	return in->all.n > NAMED ? say(j, "%s and %zu more", text, in->all.n - NAMED)
				 : text;
}

/* "held for reading by 2 tasks" */
static const char *held(struct judge *j, const struct inside *in)
{
	const char *how = in->reading ? "held for reading" : "held";

	return in->holders < 0 ? how
			       : say(j, "%s by %lld task%s", how, (long long)in->holders,
				     in->holders == 1 ? "" : "s");
}

bool judge_inside(struct judge *j, struct verdict *v, const struct node *root)
{
	const struct inside *in = root->inside;

	if (!in || !in->all.n)
		return false;
	v->cause = CAUSE_LOCK_HOLDER_BLOCKED;
	v->confidence = SURE_MAY_BE_INSIDE;
	v->culprit.kind = CULPRIT_LOCK;
	v->culprit.name = root->name;
	v->culprit.address = root->address;
	list_candidates(j, v, in);
	v->summary = say(j, "%s for %s, %s; it does not say by whom. %s: %s.",
			 wait_words(j, v), root->title, held(j, in),
			 in->all.n == 1 ? "One may be inside" : "These may be inside",
			 names(j, in));
	say_next(j, v, "Look at each of them: " LOOK_HERE ".");
	say_look(j, v, LOOK(STACK, .n = in->all.v[0].task->pid));
	return true;
}

/* A chain is no surer than what it was concluded from. */
void judge_concluded(struct judge *j, struct verdict *v)
{
	const struct edge *e;
	size_t i;

	for (i = 0; i + 1 < v->chain.n; i++) {
		e = graph_edge(v->chain.v[i], v->chain.v[i + 1]);
		if (!e || !e->at_most)
			continue;
		if (v->confidence > e->at_most)
			v->confidence = e->at_most;
		if (e->from->inside && e->from->inside->nsure > 1)
			list_candidates(j, v, e->from->inside);
	}
}

/* It counts who is in, and nobody was seen there: that they are is known all the same. */
static void judge_unseen_insiders(struct judge *j, struct verdict *v,
				  const struct node *root)
{
	const struct inside *in = root->inside;

	if (!in || in->all.n || in->holders <= 0 || root->kind == NODE_IO ||
	    root->out.n || v->culprit.kind != CULPRIT_NONE)
		return;
	say_missing(j, v, "who has %s: it is %s, and keeps no names", root->title,
		    held(j, in));
}

/*
 * Of a lock that is held for reading the kernel remembers only who took it last;
 * it does not forget him when he leaves, but since 6.17.
 */
void judge_readers(struct judge *j, struct verdict *v, const struct node *root)
{
	const struct node *waiter = v->chain.n > 1 ? v->chain.v[v->chain.n - 2] : NULL;
	const struct lock_owner *o;

	if (root->kind != NODE_RWSEM)
		judge_unseen_insiders(j, v, root);
	if (root->kind != NODE_RWSEM || root->out.n || !waiter || !waiter->wait ||
	    !waiter->wait->owner.readers)
		return;
	o = &waiter->wait->owner;
	say_missing(
		j, v,
		"who holds %s for reading: the lock names only the last who took it%s%s, "
		"and he may have left",
		root->title, o->owner ? ", " : "", o->owner ? who(j, o->owner) : "");
	if (root->inside && root->inside->all.n)
		return;
	say_next(j, v,
		 "Look for tasks that hold it: stacks (" LOOK_HERE ") below a "
		 "down_read() of it.");
	say_command(j, v, "bt -a");
}
