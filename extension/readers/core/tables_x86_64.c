// SPDX-License-Identifier: GPL-2.0-or-later
#include "tables.h"

#define START_KERNEL_MAP 0xffffffff80000000
/* Kernels that do not say it have no KASLR. */
#define KERNEL_IMAGE_SIZE (512ull << 20)

#define PAGE_PRESENT 0x1ull
#define PAGE_RW 0x2ull
#define PAGE_PSE 0x80ull
#define PAGE_NX (1ull << 63)
#define ADDRESS_BITS 0x000ffffffffff000

/*
 * PAGE_PRESENT alone decides.  The kernel's own entries are never PROT_NONE, which has
 * the bit of PAGE_GLOBAL: an entry that has that one only was made invalid on purpose.
 * What lies at PAGE_PSE in an entry of level 1 is PAGE_PAT, and in the large ones PAGE_PAT
 * is among the bits below their size.
 */
static bool entry_x86_64(const struct tables *t, uint64_t entry, unsigned int level,
			 struct table_entry *e)
{
	if (!(entry & PAGE_PRESENT))
		return false;
	e->pa = entry & t->address_bits;
	e->leaf = level == 1 || (entry & PAGE_PSE);
	e->writable = entry & PAGE_RW;
	e->executable = !(entry & PAGE_NX);
	return !e->leaf || level <= 3; /* 1 GiB is the largest */
}

bool tables_x86_64(struct tables *t, const struct core *c, struct error *why)
{
	uint64_t root, phys_base, v;

	if (core_about(c)->page_size != 4096)
		return error_set(why, "x86_64 has no pages of %u bytes",
				 core_about(c)->page_size);
	/* The macro's name and its values': init_level4_pgt until 4.13. */
	if (!core_info_number(c, "SYMBOL", "swapper_pg_dir", &root) &&
	    !core_info_number(c, "SYMBOL", "init_top_pgt", &root) &&
	    !core_info_number(c, "SYMBOL", "init_level4_pgt", &root))
		return error_set(why, "vmcoreinfo names no page table");
	if (!core_info_number(c, "NUMBER", "phys_base", &phys_base))
		return error_set(why, "vmcoreinfo has no phys_base");
	t->levels = core_info_number(c, "NUMBER", "pgtable_l5_enabled", &v) && v ? 5 : 4;
	t->page_shift = 12;
	t->index_bits = t->root_bits = 9;
	t->va_bits = t->levels == 5 ? 56 : 47;
	t->address_bits = ADDRESS_BITS;
	/* With AMD's memory encryption a bit of each address says that it is encrypted. */
	if (core_info_number(c, "NUMBER", "sme_mask", &v))
		t->address_bits &= ~v;
	if (!core_info_number(c, "NUMBER", "KERNEL_IMAGE_SIZE", &v) ||
	    v >= -START_KERNEL_MAP)
		v = KERNEL_IMAGE_SIZE;
	t->image = START_KERNEL_MAP;
	t->image_end = START_KERNEL_MAP + v;
	t->image_base = START_KERNEL_MAP - phys_base;
	t->root = root - t->image_base;
	t->entry = entry_x86_64;
	return true;
}
