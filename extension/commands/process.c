// SPDX-License-Identifier: GPL-2.0-or-later
#include "process.h"

/* The process of a thread, to be told of. */
static enum result no_process(struct session *s, int pid)
{
	const struct task *t = task_by_pid(&s->facts->tasks, pid);

	if (t && !t->idle)
		return session_error(s, RESULT_NOT_FOUND,
				     "%d is a thread of process %d: -p %d", pid, t->tgid,
				     t->tgid);
	return session_error(s, RESULT_NOT_FOUND, "no process with pid %d in this dump",
			     pid);
}

bool process_wanted(struct session *s, int *pid)
{
	const struct tasks *tasks = &s->facts->tasks;
	size_t i;

	*pid = session_number(s, PROCESS, -1);
	if (*pid < 0)
		return true;
	for (i = 0; i < tasks->all.n; i++)
		if (tasks->all.v[i].tgid == *pid && !tasks->all.v[i].idle)
			return true;
	no_process(s, *pid);
	return false;
}

bool cpu_wanted(struct session *s, int *cpu)
{
	*cpu = session_number(s, CPU, -1);
	if (*cpu < (int)s->dump->info.cpus)
		return true;
	session_error(s, RESULT_NOT_FOUND, "no CPU %d: this dump has %u", *cpu,
		      s->dump->info.cpus);
	return false;
}
