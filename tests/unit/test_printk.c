// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "kernel/log/printk.h"

#define COMMITTED (1ull << 62)
#define FINALIZED (2ull << 62)
#define REUSABLE (3ull << 62)
#define RESERVED 0ull
#define ID_MASK ((1ull << 62) - 1)

static struct klog read_log;

static bool read_it(struct fake *f)
{
	return klog_read(fake_dump(f), &read_log);
}

static const struct log_line *line(size_t i)
{
	assert_true(i < read_log.lines.n);
	return &read_log.lines.v[i];
}

/* ---- a writer of the ring ------------------------------------------------ */

static struct ring {
	struct fake *f;
	kaddr_t rb, desc_ring, text_ring, descs, infos, data;
	unsigned int count_bits, text_bits;
	uint64_t id, first, lpos, seq;
} ring;

static void set_ids(void)
{
	uint64_t room = 1ull << ring.count_bits, tail = ring.first;

	if (((ring.id - ring.first) & ID_MASK) >= room)
		tail = (ring.id - room + 1) & ID_MASK;
	fake_set(ring.f, ring.desc_ring, "prb_desc_ring.head_id", ring.id | REUSABLE);
	fake_set(ring.f, ring.desc_ring, "prb_desc_ring.tail_id", tail | REUSABLE);
}

/* As in the kernel, ids and positions begin where they are about to overflow. */
static void make_ring(struct fake *f, unsigned int count_bits, unsigned int text_bits)
{
	size_t room = (size_t)1 << count_bits;

	ring = (struct ring){.f = f, .count_bits = count_bits, .text_bits = text_bits};
	ring.rb = fake_new(f, "printk_ringbuffer");
	ring.desc_ring = fake_at(f, ring.rb, "printk_ringbuffer.desc_ring");
	ring.text_ring = fake_at(f, ring.rb, "printk_ringbuffer.text_data_ring");
	ring.descs = fake_alloc_pages(f, room * 24);
	ring.infos = fake_alloc_pages(f, room * 88);
	ring.data = fake_alloc_pages(f, (size_t)1 << text_bits);
	ring.id = (0 - room - 1) & ID_MASK;
	ring.first = (ring.id + 1) & ID_MASK;
	ring.lpos = 0 - (1ull << text_bits);
	fake_ptr(f, fake_variable(f, "prb", 8), ring.rb);
	fake_set(f, ring.desc_ring, "prb_desc_ring.count_bits", count_bits);
	fake_set(f, ring.desc_ring, "prb_desc_ring.descs", ring.descs);
	fake_set(f, ring.desc_ring, "prb_desc_ring.infos", ring.infos);
	fake_set(f, ring.text_ring, "prb_data_ring.size_bits", text_bits);
	fake_set(f, ring.text_ring, "prb_data_ring.data", ring.data);
	set_ids();
}

static kaddr_t desc_of(uint64_t id)
{
	return ring.descs + (id & ((1ull << ring.count_bits) - 1)) * 24;
}

static kaddr_t info_of(uint64_t id)
{
	return ring.infos + (id & ((1ull << ring.count_bits) - 1)) * 88;
}

static void set_lpos(uint64_t id, uint64_t begin, uint64_t next)
{
	kaddr_t lpos = fake_at(ring.f, desc_of(id), "prb_desc.text_blk_lpos");

	fake_set(ring.f, lpos, "prb_data_blk_lpos.begin", begin);
	fake_set(ring.f, lpos, "prb_data_blk_lpos.next", next);
}

static void set_state(uint64_t id, uint64_t state)
{
	fake_set(ring.f, desc_of(id), "prb_desc.state_var", id | state);
}

/* Where the text of the last record is. */
static kaddr_t last_block;

