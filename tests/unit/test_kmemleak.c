// SPDX-License-Identifier: GPL-2.0-or-later
/* kmemleak's records, and the stacks that it keeps in the depot. */
#include "test.h"

#include "kernel/mm/kmemleak.h"
#include "kernel/mm/stackdepot.h"
#include "report/report.h"

#define NOW 100000u
#define HZ_ 250u
#define LAST_SCAN 90000u

/* pahole of a 5.10 kernel with CONFIG_DEBUG_KMEMLEAK. */
static const struct fake_row rows_5_10[] = {
	FAKE_T("kmemleak_object", 360),
	FAKE_M("kmemleak_object.flags", 4, 4),
	FAKE_M("kmemleak_object.object_list", 8, 16),
	FAKE_M("kmemleak_object.pointer", 88, 8),
	FAKE_M("kmemleak_object.size", 96, 8),
	FAKE_M("kmemleak_object.min_count", 112, 4),
	FAKE_M("kmemleak_object.count", 116, 4),
	FAKE_M("kmemleak_object.checksum", 120, 4),
	FAKE_M("kmemleak_object.trace", 136, 128),
	FAKE_M("kmemleak_object.trace_len", 264, 4),
	FAKE_M("kmemleak_object.jiffies", 272, 8),
	FAKE_M("kmemleak_object.pid", 280, 4),
	FAKE_M("kmemleak_object.comm", 284, 16),
};

static const struct fake_row rows_depot[] = {
	FAKE_M("kmemleak_object.trace_handle", 136, 4),
	FAKE_T("stack_record", 24),
	FAKE_M("stack_record.size", 12, 4),
	FAKE_M("stack_record.handle", 16, 4),
	FAKE_M("stack_record.entries", 24, 0),
};

static kaddr_t head;

static struct fake *with_kmemleak(void **state)
{
	struct fake *f = *state;

	fake_rows(f, rows_5_10, ARRAY_SIZE(rows_5_10));
	fake_u32(f, fake_variable(f, "kmemleak_enabled", 4), 1);
	fake_u64(f, fake_variable(f, "jiffies_min_age", 8), 5 * HZ_);
	fake_u64(f, fake_variable(f, "jiffies_last_scan", 8), LAST_SCAN);
	head = fake_variable(f, "object_list", 16);
	fake_list_head(f, head);
	return f;
}

/* A record of an object that kmemleak has reported. */
static kaddr_t add(struct fake *f, kaddr_t pointer)
{
	kaddr_t k = fake_new(f, "kmemleak_object");

	fake_set(f, k, "kmemleak_object.flags", 3);
	fake_set(f, k, "kmemleak_object.pointer", pointer);
	fake_set(f, k, "kmemleak_object.size", 128);
	fake_set(f, k, "kmemleak_object.min_count", 1);
	fake_set(f, k, "kmemleak_object.jiffies", NOW - 361 * HZ_);
	fake_set(f, k, "kmemleak_object.pid", 723);
	fake_set_string(f, k, "kmemleak_object.comm", "Xorg");
	fake_list_add_tail(f, head, fake_at(f, k, "kmemleak_object.object_list"));
	return k;
}

static void read_it(struct fake *f, struct kmemleak *k)
{
	kmemleak_read(fake_dump(f), NOW, HZ_, k);
}

static void not_built_in(void **state)
{
	struct kmemleak k;

	read_it(*state, &k);
	assert_false(k.there);
}

static void a_reported_object(void **state)
{
	struct fake *f = with_kmemleak(state);
	kaddr_t object = fake_alloc(f, 128), record = add(f, object);
	struct kmemleak k;

	fake_u32(f, object, 1);
	fake_set(f, record, "kmemleak_object.trace_len", 2);
	fake_u64(f, record + 136, 0xffffffff81001234ull);
	fake_u64(f, record + 144, 0xffffffff81005678ull);
	read_it(f, &k);
	assert_true(k.there && k.enabled);
	assert_int_equal(k.known, 1);
	assert_int_equal(k.reported.n, 1);
	assert_int_equal(k.reported.v[0].pointer, object);
	assert_int_equal(k.reported.v[0].size, 128);
	assert_int_equal(k.reported.v[0].pid, 723);
	assert_string_equal(k.reported.v[0].comm, "Xorg");
	assert_true(k.reported.v[0].age_s == 361);
	assert_int_equal(k.reported.v[0].nr_trace, 2);
	assert_int_equal(k.reported.v[0].trace[1], 0xffffffff81005678ull);
	assert_int_equal(k.reported.v[0].nr_head, 32);
	assert_int_equal(k.reported.v[0].head[0], 1);
	/* Of 4.19 a stack ends with a mark. */
	fake_set(f, record, "kmemleak_object.trace_len", 3);
	fake_u64(f, record + 152, UINT64_MAX);
	read_it(f, &k);
	assert_int_equal(k.reported.v[0].nr_trace, 2);
}

