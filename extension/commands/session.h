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

#include "base/nearest.h"
#include "base/new_file.h"
#include "commands.h"
#include "facts/facts.h"

struct command;
struct known_rules;

/* The triage in one piece, to send. */
enum handout_kind { HANDOUT_HTML, HANDOUT_MARKDOWN, HANDOUTS };

/* A reader of a dump that is not the door's. */
struct other {
	struct reader *reader; /* NULL: none */
	bool begun;
};

struct session {
	FILE *out, *errors;
	struct reader *reader;
	const struct command *command; /* NULL: the line names none that there is */
	struct arena arena;	       /* what the command allocates */
	struct arena look;	       /* what is read of the dump, until the next look */
	bool begun;		       /* the reader has */
	struct dump *dump;
	struct other others[2]; /* of compare: closed, however it ends */
	struct facts *facts;	/* what the command asked for has been read */
	struct earlier earlier; /* facts->before, from the second look on */
	char error[512];	/* of session_error() */

	/* The command line.  See session_has() and session_number(). */
	bool json;
	bool help;		       /* -h */
	bool named;		       /* the command was, by its name */
	bool given[128];	       /* by letter */
	int number[128];	       /* of an option that takes one */
	const char *argument;	       /* NULL: none */
	const char *second;	       /* the one behind it */
	const char *handout[HANDOUTS]; /* a file to write; NULL: not asked for */
	const char *host;	       /* a file to read: see host.h; NULL: not given */
	const char *known;	       /* the same: see known.h */
	struct known_rules *rules;     /* in it; NULL: none was read */

	/* The file that is being written: removed, however the command ends. */
	struct new_file file;
	FILE *file_out;
};

/* Was this option of the command given? */
bool session_has(const struct session *s, char letter);
/* The number that was given with it, or else otherwise. */
int session_number(const struct session *s, char letter, int otherwise);
/* Ctrl-C: print nothing more, and return RESULT_INTERRUPTED. */
bool session_interrupted(const struct session *s);
/* Give back all that is in s->look: the facts, which are NULL then, and what was made of them. */
void session_forget(struct session *s);
/* The same, and read these facts in their place. */
void session_read(struct session *s, unsigned int what);
/*
 * Read the same facts again, of what runs on, in the place of those that s->facts has.
 * seconds: how long after the look before.  False: Ctrl-C.
 */
bool session_look_afresh(struct session *s, double *seconds);
/* The same, with what the new ones are compared with as .before. */
bool session_look_again(struct session *s);
/*
 * Write a file, of what runs as a command does: to a new name, and renamed when it is whole.
 * session_file_begin() gives NULL, and session_file_end() another result than RESULT_DONE,
 * when it cannot be written: told by session_error().
 */
FILE *session_file_begin(struct session *s, const char *path);
enum result session_file_end(struct session *s);
/*
 * Why the command has no answer: one sentence, without a full stop.  It is told when the
 * command has returned, as text or as a JSON document.  Returns the result.
 */
enum result session_error(struct session *s, enum result result, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The same of a name that there is not, with the one that may be meant. */
enum result session_error_near(struct session *s, enum result result,
			       const struct nearest *near, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
