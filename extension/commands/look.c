// SPDX-License-Identifier: GPL-2.0-or-later
/* The machine, its tasks and its modules, for a door that has no other commands. */
#include "command.h"

#include "process.h"
#include "report/report.h"

/* Who has the CPU, and who waits for it, longest first; then whom a quota holds back. */
static enum result run_runqueue(struct session *s)
{
	VEC(const struct task *) v = {0};
	const struct runqueue *rq;
	size_t i;
	int cpu;

	if (!cpu_wanted(s, &cpu))
		return RESULT_NOT_FOUND;
	rq = runqueue_of_cpu(&s->facts->rqs, cpu);
	if (!rq)
		return session_error(s, RESULT_UNREADABLE,
				     "the run queue of CPU %d cannot be read", cpu);
	if (rq->curr)
		*vec_push(&s->arena, &v) = rq->curr;
	for (i = 0; i < rq->waiting.n; i++)
		*vec_push(&s->arena, &v) = rq->waiting.v[i];
	for (i = 0; i < rq->throttled.n; i++)
		*vec_push(&s->arena, &v) = rq->throttled.v[i];
	(s->json ? json_tasks : text_runnable)(s->out, s->facts, v.v, v.n);
	return RESULT_DONE;
}

static enum result run_ps(struct session *s)
{
	const struct task **v;
	size_t n;
	int pid;

	if (!process_wanted(s, &pid))
		return RESULT_NOT_FOUND;
	if (!s->facts->tasks.all.n)
		return session_error(s, RESULT_UNREADABLE,
				     "the tasks of this dump cannot be found");
	if (session_has(s, CPU))
		return run_runqueue(s);
	v = tasks_by_pid(&s->facts->tasks, &s->arena, pid, &n);
	(s->json ? json_tasks : text_tasks)(s->out, s->facts, v, n);
	return RESULT_DONE;
}

const struct command command_ps = {
	.name = "ps",
	.help = "Tasks by pid: parent, CPU, task_struct, state as ps(1) has it, and how long "
		"it has been in that: asleep, waiting for its CPU, or running. > runs on its "
		"CPU, and [names] are kernel threads.",
	.facts = FACTS_TASKS,
	.program_only = true,
	.options =
		{
			{.letter = PROCESS,
			 .number = "pid",
			 .help = "only tasks of this process"},
			{.letter = CPU,
			 .number = "cpu",
			 .excludes = "p",
			 .help = "only who runs on this CPU, and who waits for it, longest "
				 "first, or for a cgroup's quota; with their class, policy "
				 "and real-time priority"},
		},
	.run = run_ps,
};

static enum result run_sys(struct session *s)
{
	memory_read(s->dump, &s->facts->memory);
	(s->json ? json_system : text_system)(s->out, s->facts);
	return RESULT_DONE;
}

const struct command command_sys = {
	.name = "sys",
	.help = "The machine and its kernel, and how it ended: to be pasted into a report.",
	.facts = FACTS_TASKS | FACTS_PANIC,
	.program_only = true,
	.run = run_sys,
};

static enum result run_mod(struct session *s)
{
	const struct modules *modules = &s->facts->modules;
	size_t i;

	/* Then the dump knows where they come from. */
	for (i = 0; i < modules->all.n && !session_interrupted(s); i++)
		dump_load_module(s->dump, modules->all.v[i].name, NULL);
	if (session_interrupted(s))
		return RESULT_INTERRUPTED;
	(s->json ? json_modules : text_modules)(s->out, s->facts);
	return RESULT_DONE;
}

const struct command command_mod = {
	.name = "mod",
	.level = SMALL_COMMANDS,
	.help = "Modules, the one loaded last first: struct module, where its text is and how long, "
		"its size, where its types come from (btf: of the dump), taints.",
	.program_only = true,
	.run = run_mod,
};