/* Each of these keeps an object out of /sys/kernel/debug/kmemleak. */
static void what_is_not_shown(void **state)
{
	static const struct {
		const char *member;
		uint64_t v;
	} why[] = {
		{"kmemleak_object.flags", 1},		     /* not reported yet */
		{"kmemleak_object.flags", 2},		     /* freed meanwhile */
		{"kmemleak_object.count", 1},		     /* found again */
		{"kmemleak_object.count", 0xffffffff},	     /* to be ignored */
		{"kmemleak_object.min_count", 0},	     /* declared no leak */
		{"kmemleak_object.jiffies", LAST_SCAN - 10}, /* too young */
	};
	struct fake *f = with_kmemleak(state);
	struct kmemleak k;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(why); i++)
		fake_set(f, add(f, fake_alloc(f, 128)), why[i].member, why[i].v);
	add(f, fake_alloc(f, 128));
	read_it(f, &k);
	assert_int_equal(k.known, ARRAY_SIZE(why) + 1);
	assert_int_equal(k.reported.n, 1);
}

static void a_record_that_cannot_be_read(void **state)
{
	struct fake *f = with_kmemleak(state);
	kaddr_t record;
	struct kmemleak k;

	add(f, fake_alloc(f, 128));
	/* Its list node is in the dump, its end is not. */
	record = fake_alloc_pages(f, 8192) + 4096 - 64;
	fake_list_add_tail(f, head, record + 8);
	fake_exclude(f, record + 64, 4096);
	add(f, fake_alloc(f, 128));
	read_it(f, &k);
	assert_int_equal(k.reported.n, 2);
	assert_int_equal(k.unread, 1);
	assert_true(fake_has_note(f, "1 of 3 records"));
}

static void a_list_that_loops(void **state)
{
	struct fake *f = with_kmemleak(state);
	kaddr_t a = add(f, fake_alloc(f, 128));
	kaddr_t b = add(f, fake_alloc(f, 128));
	struct kmemleak k;

	fake_u64(f, b + 8, a + 8);
	fake_u64(f, a + 16, b + 8);
	read_it(f, &k);
	assert_true(fake_has_note(f, "kmemleak's objects"));
	assert_true(k.reported.n < 10);
}

static void comm_is_escaped(void **state)
{
	struct fake *f = with_kmemleak(state);
	struct kmemleak k;

	fake_set_string(f, add(f, fake_alloc(f, 128)), "kmemleak_object.comm",
			"\033[31mX");
	read_it(f, &k);
	assert_string_equal(k.reported.v[0].comm, "\\x1b[31mX");
}

/* ---- the depot -------------------------------------------------------------- */

/* Pool 3 with a record at 0x230; returns its handle, taken apart as the form says. */
static uint32_t put_stack(struct fake *f, unsigned int index_bits, uint32_t index,
			  const char *pools, bool by_pointer)
{
	uint32_t handle = 0x23u << index_bits | index | 0x80000000u;
	kaddr_t pool = fake_alloc_pages(f, 16384), record = pool + 0x230;
	kaddr_t table = fake_variable(f, pools, 8 * 16);

	if (by_pointer) {
		fake_u64(f, table, fake_alloc(f, 8 * 16));
		table = fake_peek_u64(f, table);
	}
	fake_u64(f, table + 8 * 3, pool);
	fake_u32(f, record + 12, 3);
	fake_u32(f, record + 16, handle);
	fake_u64(f, record + 24, 0xffffffff81000001ull);
	fake_u64(f, record + 32, 0xffffffff81000002ull);
	fake_u64(f, record + 40, 0xffffffff81000003ull);
	return handle;
}

