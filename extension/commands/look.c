// SPDX-License-Identifier: GPL-2.0-or-later
/* The machine, its tasks and its modules, for a door that has no other commands. */
#include "command.h"

#include "process.h"
#include "report/report.h"

static enum result run_ps(struct session *s)
{
	int pid;

	if (!process_wanted(s, &pid))
		return RESULT_NOT_FOUND;
	if (!s->facts->tasks.all.n)
		return session_error(s, RESULT_UNREADABLE,
				     "the tasks of this dump cannot be found");
	(s->json ? json_tasks : text_tasks)(s->out, s->facts, pid);
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
		},
	.run = run_ps,
};

static enum result run_sys(struct session *s)
{
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
	.help = "Modules, the one loaded last first: struct module, where its text is and how long, "
		"its size, where its types come from (btf: of the dump), taints.",
	.program_only = true,
	.run = run_mod,
};
