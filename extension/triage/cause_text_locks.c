// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who has the lock that a task of a text waits for, where the kernel says it: it knows the
 * owner of a mutex (6.16 and later), or it has lockdep and lists all locks.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "judge.h"

/* As many are evidence each. */
#define SAID_MAX 16

enum last_is { HAS_IT, WAITS_FOR_IT, NOT_TOLD };

/* A lock of the list, and whose it is. */
struct listed {
	const struct lock_keeper *task;
	const struct held_lock *lock;
	enum last_is is;
};

struct locks {
	struct judge *j;
	VEC(struct listed) all; /* those of one instance are neighbours */
};

/* ---- the kernel's list of locks ----------------------------------------------------------- */

/*
 * The last that was printed of it while it was blocked: then it still is where that says.  A
 * complaint's stack is of a task that went on.
 */
static const struct trace *trace_of(const struct facts *f, int pid)
{
	const struct traces *t = &f->text->traces;
	size_t i;

	for (i = t->all.n; i-- > 0;)
		if (t->all.v[i].pid == pid && t->all.v[i].of != TRACE_CPU &&
		    t->all.v[i].state == 'D')
			return &t->all.v[i];
	return NULL;
}

/* It asked for this one last: has it got it, as far as its stack, if there is one, says? */
static enum last_is what_of_last(struct judge *j, const struct lock_keeper *k)
{
	const struct trace *t = trace_of(j->f, k->pid);

	if (!t)
		return NOT_TOLD;
	return text_waits_for_lock(j, &t->stack, k->locks.v[k->locks.n - 1].at)
		       ? WAITS_FOR_IT
		       : HAS_IT;
}

static int by_instance(const void *x, const void *y)
{
	const struct listed *a = x, *b = y;

	return strcmp(a->lock->instance, b->lock->instance);
}

static void list_locks(struct locks *l)
{
	const struct held_locks *held = &l->j->f->text->held;
	const struct lock_keeper *k;
	struct listed *one;
	size_t i, n;

	for (i = 0; i < held->tasks.n; i++) {
		k = &held->tasks.v[i];
		for (n = 0; n < k->locks.n; n++) {
			if (!k->locks.v[n].instance[0])
				continue;
			one = vec_push(l->j->a, &l->all);
			one->task = k;
			one->lock = &k->locks.v[n];
			one->is = n + 1 < k->locks.n ? HAS_IT : what_of_last(l->j, k);
		}
	}
	if (l->all.n)
		qsort(l->all.v, l->all.n, sizeof(l->all.v[0]), by_instance);
}

/*
 * Who has this lock, as the only one who does not wait for it; NULL: nobody, several, or
 * there is one of whom that is not told.
 */
static const struct listed *holder_of(struct locks *l, const struct held_lock *wanted)
{
	const struct listed key = {.lock = wanted}, *end = l->all.v + l->all.n, *at,
			    *found;

	at = bsearch(&key, l->all.v, l->all.n, sizeof(key), by_instance);
	while (at && at > l->all.v && !by_instance(at - 1, &key))
		at--;
	for (found = NULL; at && at < end && !by_instance(at, &key); at++) {
		if (at->is == WAITS_FOR_IT)
			continue;
		if (at->is == NOT_TOLD || (found && found->task->pid != at->task->pid))
			return NULL;
		found = at;
	}
	return found;
}

static const struct lock_keeper *keeper_of(const struct facts *f, int pid)
{
	const struct held_locks *held = &f->text->held;
	size_t i;

	for (i = held->tasks.n; i-- > 0;)
		if (held->tasks.v[i].pid == pid)
			return &held->tasks.v[i];
	return NULL;
}

static void take_listed(struct locks *l, const struct told_hung *h, struct told_waits *w)
{
	const struct lock_keeper *k = keeper_of(l->j->f, h->report->pid);
	const struct held_lock *wanted = k ? &k->locks.v[k->locks.n - 1] : NULL;
	const struct listed *holder;

	if (!k || !wanted->instance[0] || what_of_last(l->j, k) != WAITS_FOR_IT)
		return;
	holder = holder_of(l, wanted);
	if (!holder || holder->task->pid == k->pid)
		return;
	*vec_push(l->j->a, &w->all) = (struct told_wait){
		h->report->comm,
		h->report->pid,
		holder->task->comm,
		holder->task->pid,
		"lock",
		say(l->j,
		    "the log, lines %zu and %zu: %s (pid %d) waits for %s, which %s (pid %d) has",
		    wanted->line->number, holder->lock->line->number, h->report->comm,
		    h->report->pid, wanted->name, holder->task->comm, holder->task->pid),
	};
}