/* What printk() would leave; returns the record's id. */
static uint64_t say_bytes(const char *text, size_t len)
{
	uint64_t size = 1ull << ring.text_bits, mask = size - 1, begin, next;
	uint64_t block = (8 + len + 7) / 8 * 8;

	ring.id = (ring.id + 1) & ID_MASK;
	begin = ring.lpos;
	next = begin + block;
	last_block = ring.data + (begin & mask);
	if (begin >> ring.text_bits != next >> ring.text_bits) {
		fake_u64(ring.f, last_block, ring.id);
		next = (next & ~mask) + block;
		last_block = ring.data;
	}
	ring.lpos = next;
	fake_u64(ring.f, last_block, ring.id);
	fake_bytes(ring.f, last_block + 8, text, len);
	set_lpos(ring.id, begin, next);
	set_state(ring.id, FINALIZED);
	fake_set(ring.f, info_of(ring.id), "printk_info.seq", ring.seq++);
	fake_set(ring.f, info_of(ring.id), "printk_info.ts_nsec",
		 ring.seq * 1500000000ull);
	fake_set(ring.f, info_of(ring.id), "printk_info.text_len", len);
	fake_set(ring.f, info_of(ring.id), "printk_info.facility", 0);
	fake_u8(ring.f, fake_at(ring.f, info_of(ring.id), "printk_info.facility") + 1, 0);
	fake_set(ring.f, info_of(ring.id), "printk_info.caller_id", 1);
	set_ids();
	return ring.id;
}

static uint64_t say(const char *text)
{
	return say_bytes(text, strlen(text));
}

/* ---- the ring ------------------------------------------------------------ */

static void normal(void **state)
{
	char stamp[LOG_STAMP];
	struct fake *f = *state;
	uint64_t id;

	make_ring(f, 4, 12);
	say("Linux version 5.10");
	id = say("from user space");
	fake_set(f, info_of(id), "printk_info.facility", 3);
	fake_u8(f, fake_at(f, info_of(id), "printk_info.facility") + 1, 6 << 5 | 2);
	fake_set(f, info_of(id), "printk_info.caller_id", 0x80000001);
	set_state(id, COMMITTED);
	assert_true(read_it(f));
	assert_int_equal(read_log.store, KLOG_RINGBUFFER);
	assert_int_equal(read_log.lines.n, 2);
	assert_int_equal(read_log.damaged, 0);
	assert_int_equal(fake_dump(f)->notes.n, 0);
	assert_string_equal(line(0)->text, "Linux version 5.10");
	assert_true(line(0)->ts_s == 1.5);
	assert_int_equal(line(0)->facility, 0);
	assert_string_equal(line(0)->caller, "T1");
	assert_int_equal(line(1)->facility, 3);
	assert_int_equal(line(1)->level, 6);
	assert_string_equal(line(1)->caller, "C1");
	assert_int_equal(line(1)->seq, 1);
	assert_string_equal(log_stamp(stamp, line(0)->ts_s), "[    1.500000]");
	/* The kernel cuts nanoseconds off. */
	assert_string_equal(log_stamp(stamp, 41.3957029), "[   41.395702]");
	assert_string_equal(log_stamp(stamp, -1), "[    0.000000]");
	assert_string_equal(log_stamp(stamp, 1e300), "[    0.000000]");
}

static void text_of_a_record(void **state)
{
	static const char nul[] = "a\0b";
	struct fake *f = *state;

	make_ring(f, 4, 12);
	say("one\ntwo\n");
	say("\x1b[31mred\\");
	say_bytes(nul, 3);
	set_lpos(say(""), 3, 3);
	say("\n");
	assert_true(read_it(f));
	assert_int_equal(read_log.records, 5);
	assert_int_equal(read_log.lines.n, 6);
	assert_string_equal(line(0)->text, "one");
	assert_true(line(0)->first);
	assert_string_equal(line(1)->text, "two");
	assert_false(line(1)->first);
	assert_int_equal(line(1)->seq, 0);
	assert_string_equal(line(2)->text, "\\x1b[31mred\\x5c");
	assert_string_equal(line(3)->text, "a?b");
	assert_string_equal(line(4)->text, "");
	assert_string_equal(line(5)->text, "");
	assert_int_equal(read_log.damaged, 0);
}

static void long_text(void **state)
{
	static char text[20000];
	struct fake *f = *state;
	size_t i;

	make_ring(f, 4, 16);
	memset(text, 'x', sizeof(text));
	say_bytes(text, sizeof(text));
	for (i = 0; i < sizeof(text); i++)
		text[i] = '\n';
	say_bytes(text, sizeof(text));
	say("end");
	assert_true(read_it(f));
	assert_true(line(0)->clipped);
	assert_int_equal(strlen(line(0)->text), 2048);
	assert_in_range(read_log.lines.n, 3, 300);
	assert_string_equal(line(read_log.lines.n - 1)->text, "end");
}

