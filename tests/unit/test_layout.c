// SPDX-License-Identifier: GPL-2.0-or-later
/* layout.c: rows, their spellings, objects read through them. */
#include <glob.h>

#include "test.h"

#define A 0xffff888000100000ull

/* ---- rows --------------------------------------------------------------- */

static void rows_of_a_real_kernel(void **state)
{
	struct dump *d = fake_dump(*state);

	assert_true(layout_has(d, TASK));
	assert_int_equal(layout_size(d, MUTEX), 32);
	assert_string_equal(layout_name(d, TASK_STATE), "task_struct.state");
	assert_string_equal(layout_name(d, TASK_CPU), "task_struct.cpu");
	assert_int_equal(layout_size(d, TASK_COMM), 16);
	assert_true(layout_has_all(d, PCPU_DRAIN_ZONE, PCPU_DRAIN_WORK));
	assert_int_equal(layout_enum(d, WORK_STRUCT_PENDING_BIT, 77), 0);
}

/* Every row answers for itself: its own id, label and spellings. */
static void every_row_can_be_asked(void **state)
{
	struct dump *d = fake_dump(*state);
	const struct layout_row *row;
	enum layout_id id;

	for (id = 0; id < LAYOUT_COUNT; id++) {
		row = layout_row(d, id);
		assert_int_equal(row->id, id);
		assert_non_null(row->label);
		assert_true(row->kind != LAYOUT_MEMBER || strchr(row->spellings, '.'));
		assert_int_equal(layout_has(d, id), row->found[0] != '\0');
		if (row->kind == LAYOUT_TYPE && row->found[0])
			assert_true(row->size > 0);
	}
}

/* A spelling that does not fit into .found would be passed over without a word. */
static void every_spelling_fits(void **state)
{
	struct dump *d = fake_dump(*state);
	const char *p, *end;
	enum layout_id id;

	for (id = 0; id < LAYOUT_COUNT; id++) {
		for (p = layout_row(d, id)->spellings; *p; p = *end ? end + 1 : end) {
			end = p + strcspn(p, "|");
			assert_in_range(end - p, 1, sizeof(layout_row(d, id)->found) - 1);
		}
	}
}

/* Is word in text, and no part of a longer one? */
static bool has_word(const char *text, const char *word)
{
	static const char *const in_words =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
	size_t n = strlen(word);
	const char *p;

	for (p = strstr(text, word); p; p = strstr(p + n, word))
		if (p > text && !strchr(in_words, p[-1]) &&
		    (!p[n] || !strchr(in_words, p[n])))
			return true;
	return false;
}

/* All of the code in one string.  The tests run in the folder of the repository. */
static const char *sources(struct arena *a)
{
	char *text = arena_alloc(a, 1);
	size_t i, n = 0, got;
	glob_t files;
	FILE *f;

	assert_int_equal(glob("extension/*/*.c", 0, NULL, &files), 0);
	assert_int_equal(glob("extension/*/*/*.c", GLOB_APPEND, NULL, &files), 0);
	for (i = 0; i < files.gl_pathc; i++) {
		f = fopen(files.gl_pathv[i], "r");
		assert_non_null(f);
		do {
			text = arena_grow(a, text, n + (1 << 16) + 1);
			got = fread(text + n, 1, 1 << 16, f);
			n += got;
		} while (got);
		fclose(f);
	}
	text[n] = '\0';
	globfree(&files);
	return text;
}

/* One that is not costs who reads the table, and a reader who serves it. */
static void every_row_is_read_by_some_code(void **state)
{
	struct dump *d = fake_dump(*state);
	const char *text = sources(d->arena);
	enum layout_id id;

	for (id = 0; id < LAYOUT_COUNT; id++)
		if (!has_word(text, layout_row(d, id)->label))
			fail_msg("no code reads the row %s", layout_row(d, id)->label);
}

