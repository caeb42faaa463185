/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What /sys/kernel/debug/kmemleak says, as a text, or the log, where it is verbose: objects
 * that nothing refers to, counted by the stack that allocated them.  The same object is
 * counted once, however often it is in the text.
 */
#ifndef VGPU_KMEMLEAK_TEXT_H
#define VGPU_KMEMLEAK_TEXT_H

#include "dump/dump.h"

struct leak_told {
	size_t count, line;   /* objects; where the first one is in the text */
	uint64_t size, bytes; /* of each, the first's; of all together */
	double age_s;	      /* of the oldest; < 0: not told */
	int pid;	      /* of the first: -1: not told */
	char comm[64];	      /* escaped */
	const char *stack;    /* "a <- b <- c", escaped: innermost first */
};

struct kmemleak_told {
	VEC(struct leak_told) all; /* most objects first */
	size_t objects;
	size_t more; /* objects of stacks that are too many to be kept */
	/* What its scans only counted in the log, and where the first did; 0: none. */
	size_t suspected, suspected_line;
};

void kmemleak_text_read(struct arena *a, const struct dump_text *t,
			struct kmemleak_told *k);

#endif
