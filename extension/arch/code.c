// SPDX-License-Identifier: GPL-2.0-or-later
#include "code.h"

#include "arch.h"
#include "insn.h"

/* Of a longer function only its beginning: what is asked of it is where it begins. */
#define CODE_MAX (64 * 1024)

bool code_read(struct dump *d, kaddr_t in, size_t behind, struct code *c)
{
	struct dump_symbol sym;
	unsigned char *bytes;
	size_t n;

	if (!d->arch->insn || !dump_symbol_at(d, in, &sym) || sym.offset > CODE_MAX)
		return false;
	bytes = arena_alloc(d->arena, (size_t)sym.offset + behind + INSN_MAX);
	c->start = in - sym.offset;
	c->bytes = bytes;
	/* The page behind it may be nobody's. */
	for (n = (size_t)sym.offset + behind; n > sym.offset; n -= behind / 4)
		if (dump_read(d, c->start, bytes, n) == DUMP_OK)
			break;
	if (n <= sym.offset &&
	    (!sym.offset || dump_read(d, c->start, bytes, n) != DUMP_OK))
		return false;
	c->n = n;
	return true;
}

/* Where a call of the address arrives: behind a veneer, if it is one. */
static kaddr_t arrival(struct dump *d, kaddr_t at)
{
	unsigned char bytes[VENEER_MAX];
	kaddr_t to = 0;

	if (d->arch->veneer && dump_read(d, at, bytes, sizeof(bytes)) == DUMP_OK)
		to = d->arch->veneer(bytes, sizeof(bytes), at);
	return to ? to : at;
}

bool code_next_call(struct dump *d, const struct code *c, kaddr_t *at,
		    struct code_call *call)
{
	size_t i = (size_t)(*at - c->start);
	struct insn insn;
	bool out;

	for (; i < c->n; i += insn.kind == INSN_BAD ? 1 : insn.size) {
		d->arch->insn(c->bytes + i, c->n - i, c->start + i, &insn);
		out = insn.kind == INSN_JUMP &&
		      (insn.target < c->start || insn.target - c->start >= c->n);
		if (insn.kind != INSN_CALL && !out)
			continue;
		call->at = c->start + i;
		call->size = insn.size;
		call->target = arrival(d, insn.target);
		*at = call->at + insn.size;
		return true;
	}
	return false;
}

struct ways {
	struct dump *d;
	const struct code *c;
	kaddr_t to;
	bool (*stops)(void *arg, const struct code_call *call);
	void *arg;
	unsigned char *seen; /* of each byte, whether an instruction there was */
	VEC(kaddr_t) todo;
	bool doubt;
};

static bool is_in_text(const struct code *c, kaddr_t at)
{
	return at >= c->start && at - c->start < c->n;
}

/* Does the way go on behind the instruction? */
static bool goes_on(struct ways *w, kaddr_t at, const struct insn *insn)
{
	struct code_call call = {.at = at, .size = insn->size};

	switch (insn->kind) {
	case INSN_CALL:
		call.target = arrival(w->d, insn->target);
		return !w->stops(w->arg, &call);
	case INSN_JUMP:
	case INSN_BRANCH:
		if (is_in_text(w->c, insn->target))
			*vec_push(w->d->arena, &w->todo) = insn->target;
		return insn->kind == INSN_BRANCH;
	case INSN_JUMP_INDIRECT:
		w->doubt = true;
		return false;
	case INSN_RETURN:
	case INSN_BAD:
		return false;
	default:
		return true;
	}
}

/* The place is behind a call that has not come back, or where it was interrupted. */
static bool follow_way(struct ways *w, kaddr_t at)
{
	const struct code *c = w->c;
	struct insn insn;

	for (; is_in_text(c, at) && !w->seen[at - c->start]; at += insn.size) {
		w->seen[at - c->start] = 1;
		w->d->arch->insn(c->bytes + (at - c->start), c->n - (at - c->start), at,
				 &insn);
		if (at == w->to ||
		    (insn.kind != INSN_BAD && at < w->to && at + insn.size >= w->to))
			return true;
		if (!goes_on(w, at, &insn))
			return false;
	}
	return false;
}

bool code_reaches(struct dump *d, const struct code *c, kaddr_t from, kaddr_t to,
		  bool (*stops)(void *arg, const struct code_call *call), void *arg,
		  bool *doubt)
{
	struct ways w = {.d = d, .c = c, .to = to, .stops = stops, .arg = arg};
	bool reached = false;

	w.seen = arena_alloc(d->arena, c->n + 1);
	*vec_push(d->arena, &w.todo) = from;
	while (w.todo.n && !reached)
		reached = follow_way(&w, w.todo.v[--w.todo.n]);
	/* It is asked of each call in a function, which may be large. */
	arena_drop(d->arena, w.seen);
	arena_drop(d->arena, w.todo.v);
	*doubt |= !reached && w.doubt;
	return reached;
}

static size_t bytes_before(const struct code *c, kaddr_t end)
{
	size_t n = end > c->start ? (size_t)(end - c->start) : 0;

	return n < c->n ? n : c->n;
}

bool code_names(struct dump *d, const struct code *c, kaddr_t end, kaddr_t low,
		kaddr_t high)
{
	return d->arch->names &&
	       d->arch->names(c->bytes, bytes_before(c, end), c->start, low, high);
}

bool code_adds(struct dump *d, const struct code *c, kaddr_t end, uint32_t offset)
{
	return d->arch->adds && d->arch->adds(c->bytes, bytes_before(c, end), offset);
}
