// SPDX-License-Identifier: GPL-2.0-or-later
#include "inside_code.h"

#include <stdlib.h>
#include <string.h>

#include "arch/code.h"
#include "dump/layout.h"

#define CODE_BEHIND 2048
#define WRAPPER_MAX 512 /* who only takes a lock, or lets go, is short */
/*
 * No function of the kernel has as many calls that take locks or let go of them; in a dump's
 * there may be thousands, and each pair of them would be gone through.
 */
#define CHANGES_MAX 32

const struct lock_family lock_families[LOCK_FAMILIES] = {
	{WAIT_RWSEM,
	 true,
	 false,
	 NULL,
	 {"down_read", "down_read_killable", "down_read_interruptible",
	  "down_read_trylock", "down_read_nested", "down_read_killable_nested",
	  "down_read_non_owner", "downgrade_write", "lock_mm_and_find_vma"},
	 {"up_read", "up_read_non_owner"}},
	{WAIT_SEMAPHORE,
	 false,
	 false,
	 NULL,
	 {"down", "down_interruptible", "down_killable", "down_trylock", "down_timeout"},
	 {"up"}},
	{WAIT_SEMAPHORE,
	 false,
	 false,
	 "console_sem",
	 {"console_lock", "console_trylock"},
	 {"console_unlock"}},
	{WAIT_PERCPU_RWSEM, true, true, NULL, {"__percpu_down_read"}, {NULL}},
	{WAIT_PERCPU_RWSEM,
	 true,
	 false,
	 "cpu_hotplug_lock",
	 {"cpus_read_lock", "cpus_read_trylock"},
	 {"cpus_read_unlock"}},
	{WAIT_PERCPU_RWSEM,
	 false,
	 false,
	 NULL,
	 {"percpu_down_write"},
	 {"percpu_up_write"}},
	{WAIT_PERCPU_RWSEM,
	 false,
	 false,
	 "cpu_hotplug_lock",
	 {"cpus_write_lock"},
	 {"cpus_write_unlock"}},
	{WAIT_SRCU,
	 true,
	 false,
	 NULL,
	 {"__srcu_read_lock", "__srcu_read_lock_nmisafe"},
	 {"__srcu_read_unlock", "__srcu_read_unlock_nmisafe"}},
	/* A page's: lock_page() tries in place first. */
	{WAIT_IO,
	 false,
	 true,
	 NULL,
	 {"__lock_page", "__lock_page_killable", "__folio_lock", "__folio_lock_killable"},
	 {"unlock_page", "folio_unlock"}},
};

struct lock_function {
	kaddr_t addr;
	size_t family;
	const char *name;
	bool takes;
};

/* ---- functions ----------------------------------------------------------- */

static int by_address(const void *a, const void *b)
{
	return compare(((const struct lock_function *)a)->addr,
		       ((const struct lock_function *)b)->addr);
}

static void add_functions(struct lock_code *lc, size_t family, bool takes)
{
	const struct lock_family *f = &lock_families[family];
	const char *const *names = takes ? f->takes : f->lets_go;
	size_t i, n = takes ? ARRAY_SIZE(f->takes) : ARRAY_SIZE(f->lets_go);
	struct lock_function fn = {.family = family, .takes = takes};

	if (f->lock && !dump_symbol(lc->d, f->lock, &lc->locks[family]))
		return;
	for (i = 0; i < n && names[i]; i++) {
		fn.name = names[i];
		if (dump_symbol(lc->d, fn.name, &fn.addr))
			*vec_push(lc->d->arena, &lc->functions) = fn;
	}
}

/* A call may leave out what the function begins with: endbr64, bti. */
#define ENTRY_MAX 8

static const struct lock_function *function_at(const struct lock_code *lc, kaddr_t addr)
{
	size_t low = 0, high = lc->functions.n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (lc->functions.v[middle].addr <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || addr - lc->functions.v[low - 1].addr > ENTRY_MAX)
		return NULL;
	return &lc->functions.v[low - 1];
}

/* ---- a function on a stack ----------------------------------------------- */

static bool is_in_function(struct dump *d, const struct code *c, kaddr_t at)
{
	struct dump_symbol sym;

	return dump_symbol_at(d, at, &sym) && at - sym.offset == c->start;
}

/* The bits of what a call does, for its caller; name: what it is called. */
struct effect {
	unsigned int takes, lets_go, in_place;
	const char *name;
	kaddr_t wrapper;
};

/* *is_new: nothing is known of it yet but the place. */
static struct passage *passage_of(struct lock_code *lc, struct keyed *all, kaddr_t ip,
				  bool *is_new)
{
	struct passage *p = keyed_get(all, ip);

	*is_new = !p;
	if (p)
		return p;
	p = arena_alloc(lc->d->arena, sizeof(*p));
	p->ip = ip;
	keyed_put(lc->d->arena, all, ip, p);
	return p;
}

