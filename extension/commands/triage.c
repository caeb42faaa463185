// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu`: what happened, who is to blame, how sure that is. */
#include "command.h"

#include "report/report.h"

static void run_triage(struct session *s)
{
	struct triage t;

	triage_make(s->facts, &t);
	(s->json ? json_triage : text_triage)(s->out, s->facts, &t);
}

const struct command command_triage = {
	.name = "triage",
	.use = "[-j]",
	.help = "  vgpu [-j]\n"
		"    The triage.  What made the kernel panic and which switch did; who was hung\n"
		"    and for how long; the chain from the victim to the root; a verdict with its\n"
		"    confidence, the evidence for it and against it; what to do next; what could\n"
		"    not be read.  Verdicts are listed best first.  A blocked task counts as stuck\n"
		"    after 5 seconds.  A chain goes on from locks, works and CPUs into a virtio-gpu's\n"
		"    queues: whether the host, an interrupt, a kick or the guest's own work is what\n"
		"    is missing.  Faults of the kernel that are known upstream are named as KNOWN.\n",
	.facts = FACTS_WAITS | FACTS_PANIC | FACTS_DEVICES | FACTS_MEMORY,
	.run = run_triage,
};
