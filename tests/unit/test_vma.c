// SPDX-License-Identifier: GPL-2.0-or-later
/* What a process has mapped: in a red-black tree, as until 6.0, and in a maple tree. */
#include "test.h"

#include "dump/maple.h"
#include "kernel/mm/vma.h"

#define BASE 0x7f0000000000ull
#define FILE_OF(n) (0xffff888002000000ull + (n)*0x100)

static struct fake *f;
static struct dump *d;
static struct vma vma;

/* A library's three segments, a hole, and memory of no file. */
static const struct vma areas[] = {
	{BASE, BASE + 0x1000, FILE_OF(1), 0},
	{BASE + 0x1000, BASE + 0x5000, FILE_OF(1), 0x1000},
	{BASE + 0x5000, BASE + 0x6000, FILE_OF(1), 0x4000},
	{BASE + 0x8000, BASE + 0x9000, 0, 0},
	{BASE + 0x9000, BASE + 0xa000, FILE_OF(2), 0x7000},
};

static kaddr_t area(const struct vma *of)
{
	kaddr_t at = fake_new(f, "vm_area_struct");

	fake_id_set(f, at, VMA_START, of->start);
	fake_id_set(f, at, VMA_END, of->end);
	fake_id_set(f, at, VMA_FILE, of->file);
	fake_id_set(f, at, VMA_PGOFF, of->offset / FAKE_PAGE);
	return at;
}

/* The tree's node of areas[low] to areas[high], and what is below it; 0: none. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as there are areas */
static kaddr_t tree(size_t low, size_t high)
{
	size_t middle = low + (high - low) / 2;
	kaddr_t node;

	if (low >= high)
		return 0;
	node = member_addr(d, area(&areas[middle]), VMA_RB);
	fake_id_set(f, node, RB_LEFT, tree(low, middle));
	fake_id_set(f, node, RB_RIGHT, tree(middle + 1, high));
	return node;
}

static kaddr_t in_rb(void)
{
	kaddr_t mm = fake_new(f, "mm_struct");

	fake_id_set(f, member_addr(d, mm, MM_RB), RB_ROOT_NODE,
		    tree(0, ARRAY_SIZE(areas)));
	return mm;
}

static void maple_add(kaddr_t leaf, size_t *slot, uint64_t last, kaddr_t entry)
{
	fake_u64(f, leaf + 8 + *slot * 8, last);
	fake_u64(f, leaf + 128 + *slot * 8, entry);
	++*slot;
}

static kaddr_t in_maple(void)
{
	kaddr_t mm = fake_new(f, "mm_struct"), top, leaf;
	kaddr_t root = member_addr(d, member_addr(d, mm, MM_MT), MAPLE_ROOT);
	size_t i, slot = 0;

	top = (fake_alloc(f, 512) + 255) & ~255ull;
	leaf = (fake_alloc(f, 512) + 255) & ~255ull;
	fake_u64(f, root, top | 3 << 3 | 2);
	fake_u64(f, top + 8, UINT64_MAX);
	fake_u64(f, top + 80, leaf | 1 << 3 | 4);
	for (i = 0; i < ARRAY_SIZE(areas); i++) {
		if (!i || areas[i - 1].end != areas[i].start)
			maple_add(leaf, &slot, areas[i].start - 1, 0);
		maple_add(leaf, &slot, areas[i].end - 1, area(&areas[i]));
	}
	return mm;
}

static void begin(struct fake *of)
{
	f = of;
	d = fake_dump(f);
}

static void assert_areas(kaddr_t mm)
{
	kaddr_t start = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(areas); i++) {
		assert_true(vma_find(d, mm, areas[i].start, &vma));
		assert_true(vma_find(d, mm, areas[i].end - 1, &vma));
		assert_int_equal(vma.start, areas[i].start);
		assert_int_equal(vma.file, areas[i].file);
		assert_int_equal(vma.offset, areas[i].offset);
	}
	assert_false(vma_find(d, mm, BASE - 1, &vma));
	assert_false(vma_find(d, mm, BASE + 0x7000, &vma));
	assert_false(vma_find(d, mm, BASE + 0xa000, &vma));
	assert_true(vma_file_start(d, mm, &areas[2], &start));
	assert_int_equal(start, BASE);
	assert_false(vma_file_start(d, mm, &areas[3], &start));
	assert_false(vma_file_start(d, mm, &areas[4], &start));
}

static void found(void **state)
{
	(void)state;
	begin(fake_5_10());
	assert_areas(in_rb());
	fake_destroy(f);
	begin(fake_4_19_arm64());
	assert_areas(in_rb());
	fake_destroy(f);
	begin(fake_6_1());
	assert_areas(in_maple());
	assert_int_equal(d->notes.n, 0);
	fake_destroy(f);
}

/* ---- what lies -------------------------------------------------------------- */

static void a_tree_in_itself(void **state)
{
	kaddr_t mm, node;

	(void)state;
	begin(fake_5_10());
	mm = fake_new(f, "mm_struct");
	node = member_addr(d, area(&areas[0]), VMA_RB);
	fake_id_set(f, node, RB_LEFT, node);
	fake_id_set(f, node, RB_RIGHT, node);
	fake_id_set(f, member_addr(d, mm, MM_RB), RB_ROOT_NODE, node);
	fake_forget_counts(f);
	assert_false(vma_find(d, mm, 1, &vma));
	assert_in_range(fake_reads(f), 1, 200);
	fake_id_set(f, node, RB_LEFT, FAKE_NOWHERE);
	assert_false(vma_find(d, mm, 1, &vma));
	fake_destroy(f);
}

static void a_maple_tree_in_itself(void **state)
{
	kaddr_t mm, top, root;

	(void)state;
	begin(fake_6_1());
	mm = fake_new(f, "mm_struct");
	root = member_addr(d, member_addr(d, mm, MM_MT), MAPLE_ROOT);
	top = (fake_alloc(f, 512) + 255) & ~255ull;
	fake_u64(f, root, top | 3 << 3 | 2);
	fake_u64(f, top + 8, UINT64_MAX);
	fake_u64(f, top + 80, top | 3 << 3 | 2);
	fake_forget_counts(f);
	assert_false(vma_find(d, mm, BASE, &vma));
	assert_in_range(fake_reads(f), 1, 200);
	assert_int_equal(d->notes.n, 0); /* the caller says what it means */
	fake_u64(f, root, FAKE_NOWHERE | 3 << 3 | 2);
	assert_false(vma_find(d, mm, BASE, &vma));
	fake_destroy(f);
}

/* An area that ends before it begins, or that does not have the address after all. */
static void areas_that_are_none(void **state)
{
	const struct vma odd = {BASE + 0x1000, BASE, FILE_OF(1), 0};
	kaddr_t mm, root;

	(void)state;
	begin(fake_6_1());
	mm = fake_new(f, "mm_struct");
	root = member_addr(d, member_addr(d, mm, MM_MT), MAPLE_ROOT);
	fake_u64(f, root, area(&odd));
	assert_false(vma_find(d, mm, 0, &vma));
	fake_u64(f, root, area(&areas[0]));
	assert_false(vma_find(d, mm, 0, &vma));
	assert_false(vma_find(d, mm, BASE, &vma));
	fake_absent(f, "vm_area_struct.vm_end");
	assert_false(vma_find(d, mm, BASE, &vma));
	fake_destroy(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found),
		cmocka_unit_test(a_tree_in_itself),
		cmocka_unit_test(a_maple_tree_in_itself),
		cmocka_unit_test(areas_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
