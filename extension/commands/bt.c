// SPDX-License-Identifier: GPL-2.0-or-later
/* Stacks of tasks. */
#include "command.h"

#include <limits.h>
#include <stdlib.h>

#include "report/report.h"

#define ALL 'a'

/* pid in decimal, or the address of a task_struct; NULL and a sentence if neither. */
static struct task *task_of_argument(struct session *s)
{
	struct tasks *tasks = &s->facts->tasks;
	struct task *t = NULL;
	char *end;
	unsigned long v = strtoul(s->argument, &end, 10);

	if (*s->argument && !*end && v <= INT_MAX) {
		t = task_by_pid(tasks, (int)v);
		if (!v)
			session_error(s, "pid 0 is each CPU's idle task: vgpu bt -a");
		else if (!t)
			session_error(s, "no task with pid %lu in this dump", v);
		return t;
	}
	v = strtoul(s->argument, &end, 16);
	if (*s->argument && !*end)
		t = task_by_addr(tasks, v);
	if (!t)
		session_error(
			s,
			"\"%s\" is neither the pid nor the task_struct address of a "
			"task in this dump",
			s->argument);
	return t;
}

/* Which tasks: the argument's, all, or else those in uninterruptible sleep. */
static bool wanted(const struct session *s, const struct task *t, const struct task *only)
{
	if (only)
		return t == only;
	return session_has(s, ALL) || t->state_letter == 'D';
}

static void text_stacks(struct session *s, const struct stack_of_task *v, size_t n)
{
	size_t i;

	if (!n)
		fprintf(s->out,
			"no task is in uninterruptible sleep; vgpu bt -a shows all\n");
	for (i = 0; i < n; i++) {
		if (i)
			fputc('\n', s->out);
		text_stack(s->out, v[i].task, &v[i].stack);
	}
}

static void run_bt(struct session *s)
{
	VEC(struct stack_of_task) stacks = {0};
	struct tasks *tasks = &s->facts->tasks;
	struct unwinder *u = unwinder_create(s->dump);
	struct task *only = NULL;
	struct stack_of_task *one;
	size_t i;

	if (s->argument && !(only = task_of_argument(s)))
		return;
	for (i = 0; i < tasks->all.n && !session_interrupted(s); i++) {
		if (!wanted(s, &tasks->all.v[i], only))
			continue;
		one = vec_push(&s->arena, &stacks);
		one->task = &tasks->all.v[i];
		unwind_task(u, one->task, &one->stack);
	}
	if (session_interrupted(s))
		return;
	if (s->json)
		json_stacks(s->out, s->facts, stacks.v, stacks.n);
	else
		text_stacks(s, stacks.v, stacks.n);
}

const struct command command_bt = {
	.name = "bt",
	.use = "[-j] [pid | task | -a]",
	.help = "  vgpu bt [-j] [pid | task | -a]\n"
		"    Kernel stacks by vgpu's own unwinder, with module names, and beside each known\n"
		"    function what it does.  Without an argument: tasks in uninterruptible sleep.\n"
		"    -a: all tasks.  Needs no debuginfo of modules.\n",
	.facts = FACTS_TASKS,
	.takes_argument = true,
	.options = {{.letter = ALL}},
	.run = run_bt,
};
