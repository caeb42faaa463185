// SPDX-License-Identifier: GPL-2.0-or-later
/* Documents that are about no fact of the dump: errors, the version, what is known;
 * and those about two dumps. */
#include "compare.h"
#include "json_parts.h"

/* Before the dump is looked at, nothing of it is known but what reads it. */
struct nothing {
	struct dump_info info;
	struct notes notes;
	struct facts facts;
};

static const struct facts *nothing_known(struct nothing *n,
					 const struct dump_about *about)
{
	n->info.about = about;
	n->facts.info = &n->info;
	n->facts.notes = &n->notes;
	return &n->facts;
}

void json_error(FILE *out, const struct facts *f, const struct dump_about *about,
		const char *error)
{
	struct nothing n = {0};
	struct json *j;

	if (!f || !f->info)
		f = nothing_known(&n, about);
	j = json_begin(out, f);
	if (!j)
		return;
	json_text(j, "error", error);
	json_finish(j, f);
}

void json_version(FILE *out, const struct dump_about *about)
{
	struct nothing n = {0};
	const struct facts *f = nothing_known(&n, about);
	struct json *j = json_begin(out, f);

	if (j)
		json_finish(j, f);
}

void json_known_table(FILE *out, const struct dump_about *about,
		      const struct known_rules *rules)
{
	struct nothing n = {0};

	json_known_faults(out, nothing_known(&n, about), NULL, rules);
}

void json_compare(FILE *out, const struct dump_about *about, const struct compared *c)
{
	struct nothing n = {0};
	const struct facts *f = nothing_known(&n, about);
	struct json *j = json_begin(out, f);

	if (!j)
		return;
	json_compare_part(j, c);
	json_finish(j, f);
}
