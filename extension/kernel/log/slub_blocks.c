// SPDX-License-Identifier: GPL-2.0-or-later
#include "slub_blocks.h"

#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "complaint.h"
#include "oops.h"

/* What the last line of a trace was: they come in this order. */
enum part {
	PART_NONE,
	PART_HEAD,  /* "TRACE kmalloc-128 alloc ..." */
	PART_WHO,   /* "CPU: 1 PID: ..." */
	PART_LIST,  /* "Call Trace:" */
	PART_PRINT, /* a frame of dump_stack() itself */
	PART_FRAME,
};

struct reading {
	bool *mixed;
	size_t heads[2]; /* where the last two traces begin: [1] is the last */
	size_t n;
	enum part last;
};

bool slub_prints(const char *function)
{
	static const char *const own[] = {"dump_stack",
					  "dump_stack_lvl",
					  "dump_backtrace",
					  "show_stack",
					  "trace",
					  "alloc_debug_processing",
					  "free_debug_processing"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(own); i++)
		if (text_is_function(function, own[i]))
			return true;
	return false;
}

static enum part part_of(const struct log_line *line)
{
	const char *words = words_of(line);
	struct said_at at = {0};
	struct who who;

	words += strspn(words, " ");
	if (text_starts(words, "TRACE "))
		return PART_HEAD;
	if (read_who(words, &who))
		return PART_WHO;
	if (text_starts(words, "Call Trace:") || text_starts(words, "Call trace:") ||
	    text_starts(words, "Backtrace:") || text_starts(words, "Stack trace:"))
		return PART_LIST;
	if (!read_place(words, &at))
		return PART_NONE;
	return slub_prints(at.function) ? PART_PRINT : PART_FRAME;
}

/* Can this line come behind the last one, where nobody else prints? */
static bool follows(enum part last, enum part now, const char *words)
{
	switch (now) {
	case PART_HEAD:
		return last == PART_NONE || last >= PART_PRINT;
	case PART_WHO:
		return last == PART_NONE || last == PART_HEAD;
	case PART_LIST:
		return last == PART_NONE || last == PART_WHO;
	case PART_PRINT:
	case PART_FRAME:
		if (last == PART_FRAME || last == PART_PRINT)
			return now >= last;
		/* 32-bit arm does not say that a list begins. */
		return last == PART_NONE || last == PART_LIST ||
		       (last == PART_WHO && strstr(words, " from "));
	default:
		return true;
	}
}

/* A line that is not in its place is of this trace, or of the one before it. */
static void mix(struct reading *r)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		r->mixed[r->heads[1 - i]] = true;
}

static void take_line(struct reading *r, const struct log_line *line, size_t number)
{
	enum part now = part_of(line);
	bool fits;

	if (now == PART_NONE)
		return;
	fits = follows(r->last, now, line->text);
	if (now == PART_HEAD) {
		r->heads[0] = r->heads[1];
		r->heads[1] = number;
		r->n = r->n < 2 ? r->n + 1 : 2;
	}
	if (!fits)
		mix(r);
	r->last = now;
}

bool *slub_mixed(struct arena *a, const struct klog *log)
{
	struct reading r = {.mixed = arena_alloc(a, log->lines.n + 1)};
	size_t i;

	/* Where lines say who wrote them, the stacks have been taken apart. */
	for (i = 0; i < log->lines.n; i++)
		if (is_kernels_own(&log->lines.v[i]) && !log->lines.v[i].caller[0])
			take_line(&r, &log->lines.v[i], i);
	return r.mixed;
}
