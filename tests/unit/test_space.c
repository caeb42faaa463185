// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "made_tables.h"
#include "readers/core/space.h"

#define VMALLOC 0xffffb00000000000 /* of 4 levels; of 5 it is a kernel's address too */
#define PAGE_A 0x123000ull	   /* physical pages with something in them */
#define PAGE_B 0x456000ull
#define NOWHERE 0x999000ull /* and one that no core has */

struct fixture {
	struct made *m;
	struct made_tables t;
	struct arena a;
	struct space *s;
	struct error why;
};

/* The core, as it is until now. */
static void reopen(struct fixture *f)
{
	f->s = space_open(&f->a, made_open(f->m), &f->why);
}

static struct fixture begin(const char *machine, unsigned int page_size)
{
	return (struct fixture){.m = made_memory(machine, page_size)};
}

static struct fixture x86_64(unsigned int levels)
{
	struct fixture f = begin("x86_64", 4096);

	f.t = made_x86_64(f.m, levels);
	made_put(f.m, PAGE_A, "A", 2);
	made_put(f.m, PAGE_B, "B", 2);
	return f;
}

static void end(struct fixture *f)
{
	made_destroy(f->m);
	arena_free(&f->a);
}

static uint64_t physical(struct fixture *f, kaddr_t va)
{
	uint64_t pa;

	return space_physical(f->s, va, &pa) ? pa : UINT64_MAX;
}

static enum dump_err read_at(struct fixture *f, kaddr_t va)
{
	char byte;

	return space_read(f->s, va, &byte, 1);
}

#define assert_refused(f, words)                                                         \
	do {                                                                             \
		reopen(f);                                                               \
		assert_null((f)->s);                                                     \
		assert_string_equal((f)->why.text, words);                               \
	} while (0)

/* ---- x86_64 ------------------------------------------------------------------ */

static void image_is_at_phys_base(void **state)
{
	struct fixture f = x86_64(4);
	char text[2];

	(void)state;
	reopen(&f);
	assert_int_equal(physical(&f, MADE_IMAGE + 0x1000), MADE_PHYS_BASE + 0x1000);
	assert_int_equal(physical(&f, MADE_IMAGE + (1 << 30)), UINT64_MAX);
	assert_int_equal(core_about(space_core(f.s))->page_size, 4096);
	end(&f);

	/* The kernel was put below where it was built for, and does not say how large. */
	f = begin("x86_64", 4096);
	made_info(f.m, "SYMBOL(swapper_pg_dir)=ffffffff9b00a000");
	made_info(f.m, "NUMBER(phys_base)=-452984832");
	made_put(f.m, 0, "i", 2);
	reopen(&f);
	assert_int_equal(space_read(f.s, MADE_IMAGE + 0x1b000000, text, 2), DUMP_OK);
	assert_string_equal(text, "i");
	assert_int_equal(physical(&f, MADE_IMAGE + (511 << 20)), (511 << 20) - 452984832);
	assert_int_equal(read_at(&f, MADE_IMAGE + (512 << 20)), DUMP_ABSENT);
	end(&f);
}

static void pages_of_each_size_are_found(void **state)
{
	unsigned int levels;

	(void)state;
	for (levels = 4; levels <= 5; levels++) {
		struct fixture f = x86_64(levels);
		char text[2];

		made_entry(&f.t, VMALLOC, 1, PAGE_A | X86_DATA);
		/* PAGE_PAT of a large page is where the address of a small one may be. */
		made_entry(&f.t, VMALLOC + (2 << 20), 2,
			   0x400000 | 0x1000 | X86_DATA | X86_PSE);
		made_entry(&f.t, VMALLOC + (1 << 30), 3, 0x1000 | X86_DATA | X86_PSE);
		/* and of a small one where others have PAGE_PSE */
		made_entry(&f.t, VMALLOC + 0x1000, 1, PAGE_B | X86_DATA | X86_PSE);
		reopen(&f);
		assert_int_equal(space_read(f.s, VMALLOC, text, 2), DUMP_OK);
		assert_string_equal(text, "A");
		assert_int_equal(physical(&f, VMALLOC + 0x1234), PAGE_B + 0x234);
		assert_int_equal(physical(&f, VMALLOC + (2 << 20) + 0x56123), 0x456123);
		assert_int_equal(space_read(f.s, VMALLOC + (1 << 30) + PAGE_B, text, 2),
				 DUMP_OK);
		assert_string_equal(text, "B");
		end(&f);
	}
}

