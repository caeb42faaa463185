// SPDX-License-Identifier: GPL-2.0-or-later
/* Sleep for a bit of a page, a buffer, an inode, a word; and in the queues of a journal. */
#include "waiting.h"

static struct tasks tasks;
static struct wait wait;
static struct fake *fake;
static kaddr_t waiter, thread, queue;

static void kernel(void *f)
{
	fake = f;
	fake_kernel(fake);
	waiter = fake_task(fake, 700, "waiter");
	thread = fake_kthread(fake, 701, "jbd2/vda-8");
	queue = fake_alloc(fake, 64);
	fake_function(fake, "wake_page_function", "", 0, 0x100);
	fake_function(fake, "wake_bit_function", "", 0, 0x100);
	fake_function(fake, "var_wake_function", "", 0, 0x100);
	fake_function(fake, "autoremove_wake_function", "", 0, 0x100);
	fake_function(fake, "default_wake_function", "", 0, 0x100);
	memset(&wait, 0, sizeof(wait));
}

static void find(const char *first, const char *second)
{
	waiting_find(fake, &tasks, waiter, &wait, first, second);
}

/* How far the entry is from the beginning of the record that it is part of. */
static kaddr_t record(enum layout_id entry_in, const char *woken_by)
{
	kaddr_t entry;

	fake_list_head(fake, fake_id_at(fake, queue, WAIT_HEAD_LIST));
	entry = waiting_entry(fake, waiter, 0x100, queue);
	fake_id_set(fake, entry, WAIT_ENTRY_FUNC, fake_value(fake, woken_by));
	return entry - (kaddr_t)layout_offset(fake_dump(fake), entry_in);
}

static void for_page(kaddr_t page, uint64_t bit)
{
	kaddr_t r = record(WAIT_PAGE_ENTRY, "wake_page_function");

	fake_id_set(fake, r, WAIT_PAGE_PAGE, page);
	fake_id_set(fake, r, WAIT_PAGE_BIT, bit);
}

static void for_bit(kaddr_t word, uint64_t bit)
{
	kaddr_t r = record(WAIT_BIT_ENTRY, "wake_bit_function");

	fake_id_set(fake, r, WAIT_BIT_WORD, word);
	fake_id_set(fake, r, WAIT_BIT_NR, bit);
}

/* ---- bits ------------------------------------------------------------------- */

static void lock_of_a_page(void **state)
{
	kaddr_t page, mapping, host, sb;

	kernel(*state);
	page = fake_new(fake, "page");
	mapping = fake_alloc(fake, 256);
	host = fake_alloc(fake, 1024);
	sb = fake_new(fake, "super_block");
	fake_id_set(fake, page, PAGE_MAPPING, mapping);
	fake_id_set(fake, mapping, MAPPING_HOST, host);
	fake_id_set(fake, host, INODE_INO, 12);
	fake_id_set(fake, host, INODE_SB, sb);
	fake_string(fake, fake_id_at(fake, sb, SB_ID), "vda");
	for_page(page, 0);
	find("io_schedule", "filemap_fault");
	assert_int_equal(wait.kind, WAIT_IO);
	assert_int_equal(wait.bit.of, BIT_OF_PAGE);
	assert_int_equal(wait.object, page);
	assert_true(wait.bit.locked);
	assert_string_equal(wait.symbol, "lock of a page of inode 12 on vda");
}

static void writeback_of_a_page(void **state)
{
	kaddr_t page;
	char words[64];

	kernel(*state);
	page = fake_new(fake, "page");
	/* Of an anonymous one the mapping is none. */
	fake_id_set(fake, page, PAGE_MAPPING, FAKE_NOWHERE | 1);
	for_page(page, (uint64_t)layout_enum(fake_dump(fake), PG_WRITEBACK, -1));
	find("io_schedule", "wait_on_page_writeback");
	assert_int_equal(wait.kind, WAIT_IO);
	assert_true(wait.bit.writeback);
	assert_false(wait.bit.locked);
	snprintf(words, sizeof(words), "writeback of a page 0x%llx", HEX(page));
	assert_string_equal(wait.symbol, words);
}

static void buffer(void **state)
{
	kaddr_t bh;

	kernel(*state);
	bh = fake_alloc(fake, 128);
	for_bit(fake_id_at(fake, bh, BUFFER_STATE), 2);
	find("bit_wait_io", "__wait_on_buffer");
	assert_int_equal(wait.kind, WAIT_IO);
	assert_int_equal(wait.bit.of, BIT_OF_BUFFER);
	assert_int_equal(wait.object, bh);
	assert_int_equal(wait.bit.bit, 2);
}

