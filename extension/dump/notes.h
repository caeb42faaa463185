/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What could not be read, and why: one sentence each, for the user. */
#ifndef VGPU_NOTES_H
#define VGPU_NOTES_H

#include <stddef.h>

struct dump;

struct notes {
	char **v;
	size_t n, room; /* as in VEC() */
	size_t heard;	/* that were none of those already kept */
};

/*
 * Record what could not be read, and why, as one sentence.  The same sentence
 * is kept once, and of those that differ in their numbers alone a few.  After Ctrl-C nothing is
 * recorded: what was not read then is no fault of the dump.
 */
void dump_note(struct dump *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * The same of what a read that failed just now was to give: "the cache at 0x..." becomes
 * "the cache at 0x... cannot be read: page excluded from the dump".  The reason is that
 * of the last read; it is left out where that did not fail, since then what could not be
 * had was no memory: a type, a symbol, a count that cannot be.
 */
void dump_unread(struct dump *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* That reason alone, as ": page excluded from the dump"; "" for none. */
const char *dump_why_unread(const struct dump *d);

#endif