static void encrypted_memory_has_a_bit_in_addresses(void **state)
{
	struct fixture f = x86_64(4);

	(void)state;
	f.t.table |= 1ull << 47;
	made_info(f.m, "NUMBER(sme_mask)=140737488355328");
	made_entry(&f.t, VMALLOC, 1, PAGE_A | 1ull << 47 | X86_DATA);
	/* the helper itself must not go there */
	reopen(&f);
	assert_int_equal(physical(&f, VMALLOC), UINT64_MAX);
	end(&f);

	f = x86_64(4);
	made_info(f.m, "NUMBER(sme_mask)=2251799813685248");
	f.t.table |= 1ull << 51;
	made_entry(&f.t, VMALLOC, 1, PAGE_A | 1ull << 51 | X86_DATA);
	reopen(&f);
	assert_int_equal(physical(&f, VMALLOC), PAGE_A);
	end(&f);
}

static void what_is_not_present_is_not_mapped(void **state)
{
	struct fixture f = x86_64(4);

	(void)state;
	made_entry(&f.t, VMALLOC, 1, PAGE_A | X86_DATA);
	/* PAGE_GLOBAL alone: PROT_NONE, were it a process's */
	made_entry(&f.t, VMALLOC + 0x1000, 1, PAGE_A | 0x100 | X86_NX);
	made_entry(&f.t, VMALLOC + (1ull << 39), 4, X86_DATA | X86_PSE);
	reopen(&f);
	assert_int_equal(read_at(&f, VMALLOC + 0x1000), DUMP_BAD_ADDRESS);
	assert_int_equal(read_at(&f, VMALLOC + 0x2000), DUMP_BAD_ADDRESS);
	assert_int_equal(read_at(&f, VMALLOC + (1ull << 39)), DUMP_BAD_ADDRESS);
	assert_int_equal(read_at(&f, VMALLOC + (2ull << 39)), DUMP_BAD_ADDRESS);
	end(&f);
}

static void addresses_that_are_no_kernels_are_not_looked_up(void **state)
{
	struct fixture f = x86_64(4);
	struct space_leaf leaf;

	(void)state;
	/* The same indexes as VMALLOC's. */
	made_entry(&f.t, VMALLOC, 1, PAGE_A | X86_DATA);
	reopen(&f);
	assert_int_equal(read_at(&f, 0), DUMP_BAD_ADDRESS);
	assert_int_equal(read_at(&f, 0x00007fffffffffff), DUMP_BAD_ADDRESS);
	assert_int_equal(read_at(&f, VMALLOC & ~(1ull << 62)), DUMP_BAD_ADDRESS);
	assert_int_equal(read_at(&f, VMALLOC & 0x0000ffffffffffff), DUMP_BAD_ADDRESS);
	assert_false(space_leaf(f.s, VMALLOC & ~(1ull << 62), &leaf));
	assert_int_equal(read_at(&f, UINT64_MAX), DUMP_BAD_ADDRESS);
	end(&f);
}

static void read_goes_on_across_pages(void **state)
{
	struct fixture f = x86_64(4);
	unsigned char bytes[0x1002];

	(void)state;
	made_put(f.m, PAGE_A + 0xfff, "a", 1);
	made_entry(&f.t, VMALLOC, 1, PAGE_A | X86_DATA);
	made_entry(&f.t, VMALLOC + 0x1000, 1, PAGE_B | X86_DATA);
	made_entry(&f.t, VMALLOC + 0x2000, 1, NOWHERE | X86_DATA);
	reopen(&f);
	assert_int_equal(space_read(f.s, VMALLOC + 0xfff, bytes, 2), DUMP_OK);
	assert_memory_equal(bytes, "aB", 2);
	/* The error is that of the first page that cannot be read. */
	assert_int_equal(space_read(f.s, VMALLOC + 0x1fff, bytes, 0x1002), DUMP_ABSENT);
	assert_int_equal(space_read(f.s, VMALLOC + 0x2fff, bytes, 0), DUMP_OK);
	assert_int_equal(space_read(f.s, VMALLOC + 0x3000, bytes, 1), DUMP_BAD_ADDRESS);
	end(&f);
}

