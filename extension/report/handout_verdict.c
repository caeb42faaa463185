// SPDX-License-Identifier: GPL-2.0-or-later
/* What is the matter, how sure that is, what says so, and what could not be read. */
#include "handout.h"

#include <string.h>

#include "debuginfo.h"
#include "spelling.h"
#include "svg.h"
#include "text_writer.h"
#include "told_words.h"
#include "triage_words.h"

#define CLAIMS_MAX 100
#define VICTIMS_MAX 8
#define NOTES_MAX 100

/* ---- the verdict ------------------------------------------------------------------ */

bool handout_has_verdict(const struct handout *h)
{
	return handout_best(h) != NULL;
}

static void steps(struct handout *h, const struct verdict *v)
{
	struct sentences next = {0};
	size_t i;

	next_sentences(h->f, v, &next);
	for (i = 0; i < next.all.n; i++)
		sheet_step(&h->sheet, "%s", next.all.v[i]);
}

static void victims(struct handout *h, const struct verdict *v)
{
	size_t i, shown = 0;
	struct alikes groups;

	victims_alike(h->f, v, &groups);
	for (i = 0; i < groups.all.n && i < VICTIMS_MAX; i++) {
		sheet_pair(&h->sheet, "Victim", "%s",
			   victim_words(h->f, &groups.all.v[i]));
		shown += groups.all.v[i].all.n;
	}
	if (shown < v->victims.n)
		sheet_pair(&h->sheet, "Victims", "and %zu more: %s", v->victims.n - shown,
			   own_command(h->f, "hung"));
}

void handout_verdict(struct handout *h)
{
	const struct verdict *v = handout_best(h);
	const struct facts *f = h->f;
	struct sheet *s = &h->sheet;
	size_t i;

	sheet_story(s, "%s", v->summary);
	steps(h, v);
	sheet_pair(s, "Culprit", "%s", culprit_words(f, &v->culprit));
	for (i = 0; i < v->like.n; i++)
		sheet_pair(s, i ? "or" : "Like", "%s", likeness_words(f, v, i));
	victims(h, v);
	sheet_pair(s, "Ended by", "%s", fired_words(f));
	if (f->before)
		sheet_pair(s, "It runs", "looked at again after %.1f s", f->before_s);
	sheet_pair(s, "Node", "%s", handout_node(h));
	sheet_pair(s, "Kernel", "%s", handout_kernel(h));
	if (f->info->crash_time > 0)
		sheet_pair(s, "Crashed", "%s", text_date(f->info->crash_time));
	sheet_pair(s, "Urgency", "%d of 100", h->t->score.total);
	sheet_pair_code(s, "Signature", "%s", h->t->signature.hash);
	sheet_pair_code(s, "Signature's text", "%s", h->t->signature.text);
	if (!f->gpu_driver)
		sheet_quiet(s,
			    "This kernel has no virtio-gpu driver: nothing here is its "
			    "doing.");
}

/* ---- the chain ---------------------------------------------------------------------- */

bool handout_has_chain(const struct handout *h)
{
	return handout_best(h) && handout_best(h)->chain.n > 1;
}

static void chain_lines(struct handout *h, const struct verdict *v)
{
	const struct edge *e;
	const char *check;
	size_t i;

	for (i = 0; i < v->chain.n; i++) {
		sheet_line(&h->sheet, "%s", chain_node_words(h->f, &v->chain, i));
		e = i + 1 < v->chain.n ? graph_edge(v->chain.v[i], v->chain.v[i + 1])
				       : NULL;
		if (!e)
			continue;
		sheet_line(&h->sheet, "  |  %s", e->why);
		check = look_text(h->f, &e->look);
		if (check)
			sheet_line(&h->sheet, "  |    check: %s", check);
	}
	if (v->chain.cycle < v->chain.n)
		sheet_line(&h->sheet, "... and back to %s",
			   v->chain.v[v->chain.cycle]->title);
}

void handout_chain(struct handout *h)
{
	const struct verdict *v = handout_best(h);
	FILE *out = sheet_figure(&h->sheet, "Who waits for whom");

	if (out)
		svg_chain(out, h->f, v);
	sheet_block(&h->sheet, BLOCK_FOLDED, "In words, and how to check it");
	chain_lines(h, v);
}

/* ---- evidence ------------------------------------------------------------------------ */

