// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A libFuzzer target: a dump that is sound but for some words (words.h), through every
 * reader, the judgement and both reports.
 *
 * Besides what the sanitizers see, and what must hold of each answer (said.h): the number
 * of reads stays in proportion to the dump.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "facts/facts.h"
#include "report/report.h"
#include "said.h"
#include "seed.h"
#include "triage/triage.h"
#include "words.h"

#define READS_MAX 200000
#define DOCUMENTS 9

static struct fake *f;

static void fail(const char *what)
{
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

/* ---- what is checked ----------------------------------------------------- */

static void report_text(const struct facts *facts, struct triage *t)
{
	struct stack_of_task *stacks =
		arena_alloc(facts->arena, (facts->studied.n + 1) * sizeof(*stacks));
	FILE *out = said_open(false);
	size_t i;

	text_triage(out, facts, t);
	text_panic(out, facts);
	text_hung(out, facts, &t->graph, false);
	text_graph(out, facts, &t->graph, false);
	for (i = 0; i < facts->studied.n; i++) {
		stacks[i].task = facts->studied.v[i]->task;
		stacks[i].stack = facts->studied.v[i]->stack;
	}
	text_stacks(out, facts, stacks, facts->studied.n, false);
	text_drain(out, facts);
	text_workqueues(out, facts, -1, false);
	text_devices(out, facts);
	text_queues(out, facts, NULL, true);
	text_fences(out, facts, true);
	text_objects(out, facts, true);
	text_notes(out, facts);
	fclose(out);
}

static void report_json(const struct facts *facts, const struct triage *t,
			unsigned int what)
{
	FILE *out = said_open(true);

	switch (what % DOCUMENTS) {
	case 0:
		json_triage(out, facts, t);
		break;
	case 1:
		json_hung(out, facts, &t->graph);
		break;
	case 2:
		json_drain(out, facts);
		break;
	case 3:
		json_workqueues(out, facts, -1);
		break;
	case 4:
		json_queues(out, facts, NULL);
		break;
	case 5:
		json_fences(out, facts, true);
		break;
	case 6:
		json_objects(out, facts, true);
		break;
	case 7:
		json_panic(out, facts);
		break;
	default:
		json_devices(out, facts);
	}
	fclose(out);
}

static void run(void)
{
	struct dump *d = fake_dump(f);
	struct facts *facts = arena_alloc(d->arena, sizeof(*facts));
	struct triage *t = arena_alloc(d->arena, sizeof(*t));
	unsigned int what;

	fake_forget_counts(f);
	facts_read(d, FACTS_ALL, facts);
	if (fake_reads(f) > READS_MAX)
		fail("too many reads for a dump this small");
	triage_make(facts, t);
	if (!t->verdicts.all.n)
		fail("no verdict");
	report_text(facts, t);
	for (what = 0; what < DOCUMENTS; what++)
		report_json(facts, t, what);
	arena_free(d->arena);
	memset(&d->notes, 0, sizeof(d->notes));
}

/* ---- libFuzzer's doors --------------------------------------------------- */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* NOLINTNEXTLINE(readability-non-const-parameter): libFuzzer's own prototype */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	f = seed_dump();
	words_learn(f, run);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	words_change(f, data, size);
	run();
	words_put_back(f);
	return 0;
}
