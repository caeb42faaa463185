/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose stack points to a piece of memory: what a function is working on need not be
 * referred to from anywhere else yet, or any more.
 */
#ifndef VGPU_STACK_SEARCH_H
#define VGPU_STACK_SEARCH_H

#include "task.h"

struct stack_target {
	kaddr_t start, end;
	/* Found: the first task whose stack points into it, and where. */
	const struct task *task; /* NULL: nobody's does */
	kaddr_t at;
};

/* The targets lie apart, by address.  Each stack is read once, where it is in use. */
void stacks_search(struct dump *d, const struct tasks *tasks, struct stack_target *v,
		   size_t n);

#endif
