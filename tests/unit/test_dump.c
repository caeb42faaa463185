// SPDX-License-Identifier: GPL-2.0-or-later
/* dump.c: reads, strings, symbols, notes, walks over lists. */
#include "test.h"
#include "dump/list.h"

#define A 0xffff888000100000ull /* the beginning of a page */

/* ---- memory ------------------------------------------------------------- */

static void reads_what_is_there(void **state)
{
	struct dump *d = fake_dump(*state);
	uint64_t u64;
	uint32_t u32;
	uint8_t u8;

	fake_u64(*state, A, 0x1122334455667788);
	assert_true(dump_u64(d, A, &u64) && u64 == 0x1122334455667788);
	assert_true(dump_u32(d, A, &u32) && u32 == 0x55667788);
	assert_true(dump_u8(d, A + 7, &u8) && u8 == 0x11);
	assert_true(dump_u64(d, A + 100, &u64) && u64 == 0);
}

static void reads_across_pages(void **state)
{
	struct dump *d = fake_dump(*state);
	char buf[3 * FAKE_PAGE];

	fake_map(*state, A, sizeof(buf));
	fake_u64(*state, A + FAKE_PAGE - 4, 0x1122334455667788);
	assert_int_equal(dump_read(d, A, buf, sizeof(buf)), DUMP_OK);
	assert_memory_equal(buf + FAKE_PAGE - 4, "\x88\x77\x66\x55\x44\x33\x22\x11", 8);
	fake_unmap(*state, A + FAKE_PAGE, 1);
	assert_int_equal(dump_read(d, A, buf, sizeof(buf)), DUMP_BAD_ADDRESS);
}

static void tells_excluded_from_bad(void **state)
{
	struct dump *d = fake_dump(*state);
	uint64_t v;

	fake_u64(*state, A, 7);
	fake_exclude(*state, A, 1);
	assert_int_equal(dump_read(d, A, &v, sizeof(v)), DUMP_EXCLUDED);
	assert_int_equal(dump_read(d, A + FAKE_PAGE, &v, sizeof(v)), DUMP_BAD_ADDRESS);
	fake_damage(*state, A + 2 * FAKE_PAGE, 1);
	assert_int_equal(dump_read(d, A + 2 * FAKE_PAGE, &v, sizeof(v)), DUMP_DAMAGED);
	d->info.zero_excluded = true;
	assert_true(dump_u64(d, A, &v) && v == 0);
}

static void no_read_wraps_around(void **state)
{
	struct dump *d = fake_dump(*state);
	uint64_t v;

	fake_map(*state, 0, 8);
	fake_map(*state, UINT64_MAX - 7, 8);
	assert_int_equal(dump_read(d, UINT64_MAX - 3, &v, 8), DUMP_BAD_ADDRESS);
	assert_int_equal(dump_read(d, A, &v, 0), DUMP_OK);
}

/* The very last bytes of the address space are an address like any other. */
static void reads_up_to_the_end(void **state)
{
	uint64_t v;

	fake_u64(*state, UINT64_MAX - 7, 7);
	assert_int_equal(dump_read(fake_dump(*state), UINT64_MAX - 7, &v, 8), DUMP_OK);
	assert_int_equal(v, 7);
}

static void stops_when_interrupted(void **state)
{
	struct dump *d = fake_dump(*state);
	uint64_t v;

	fake_map(*state, A, 8);
	fake_interrupt_after(*state, 2);
	assert_true(dump_u64(d, A, &v));
	assert_true(dump_u64(d, A, &v));
	assert_int_equal(dump_read(d, A, &v, 8), DUMP_INTERRUPTED);
	assert_int_equal(fake_reads(*state), 2);
}

/* ---- strings ------------------------------------------------------------ */

static void string_ends_at_nul(void **state)
{
	char buf[16];

	fake_string(*state, A, "Xorg");
	fake_string(*state, A + 5, "rest");
	assert_true(dump_string(fake_dump(*state), A, buf, sizeof(buf)));
	assert_string_equal(buf, "Xorg");
	assert_true(dump_string(fake_dump(*state), A + 4, buf, sizeof(buf)));
	assert_string_equal(buf, "");
}

