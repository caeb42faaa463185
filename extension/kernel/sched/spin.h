/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a task that runs may spin for, where nobody's registers tell. */
#ifndef VGPU_SPIN_H
#define VGPU_SPIN_H

#include "task.h"

struct spin_trace {
	const char *function;
	kaddr_t at; /* of the return address, on the stack */
};

/* A return address into such a function, on a task's kernel stack; NULL: there is none. */
const struct spin_trace *trace_on_stack(struct dump *d, const struct task *t,
					bool (*is)(const struct dump_symbol *sym));

/*
 * The function of a spinlock that a task's kernel stack has a return address in: it calls on
 * only where another has the lock.  It may be a left-over.  NULL: there is none.
 */
const struct spin_trace *spin_on_stack(struct dump *d, const struct task *t);

#endif
