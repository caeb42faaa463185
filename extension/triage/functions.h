/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which function of a blocked stack says what the task was at: not the scheduler's, nor
 * those that only wait.
 */
#ifndef VGPU_FUNCTIONS_H
#define VGPU_FUNCTIONS_H

#include "facts/facts.h"

/* Names without what the compiler added to them (".isra.0"). */
bool function_is_scheduler(const char *function);
/*
 * One name for each way to wait: which of its parts are inlined differs.  Of another
 * function: itself.
 */
const char *function_way_to_wait(const char *function);

/*
 * The innermost function of a task that was studied, as its frame has it, that is none of
 * these; of a worker whose work waits by a tail call, the work's.  NULL: there is none.
 */
const char *function_of_task(const struct facts *f, const struct task *t);

/* Is the task in this function: by its stack, or as the work that it runs? */
bool task_is_in(const struct facts *f, const struct task *t, const char *function);

/* Where on the stack whoever called panic() begins; 0: panic() is not on it. */
size_t stack_behind_panic(const struct stack *stack);

#endif
