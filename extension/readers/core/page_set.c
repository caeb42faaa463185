// SPDX-License-Identifier: GPL-2.0-or-later
#include "page_set.h"

#define WORD_BITS 64
#define CHUNK_WORDS 512
#define CHUNK_BITS (CHUNK_WORDS * WORD_BITS)

void page_set_add(struct page_set *s, uint64_t pfn)
{
	uint64_t bit = 1ull << pfn % WORD_BITS, *word;
	size_t chunk = (size_t)(pfn / CHUNK_BITS);

	while (s->chunks.n <= chunk)
		*vec_push(s->arena, &s->chunks) = NULL;
	if (!s->chunks.v[chunk])
		s->chunks.v[chunk] = arena_alloc(s->arena, CHUNK_WORDS * sizeof(*word));
	word = &s->chunks.v[chunk][pfn % CHUNK_BITS / WORD_BITS];
	s->n += !(*word & bit);
	*word |= bit;
}

/* From pfn's bit on, which is the lowest. */
static uint64_t word_of(const struct page_set *s, uint64_t pfn)
{
	uint64_t *chunk = s->chunks.v[pfn / CHUNK_BITS];

	return chunk ? chunk[pfn % CHUNK_BITS / WORD_BITS] >> pfn % WORD_BITS : 0;
}

bool page_set_has(const struct page_set *s, uint64_t pfn)
{
	return pfn / CHUNK_BITS < s->chunks.n && word_of(s, pfn) & 1;
}

bool page_set_next(const struct page_set *s, uint64_t *pfn)
{
	uint64_t word;

	while (*pfn / CHUNK_BITS < s->chunks.n) {
		if (!s->chunks.v[*pfn / CHUNK_BITS]) {
			*pfn = (*pfn / CHUNK_BITS + 1) * CHUNK_BITS;
			continue;
		}
		word = word_of(s, *pfn);
		if (word) {
			*pfn += (unsigned int)__builtin_ctzll(word);
			return true;
		}
		*pfn = (*pfn | (WORD_BITS - 1)) + 1;
	}
	return false;
}
