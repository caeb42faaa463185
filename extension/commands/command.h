/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sub-command: what is needed to parse it, to explain it, and to run it.  Its line of
 * usage and its part of the help are made from these tables.
 *
 * To add one: write its struct command in a file here, beside those of its family, and
 * put a pointer to it into registry.c.
 */
#ifndef VGPU_COMMAND_H
#define VGPU_COMMAND_H

#include "session.h"

/* Every command takes -j and -h besides these. */
struct command_option {
	char letter;
	const char
		*number; /* it takes a number, and this is what of: "cpu"; NULL: none */
	const char *help;
	const char *excludes; /* letters that it cannot be given with; '.': an argument */
	unsigned int facts;   /* FACTS_...: read too when it is given */
	enum small_level level; /* of a small core that has what it reads then */
};

#define COMMAND_OPTIONS_MAX 5

struct command {
	const char *name;
	const char *argument; /* what it may be given: "pid | task"; NULL: nothing */
	const char *second;   /* what may follow that; NULL: nothing */
	bool needs_argument;  /* the first one */
	bool needs_second;
	struct command_option options[COMMAND_OPTIONS_MAX]; /* letter 0 ends them */
	const char *help;   /* paragraphs, which '\n' ends */
	unsigned int facts; /* FACTS_...: what is read before it runs */
	/* Of a small core that has what it reads; of one that has it with an argument too. */
	enum small_level level, argument_level;
	bool no_dump;	   /* it is not about a dump, and none is read */
	bool without_dump; /* where there is none, it has an answer all the same */
	bool of_text;	   /* it has an answer of a text in the place of a dump, too */
	bool program_only; /* to look around, for which crash has its own */
	enum result (*run)(struct session *s);
};

/* In the order of the help; NULL ends them.  The first is what `vgpu` alone runs. */
extern const struct command *const commands[];

/* Does this door have it?  One that does not knows nothing of it. */
bool command_offered(const struct reader *r, const struct command *c);
const struct command *command_named(const struct reader *r, const char *name);
/* NULL: it has no such option. */
const struct command_option *command_option(const struct command *c, char letter);
/* The same by number, 0 the first; NULL after the last. */
const struct command_option *command_option_at(const struct command *c, size_t i);
/* Can the two not be given together?  Letters of options, 'j', or '.': an argument. */
bool command_excludes(const struct command *c, char one, char other);

extern const struct command command_triage, command_known;
struct triage;
/*
 * Judge what was read for command_triage; what runs on is looked at again, until two looks
 * agree.  False: Ctrl-C.
 */
bool triage_look(struct session *s, struct triage *t);

/* "vgpu hung [-j | -f | -w] [-p pid]", as it is typed at this door. */
void command_usage(FILE *out, const struct reader *r, const struct command *c);
/* Its usage, what it shows, and each of its options. */
void command_help(FILE *out, const struct reader *r, const struct command *c);

/* There is no command of this name: says so, and which one may be meant. */
enum result command_unknown(struct session *s, const char *name);

#endif
