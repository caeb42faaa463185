/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a CPU was at when the dying kernel stopped it: the task that it runs, or an
 * interrupt or softirqs on top of that task, which has no part in it.
 */
#ifndef VGPU_CONTEXT_H
#define VGPU_CONTEXT_H

#include "unwind.h"

enum context { CONTEXT_TASK, CONTEXT_SOFTIRQ, CONTEXT_INTERRUPT };

struct cpu_context {
	enum context kind;
	size_t at; /* index of the frame that it was in; the stack's n: not known */
	/* What the kernel's core had called: a handler, a timer's function; else .at. */
	size_t function;
	const char *what; /* "a timer's function", static */
	bool irqs_off;	  /* at .at */
};

/*
 * From the stack of the task that the CPU runs.  An interrupt in which the stack begins
 * is passed over where interrupts come and go there (passing): any moment may be in one.
 */
void context_find(const struct stack *s, bool passing, struct cpu_context *c);

/* The frame that a fault or a watchdog's interrupt came upon; the stack's n: none. */
size_t stack_interrupted(const struct stack *s);

#endif
