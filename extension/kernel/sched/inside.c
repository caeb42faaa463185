// SPDX-License-Identifier: GPL-2.0-or-later
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/code.h"
#include "dump/layout.h"

#define LOCKS_MAX 64	 /* that are asked for; a bit each */
#define INSIDERS_MAX 64	 /* of one lock */
#define NEAR_BEFORE 4096 /* of immediate operands there are no larger ones on arm64 */
#define CODE_BEHIND 2048
#define WRAPPER_MAX 512 /* who only takes a lock, or lets go, is short */

/* What takes a lock of this kind, and what lets go of it: some do both for their callers. */
static const struct family {
	enum wait_kind kind;
	bool reading;
	/* Taken in place: called, from anywhere in the function, in the rare case only. */
	bool in_place;
	const char *lock; /* the variable; NULL: the caller says which */
	const char *takes[10], *lets_go[4];
} families[] = {
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
};

struct function {
	kaddr_t addr;
	size_t family;
	const char *name;
	bool takes;
};

/*
 * What the code around a place in a function says, which many stacks pass; or that of a
 * whole function, which may take a lock, or let go of it, for its callers.
 */
struct passage {
	kaddr_t ip;			   /* 0: none is here */
	unsigned int held, may, left, now; /* a bit for each family */
	const char *taker[ARRAY_SIZE(families)];
	kaddr_t wrapper[ARRAY_SIZE(families)]; /* the taker, where it is none of ours */
	uint64_t names;			       /* locks, by their place in .in */
};

struct inside_search {
	struct dump *d;
	struct insides *in;
	VEC(struct function) functions;	     /* by address */
	kaddr_t locks[ARRAY_SIZE(families)]; /* of families with one lock; 0: any */
	struct passages {
		struct passage *v;
		size_t n, room;
	} frames, wrappers; /* by the place, and by the function's beginning */
	unsigned char *page;
};

/* ---- locks --------------------------------------------------------------- */

const struct inside *inside_of(const struct insides *in, kaddr_t lock)
{
	size_t i;

	for (i = 0; i < in->all.n; i++)
		if (in->all.v[i].lock == lock)
			return &in->all.v[i];
	return NULL;
}

static bool names_nobody(const struct wait *w)
{
	const struct lock_owner *o = &w->owner;

	if (!w->object || !o->known || o->free)
		return false;
	return w->kind == WAIT_SEMAPHORE || (w->kind == WAIT_RWSEM && o->readers) ||
	       (w->kind == WAIT_PERCPU_RWSEM && !o->owner);
}

/*
 * Does the lock take the last reader's name back?  is_rwsem_reader_owned() is there where
 * it does: for debugging, and since 77da18de55ac (6.17) for the hung-task detector.
 */
static bool is_told(struct dump *d, const struct wait *w)
{
	kaddr_t function;

	return w->kind == WAIT_SEMAPHORE ||
	       dump_symbol(d, "is_rwsem_reader_owned", &function);
}

void insides_want(struct dump *d, struct insides *in, const struct wait *wait)
{
	struct inside *to;

	if (!names_nobody(wait) || in->all.n == LOCKS_MAX || inside_of(in, wait->object))
		return;
	to = vec_push(d->arena, &in->all);
	memset(to, 0, sizeof(*to));
	to->kind = wait->kind;
	to->lock = wait->object;
	to->reading = wait->kind != WAIT_SEMAPHORE && wait->owner.readers;
	to->size = (size_t)layout_size(d, wait->kind == WAIT_RWSEM	 ? RWSEM
					  : wait->kind == WAIT_SEMAPHORE ? SEMAPHORE
									 : PERCPU_RWSEM);
	to->last = wait->owner.task;
	to->told = is_told(d, wait);
	to->holders = wait->owner.holders;
}

static int by_lock(const void *a, const void *b)
{
	return compare(((const struct inside *)a)->lock,
		       ((const struct inside *)b)->lock);
}

/* ---- functions ----------------------------------------------------------- */

static int by_address(const void *a, const void *b)
{
	return compare(((const struct function *)a)->addr,
		       ((const struct function *)b)->addr);
}

