// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A libFuzzer target: the file of --known, as a team or somebody who does not wish it well
 * may have written it.
 *
 * Besides what the sanitizers see: there are no more rules than may be, each has its name
 * and a cause that there is, nothing in them is a control code, and why a file is refused is
 * said.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "triage/known_rules.h"

static void fail(const char *what)
{
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

static void is_printable(const char *words)
{
	for (; words && *words; words++)
		if ((unsigned char)*words < ' ')
			fail("control codes");
}

static void is_a_cause(const char *name)
{
	enum cause cause;

	for (cause = 0; cause < CAUSES; cause++)
		if (!name || !strcmp(name, cause_name(cause)))
			return;
	fail("a cause that there is not");
}

static void look_at(const struct known_rule *r)
{
	size_t i, k;

	if (!r->name || !*r->name || !r->what || !r->line)
		fail("a rule without its name, its words or its line");
	is_printable(r->name);
	is_printable(r->what);
	is_printable(r->fix);
	is_printable(r->signature);
	is_a_cause(r->cause);
	if (r->stacks.n > KNOWN_STACKS_MAX || r->symbols.n > KNOWN_WORDS_MAX)
		fail("more stacks or symbols than may be");
	for (i = 0; i < r->stacks.n; i++) {
		if (r->stacks.v[i].all.n > KNOWN_WORDS_MAX)
			fail("more functions than may be");
		for (k = 0; k < r->stacks.v[i].all.n; k++)
			is_printable(r->stacks.v[i].all.v[k]);
	}
	for (i = 0; i < r->symbols.n; i++)
		is_printable(r->symbols.v[i].name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct known_rules rules = {{0}};
	struct arena arena = {0};
	const char *why = NULL;
	char *text = malloc(size ? size : 1); /* so that a read past its end is seen */
	size_t i;

	if (!text)
		return 0;
	memcpy(text, data, size);
	if (!known_rules_parse(&arena, "rules", text, size, &rules, &why) &&
	    (!why || !*why))
		fail("it does not say why");
	if (rules.all.n > KNOWN_RULES_MAX)
		fail("more rules than may be");
	for (i = 0; !why && i < rules.all.n; i++)
		look_at(&rules.all.v[i]);
	arena_free(&arena);
	free(text);
	return 0;
}