static void string_is_cut(void **state)
{
	char buf[6] = "XXXXX";

	fake_string(*state, A, "kworker");
	assert_true(dump_string(fake_dump(*state), A, buf, 5));
	assert_string_equal(buf, "kwor");
	assert_int_equal(buf[5], '\0');
}

static void string_into_one_byte(void **state)
{
	char buf[2] = "XX";

	fake_string(*state, A, "kworker");
	dump_string(fake_dump(*state), A, buf, 1);
	assert_int_equal(buf[0], '\0');
	assert_int_equal(buf[1], 'X');
}

static void string_crosses_pages(void **state)
{
	char buf[16];

	fake_string(*state, A + FAKE_PAGE - 3, "virtio_gpu");
	assert_true(dump_string(fake_dump(*state), A + FAKE_PAGE - 3, buf, sizeof(buf)));
	assert_string_equal(buf, "virtio_gpu");
}

/* A short string at the end of a page does not need the next page. */
static void string_needs_no_next_page(void **state)
{
	char buf[16];

	fake_string(*state, A + FAKE_PAGE - 5, "Xorg");
	assert_true(dump_string(fake_dump(*state), A + FAKE_PAGE - 5, buf, sizeof(buf)));
	assert_string_equal(buf, "Xorg");
}

/* What could be read of it is better than nothing. */
static void string_into_missing_page(void **state)
{
	char buf[16];

	fake_string(*state, A + FAKE_PAGE - 3, "virtio_gpu");
	fake_exclude(*state, A + FAKE_PAGE, 1);
	assert_true(dump_string(fake_dump(*state), A + FAKE_PAGE - 3, buf, sizeof(buf)));
	assert_string_equal(buf, "vir");
	assert_false(dump_string(fake_dump(*state), A + FAKE_PAGE, buf, sizeof(buf)));
	assert_string_equal(buf, "");
	assert_false(dump_string(fake_dump(*state), FAKE_NOWHERE, buf, sizeof(buf)));
	assert_string_equal(buf, "");
}

/* ---- symbols ------------------------------------------------------------ */

static void symbols_by_name_and_address(void **state)
{
	struct dump *d = fake_dump(*state);
	kaddr_t at = fake_function(*state, "flush_work", NULL, 0, 0x40), v;
	kaddr_t mod = fake_function(*state, "virtio_gpu_object_create", "virtio_gpu",
				    0xffffffffc0001000, 0x100);
	struct dump_symbol sym;

	assert_true(dump_symbol(d, "flush_work", &v) && v == at);
	assert_false(dump_symbol(d, "flush", &v));
	assert_true(dump_symbol_at(d, at + 0x3f, &sym));
	assert_string_equal(sym.name, "flush_work");
	assert_string_equal(sym.module, "");
	assert_int_equal(sym.offset, 0x3f);
	assert_false(dump_symbol_at(d, at + 0x40, &sym));
	assert_true(dump_symbol_at(d, mod, &sym));
	assert_string_equal(sym.module, "virtio_gpu");
}

static void static_locals(void **state)
{
	struct dump *d = fake_dump(*state);
	kaddr_t v;

	fake_symbol(*state, "pcpu_drain_mutex.35", A);
	fake_symbol(*state, "cpus_with_pcps.12", A + 8);
	fake_symbol(*state, "cpus_with_pcps.isra.0", A + 16);
	fake_symbol(*state, "twice.1", A + 24);
	fake_symbol(*state, "twice.2", A + 32);
	fake_symbol(*state, "plain", A + 40);
	assert_true(dump_symbol_local(d, "pcpu_drain_mutex", &v) && v == A);
	assert_true(dump_symbol_local(d, "cpus_with_pcps", &v) && v == A + 8);
	assert_true(dump_symbol_local(d, "plain", &v) && v == A + 40);
	assert_false(dump_symbol_local(d, "twice", &v));
	assert_false(dump_symbol_local(d, "pcpu", &v));
}

