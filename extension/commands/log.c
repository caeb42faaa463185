// SPDX-License-Identifier: GPL-2.0-or-later
/* The log, and what it says of the panic. */
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
	.of_text = true,
	.run = run_panic,
};

#define DATES 'T'

static enum result run_log(struct session *s)
{
	if (s->facts->log.store == KLOG_NONE)
		return session_error(s, RESULT_UNREADABLE,
				     "the log of this dump cannot be found");
	if (s->json)
		json_log(s->out, s->facts);
	else
		text_log(s->out, s->facts, session_has(s, DATES));
	return RESULT_DONE;
}

const struct command command_log = {
	.name = "log",
	.help = "The kernel's log, as dmesg prints it. Lines of one message that follow "
		"its first have no stamp.",
	.facts = FACTS_LOG,
	.of_text = true,
	.program_only = true,
	.options =
		{
			{.letter = DATES,
			 .help = "dates (UTC) in place of seconds since the boot, from the time "
				 "of the crash and the uptime, so to a second or so; -j always "
				 "has both"},
		},
	.run = run_log,
};