void handout_claims(struct handout *h, const char *caption, const struct evidences *es)
{
	static const struct column columns[] = {{"Claim", CELL_TEXT},
						{"To check it", CELL_CODE}};
	const char *check;
	size_t i;

	sheet_table(&h->sheet, caption, columns, ARRAY_SIZE(columns));
	/* What the chain or the trigger shows already is not said again. */
	for (i = 0; i < es->n && i < CLAIMS_MAX; i++) {
		if (es->v[i].shown)
			continue;
		check = look_text(h->f, &es->v[i].look);
		sheet_cell(&h->sheet, "%s", es->v[i].claim);
		sheet_cell(&h->sheet, "%s", check ? check : "");
	}
	sheet_more(&h->sheet, es->n - i, own_command(h->f, "triage"));
}

/* A commit of upstream's: where it can be read. */
static void known_bugs(struct handout *h, const struct verdict *v)
{
	const struct known_match *m;
	size_t i;

	for (i = 0; i < v->known.n; i++) {
		m = &v->known.v[i];
		sheet_commit(&h->sheet, m->id,
			     arena_printf(h->f->arena, "Known%s: %s %s",
					  m->rule ? "" : " upstream",
					  known_words(h->f, m),
					  build_words(h->f, m->build)));
	}
}

static void lacking(struct handout *h, const struct verdict *v)
{
	size_t i;

	for (i = 0; i < v->missing.n; i++)
		sheet_item(&h->sheet, "Not known: %s", v->missing.v[i]);
}

static void evidence(struct handout *h, const struct verdict *v)
{
	handout_claims(h, "For it", &v->evidence);
	handout_claims(h, "Against it", &v->against);
	if (!v->against.n)
		sheet_quiet(&h->sheet, "Nothing was found against it.");
	lacking(h, v);
	known_bugs(h, v);
}

bool handout_has_evidence(const struct handout *h)
{
	return handout_best(h) != NULL;
}

void handout_evidence(struct handout *h)
{
	evidence(h, handout_best(h));
}

/* ---- the others ------------------------------------------------------------------------ */

#define OTHERS_MAX 16

bool handout_has_others(const struct handout *h)
{
	return h->t->verdicts.all.n > 1;
}

void handout_others(struct handout *h)
{
	const struct verdict *v;
	size_t i;

	for (i = 1; i < h->t->verdicts.all.n && i <= OTHERS_MAX; i++) {
		v = h->t->verdicts.all.v[i];
		sheet_heading(&h->sheet, "%s", headline_words(h->f, v));
		sheet_text(&h->sheet, "%s", v->summary);
		sheet_pair(&h->sheet, "Culprit", "%s", culprit_words(h->f, &v->culprit));
		victims(h, v);
		if (v->chain.n > 1) {
			sheet_block(&h->sheet, BLOCK_FOLDED, "Chain");
			chain_lines(h, v);
		}
		evidence(h, v);
		steps(h, v);
	}
	sheet_more(&h->sheet, h->t->verdicts.all.n - i, own_command(h->f, "triage"));
}

/* ---- how urgent it is ------------------------------------------------------------------ */

bool handout_has_urgency(const struct handout *h)
{
	return h->t->score.parts.n > 0;
}

void handout_urgency(struct handout *h)
{
	static const struct column columns[] = {{"Part", CELL_TEXT},
						{"Points", CELL_NUMBER},
						{"Why", CELL_TEXT}};
	const struct score *s = &h->t->score;
	size_t i;

	sheet_table(&h->sheet, "What its points are made of", columns,
		    ARRAY_SIZE(columns));
	for (i = 0; i < s->parts.n; i++) {
		sheet_cell(&h->sheet, "%s", s->parts.v[i].name);
		sheet_cell(&h->sheet, "%d of %d", s->parts.v[i].points,
			   s->parts.v[i].most);
		sheet_cell(&h->sheet, "%s", s->parts.v[i].why);
	}
}

/* ---- what could not be read -------------------------------------------------------------- */

bool handout_has_missing(const struct handout *h)
{
	return h->use->gpus.missing.n || h->use->notes->n;
}

void handout_missing(struct handout *h)
{
	const struct facts *u = h->use;
	size_t i;

	for (i = 0; i < u->gpus.missing.n; i++)
		sheet_item(&h->sheet, "Without debuginfo of %s vgpu cannot show: %s.",
			   debuginfo_of(u, &u->gpus.missing.v[i]),
			   u->gpus.missing.v[i].without);
	if (i) {
		sheet_text(&h->sheet, "%s", debuginfo_advice(u));
		sheet_pair_code(&h->sheet, "To install it", "%s", debuginfo_command(u));
	}
	for (i = 0; i < u->notes->n && i < NOTES_MAX; i++)
		sheet_item(&h->sheet, "Not read: %s", u->notes->v[i]);
	sheet_more(&h->sheet, u->notes->n - i, own_command(h->f, "triage"));
}