/* All calls of a function that is called: which kinds does it take, and not let go of? */
static void read_wrapper(struct lock_code *lc, struct passage *p)
{
	unsigned int takes = 0, lets_go = 0;
	const struct lock_function *f;
	struct code_call call;
	struct code c;
	kaddr_t at;

	/* Of one that is longer it is not seen what it lets go of. */
	if (!code_read(lc->d, p->ip, WRAPPER_MAX, &c) || c.start != p->ip ||
	    is_in_function(lc->d, &c, c.start + c.n))
		return;
	for (at = c.start; code_next_call(lc->d, &c, &at, &call);) {
		f = function_at(lc, call.target);
		if (!f || lock_families[f->family].in_place)
			continue;
		if (!is_in_function(lc->d, &c, call.at))
			break;
		if (f->takes)
			takes |= 1u << f->family;
		else
			lets_go |= 1u << f->family;
	}
	p->held = takes & ~lets_go;
	p->left = lets_go & ~takes;
}

static void effect_of(struct lock_code *lc, kaddr_t target, struct effect *e)
{
	const struct lock_function *f = function_at(lc, target);
	const struct passage *p;
	struct dump_symbol sym;
	struct passage *new;
	unsigned int bit;
	bool is_new;

	memset(e, 0, sizeof(*e));
	if (f) {
		bit = 1u << f->family;
		e->takes = f->takes ? bit : 0;
		e->lets_go = f->takes ? 0 : bit;
		e->in_place = lock_families[f->family].in_place ? bit : 0;
		e->name = f->name;
		return;
	}
	new = passage_of(lc, &lc->wrappers, target, &is_new);
	if (is_new)
		read_wrapper(lc, new);
	p = new;
	e->takes = p->held;
	e->lets_go = p->left;
	e->wrapper = target;
	if (p->held)
		e->name = dump_symbol_at(lc->d, target, &sym)
				  ? arena_printf(lc->d->arena, "%s", sym.name)
				  : "?";
}

static void name_takers(struct passage *p, const struct effect *e)
{
	size_t family;

	for (family = 0; family < LOCK_FAMILIES; family++)
		if (e->takes & 1u << family) {
			p->taker[family] = e->name;
			p->wrapper[family] = e->wrapper;
		}
}

struct changes {
	kaddr_t behind;
	unsigned int takes, lets_go;
};

/* Which calls of a function do what to locks. */
struct calls {
	struct lock_code *lc;
	unsigned int takes, in_place;
	/* Ways are followed up to a call that takes, or lets go of, these. */
	unsigned int stop_taking, stop_leaving;
	VEC(struct changes) changes;
};

static void find_calls(struct calls *calls, const struct code *c, struct passage *p)
{
	struct lock_code *lc = calls->lc;
	struct code_call call;
	struct effect e;
	kaddr_t at = c->start;

	while (code_next_call(lc->d, c, &at, &call)) {
		effect_of(lc, call.target, &e);
		if (!e.takes && !e.lets_go)
			continue;
		if (call.at >= p->ip && !is_in_function(lc->d, c, call.at))
			break;
		if (call.at + call.size == p->ip) {
			p->now |= e.takes;
			continue;
		}
		name_takers(p, &e);
		calls->takes |= e.takes;
		calls->in_place |= e.in_place;
		*vec_push(lc->d->arena, &calls->changes) =
			(struct changes){call.at + call.size, e.takes, e.lets_go};
	}
}

static bool changes_it(void *arg, const struct code_call *call)
{
	const struct calls *calls = arg;
	struct effect e;

	effect_of(calls->lc, call->target, &e);
	return e.takes & calls->stop_taking || e.lets_go & calls->stop_leaving;
}

/* Is the place reached with the lock, or without it? */
static bool is_reached(struct calls *calls, const struct code *c, kaddr_t ip,
		       unsigned int family, bool with, bool *doubt)
{
	const struct changes *ch;
	size_t i;

	calls->stop_taking = with ? 0 : family;
	calls->stop_leaving = with ? family : 0;
	for (i = 0; i < calls->changes.n; i++) {
		ch = &calls->changes.v[i];
		if ((with ? ch->takes : ch->lets_go) & family &&
		    code_reaches(calls->lc->d, c, ch->behind, ip, changes_it, calls,
				 doubt))
			return true;
	}
	return false;
}

/* Without a call that takes such a lock on the way. */
static bool is_way(struct calls *calls, const struct code *c, kaddr_t from, kaddr_t to,
		   unsigned int family, bool *doubt)
{
	calls->stop_taking = family;
	calls->stop_leaving = 0;
	return code_reaches(calls->lc->d, c, from, to, changes_it, calls, doubt);
}

