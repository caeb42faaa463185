/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A name for the fault that is the same on another machine.
 *
 * Made of the cause, the kinds of things in the chain with their work functions,
 * and the first victim's stack: no address, pid, CPU, comm, offset or compiler
 * suffix.  The panicking task's stack is no part of it: for a hung task that is
 * always khungtaskd.
 */
#ifndef VGPU_SIGNATURE_H
#define VGPU_SIGNATURE_H

#include "verdict.h"

struct signature {
	char hash[17];	  /* 16 hexadecimal digits */
	const char *text; /* what was hashed */
};

void signature_make(const struct facts *f, const struct verdicts *v, struct signature *s);

#endif