static void percpu_symbols(void **state)
{
	struct dump *d = fake_dump(*state);
	kaddr_t base = fake_percpu_variable(*state, "pcpu_drain", 40), v;

	assert_true(dump_percpu_symbol(d, 1, "pcpu_drain", &v));
	assert_int_equal(v, fake_percpu(*state, 1, base));
	assert_int_not_equal(fake_percpu(*state, 0, base), v);
	assert_false(dump_percpu_symbol(d, 2, "pcpu_drain", &v));
	assert_false(dump_percpu_symbol(d, 0, "absent", &v));
}

static void values_of_symbols(void **state)
{
	struct dump *d = fake_dump(*state);
	uint64_t u64;
	uint32_t u32;

	fake_u64(*state, fake_variable(*state, "jiffies", 8), 0x1122334455667788);
	fake_symbol(*state, "lost", FAKE_NOWHERE);
	assert_true(dump_symbol_u64(d, "jiffies", &u64) && u64 == 0x1122334455667788);
	assert_true(dump_symbol_u32(d, "jiffies", &u32) && u32 == 0x55667788);
	assert_false(dump_symbol_u64(d, "absent", &u64));
	assert_false(dump_symbol_u64(d, "lost", &u64));
}

/* ---- notes -------------------------------------------------------------- */

static void notes_are_kept_once(void **state)
{
	struct arena_block *before;
	struct dump *d = fake_dump(*state);
	int i;

	for (i = 0; i < 5; i++)
		dump_note(d, "page %d", i % 2);
	assert_int_equal(d->notes.n, 2);
	assert_string_equal(d->notes.v[0], "page 0");
	assert_string_equal(d->notes.v[1], "page 1");
	before = d->arena->blocks;
	dump_note(d, "page %d", 1);
	assert_ptr_equal(d->arena->blocks, before); /* nor does it cost anything */
}

/* A broken dump may have a million reasons: say the first, and that there are more. */
static void why_a_read_failed_is_noted(void **state)
{
	struct dump *d = fake_dump(*state);
	uint64_t v;

	fake_exclude(*state, A, 1);
	fake_damage(*state, A + FAKE_PAGE, 1);
	assert_false(dump_u64(d, A, &v));
	dump_unread(d, "the %s", "first");
	assert_false(dump_u64(d, A + FAKE_PAGE, &v));
	dump_unread(d, "the second");
	assert_false(dump_u64(d, FAKE_NOWHERE, &v));
	dump_unread(d, "the third");
	assert_int_equal(d->notes.n, 3);
	assert_string_equal(d->notes.v[0],
			    "the first cannot be read: page excluded from the dump");
	assert_string_equal(d->notes.v[1],
			    "the second cannot be read: page damaged in the dump");
	assert_string_equal(d->notes.v[2], "the third cannot be read: no such address");
}

/* What failed is no read: the one that failed before it has nothing to do with it. */
static void the_reason_of_another_read_is_not_told(void **state)
{
	struct dump *d = fake_dump(*state);
	struct object o;
	uint64_t v;

	fake_u64(*state, A, 7);
	obj_init(&o, d);
	assert_false(dump_u64(d, FAKE_NOWHERE, &v));
	assert_false(dump_symbol_u64(d, "no_such_variable", &v));
	dump_unread(d, "a symbol");
	assert_false(dump_u64(d, FAKE_NOWHERE, &v));
	assert_false(dump_percpu(d, 77, 0, &v));
	dump_unread(d, "a CPU");
	assert_false(dump_u64(d, FAKE_NOWHERE, &v));
	assert_false(member_u64(d, A, TASK_SCHED_DELAYED, &v)); /* not in 5.10 */
	dump_unread(d, "a member");
	assert_false(dump_u64(d, FAKE_NOWHERE, &v));
	assert_false(obj_read_bytes(&o, A, SIZE_MAX));
	dump_unread(d, "an array");
	assert_false(dump_u64(d, FAKE_NOWHERE, &v));
	assert_true(dump_u64(d, A, &v));
	dump_unread(d, "a count");
	assert_int_equal(d->notes.n, 5);
	assert_false(fake_has_note(*state, ":"));
	assert_true(fake_has_note(*state, "a count cannot be read"));
}

