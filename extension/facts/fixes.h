/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which fixes of known faults this build has, by its code: releases say little, since
 * stable trees and vendors carry fixes and faults of others.
 */
#ifndef VGPU_FIXES_H
#define VGPU_FIXES_H

#include "dump/dump.h"
#include "dump/look.h"

enum build_state { BUILD_UNKNOWN, BUILD_LACKS, BUILD_HAS };

struct fix {
	const char *id; /* the commit, as known_bugs.c has it */
	enum build_state build;
	const char
		*why; /* what in the code says so, or why one cannot tell: a sentence */
	struct look look;
	kaddr_t address; /* of what .why speaks of; 0: of nothing */
};

struct fixes {
	VEC(struct fix) all;
};

void fixes_read(struct dump *d, struct fixes *fixes);
/* NULL: no test of code is known for it. */
const struct fix *fix_by_id(const struct fixes *fixes, const char *id);
/* "lacks", "has", "cannot tell" */
const char *build_name(enum build_state build);

#endif
