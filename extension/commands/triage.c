// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu`: what happened, who is to blame, how sure that is. */
#include "command.h"

#include "report/report.h"

/* A look, and this many more until two in a row agree. */
#define LOOKS_MAX 3

/* What runs on is looked at until it says the same twice.  False: Ctrl-C. */
static bool look_twice(struct session *s, struct triage *t)
{
	struct triage before;
	int i;

	for (i = 0; i < LOOKS_MAX; i++) {
		before = *t;
		if (!session_look_again(s))
			return false;
		triage_make(s->facts, t);
		if (triage_agrees(&before, t))
			break;
	}
	triage_settle(s->facts, &before, t);
	return true;
}

bool triage_look(struct session *s, struct triage *t)
{
	triage_make(s->facts, t);
	return !s->reader->again || look_twice(s, t);
}

static enum result run_triage(struct session *s)
{
	struct triage t;

	if (!triage_look(s, &t))
		return RESULT_INTERRUPTED;
	(s->json ? json_triage : text_triage)(s->out, s->facts, &t);
	return t.verdicts.all.n && t.verdicts.all.v[0]->cause != CAUSE_UNEXPLAINED
		       ? RESULT_DONE
		       : RESULT_UNEXPLAINED;
}

const struct command command_triage = {
	.name = "triage",
	.help = "The triage. What made the kernel panic and which switch did; who "
		"was hung and for how long; the chain from the victim to the root; "
		"a verdict with its confidence, the evidence for it and against it; "
		"what to do next; what could not be read. Verdicts are listed best "
		"first. A blocked task counts as stuck after 5 seconds. A chain "
		"goes on from locks, works and CPUs into a virtio-gpu's queues: "
		"whether the host, an interrupt, a kick or the guest's own work is "
		"what is missing. Faults of the kernel that are known upstream are "
		"named as KNOWN.",
	.facts = FACTS_WAITS | FACTS_PANIC | FACTS_DEVICES | FACTS_MEMORY,
	.run = run_triage,
};
