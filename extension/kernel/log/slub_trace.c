// SPDX-License-Identifier: GPL-2.0-or-later
#include "slub_trace.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "complaint.h"
#include "slub_blocks.h"

#define STACKS_MAX 1024
#define OBJECTS 131072 /* a power of two: of the open hash of those that are in use */

struct in_use {
	uint64_t address; /* 0: a free place */
	size_t stack;	  /* 1 and up; 0: it was freed again */
};

struct reading {
	struct arena *a;
	struct slub_trace *out;
	const struct klog *log;
	const struct traces *traces;
	bool *mixed; /* of each line of the log */
	struct in_use *objects;
	size_t n;
};

static struct in_use *object_at(struct reading *r, uint64_t address)
{
	size_t i = (size_t)(address * 0x9e3779b97f4a7c15ull >> 40) % OBJECTS;

	while (r->objects[i].address && r->objects[i].address != address)
		i = (i + 1) % OBJECTS;
	return &r->objects[i];
}

/* Innermost first, without the tracing itself; "": nobody knows whose frames they are. */
static const char *stack_words(struct reading *r, const struct log_line *line)
{
	const struct trace *t = trace_of_line(r->traces, line);
	const char *words = "";
	size_t i;

	if (r->mixed[line - r->log->lines.v])
		return words;
	for (i = 0; t && i < t->stack.n; i++)
		if (!slub_prints(t->stack.v[i].function))
			words = arena_printf(r->a, "%s%s%s", words, *words ? " <- " : "",
					     t->stack.v[i].function);
	return words;
}

static size_t stack_of(struct reading *r, const char *cache, const struct log_line *line)
{
	const char *stack = stack_words(r, line);
	struct slub_stack *s;
	size_t i;

	for (i = 0; i < r->out->all.n; i++) {
		s = &r->out->all.v[i];
		if (!strcmp(s->cache, cache) && !strcmp(s->stack, stack))
			return i + 1;
	}
	if (r->out->all.n == STACKS_MAX) {
		r->out->cut = true;
		return 0;
	}
	s = vec_push(r->a, &r->out->all);
	s->cache = cache;
	s->stack = stack;
	s->line = line;
	return r->out->all.n;
}

static void take_alloc(struct reading *r, const char *cache, uint64_t address,
		       const struct log_line *line)
{
	struct in_use *o = object_at(r, address);

	r->out->allocs++;
	if (!o->address) {
		if (r->n >= OBJECTS / 2) {
			r->out->cut = true;
			return;
		}
		r->n++;
		o->address = address;
	}
	/* Two cannot live at one address: that the first was freed, the log does not have. */
	if (o->stack) {
		r->out->all.v[o->stack - 1].frees++;
		r->out->unseen++;
	}
	o->stack = stack_of(r, cache, line);
	if (o->stack)
		r->out->all.v[o->stack - 1].allocs++;
}

static void take_free(struct reading *r, uint64_t address)
{
	struct in_use *o = object_at(r, address);

	r->out->frees++;
	if (o->address && o->stack)
		r->out->all.v[o->stack - 1].frees++;
	else
		r->out->other++;
	o->stack = 0;
}

/* trace(): "TRACE kmalloc-128 alloc 0x000000003c4d inuse=21 fp=0x00000000f1a2" */
static void take_line(struct reading *r, const struct log_line *line)
{
	const char *p = words_of(line), *what, *cache;
	uint64_t address;
	char *end;
	bool alloc;

	if (!text_starts(p, "TRACE "))
		return;
	p += strlen("TRACE ");
	what = strstr(p, " alloc 0x");
	alloc = what != NULL;
	what = what ? what : strstr(p, " free 0x");
	if (!what)
		return;
	address = strtoull(strstr(what, "0x"), &end, 16);
	if (!address || !text_starts(end, " inuse="))
		return;
	cache = arena_printf(r->a, "%.*s", (int)(what - p), p);
	if (alloc)
		take_alloc(r, cache, address, line);
	else
		take_free(r, address);
}

static int most_left_first(const void *x, const void *y)
{
	const struct slub_stack *a = x, *b = y;
	size_t left_a = a->allocs - a->frees, left_b = b->allocs - b->frees;

	if (left_a != left_b)
		return left_a > left_b ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

/* "** 43 printk messages dropped **", "Missed 5 kernel messages": the writer was too slow. */
static size_t dropped_by(const struct log_line *line)
{
	static const char console[] = "** ", journal[] = "Missed ";
	const char *words = words_of(line), *missed = strstr(line->text, journal);
	char *end;
	unsigned long n;

	if (text_starts(words, console)) {
		n = strtoul(words + strlen(console), &end, 10);
		return text_starts(end, " printk messages dropped") ? n : 0;
	}
	if (!missed)
		return 0;
	n = strtoul(missed + strlen(journal), &end, 10);
	return text_starts(end, " kernel messages") ? n : 0;
}

void slub_trace_read(struct arena *a, const struct klog *log, const struct traces *traces,
		     struct slub_trace *s)
{
	struct reading r = {.a = a, .out = s, .log = log, .traces = traces};
	const struct log_line *line;
	size_t i;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < log->lines.n; i++) {
		line = &log->lines.v[i];
		if (r.objects)
			s->dropped += dropped_by(line);
		if (!is_kernels_own(line) || !text_starts(words_of(line), "TRACE "))
			continue;
		if (!r.objects) {
			r.objects = arena_alloc(a, OBJECTS * sizeof(*r.objects));
			r.mixed = slub_mixed(a, log);
		}
		take_line(&r, line);
	}
	if (s->all.n)
		qsort(s->all.v, s->all.n, sizeof(s->all.v[0]), most_left_first);
}