static void last_bytes_of_all_end_a_read(void **state)
{
	struct fixture f = x86_64(4);
	unsigned char bytes[2];

	(void)state;
	made_entry(&f.t, -0x1000ull, 1, PAGE_A | X86_DATA);
	reopen(&f);
	assert_int_equal(space_read(f.s, -1ull, bytes, 1), DUMP_OK);
	assert_int_equal(space_read(f.s, -1ull, bytes, 2), DUMP_BAD_ADDRESS);
	end(&f);
}

static void tables_that_are_missing_are_told(void **state)
{
	struct fixture f = x86_64(4);

	(void)state;
	made_entry(&f.t, VMALLOC, 3, NOWHERE | X86_TABLE);
	made_entry(&f.t, VMALLOC + (1 << 30), 3, 0xffffffffff000 | X86_TABLE);
	reopen(&f);
	assert_int_equal(read_at(&f, VMALLOC), DUMP_ABSENT);
	assert_int_equal(read_at(&f, VMALLOC + (1 << 30)), DUMP_ABSENT);
	end(&f);
}

static void tables_in_a_circle_end(void **state)
{
	struct fixture f = x86_64(4);

	(void)state;
	made_entry(&f.t, VMALLOC, 4, MADE_ROOT | X86_TABLE);
	made_entry(&f.t, -1ull, 4, MADE_ROOT | X86_TABLE);
	reopen(&f);
	/* The root's own entry is the page's at last: root, root, root, root */
	assert_int_equal(physical(&f, -8ull), MADE_ROOT + 0xff8);
	assert_int_equal(read_at(&f, VMALLOC), DUMP_BAD_ADDRESS);
	space_find_direct_map(f.s); /* ends too */
	end(&f);
}

static void more_pages_than_are_remembered(void **state)
{
	struct fixture f = x86_64(4);
	uint64_t i;
	int again;

	(void)state;
	for (i = 0; i < 3000; i++)
		made_entry(&f.t, VMALLOC + i * 0x1000, 1, i << 20 | X86_DATA);
	reopen(&f);
	for (again = 0; again < 2; again++)
		for (i = 0; i < 3000; i++)
			assert_int_equal(physical(&f, VMALLOC + i * 0x1000 + i),
					 (i << 20) + i);
	end(&f);
}

static void leaf_says_what_may_be_done(void **state)
{
	struct fixture f = x86_64(4);
	struct space_leaf leaf;

	(void)state;
	made_entry(&f.t, VMALLOC, 1, PAGE_A | X86_PRESENT);
	made_entry(&f.t, VMALLOC + 0x1000, 1, PAGE_B | X86_DATA);
	made_entry(&f.t, VMALLOC + (2 << 20), 2,
		   0x400000 | X86_PRESENT | X86_RW | X86_PSE);
	/* A table's entry forbids it for all that is below. */
	made_entry(&f.t, VMALLOC + (1 << 30), 1, PAGE_A | X86_TABLE);
	made_u64(f.m, made_entry_at(&f.t, VMALLOC + (1 << 30), 3),
		 made_get(f.m, made_entry_at(&f.t, VMALLOC + (1 << 30), 3)) ^ X86_RW ^
			 X86_NX);
	reopen(&f);
	assert_true(space_leaf(f.s, VMALLOC + 0xabc, &leaf));
	assert_true(leaf.start == VMALLOC && leaf.size == 0x1000 && leaf.pa == PAGE_A);
	assert_true(leaf.executable && !leaf.writable);
	assert_true(space_leaf(f.s, VMALLOC + 0x1000, &leaf));
	assert_true(!leaf.executable && leaf.writable);
	assert_true(space_leaf(f.s, VMALLOC + (2 << 20) + 0x12345, &leaf));
	assert_true(leaf.start == VMALLOC + (2 << 20) && leaf.size == 2 << 20);
	assert_true(leaf.pa == 0x400000 && leaf.executable && leaf.writable);
	assert_true(space_leaf(f.s, VMALLOC + (1 << 30), &leaf));
	assert_true(!leaf.executable && !leaf.writable);
	assert_false(space_leaf(f.s, VMALLOC + 0x2000, &leaf));
	end(&f);
}

/* ---- the direct map ------------------------------------------------------------- */