static void add_functions(struct inside_search *s, size_t family, bool takes)
{
	const struct family *f = &families[family];
	const char *const *names = takes ? f->takes : f->lets_go;
	size_t i, n = takes ? ARRAY_SIZE(f->takes) : ARRAY_SIZE(f->lets_go);
	struct function fn = {.family = family, .takes = takes};

	if (f->lock && !dump_symbol(s->d, f->lock, &s->locks[family]))
		return;
	for (i = 0; i < n && names[i]; i++) {
		fn.name = names[i];
		if (dump_symbol(s->d, fn.name, &fn.addr))
			*vec_push(s->d->arena, &s->functions) = fn;
	}
}

/* A call may leave out what the function begins with: endbr64, bti. */
#define ENTRY_MAX 8

static const struct function *function_at(const struct inside_search *s, kaddr_t addr)
{
	size_t low = 0, high = s->functions.n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (s->functions.v[middle].addr <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || addr - s->functions.v[low - 1].addr > ENTRY_MAX)
		return NULL;
	return &s->functions.v[low - 1];
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

static struct passage *passage_slot(const struct passages *all, kaddr_t ip)
{
	size_t i = (size_t)((ip * 0x9e3779b97f4a7c15ull) >> 32) % all->room;

	while (all->v[i].ip && all->v[i].ip != ip)
		i = (i + 1) % all->room;
	return &all->v[i];
}

static void grow_passages(struct inside_search *s, struct passages *all)
{
	struct passage *old = all->v;
	size_t i, n = all->room;

	all->room = n ? n * 2 : 512;
	all->v = arena_alloc(s->d->arena, all->room * sizeof(*all->v));
	for (i = 0; i < n; i++)
		if (old[i].ip)
			*passage_slot(all, old[i].ip) = old[i];
}

/* The slot of this place; *is_new: nothing is in it yet but the place. */
static struct passage *passage_new(struct inside_search *s, struct passages *all,
				   kaddr_t ip, bool *is_new)
{
	struct passage *p;

	if (all->n * 2 >= all->room)
		grow_passages(s, all);
	p = passage_slot(all, ip);
	*is_new = !p->ip;
	all->n += *is_new;
	p->ip = ip;
	return p;
}

/* All calls of a function that is called: which kinds does it take, and not let go of? */
static void read_wrapper(struct inside_search *s, struct passage *p)
{
	unsigned int takes = 0, lets_go = 0;
	const struct function *f;
	struct code_call call;
	struct code c;
	kaddr_t at;

	/* Of one that is longer it is not seen what it lets go of. */
	if (!code_read(s->d, p->ip, WRAPPER_MAX, &c) || c.start != p->ip ||
	    is_in_function(s->d, &c, c.start + c.n))
		return;
	for (at = c.start; code_next_call(s->d, &c, &at, &call);) {
		f = function_at(s, call.target);
		if (!f || families[f->family].in_place)
			continue;
		if (!is_in_function(s->d, &c, call.at))
			break;
		if (f->takes)
			takes |= 1u << f->family;
		else
			lets_go |= 1u << f->family;
	}
	p->held = takes & ~lets_go;
	p->left = lets_go & ~takes;
}

static void effect_of(struct inside_search *s, kaddr_t target, struct effect *e)
{
	const struct function *f = function_at(s, target);
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
		e->in_place = families[f->family].in_place ? bit : 0;
		e->name = f->name;
		return;
	}
	new = passage_new(s, &s->wrappers, target, &is_new);
	if (is_new)
		read_wrapper(s, new);
	p = new;
	e->takes = p->held;
	e->lets_go = p->left;
	e->wrapper = target;
	if (p->held)
		e->name = dump_symbol_at(s->d, target, &sym)
				  ? arena_printf(s->d->arena, "%s", sym.name)
				  : "?";
}

static void name_takers(struct passage *p, const struct effect *e)
{
	size_t family;

	for (family = 0; family < ARRAY_SIZE(families); family++)
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
	struct inside_search *s;
	unsigned int takes, in_place;
	/* Ways are followed up to a call that takes, or lets go of, these. */
	unsigned int stop_taking, stop_leaving;
	VEC(struct changes) changes;
};

static void find_calls(struct calls *calls, const struct code *c, struct passage *p)
{
	struct inside_search *s = calls->s;
	struct code_call call;
	struct effect e;
	kaddr_t at = c->start;

	while (code_next_call(s->d, c, &at, &call)) {
		effect_of(s, call.target, &e);
		if (!e.takes && !e.lets_go)
			continue;
		if (call.at >= p->ip && !is_in_function(s->d, c, call.at))
			break;
		if (call.at + call.size == p->ip) {
			p->now |= e.takes;
			continue;
		}
		name_takers(p, &e);
		calls->takes |= e.takes;
		calls->in_place |= e.in_place;
		*vec_push(s->d->arena, &calls->changes) =
			(struct changes){call.at + call.size, e.takes, e.lets_go};
	}
}

