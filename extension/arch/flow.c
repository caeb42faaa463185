// SPDX-License-Identifier: GPL-2.0-or-later
#include "flow.h"

#include <stdio.h>
#include <string.h>

#include "arch.h"
#include "base/base.h"
#include "base/text.h"
#include "insn.h"

/* The largest function of a driver has some thousands. */
#define INSNS_MAX 32768
#define WINDOW 256

struct place_to_go {
	kaddr_t at;
	char in[128]; /* the function's name, without what the compiler added */
};

struct places {
	struct place_to_go *v;
	size_t n, room; /* as in VEC() */
};

struct flow_walk {
	struct dump *d;
	const struct flow_question *q;
	struct flow_answer *a;
	struct places todo;
	/* Addresses that were seen, by hash: an open table. */
	kaddr_t seen[2 * INSNS_MAX];
	size_t nseen;
	struct places starts; /* behind calls of q->after */
	bool looks_for_after, past_traps;
	const char *doubt; /* why what was not found may still be there */
	kaddr_t window_at;
	size_t window_n;
	unsigned char window[WINDOW];
};

/* ---- text ---------------------------------------------------------------- */

static size_t text_at(struct flow_walk *w, kaddr_t at, size_t want,
		      const unsigned char **bytes)
{
	size_t n;

	if (at < w->window_at || at - w->window_at >= w->window_n ||
	    w->window_n - (size_t)(at - w->window_at) < want) {
		w->window_at = at;
		for (n = WINDOW; n >= 4; n /= 2)
			if (dump_read(w->d, at, w->window, n) == DUMP_OK)
				break;
		w->window_n = n >= 4 ? n : 0;
	}
	*bytes = w->window + (at - w->window_at);
	return w->window_n - (size_t)(at - w->window_at);
}

static bool decode(struct flow_walk *w, kaddr_t at, struct insn *i)
{
	const unsigned char *bytes;
	size_t n = text_at(w, at, INSN_MAX, &bytes);

	w->d->arch->insn(bytes, n, at, i);
	return i->kind != INSN_BAD;
}

/* Where a call of the address arrives: behind a veneer, if it is one. */
static kaddr_t arrival(struct flow_walk *w, kaddr_t at)
{
	const unsigned char *bytes;
	kaddr_t to;
	size_t n;

	if (!w->d->arch->veneer)
		return at;
	n = text_at(w, at, VENEER_MAX, &bytes);
	to = w->d->arch->veneer(bytes, n, at);
	return to ? to : at;
}

/* ---- where to go ----------------------------------------------------------- */

static bool see(struct flow_walk *w, kaddr_t at)
{
	size_t slot = (size_t)(at * 0x9e3779b97f4a7c15ull >> 32) % ARRAY_SIZE(w->seen);

	while (w->seen[slot] && w->seen[slot] != at)
		slot = (slot + 1) % ARRAY_SIZE(w->seen);
	if (w->seen[slot] == at)
		return false;
	if (w->nseen == INSNS_MAX) {
		w->doubt = "the function has too many instructions";
		return false;
	}
	w->seen[slot] = at;
	w->nseen++;
	return true;
}

static void add_place(struct flow_walk *w, struct places *to, kaddr_t at, const char *in)
{
	struct place_to_go *p = vec_push(w->d->arena, to);

	p->at = at;
	snprintf(p->in, sizeof(p->in), "%s", in);
}

static const char *one_of(const char *symbol, const char *const names[4])
{
	size_t i;

	for (i = 0; i < 4 && names[i]; i++)
		if (text_is_function(symbol, names[i]))
			return names[i];
	return NULL;
}

/* A return that the kernel spells as a jump; and a jump through a register. */
static bool is_return_thunk(const char *symbol)
{
	return !strcmp(symbol, "__x86_return_thunk") ||
	       !strcmp(symbol, "zen_untrain_ret") ||
	       !strcmp(symbol, "srso_return_thunk") ||
	       !strcmp(symbol, "srso_alias_return_thunk") ||
	       !strcmp(symbol, "retbleed_return_thunk") ||
	       !strcmp(symbol, "its_return_thunk") ||
	       !strcmp(symbol, "call_depth_return_thunk");
}

static bool is_indirect_thunk(const char *symbol)
{
	return text_starts(symbol, "__x86_indirect_") ||
	       text_starts(symbol, "__x86_retpoline_");
}

/* Who never comes back: what follows the call is another piece of code. */
static bool never_returns(const char *symbol)
{
	static const char *const names[] = {"__stack_chk_fail", "panic", "fortify_panic",
					    "__fortify_panic", "usercopy_abort"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(symbol, names[i]))
			return true;
	return false;
}

/* A call may leave out what the function begins with: endbr64, bti. */
#define ENTRY_MAX 8

static bool is_own(const struct flow_walk *w, const struct dump_symbol *sym)
{
	return w->q->own && text_starts(sym->name, w->q->own);
}

static const char *base_name(struct dump_symbol *sym)
{
	sym->name[text_function_length(sym->name)] = '\0';
	return sym->name;
}

/* The walk for where to begin: is it the call that was asked behind? */
static void arrive_before(struct flow_walk *w, const struct insn *i, kaddr_t at,
			  const struct dump_symbol *sym, const char *in)
{
	const char *name = one_of(sym->name, w->q->after);

	if (!name)
		return;
	w->a->after = name;
	if (i->kind == INSN_CALL)
		add_place(w, &w->starts, at + i->size, in);
}