/* 64 buckets of one hash would leave no room for what else is missing. */
static void notes_that_differ_in_numbers_alone(void **state)
{
	struct dump *d = fake_dump(*state);
	int i;

	for (i = 0; i < 64; i++)
		dump_note(d, "pools: the list at 0x%x cannot be read (after %d)",
			  0xab00 + i, i);
	dump_note(d, "pools: the list at 0xab00 cannot be read (after 0)");
	dump_note(d, "the log cannot be read");
	assert_int_equal(d->notes.n, 5);
	assert_string_equal(d->notes.v[2],
			    "pools: the list at 0xab02 cannot be read (after 2)");
	assert_string_equal(d->notes.v[3],
			    "pools: the list at 0xab03 cannot be read (after 3) "
			    "(and more like it)");
	assert_string_equal(d->notes.v[4], "the log cannot be read");
}

static void notes_are_bounded(void **state)
{
	struct dump *d = fake_dump(*state);
	char word[8] = "a";
	int i;

	for (i = 0; i < 1000; i++) {
		word[0] = (char)('a' + i % 26);
		word[1] = (char)('a' + i / 26);
		dump_note(d, "page %s", word);
	}
	assert_int_equal(d->notes.n, 65);
	assert_non_null(strstr(d->notes.v[64], "not listed"));
}

/* Millions of reads may fail, all for one reason. */
static void notes_end(void **state)
{
	struct dump *d = fake_dump(*state);
	int i;

	for (i = 0; i < 100000; i++)
		dump_note(d, "page %d", i);
	assert_int_equal(d->notes.n, 5);
	assert_non_null(strstr(d->notes.v[4], "not listed"));
}

/* ---- walks -------------------------------------------------------------- */

#define NODES 300
#define NODE(i) (A + 64 + 64 * (kaddr_t)(i))

static void make_list(struct fake *f, int n)
{
	int i;

	fake_list_head(f, A);
	for (i = 0; i < n; i++)
		fake_list_add_tail(f, A, NODE(i));
}

static void make_hlist(struct fake *f, int n)
{
	fake_ptr(f, A, 0);
	while (n--)
		fake_hlist_add_head(f, A, NODE(n));
}

/* Walks to the end; how many nodes it saw, each checked to be the right one. */
static int count(struct list_walk *w)
{
	kaddr_t node;
	int n = 0;

	while (list_next(w, &node)) {
		assert_int_equal(node, NODE(n));
		n++;
	}
	assert_false(list_next(w, &node)); /* stays at its end */
	return n;
}

static void assert_walk(struct fake *f, enum walk_end end, int n)
{
	struct list_walk w;

	list_begin(&w, fake_dump(f), A, 1000);
	assert_int_equal(count(&w), n);
	assert_int_equal(w.end, end);
}

static void list_empty(void **state)
{
	make_list(*state, 0);
	assert_walk(*state, WALK_DONE, 0);
}

static void list_of_some(void **state)
{
	make_list(*state, 1);
	assert_walk(*state, WALK_DONE, 1);
	make_list(*state, 2);
	assert_walk(*state, WALK_DONE, 2);
	make_list(*state, NODES);
	assert_walk(*state, WALK_DONE, NODES);
}

static void list_costs_little(void **state)
{
	struct list_walk w;

	make_list(*state, NODES);
	list_begin(&w, fake_dump(*state), A, 1000);
	fake_forget_counts(*state);
	count(&w);
	assert_true(fake_reads(*state) <= 2 * NODES + 2);
}

