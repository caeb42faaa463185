// SPDX-License-Identifier: GPL-2.0-or-later
#include "words.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

#define WORDS_MAX 65536
#define CHANGES_MAX 64

/* One change: 6 bytes of input. */
struct change {
	uint16_t word; /* which of the words that are read */
	uint8_t kind, width;
	uint16_t arg;
};

static kaddr_t words[WORDS_MAX];
static size_t nwords;

static struct undo {
	kaddr_t addr;
	uint64_t old;
	bool excluded;
} undo[CHANGES_MAX];
static size_t nundo;

static uint64_t new_value(struct fake *f, const struct change *c, uint64_t old)
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

static void make_change(struct fake *f, const struct change *c)
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
	v = new_value(f, c, u->old);
	fake_bytes(f, u->addr + (c->width & 4), &v, c->width & 4 ? 4 : 8);
}

void words_put_back(struct fake *f)
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

void words_change(struct fake *f, const uint8_t *data, size_t size)
{
	struct change c;

	for (; nwords && size >= sizeof(c) && nundo < CHANGES_MAX;
	     data += sizeof(c), size -= sizeof(c)) {
		memcpy(&c, data, sizeof(c));
		make_change(f, &c);
	}
}

static void remember(kaddr_t addr, size_t size)
{
	kaddr_t word;

	for (word = addr & ~7ull; word < addr + size && nwords < WORDS_MAX; word += 8)
		words[nwords++] = word;
}

void words_learn(struct fake *f, void (*run)(void))
{
	size_t i, kept = 0;

	run();
	fake_watch_reads(f, remember);
	run();
	fake_watch_reads(f, NULL);
	qsort(words, nwords, sizeof(words[0]), compare_u64);
	for (i = 1; i < nwords; i++)
		if (words[i] != words[kept])
			words[++kept] = words[i];
	nwords = kept + 1;
}
