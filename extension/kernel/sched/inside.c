// SPDX-License-Identifier: GPL-2.0-or-later
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/code.h"
#include "dump/layout.h"

#define LOCKS_MAX 64	/* that are asked for; a bit each */
#define INSIDERS_MAX 64 /* of one lock */
#define NEAR_BEFORE 1024
#define CODE_BEHIND 2048

/* What takes a lock of this kind, and what lets go of it: some do both for their callers. */
static const struct family {
	enum wait_kind kind;
	const char *takes[10], *lets_go[4];
} families[] = {
	{WAIT_RWSEM,
	 {"down_read", "down_read_killable", "down_read_interruptible",
	  "down_read_trylock", "down_read_nested", "down_read_killable_nested",
	  "down_read_non_owner", "downgrade_write", "lock_mm_and_find_vma"},
	 {"up_read", "up_read_non_owner"}},
	{WAIT_SEMAPHORE,
	 {"down", "down_interruptible", "down_killable", "down_trylock", "down_timeout",
	  "console_lock", "console_trylock"},
	 {"up", "console_unlock"}},
};

struct function {
	kaddr_t addr;
	size_t family;
	const char *name;
	bool takes;
};

/* What the code around a place in a function says, which many stacks pass. */
struct passage {
	kaddr_t ip;		      /* 0: none is here */
	unsigned int held, left, now; /* a bit for each family */
	const char *taker[ARRAY_SIZE(families)];
	uint64_t names; /* locks, by their place in .in */
};

struct inside_search {
	struct dump *d;
	struct insides *in;
	VEC(struct function) functions; /* by address */
	struct passage *passages;
	size_t npassages, room;
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
	return w->kind == WAIT_SEMAPHORE || (w->kind == WAIT_RWSEM && o->readers);
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
	to->size = (size_t)layout_size(d, wait->kind == WAIT_RWSEM ? RWSEM : SEMAPHORE);
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

/*
 * Between a call that takes and one that lets go: none stands before the place, or a
 * further one behind it, as on the way on from an error's.
 */
static void read_calls(struct inside_search *s, const struct code *c, struct passage *p)
{
	unsigned int let_go = 0, bit;
	const struct function *f;
	struct code_call call;
	kaddr_t at = c->start;

	while (code_next_call(s->d, c, &at, &call)) {
		f = function_at(s, call.target);
		if (!f)
			continue;
		bit = 1u << f->family;
		if (call.at + call.size == p->ip) {
			p->now |= f->takes ? bit : 0;
		} else if (call.at >= p->ip) {
			if (!is_in_function(s->d, c, call.at))
				break;
			let_go &= f->takes ? ~0u : ~bit;
		} else if (f->takes) {
			p->held |= bit;
			let_go &= ~bit;
			p->taker[f->family] = f->name;
		} else {
			let_go |= bit;
		}
	}
	p->left = let_go & ~p->held;
	p->held &= ~let_go;
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

static struct passage *passage_slot(const struct inside_search *s, kaddr_t ip)
{
	size_t i = (size_t)((ip * 0x9e3779b97f4a7c15ull) >> 32) % s->room;

	while (s->passages[i].ip && s->passages[i].ip != ip)
		i = (i + 1) % s->room;
	return &s->passages[i];
}

static void grow_passages(struct inside_search *s)
{
	struct passage *old = s->passages;
	size_t i, n = s->room;

	s->room = n ? n * 2 : 512;
	s->passages = arena_alloc(s->d->arena, s->room * sizeof(*s->passages));
	for (i = 0; i < n; i++)
		if (old[i].ip)
			*passage_slot(s, old[i].ip) = old[i];
}

static const struct passage *passage_at(struct inside_search *s, kaddr_t ip)
{
	struct passage *p;

	if (s->npassages * 2 >= s->room)
		grow_passages(s);
	p = passage_slot(s, ip);
	if (p->ip)
		return p;
	p->ip = ip;
	s->npassages++;
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

static bool is_family(const struct inside *in, size_t family)
{
	return in->kind == families[family].kind;
}

/* *left: what functions further in have let go of. */
static void take_frame(struct inside_search *s, struct task *t, const struct frame *fr,
		       unsigned int *left)
{
	const struct passage *p = passage_at(s, fr->ip);
	struct insider *insider;
	size_t i, family;

	for (family = 0; family < ARRAY_SIZE(families); family++)
		for (i = 0; i < s->in->all.n && p->held & 1u << family; i++) {
			if (!is_family(&s->in->all.v[i], family))
				continue;
			insider = insider_of(s, i, t);
			if (!insider || insider->clues & INSIDE_CODE)
				continue;
			insider->clues |= INSIDE_TAKES;
			if (*left & 1u << family)
				insider->clues |= INSIDE_LEAVES;
			insider->taker = p->taker[family];
			snprintf(insider->function, sizeof(insider->function), "%.63s",
				 fr->function);
			if (p->names & 1ull << i)
				insider->clues |= INSIDE_CODE;
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

static void take_word(struct inside_search *s, struct task *t, kaddr_t at, kaddr_t word,
		      kaddr_t waits_for)
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
		else if (word < in->lock)
			add_clue(s, i, t, INSIDE_NEAR, at);
	}
}

/* What lies below its innermost frame is stale. */
static void take_stack(struct inside_search *s, struct task *t, const struct stack *stack,
		       kaddr_t waits_for)
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
			take_word(s, t, from + i, load_u64(s->page + i), waits_for);
	}
}

static void take_words_of_lock(struct inside_search *s, struct task *t)
{
	const struct inside *in;
	kaddr_t mm = 0;
	size_t i;

	if (layout_has_all(s->d, TASK_MM, MM_MMAP_LOCK))
		member_ptr(s->d, t->addr, TASK_MM, &mm);
	for (i = 0; i < s->in->all.n; i++) {
		in = &s->in->all.v[i];
		if (mm && in->lock == member_addr(s->d, mm, MM_MMAP_LOCK))
			add_clue(s, i, t, INSIDE_MAP, 0);
		if (in->last == t->addr)
			add_clue(s, i, t, INSIDE_LAST | (in->told ? INSIDE_TOLD : 0), 0);
	}
}

static bool is_sure(unsigned int clues)
{
	return clues & INSIDE_TOLD || (clues & INSIDE_TAKES && !(clues & INSIDE_LEAVES) &&
				       clues & (INSIDE_CODE | INSIDE_STACK | INSIDE_NEAR |
						INSIDE_MAP | INSIDE_LAST));
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
	size_t i = 0;

	if (t->idle || !t->stack)
		return;
	if (waits_for && inside_of(s->in, waits_for))
		i = frames_of_wait(s, stack);
	for (; i < stack->n; i++)
		if (stack->v[i].function[0])
			take_frame(s, t, &stack->v[i], &left);
	take_stack(s, t, stack, waits_for);
	take_words_of_lock(s, t);
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