/* Nothing on the stack says so: it is one of a page's. */
static void buffer_of_a_page(void **state)
{
	kaddr_t bh, other, page;

	kernel(*state);
	bh = fake_alloc(fake, 128);
	other = fake_alloc(fake, 128);
	page = fake_new(fake, "page");
	fake_id_set(fake, bh, BUFFER_PAGE, page);
	fake_id_set(fake, other, BUFFER_PAGE, page);
	fake_id_set(fake, bh, BUFFER_NEXT, other);
	fake_id_set(fake, other, BUFFER_NEXT, bh);
	for_bit(fake_id_at(fake, bh, BUFFER_STATE), 2);
	find("bit_wait_io", "__ext4_find_entry");
	assert_int_equal(wait.kind, WAIT_IO);
	assert_int_equal(wait.bit.of, BIT_OF_BUFFER);
	assert_int_equal(wait.object, bh);
	/* A ring that does not come back to it, of another page, to nowhere. */
	fake_id_set(fake, other, BUFFER_NEXT, other);
	find("bit_wait_io", "__ext4_find_entry");
	assert_int_equal(wait.bit.of, BIT_OF_WORD);
	fake_id_set(fake, other, BUFFER_NEXT, bh);
	fake_id_set(fake, other, BUFFER_PAGE, page + 64);
	find("bit_wait_io", "__ext4_find_entry");
	assert_int_equal(wait.bit.of, BIT_OF_WORD);
	fake_id_set(fake, bh, BUFFER_NEXT, FAKE_NOWHERE);
	find("bit_wait_io", "__ext4_find_entry");
	assert_int_equal(wait.bit.of, BIT_OF_WORD);
}

static void inode(void **state)
{
	kaddr_t addr;

	kernel(*state);
	addr = fake_alloc(fake, 1024);
	fake_id_set(fake, addr, INODE_INO, 7);
	for_bit(fake_id_at(fake, addr, INODE_STATE), 3);
	find("bit_wait", "__wait_on_freeing_inode");
	assert_int_equal(wait.kind, WAIT_BIT);
	assert_int_equal(wait.bit.of, BIT_OF_INODE);
	assert_int_equal(wait.object, addr);
	assert_string_equal(wait.symbol, "state of inode 7");
	/* In which function who is to end it is, where it is for the end of that. */
	assert_string_equal(wait.bit.keeper, "evict");
	find("bit_wait", "__inode_wait_for_writeback");
	assert_string_equal(wait.bit.keeper, "__writeback_single_inode");
	find("bit_wait", "wait_on_inode");
	assert_int_equal(wait.bit.of, BIT_OF_INODE);
	assert_null(wait.bit.keeper);
}

/* Since 6.12 it is a change of a byte of the state, another one for each bit. */
static void byte_of_an_inode(void **state)
{
	kaddr_t addr, r;

	kernel(*state);
	addr = fake_alloc(fake, 1024);
	fake_id_set(fake, addr, INODE_INO, 7);
	r = record(WAIT_BIT_ENTRY, "var_wake_function");
	fake_id_set(fake, r, WAIT_BIT_WORD, fake_id_at(fake, addr, INODE_STATE) + 1);
	fake_id_set(fake, r, WAIT_BIT_NR, (uint32_t)-1);
	find("schedule", "inode_wait_for_writeback");
	assert_int_equal(wait.bit.of, BIT_OF_INODE);
	assert_int_equal(wait.object, addr);
	assert_string_equal(wait.symbol, "state of inode 7");
	assert_string_equal(wait.bit.keeper, "__writeback_single_inode");
}

/* Nobody says what it is in; a word's change has no bit. */
static void word(void **state)
{
	kaddr_t flags;

	kernel(*state);
	flags = fake_variable(fake, "some_flags", 8);
	for_bit(flags, 5);
	find("bit_wait", "something");
	assert_int_equal(wait.kind, WAIT_BIT);
	assert_int_equal(wait.object, flags);
	assert_string_equal(wait.symbol, "bit 5 of some_flags+0x0");
	fake_id_set(fake, waiting_place(fake, waiter, 0x100), WAIT_ENTRY_FUNC,
		    fake_value(fake, "var_wake_function"));
	fake_id_set(fake,
		    member_base(fake_dump(fake), waiting_place(fake, waiter, 0x100),
				WAIT_BIT_ENTRY),
		    WAIT_BIT_NR, (uint32_t)-1);
	find("schedule", "something");
	assert_string_equal(wait.symbol, "change of some_flags+0x0");
}

/* The queue is one of its own, and the words before the entry are somebody's. */
static void ordinary_queue(void **state)
{
	kernel(*state);
	record(WAIT_BIT_ENTRY, "autoremove_wake_function");
	find("schedule", "something");
	assert_int_equal(wait.kind, WAIT_QUEUE);
	assert_int_equal(wait.object, queue);
}

/* Who looks the name up has the queue on his stack. */
static void name_that_is_looked_up(void **state)
{
	kernel(*state);
	queue = waiting_place(fake, thread, 0x180);
	record(WAIT_BIT_ENTRY, "default_wake_function");
	find("schedule", "d_alloc_parallel");
	assert_int_equal(wait.kind, WAIT_QUEUE);
	assert_int_equal(wait.looker->addr, thread);
	assert_string_equal(wait.symbol, "lookup of a name by jbd2/vda-8");
	find("schedule", "something");
	assert_null(wait.looker);
	/* Below it one may sleep for other things; and on his own stack is nobody else's. */
	queue = fake_alloc(fake, 64);
	record(WAIT_BIT_ENTRY, "default_wake_function");
	find("schedule", "d_alloc_parallel");
	assert_null(wait.looker);
	queue = waiting_place(fake, waiter, 0x180);
	record(WAIT_BIT_ENTRY, "default_wake_function");
	find("schedule", "d_alloc_parallel");
	assert_null(wait.looker);
}

