/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a door calls. */
#ifndef VGPU_COMMANDS_H
#define VGPU_COMMANDS_H

#include <stdio.h>

#include "readers/reader.h"

/* What became of a command: the exit status of a door that has one. */
enum result {
	RESULT_DONE = 0,
	RESULT_UNEXPLAINED = 1, /* the triage does not know what happened */
	RESULT_USAGE = 2,	/* the command line is wrong */
	RESULT_UNREADABLE = 3,	/* the dump cannot be read, or not what is needed of it */
	RESULT_NOT_FOUND = 4,	/* no such process, cache, CPU or address in the dump */
	RESULT_INTERRUPTED = 130, /* by Ctrl-C */
};

/*
 * `vgpu ...`: argv[0] is the program's name.  The answer goes to out, and what is wrong to
 * errors, which may be the same; with -j always one JSON document to out.
 */
enum result commands_run(struct reader *r, FILE *out, FILE *errors, int argc,
			 char **argv);
/* What vgpu is, and the help of each command that this door has. */
void commands_help(FILE *out, const struct reader *r);

/*
 * Wait for tasks that have been blocked for so long, and write what the triage says of them
 * into a folder, which is made where it is not there: SIGNATURE.txt and .json, once for
 * each signature.  Each .txt that was written is a line of out.  Where nothing can be read,
 * it says why and comes back; what cannot be written is said, and tried again later.
 */
struct watch {
	unsigned int seconds;
	unsigned int looks; /* 0: without end */
	const char *folder;
	FILE *out, *errors;
	/* Writes a small core to path, for whoever has to judge elsewhere; NULL: none is. */
	void (*keep)(const struct watch *w, const char *path);
	/*
	 * A reader that knows the machine as it is now, in place of r, which is destroyed;
	 * or r, where there can be none. NULL: the machine does not change.
	 */
	struct reader *(*renew)(const struct watch *w, struct reader *r);
	bool (*wait)(double seconds); /* between two looks; false: it is to end */
	void *of;		      /* its own */
};
enum result commands_watch(struct reader *r, const struct watch *watch);

#endif
