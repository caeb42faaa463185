/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program's own part of its command line.
 *
 *	vgpu [--long options] DUMP [command [options] [argument]]
 *
 * What is about the program as a whole is a word after two dashes, wherever it stands; the
 * first other word is the dump.  The rest is left as it is: the words of the command, which
 * commands/ looks at.
 */
#ifndef VGPU_CORE_OPTIONS_H
#define VGPU_CORE_OPTIONS_H

#include <stdio.h>

#include "core_dump.h"

struct options {
	const char *dump;	  /* NULL: not given */
	bool live;		  /* it is this machine's memory */
	uint64_t memory_max;	  /* of --live, in bytes; 0: not given */
	unsigned int seconds_max; /* the same */
	unsigned int watch;	  /* seconds; 0: not given */
	const char *output;	  /* its folder; NULL: not given */
	bool no_dump;		  /* the command needs none: `vgpu help` */
	VEC(const char *) parts;  /* others than the dump itself */
	VEC(const char *) debug_dirs;
	VEC(const char *) layouts;
	bool no_cache;
	const char *from,
		*export;     /* of `layout`: what a table is made of, where to write it */
	const char *extract; /* where a small core is written to; NULL: none is */
	enum small_level level;
	bool level_given, blank, no_types;
	uint64_t unpack_max;  /* 0: not given */
	const char *commands; /* a file with a command a line, or "-"; NULL: not given */
	bool prompt;
	bool json;	   /* -j, which is among the words too */
	VEC(char *) words; /* of the command, with "vgpu" before them */
};

/* In a.  False and why: the command line is wrong; o->json is right all the same. */
bool options_parse(struct options *o, struct arena *a, int argc, char **argv,
		   struct error *why);
/* Does this word name what needs no dump: help, version, known? */
bool options_need_no_dump(const char *word);
/* "usage: ..." */
void options_usage(FILE *out);
/* The same, and each of them. */
void options_help(FILE *out);

#endif
