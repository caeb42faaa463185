// SPDX-License-Identifier: GPL-2.0-or-later
/* RCU's grace periods. */
#include "command.h"

#include "report/report.h"

static enum result run_rcu(struct session *s)
{
	(s->json ? json_rcu : text_rcu)(s->out, s->facts);
	return RESULT_DONE;
}

const struct command command_rcu = {
	.name = "rcu",
	.help = "RCU's grace periods, normal and expedited: since when it runs, the CPUs "
		"that have not passed a quiescent state with what each runs, the readers "
		"that were switched out inside, and the tasks that wait for its end.",
	.facts = FACTS_WAITS,
	.run = run_rcu,
};
