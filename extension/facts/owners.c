// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owners of locks who are not the ones that took them.
 *
 * A task that exits with a lock leaves its address in it, and the next task that is made may
 * get that address.  The lock then names somebody who never had it.
 */
#include "facts.h"

#include <string.h>

#include "arch/code.h"

/* A task's start is told by another clock than its sleep. */
#define CLOCKS_DIFFER_S 2.0
#define CODE_BEHIND 2048

/* What a task that waits for a mutex or an rw_semaphore has called. */
static bool waits_in(const char *name)
{
	static const char *const begins[] = {"mutex_lock", "ww_mutex_lock", "down_write",
					     "down_read"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(begins); i++)
		if (!strncmp(name, begins[i], strlen(begins[i])))
			return true;
	return false;
}

/* What may take a lock, by its name: rather too many than too few. */
static bool may_take(const char *name)
{
	const char *lock = strstr(name, "lock");

	if (strstr(name, "unlock") || strstr(name, "spin") || strstr(name, "rcu_"))
		return false;
	/* A clock and a block are none. */
	if (lock && (lock == name || (lock[-1] != 'c' && lock[-1] != 'b')))
		return true;
	return strstr(name, "mutex") || !strncmp(name, "down", 4);
}

/* What the function of a frame calls: at the place it is at, or elsewhere. */
struct locking {
	bool waits, takes;
};

static bool read_calls(struct dump *d, const struct frame *fr, struct locking *l)
{
	struct dump_symbol sym;
	struct code_call call;
	struct code c;
	kaddr_t at;

	l->waits = l->takes = false;
	if (!code_read(d, fr->ip, CODE_BEHIND, &c))
		return false;
	for (at = c.start; code_next_call(d, &c, &at, &call);) {
		if (call.at >= fr->ip && (!dump_symbol_at(d, call.at, &sym) ||
					  call.at - sym.offset != c.start))
			break;
		if (!call.target || !dump_symbol_at(d, call.target, &sym))
			continue;
		if (call.at + call.size == fr->ip)
			l->waits = waits_in(sym.name);
		else
			l->takes |= may_take(sym.name);
	}
	return true;
}

/* It waits in a call that takes a lock: may it have taken one before? */
static bool may_have_taken(struct dump *d, const struct stack *stack)
{
	struct locking l;
	bool waits = false;
	size_t i;

	for (i = 0; i < stack->n; i++) {
		if (!read_calls(d, &stack->v[i], &l)) {
			if (waits)
				return true;
			continue;
		}
		waits |= l.waits;
		if (waits && l.takes)
			return true;
	}
	return !waits;
}

/*
 * Whoever lets go wakes the first that waits, also when another one takes the lock before
 * him: since he fell asleep the owner has been the same.
 */
static bool came_later(const struct wait *w)
{
	return w->first && w->owner.owner->age_s >= 0 &&
	       w->first->since_s > w->owner.owner->age_s + CLOCKS_DIFFER_S;
}

static bool has_owner(const struct wait *w)
{
	return w->owner.owner && !w->owner.readers && !w->owner.free &&
	       (w->kind == WAIT_MUTEX || w->kind == WAIT_RWSEM);
}

/* The owner waits for this very lock, which he is known not to have taken. */
static bool owner_never_took(const struct facts *f, const struct wait *w)
{
	const struct studied *owner = facts_studied(f, w->owner.owner);

	return owner && owner->wait.object == w->object && owner->wait.owner.never_took;
}

static void doubt(struct lock_owner *o)
{
	o->reused = o->owner;
	o->owner = NULL;
}

void facts_doubt_owners(struct dump *d, struct facts *f)
{
	struct lock_owner *o;
	struct studied *st;
	size_t i;

	/* Those first who wait for what they are said to have: others may wait for them. */
	for (i = 0; i < f->studied.n; i++) {
		st = f->studied.v[i];
		if (has_owner(&st->wait) && st->wait.owner.owner == st->task)
			st->wait.owner.never_took = !may_have_taken(d, &st->stack);
	}
	for (i = 0; i < f->studied.n; i++) {
		st = f->studied.v[i];
		o = &st->wait.owner;
		if (!has_owner(&st->wait))
			continue;
		o->never_took = owner_never_took(f, &st->wait);
		if (o->never_took || came_later(&st->wait))
			doubt(o);
	}
}