static void first_spelling_wins(void **state)
{
	struct dump *d = fake_dump(*state);

	fake_member(*state, "task_struct", "__state", 24, 4);
	assert_string_equal(layout_name(d, TASK_STATE), "task_struct.__state");
	assert_int_equal(layout_offset(d, TASK_STATE), 24);
	assert_int_equal(layout_size(d, TASK_STATE), 4);
	fake_absent(*state, "task_struct.__state");
	assert_string_equal(layout_name(d, TASK_STATE), "task_struct.state");
	assert_int_equal(layout_offset(d, TASK_STATE), 16);
}

static void absent_rows(void **state)
{
	struct dump *d = fake_dump(*state);

	fake_absent(*state, "task_struct.state");
	fake_absent(*state, "pcpu_drain");
	fake_absent(*state, "WORK_STRUCT_PENDING_BIT");
	assert_false(layout_has(d, TASK_STATE));
	assert_int_equal(layout_offset(d, TASK_STATE), 0);
	assert_int_equal(layout_size(d, TASK_STATE), 0);
	assert_string_equal(layout_row(d, TASK_STATE)->found, "");
	assert_non_null(strstr(layout_name(d, TASK_STATE), "task_struct.__state"));
	assert_false(layout_has(d, PCPU_DRAIN_WORK));
	assert_false(layout_has_all(d, TASK, PCPU_DRAIN_WORK));
	assert_int_equal(layout_enum(d, WORK_STRUCT_PENDING_BIT, 77), 77);
}

/* In crash an absent type costs 42 ms each time it is asked for. */
static void debuginfo_is_asked_once(void **state)
{
	struct dump *d = fake_dump(*state);
	int i;

	fake_absent(*state, "pcpu_drain");
	fake_forget_counts(*state);
	for (i = 0; i < 10; i++) {
		layout_has(d, PCPU_DRAIN_WORK);
		layout_has(d, TASK);
		layout_name(d, TASK);
	}
	assert_int_equal(fake_lookups(*state), 2);
}

/* Of a type that was not found when Ctrl-C came nothing is known. */
static void an_interrupted_search_counts_for_nothing(void **state)
{
	struct dump *d = fake_dump(*state);

	fake_absent(*state, "pcpu_drain");
	fake_interrupt_after(*state, 0);
	assert_false(layout_has(d, PCPU_DRAIN_WORK));
	fake_interrupt_after(*state, 1000);
	fake_forget_counts(*state);
	assert_false(layout_has(d, PCPU_DRAIN_WORK));
	assert_false(layout_has(d, PCPU_DRAIN_WORK));
	assert_int_equal(fake_lookups(*state), 1);
}

static const struct fake_row module_rows[] = {
	FAKE_T("pcpu_drain", 48), FAKE_M("pcpu_drain.work", 8, 32),
	FAKE_T("task_struct", 1), /* vmlinux knows it: not looked for again */
};

static void absent_rows_are_tried_after_a_module(void **state)
{
	struct dump *d = fake_dump(*state);
	bool in_dump = false;
	long size = layout_size(d, TASK);

	fake_absent(*state, "pcpu_drain");
	fake_module(*state, "test", module_rows, ARRAY_SIZE(module_rows));
	assert_false(layout_has(d, PCPU_DRAIN_WORK));
	assert_int_equal(layout_size(d, TASK), size);
	assert_true(dump_load_module(d, "test", &in_dump));
	assert_true(in_dump);
	assert_true(layout_has(d, PCPU_DRAIN_WORK));
	assert_int_equal(layout_size(d, PCPU_DRAIN_WORK), 32);
	assert_int_equal(layout_offset(d, PCPU_DRAIN_WORK), 8);
	assert_false(layout_has(d, PCPU_DRAIN_ZONE));
	assert_int_equal(layout_size(d, TASK), size);
}

