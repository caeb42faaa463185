// SPDX-License-Identifier: GPL-2.0-or-later
#include "slab_sample.h"

#include <string.h>

#include "dump/layout.h"

/* A piece is a page of the dump.  In pages of 4 KiB this is about 2 GB of memory. */
#define SAMPLE_BYTES (32ull << 20)
#define ORDER_SANE 20

struct sampler {
	struct dump *d;
	const struct slab_caches *caches;
	struct slab_sample *s;
	struct pages pages;
	size_t cache_at;
	size_t piece; /* struct pages in one */
	unsigned char *bytes;
};

static void take_piece(struct sampler *x, pfn_t first, size_t n, kaddr_t map)
{
	const unsigned char *page = x->bytes;
	const struct slab_cache *c;
	struct sampled_slab slab;
	kaddr_t cache;
	size_t i;

	if (dump_read(x->d, map + first * x->pages.size, x->bytes, n * x->pages.size) !=
	    DUMP_OK)
		return;
	for (i = 0; i < n; i++, page += x->pages.size) {
		if (!page_is_slab(&x->pages, page))
			continue;
		memcpy(&cache, page + x->cache_at, sizeof(cache));
		slab.cache = slab_cache_by_addr(x->caches, cache);
		if (slab.cache == SLAB_NO_CACHE)
			continue;
		c = &x->caches->all.v[slab.cache];
		if (c->order > ORDER_SANE)
			continue;
		slab.addr = page_address(&x->pages, first + i);
		x->s->pages[slab.cache] += 1ull << c->order;
		*vec_push(x->d->arena, &x->s->slabs) = slab;
	}
}

/* Below n, and the same each time for the same piece. */
static uint64_t somewhere(uint64_t piece, uint64_t n)
{
	return (piece * 0x9e3779b97f4a7c15ull >> 32) % n;
}

static void take_run(struct sampler *x, const struct page_run *r)
{
	uint64_t step = x->piece * x->s->each;
	pfn_t at, first;

	for (at = r->first; at < r->end && !dump_interrupted(x->d); at += step) {
		first = at + x->piece * somewhere(at / step, x->s->each);
		if (first < r->end)
			take_piece(x, first,
				   r->end - first < x->piece ? r->end - first : x->piece,
				   r->map);
	}
}

bool slab_sample_read(struct dump *d, const struct slab_caches *caches,
		      struct slab_sample *s)
{
	struct sampler x = {.d = d, .caches = caches, .s = s};
	uint64_t pieces, most = SAMPLE_BYTES / d->info.page_size;
	size_t i;

	memset(s, 0, sizeof(*s));
	if (!layout_has(d, SLAB_CACHE) || !pages_init(&x.pages, d, d->arena) ||
	    x.pages.slab.how == MARK_NONE)
		return false;
	x.cache_at = (size_t)layout_offset(d, SLAB_CACHE);
	if (x.cache_at + sizeof(kaddr_t) > x.pages.size)
		return false;
	x.piece = d->info.page_size / x.pages.size;
	x.bytes = arena_alloc(d->arena, x.piece * x.pages.size);
	s->pages = arena_alloc(d->arena, caches->all.n * sizeof(*s->pages));
	pieces = pages_total(&x.pages) / x.piece;
	s->each = pieces > most ? (pieces + most - 1) / most : 1;
	for (i = 0; i < x.pages.runs.n; i++)
		take_run(&x, &x.pages.runs.v[i]);
	return !dump_interrupted(d);
}
