// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu known`: the table of faults that are known, and a team's own. */
#include "known.h"

#include "base/text.h"
#include "brought.h"
#include "report/report.h"
#include "triage/known_rules.h"

static void ask_symbols(struct dump *d, struct known_rule *r)
{
	kaddr_t at;
	size_t i;

	for (i = 0; i < r->symbols.n; i++)
		r->symbols.v[i].there = dump_symbol(d, r->symbols.v[i].name, &at);
}

enum result known_load(struct session *s)
{
	enum result result;
	const char *why;
	char *text;
	size_t size, i;

	result = brought_read(s, s->known, KNOWN_RULES_BYTES,
			      "it is longer than a file of rules may be: 256 KiB", &text,
			      &size);
	if (result != RESULT_DONE)
		return result;
	s->rules = arena_alloc(&s->arena, sizeof(*s->rules));
	if (!known_rules_parse(&s->arena, text_escaped(&s->arena, s->known), text, size,
			       s->rules, &why))
		return brought_error(s, s->known, why);
	for (i = 0; s->dump && i < s->rules->all.n; i++)
		ask_symbols(s->dump, &s->rules->all.v[i]);
	return RESULT_DONE;
}

/* Without a dump nothing has been read, and the table alone is shown. */
static enum result run_known(struct session *s)
{
	struct triage t;

	if (!s->dump) {
		if (s->known && known_load(s) != RESULT_DONE)
			return RESULT_UNREADABLE;
		if (s->json)
			json_known_table(s->out, &s->reader->about, s->rules);
		else
			text_known(s->out, NULL, NULL, s->rules);
		return RESULT_DONE;
	}
	if (!triage_look(s, &t))
		return RESULT_INTERRUPTED;
	(s->json ? json_known_faults : text_known)(s->out, s->facts, &t, s->rules);
	return RESULT_DONE;
}

const struct command command_known = {
	.name = "known",
	.help = "Faults of the kernel that are known upstream: the commit that fixes each, "
		"the releases, as a hint, and what in a dump it is told by. Of a dump, also "
		"which of them it shows the signs of, and whether its build has the fix, by "
		"its code. With --known FILE the rules in it too, each after it was checked: "
		"docs/known-rules.md.",
	.facts = FACTS_WAITS | FACTS_PANIC | FACTS_DEVICES | FACTS_MEMORY,
	.without_dump = true,
	.run = run_known,
};
