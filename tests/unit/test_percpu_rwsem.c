// SPDX-License-Identifier: GPL-2.0-or-later
/* A percpu_rw_semaphore: who waits for it, and how many are in. */
#include "waiting.h"

#include "kernel/sched/percpu_rwsem.h"

static struct tasks tasks;
static struct lock_owner owner;
static struct wait wait;
static struct fake *fake;
static kaddr_t writer, reader, rwsem, counts;

static void kernel(void *f)
{
	fake = f;
	fake_kernel(fake);
	writer = fake_task(fake, 700, "writer");
	reader = fake_task(fake, 701, "reader");
	rwsem = fake_variable(fake, "the_lock", 160);
	counts = fake_percpu_alloc(fake, 4);
	fake_id_set(fake, rwsem, PERCPU_RWSEM_COUNT, counts);
	fake_id_set(fake, rwsem, PERCPU_RWSEM_BLOCK, 1);
	fake_id_set(fake, rwsem, PERCPU_RWSEM_WRITER, writer);
	memset(&tasks, 0, sizeof(tasks));
	tasks_read(fake_dump(fake), &tasks);
}

static void count(unsigned int cpu, uint32_t readers)
{
	fake_u32(fake, fake_percpu(fake, cpu, counts), readers);
}

static void of_lock(void)
{
	percpu_rwsem_owner(fake_dump(fake), &tasks, rwsem, &owner);
}

/* ---- who is in --------------------------------------------------------------- */

static void readers_are_counted_on_all_cpus(void **state)
{
	kernel(*state);
	/* One went from CPU 0 to CPU 1. */
	count(0, 3);
	count(1, (uint32_t)-1);
	of_lock();
	assert_true(owner.known);
	assert_true(owner.readers);
	assert_int_equal(owner.holders, 2);
	assert_false(owner.free);
	assert_null(owner.owner);
}

static void a_writer_about_to_go_in(void **state)
{
	kernel(*state);
	of_lock();
	assert_true(owner.known);
	assert_non_null(strstr(owner.look.type, "block,writer"));
	assert_false(owner.readers);
	assert_int_equal(owner.owner->addr, writer);
}

static void a_writer_that_is_in(void **state)
{
	kernel(*state);
	fake_id_set(fake, rwsem, PERCPU_RWSEM_WRITER, 0);
	of_lock();
	assert_true(owner.known);
	assert_false(owner.free);
	assert_null(owner.owner);
}

static void nobody(void **state)
{
	kernel(*state);
	fake_id_set(fake, rwsem, PERCPU_RWSEM_BLOCK, 0);
	fake_id_set(fake, rwsem, PERCPU_RWSEM_WRITER, 0);
	of_lock();
	assert_true(owner.free);
}

static void counts_that_cannot_be(void **state)
{
	kernel(*state);
	count(0, (uint32_t)-1);
	of_lock();
	assert_false(owner.known);
	count(0, 0x7fffffff);
	of_lock();
	assert_false(owner.known);
	fake_id_set(fake, rwsem, PERCPU_RWSEM_COUNT, 0);
	of_lock();
	assert_false(owner.known);
	rwsem = FAKE_NOWHERE;
	of_lock();
	assert_false(owner.known);
}

/* ---- who waits --------------------------------------------------------------- */

static void find(kaddr_t task, const char *first, const char *second)
{
	waiting_find(fake, &tasks, task, &wait, first, second);
}

static kaddr_t on_stack(kaddr_t task, size_t below)
{
	return waiting_place(fake, task, below);
}

/* No record of him is on any list. */
static void a_writer_waits_for_readers(void **state)
{
	kernel(*state);
	count(1, 1);
	fake_u64(fake, on_stack(writer, 0x100), rwsem);
	find(writer, "schedule", "percpu_down_write");
	assert_int_equal(wait.kind, WAIT_PERCPU_RWSEM);
	assert_int_equal(wait.object, rwsem);
	assert_string_equal(wait.symbol, "the_lock");
	assert_int_equal(wait.record, 0);
	assert_false(wait.reader);
	assert_int_equal(wait.owner.holders, 1);
	/* Or what his stack has of it is the address of his own name in it. */
	fake_u64(fake, on_stack(writer, 0x100),
		 fake_id_at(fake, rwsem, PERCPU_RWSEM_WRITER));
	find(writer, "schedule", "percpu_down_write");
	assert_int_equal(wait.object, rwsem);
}

static void a_writer_of_another(void **state)
{
	kernel(*state);
	fake_u64(fake, on_stack(writer, 0x100), rwsem);
	fake_id_set(fake, rwsem, PERCPU_RWSEM_WRITER, reader);
	find(writer, "schedule", "percpu_down_write");
	assert_int_equal(wait.kind, WAIT_NOTHING);
	/* Nor where it waits for something else, though the lock has its name. */
	fake_id_set(fake, rwsem, PERCPU_RWSEM_WRITER, writer);
	find(writer, "schedule", "elsewhere");
	assert_int_equal(wait.kind, WAIT_NOTHING);
}

