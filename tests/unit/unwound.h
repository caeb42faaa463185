/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stacks of a fake dump's tasks, and what they have to be. */
#ifndef VGPU_UNWOUND_H
#define VGPU_UNWOUND_H

#include "test.h"

#include "kernel/sched/task.h"
#include "kernel/sched/unwind.h"

/* With its modules as they are now. */
struct unwinder *unwinder_of(struct fake *f);
struct stack unwound(struct fake *f, kaddr_t task);

/* A CPU's note, as the dying kernel writes it on x86_64; returns pr_reg. */
kaddr_t write_note(struct fake *f, unsigned int cpu, int pid);

void assert_stack(const struct stack *s, const char *const *names, size_t n);
#define assert_functions(s, ...)                                                         \
	assert_stack(s, (const char *const[]){__VA_ARGS__},                              \
		     ARRAY_SIZE(((const char *const[]){__VA_ARGS__})))

/* It is not complete, and says why. */
void assert_why(const struct stack *s, const char *part);

#endif
