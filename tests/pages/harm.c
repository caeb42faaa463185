// SPDX-License-Identifier: GPL-2.0-or-later
#include "harm.h"

#include <string.h>

#include "base/base.h"
#include "pages.h"

#define PAGE_WORDS_MAX (65536 / 8)
#define AIMS_MAX 64

/* ---- chance ------------------------------------------------------------------ */

static uint64_t mix(uint64_t v)
{
	v += 0x9e3779b97f4a7c15;
	v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9;
	v = (v ^ v >> 27) * 0x94d049bb133111eb;
	return v ^ v >> 31;
}

static uint64_t chance(uint64_t *state)
{
	return *state = mix(*state);
}

static uint64_t below(uint64_t *state, uint64_t n)
{
	return chance(state) % n;
}

/* ---- damage ------------------------------------------------------------------ */

/* What a seed makes of this core. */
static struct harm {
	uint64_t seed;
	kaddr_t direct_map;
	uint64_t one_in;	 /* of so many pages one is damaged */
	uint64_t words;		 /* in it */
	uint64_t gone_in;	 /* of so many pages one cannot be read */
	uint64_t aims[AIMS_MAX]; /* words that are hit wherever they are */
	size_t wanted, naims;
	bool moves;
	uint64_t reads; /* of any page, where it moves */
} harm;

static bool is_pointer(uint64_t v)
{
	return v >> 48 == 0xffff;
}

/* Some pointer of this page; 0: none was met. */
static uint64_t some_pointer(uint64_t *s, const uint64_t *page, size_t n)
{
	size_t i = below(s, n), k;

	for (k = 0; k < n; k++, i = (i + 1) % n)
		if (is_pointer(page[i]))
			return page[i];
	return 0;
}

static uint64_t other_pointer(uint64_t *s, uint64_t pfn, const uint64_t *page, size_t n,
			      size_t at)
{
	kaddr_t here = harm.direct_map + pfn * n * 8 + at * 8;

	switch (below(s, 8)) {
	case 0:
		return here;
	case 1:
		return here + below(s, 64) * 8;
	case 2:
		return harm.direct_map + below(s, pages_end()) * n * 8 + below(s, n) * 8;
	case 3:
		return page[at] + below(s, 128) * 8 - 512;
	case 4:
		return page[at] ^ 1ull << below(s, 48);
	case 5:
		return page[at] + below(s, 8);
	default:
		return some_pointer(s, page, n);
	}
}

static uint64_t other_number(uint64_t *s, uint64_t old)
{
	static const uint64_t hard[] = {0,
					1,
					0x7f,
					0xff,
					0x7fff,
					0xffff,
					0x7fffffff,
					0x80000000,
					0xffffffff,
					0x100000000,
					0x7fffffffffffffff,
					0x8000000000000000,
					0xffffffffffffffff,
					0xdead000000000100};
	uint64_t shift = below(s, 2) * 32, half = 0xffffffffull << shift;

	switch (below(s, 4)) {
	case 0:
		return hard[below(s, ARRAY_SIZE(hard))];
	case 1: /* one of two small ones */
		return (old & ~half) | (hard[below(s, ARRAY_SIZE(hard))] << shift & half);
	case 2:
		return old ^ 1ull << below(s, 64);
	default:
		return old + (below(s, 2) ? 1 : -1) * (int64_t)(1ull << below(s, 40));
	}
}

static void change_word(uint64_t *s, uint64_t pfn, uint64_t *page, size_t n, size_t at)
{
	if (!below(s, 16))
		page[at] = page[below(s, n)];
	else if (is_pointer(page[at]) ? below(s, 8) : !below(s, 8))
		page[at] = other_pointer(s, pfn, page, n, at);
	else
		page[at] = other_number(s, page[at]);
}

/* Of random words of a page most are zero, and stay so. */
static size_t some_word(uint64_t *s, const uint64_t *page, size_t n)
{
	size_t at = below(s, n), tries;

	for (tries = 0; tries < 4 && !page[at]; tries++)
		at = below(s, n);
	return at;
}

static void change_page(uint64_t *s, uint64_t pfn, uint64_t *page, size_t n)
{
	static uint64_t other[PAGE_WORDS_MAX];
	size_t from = below(s, n), to = below(s, n), i;

	switch (below(s, 16)) {
	case 0: /* its end is zeros */
		memset(&page[from], 0, (n - from) * 8);
		break;
	case 1: /* its end is another page's */
		if (page_as_it_is(below(s, pages_end()), (unsigned char *)other) ==
		    DUMP_OK)
			memcpy(&page[from], &other[from], (n - from) * 8);
		break;
	case 2: /* a part of it is elsewhere */
		memmove(&page[to], &page[from], (n - (from > to ? from : to)) * 8);
		break;
	case 3:
		for (i = 0; i < n; i++)
			page[i] = chance(s);
		break;
	default:
		for (i = 0; i < harm.words; i++)
			change_word(s, pfn, page, n, some_word(s, page, n));
	}
}

static enum dump_err damage(uint64_t pfn, unsigned char *bytes, size_t size)
{
	static const enum dump_err gone[] = {DUMP_EXCLUDED, DUMP_ABSENT, DUMP_DAMAGED};
	uint64_t when = harm.moves ? harm.reads++ : 0;
	uint64_t s = mix(harm.seed ^ pfn * 0x9e3779b97f4a7c15 ^ when << 32);
	static uint64_t page[PAGE_WORDS_MAX];
	size_t n = size / 8, i;

	if (!below(&s, harm.gone_in))
		return gone[below(&s, ARRAY_SIZE(gone))];
	memcpy(page, bytes, size);
	if (!below(&s, harm.one_in))
		change_page(&s, pfn, page, n);
	for (i = 0; i < harm.naims; i++)
		if (harm.aims[i] / n == pfn)
			change_word(&s, pfn, page, n, harm.aims[i] % n);
	memcpy(bytes, page, size);
	return DUMP_OK;
}

/* What reads a large table whole finds it wrong at the first page: so it may be spared. */
void harm_begin(uint64_t seed, kaddr_t direct_map, bool sparse)
{
	uint64_t s = mix(seed);

	harm = (struct harm){.seed = s, .direct_map = direct_map};
	harm.one_in = 1ull << below(&s, 10);
	if (sparse)
		harm.one_in <<= 4;
	harm.words = 1ull << below(&s, 9);
	harm.gone_in = harm.one_in << (1 + below(&s, 8));
	if (below(&s, 4))
		harm.wanted = 1ull << below(&s, 7);
	if (harm.wanted && below(&s, 4))
		harm.one_in = harm.gone_in = UINT64_MAX;
	page_passes = damage;
}

void harm_moves(void)
{
	harm.moves = true;
}

size_t harm_aims(void)
{
	return harm.wanted;
}

void harm_aim(uint64_t physical_word)
{
	harm.aims[harm.naims++] = physical_word;
}

uint64_t harm_chance(uint64_t *state, uint64_t n)
{
	return below(state, n);
}
