/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults that a team knows and upstream does not, in a file of theirs (docs/known-rules.md):
 * plain words that are looked for, no patterns.
 */
#ifndef VGPU_KNOWN_RULES_H
#define VGPU_KNOWN_RULES_H

#include "triage.h"

#define KNOWN_RULES_BYTES (256u << 10) /* of such a file */
#define KNOWN_RULES_MAX 256	       /* in it */
#define KNOWN_LINE_MAX 1000	       /* characters of a line */
#define KNOWN_WORDS_MAX 16	       /* functions of a stack; symbols */
#define KNOWN_STACKS_MAX 8

struct known_names {
	VEC(const char *) all;
};

/* A function or a variable that the kernel or a module must have, or must not have. */
struct known_symbol {
	const char *name;
	bool wanted;
	bool there; /* filled in by who can ask the dump */
};

struct known_rule {
	const char *file, *name; /* escaped, as all that follows */
	unsigned int line;
	const char *what;
	const char *fix;		/* NULL: not said */
	const char *cause;		/* of the verdict; NULL: any */
	const char *signature;		/* of the triage; NULL: any */
	VEC(struct known_names) stacks; /* on each one's stack, innermost first */
	VEC(struct known_symbol) symbols;
};

struct known_rules {
	VEC(struct known_rule) all;
};

/* False: *why is a sentence that begins with the line.  file: its name, escaped. */
bool known_rules_parse(struct arena *a, const char *file, const char *text, size_t size,
		       struct known_rules *rules, const char **why);
/* Record in each verdict's known what of them it looks like, behind what upstream knows. */
void known_rules_match(const struct known_rules *rules, const struct facts *f,
		       struct triage *t);

#endif