/* Wherever the member stands in the table, and whoever of its type is furthest. */
static void a_span_holds_every_member_of_its_type(void **state)
{
	struct dump *d = fake_dump(*state);
	enum layout_id id;
	size_t span;

	fake_member(*state, "task_struct", "files", 4200, 8);
	fake_member(*state, "task_struct", "thread.sp", 4000, 8);
	span = layout_span(d, TASK_PID);
	assert_int_equal(span, 4208);
	assert_int_equal(layout_span(d, TASK_STATE), span);
	for (id = 0; id < LAYOUT_COUNT; id++)
		if (!strncmp(layout_row(d, id)->found, "task_struct.", 12))
			assert_in_range(layout_offset(d, id) + layout_size(d, id), 1,
					span);
	/* sync_file's members are none of file's. */
	fake_member(*state, "sync_file", "fence", 5000, 8);
	assert_in_range(layout_span(d, FILE_OP), 1, 4999);
	fake_absent(*state, "file");
	assert_int_equal(layout_span(d, FILE_OP), 0);
}

/* What a failed try left behind must not show. */
static void a_row_absent_twice_is_clean(void **state)
{
	struct dump *d = fake_dump(*state);

	fake_absent(*state, "pcpu_drain");
	assert_false(layout_has(d, PCPU_DRAIN_WORK));
	layout_retry(d->layout);
	assert_false(layout_has(d, PCPU_DRAIN_WORK));
	assert_string_equal(layout_row(d, PCPU_DRAIN_WORK)->found, "");
	assert_int_equal(layout_offset(d, PCPU_DRAIN_WORK), 0);
}

static void modules_missing_or_without_debuginfo(void **state)
{
	struct dump *d = fake_dump(*state);
	bool in_dump = true;

	fake_module(*state, "stripped", NULL, 0);
	assert_false(dump_load_module(d, "stripped", &in_dump));
	assert_true(in_dump);
	assert_false(dump_load_module(d, "nvidia", &in_dump));
	assert_false(in_dump);
	assert_false(dump_load_module(d, "nvidia", NULL));
}

/* ---- objects ------------------------------------------------------------ */

static void objects_are_read_whole(void **state)
{
	kaddr_t task = fake_new(*state, "task_struct");
	struct object o;
	char comm[16];

	fake_set(*state, task, "task_struct.pid", 4711);
	fake_set(*state, task, "task_struct.state", 2);
	fake_set_string(*state, task, "task_struct.comm", "Xorg");
	obj_init(&o, fake_dump(*state));
	fake_forget_counts(*state);
	assert_true(obj_read(&o, TASK, task));
	assert_int_equal(obj_u64(&o, TASK_PID), 4711);
	assert_int_equal(obj_u64(&o, TASK_STATE), 2);
	obj_string(&o, TASK_COMM, comm, sizeof(comm));
	assert_string_equal(comm, "Xorg");
	assert_int_equal(fake_reads(*state), 1);
	assert_int_equal(obj_addr(&o, TASK_PID),
			 fake_at(*state, task, "task_struct.pid"));
}

/* task_struct.state went from long to int: neighbours must not leak in. */
static void members_are_as_wide_as_they_are(void **state)
{
	static const struct {
		long size;
		uint64_t u;
		int64_t s;
	} widths[] = {
		{1, 0xf8, (int8_t)0xf8},
		{2, 0xf7f8, (int16_t)0xf7f8},
		{4, 0xf5f6f7f8, (int32_t)0xf5f6f7f8},
		{8, 0xf1f2f3f4f5f6f7f8, (int64_t)0xf1f2f3f4f5f6f7f8},
		{3, 0xf6f7f8, 0xf6f7f8}, /* no integer of C, and read all the same */
	};
	struct object o;
	uint64_t v;
	size_t i;

	fake_map(*state, A, FAKE_PAGE);
	fake_u64(*state, A + 16, 0xf1f2f3f4f5f6f7f8);
	for (i = 0; i < ARRAY_SIZE(widths); i++) {
		fake_member(*state, "task_struct", "state", 16, widths[i].size);
		obj_init(&o, fake_dump(*state));
		assert_true(obj_read_bytes(&o, A, 64));
		assert_int_equal(obj_u64(&o, TASK_STATE), widths[i].u);
		assert_int_equal(obj_s64(&o, TASK_STATE), widths[i].s);
		assert_true(member_u64(fake_dump(*state), A, TASK_STATE, &v));
		assert_int_equal(v, widths[i].u);
	}
}

