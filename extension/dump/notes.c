// SPDX-License-Identifier: GPL-2.0-or-later
#include "notes.h"

#include <stdio.h>
#include <string.h>

#include "dump.h"

#define NOTES_MAX 64
#define NOTE_SIZE 1024

static void keep(struct dump *d, const char *s)
{
	size_t i;

	for (i = 0; i < d->notes.n; i++)
		if (!strcmp(d->notes.v[i], s))
			return;
	if (d->notes.n < NOTES_MAX)
		*vec_push(d->arena, &d->notes) = arena_printf(d->arena, "%s", s);
	else if (d->notes.n == NOTES_MAX)
		*vec_push(d->arena, &d->notes) =
			arena_printf(d->arena, "more could not be read (not listed)");
}

/* After Ctrl-C no read works: that says nothing of the dump. */
static bool is_over(struct dump *d)
{
	return dump_interrupted(d) || d->notes.n > NOTES_MAX;
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
