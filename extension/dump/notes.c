// SPDX-License-Identifier: GPL-2.0-or-later
#include "notes.h"

#include <stdio.h>
#include <string.h>

#include "dump.h"

#define NOTES_MAX 64
#define NOTE_SIZE 1024

void dump_note(struct dump *d, const char *fmt, ...)
{
	va_list ap;
	char s[NOTE_SIZE];
	size_t i;

	/* After Ctrl-C no read works: that says nothing of the dump. */
	if (dump_interrupted(d) || d->notes.n > NOTES_MAX)
		return;
	/* Millions of reads may fail: only what is kept costs memory. */
	va_start(ap, fmt);
	vsnprintf(s, sizeof(s), fmt, ap);
	va_end(ap);
	for (i = 0; i < d->notes.n; i++)
		if (!strcmp(d->notes.v[i], s))
			return;
	if (d->notes.n < NOTES_MAX)
		*vec_push(d->arena, &d->notes) = arena_printf(d->arena, "%s", s);
	else if (d->notes.n == NOTES_MAX)
		*vec_push(d->arena, &d->notes) =
			arena_printf(d->arena, "more could not be read (not listed)");
}