/* Text and descriptors go round many times; the oldest are overwritten. */
static void wraps(void **state)
{
	struct fake *f = *state;
	char text[64];
	int i;

	make_ring(f, 3, 9);
	for (i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "record %d %.*s", i, i % 17,
			 "................");
		say(text);
	}
	assert_true(read_it(f));
	assert_int_equal(read_log.damaged, 0);
	assert_int_equal(read_log.lines.n, 8);
	for (i = 0; i < 8; i++) {
		snprintf(text, sizeof(text), "record %d ", 992 + i);
		assert_memory_equal(line((size_t)i)->text, text, strlen(text));
		assert_int_equal(line((size_t)i)->seq, 992 + i);
	}
}

/* Since 67e1b0052f6b a block that ends where the ring ends stays in place. */
static void fits_exactly(void **state)
{
	struct fake *f = *state;
	uint64_t id;

	make_ring(f, 3, 9);
	ring.lpos = (1ull << 9) - 32;
	id = say("twenty-four characters..");
	assert_int_equal(last_block, ring.data); /* the older kernel's way */
	assert_true(read_it(f));
	assert_string_equal(line(0)->text, "twenty-four characters..");
	fake_u64(f, ring.data + 512 - 32, id);
	fake_bytes(f, ring.data + 512 - 24, "TWENTY-FOUR characters..", 24);
	set_lpos(id, 512 - 32, 512);
	assert_true(read_it(f));
	assert_string_equal(line(0)->text, "TWENTY-FOUR characters..");
	/* ... and where the position overflows to 0. */
	set_lpos(id, 0 - 32ull, 0);
	assert_true(read_it(f));
	assert_string_equal(line(0)->text, "TWENTY-FOUR characters..");
}

/* A writer that was stopped in its work, and what is already given back. */
static void states(void **state)
{
	struct fake *f = *state;

	make_ring(f, 3, 10);
	set_state(say("given back"), REUSABLE);
	say("one");
	set_state(say("half wri"), RESERVED);
	say("two");
	say("never marked");
	fake_set(f, desc_of(ring.id), "prb_desc.state_var", (ring.id - 8) | REUSABLE);
	assert_true(read_it(f));
	assert_int_equal(read_log.lines.n, 2);
	assert_string_equal(line(0)->text, "one");
	assert_string_equal(line(1)->text, "two");
	assert_int_equal(read_log.damaged, 0);
}

static void damaged_records(void **state)
{
	struct fake *f = *state;
	uint64_t id;

	make_ring(f, 4, 12);
	say("first");
	say("another's block");
	fake_u64(f, last_block, 12345);
	fake_set(f, info_of(say("longer than its block")), "printk_info.text_len", 4000);
	set_lpos(say("text was lost"), 1, 1);
	set_lpos(say("no such block"), 0x1001, 0x2003);
	set_lpos(say("ends before it begins"), 4096, 4088);
	set_lpos(say("laps apart"), 0, 16ull << 12 | 32);
	id = say("another's number");
	fake_set(f, desc_of(id), "prb_desc.state_var", 77 | FINALIZED);
	fake_set(f, info_of(say("older than the last")), "printk_info.seq", 0);
	say("last");
	assert_true(read_it(f));
	assert_int_equal(read_log.lines.n, 2);
	assert_string_equal(line(0)->text, "first");
	assert_string_equal(line(1)->text, "last");
	assert_int_equal(read_log.damaged, 8);
	assert_true(fake_has_note(f, "8 of 10 records"));
}

static void missing_pages(void **state)
{
	struct fake *f = *state;
	int i;

	make_ring(f, 8, 14);
	for (i = 0; i < 200; i++)
		say("some words that take up space in the ring");
	fake_exclude(f, ring.data + FAKE_PAGE, FAKE_PAGE);
	assert_true(read_it(f));
	/* 4096 / 56 records lie in the page, and one on each side reaches into it. */
	assert_in_range(read_log.damaged, 73, 75);
	assert_int_equal(read_log.records + read_log.damaged, 200);
	assert_string_equal(line(read_log.lines.n - 1)->text,
			    "some words that take up space in the ring");
	fake_unmap(f, ring.descs, (1ull << 8) * 24);
	assert_true(read_it(f));
	assert_int_equal(read_log.records, 0);
	fake_unmap(f, ring.rb, 80);
	assert_false(read_it(f));
	assert_true(fake_has_note(f, "cannot be read"));
}