static void every_form_of_handle(void **state)
{
	static const struct {
		unsigned int bits;
		uint32_t index;
		const char *pools;
		bool by_pointer;
	} forms[] = {
		{21, 3, "stack_slabs", false}, {16, 3, "stack_slabs", false},
		{16, 3, "stack_pools", false}, {17, 3, "stack_pools", false},
		{17, 4, "stack_pools", false}, {17, 4, "stack_pools", true},
	};
	kaddr_t entries[16];
	uint32_t handle;
	struct fake *f;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(forms); i++) {
		f = fake_5_10();
		fake_rows(f, rows_depot, ARRAY_SIZE(rows_depot));
		handle = put_stack(f, forms[i].bits, forms[i].index, forms[i].pools,
				   forms[i].by_pointer);
		assert_int_equal(stackdepot_fetch(fake_dump(f), handle, entries, 16), 3);
		assert_int_equal(entries[2], 0xffffffff81000003ull);
		assert_int_equal(stackdepot_fetch(fake_dump(f), handle, entries, 2), 2);
		assert_int_equal(stackdepot_fetch(fake_dump(f), handle + 1, entries, 16),
				 0);
		assert_int_equal(stackdepot_fetch(fake_dump(f), 0, entries, 16), 0);
		fake_destroy(f);
	}
}

/* Pools are as much larger as pages are, and their offsets take more bits. */
static void a_handle_with_large_pages(void **state)
{
	struct fake *f = fake_5_10();
	kaddr_t entries[16];
	uint32_t handle;

	(void)state;
	fake_rows(f, rows_depot, ARRAY_SIZE(rows_depot));
	handle = put_stack(f, 16 - 4, 3, "stack_slabs", false);
	assert_int_equal(stackdepot_fetch(fake_dump(f), handle, entries, 16), 0);
	fake_dump(f)->info.page_size = 65536;
	assert_int_equal(stackdepot_fetch(fake_dump(f), handle, entries, 16), 3);
	fake_destroy(f);
}

static void a_trace_by_handle(void **state)
{
	struct fake *f = with_kmemleak(state);
	struct kmemleak k;
	uint32_t handle;

	fake_absent(f, "kmemleak_object.trace");
	fake_absent(f, "kmemleak_object.trace_len");
	fake_rows(f, rows_depot, ARRAY_SIZE(rows_depot));
	handle = put_stack(f, 16, 3, "stack_slabs", false);
	fake_set(f, add(f, fake_alloc(f, 128)), "kmemleak_object.trace_handle", handle);
	read_it(f, &k);
	assert_int_equal(k.reported.v[0].nr_trace, 3);
	assert_int_equal(k.reported.v[0].trace[0], 0xffffffff81000001ull);
}

/* ---- as debugfs shows it ------------------------------------------------------ */

static void as_debugfs_shows_it(void **state)
{
	static const char want[] =
		"unreferenced object 0xffff888001000000 (size 128):\n"
		"  comm \"Xorg\", pid 723, jiffies 9750 (age 361.000s)\n"
		"  hex dump (first 32 bytes):\n"
		"    01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................\n"
		"    58 6f 72 67 00 00 00 00 00 00 00 00 00 00 00 00  Xorg............\n"
		"  backtrace:\n"
		"    [<ffffffff81234010>] virtio_gpu_fence_alloc+0x10 [virtio_gpu]\n"
		"1 of the 1 objects that kmemleak watched are reported.\n"
		"After `vgpu leak` in the same session this command compares the two.\n";
	struct fake *f = with_kmemleak(state);
	kaddr_t object = fake_alloc(f, 128), record;
	struct kmemleak k;
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	struct facts facts = {.info = &fake_dump(f)->info, .arena = fake_dump(f)->arena};

	assert_int_equal(object, 0xffff888001000000ull);
	record = add(f, object);
	fake_u32(f, object, 1);
	fake_string(f, object + 16, "Xorg");
	fake_function(f, "virtio_gpu_fence_alloc", "virtio_gpu", 0xffffffff81234000ull,
		      64);
	fake_set(f, record, "kmemleak_object.trace_len", 1);
	fake_u64(f, record + 136, 0xffffffff81234010ull);
	read_it(f, &k);
	text_kmemleak(out, &facts, &k, NULL);
	fclose(out);
	assert_string_equal(text, want);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(not_built_in),
		fake_test(a_reported_object),
		fake_test(what_is_not_shown),
		fake_test(a_record_that_cannot_be_read),
		fake_test(a_list_that_loops),
		fake_test(comm_is_escaped),
		cmocka_unit_test(every_form_of_handle),
		cmocka_unit_test(a_handle_with_large_pages),
		fake_test(a_trace_by_handle),
		fake_test(as_debugfs_shows_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
