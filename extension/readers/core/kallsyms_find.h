/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the tables of kallsyms are, and its names as the kernel packs them.
 *
 * The tables, one behind the other, each aligned to 8 bytes, since 7.0 to 4, on arm64
 * until 4.20 to 256:
 *
 *	until 6.3: offsets, relative base, number, names, markers, (from 6.2, and where
 *		that was ported back to: sequence numbers,) tokens, index of the tokens
 *	since 6.4: number, names, markers, tokens, index, offsets, relative base (none
 *		since 7.0), sequence numbers
 *
 * Offsets, from the relative base, or since 7.0 from their own place, are of 4 bytes; some
 * builds have addresses of 8 there and no base.  A name is its length and as many tokens,
 * whose first letter is the symbol's type.  The length is a byte; since 6.1, and where that
 * was ported back to, one above 127 takes two.  A marker says where each 256th name is, in
 * 4 bytes, until 4.19 in 8.
 *
 * Releases are not asked: what is believed is what proves itself.  Names are where each
 * marker agrees with them, and that tells the two kinds of lengths apart.
 */
#ifndef VGPU_CORE_KALLSYMS_FIND_H
#define VGPU_CORE_KALLSYMS_FIND_H

#include "space.h"

struct kallsyms_tables {
	size_t n; /* symbols */
	unsigned char *names;
	uint32_t *name_at; /* of n + 1: where in names each one's length is */
	bool two_bytes;	   /* of a length above 127 */
	kaddr_t num, names_at, tokens, index;
	/* Where vmcoreinfo says that it is; 0: it does not. */
	kaddr_t offsets, addresses, base;
};

/* By vmcoreinfo's words, since 6.0. */
bool kallsyms_find_by_info(struct arena *a, struct space *s, struct kallsyms_tables *t,
			   struct error *why);
/* By a search of the kernel's read-only data. */
bool kallsyms_find_by_scan(struct arena *a, struct space *s, struct kallsyms_tables *t,
			   struct error *why);

#endif
