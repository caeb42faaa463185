/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults of the kernel that are known upstream, each with a test on facts.
 *
 * The releases said to be affected are a hint for the reader alone: stable trees and
 * vendors carry fixes and faults of other releases, so only what the dump shows
 * makes a match.
 */
#ifndef VGPU_KNOWN_BUGS_H
#define VGPU_KNOWN_BUGS_H

#include "judge.h"

#define KNOWN_LINK "https://git.kernel.org/linus/" /* and the commit */

struct known_bug {
	const char *id; /* the commit that fixes it; NULL: not verified, never quoted */
	const char *what;
	const char *told;	      /* what in a dump is looked for */
	const char *affected, *fixed; /* releases: a hint */
};

/* NULL behind the last. */
const struct known_bug *known_bug_at(size_t i);
/* Record in v->known those that what v explains looks like. */
void known_bugs_match(struct judge *j, struct verdict *v);

#endif