/* The target of a call, or of a jump out of the function.  True: it is what was asked. */
static bool arrive(struct flow_walk *w, kaddr_t at, kaddr_t target,
		   struct dump_symbol *sym)
{
	const char *name = one_of(sym->name, w->q->to);

	if (name) {
		w->a->to = name;
		w->a->at = at;
		return true;
	}
	/* It may be handed what it calls, and then does not name it. */
	if (text_is_function(sym->name, "kref_put"))
		w->doubt = "it calls kref_put(), which may call it in turn";
	if (is_own(w, sym))
		add_place(w, &w->todo, target, base_name(sym));
	return false;
}

/* ---- the walk --------------------------------------------------------------- */

static bool is_in(struct flow_walk *w, kaddr_t at, const char *in)
{
	struct dump_symbol sym;

	return dump_symbol_at(w->d, at, &sym) && !strcmp(base_name(&sym), in);
}

/* One instruction.  True: it is what was asked; *on: the walk goes on behind it. */
static bool step(struct flow_walk *w, const struct place_to_go *p, const struct insn *i,
		 bool *on)
{
	struct dump_symbol sym;
	kaddr_t target;

	*on = i->kind != INSN_JUMP && i->kind != INSN_RETURN &&
	      i->kind != INSN_JUMP_INDIRECT && (i->kind != INSN_TRAP || w->past_traps);
	if (i->kind == INSN_JUMP_INDIRECT)
		w->doubt = "it jumps to where a register says";
	if (i->kind != INSN_CALL && i->kind != INSN_JUMP && i->kind != INSN_BRANCH)
		return false;
	target = arrival(w, i->target);
	if (!dump_symbol_at(w->d, target, &sym)) {
		w->doubt = "it goes to where no symbol is";
		return false;
	}
	if (i->kind == INSN_CALL)
		*on = !never_returns(sym.name);
	if (i->kind != INSN_CALL && is_in(w, target, p->in)) {
		add_place(w, &w->todo, target, p->in);
		return false;
	}
	if (i->kind != INSN_CALL && is_indirect_thunk(sym.name))
		w->doubt = "it jumps to where a register says";
	if (is_return_thunk(sym.name) || is_indirect_thunk(sym.name) ||
	    sym.offset > ENTRY_MAX)
		return false;
	if (!w->looks_for_after)
		return arrive(w, p->at, target, &sym);
	arrive_before(w, i, p->at, &sym, p->in);
	return false;
}

/* From one place on, to where it has been or there is no further. */
static bool follow(struct flow_walk *w, struct place_to_go p)
{
	struct insn i;
	bool on = true;

	i.kind = INSN_CALL;
	for (; on && see(w, p.at); p.at += i.size) {
		/* Who was called may never come back, and then another function is here. */
		if (i.kind == INSN_CALL && !is_in(w, p.at, p.in))
			return false;
		if (!decode(w, p.at, &i)) {
			w->doubt = "an instruction of it cannot be read";
			return false;
		}
		if (step(w, &p, &i, &on))
			return true;
	}
	return false;
}

static bool walk(struct flow_walk *w)
{
	memset(w->seen, 0, sizeof(w->seen));
	w->nseen = 0;
	w->doubt = NULL;
	while (w->todo.n && !dump_interrupted(w->d))
		if (follow(w, w->todo.v[--w->todo.n]))
			return true;
	return false;
}

/* The places to begin at: the function's own beginning, or behind the calls. */
static bool find_starts(struct flow_walk *w, const char *in)
{
	if (!w->q->after[0]) {
		add_place(w, &w->starts, w->a->function, in);
		return true;
	}
	w->looks_for_after = w->past_traps = true;
	add_place(w, &w->todo, w->a->function, in);
	walk(w);
	w->looks_for_after = w->past_traps = false;
	return w->a->after != NULL;
}

static bool leads(struct flow_walk *w, bool past_traps)
{
	size_t i;

	w->past_traps = past_traps;
	w->todo.n = 0;
	for (i = 0; i < w->starts.n; i++)
		add_place(w, &w->todo, w->starts.v[i].at, w->starts.v[i].in);
	return walk(w);
}

static void answer(struct flow_walk *w)
{
	struct flow_answer *a = w->a;

	if (leads(w, false)) {
		a->flow = FLOW_LEADS;
		return;
	}
	/* What follows a trap is WARN()'s way on, or no way at all. */
	if (!w->doubt && leads(w, true)) {
		w->doubt = "only behind a trap";
		a->at = 0;
		a->to = NULL;
	}
	a->why = w->doubt;
	a->flow = w->doubt ? FLOW_UNKNOWN : FLOW_NEVER;
}

void flow_ask(struct dump *d, const struct flow_question *q, struct flow_answer *a)
{
	struct flow_walk *w;

	memset(a, 0, sizeof(*a));
	if (!dump_symbol(d, q->function, &a->function)) {
		a->function = 0;
		a->why = "this kernel has no such function";
		return;
	}
	if (!d->arch->insn) {
		a->why = "this machine's instructions are not known here";
		return;
	}
	w = arena_alloc(d->arena, sizeof(*w));
	w->d = d;
	w->q = q;
	w->a = a;
	if (find_starts(w, q->function))
		answer(w);
	else
		a->why = w->doubt ? w->doubt
				  : "it does not call what it was asked behind";
}