static void absent_members_read_zero(void **state)
{
	kaddr_t task = fake_new(*state, "task_struct");
	struct object o;
	char comm[16] = "XXX";
	uint64_t v;

	fake_u64(*state, task, UINT64_MAX);
	fake_absent(*state, "task_struct.pid");
	fake_absent(*state, "task_struct.comm");
	obj_init(&o, fake_dump(*state));
	assert_true(obj_read(&o, TASK, task));
	assert_int_equal(obj_u64(&o, TASK_PID), 0);
	assert_int_equal(obj_s64(&o, TASK_PID), 0);
	obj_string(&o, TASK_COMM, comm, sizeof(comm));
	assert_string_equal(comm, "");
	assert_false(member_u64(fake_dump(*state), task, TASK_PID, &v));
}

/* Debuginfo of one kernel and the dump of another: members past the object. */
static void members_past_the_end_read_zero(void **state)
{
	static const long ends[] = {57, 60, 64, 65, 1 << 20, LONG_MAX};
	struct object o;
	char comm[16];
	size_t i;

	fake_map(*state, A, FAKE_PAGE);
	fake_u64(*state, A + 56, UINT64_MAX);
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		fake_member(*state, "task_struct", "pid", ends[i], 8);
		fake_member(*state, "task_struct", "comm", ends[i], 16);
		obj_init(&o, fake_dump(*state));
		assert_true(obj_read_bytes(&o, A, 64));
		assert_int_equal(obj_u64(&o, TASK_PID), 0);
		obj_string(&o, TASK_COMM, comm, sizeof(comm));
		assert_string_equal(comm, "");
	}
}

static void reads_that_fail(void **state)
{
	kaddr_t task = fake_alloc_pages(*state, 16384);
	struct object o;
	uint64_t v;

	fake_set(*state, task, "task_struct.pid", 4711);
	obj_init(&o, fake_dump(*state));
	assert_true(obj_read(&o, TASK, task));
	fake_exclude(*state, task, 1);
	assert_false(obj_read(&o, TASK, task));
	assert_int_equal(obj_u64(&o, TASK_PID), 0); /* nothing of the one before */
	assert_false(obj_read(&o, TASK, FAKE_NOWHERE));
	assert_false(obj_read(&o, TASK, UINT64_MAX - 100));
	assert_false(obj_read(&o, TASK, 0));
	assert_false(member_u64(fake_dump(*state), FAKE_NOWHERE, TASK_PID, &v));
}

static void sizes_that_lie(void **state)
{
	static const long huge[] = {1l << 40, LONG_MAX, -1};
	kaddr_t task = fake_new(*state, "task_struct");
	struct object o;
	size_t i;

	fake_type(*state, "task_struct", 0);
	obj_init(&o, fake_dump(*state));
	assert_false(obj_read(&o, TASK, task));
	assert_false(obj_read_bytes(&o, task, 0));
	for (i = 0; i < ARRAY_SIZE(huge); i++) {
		fake_type(*state, "task_struct", huge[i]);
		obj_init(&o, fake_dump(*state));
		assert_false(obj_read(&o, TASK, task));
		assert_false(obj_read_bytes(&o, task, (size_t)huge[i]));
	}
}