/* ---- who waits for whom -------------------------------------------------------------------- */

static bool still_hangs(const struct facts *f, const struct hung_blocker *b)
{
	const struct hung_blocker *last = &f->panic.blockers.v[f->panic.blockers.n - 1];
	size_t i;

	if (last->ts_s - b->ts_s > ONE_HANG_S)
		return false;
	for (i = 0; i < f->text->recovered.n; i++)
		if (f->text->recovered.v[i].report->pid == b->pid)
			return false;
	return true;
}

/* Of readers and semaphores the kernel's word is a guess. */
static void take_blockers(struct judge *j, struct told_waits *w)
{
	const struct hung_blocker *b;
	size_t i;

	/* The last word of a task goes first; what was said long before is of another hang. */
	for (i = j->f->panic.blockers.n; i-- > 0;) {
		b = &j->f->panic.blockers.v[i];
		if (still_hangs(j->f, b) && strstr(b->text, "on a mutex "))
			*vec_push(j->a, &w->all) =
				(struct told_wait){b->comm,	 b->pid,  b->owner_comm,
						   b->owner_pid, "mutex", NULL};
	}
}

static const struct told_wait *wait_of(const struct told_waits *w, int pid)
{
	size_t i;

	for (i = 0; i < w->all.n; i++)
		if (w->all.v[i].pid == pid)
			return &w->all.v[i];
	return NULL;
}

/* From each wait on to its owner's, until one comes back or is nobody's. */
static void find_cycle(struct told_waits *w)
{
	const struct told_wait *at;
	size_t i, n;

	for (i = 0; i < w->all.n; i++) {
		at = &w->all.v[i];
		for (n = 0; at && n < CYCLE_MAX; n++) {
			w->cycle[n] = at;
			if (at->owner_pid == w->all.v[i].pid) {
				w->n = n + 1;
				return;
			}
			at = wait_of(w, at->owner_pid);
		}
	}
}

void told_waits_find(struct judge *j, struct told_waits *w)
{
	struct locks l = {.j = j};
	size_t i;

	memset(w, 0, sizeof(*w));
	take_blockers(j, w);
	list_locks(&l);
	for (i = 0; l.all.n && i < j->f->text->hung.n; i++)
		take_listed(&l, &j->f->text->hung.v[i], w);
	find_cycle(w);
}

/* "a (pid 1), b (pid 2) and c (pid 3)" */
static const char *cycle_tasks(struct judge *j, const struct told_waits *w)
{
	const char *names = "";
	size_t i;

	for (i = 0; i < w->n; i++)
		names = say(j, "%s%s%s (pid %d)", names,
			    !i		    ? ""
			    : i + 1 == w->n ? " and "
					    : ", ",
			    w->cycle[i]->comm, w->cycle[i]->pid);
	return names;
}

const char *told_cycle_words(struct judge *j, const struct told_waits *w)
{
	if (w->n == 1)
		return say(j, "%s waits for a %s that it has itself.", cycle_tasks(j, w),
			   w->cycle[0]->lock);
	return say(j, "%s each wait for a %s that the %s has%s.", cycle_tasks(j, w),
		   w->cycle[0]->lock, w->n == 2 ? "other" : "next",
		   w->n == 2 ? "" : ", and the last for the first one's");
}

void add_told_waits(struct judge *j, struct verdict *v, const struct told_waits *w)
{
	const struct told_wait *one;
	size_t i, said = 0;

	for (i = 0; i < w->all.n; i++) {
		one = &w->all.v[i];
		if (!one->words)
			continue;
		if (said++ < SAID_MAX)
			add_for(j, v, one->words, 0, LOOK(NONE));
		if (!wait_of(w, one->owner_pid) && !trace_of(j->f, one->owner_pid))
			resemble(
				j, v, CAUSE_LOCK_HOLDER_BLOCKED, SURE_TEXT_LIKE,
				say(j,
				    "%s (pid %d) has the lock, and is not among those that were printed as blocked",
				    one->owner_comm, one->owner_pid));
	}
}
