// SPDX-License-Identifier: GPL-2.0-or-later
#include "made_tables.h"

uint64_t made_entry_at(struct made_tables *t, uint64_t va, unsigned int level)
{
	uint64_t table = t->root, at, entry;
	unsigned int l = t->levels;

	for (;; l--) {
		unsigned int bits = l == t->levels ? t->root_bits : t->bits;

		at = table +
		     (va >> (t->shift + (l - 1) * t->bits) & ((1ull << bits) - 1)) * 8;
		if (l == level)
			return at;
		entry = made_get(t->m, at);
		if (!entry) {
			entry = t->next | t->table;
			t->next += 1ull << t->shift;
			made_u64(t->m, at, entry);
		}
		table = entry & 0x0000ffffffffffff & -(1ull << t->shift);
	}
}

void made_entry(struct made_tables *t, uint64_t va, unsigned int level, uint64_t entry)
{
	made_u64(t->m, made_entry_at(t, va, level), entry);
}

struct made_tables made_x86_64(struct made *m, unsigned int levels)
{
	struct made_tables t = {.m = m,
				.root = MADE_ROOT,
				.next = MADE_ROOT + 0x1000,
				.levels = levels,
				.shift = 12,
				.bits = 9,
				.root_bits = 9,
				.table = X86_TABLE};

	made_info(m, "SYMBOL(init_top_pgt)=%llx",
		  MADE_IMAGE + MADE_ROOT - MADE_PHYS_BASE);
	made_info(m, "NUMBER(phys_base)=%llu", MADE_PHYS_BASE);
	made_info(m, "NUMBER(pgtable_l5_enabled)=%d", levels == 5);
	made_info(m, "NUMBER(KERNEL_IMAGE_SIZE)=1073741824");
	made_u64(m, MADE_ROOT, 0);
	return t;
}