static bool changes_it(void *arg, const struct code_call *call)
{
	const struct calls *calls = arg;
	struct effect e;

	effect_of(calls->s, call->target, &e);
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
		    code_reaches(calls->s->d, c, ch->behind, ip, changes_it, calls,
				 doubt))
			return true;
	}
	return false;
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
	calls->stop_taking = family;
	calls->stop_leaving = 0;
	without =
		code_reaches(calls->s->d, c, c->start, p->ip, changes_it, calls, &doubt);
	p->held |= with || (doubt && calls->takes & family) ? family : 0;
	p->may |= left || without || doubt ? family : 0;
	p->left |= left && !with ? family : 0;
}

static void read_calls(struct inside_search *s, const struct code *c, struct passage *p)
{
	struct calls calls = {.s = s};
	unsigned int seen = 0, family;
	size_t i;

	find_calls(&calls, c, p);
	for (i = 0; i < calls.changes.n; i++)
		seen |= calls.changes.v[i].takes | calls.changes.v[i].lets_go;
	p->held = calls.in_place;
	for (family = 1; family <= seen; family <<= 1)
		if (seen & family & ~calls.in_place)
			follow_calls(&calls, c, p, family);
}

static void read_passage(struct inside_search *s, struct passage *p)
{
	const struct inside *in;
	struct code c;
	size_t i;

	if (!code_read(s->d, p->ip - 1, CODE_BEHIND, &c))
		return;
	read_calls(s, &c, p);
	for (i = 0; i < s->in->all.n && p->held; i++) {
		in = &s->in->all.v[i];
		if (code_names(s->d, &c, p->ip, in->lock, in->lock + in->size))
			p->names |= 1ull << i;
	}
}

static const struct passage *passage_at(struct inside_search *s, kaddr_t ip)
{
	bool is_new;
	struct passage *p = passage_new(s, &s->frames, ip, &is_new);

	if (is_new)
		read_passage(s, p);
	return p;
}

/* ---- a task -------------------------------------------------------------- */

static struct insider *insider_of(struct inside_search *s, size_t lock, struct task *t)
{
	struct inside *in = &s->in->all.v[lock];
	struct insider *to;

	/* Tasks come one after the other: his own is the last. */
	if (in->all.n && in->all.v[in->all.n - 1].task == t)
		return &in->all.v[in->all.n - 1];
	if (in->all.n == INSIDERS_MAX)
		return NULL;
	to = vec_push(s->d->arena, &in->all);
	memset(to, 0, sizeof(*to));
	to->task = t;
	return to;
}

/* Of him something that takes such a lock is on the stack already. */
static bool has_taken(const struct inside_search *s, size_t lock, const struct task *t)
{
	const struct inside *in = &s->in->all.v[lock];
	const struct insider *last = in->all.n ? &in->all.v[in->all.n - 1] : NULL;

	return last && last->task == t && last->clues & INSIDE_TAKES;
}

static void add_clue(struct inside_search *s, size_t lock, struct task *t,
		     unsigned int clue, kaddr_t at)
{
	struct insider *i = insider_of(s, lock, t);

	if (!i)
		return;
	if (clue & (INSIDE_STACK | INSIDE_NEAR) && !(i->clues & INSIDE_STACK))
		i->at = at;
	i->clues |= clue;
}

/* Who sleeps for a lock is not inside by what he did to get in. */
static size_t frames_of_wait(struct inside_search *s, const struct stack *stack)
{
	size_t i, n = 0;

	for (i = 0; i < stack->n; i++)
		if (passage_at(s, stack->v[i].ip)->now)
			n = i + 1;
	return n;
}

/* Does what was taken there bear on this lock? */
static bool may_be_of(const struct inside_search *s, size_t family,
		      const struct inside *in)
{
	return families[family].kind == in->kind &&
	       families[family].reading == in->reading &&
	       (!s->locks[family] || s->locks[family] == in->lock);
}

