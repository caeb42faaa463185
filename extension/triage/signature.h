/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A name for the fault that is the same on another machine.
 *
 *	CAUSE WORD... | FUNCTION<FUNCTION...
 *
 * The words are the kinds of things in the chain, with their work functions; where
 * nobody waits, what fired; the culprit where that is a cache, a device or the host;
 * where a task holds the memory that ran out, what kind of memory that is.  The
 * functions are the first victim's stack, or the one that faulted; where there is
 * neither, the stack that panicked.  The panicking task's stack is no part of it
 * otherwise: for a hung task that is always khungtaskd.
 *
 * No address, pid, CPU, comm, offset or compiler suffix; no frame of the system call
 * entry, which another compiler inlines; one name for each way to wait, whichever of
 * its inner functions this kernel has.  What is left differs between two releases only
 * where their code does.
 *
 * No word or function holds ' ', '|' or '<', so that the text can be taken apart:
 * vgpu-score compares two of them.
 */
#ifndef VGPU_SIGNATURE_H
#define VGPU_SIGNATURE_H

#include "verdict.h"

/* The word before the cause where there was a text, and no core. */
#define TEXT_SIGNATURE "text-log"

struct signature {
	char hash[17];	  /* 16 hexadecimal digits */
	const char *text; /* what was hashed */
};

void signature_make(const struct facts *f, const struct verdicts *v, struct signature *s);

#endif