/* The last node points at a node in the middle, whose prev agrees or not. */
static void list_cycle_misses_head(void **state)
{
	struct list_walk w;
	kaddr_t node;
	int n = 0;

	make_list(*state, NODES);
	fake_ptr(*state, NODE(NODES - 1), NODE(10));
	assert_walk(*state, WALK_CORRUPT, NODES);
	fake_ptr(*state, NODE(10) + 8, NODE(NODES - 1));
	assert_walk(*state, WALK_CORRUPT, 10);
	/* A ring that is sound in itself, entered from outside: the way in shows. */
	make_list(*state, 1);
	fake_list_head(*state, NODE(1));
	fake_list_add_tail(*state, NODE(1), NODE(2));
	fake_ptr(*state, NODE(0), NODE(1));
	assert_walk(*state, WALK_CORRUPT, 1);
	/* Whose every prev lies along ends too. */
	fake_ptr(*state, NODE(1) + 8, NODE(0));
	fake_ptr(*state, NODE(2), NODE(0));
	fake_ptr(*state, NODE(0) + 8, A);
	list_begin(&w, fake_dump(*state), A, 1000);
	while (list_next(&w, &node))
		n++;
	assert_true(w.end == WALK_CYCLE || w.end == WALK_CORRUPT);
	assert_true(n <= 9);
}

static void list_self_loop(void **state)
{
	make_list(*state, 3);
	fake_ptr(*state, NODE(1), NODE(1));
	assert_walk(*state, WALK_CORRUPT, 2);
	fake_ptr(*state, NODE(1) + 8, NODE(1));
	assert_walk(*state, WALK_CORRUPT, 1);
}

/* hlist cycles cannot all be seen by their back links: pprev is per link. */
static void hlist_cycles(void **state)
{
	struct list_walk w;

	make_hlist(*state, NODES);
	fake_ptr(*state, NODE(NODES - 1), NODE(5));
	hlist_begin(&w, fake_dump(*state), A, 1000);
	assert_int_equal(count(&w), NODES);
	assert_true(w.end == WALK_CYCLE || w.end == WALK_CORRUPT);
	make_hlist(*state, 1);
	fake_ptr(*state, NODE(0), NODE(0));
	hlist_begin(&w, fake_dump(*state), A, 1000);
	assert_int_equal(count(&w), 1);
	assert_true(w.end == WALK_CYCLE || w.end == WALK_CORRUPT);
}

static void list_prev_lies(void **state)
{
	make_list(*state, 5);
	fake_ptr(*state, NODE(3) + 8, NODE(0));
	assert_walk(*state, WALK_CORRUPT, 3);
}

/* The head's own prev: a node was linked in, or lost, behind the walk's back. */
static void list_head_prev_lies(void **state)
{
	make_list(*state, 5);
	fake_ptr(*state, A + 8, NODE(2));
	assert_walk(*state, WALK_CORRUPT, 5);
}

static void list_to_nowhere(void **state)
{
	make_list(*state, 5);
	fake_ptr(*state, NODE(2), FAKE_NOWHERE);
	assert_walk(*state, WALK_BAD, 3);
	fake_ptr(*state, NODE(2), 0);
	assert_walk(*state, WALK_BAD, 3);
	fake_ptr(*state, NODE(2), 0xdead000000000100); /* LIST_POISON1 */
	assert_walk(*state, WALK_BAD, 3);
	fake_ptr(*state, NODE(2), UINT64_MAX);
	assert_walk(*state, WALK_BAD, 3);
}

static void list_head_unreadable(void **state)
{
	assert_walk(*state, WALK_BAD, 0);
	make_list(*state, 1);
	fake_exclude(*state, A, 1);
	assert_walk(*state, WALK_BAD, 0);
}

/* A page of zeros where the head should be is not an empty list. */
static void list_head_zero(void **state)
{
	fake_map(*state, A, FAKE_PAGE);
	assert_walk(*state, WALK_BAD, 0);
}

static void list_into_excluded(void **state)
{
	struct list_walk w;
	kaddr_t node;

	make_list(*state, NODES);
	fake_exclude(*state, A + FAKE_PAGE, 1);
	list_begin(&w, fake_dump(*state), A, 1000);
	while (list_next(&w, &node))
		assert_true(node < A + FAKE_PAGE);
	assert_int_equal(w.end, WALK_BAD);
	list_end_note(&w, "works of pool 3");
	assert_true(fake_has_note(*state, "works of pool 3"));
}