static bool is_sure(unsigned int clues)
{
	return clues & INSIDE_TOLD ||
	       (clues & INSIDE_TAKES && !(clues & (INSIDE_LEAVES | INSIDE_MAY)) &&
		clues & (INSIDE_CODE | INSIDE_STACK | INSIDE_NEAR | INSIDE_MAP |
			 INSIDE_LAST));
}

/* *left: what functions further in have let go of. */
static void take_frame(struct inside_search *s, struct task *t, const struct frame *fr,
		       unsigned int *left)
{
	const struct passage *p = passage_at(s, fr->ip);
	struct insider *to;
	size_t i, family;

	for (family = 0; family < ARRAY_SIZE(families) && p->held; family++)
		for (i = 0; i < s->in->all.n; i++) {
			if (!(p->held & 1u << family) ||
			    !may_be_of(s, family, &s->in->all.v[i]))
				continue;
			to = insider_of(s, i, t);
			if (!to || is_sure(to->clues) ||
			    (to->clues & INSIDE_TAKES && p->may & 1u << family))
				continue;
			to->clues |= INSIDE_TAKES;
			to->clues &= ~(unsigned int)(INSIDE_MAY | INSIDE_LEAVES |
						     INSIDE_IN_PLACE);
			if (*left & 1u << family)
				to->clues |= INSIDE_LEAVES;
			if (p->may & 1u << family)
				to->clues |= INSIDE_MAY;
			if (families[family].in_place)
				to->clues |= INSIDE_IN_PLACE;
			to->taker = p->taker[family];
			snprintf(to->function, sizeof(to->function), "%.63s",
				 fr->function);
			if (p->names & 1ull << i || s->locks[family])
				to->clues |= INSIDE_CODE;
		}
	*left |= p->left;
}

static kaddr_t near_before(struct dump *d, kaddr_t lock)
{
	struct dump_symbol sym;

	/* Of a variable: what else is in it. */
	if (dump_symbol_at(d, lock, &sym))
		return lock - (sym.offset < NEAR_BEFORE ? sym.offset : NEAR_BEFORE);
	return lock - NEAR_BEFORE;
}

static bool adds(struct inside_search *s, kaddr_t in, kaddr_t end, uint32_t offset)
{
	struct code c;

	return code_read(s->d, in, WRAPPER_MAX, &c) &&
	       code_adds(s->d, &c, end ? end : c.start + c.n, offset);
}

/*
 * Does a function on the stack that has such a lock add so much to a pointer, or the one
 * that took it for it?  Then the pointer is to what the lock is a member of.
 */
static bool is_member(struct inside_search *s, const struct stack *stack, size_t from,
		      size_t lock, kaddr_t offset)
{
	const struct passage *p;
	size_t i, family;

	for (i = from; i < stack->n; i++) {
		p = passage_at(s, stack->v[i].ip);
		for (family = 0; family < ARRAY_SIZE(families) && p->held; family++)
			if (p->held & 1u << family &&
			    may_be_of(s, family, &s->in->all.v[lock]) &&
			    (p->wrapper[family]
				     ? adds(s, p->wrapper[family], 0, (uint32_t)offset)
				     : adds(s, p->ip - 1, p->ip, (uint32_t)offset)))
				return true;
	}
	return false;
}

static void take_word(struct inside_search *s, struct task *t, const struct stack *stack,
		      size_t from, kaddr_t at, kaddr_t word, kaddr_t waits_for)
{
	const struct inside *in;
	size_t i;

	for (i = 0; i < s->in->all.n; i++) {
		in = &s->in->all.v[i];
		if (in->lock == waits_for || word > in->lock + in->size ||
		    word < in->near ||
		    (in->lock >= t->stack && in->lock - t->stack < t->stack_size))
			continue;
		if (word >= in->lock && word < in->lock + in->size)
			add_clue(s, i, t, INSIDE_STACK, at);
		else if (word < in->lock && has_taken(s, i, t) &&
			 is_member(s, stack, from, i, in->lock - word))
			add_clue(s, i, t, INSIDE_NEAR, at);
	}
}

/* What lies below its innermost frame is stale. */
static void take_stack(struct inside_search *s, struct task *t, const struct stack *stack,
		       size_t outer, kaddr_t waits_for)
{
	kaddr_t from = task_stack_used(t), end = t->stack + t->stack_size;
	size_t i, n, page = s->d->info.page_size;

	if (stack->n && stack->v[0].sp > from && stack->v[0].sp < end)
		from = stack->v[0].sp & ~7ull;
	for (; from < end && !dump_interrupted(s->d); from += n) {
		n = page - from % page;
		if (n > end - from)
			n = end - from;
		if (dump_read(s->d, from, s->page, n) != DUMP_OK)
			continue;
		for (i = 0; i + sizeof(kaddr_t) <= n; i += sizeof(kaddr_t))
			take_word(s, t, stack, outer, from + i, load_u64(s->page + i),
				  waits_for);
	}
}