/*
 * Does it let go of what it has not taken itself?  That is where it comes there from its
 * beginning, or from where it let go before, and takes none on the way.
 */
static bool is_anothers(struct calls *calls, const struct code *c, kaddr_t behind,
			unsigned int family, bool *doubt)
{
	const struct changes *ch;
	size_t i;

	if (is_way(calls, c, c->start, behind, family, doubt))
		return true;
	for (i = 0; i < calls->changes.n; i++) {
		ch = &calls->changes.v[i];
		if (ch->lets_go & family && ch->behind != behind &&
		    is_way(calls, c, ch->behind, behind, family, doubt))
			return true;
	}
	return false;
}

/* Is the place reached when it has let go of a lock that its callers took? */
static bool lets_go_of_anothers(struct calls *calls, const struct code *c, kaddr_t ip,
				unsigned int family)
{
	const struct changes *ch;
	bool doubt = calls->changes.n > CHANGES_MAX;
	size_t i;

	for (i = 0; i < calls->changes.n && !doubt; i++) {
		ch = &calls->changes.v[i];
		if (ch->lets_go & family &&
		    is_way(calls, c, ch->behind, ip, family, &doubt) &&
		    is_anothers(calls, c, ch->behind, family, &doubt))
			return true;
	}
	return doubt;
}

/*
 * It has the lock when there is no way to the place on which it has not: neither from the
 * function's beginning, nor from behind what lets go of it.
 */
static void follow_calls(struct calls *calls, const struct code *c, struct passage *p,
			 unsigned int family)
{
	bool doubt = false, with, left, without;

	with = is_reached(calls, c, p->ip, family, true, &doubt);
	left = is_reached(calls, c, p->ip, family, false, &doubt);
	without = is_way(calls, c, c->start, p->ip, family, &doubt);
	p->held |= with || (doubt && calls->takes & family) ? family : 0;
	p->may |= left || without || doubt ? family : 0;
	if (left && !with && lets_go_of_anothers(calls, c, p->ip, family))
		p->left |= family;
}

static void read_calls(struct lock_code *lc, const struct code *c, struct passage *p)
{
	struct calls calls = {.lc = lc};
	unsigned int seen = 0, family;
	bool doubt = false;
	size_t i;

	find_calls(&calls, c, p);
	for (i = 0; i < calls.changes.n; i++)
		seen |= calls.changes.v[i].takes | calls.changes.v[i].lets_go;
	p->held = calls.in_place;
	for (family = 1; family <= calls.in_place; family <<= 1)
		if (calls.in_place & family &&
		    is_reached(&calls, c, p->ip, family, false, &doubt))
			p->may |= family;
	for (family = 1; family <= seen; family <<= 1)
		if (seen & family & ~calls.in_place)
			follow_calls(&calls, c, p, family);
}

static void read_passage(struct lock_code *lc, struct passage *p)
{
	const struct inside *in;
	struct code c;
	size_t i;

	if (!code_read(lc->d, p->ip - 1, CODE_BEHIND, &c))
		return;
	read_calls(lc, &c, p);
	for (i = 0; i < lc->in->all.n && p->held; i++) {
		in = &lc->in->all.v[i];
		if (code_names(lc->d, &c, p->ip, in->lock, in->lock + in->size))
			p->names |= 1ull << i;
	}
}

const struct passage *passage_at(struct lock_code *lc, kaddr_t ip)
{
	bool is_new;
	struct passage *p = passage_of(lc, &lc->frames, ip, &is_new);

	if (is_new)
		read_passage(lc, p);
	return p;
}
static bool adds(struct lock_code *lc, kaddr_t in, kaddr_t end, uint32_t offset)
{
	struct code c;

	return code_read(lc->d, in, WRAPPER_MAX, &c) &&
	       code_adds(lc->d, &c, end ? end : c.start + c.n, offset);
}

bool passage_adds(struct lock_code *lc, const struct passage *p, size_t family,
		  uint32_t offset)
{
	return p->wrapper[family] ? adds(lc, p->wrapper[family], 0, offset)
				  : adds(lc, p->ip - 1, p->ip, offset);
}

void lock_code_init(struct lock_code *lc, struct dump *d, const struct insides *in)
{
	size_t i;

	memset(lc, 0, sizeof(*lc));
	lc->d = d;
	lc->in = in;
	for (i = 0; i < LOCK_FAMILIES; i++) {
		add_functions(lc, i, true);
		add_functions(lc, i, false);
	}
	if (lc->functions.n)
		qsort(lc->functions.v, lc->functions.n, sizeof(lc->functions.v[0]),
		      by_address);
}