static void pages_and_words_that_cannot_be(void **state)
{
	kernel(*state);
	for_page(FAKE_NOWHERE, 0);
	find("io_schedule", "filemap_fault");
	assert_int_equal(wait.kind, WAIT_IO);
	assert_contains(wait.symbol, "lock of a page 0x");
	for_page(0, 0);
	find("schedule", "something");
	assert_int_equal(wait.kind, WAIT_QUEUE);
	for_bit(0, 0);
	find("schedule", "something");
	assert_int_equal(wait.kind, WAIT_QUEUE);
	for_bit(FAKE_NOWHERE, ~0ull);
	find("bit_wait", "find_inode_fast");
	assert_int_equal(wait.kind, WAIT_BIT);
}

/* ---- journals ----------------------------------------------------------------- */

static kaddr_t journal, handle, transaction;

/* Its thread, and a handle of its transaction that this task has. */
static void with_journal(kaddr_t owner)
{
	kaddr_t own = fake_alloc(fake, 256);

	journal = fake_alloc(fake, 2048);
	handle = fake_alloc(fake, 64);
	transaction = fake_alloc(fake, 256);
	fake_function(fake, "kjournald2", "jbd2", 0, 0x100);
	fake_id_set(fake, thread, TASK_KTHREAD, own);
	fake_id_set(fake, own, KTHREAD_DATA, journal);
	fake_id_set(fake, own, KTHREAD_MAIN, fake_value(fake, "kjournald2"));
	fake_id_set(fake, owner, TASK_JOURNAL_INFO, handle);
	fake_id_set(fake, handle, HANDLE_TRANSACTION, transaction);
	fake_id_set(fake, transaction, TRANSACTION_JOURNAL, journal);
	queue = journal + 128;
}

static void commit_of_a_journal(void **state)
{
	kernel(*state);
	with_journal(waiter);
	record(WAIT_BIT_ENTRY, "autoremove_wake_function");
	find("schedule", "jbd2_log_wait_commit");
	assert_int_equal(wait.kind, WAIT_QUEUE);
	assert_int_equal(wait.thread->addr, thread);
	assert_string_equal(wait.symbol, "journal of jbd2/vda-8");
	assert_int_equal(wait.handles.all.n, 0);
	/* Another queue, of whatever lies behind it. */
	queue = journal + 4096;
	fake_map(fake, queue, 64);
	record(WAIT_BIT_ENTRY, "autoremove_wake_function");
	find("schedule", "jbd2_log_wait_commit");
	assert_null(wait.thread);
}

static void thread_waits_for_handles(void **state)
{
	kaddr_t owner, sleeper;

	kernel(*state);
	owner = waiter;
	with_journal(owner);
	sleeper = fake_task(fake, 702, "btrfs");
	/* Another file system has a word of its own there. */
	fake_id_set(fake, sleeper, TASK_JOURNAL_INFO, 1);
	waiter = thread;
	record(WAIT_BIT_ENTRY, "autoremove_wake_function");
	find("schedule", "jbd2_journal_commit_transaction");
	assert_int_equal(wait.kind, WAIT_QUEUE);
	assert_null(wait.thread);
	assert_int_equal(wait.handles.all.n, 1);
	assert_int_equal(wait.handles.all.v[0]->addr, owner);
	/* Of another journal's transaction. */
	fake_id_set(fake, transaction, TRANSACTION_JOURNAL, journal + 8);
	find("schedule", "jbd2_journal_commit_transaction");
	assert_int_equal(wait.handles.all.n, 0);
	fake_id_set(fake, handle, HANDLE_TRANSACTION, FAKE_NOWHERE);
	find("schedule", "jbd2_journal_commit_transaction");
	assert_int_equal(wait.handles.all.n, 0);
}

/* A thread that is started with something else, or is none. */
static void threads_that_are_no_journal(void **state)
{
	kernel(*state);
	with_journal(waiter);
	fake_id_set(fake, thread, TASK_KTHREAD, FAKE_NOWHERE);
	record(WAIT_BIT_ENTRY, "autoremove_wake_function");
	find("schedule", "jbd2_log_wait_commit");
	assert_int_equal(wait.kind, WAIT_QUEUE);
	assert_null(wait.thread);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_ALL(lock_of_a_page),
		ON_ALL(writeback_of_a_page),
		ON_ALL(buffer),
		ON_ALL(buffer_of_a_page),
		ON_ALL(inode),
		ON_ALL(byte_of_an_inode),
		ON_ALL(word),
		ON_ALL(ordinary_queue),
		ON_ALL(name_that_is_looked_up),
		ON_ALL(pages_and_words_that_cannot_be),
		ON_ALL(commit_of_a_journal),
		ON_ALL(thread_waits_for_handles),
		ON_ALL(threads_that_are_no_journal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