static void pointers_to_nowhere(void **state)
{
	kernel(*state);
	fake_u64(fake, on_stack(writer, 0x100), FAKE_NOWHERE);
	fake_u64(fake, on_stack(writer, 0x108), ~0ull - 7);
	fake_u64(fake, on_stack(writer, 0x110), on_stack(writer, 0x80));
	find(writer, "schedule", "percpu_down_write");
	assert_int_equal(wait.kind, WAIT_NOTHING);
	assert_non_null(wait.why);
}

/* Since 5.7 in the lock's own queue; before, in its rw_semaphore. */
static void a_reader_waits(void **state)
{
	kaddr_t record, head;

	kernel(*state);
	if (!layout_has(fake_dump(fake), PERCPU_RWSEM_WAITERS))
		return;
	head = fake_id_at(fake, rwsem, PERCPU_RWSEM_WAITERS) +
	       (kaddr_t)layout_offset(fake_dump(fake), WAIT_HEAD_LIST);
	fake_list_head(fake, head);
	record = waiting_entry(fake, reader, 0x100,
			       fake_id_at(fake, rwsem, PERCPU_RWSEM_WAITERS));
	find(reader, "percpu_rwsem_wait", "__percpu_down_read");
	assert_int_equal(wait.kind, WAIT_PERCPU_RWSEM);
	assert_int_equal(wait.object, rwsem);
	assert_int_equal(wait.record, record);
	assert_true(wait.reader);
	assert_int_equal(wait.owner.owner->addr, writer);
	/* A queue of that shape which is in no such lock. */
	fake_id_set(fake, rwsem, PERCPU_RWSEM_COUNT, FAKE_NOWHERE);
	find(reader, "percpu_rwsem_wait", "__percpu_down_read");
	assert_int_equal(wait.kind, WAIT_QUEUE);
}

/*
 * Until 5.7 who would write to a frozen file system sleeps on an rw_semaphore in it, whose
 * owner is nobody.
 */
static void a_frozen_file_system(void **state)
{
	kaddr_t sb, lock, record;

	kernel(*state);
	sb = fake_new(fake, "super_block");
	fake_list_head(fake, fake_variable(fake, "super_blocks", 16));
	fake_list_add_tail(fake, fake_value(fake, "super_blocks"),
			   fake_id_at(fake, sb, SB_LIST));
	fake_id_set(fake, sb, SB_FROZEN, 4);
	fake_function(fake, "rwsem_down_write_failed", NULL, 0, 0);
	lock = fake_id_at(fake, sb, SB_FROZEN) + 64;
	fake_id_set(fake, lock, RWSEM_COUNT, 0xfffffffe00000001);
	fake_id_set(fake, lock, RWSEM_OWNER, UINT64_MAX);
	fake_list_head(fake, fake_id_at(fake, lock, RWSEM_WAIT_LIST));
	record = waiting_place(fake, reader, 0x80);
	fake_id_set(fake, record, RWSEM_WAITER_TASK, reader);
	fake_list_add_tail(fake, fake_id_at(fake, lock, RWSEM_WAIT_LIST),
			   fake_id_at(fake, record, RWSEM_WAITER_LIST));
	waiting_find(fake, &tasks, reader, &wait, "rwsem_down_read_failed",
		     "__percpu_down_read");
	assert_int_equal(wait.kind, WAIT_IO);
	assert_int_equal(wait.frozen, sb);
	/* Who wants it unmounted is not held back by that. */
	waiting_find(fake, &tasks, reader, &wait, "rwsem_down_read_failed",
		     "iterate_supers");
	assert_int_equal(wait.kind, WAIT_RWSEM);
	assert_int_equal(wait.frozen, 0);
	assert_false(wait.owner.readers);
	fake_id_set(fake, sb, SB_FROZEN, 0);
	waiting_find(fake, &tasks, reader, &wait, "rwsem_down_read_failed",
		     "__percpu_down_read");
	assert_int_equal(wait.kind, WAIT_RWSEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(a_frozen_file_system, 0),
		ON_ALL(readers_are_counted_on_all_cpus),
		ON_ALL(a_writer_about_to_go_in),
		ON_ALL(a_writer_that_is_in),
		ON_ALL(nobody),
		ON_ALL(counts_that_cannot_be),
		ON_ALL(a_writer_waits_for_readers),
		ON_ALL(a_writer_of_another),
		ON_ALL(pointers_to_nowhere),
		ON_ALL(a_reader_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
