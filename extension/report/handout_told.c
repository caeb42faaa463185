// SPDX-License-Identifier: GPL-2.0-or-later
/* Of a text: the tasks that it calls hung, with their printed stacks, and its works. */
#include "handout.h"

#include "told_words.h"

#define TASKS_MAX 64
#define WORKS_MAX 64
#define STACKS_MAX 16
#define CACHES_MAX 16

bool handout_has_told(const struct handout *h)
{
	const struct text_facts *t = h->f->text;

	return t && (t->hung.n || t->works.works.n || t->kmemleak.all.n ||
		     t->slub.all.n || t->growths.all.n || t->memory.nmeminfos);
}

static void hung(struct handout *h)
{
	const struct text_facts *t = h->f->text;
	const struct told_hung *hung;
	char words[FRAME_WORDS];
	size_t i, k;

	for (i = 0; i < t->hung.n && i < TASKS_MAX; i++) {
		hung = &t->hung.v[i];
		sheet_block(&h->sheet, i ? BLOCK_FOLDED : BLOCK_UNFOLDED,
			    told_hung_words(h->f, hung));
		for (k = 0; hung->trace && k < hung->trace->stack.n; k++) {
			frame_words(words, &hung->trace->stack.v[k]);
			sheet_line(&h->sheet, "%s", words);
		}
		if (!hung->trace)
			sheet_line(&h->sheet, "its stack was not printed");
	}
	if (i < t->hung.n)
		sheet_quiet(&h->sheet, "And %zu more.", t->hung.n - i);
}

static void memory(struct handout *h)
{
	const struct text_facts *t = h->f->text;
	size_t i;

	for (i = 0; i < t->kmemleak.all.n && i < STACKS_MAX; i++)
		sheet_item(&h->sheet, "kmemleak: %s",
			   told_leak_words(h->f, &t->kmemleak.all.v[i]));
	for (i = 0; i < t->slub.all.n && i < STACKS_MAX; i++)
		sheet_item(&h->sheet, "traced: %s",
			   told_traced_words(h->f, &t->slub.all.v[i]));
	for (i = 0; i < t->memory.nmeminfos && i < 2; i++)
		sheet_item(&h->sheet, "/proc/meminfo, %s", told_meminfo_words(h->f, i));
	for (i = 0; i < t->growths.all.n && i < CACHES_MAX; i++)
		sheet_item(&h->sheet, "%s",
			   told_growth_words(h->f, &t->growths.all.v[i]));
}

void handout_told(struct handout *h)
{
	const struct busy_works *b = &h->f->text->works;
	size_t i;

	hung(h);
	for (i = 0; i < b->works.n && i < WORKS_MAX; i++)
		sheet_item(&h->sheet, "%s", told_work_words(h->f, &b->works.v[i]));
	if (i < b->works.n)
		sheet_quiet(&h->sheet, "And %zu more works.", b->works.n - i);
	memory(h);
}
