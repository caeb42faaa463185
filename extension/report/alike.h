/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tasks that do the same, so that five hundred of them are a line: the same functions on
 * their stacks, and where that is known the same thing waited for.  A process is like
 * another of its name; kernel threads are what stands before the first '/' of theirs.
 */
#ifndef VGPU_ALIKE_H
#define VGPU_ALIKE_H

#include "facts/facts.h"

struct alike_task {
	const struct task *task;
	const struct stack *stack; /* NULL: not known, and then it is like no other */
	const void *waits; /* equal for those that wait for the same; NULL: not known */
};

struct alike {
	VEC(const struct alike_task *) all; /* in the order given; at least one */
	double least_s, most_s; /* of those whose time is known; < 0: of none */
};

struct alikes {
	VEC(struct alike)
	all; /* processes, then kernel threads, each in the order given */
};

void alikes_make(struct arena *a, const struct alike_task *v, size_t n,
		 struct alikes *groups);

/* Those in uninterruptible sleep, by their stacks and by what the graph says. */
struct graph;
void hung_alike(const struct facts *f, const struct graph *g, struct alikes *groups);

/* A number that is the same for those that are alike in name, state and stack. */
uint64_t alike_hash(const struct task *t, const struct stack *s);
/* Goes on with a hash, 0 to begin: of words, or of a number. */
uint64_t alike_words(uint64_t hash, const char *words);
uint64_t alike_number(uint64_t hash, uint64_t number);

/* "27, 28, 30, ...": the others of a group, as many as fit a line. */
const char *alike_others(struct arena *a, const struct alike *g);

#endif
