/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of page frames, each once: a bit for each, where there are any near it. */
#ifndef VGPU_CORE_PAGE_SET_H
#define VGPU_CORE_PAGE_SET_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/base.h"

struct page_set {
	struct arena *arena;
	VEC(uint64_t *) chunks; /* NULL: none of it */
	uint64_t n;		/* page frames in it */
};

/* pfn is below PFN_MAX of format.h. */
void page_set_add(struct page_set *s, uint64_t pfn);
bool page_set_has(const struct page_set *s, uint64_t pfn);
/* Go up to the first from *pfn on; false: no more. */
bool page_set_next(const struct page_set *s, uint64_t *pfn);

#endif
