/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sub-command: what is needed to parse it, to explain it, and to run it.
 *
 * To add one: write its struct command in a file here, beside those of its family, and
 * put a pointer to it into registry.c.
 */
#ifndef VGPU_COMMAND_H
#define VGPU_COMMAND_H

#include "session.h"

/* Every command has -j besides these. */
struct command_option {
	char letter;
	bool takes_number;
	unsigned int facts; /* FACTS_...: read too when it is given */
};

#define COMMAND_OPTIONS_MAX 5

struct command {
	const char *name;
	const char *use;    /* what may follow the name */
	const char *help;   /* with `vgpu NAME ...`, as `help vgpu` prints it */
	unsigned int facts; /* FACTS_...: what is read before it runs */
	bool takes_argument;
	struct command_option options[COMMAND_OPTIONS_MAX]; /* letter 0 ends them */
	void (*run)(struct session *s);
};

/* In the order of `help vgpu`; NULL ends them.  The first is what `vgpu` alone runs. */
extern const struct command *const commands[];

const struct command *command_named(const char *name);
/* NULL: it has no such option. */
const struct command_option *command_option(const struct command *c, char letter);

#endif