static void buffers_are_used_again(void **state)
{
	kaddr_t small = fake_new(*state, "mutex"),
		large = fake_new(*state, "task_struct");
	struct object o;
	unsigned char *bytes;

	obj_init(&o, fake_dump(*state));
	assert_true(obj_read(&o, TASK, large));
	bytes = o.bytes;
	assert_true(obj_read(&o, MUTEX, small));
	assert_ptr_equal(o.bytes, bytes);
	assert_int_equal(o.size, layout_size(fake_dump(*state), MUTEX));
}

static void strings_without_nul(void **state)
{
	kaddr_t task = fake_new(*state, "task_struct");
	struct object o;
	char comm[32], small[4];

	fake_bytes(*state, fake_at(*state, task, "task_struct.comm"), "0123456789abcdef",
		   16);
	obj_init(&o, fake_dump(*state));
	assert_true(obj_read(&o, TASK, task));
	obj_string(&o, TASK_COMM, comm, sizeof(comm));
	assert_string_equal(comm, "0123456789abcdef");
	obj_string(&o, TASK_COMM, small, sizeof(small));
	assert_string_equal(small, "012");
}

/* A dump's own types may say anything. */
static void members_are_in_their_type(void **state)
{
	struct fake *f = *state;
	struct dump *d = fake_dump(f);

	fake_member(f, "page", "_refcount", 52, 4);
	fake_type(f, "page", 56);
	assert_true(layout_has(d, PAGE_REFCOUNT));
	assert_int_equal(layout_size(d, PAGE_REFCOUNT), 4);
	fake_type(f, "page", 53);
	assert_int_equal(layout_size(d, PAGE_REFCOUNT), 1);
	fake_type(f, "page", 52);
	assert_false(layout_has(d, PAGE_REFCOUNT));
	fake_member(f, "page", "_refcount", -4, 4);
	assert_false(layout_has(d, PAGE_REFCOUNT));
	/* An array without a length ends its type. */
	fake_member(f, "page", "_refcount", 52, 0);
	fake_type(f, "page", 52);
	assert_true(layout_has(d, PAGE_REFCOUNT));
}

static void bits_are_of_a_word(void **state)
{
	struct fake *f = *state;

	fake_enum(f, "PG_reserved", 12);
	assert_int_equal(layout_bit(fake_dump(f), PG_RESERVED, 3), 12);
	fake_enum(f, "PG_reserved", 1 << 20 | 5);
	assert_int_equal(layout_bit(fake_dump(f), PG_RESERVED, 3), 5);
	fake_absent(f, "PG_reserved");
	assert_int_equal(layout_bit(fake_dump(f), PG_RESERVED, 3), 3);
}

static void containers(void **state)
{
	struct dump *d = fake_dump(*state);
	kaddr_t node = fake_at(*state, A, "task_struct.tasks");

	assert_int_equal(member_addr(d, A, TASK_TASKS), node);
	assert_int_equal(member_base(d, node, TASK_TASKS), A);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(rows_of_a_real_kernel),
		fake_test(every_row_can_be_asked),
		fake_test(every_spelling_fits),
		fake_test(every_row_is_read_by_some_code),
		fake_test(first_spelling_wins),
		fake_test(absent_rows),
		fake_test(debuginfo_is_asked_once),
		fake_test(an_interrupted_search_counts_for_nothing),
		fake_test(absent_rows_are_tried_after_a_module),
		fake_test(a_span_holds_every_member_of_its_type),
		fake_test(a_row_absent_twice_is_clean),
		fake_test(modules_missing_or_without_debuginfo),
		fake_test(objects_are_read_whole),
		fake_test(members_are_as_wide_as_they_are),
		fake_test(absent_members_read_zero),
		fake_test(members_past_the_end_read_zero),
		fake_test(reads_that_fail),
		fake_test(sizes_that_lie),
		fake_test(buffers_are_used_again),
		fake_test(strings_without_nul),
		fake_test(members_are_in_their_type),
		fake_test(bits_are_of_a_word),
		fake_test(containers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