static void take_words_of_lock(struct inside_search *s, struct task *t,
			       const struct stack *stack, size_t from)
{
	const struct inside *in;
	kaddr_t mm = 0;
	size_t i;

	if (layout_has_all(s->d, TASK_MM, MM_MMAP_LOCK))
		member_ptr(s->d, t->addr, TASK_MM, &mm);
	for (i = 0; i < s->in->all.n; i++) {
		in = &s->in->all.v[i];
		if (mm && in->lock == member_addr(s->d, mm, MM_MMAP_LOCK) &&
		    has_taken(s, i, t) && is_member(s, stack, from, i, in->lock - mm))
			add_clue(s, i, t, INSIDE_MAP, 0);
		if (in->last == t->addr)
			add_clue(s, i, t, INSIDE_LAST | (in->told ? INSIDE_TOLD : 0), 0);
	}
}

/* Has taken such a lock, or has such a memory map: so have many, who know nothing of it. */
static bool says_nothing(unsigned int clues)
{
	return !(clues & (INSIDE_CODE | INSIDE_STACK | INSIDE_LAST)) &&
	       !(clues & INSIDE_TAKES && clues & (INSIDE_MAP | INSIDE_NEAR));
}

static void forget_if_nothing(struct inside_search *s, const struct task *t)
{
	struct inside *in;
	struct insider *last;
	size_t i;

	for (i = 0; i < s->in->all.n; i++) {
		in = &s->in->all.v[i];
		last = in->all.n ? &in->all.v[in->all.n - 1] : NULL;
		if (!last || last->task != t)
			continue;
		last->sure = is_sure(last->clues);
		in->nsure += last->sure;
		in->all.n -= says_nothing(last->clues);
	}
}

void inside_task(struct inside_search *s, struct task *t, const struct stack *stack,
		 const struct wait *wait)
{
	kaddr_t waits_for = wait ? wait->object : 0;
	unsigned int left = 0;
	size_t i, from = 0;

	if (t->idle || !t->stack)
		return;
	if (waits_for && inside_of(s->in, waits_for))
		from = frames_of_wait(s, stack);
	for (i = from; i < stack->n; i++)
		if (stack->v[i].function[0])
			take_frame(s, t, &stack->v[i], &left);
	take_stack(s, t, stack, from, waits_for);
	take_words_of_lock(s, t, stack, from);
	forget_if_nothing(s, t);
}

/* ---- the search ---------------------------------------------------------- */

struct inside_search *insides_search(struct dump *d, struct insides *in)
{
	struct inside_search *s = arena_alloc(d->arena, sizeof(*s));
	size_t i;

	s->d = d;
	s->in = in;
	s->page = arena_alloc(d->arena, d->info.page_size);
	for (i = 0; i < ARRAY_SIZE(families); i++) {
		add_functions(s, i, true);
		add_functions(s, i, false);
	}
	if (s->functions.n)
		qsort(s->functions.v, s->functions.n, sizeof(s->functions.v[0]),
		      by_address);
	if (in->all.n)
		qsort(in->all.v, in->all.n, sizeof(in->all.v[0]), by_lock);
	for (i = 0; i < in->all.n; i++)
		in->all.v[i].near = near_before(d, in->all.v[i].lock);
	return s;
}

static int sure_first(const void *a, const void *b)
{
	const struct insider *x = a, *y = b;

	if (x->sure != y->sure)
		return y->sure - x->sure;
	if (x->task->since_s != y->task->since_s)
		return x->task->since_s > y->task->since_s ? -1 : 1;
	return x->task->pid < y->task->pid ? -1 : x->task->pid > y->task->pid;
}

void insides_done(struct inside_search *s)
{
	struct inside *in;
	size_t i;

	for (i = 0; i < s->in->all.n; i++) {
		in = &s->in->all.v[i];
		if (in->all.n)
			qsort(in->all.v, in->all.n, sizeof(in->all.v[0]), sure_first);
	}
}