static void direct_map_needs_no_tables(void **state)
{
	struct fixture f = x86_64(4);
	kaddr_t start = 0xffff8ac6c0000000;
	char text[2];

	(void)state;
	reopen(&f);
	assert_int_equal(space_direct_map_base(f.s), 0);
	space_direct_map(f.s, start, start + (1 << 30));
	assert_int_equal(space_direct_map_base(f.s), start);
	assert_int_equal(space_read(f.s, start + PAGE_B, text, 2), DUMP_OK);
	assert_string_equal(text, "B");
	assert_int_equal(read_at(&f, start + NOWHERE), DUMP_ABSENT);
	assert_int_equal(read_at(&f, start + (1 << 30)), DUMP_BAD_ADDRESS);
	assert_int_equal(read_at(&f, start - 1), DUMP_BAD_ADDRESS);
	end(&f);
}

static void direct_map_that_cannot_be_is_none(void **state)
{
	struct fixture f = x86_64(4);

	(void)state;
	reopen(&f);
	space_direct_map(f.s, 0, -1ull);
	space_direct_map(f.s, 0xffff8ac6c0000008, -1ull);
	space_direct_map(f.s, 0xffff8ac6c0000000, 0xffff8ac6c0000000);
	assert_int_equal(space_direct_map_base(f.s), 0);
	assert_int_equal(read_at(&f, PAGE_A), DUMP_BAD_ADDRESS);
	end(&f);
}

/* A table that maps nothing, then something else, then what is looked for. */
static void direct_map_is_found_by_tables(void **state)
{
	unsigned int levels;

	(void)state;
	for (levels = 4; levels <= 5; levels++) {
		struct fixture f = x86_64(levels);
		unsigned int root = levels == 4 ? 39 : 48;
		kaddr_t first = -(1ull << (root + 8)), base;

		base = first + (3ull << root) + (7ull << 30);
		made_entry(&f.t, first, 1, 0);
		made_entry(&f.t, first + (1ull << root), 1, PAGE_A | X86_DATA);
		made_entry(&f.t, first + (2ull << root), levels, NOWHERE | X86_TABLE);
		made_entry(&f.t, base, 2, X86_DATA | X86_PSE);
		reopen(&f);
		assert_false(space_find_direct_map(f.s));
		assert_int_equal(space_direct_map_base(f.s), 0);

		made_entry(&f.t, base + MADE_ROOT, 1, MADE_ROOT | X86_DATA);
		reopen(&f);
		assert_true(space_find_direct_map(f.s));
		assert_int_equal(space_direct_map_base(f.s), base);
		assert_int_equal(physical(&f, base + PAGE_A), PAGE_A);
		end(&f);
	}
}

static void image_is_no_direct_map(void **state)
{
	struct fixture f = x86_64(4);

	(void)state;
	made_entry(&f.t, MADE_IMAGE, 2,
		   (MADE_PHYS_BASE & ~0x1fffffull) | X86_TABLE | X86_PSE);
	reopen(&f);
	assert_false(space_find_direct_map(f.s));
	end(&f);
}

/* ---- arm64 ------------------------------------------------------------------------ */

#define ARM_PAGE 3ull
#define ARM_BLOCK 1ull
#define ARM_TABLE 3ull
#define ARM_PXN (1ull << 53)
#define ARM_RDONLY (1ull << 7)
#define ARM_SHARED (3ull << 8)
#define ARM_ROOT 0x41230000ull
#define ARM_IMAGE 0xffff800010080000 /* of 48 bits, since 5.4 */

static const struct geometry {
	unsigned int page_shift, built, used; /* used: by the machine */
	const char *t1sz;		      /* its spelling; NULL: as built */
	unsigned int levels, root_bits;
} geometries[] = {
	{12, 39, 39, NULL, 3, 9},
	{12, 48, 48, NULL, 4, 9},
	{12, 48, 48, "TCR_EL1_T1SZ", 4, 9},
	{12, 52, 52, "TCR_EL1_T1SZ", 5, 4}, /* LPA2 */
	{12, 52, 48, "TCR_EL1_T1SZ", 4, 9}, /* built for it, on another machine */
	{14, 47, 47, NULL, 3, 11},
	{14, 48, 48, "tcr_el1_t1sz", 4, 1},
	{14, 52, 52, "TCR_EL1_T1SZ", 4, 5},
	{14, 52, 47, "TCR_EL1_T1SZ", 3, 11},
	{16, 42, 42, NULL, 2, 13},
	{16, 48, 48, NULL, 3, 6},
	{16, 52, 52, "tcr_el1_t1sz", 3, 10}, /* LVA */
	{16, 52, 48, "TCR_EL1_T1SZ", 3, 10}, /* the last 64 entries of the root */
	{16, 52, 52, NULL, 3, 10},
};

