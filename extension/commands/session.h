/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One command that runs: what was asked, of which dump, and where the answer goes.
 *
 * There is no state outside of it, so that a command can run over any reader, a test's
 * too, and any number of times.
 */
#ifndef VGPU_SESSION_H
#define VGPU_SESSION_H

#include <stdio.h>

#include "facts/facts.h"
#include "readers/reader.h"

struct command;

struct session {
	FILE *out;
	struct reader *reader;
	const struct command *command;
	struct arena arena; /* all that the command allocates */
	struct dump *dump;
	struct facts *facts; /* what the command asked for has been read */

	/* The command line.  See session_has() and session_number(). */
	bool json;
	bool given[128];      /* by letter */
	long number[128];     /* the value of an option that takes one */
	const char *argument; /* NULL: none */
};

/* Was this option of the command given? */
bool session_has(const struct session *s, char letter);
/* The number that was given with it, or else otherwise. */
long session_number(const struct session *s, char letter, long otherwise);
/* Ctrl-C: print nothing more, and return. */
bool session_interrupted(const struct session *s);
/* Why the command has no answer: one sentence, without a full stop. */
void session_error(struct session *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
