// SPDX-License-Identifier: GPL-2.0-or-later
/* Who has a lock. */
#include "edges.h"

#include "verdict.h"

/* Nobody has it: the first of those who wait is to take it, once he gets a CPU. */
static void out_of_free_lock(struct build *b, struct node *lock, const struct wait *w)
{
	if (w->first && w->first->on_rq)
		link_to(b->g, lock, want_task(b, w->first), lock->address, w->owner.look,
			"free, and the first that waits for it has been woken");
}

/* Are those of whom it is sure all of them, or only as many as can be? */
static bool are_known(const struct inside *in)
{
	return in->nsure && (in->nsure == 1 || in->holders >= (int64_t)in->nsure);
}

static int how_sure(const struct inside *in)
{
	unsigned int clues = in->all.v[0].clues;

	if (in->nsure > 1)
		return SURE_ONE_OF_INSIDERS;
	if (clues & INSIDE_IN_PLACE && !(clues & INSIDE_TOLD))
		return SURE_TAKEN_IN_PLACE;
	/* He has taken some lock of this kind, and was the last to take this one. */
	if (!(clues &
	      (INSIDE_CODE | INSIDE_STACK | INSIDE_NEAR | INSIDE_MAP | INSIDE_TOLD)))
		return SURE_LAST_INSIDE;
	return in->holders == 1 || clues & INSIDE_TOLD ? SURE_ONLY_INSIDER
						       : SURE_SEEN_INSIDE;
}

static const char *tie(unsigned int clues)
{
	return clues & INSIDE_CODE    ? ""
	       : clues & INSIDE_STACK ? ", and this lock's address is on the stack"
	       : clues & INSIDE_NEAR
		       ? ", and the address of what this lock is a member of is on the stack"
	       : clues & INSIDE_MAP  ? ", and this lock is that of its own memory map"
	       : clues & INSIDE_LAST ? ", and the lock names it as the last that took it"
				     : "";
}

const char *insider_words(struct arena *a, const struct insider *i)
{
	if (i->clues & INSIDE_TOLD)
		return "the lock names it as the last that took it, and takes the name "
		       "back from who leaves";
	if (!(i->clues & INSIDE_TAKES))
		return i->clues & INSIDE_LAST
			       ? "the lock names it as the last that took it; it may have "
				 "left"
			       : "the lock's address is on its stack";
	if (!i->taker)
		return arena_printf(a,
				    "it is in %s(), and the address of the inode is on "
				    "its stack",
				    i->function);
	return arena_printf(a, "%s() on its stack%s has called %s()%s%s", i->function,
			    i->clues & INSIDE_CODE
				    ? ", whose code has this lock's address,"
				    : "",
			    i->taker, tie(i->clues),
			    i->clues & INSIDE_LEAVES
				    ? "; but may have let go of it further in"
			    : i->clues & INSIDE_MAY
				    ? "; but need not have, to be where it is"
				    : "");
}

/* What ties him to the lock; a function whose code has the address is on his stack. */
struct look insider_look(const struct inside *in, const struct insider *i)
{
	const struct look stack = LOOK(STACK, .n = i->task->pid);
	const struct look own = in->look.kind ? in->look : stack;

	if (i->clues & INSIDE_TOLD ||
	    (i->clues & INSIDE_LAST && !(i->clues & INSIDE_TAKES)))
		return own;
	if (i->clues & INSIDE_CODE)
		return stack;
	if (i->clues & (INSIDE_STACK | INSIDE_NEAR) && i->at)
		return LOOK(WORDS, .address = i->at, .n = 1);
	if (i->clues & INSIDE_MAP)
		return LOOK(TASK, .type = "task_struct.mm", .address = i->task->addr);
	return i->clues & INSIDE_LAST ? own : stack;
}

/* Who is inside, as what he does shows. */
void out_to_insiders(struct build *b, struct node *lock)
{
	const struct inside *in = inside_of(&b->f->insides, lock->address);
	const struct insider *i;
	size_t k;

	lock->inside = in;
	if (!in || !are_known(in))
		return;
	for (k = 0; k < in->nsure; k++) {
		i = &in->all.v[k];
		link_to(b->g, lock, want_task(b, i->task), i->task->addr,
			insider_look(in, i), "%s by it: %s",
			in->reading ? "held for reading" : "held",
			insider_words(b->g->arena, i))
			->at_most = how_sure(in);
	}
}

void out_of_lock_wait(struct build *b, struct node *n, enum node_kind kind,
		      const char *type)
{
	const struct wait *w = n->wait;
	struct node *lock = want_thing(b, kind, w);
	struct look look = look_thing(type, w);

	/* Its words are a task or counts, with flags. */
	look.hex = look.kind == LOOK_STRUCT;
	link_to(b->g, n, lock, w->record ? w->record : w->object, look,
		w->record ? "queued on it%s" : "waits until its readers have left%s",
		w->reader ? " as a reader" : "");
	if (lock->out.n)
		return;
	if (w->owner.free) {
		out_of_free_lock(b, lock, w);
		return;
	}
	/* The last known reader need not be a holder: an edge to it would close false circles. */
	if (w->owner.readers || !w->owner.task)
		out_to_insiders(b, lock);
	else if (w->owner.owner)
		link_to(b->g, lock, want_task(b, w->owner.owner), lock->address,
			w->owner.look, "held by it");
}
