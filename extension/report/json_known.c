// SPDX-License-Identifier: GPL-2.0-or-later
/* The faults that are known, and what of them the dump shows. */
#include "json_parts.h"
#include "triage/known_bugs.h"
#include "triage/known_rules.h"

/* Absent where there is no dump. */
static void matches(struct json *j, const struct triage *t, const struct known_bug *bug,
		    const struct known_rule *rule)
{
	const struct known_match *m;
	const struct verdict *v;
	size_t i, k;

	if (!t)
		return;
	json_array(j, "matches");
	for (i = 0; i < t->verdicts.all.n; i++) {
		v = t->verdicts.all.v[i];
		for (k = 0; k < v->known.n; k++) {
			m = &v->known.v[k];
			if (m->bug != bug || m->rule != rule)
				continue;
			json_object(j, NULL);
			json_int(j, "verdict", (int64_t)i);
			json_text(j, "cause", cause_name(v->cause));
			json_int(j, "confidence", m->confidence);
			json_text(j, "why", m->why);
			json_address(j, "address", m->address);
			json_end_object(j);
		}
	}
	json_end_array(j);
}

static void bug(struct json *j, const struct facts *f, const struct triage *t,
		const struct known_bug *b)
{
	char link[sizeof(KNOWN_LINK) + 40];

	snprintf(link, sizeof(link), KNOWN_LINK "%s", b->id ? b->id : "");
	json_object(j, NULL);
	json_text(j, "id", b->id);
	json_text(j, "link", b->id ? link : NULL);
	json_text(j, "what", b->what);
	json_text(j, "told_by", b->told);
	json_text(j, "affected_hint", b->affected);
	json_text(j, "fixed_in", b->fixed);
	json_build(j, f, fix_by_id(&f->fixes, b->id));
	matches(j, t, b, NULL);
	json_end_object(j);
}

static void criteria(struct json *j, const struct triage *t, const struct known_rule *r)
{
	size_t i;

	json_text(j, "cause", r->cause);
	json_array(j, "frames");
	for (i = 0; i < r->stacks.n; i++) {
		json_object(j, NULL);
		json_texts(j, "functions", r->stacks.v[i].all.v, r->stacks.v[i].all.n);
		json_end_object(j);
	}
	json_end_array(j);
	json_text(j, "signature", r->signature);
	json_array(j, "symbols");
	for (i = 0; i < r->symbols.n; i++) {
		json_object(j, NULL);
		json_text(j, "name", r->symbols.v[i].name);
		json_bool(j, "wanted", r->symbols.v[i].wanted);
		if (t)
			json_bool(j, "there", r->symbols.v[i].there);
		json_end_object(j);
	}
	json_end_array(j);
}

static void rule(struct json *j, const struct triage *t, const struct known_rule *r)
{
	json_object(j, NULL);
	json_rule_fields(j, r);
	json_text(j, "what", r->what);
	criteria(j, t, r);
	matches(j, t, NULL, r);
	json_end_object(j);
}

void json_rule_fields(struct json *j, const struct known_rule *r)
{
	json_text(j, "file", r->file);
	json_text(j, "name", r->name);
	json_int(j, "line", r->line);
	json_text(j, "fix", r->fix);
}

void json_known_faults(FILE *out, const struct facts *f, const struct triage *t,
		       const struct known_rules *rules)
{
	struct json *j = json_begin(out, f);
	const struct known_bug *b;
	size_t i;

	if (!j)
		return;
	json_array(j, "known");
	for (i = 0; (b = known_bug_at(i)); i++)
		bug(j, f, t, b);
	json_end_array(j);
	json_array(j, "rules");
	for (i = 0; rules && i < rules->all.n; i++)
		rule(j, t, &rules->all.v[i]);
	json_end_array(j);
	json_finish(j, f);
}
