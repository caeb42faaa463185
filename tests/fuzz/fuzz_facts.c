// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A libFuzzer target: a dump that is sound but for some words, through every
 * reader, the judgement and both reports.
 *
 * Random bytes as memory would be refused at the first pointer.  So the input is
 * a list of changes to words that a reader really reads, and most of what is put
 * there leads somewhere: to another such word, to a function, next to where the
 * word led before.  Afterwards all is put back, which makes a run cheap.
 *
 * Besides what the sanitizers see, and what must hold of each answer (said.h): the number
 * of reads stays in proportion to the dump.
 */
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts/facts.h"
#include "report/report.h"
#include "said.h"
#include "seed.h"
#include "triage/triage.h"

#define WORDS_MAX 65536
#define CHANGES_MAX 64
#define READS_MAX 200000
#define DOCUMENTS 9

/* One change: 6 bytes of input. */
struct change {
	uint16_t word; /* which of the words that are read */
	uint8_t kind, width;
	uint16_t arg;
};

static struct fake *f;
static kaddr_t words[WORDS_MAX];
static size_t nwords;

static struct undo {
	kaddr_t addr;
	uint64_t old;
	bool excluded;
} undo[CHANGES_MAX];
static size_t nundo;

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

/* ---- changes ------------------------------------------------------------- */

static uint64_t new_value(const struct change *c, uint64_t old)
{
	kaddr_t other = words[c->arg % nwords];

	switch (c->kind % 12) {
	case 0:
		return other;
	case 1:
		return other + c->kind / 12;
	case 2:
		return old + (uint64_t)(int64_t)(int16_t)c->arg;
	case 3:
		return fake_peek_u64(f, other);
	case 4:
		return c->arg;
	case 5:
		return 0;
	case 6:
		return UINT64_MAX - c->arg;
	case 7:
		return FAKE_NOWHERE + c->arg;
	case 8:
		return FAKE_TEXT + c->arg;
	case 9:
		return old ^ 1ull << c->arg % 64;
	case 10:
		return 1ull << c->arg % 64;
	default:
		return c->arg * 0x0101010101010101ull;
	}
}

static void make_change(const struct change *c)
{
	struct undo *u = &undo[nundo++];
	uint64_t v;

	u->addr = words[c->word % nwords];
	u->old = fake_peek_u64(f, u->addr);
	u->excluded = c->width == UINT8_MAX;
	if (u->excluded) {
		fake_exclude(f, u->addr, 1);
		return;
	}
	v = new_value(c, u->old);
	fake_bytes(f, u->addr + (c->width & 4), &v, c->width & 4 ? 4 : 8);
}

static void put_back(void)
{
	struct undo *u;

	while (nundo) {
		u = &undo[--nundo];
		if (u->excluded)
			fake_include(f, u->addr, 1);
		else
			fake_u64(f, u->addr, u->old);
	}
}

/* ---- libFuzzer's doors --------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	kaddr_t x = *(const kaddr_t *)a, y = *(const kaddr_t *)b;

	return x < y ? -1 : x > y;
}

static void remember(kaddr_t addr, size_t size)
{
	kaddr_t word;

	for (word = addr & ~7ull; word < addr + size && nwords < WORDS_MAX; word += 8)
		words[nwords++] = word;
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* NOLINTNEXTLINE(readability-non-const-parameter): libFuzzer's own prototype */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	size_t i, kept = 0;

	(void)argc;
	(void)argv;
	f = seed_dump();
	run(); /* resolves the layout */
	fake_watch_reads(f, remember);
	run();
	fake_watch_reads(f, NULL);
	qsort(words, nwords, sizeof(words[0]), by_value);
	for (i = 1; i < nwords; i++)
		if (words[i] != words[kept])
			words[++kept] = words[i];
	nwords = kept + 1;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct change c;

	for (; size >= sizeof(c) && nundo < CHANGES_MAX;
	     data += sizeof(c), size -= sizeof(c)) {
		memcpy(&c, data, sizeof(c));
		make_change(&c);
	}
	run();
	put_back();
	return 0;
}