static void list_too_long(void **state)
{
	struct list_walk w;

	make_list(*state, 20);
	list_begin(&w, fake_dump(*state), A, 10);
	assert_int_equal(count(&w), 10);
	assert_int_equal(w.end, WALK_LIMIT);
	/* Exactly as long as may be is not too long. */
	list_begin(&w, fake_dump(*state), A, 20);
	assert_int_equal(count(&w), 20);
	assert_int_equal(w.end, WALK_DONE);
}

static void hlists(void **state)
{
	static const int sizes[] = {0, 1, 2, NODES};
	struct list_walk w;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		make_hlist(*state, sizes[i]);
		hlist_begin(&w, fake_dump(*state), A, 1000);
		assert_int_equal(count(&w), sizes[i]);
		assert_int_equal(w.end, WALK_DONE);
	}
	fake_ptr(*state, NODE(7), FAKE_NOWHERE);
	hlist_begin(&w, fake_dump(*state), A, 1000);
	assert_int_equal(count(&w), 8);
	assert_int_equal(w.end, WALK_BAD);
}

static void ends_are_noted(void **state)
{
	struct dump *d = fake_dump(*state);
	struct list_walk w;

	make_list(*state, 3);
	list_begin(&w, d, A, 1000);
	count(&w);
	list_end_note(&w, "tasks");
	assert_int_equal(d->notes.n, 0);
	fake_ptr(*state, NODE(2), FAKE_NOWHERE);
	list_begin(&w, d, A, 1000);
	count(&w);
	list_end_note(&w, "tasks");
	assert_int_equal(d->notes.n, 1);
	assert_true(fake_has_note(*state, "tasks: the list at 0xffff888000100000"));
	assert_true(fake_has_note(*state,
				  "a link that cannot be read: no such address (after"));
	assert_true(fake_has_note(*state, "0xffffc90000bad000"));
}

/* Ctrl-C is no fault of the dump: nothing to note. */
static void interrupt_is_not_noted(void **state)
{
	struct dump *d = fake_dump(*state);
	struct list_walk w;

	make_list(*state, NODES);
	fake_interrupt_after(*state, 100);
	list_begin(&w, d, A, 1000);
	assert_true(count(&w) < NODES);
	assert_int_not_equal(w.end, WALK_DONE);
	list_end_note(&w, "tasks");
	assert_int_equal(d->notes.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(reads_what_is_there),
		fake_test(reads_across_pages),
		fake_test(tells_excluded_from_bad),
		fake_test(no_read_wraps_around),
		fake_test(reads_up_to_the_end),
		fake_test(stops_when_interrupted),
		fake_test(string_ends_at_nul),
		fake_test(string_is_cut),
		fake_test(string_into_one_byte),
		fake_test(string_crosses_pages),
		fake_test(string_needs_no_next_page),
		fake_test(string_into_missing_page),
		fake_test(symbols_by_name_and_address),
		fake_test(static_locals),
		fake_test(percpu_symbols),
		fake_test(values_of_symbols),
		fake_test(notes_are_kept_once),
		fake_test(why_a_read_failed_is_noted),
		fake_test(the_reason_of_another_read_is_not_told),
		fake_test(notes_that_differ_in_numbers_alone),
		fake_test(notes_are_bounded),
		fake_test(notes_end),
		fake_test(list_empty),
		fake_test(list_of_some),
		fake_test(list_costs_little),
		fake_test(list_cycle_misses_head),
		fake_test(list_self_loop),
		fake_test(hlist_cycles),
		fake_test(list_prev_lies),
		fake_test(list_head_prev_lies),
		fake_test(list_to_nowhere),
		fake_test(list_head_unreadable),
		fake_test(list_head_zero),
		fake_test(list_into_excluded),
		fake_test(list_too_long),
		fake_test(hlists),
		fake_test(ends_are_noted),
		fake_test(interrupt_is_not_noted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
