// SPDX-License-Identifier: GPL-2.0-or-later
/* What the log says of the panic. */
#include "command.h"

#include "report/report.h"

static enum result run_panic(struct session *s)
{
	(s->json ? json_panic : text_panic)(s->out, s->facts);
	return RESULT_DONE;
}

const struct command command_panic = {
	.name = "panic",
	.help = "Which switch made this a panic, and the proof; every switch of "
		"this kernel with its value and what it catches, or would have "
		"caught; each task that the log called blocked, and what became of "
		"it; the log around the moment.",
	.facts = FACTS_TASKS | FACTS_PANIC,
	.run = run_panic,
};
