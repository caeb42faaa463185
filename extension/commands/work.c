// SPDX-License-Identifier: GPL-2.0-or-later
/* Workqueues, and the drain of per-CPU pages that runs on them. */
#include "command.h"

#include "process.h"
#include "report/report.h"

#define EACH 'v'

static enum result run_drain(struct session *s)
{
	(s->json ? json_drain : text_drain)(s->out, s->facts);
	return RESULT_DONE;
}

const struct command command_drain = {
	.name = "drain",
	.help = "The page allocator's drain_all_pages(): pcpu_drain_mutex and its "
		"owner, the CPUs that the drainer waits on (cpus_with_pcps), each "
		"CPU's pages on per-CPU lists and its drain work: idle, queued, "
		"running, by whom, since when. From Linux 6.0 on there is no such "
		"work, which is said.",
	.facts = FACTS_TASKS | FACTS_WORK | FACTS_DRAIN,
	.run = run_drain,
};

static enum result run_wq(struct session *s)
{
	int cpu;

	if (!cpu_wanted(s, &cpu))
		return RESULT_NOT_FOUND;
	if (s->json)
		json_workqueues(s->out, s->facts, cpu);
	else
		text_workqueues(s->out, s->facts, cpu, session_has(s, EACH));
	return RESULT_DONE;
}

const struct command command_wq = {
	.name = "wq",
	.help = "Worker pools that have works: their workers, the works pending and "
		"running, and barriers with the task that waits on each. Those that do "
		"the same are one line with their number.",
	.facts = FACTS_TASKS | FACTS_WORK,
	.options =
		{
			{.letter = CPU,
			 .number = "cpu",
			 .help = "both pools of this CPU, whether they have works or not"},
			{.letter = EACH,
			 .excludes = "j",
			 .help = "a line for each worker and work"},
		},
	.run = run_wq,
};
