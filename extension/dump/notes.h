/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What could not be read, and why: one sentence each, for the user. */
#ifndef VGPU_NOTES_H
#define VGPU_NOTES_H

#include <stddef.h>

struct dump;

struct notes {
	char **v;
	size_t n, room; /* as in VEC() */
};

/*
 * Record what could not be read, and why, as one sentence.  The same sentence
 * is kept once; past a bound the rest are only counted.  After Ctrl-C nothing is
 * recorded: what was not read then is no fault of the dump.
 */
void dump_note(struct dump *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