static struct fixture arm64(const struct geometry *g)
{
	struct fixture f = begin("aarch64", 1u << g->page_shift);

	f.t = (struct made_tables){.m = f.m,
				   .root = ARM_ROOT,
				   .next = ARM_ROOT + 0x10000,
				   .levels = g->levels,
				   .shift = g->page_shift,
				   .bits = g->page_shift - 3,
				   .root_bits = g->root_bits,
				   .table = ARM_TABLE};
	made_info(f.m, "NUMBER(VA_BITS)=%u", g->built);
	made_info(f.m, "NUMBER(kimage_voffset)=%#llx", ARM_IMAGE - 0x40080000ull);
	made_info(f.m, "NUMBER(PHYS_OFFSET)=-1073741824");
	made_info(f.m, "SYMBOL(swapper_pg_dir)=%llx",
		  ARM_ROOT + (ARM_IMAGE - 0x40080000ull));
	if (g->t1sz)
		made_info(f.m, "NUMBER(%s)=%#x", g->t1sz, 64 - g->used);
	made_u64(f.m, ARM_ROOT, 0);
	made_put(f.m, 0x50000000, "A", 2);
	return f;
}

static void arm64_of_each_geometry(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(geometries); i++) {
		const struct geometry *g = &geometries[i];
		struct fixture f = arm64(g);
		uint64_t page = 1ull << g->page_shift, block = page << f.t.bits;
		kaddr_t va = -(1ull << g->used) + 5 * block, high = 0 - 8 * block;
		struct space_leaf leaf;
		char text[2];

		made_entry(&f.t, va, 1, 0x50000000 | ARM_PAGE);
		made_entry(&f.t, high, 2, 0x60000000 / block * block | ARM_BLOCK);
		/* Of level 1 no entry is a block, and none without its lowest bit anything. */
		made_entry(&f.t, va + page, 1, 0x50000000 | ARM_BLOCK);
		made_entry(&f.t, va + 2 * page, 1, 0x50000000 | 2);
		reopen(&f);
		assert_non_null(f.s);
		assert_int_equal(space_read(f.s, va, text, 2), DUMP_OK);
		assert_string_equal(text, "A");
		/* With a tag of KASAN's, of which bit 55 is none. */
		assert_int_equal(physical(&f, va & ~(0xaull << 56)), 0x50000000);
		assert_true(space_leaf(f.s, va & ~(0xffull << 56), &leaf));
		assert_int_equal(read_at(&f, va & ~(1ull << 55)), DUMP_BAD_ADDRESS);
		assert_int_equal(physical(&f, high + page + 1),
				 0x60000000 / block * block + page + 1);
		assert_true(space_leaf(f.s, high + 1, &leaf));
		assert_true(leaf.start == high && leaf.size == block);
		assert_int_equal(read_at(&f, va + page), DUMP_BAD_ADDRESS);
		assert_int_equal(read_at(&f, va + 2 * page), DUMP_BAD_ADDRESS);
		assert_int_equal(read_at(&f, -(1ull << g->used) - 1), DUMP_BAD_ADDRESS);
		end(&f);
	}
}

