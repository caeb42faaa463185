/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may spin for a spinlock, where nobody's registers tell. */
#ifndef VGPU_SPIN_H
#define VGPU_SPIN_H

#include "task.h"

struct spin_trace {
	const char *function;
	kaddr_t at; /* of the return address, on the stack */
};

/*
 * The function of a spinlock that a task's kernel stack has a return address in: it calls on
 * only where another has the lock.  It may be a left-over.  NULL: there is none.
 */
const struct spin_trace *spin_on_stack(struct dump *d, const struct task *t);

#endif
