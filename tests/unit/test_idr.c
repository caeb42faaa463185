// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "dump/idr.h"

static struct ids ids;

static kaddr_t node(struct fake *f, unsigned int shift)
{
	kaddr_t addr = fake_new(f, "xa_node");

	fake_set(f, addr, "xa_node.shift", shift);
	return addr;
}

static void put(struct fake *f, kaddr_t node, unsigned int slot, kaddr_t entry)
{
	fake_ptr(f, fake_at(f, node, "xa_node.slots") + slot * 8ul, entry);
}

static kaddr_t idr(struct fake *f, kaddr_t head, unsigned int base)
{
	kaddr_t addr = fake_alloc(f, 64);

	fake_set(f, addr, "xarray.xa_head", head);
	fake_set(f, addr, "idr.idr_base", base);
	return addr;
}

static bool read_it(struct fake *f, kaddr_t addr)
{
	return idr_read(fake_dump(f), addr, "test", &ids);
}

static void none(void **state)
{
	assert_true(read_it(*state, idr(*state, 0, 1)));
	assert_true(ids.complete);
	assert_int_equal(ids.all.n, 0);
}

/* A single entry stands in the head itself. */
static void only_one(void **state)
{
	assert_true(read_it(*state, idr(*state, 0xffff888000001000, 1)));
	assert_int_equal(ids.all.n, 1);
	assert_int_equal(ids.all.v[0].id, 1);
	assert_int_equal(ids.all.v[0].ptr, 0xffff888000001000);
}

static void two_levels(void **state)
{
	struct fake *f = *state;
	kaddr_t root = node(f, 6), low = node(f, 0), high = node(f, 0);

	put(f, root, 0, low | 2);
	put(f, root, 63, high | 2);
	put(f, low, 1, 0xffff888000001000);
	put(f, low, 2, 1030); /* XA_ZERO_ENTRY: reserved, not there */
	put(f, high, 63, 0xffff888000002000);
	assert_true(read_it(f, idr(f, root | 2, 0)));
	assert_true(ids.complete);
	assert_int_equal(ids.all.n, 2);
	assert_int_equal(ids.all.v[0].id, 1);
	assert_int_equal(ids.all.v[1].id, 63 * 64 + 63);
	assert_int_equal(ids.all.v[1].ptr, 0xffff888000002000);
}

/* Until 4.20: another name, and another tag. */
static void radix_tree(void **state)
{
	static const struct fake_row rows[] = {
		FAKE_T("radix_tree_node", 576),
		FAKE_M("radix_tree_node.shift", 0, 1),
		FAKE_M("radix_tree_node.slots", 40, 512),
		FAKE_M("radix_tree_root.rnode", 8, 8),
	};
	struct fake *f = *state;
	kaddr_t root = node(f, 0), addr = fake_alloc(f, 64);

	put(f, root, 5, 0xffff888000001000);
	fake_absent(f, "xa_node");
	fake_absent(f, "xarray.xa_head");
	fake_rows(f, rows, ARRAY_SIZE(rows));
	fake_set(f, addr, "radix_tree_root.rnode", root | 1);
	assert_true(read_it(f, addr));
	assert_int_equal(ids.all.n, 1);
	assert_int_equal(ids.all.v[0].id, 5);
}

static void ida(void **state)
{
	struct fake *f = *state;
	kaddr_t root = node(f, 0), bitmap = fake_new(f, "ida_bitmap");

	fake_u64(f, bitmap + 8, 1);
	put(f, root, 0, 0x5ull << 1 | 1); /* bits 0 and 2, in the entry */
	put(f, root, 1, bitmap);
	assert_true(ida_read(fake_dump(f), idr(f, root | 2, 0), "test", &ids));
	assert_int_equal(ids.all.n, 3);
	assert_int_equal(ids.all.v[0].id, 0);
	assert_int_equal(ids.all.v[1].id, 2);
	assert_int_equal(ids.all.v[2].id, 1024 + 64);
}

static void nodes_that_lie(void **state)
{
	struct fake *f = *state;
	kaddr_t root = node(f, 6), leaf = node(f, 0);

	put(f, root, 0, root | 2); /* itself */
	put(f, root, 1, leaf | 2);
	put(f, root, 2, FAKE_NOWHERE | 2);
	put(f, leaf, 0, 0xffff888000001000);
	assert_true(read_it(f, idr(f, root | 2, 0)));
	assert_false(ids.complete);
	assert_int_equal(ids.all.n, 1);
	assert_int_equal(ids.all.v[0].id, 64);
	assert_true(fake_has_note(f, "has a shift that none there has"));
	assert_true(fake_has_note(f, "cannot be read"));
	fake_set(f, root, "xa_node.shift", 255);
	assert_true(read_it(f, idr(f, root | 2, 0)));
	assert_false(ids.complete);
	assert_int_equal(ids.all.n, 0);
	assert_false(read_it(f, FAKE_NOWHERE));
}

/* Each slot of each level leads to the same node below: 64^10 leaves. */
static void a_tree_that_never_ends(void **state)
{
	struct fake *f = *state;
	kaddr_t below = node(f, 0), at;
	unsigned int shift, i;

	put(f, below, 0, 0xffff888000001000);
	for (shift = 6; shift <= 60; shift += 6) {
		at = node(f, shift);
		for (i = 0; i < 64; i++)
			put(f, at, i, below | 2);
		below = at;
	}
	assert_true(read_it(f, idr(f, below | 2, 0)));
	assert_false(ids.complete);
	assert_true(fake_reads(f) < 300000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(none),
		fake_test(only_one),
		fake_test(two_levels),
		fake_test(radix_tree),
		fake_test(ida),
		fake_test(nodes_that_lie),
		fake_test(a_tree_that_never_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
