// SPDX-License-Identifier: GPL-2.0-or-later
#include "tables.h"

#include "arch/arch.h"

#define TYPE 3ull
#define TYPE_BLOCK 1ull
#define TYPE_TABLE 3ull /* of level 1: a page */
#define RDONLY (1ull << 7)
#define PXN (1ull << 53)
#define TABLE_PXN (1ull << 59)
#define TABLE_RDONLY (1ull << 62)

/* Bits first to last, both with. */
#define BITS(first, last) (~0ull >> (63 - (last)) & ~0ull << (first))

/*
 * Addresses of 52 bits: with pages of 64K, where they were first, bits 15 to 12 of an
 * entry are the upper bits of its address, and 0 where there are none.  With smaller pages
 * bits 9 and 8 are, but only with LPA2: they are the shareability else.
 */
static uint64_t address_of(const struct tables *t, uint64_t entry)
{
	uint64_t pa = entry & t->address_bits;

	if (t->page_shift == 16)
		return pa | (entry & BITS(12, 15)) << 36;
	if (t->va_bits == 52)
		return pa | (entry & BITS(8, 9)) << 42;
	return pa;
}

static bool entry_arm64(const struct tables *t, uint64_t entry, unsigned int level,
			struct table_entry *e)
{
	uint64_t type = entry & TYPE;

	e->pa = address_of(t, entry);
	e->leaf = level == 1 || type == TYPE_BLOCK;
	e->writable = !(entry & (e->leaf ? RDONLY : TABLE_RDONLY));
	e->executable = !(entry & (e->leaf ? PXN : TABLE_PXN));
	return type == TYPE_TABLE || (type == TYPE_BLOCK && level > 1);
}

/*
 * VA_BITS is what the kernel was built for, and the size of its root.  What the machine
 * does may be less, and says how many levels there are: with pages of 64K as many, and
 * the upper part of the root is used; with smaller ones the root is a table as any other.
 */
static bool set_levels(struct tables *t, const struct core *c, struct error *why)
{
	uint64_t built, t1sz;
	unsigned int shift;

	if (!core_info_number(c, "NUMBER", "VA_BITS", &built))
		return error_set(why, "vmcoreinfo has no VA_BITS");
	/* Lower case in some trees of 5.x. */
	if (!core_info_number(c, "NUMBER", "TCR_EL1_T1SZ", &t1sz) &&
	    !core_info_number(c, "NUMBER", "tcr_el1_t1sz", &t1sz))
		t1sz = 64 - built;
	if (built < 36 || built > 52 || t1sz < 64 - built || t1sz > 64 - 36)
		return error_set(why, "vmcoreinfo's VA_BITS (%llu) make no sense",
				 COUNT(built));
	t->va_bits = 64 - (unsigned int)t1sz;
	t->index_bits = t->page_shift - 3;
	t->levels = (t->va_bits - t->page_shift + t->index_bits - 1) / t->index_bits;
	shift = t->page_shift + (t->levels - 1) * t->index_bits;
	t->root_bits = (unsigned int)built - shift;
	if (t->root_bits > t->index_bits)
		t->root_bits = t->index_bits;
	return true;
}

bool tables_arm64(struct tables *t, const struct core *c, struct error *why)
{
	uint64_t root;

	t->page_shift = core_about(c)->page_shift;
	if (t->page_shift != 12 && t->page_shift != 14 && t->page_shift != 16)
		return error_set(why, "arm64 has no pages of %u bytes",
				 core_about(c)->page_size);
	if (!core_info_number(c, "SYMBOL", "swapper_pg_dir", &root))
		return error_set(why, "vmcoreinfo names no page table");
	if (!core_info_number(c, "NUMBER", "kimage_voffset", &t->image_base))
		return error_set(why, "vmcoreinfo has no kimage_voffset");
	if (!set_levels(t, c, why))
		return false;
	t->root = root - t->image_base;
	/* With LPA2 bits 49 and 48 are where they belong. */
	t->address_bits =
		BITS(t->page_shift, t->page_shift < 16 && t->va_bits == 52 ? 49 : 47);
	t->entry = entry_arm64;
	t->tag_bits = arch_arm64.tag_bits;
	return true;
}
