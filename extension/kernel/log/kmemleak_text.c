// SPDX-License-Identifier: GPL-2.0-or-later
#include "kmemleak_text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/text_lines.h"
#include "complaint.h"
#include "log_head.h"

#define STACKS_MAX 1024
#define OBJECTS_MAX 262144
#define STACK_MAX 2048
/* Since the first line of an object: its bytes and its stack are not longer. */
#define LINES_MAX 64

#define NEW_LEAKS " new suspected memory leaks (see "

static const char label[] = "unreferenced object 0x";

struct reading {
	struct log_habits habits;
	struct arena *a;
	struct kmemleak_told *out;
	uint64_t *seen; /* addresses, as an open hash: 0 is free */
	size_t begun;	/* the line of the object that is read; 0: none */
	bool traced;	/* its stack has begun */
	struct leak_told one;
	char stack[STACK_MAX];
};

/* ---- an object that was told already ------------------------------------------------ */

static bool is_new(struct reading *r, uint64_t address)
{
	size_t i = (size_t)(address * 0x9e3779b97f4a7c15ull >> 40) % (2 * OBJECTS_MAX);

	if (r->out->objects >= OBJECTS_MAX)
		return false;
	while (r->seen[i] && r->seen[i] != address)
		i = (i + 1) % (2 * OBJECTS_MAX);
	if (r->seen[i])
		return false;
	r->seen[i] = address;
	return true;
}

/* ---- one object ----------------------------------------------------------------------- */

static struct leak_told *stack_of(struct reading *r)
{
	struct leak_told *l;
	size_t i;

	for (i = 0; i < r->out->all.n; i++)
		if (r->out->all.v[i].size == r->one.size &&
		    !strcmp(r->out->all.v[i].stack, r->stack))
			return &r->out->all.v[i];
	if (r->out->all.n == STACKS_MAX)
		return NULL;
	l = vec_push(r->a, &r->out->all);
	*l = r->one;
	l->stack = arena_printf(r->a, "%s", r->stack);
	return l;
}

static void finish(struct reading *r)
{
	struct leak_told *l;

	if (!r->begun)
		return;
	r->begun = 0;
	l = stack_of(r);
	if (!l) {
		r->out->more++;
		return;
	}
	l->count++;
	l->bytes += r->one.size;
	if (r->one.age_s > l->age_s)
		l->age_s = r->one.age_s;
}

/* "unreferenced object 0xffff8000f6a3c000 (size 128):" */
static bool begin(struct reading *r, const char *p, size_t number)
{
	uint64_t address;
	char *end;
	long size;

	if (!text_starts(p, label))
		return false;
	finish(r);
	address = strtoull(p + strlen(label), &end, 16);
	if (!read_number(end, " (size ", &size) || !is_new(r, address))
		return true;
	r->out->objects++;
	r->begun = number;
	r->traced = false;
	r->stack[0] = '\0';
	r->one = (struct leak_told){.line = number,
				    .size = (uint64_t)size,
				    .age_s = -1,
				    .pid = -1};
	return true;
}

/* "comm "Xorg", pid 723, jiffies 4294968123 (age 361.224s)"; 6.8 left the age out */
static bool take_owner(struct reading *r, const char *p)
{
	const char *age = strstr(p, "(age "), *end = strstr(p, "\", pid ");
	char name[64];
	long pid;

	if (!text_starts(p, "comm \"") || !end || !read_number(end, "pid ", &pid))
		return false;
	p += strlen("comm \"");
	snprintf(name, sizeof(name), "%.*s", (int)(end - p < 63 ? end - p : 63), p);
	text_escape(r->one.comm, sizeof(r->one.comm), name);
	r->one.pid = (int)pid;
	if (age)
		r->one.age_s = strtod(age + strlen("(age "), NULL);
	return true;
}

/*
 * "[<00000000b24af47e>] virtio_gpu_fence_alloc+0x40/0x80 [virtio_gpu]", or without address.
 * False: it is something else, which a log may have behind a stack.
 */
static bool take_frame(struct reading *r, const char *p)
{
	size_t used = strlen(r->stack), n;
	char name[128], escaped[512];

	if (text_starts(p, "0x"))
		return true;
	if (*p == '[') {
		p += strcspn(p, "]");
		p += *p == ']';
		p += strspn(p, " \t");
	}
	n = strcspn(p, "+ \t");
	if (text_starts(p, "0x"))
		return true;
	if (!n || n >= sizeof(name) || !text_starts(p + n, "+0x") ||
	    (!isalpha((unsigned char)*p) && *p != '_'))
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)n, p);
	text_escape(escaped, sizeof(escaped), name);
	snprintf(r->stack + used, sizeof(r->stack) - used, "%s%s", used ? " <- " : "",
		 escaped);
	return true;
}

/* Behind what a log has before a line, and kmemleak's own "kmemleak: " (verbose). */
static const char *own_words(struct log_habits *habits, const char *line)
{
	static const char kmemleak[] = "kmemleak: ";
	struct log_head head;
	const char *p;

	log_head_read(line, habits, &head);
	p = head.words + strspn(head.words, " \t");
	if (text_starts(p, kmemleak))
		p += strlen(kmemleak);
	return p + strspn(p, " \t");
}

/* "12 new suspected memory leaks (see /sys/kernel/debug/kmemleak)": of each scan one. */
static void take_count(struct reading *r, const char *p, size_t number)
{
	char *end;
	unsigned long n = strtoul(p, &end, 10);

	if (!text_starts(end, NEW_LEAKS) || n > UINT32_MAX)
		return;
	r->out->suspected += n;
	if (!r->out->suspected_line)
		r->out->suspected_line = number;
}

static void take_line(struct reading *r, const char *p, size_t number)
{
	p = own_words(&r->habits, p);
	if (begin(r, p, number) || !r->begun)
		return;
	if (number - r->begun <= LINES_MAX && *p) {
		if (take_owner(r, p))
			return;
		if (text_starts(p, "backtrace"))
			r->traced = true;
		else if (r->traced && !take_frame(r, p))
			finish(r);
		return;
	}
	finish(r);
}

static int most_first(const void *x, const void *y)
{
	const struct leak_told *a = x, *b = y;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

void kmemleak_text_read(struct arena *a, const struct dump_text *t,
			struct kmemleak_told *k)
{
	struct text_lines l = {.at = t->bytes, .end = t->bytes + t->size};
	struct reading *r;

	memset(k, 0, sizeof(*k));
	r = arena_alloc(a, sizeof(*r));
	r->a = a;
	r->out = k;
	while (text_next_line(&l)) {
		/* Nothing is kept of a text that has none. */
		if (!r->seen && strstr(l.raw, label))
			r->seen = arena_alloc(a, 2 * OBJECTS_MAX * sizeof(*r->seen));
		if (r->seen)
			take_line(r, l.raw, l.number);
		if (strstr(l.raw, NEW_LEAKS))
			take_count(r, own_words(&r->habits, l.raw), l.number);
	}
	finish(r);
	if (k->all.n)
		qsort(k->all.v, k->all.n, sizeof(k->all.v[0]), most_first);
}
