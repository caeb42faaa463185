// SPDX-License-Identifier: GPL-2.0-or-later
#include "block.h"

#define PAGE_USUAL 4096

static void add_hole(struct dump *d, struct block *b, size_t at, size_t size,
		     enum dump_err err)
{
	struct hole *last = b->holes.n ? &b->holes.v[b->holes.n - 1] : NULL;

	if (last && last->at + last->size == at && last->err == err) {
		last->size += size;
		return;
	}
	*vec_push(d->arena, &b->holes) =
		(struct hole){at, size, err, dump_err_words(err)};
}

void block_read(struct dump *d, kaddr_t addr, size_t size, struct block *b)
{
	size_t page = d->info.page_size ? d->info.page_size : PAGE_USUAL, at, n;
	enum dump_err err;

	*b = (struct block){.addr = addr,
			    .size = size,
			    .bytes = arena_alloc(d->arena, size ? size : 1)};
	for (at = 0; at < size; at += n) {
		n = page - (size_t)((addr + at) % page);
		if (n > size - at)
			n = size - at;
		err = addr + at < addr ? DUMP_BAD_ADDRESS
				       : dump_read(d, addr + at, b->bytes + at, n);
		if (err == DUMP_OK)
			continue;
		memset(b->bytes + at, 0, n);
		add_hole(d, b, at, n, err);
	}
}

size_t hole_words(const struct hole *h, size_t at, size_t size)
{
	return (h->at + h->size - at + size - 1) / size * size;
}

const struct hole *block_hole(const struct block *b, size_t at, size_t size)
{
	size_t i;

	for (i = 0; i < b->holes.n; i++)
		if (at < b->holes.v[i].at + b->holes.v[i].size &&
		    b->holes.v[i].at < at + size)
			return &b->holes.v[i];
	return NULL;
}
