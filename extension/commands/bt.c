// SPDX-License-Identifier: GPL-2.0-or-later
/* Stacks of tasks. */
#include "command.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "process.h"
#include "report/report.h"
#include "report/spelling.h"
#include "report/triage_words.h"

#define ALL 'a'
#define EACH 'v'

/* Whose stacks. */
struct wanted {
	bool all;
	int pid;		 /* of a process; -1: any */
	const struct task *task; /* or this one alone */
	const char *comm;	 /* or those of this name */
};

/* The kernel keeps 15 bytes of a name. */
#define COMM_MAX 15

static bool has_name(const struct task *t, const char *name)
{
	if (strlen(t->comm) == COMM_MAX)
		return !strncmp(t->comm, name, COMM_MAX);
	return !strcmp(t->comm, name);
}

static enum result by_name(struct session *s, struct wanted *w)
{
	const struct tasks *tasks = &s->facts->tasks;
	struct nearest near = {.word = s->argument};
	size_t i;

	for (i = 0; i < tasks->all.n; i++) {
		nearest_try(&near, tasks->all.v[i].comm);
		if (has_name(&tasks->all.v[i], s->argument))
			w->comm = s->argument;
	}
	if (w->comm)
		return RESULT_DONE;
	return session_error_near(
		s, RESULT_NOT_FOUND, &near,
		"\"%s\" is neither the pid, the task_struct address nor the "
		"name of a task in this dump",
		s->argument);
}

/* pid in decimal, the address of a task_struct, or a name. */
static enum result by_argument(struct session *s, struct wanted *w)
{
	struct tasks *tasks = &s->facts->tasks;
	char *end;
	unsigned long v = strtoul(s->argument, &end, 10);

	if (*s->argument && !*end && v <= INT_MAX) {
		w->task = task_by_pid(tasks, (int)v);
		if (!v)
			return session_error(s, RESULT_NOT_FOUND,
					     "pid 0 is each CPU's idle task: %s",
					     own_command(s->facts, "bt -a"));
		if (!w->task)
			return session_error(s, RESULT_NOT_FOUND,
					     "no task with pid %lu in this dump", v);
		return RESULT_DONE;
	}
	v = strtoul(s->argument, &end, 16);
	if (*s->argument && !*end)
		w->task = task_by_addr(tasks, v);
	return w->task ? RESULT_DONE : by_name(s, w);
}

/* Who ran there at the end. */
static enum result by_cpu(struct session *s, struct wanted *w)
{
	const struct runqueue *rq;
	int cpu;

	if (!cpu_wanted(s, &cpu))
		return RESULT_NOT_FOUND;
	rq = runqueue_of_cpu(&s->facts->rqs, cpu);
	if (!rq || !rq->curr)
		return session_error(s, RESULT_NOT_FOUND,
				     "which task CPU %d runs cannot be read", cpu);
	w->task = rq->curr;
	return RESULT_DONE;
}

static bool is_wanted(const struct wanted *w, const struct task *t)
{
	if (w->task)
		return t == w->task;
	if (w->comm)
		return has_name(t, w->comm);
	if (w->pid >= 0)
		return t->tgid == w->pid;
	return w->all || t->state_letter == 'D';
}

static enum result unwind_wanted(struct session *s, const struct wanted *w)
{
	VEC(struct stack_of_task) stacks = {0};
	struct tasks *tasks = &s->facts->tasks;
	struct unwinder *u = unwinder_create(s->dump, &s->facts->modules);
	struct asked_reader asked = {.d = s->dump};
	struct stack_of_task *one;
	size_t i;

	for (i = 0; i < tasks->all.n && !session_interrupted(s); i++) {
		if (!is_wanted(w, &tasks->all.v[i]))
			continue;
		one = vec_push(&s->arena, &stacks);
		one->task = &tasks->all.v[i];
		unwind_task(u, one->task, &one->stack);
		asked_read(&asked, one->task, &one->stack, &one->asked);
	}
	if (session_interrupted(s))
		return RESULT_INTERRUPTED;
	if (s->json)
		json_stacks(s->out, s->facts, stacks.v, stacks.n);
	else if (!stacks.n)
		fprintf(s->out, "%s; %s shows all\n", none_blocked_words(s->facts),
			own_command(s->facts, "bt -a"));
	else
		text_stacks(s->out, s->facts, stacks.v, stacks.n, session_has(s, EACH));
	return RESULT_DONE;
}

static enum result run_bt(struct session *s)
{
	struct wanted w = {.all = session_has(s, ALL)};
	enum result result = RESULT_DONE;

	if (!process_wanted(s, &w.pid))
		return RESULT_NOT_FOUND;
	if (s->argument)
		result = by_argument(s, &w);
	if (session_has(s, CPU))
		result = by_cpu(s, &w);
	return result == RESULT_DONE ? unwind_wanted(s, &w) : result;
}

const struct command command_bt = {
	.name = "bt",
	.argument = "pid | task | name",
	.help = "Kernel stacks by vgpu's own unwinder, with module names, and "
		"beside each known function what it does. Without an argument: "
		"tasks in uninterruptible sleep. A name is of all tasks that have "
		"it. Equal stacks are shown once, with their number. Needs no "
		"debuginfo of modules. Below a process's stack: the system call that it "
		"is in, with its file, and where in which program or library that was "
		"made, as addr2line takes it.",
	.facts = FACTS_TASKS,
	.options =
		{
			{.letter = ALL, .excludes = "cp.", .help = "all tasks"},
			{.letter = CPU,
			 .number = "cpu",
			 .excludes = "p.",
			 .help = "only the task that this CPU runs"},
			{.letter = EACH,
			 .excludes = "j",
			 .help = "a stack for each task, also where several are equal"},
			{.letter = PROCESS,
			 .number = "pid",
			 .excludes = "a.",
			 .help = "only tasks of this process"},
		},
	.run = run_bt,
};