/* Where an entry has the upper bits of an address of 52. */
/* What a kernel says that does not name it: how many pages of struct mem_section there are. */
static void arm64_sections(void **state)
{
	static const struct {
		unsigned int shift, roots, size, bits;
	} cases[] = {
		{12, 1024, 16, 30},			/* 4.19, 2^18 of them */
		{12, 2048, 32, 30},			/* with struct page_ext */
		{16, 64, 16, 30},   {16, 1024, 16, 30}, /* of 52 bits */
		{12, 8192, 16, 27}, /* 5.12, or taken into an older one */
		{16, 128, 16, 29},  {12, 1000, 16, 0},	{12, 1024, 0, 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f = begin("aarch64", 1u << cases[i].shift);

		made_u64(f.m, ARM_ROOT, 0);
		made_info(f.m, "LENGTH(mem_section)=%u", cases[i].roots);
		made_info(f.m, "SIZE(mem_section)=%u", cases[i].size);
		assert_int_equal(core_section_bits_arm64(made_open(f.m)), cases[i].bits);
		end(&f);
	}
}

static void arm64_wide_addresses(void **state)
{
	static const struct {
		struct geometry g;
		uint64_t entry, pa;
	} cases[] = {
		{{16, 52, 52, NULL, 3, 10}, 0x123456780000 | 0xa000, 0xa123456780000},
		{{16, 48, 48, NULL, 3, 6}, 0x123456780000 | 0x5000, 0x5123456780000},
		{{12, 52, 52, "TCR_EL1_T1SZ", 5, 4},
		 0x3123456789000 | 0x200,
		 0xb123456789000},
		{{14, 52, 52, "TCR_EL1_T1SZ", 4, 5},
		 0x312345678c000 | 0x300,
		 0xf12345678c000},
		/* no LPA2: these bits are something else */
		{{12, 52, 48, "TCR_EL1_T1SZ", 4, 9},
		 0x123456789000 | ARM_SHARED,
		 0x123456789000},
		{{12, 48, 48, NULL, 4, 9}, 0x123456789000 | ARM_SHARED, 0x123456789000},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f = arm64(&cases[i].g);
		kaddr_t va = -(1ull << cases[i].g.used);

		made_entry(&f.t, va, 1, cases[i].entry | ARM_PAGE | 1ull << 54);
		reopen(&f);
		assert_int_equal(physical(&f, va), cases[i].pa);
		end(&f);
	}
}

static void arm64_leaf_says_what_may_be_done(void **state)
{
	struct fixture f = arm64(&geometries[1]);
	kaddr_t va = ARM_IMAGE;
	struct space_leaf leaf;
	uint64_t table;

	(void)state;
	made_entry(&f.t, va, 1, 0x50000000 | ARM_PAGE | ARM_RDONLY);
	made_entry(&f.t, va + 0x1000, 1, 0x50000000 | ARM_PAGE | ARM_PXN);
	made_entry(&f.t, va + (1 << 30), 1, 0x50000000 | ARM_PAGE);
	table = made_entry_at(&f.t, va + (1 << 30), 3);
	made_u64(f.m, table, made_get(f.m, table) | 1ull << 59 | 1ull << 62);
	reopen(&f);
	assert_true(space_leaf(f.s, va, &leaf) && leaf.executable && !leaf.writable);
	assert_true(space_leaf(f.s, va + 0x1000, &leaf));
	assert_true(!leaf.executable && leaf.writable);
	assert_true(space_leaf(f.s, va + (1 << 30), &leaf));
	assert_true(!leaf.executable && !leaf.writable);
	end(&f);
}

/* In the upper half of the kernel's addresses until 5.4, in the lower one since. */
static void arm64_direct_map_is_in_either_half(void **state)
{
	static const kaddr_t bases[] = {0xffff800000000000 - 0x40000000,
					0xffff000000000000 - 0x40000000,
					0xffff800000000000 + 0x40000000};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bases); i++) {
		struct fixture f = arm64(&geometries[1]);
		kaddr_t image = i == 1 ? ARM_IMAGE : 0xffff000010080000;
		uint64_t memory = bases[i] & 1ull << 30 && i == 2 ? 0 : 0x40000000;

		/* The image comes first before 5.4, and has the root too. */
		if (i == 1)
			made_entry(&f.t, image - 0x80000 + ARM_ROOT - 0x40000000, 1,
				   ARM_ROOT | ARM_PAGE);
		made_entry(&f.t, bases[i] + memory, 2, memory | ARM_BLOCK);
		made_entry(&f.t, bases[i] + 0x41200000, 2, 0x41200000 | ARM_BLOCK);
		reopen(&f);
		assert_true(space_find_direct_map(f.s));
		assert_int_equal(space_direct_map_base(f.s), bases[i]);
		assert_int_equal(physical(&f, bases[i] + 0x41212345), 0x41212345);
		end(&f);
	}
}

/* ---- what cannot be ------------------------------------------------------------------ */

