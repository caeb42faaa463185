// SPDX-License-Identifier: GPL-2.0-or-later
#include "inside_code.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "dump/layout.h"

#define LOCKS_MAX 64	 /* that are asked for; a bit each */
#define INSIDERS_MAX 64	 /* of one lock */
#define KEPT_CALLS 2	 /* further in a register of a function is saved somewhere */
#define NEAR_BEFORE 4096 /* of immediate operands there are no larger ones on arm64 */

struct inside_search {
	struct dump *d;
	struct insides *in;
	struct lock_code code;
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

	if (w->kind == WAIT_IO)
		return w->object && w->bit.locked;
	if (w->kind == WAIT_BIT)
		return w->object && w->bit.keeper;
	if (!w->object || !o->known || o->free)
		return false;
	return w->kind == WAIT_SEMAPHORE || (w->kind == WAIT_SRCU && o->readers) ||
	       (w->kind == WAIT_RWSEM && o->readers) ||
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

static size_t lock_size(struct dump *d, enum wait_kind kind)
{
	return (size_t)layout_size(d, kind == WAIT_RWSEM       ? RWSEM
				      : kind == WAIT_SEMAPHORE ? SEMAPHORE
				      : kind == WAIT_IO	       ? PAGE
				      : kind == WAIT_SRCU      ? SRCU
							       : PERCPU_RWSEM);
}

/*
 * Is it asked for already?  Of two who wait for one inode: who waits for who frees it waits
 * for whom that one does.
 */
static bool joins(struct insides *in, const struct wait *wait)
{
	struct inside *same = (struct inside *)inside_of(in, wait->object);

	if (same && same->keeper && wait->bit.keeper &&
	    !strcmp(same->keeper, BIT_WAIT_EVICTS))
		same->keeper = wait->bit.keeper;
	return same;
}

void insides_want(struct dump *d, struct insides *in, const struct wait *wait)
{
	struct inside *to;

	if (!names_nobody(wait) || joins(in, wait) || in->all.n == LOCKS_MAX)
		return;
	to = vec_push(d->arena, &in->all);
	memset(to, 0, sizeof(*to));
	to->kind = wait->kind;
	to->lock = wait->object;
	to->keeper = wait->kind == WAIT_BIT ? wait->bit.keeper : NULL;
	to->reading = wait->kind != WAIT_SEMAPHORE && wait->owner.readers;
	to->size = to->keeper ? sizeof(kaddr_t) : lock_size(d, wait->kind);
	to->last = wait->owner.task;
	to->told = is_told(d, wait);
	to->look = wait->owner.look;
	/* A page has one lock, and it is taken; and one at a time has an inode. */
	to->holders = wait->kind == WAIT_IO || to->keeper ? 1 : wait->owner.holders;
}

static int by_lock(const void *a, const void *b)
{
	return compare(((const struct inside *)a)->lock,
		       ((const struct inside *)b)->lock);
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
		if (passage_at(&s->code, stack->v[i].ip)->now)
			n = i + 1;
	return n;
}

/* Does what was taken there bear on this lock? */
static bool may_be_of(const struct inside_search *s, size_t family,
		      const struct inside *in)
{
	return lock_families[family].kind == in->kind &&
	       lock_families[family].reading == in->reading &&
	       (!s->code.locks[family] || s->code.locks[family] == in->lock);
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
	const struct passage *p = passage_at(&s->code, fr->ip);
	struct insider *to;
	size_t i, family;

	for (family = 0; family < LOCK_FAMILIES && p->held; family++)
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
			if (lock_families[family].in_place)
				to->clues |= INSIDE_IN_PLACE;
			to->taker = p->taker[family];
			snprintf(to->function, sizeof(to->function), "%.63s",
				 fr->function);
			if (p->names & 1ull << i || s->code.locks[family])
				to->clues |= INSIDE_CODE;
		}
	*left |= p->left;
}

/* No call has taken it: who has it is in the function that others wait for. */
static void take_keeper(struct inside_search *s, struct task *t, const struct frame *fr)
{
	struct insider *to;
	size_t i;

	for (i = 0; i < s->in->all.n; i++) {
		if (!s->in->all.v[i].keeper || !frame_is(fr, s->in->all.v[i].keeper))
			continue;
		to = insider_of(s, i, t);
		if (!to)
			continue;
		to->clues |= INSIDE_TAKES;
		snprintf(to->function, sizeof(to->function), "%.63s", fr->function);
	}
}

static kaddr_t near_before(struct dump *d, const struct inside *in)
{
	struct dump_symbol sym;
	kaddr_t lock = in->lock;

	if (in->kind == WAIT_IO || in->keeper)
		return lock; /* before it lies another page, or inode */
	/* Of a variable: what else is in it. */
	if (dump_symbol_at(d, lock, &sym))
		return lock - (sym.offset < NEAR_BEFORE ? sym.offset : NEAR_BEFORE);
	return lock - NEAR_BEFORE;
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
		p = passage_at(&s->code, stack->v[i].ip);
		for (family = 0; family < LOCK_FAMILIES && p->held; family++)
			if (p->held & 1u << family &&
			    may_be_of(s, family, &s->in->all.v[lock]) &&
			    passage_adds(&s->code, p, family, (uint32_t)offset))
				return true;
	}
	return false;
}

/*
 * Is the word the lock's address, as who has it has it?  A reader of SRCU has that of its
 * beginning.  What lies further in is for who runs its grace periods, as their work, which
 * a worker has on its stack; and who is at one waits for the readers himself.
 */
static bool is_address(const struct inside *in, const struct stack *stack, kaddr_t word)
{
	static const char *const serve[] = {"process_srcu", "srcu_invoke_callbacks"};

	if (in->kind == WAIT_SRCU)
		return word == in->lock &&
		       !stack_find_any(stack, serve, ARRAY_SIZE(serve));
	return word >= in->lock && word < in->lock + in->size;
}

/*
 * Has who keeps the inode its address at hand?  Its registers are saved where it is, or in
 * what it has called.  Further out it is of what he did before, as who frees another inode
 * for memory to write to this one; and further in may be a left-over.
 */
static bool is_at_hand(const struct dump *d, const struct inside *in,
		       const struct stack *stack, kaddr_t at)
{
	const struct frame *v = stack->v;
	size_t i, inner, outer;

	for (i = 0; i < stack->n; i++) {
		if (!frame_is(&v[i], in->keeper))
			continue;
		inner = i < KEPT_CALLS ? 0 : i - KEPT_CALLS;
		outer = i + d->arch->frame_ends;
		if (outer >= stack->n)
			outer = stack->n - 1;
		if (at >= stack->sp + v[inner].up && at < stack->sp + v[outer].up)
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
		if (is_address(in, stack, word) &&
		    (!in->keeper || is_at_hand(s->d, in, stack, at)))
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

	if (stack->n && stack->sp > from && stack->sp < end)
		from = stack->sp & ~7ull;
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
	for (i = from; i < stack->n; i++) {
		if (!stack->v[i].function[0])
			continue;
		take_frame(s, t, &stack->v[i], &left);
		take_keeper(s, t, &stack->v[i]);
	}
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
	if (in->all.n)
		qsort(in->all.v, in->all.n, sizeof(in->all.v[0]), by_lock);
	lock_code_init(&s->code, d, in);
	for (i = 0; i < in->all.n; i++)
		in->all.v[i].near = near_before(d, &in->all.v[i]);
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