static void absurd_sizes(void **state)
{
	struct fake *f = *state;

	make_ring(f, 3, 10);
	say("words");
	fake_set(f, ring.desc_ring, "prb_desc_ring.count_bits", 0xffffffff);
	assert_false(read_it(f));
	assert_true(fake_has_note(f, "not to be believed"));
	fake_set(f, ring.desc_ring, "prb_desc_ring.count_bits", 3);
	fake_set(f, ring.text_ring, "prb_data_ring.size_bits", 32);
	assert_false(read_it(f));
	fake_set(f, ring.text_ring, "prb_data_ring.size_bits", 10);
	fake_set(f, ring.desc_ring, "prb_desc_ring.tail_id", ring.id + 1);
	assert_true(read_it(f)); /* tail ahead of head: 2^62 records */
	assert_int_equal(read_log.lines.n, 1);
	assert_true(fake_has_note(f, "has room for 8"));
}

static void only_the_newest(void **state)
{
	struct fake *f = *state;
	char text[32];
	int i;

	make_ring(f, 17, 21);
	for (i = 0; i < 70000; i++) {
		snprintf(text, sizeof(text), "%d", i);
		say(text);
	}
	fake_forget_counts(f);
	assert_true(read_it(f));
	assert_int_equal(read_log.lines.n, LOG_LINES_MAX);
	assert_int_equal(read_log.older, 70000 - LOG_LINES_MAX);
	assert_string_equal(line(LOG_LINES_MAX - 1)->text, "69999");
	assert_string_equal(line(0)->text, "4464");
	assert_true(fake_reads(f) < 300); /* in blocks */
}

static void newest_of_many_lines(void **state)
{
	static char text[256];
	struct fake *f = *state;
	int i;

	make_ring(f, 12, 20);
	memset(text, '\n', sizeof(text) - 1);
	for (i = 0; i < 1000; i++)
		say(text);
	say("end");
	assert_true(read_it(f));
	assert_int_equal(read_log.lines.n, LOG_LINES_MAX);
	assert_string_equal(line(LOG_LINES_MAX - 1)->text, "end");
}

static void nothing_there(void **state)
{
	struct fake *f = *state;

	assert_false(read_it(f));
	assert_int_equal(read_log.store, KLOG_NONE);
	assert_true(fake_has_note(f, "neither prb nor log_first_idx"));
	make_ring(f, 3, 10);
	fake_absent(f, "prb_data_ring.data");
	assert_false(read_it(f));
	assert_true(fake_has_note(f, "no debuginfo"));
}

static void interrupted(void **state)
{
	struct fake *f = *state;

	make_ring(f, 3, 10);
	say("words");
	fake_interrupt_after(f, 9);
	read_it(f);
	assert_int_equal(read_log.lines.n, 0);
	assert_int_equal(fake_dump(f)->notes.n, 0);
}

/* ---- the byte ring of 4.19 ----------------------------------------------- */

static struct bytes {
	struct fake *f;
	kaddr_t buf;
	uint32_t first, at;
	uint64_t n;
} bytes;

static void make_bytes(struct fake *f, uint32_t size)
{
	static const struct fake_row rows[] = {
		FAKE_T("printk_log", 16),
		FAKE_M("printk_log.ts_nsec", 0, 8),
		FAKE_M("printk_log.len", 8, 2),
		FAKE_M("printk_log.text_len", 10, 2),
		FAKE_M("printk_log.dict_len", 12, 2),
		FAKE_M("printk_log.facility", 14, 1),
	};

	fake_rows(f, rows, ARRAY_SIZE(rows));
	bytes = (struct bytes){.f = f, .buf = fake_alloc_pages(f, size)};
	fake_ptr(f, fake_variable(f, "log_buf", 8), bytes.buf);
	fake_u32(f, fake_variable(f, "log_buf_len", 4), size);
	fake_variable(f, "log_first_idx", 4);
	fake_variable(f, "log_first_seq", 8);
	fake_variable(f, "log_next_seq", 8);
}

