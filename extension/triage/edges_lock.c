// SPDX-License-Identifier: GPL-2.0-or-later
/* Who has a lock. */
#include "edges.h"

/* Nobody has it: the first of those who wait is to take it, once he gets a CPU. */
static void out_of_free_lock(struct build *b, struct node *lock, const struct wait *w,
			     const char *type)
{
	if (w->first && w->first->on_rq)
		link_to(b->g, lock, want_task(b, w->first), lock->address,
			LOOK_AT(type, lock->address),
			"free, and the first that waits for it has been woken");
}

void out_of_lock_wait(struct build *b, struct node *n, enum node_kind kind,
		      const char *type)
{
	const struct wait *w = n->wait;
	struct node *lock = want_thing(b, kind, w);

	link_to(b->g, n, lock, w->record, look_thing(type, w), "queued on it%s",
		w->reader ? " as a reader" : "");
	if (lock->out.n)
		return;
	if (w->owner.free) {
		out_of_free_lock(b, lock, w, type);
		return;
	}
	/* The last known reader need not be a holder: an edge to it would close false circles. */
	if (!w->owner.owner || w->owner.readers)
		return;
	link_to(b->g, lock, want_task(b, w->owner.owner), lock->address,
		LOOK_AT(type, lock->address), "held by it");
}
