// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu`: what happened, who is to blame, how sure that is. */
#include "command.h"

#include "report/report.h"
#include "triage/known_rules.h"

/* A look, and this many more until two in a row agree. */
#define LOOKS_MAX 3

/* What runs on is looked at until it says the same twice.  False: Ctrl-C. */
static bool look_twice(struct session *s, struct triage *t)
{
	struct gist before = {.all.n = 0};
	int i;

	for (i = 0; i < LOOKS_MAX; i++) {
		triage_gist(t, &s->arena, &before);
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
	if (s->reader->again && !look_twice(s, t))
		return false;
	if (s->rules)
		known_rules_match(s->rules, s->facts, t);
	return true;
}

/* ---- to send -------------------------------------------------------------------- */

/* Apart from the facts that were judged: the verdict is the same with and without. */
#define FACTS_TO_SEND (FACTS_TASKS | FACTS_DEVICES | FACTS_USE)

static bool is_to_send(const struct session *s, size_t kind)
{
	return s->handout[kind] != NULL;
}

/* In the place of the text. */
static bool is_printed(const struct session *s, size_t kind)
{
	return s->handout[kind] && !strcmp(s->handout[kind], "-");
}

static enum result write_handouts(struct session *s, const struct triage *t)
{
	static void (*const forms[HANDOUTS])(FILE *, const struct facts *,
					     const struct triage *,
					     const struct facts *) = {
		[HANDOUT_HTML] = html_triage,
		[HANDOUT_MARKDOWN] = markdown_triage,
	};
	struct facts *use = arena_alloc(&s->arena, sizeof(*use));
	enum result result = RESULT_DONE;
	FILE *out;
	size_t i;

	facts_read(s->dump, FACTS_TO_SEND, use);
	if (use->interrupted)
		return RESULT_INTERRUPTED;
	for (i = 0; i < HANDOUTS && result == RESULT_DONE; i++) {
		if (!s->handout[i])
			continue;
		out = is_printed(s, i) ? s->out : session_file_begin(s, s->handout[i]);
		if (!out)
			return RESULT_UNREADABLE;
		forms[i](out, s->facts, t, use);
		if (out != s->out)
			result = session_file_end(s);
	}
	return result;
}

static bool any_handout(const struct session *s,
			bool (*is)(const struct session *s, size_t kind))
{
	size_t i;

	for (i = 0; i < HANDOUTS; i++)
		if (is(s, i))
			return true;
	return false;
}

static enum result run_triage(struct session *s)
{
	enum result result = RESULT_DONE;
	struct triage t;

	if (!triage_look(s, &t))
		return RESULT_INTERRUPTED;
	if (any_handout(s, is_to_send))
		result = write_handouts(s, &t);
	if (result != RESULT_DONE)
		return result;
	if (!any_handout(s, is_printed))
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
		"first. A blocked task counts as stuck after 5 seconds; where none is, one "
		"that gets no CPU does. A chain goes on from locks, works and CPUs into a virtio-gpu's queues: "
		"whether the host, an interrupt, a kick or the guest's own work is "
		"what is missing. Faults of the kernel that are known upstream are "
		"named as KNOWN; --known FILE adds a team's own.\n"
		"In the place of a core it takes a text log, packed or not: a console's, "
		"dmesg's, the journal's. It then says what fired, who hung and where, and what "
		"that resembles, and blames nobody whom the log does not prove.\n"
		"--html FILE and --markdown FILE write a report to send, too: the same with "
		"stacks, the log, the machine, its memory and GPU, as one page or as the text "
		"of a ticket; \"-\" is standard output, in the place of the text.",
	.facts = FACTS_WAITS | FACTS_PANIC | FACTS_DEVICES | FACTS_MEMORY,
	.of_text = true,
	.run = run_triage,
};