static void log_bytes(const char *text, size_t dict)
{
	size_t len = strlen(text);
	kaddr_t rec = bytes.buf + bytes.at;

	fake_set(bytes.f, rec, "printk_log.ts_nsec", (bytes.n + 1) * 250000000ull);
	fake_set(bytes.f, rec, "printk_log.len", (16 + len + dict + 3) / 4 * 4);
	fake_set(bytes.f, rec, "printk_log.text_len", len);
	fake_set(bytes.f, rec, "printk_log.dict_len", dict);
	fake_u8(bytes.f, fake_at(bytes.f, rec, "printk_log.facility") + 1, 3 << 5);
	fake_bytes(bytes.f, rec + 16, text, len);
	bytes.at += (uint32_t)(16 + len + dict + 3) / 4 * 4;
	fake_u64(bytes.f, fake_value(bytes.f, "log_next_seq"), ++bytes.n);
}

/* The rest of the ring is too small: the next record is at its start. */
static void log_wraps(void)
{
	fake_set(bytes.f, bytes.buf + bytes.at, "printk_log.len", 0);
	bytes.at = 0;
}

static void old_log(void **state)
{
	struct fake *f = *state;

	make_bytes(f, 512);
	bytes.at = 300;
	fake_u32(f, fake_value(f, "log_first_idx"), 300);
	log_bytes("SysRq : Trigger a crash", 0);
	log_bytes("one\ntwo", 40);
	log_wraps();
	log_bytes("after the wrap", 0);
	assert_true(read_it(f));
	assert_int_equal(read_log.store, KLOG_BYTES);
	assert_int_equal(read_log.lines.n, 4);
	assert_string_equal(line(0)->text, "SysRq : Trigger a crash");
	assert_true(line(0)->ts_s == 0.25);
	assert_int_equal(line(0)->level, 3);
	assert_string_equal(line(0)->caller, "");
	assert_string_equal(line(2)->text, "two");
	assert_string_equal(line(3)->text, "after the wrap");
	assert_int_equal(fake_dump(f)->notes.n, 0);
}

static void old_log_callers(void **state)
{
	struct fake *f = *state;

	make_bytes(f, 512);
	fake_type(f, "printk_log", 24);
	fake_member(f, "printk_log", "caller_id", 16, 4);
	fake_set(f, bytes.buf, "printk_log.len", 28);
	fake_set(f, bytes.buf, "printk_log.text_len", 4);
	fake_set(f, bytes.buf, "printk_log.caller_id", 1234);
	fake_bytes(f, bytes.buf + 24, "text", 4);
	fake_u64(f, fake_value(f, "log_next_seq"), 1);
	assert_true(read_it(f));
	assert_string_equal(line(0)->text, "text");
	assert_string_equal(line(0)->caller, "T1234");
}

static void old_log_damaged(void **state)
{
	struct fake *f = *state;
	kaddr_t second;

	make_bytes(f, 4096);
	log_bytes("one", 0);
	second = bytes.buf + bytes.at;
	log_bytes("two", 0);
	log_bytes("three", 0);
	fake_set(f, second, "printk_log.len", 8); /* less than its own header */
	assert_true(read_it(f));
	assert_int_equal(read_log.lines.n, 1);
	assert_int_equal(read_log.damaged, 2);
	assert_true(fake_has_note(f, "the chain of records breaks"));
	fake_set(f, second, "printk_log.len", 20);
	fake_set(f, second, "printk_log.text_len", 5); /* more than there is */
	assert_true(read_it(f));
	assert_int_equal(read_log.lines.n, 1);
	fake_set(f, second, "printk_log.len", 0); /* wraps without end */
	fake_set(f, bytes.buf, "printk_log.len", 0);
	assert_true(read_it(f));
	assert_int_equal(read_log.lines.n, 0);
	assert_int_equal(read_log.damaged, 3);
	fake_u32(f, fake_value(f, "log_first_idx"), 5000); /* outside of it */
	assert_true(read_it(f));
	assert_int_equal(read_log.lines.n, 0);
	fake_u64(f, fake_value(f, "log_next_seq"), 1000000);
	assert_false(read_it(f));
	assert_true(fake_has_note(f, "not to be believed"));
	fake_u32(f, fake_value(f, "log_buf_len"), 0);
	assert_false(read_it(f));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(normal),
		fake_test(text_of_a_record),
		fake_test(long_text),
		fake_test(wraps),
		fake_test(fits_exactly),
		fake_test(states),
		fake_test(damaged_records),
		fake_test(missing_pages),
		fake_test(absurd_sizes),
		fake_test(only_the_newest),
		fake_test(newest_of_many_lines),
		fake_test(nothing_there),
		fake_test(interrupted),
		fake_test(old_log),
		fake_test(old_log_callers),
		fake_test(old_log_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
