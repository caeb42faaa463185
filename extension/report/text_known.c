// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu known`: the faults that are known, and what of them the dump shows. */
#include "report.h"

#include "text_writer.h"
#include "triage/known_bugs.h"
#include "triage/known_rules.h"
#include "triage_words.h"

#define INDENT 10

/* Of a dump, NULL: there is none. */
struct shown {
	FILE *out;
	const struct facts *f;
	const struct triage *t;
};

static void matches(const struct shown *s, const struct known_bug *bug,
		    const struct known_rule *rule)
{
	const struct known_match *m;
	const struct verdict *v;
	size_t i, k, n = 0;

	for (i = 0; s->t && i < s->t->verdicts.all.n; i++) {
		v = s->t->verdicts.all.v[i];
		for (k = 0; k < v->known.n; k++) {
			m = &v->known.v[k];
			if (m->bug != bug || m->rule != rule)
				continue;
			text_wrapf(s->out, "", INDENT, "here: %d %% (%s), of %s: %s",
				   m->confidence, sureness(m->confidence),
				   cause_name(v->cause), m->why);
			n++;
		}
	}
	if (s->t && !n)
		text_wrap(s->out, "", INDENT, "here: no sign of it");
}

static void bug(const struct shown *s, const struct known_bug *b)
{
	const struct fix *build = s->f ? fix_by_id(&s->f->fixes, b->id) : NULL;

	text_wrapf(s->out, "KNOWN", INDENT, "%s", b->what);
	if (b->id)
		text_wrapf(s->out, "", INDENT, KNOWN_LINK "%s", b->id);
	else
		text_wrap(s->out, "", INDENT,
			  "a fix is expected; its commit is not checked");
	text_wrapf(s->out, "", INDENT, "releases, a hint only: affected %s; fixed in %s",
		   b->affected, b->fixed);
	text_wrapf(s->out, "", INDENT, "told by: %s", b->told);
	if (build)
		text_wrap(s->out, "", INDENT, build_words(s->f, build));
	matches(s, b, NULL);
}

static void names(const struct shown *s, const struct known_names *n)
{
	size_t i;

	fprintf(s->out, "%*sframes:", INDENT, "");
	for (i = 0; i < n->all.n; i++)
		fprintf(s->out, " %s", n->all.v[i]);
	fputc('\n', s->out);
}

static void rule(const struct shown *s, const struct known_rule *r)
{
	const struct known_symbol *sym;
	size_t i;

	text_wrapf(s->out, "RULE", INDENT, "%s (of %s, line %u): %s", r->name, r->file,
		   r->line, r->what);
	if (r->cause)
		text_wrapf(s->out, "", INDENT, "cause: %s", r->cause);
	for (i = 0; i < r->stacks.n; i++)
		names(s, &r->stacks.v[i]);
	if (r->signature)
		text_wrapf(s->out, "", INDENT, "signature: %s", r->signature);
	for (i = 0; i < r->symbols.n; i++) {
		sym = &r->symbols.v[i];
		text_wrapf(s->out, "", INDENT, "%s: %s%s",
			   sym->wanted ? "symbol" : "no-symbol", sym->name,
			   !s->f	? ""
			   : sym->there ? ", which is there"
					: ", which is not there");
	}
	if (r->fix)
		text_wrapf(s->out, "", INDENT, "fix: %s", r->fix);
	matches(s, NULL, r);
}

void text_known(FILE *out, const struct facts *f, const struct triage *t,
		const struct known_rules *rules)
{
	const struct shown s = {out, f, t};
	const struct known_bug *b;
	size_t i;

	for (i = 0; (b = known_bug_at(i)); i++)
		bug(&s, b);
	for (i = 0; rules && i < rules->all.n; i++)
		rule(&s, &rules->all.v[i]);
	if (f)
		text_notes(out, f);
}
