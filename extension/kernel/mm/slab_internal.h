/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What slab.c, slab_index.c, slab_place.c and slab_freelist.c have in common. */
#ifndef VGPU_SLAB_INTERNAL_H
#define VGPU_SLAB_INTERNAL_H

#include "slab.h"

static inline bool bit_get(const uint64_t *bits, uint64_t n)
{
	return bits[n / 64] >> n % 64 & 1;
}

static inline void bit_set(uint64_t *bits, uint64_t n)
{
	bits[n / 64] |= 1ull << n % 64;
}

/* When .all is there, by address: so that slab_of_page() finds them. */
void slabs_rank(struct slabs *s);
/* The slab that a page is of; NULL: none. */
struct slab *slab_of_page(const struct slabs *s, pfn_t pfn);
/* slab_add_damage() where there is no slab to name: slab is a struct page's address. */
void slab_add_damage_at(struct slabs *s, enum slab_flaw flaw, uint32_t cache,
			kaddr_t slab, kaddr_t at, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));

/* slab_place.c: which lists have each slab, and what is in sheaves. */
void slabs_place(struct slabs *s);
void slabs_read_sheaves(struct slabs *s);
/* What a CPU took of the slab's freelist, and has not used up; 0: nothing. */
kaddr_t slab_cpu_freelist(const struct slabs *s, const struct slab *slab);

#endif
