// SPDX-License-Identifier: GPL-2.0-or-later
/* Workqueues, and the drain of per-CPU pages that runs on them. */
#include "command.h"

#include "report/report.h"

#define CPU 'c'

static void run_drain(struct session *s)
{
	(s->json ? json_drain : text_drain)(s->out, s->facts);
}

const struct command command_drain = {
	.name = "drain",
	.use = "[-j]",
	.help = "  vgpu drain [-j]\n"
		"    The page allocator's drain_all_pages(): pcpu_drain_mutex and its owner, the CPUs\n"
		"    that the drainer waits on (cpus_with_pcps), each CPU's pages on per-CPU lists and\n"
		"    its drain work: idle, queued, running, by whom, since when.  From Linux 6.0 on\n"
		"    there is no such work, which is said.\n",
	.facts = FACTS_TASKS | FACTS_WORK | FACTS_DRAIN,
	.run = run_drain,
};

static void run_wq(struct session *s)
{
	long cpu = session_number(s, CPU, -1);

	if (cpu >= (long)s->dump->info.cpus)
		session_error(s, "no CPU %ld: this dump has %u", cpu, s->dump->info.cpus);
	else
		(s->json ? json_workqueues : text_workqueues)(s->out, s->facts, (int)cpu);
}

const struct command command_wq = {
	.name = "wq",
	.use = "[-j] [-c cpu]",
	.help = "  vgpu wq [-j] [-c cpu]\n"
		"    Worker pools that have works, or with -c both pools of a CPU: their workers, the\n"
		"    works pending and running, and barriers with the task that waits on each.\n",
	.facts = FACTS_TASKS | FACTS_WORK,
	.options = {{.letter = CPU, .takes_number = true}},
	.run = run_wq,
};