static void what_vmcoreinfo_must_have(void **state)
{
	struct fixture f = begin("x86_64", 4096);

	(void)state;
	made_u64(f.m, 0, 0);
	assert_refused(&f, "vmcoreinfo names no page table");
	made_info(f.m, "SYMBOL(init_level4_pgt)=ffffffff81c10000");
	assert_refused(&f, "vmcoreinfo has no phys_base");
	made_info(f.m, "NUMBER(phys_base)=0");
	made_info(f.m, "NUMBER(KERNEL_IMAGE_SIZE)=-1");
	reopen(&f);
	assert_non_null(f.s);
	assert_int_equal(physical(&f, MADE_IMAGE + (511 << 20)), 511 << 20);
	end(&f);

	f = begin("aarch64", 4096);
	made_u64(f.m, 0, 0);
	assert_refused(&f, "vmcoreinfo names no page table");
	made_info(f.m, "SYMBOL(swapper_pg_dir)=ffff800011230000");
	assert_refused(&f, "vmcoreinfo has no kimage_voffset");
	made_info(f.m, "NUMBER(kimage_voffset)=0xffff7fffd0000000");
	assert_refused(&f, "vmcoreinfo has no VA_BITS");
	made_info(f.m, "NUMBER(VA_BITS)=48");
	reopen(&f);
	assert_non_null(f.s);
	end(&f);
}

static void what_makes_no_sense_is_refused(void **state)
{
	static const struct {
		unsigned int bits, t1sz;
	} wrong[] = {{0, 16}, {35, 29}, {53, 12}, {64, 0}, {48, 15}, {48, 29}, {48, 200}};
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		f = begin("aarch64", 4096);
		made_u64(f.m, 0, 0);
		made_info(f.m, "SYMBOL(swapper_pg_dir)=ffff800011230000");
		made_info(f.m, "NUMBER(kimage_voffset)=0xffff7fffd0000000");
		made_info(f.m, "NUMBER(VA_BITS)=%u", wrong[i].bits);
		made_info(f.m, "NUMBER(TCR_EL1_T1SZ)=%#x", wrong[i].t1sz);
		reopen(&f);
		assert_null(f.s);
		assert_non_null(strstr(f.why.text, "make no sense"));
		end(&f);
	}
}

static void vmcoreinfo_tells_the_architecture_too(void **state)
{
	struct fixture f = begin("", 4096);

	(void)state;
	f.t = made_x86_64(f.m, 4);
	made_entry(&f.t, VMALLOC, 1, PAGE_A | X86_DATA);
	reopen(&f);
	assert_int_equal(physical(&f, VMALLOC), PAGE_A);
	made_info(f.m, "NUMBER(kimage_voffset)=0xffff7fffd0000000");
	assert_refused(&f, "vmcoreinfo names no page table");
	end(&f);
}

static void sizes_of_pages_that_cannot_be(void **state)
{
	struct fixture f = begin("x86_64", 65536);

	(void)state;
	made_x86_64(f.m, 4);
	assert_refused(&f, "x86_64 has no pages of 65536 bytes");
	end(&f);
	f = begin("aarch64", 32768);
	made_u64(f.m, 0, 0);
	assert_refused(&f, "arm64 has no pages of 32768 bytes");
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(image_is_at_phys_base),
		cmocka_unit_test(pages_of_each_size_are_found),
		cmocka_unit_test(encrypted_memory_has_a_bit_in_addresses),
		cmocka_unit_test(what_is_not_present_is_not_mapped),
		cmocka_unit_test(addresses_that_are_no_kernels_are_not_looked_up),
		cmocka_unit_test(read_goes_on_across_pages),
		cmocka_unit_test(last_bytes_of_all_end_a_read),
		cmocka_unit_test(tables_that_are_missing_are_told),
		cmocka_unit_test(tables_in_a_circle_end),
		cmocka_unit_test(more_pages_than_are_remembered),
		cmocka_unit_test(leaf_says_what_may_be_done),
		cmocka_unit_test(direct_map_needs_no_tables),
		cmocka_unit_test(direct_map_that_cannot_be_is_none),
		cmocka_unit_test(direct_map_is_found_by_tables),
		cmocka_unit_test(image_is_no_direct_map),
		cmocka_unit_test(arm64_of_each_geometry),
		cmocka_unit_test(arm64_sections),
		cmocka_unit_test(arm64_wide_addresses),
		cmocka_unit_test(arm64_leaf_says_what_may_be_done),
		cmocka_unit_test(arm64_direct_map_is_in_either_half),
		cmocka_unit_test(what_vmcoreinfo_must_have),
		cmocka_unit_test(what_makes_no_sense_is_refused),
		cmocka_unit_test(vmcoreinfo_tells_the_architecture_too),
		cmocka_unit_test(sizes_of_pages_that_cannot_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
