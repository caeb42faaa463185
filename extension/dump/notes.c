// SPDX-License-Identifier: GPL-2.0-or-later
#include "notes.h"

#include <stdio.h>
#include <string.h>

#include "dump.h"

#define NOTES_MAX 64
#define NOTE_SIZE 1024
/* Of those that differ in numbers alone, or 64 buckets of one hash would be all that is told. */
#define ALIKE_MAX 4
#define HEARD_MAX 65536u /* then reads that fail cost next to nothing */

static const char more_like_it[] = " (and more like it)";

/* Behind the number that it begins with, if it does. */
static const char *skip_number(const char *s)
{
	if (s[0] == '0' && s[1] == 'x')
		return s + 2 + strspn(s + 2, "0123456789abcdef");
	return s + strspn(s, "0123456789");
}

/* But for their numbers; note: one that was kept. */
static bool is_alike(const char *note, const char *s)
{
	const char *x, *y;

	for (;; note++, s++) {
		x = skip_number(note);
		y = skip_number(s);
		if ((x == note) != (y == s))
			return false;
		note = x;
		s = y;
		if (!*s)
			return !*note || !strcmp(note, more_like_it);
		if (*note != *s)
			return false;
	}
}

static void keep_one(struct dump *d, const char *s)
{
	size_t room = strlen(s) + sizeof(more_like_it);
	char *note = arena_alloc(d->arena, room);

	snprintf(note, room, "%s", s);
	*vec_push(d->arena, &d->notes) = note;
}

static void keep(struct dump *d, const char *s)
{
	size_t i, alike = 0;
	char *last = NULL;

	for (i = 0; i < d->notes.n && alike < ALIKE_MAX; i++) {
		if (!is_alike(d->notes.v[i], s))
			continue;
		last = d->notes.v[i];
		alike++;
		if (!strcmp(last, s))
			return;
	}
	if (++d->notes.heard > HEARD_MAX || d->notes.n >= NOTES_MAX)
		keep_one(d, "more could not be read (not listed)");
	else if (alike < ALIKE_MAX)
		keep_one(d, s);
	else if (!strstr(last, more_like_it))
		strcat(last, more_like_it);
}

/* After Ctrl-C no read works: that says nothing of the dump. */
static bool is_over(struct dump *d)
{
	return dump_interrupted(d) || d->notes.n > NOTES_MAX ||
	       d->notes.heard > HEARD_MAX;
}

/* Millions of reads may fail: only what is kept costs memory. */
void dump_note(struct dump *d, const char *fmt, ...)
{
	char s[NOTE_SIZE];
	va_list ap;

	if (is_over(d))
		return;
	va_start(ap, fmt);
	vsnprintf(s, sizeof(s), fmt, ap);
	va_end(ap);
	keep(d, s);
}

#define BEHIND_COLON 2

/* Constants, so that a caller may keep them. */
static const char *const why[] = {
	[DUMP_OK] = "",
	[DUMP_EXCLUDED] = ": page excluded from the dump",
	[DUMP_CUT] = ": page left out of this small core",
	[DUMP_DAMAGED] = ": page damaged in the dump",
	[DUMP_ABSENT] = ": no memory of the dump",
	[DUMP_BAD_ADDRESS] = ": no such address",
	[DUMP_INTERRUPTED] = ": interrupted",
};

const char *dump_why_unread(const struct dump *d)
{
	return why[d->unread];
}

const char *dump_err_words(enum dump_err err)
{
	return why[err] + (*why[err] ? BEHIND_COLON : 0);
}

void dump_unread(struct dump *d, const char *fmt, ...)
{
	char s[NOTE_SIZE];
	va_list ap;
	int n;

	if (is_over(d))
		return;
	va_start(ap, fmt);
	n = vsnprintf(s, sizeof(s), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(s))
		snprintf(s + n, sizeof(s) - (size_t)n, " cannot be read%s",
			 dump_why_unread(d));
	keep(d, s);
}
