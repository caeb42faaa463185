// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "kernel/sched/lock.h"

static struct tasks tasks;
static struct lock_owner owner;
static kaddr_t holder;

/* One task that may hold locks; returns a zeroed lock. */
static kaddr_t lock(struct fake *f, const char *type)
{
	fake_kernel(f);
	holder = fake_task(f, 700, "Xorg");
	assert_true(tasks_read(fake_dump(f), &tasks));
	return fake_new(f, type);
}

static void of_mutex(struct fake *f, kaddr_t mutex, uint64_t word)
{
	fake_set(f, mutex, "mutex.owner", word);
	mutex_owner(fake_dump(f), &tasks, mutex, &owner);
}

static void of_rwsem(struct fake *f, kaddr_t rwsem, uint64_t count, uint64_t word)
{
	fake_set(f, rwsem, "rw_semaphore.count", count);
	fake_set(f, rwsem, "rw_semaphore.owner", word);
	rwsem_owner(fake_dump(f), &tasks, rwsem, &owner);
}

static void assert_free(void)
{
	assert_true(owner.known);
	assert_int_equal(owner.task, 0);
	assert_null(owner.owner);
	assert_false(owner.readers);
}

static void assert_held(void)
{
	assert_true(owner.known);
	assert_int_equal(owner.task, holder);
	assert_non_null(owner.owner);
	assert_int_equal(owner.owner->pid, 700);
}

/* Its words, which name a task beside flags: to be read in hexadecimal. */
static void assert_shown_by(const char *type, kaddr_t at)
{
	assert_int_equal(owner.look.kind, LOOK_STRUCT);
	assert_string_equal(owner.look.type, type);
	assert_int_equal(owner.look.address, at);
	assert_true(owner.look.hex);
}

/* ---- mutex -------------------------------------------------------------- */

static void mutex_free(void **state)
{
	kaddr_t mutex = lock(*state, "mutex");

	of_mutex(*state, mutex, 0);
	assert_free();
	assert_shown_by("mutex.owner", mutex);
	/* Flags outlive the owner: WAITERS, HANDOFF, PICKUP. */
	of_mutex(*state, mutex, 7);
	assert_free();
}

static void mutex_held(void **state)
{
	kaddr_t mutex = lock(*state, "mutex");

	of_mutex(*state, mutex, holder);
	assert_held();
	assert_false(owner.handoff);
	of_mutex(*state, mutex, holder | 1);
	assert_held();
	assert_false(owner.handoff);
	of_mutex(*state, mutex, holder | 3);
	assert_held();
	assert_true(owner.handoff);
	of_mutex(*state, mutex, holder | 7);
	assert_held();
}

static void mutex_held_by_no_task(void **state)
{
	kaddr_t mutex = lock(*state, "mutex");

	of_mutex(*state, mutex, FAKE_NOWHERE | 1);
	assert_true(owner.known);
	assert_int_equal(owner.task, FAKE_NOWHERE);
	assert_null(owner.owner);
	/* Inside a task is not the task. */
	of_mutex(*state, mutex, holder + 64);
	assert_null(owner.owner);
}

static void assert_unknown(void)
{
	assert_false(owner.known);
	assert_int_equal(owner.task, 0);
	assert_null(owner.owner);
}

static void mutex_unreadable(void **state)
{
	kaddr_t mutex = lock(*state, "mutex");

	of_mutex(*state, mutex, holder);
	fake_exclude(*state, mutex, 1);
	mutex_owner(fake_dump(*state), &tasks, mutex, &owner);
	assert_unknown();
	mutex_owner(fake_dump(*state), &tasks, FAKE_NOWHERE, &owner);
	assert_unknown();
	fake_absent(*state, "mutex.owner");
	mutex_owner(fake_dump(*state), &tasks, holder, &owner);
	assert_unknown();
}

/* ---- rw_semaphore ------------------------------------------------------- */

/* 5.3 and later: bit 0 a writer, 1 waiters, 2 handoff, readers from bit 8. */
static void rwsem_held(void **state)
{
	kaddr_t rwsem = lock(*state, "rw_semaphore");

	of_rwsem(*state, rwsem, 0, 0);
	assert_free();
	of_rwsem(*state, rwsem, 1, holder);
	assert_held();
	assert_false(owner.readers);
	assert_shown_by("rw_semaphore.count,owner", rwsem);
	of_rwsem(*state, rwsem, 3, holder | 2);
	assert_held();
	assert_false(owner.readers);
	of_rwsem(*state, rwsem, 0x102, holder | 1);
	assert_held();
	assert_true(owner.readers);
	assert_int_equal(owner.holders, 1);
	/* The highest bit is a guard. */
	of_rwsem(*state, rwsem, 0x8000000000000302, holder | 1);
	assert_int_equal(owner.holders, 3);
	of_rwsem(*state, rwsem, 0x200, holder | 7);
	assert_held();
	assert_true(owner.readers);
}

/* A reader leaves its name in owner when it goes, for debugging. */
static void rwsem_left_by_a_reader(void **state)
{
	kaddr_t rwsem = lock(*state, "rw_semaphore");

	of_rwsem(*state, rwsem, 0, holder | 1);
	assert_free();
	of_rwsem(*state, rwsem, 2, holder | 1);
	assert_free();
	of_rwsem(*state, rwsem, 6, holder | 1);
	assert_free();
}

/* Before 5.3 the low half counts who is in, the high half who waits. */
static void rwsem_of_older_kernels(void **state)
{
	kaddr_t rwsem = lock(*state, "rw_semaphore");

	fake_function(*state, "rwsem_down_write_failed", NULL, 0, 0);
	of_rwsem(*state, rwsem, 0xffffffff00000001, holder);
	assert_held();
	assert_false(owner.readers);
	of_rwsem(*state, rwsem, 2, 1);
	assert_true(owner.known);
	assert_true(owner.readers);
	assert_int_equal(owner.holders, 2);
	assert_null(owner.owner);
	of_rwsem(*state, rwsem, 0xffffffff00000000, 1);
	assert_free();
	/* Who froze a file system leaves as a writer who is nobody. */
	of_rwsem(*state, rwsem, 0xfffffffe00000001, UINT64_MAX);
	assert_free();
	assert_false(owner.free);
	of_rwsem(*state, rwsem, 0xfffffffe00000001, UINT64_MAX - 1);
	assert_free();
	assert_int_equal(owner.task, 0);
}

static void rwsem_unreadable(void **state)
{
	kaddr_t rwsem = lock(*state, "rw_semaphore");

	of_rwsem(*state, rwsem, 1, holder);
	fake_absent(*state, "rw_semaphore.count");
	rwsem_owner(fake_dump(*state), &tasks, rwsem, &owner);
	assert_unknown();
	rwsem_owner(fake_dump(*state), &tasks, FAKE_NOWHERE, &owner);
	assert_unknown();
}

/* ---- locks that nobody has ------------------------------------------------ */

static void nobody_is_in(void **state)
{
	kaddr_t mutex = lock(*state, "mutex");

	of_mutex(*state, mutex, holder | 1);
	assert_false(owner.free);
	of_mutex(*state, mutex, 1);
	assert_true(owner.free);
	/* PICKUP: handed to him, who has not come to take it. */
	of_mutex(*state, mutex, holder | 5);
	assert_true(owner.free);
	assert_non_null(owner.owner);
	fake_unmap(*state, mutex, 8);
	mutex_owner(fake_dump(*state), &tasks, mutex, &owner);
	assert_false(owner.free);
}

static void nobody_is_in_an_rwsem(void **state)
{
	kaddr_t rwsem = lock(*state, "rw_semaphore");

	of_rwsem(*state, rwsem, 2, holder | 1);
	assert_true(owner.free);
	of_rwsem(*state, rwsem, 0x102, holder | 1);
	assert_false(owner.free);
	of_rwsem(*state, rwsem, 3, holder);
	assert_false(owner.free);
}

static void of_semaphore(struct fake *f, kaddr_t sem)
{
	semaphore_owner(fake_dump(f), &tasks, sem, &owner);
}

/* up() counts only where nobody waits. */
static void semaphore(void **state)
{
	kaddr_t sem = lock(*state, "semaphore");

	of_semaphore(*state, sem);
	assert_true(owner.known);
	assert_string_equal(owner.look.type, "semaphore.count");
	assert_false(owner.free);
	assert_false(owner.readers);
	assert_true(owner.holders < 0);
	fake_set(*state, sem, "semaphore.count", 1);
	of_semaphore(*state, sem);
	assert_true(owner.free);
	of_semaphore(*state, FAKE_NOWHERE);
	assert_unknown();
	assert_false(owner.free);
}

/* Since 6.16 it says who took it last, until he gives it back. */
static void semaphore_with_a_holder(void **state)
{
	kaddr_t sem;

	fake_type(*state, "semaphore", 32);
	fake_member(*state, "semaphore", "last_holder", 24, 8);
	sem = lock(*state, "semaphore");
	fake_set(*state, sem, "semaphore.last_holder", holder);
	of_semaphore(*state, sem);
	assert_int_equal(owner.owner->addr, holder);
	assert_true(owner.readers);
	fake_set(*state, sem, "semaphore.last_holder", FAKE_NOWHERE);
	of_semaphore(*state, sem);
	assert_null(owner.owner);
	fake_set(*state, sem, "semaphore.last_holder", 0);
	of_semaphore(*state, sem);
	assert_null(owner.owner);
	assert_false(owner.readers);
}

/* Memory of a task that is no more still says whose it was, or does not. */
static void the_owner_is_gone(void **state)
{
	kaddr_t mutex = lock(*state, "mutex");
	kaddr_t gone = fake_new(*state, "task_struct");

	of_mutex(*state, mutex, gone | 1);
	assert_null(owner.owner);
	assert_false(owner.free);
	assert_int_equal(owner.gone_pid, 0);
	fake_set(*state, gone, "task_struct.pid", 321);
	fake_set_string(*state, gone, "task_struct.comm", "left\x1b");
	of_mutex(*state, mutex, gone | 1);
	assert_int_equal(owner.gone_pid, 321);
	assert_string_equal(owner.gone_comm, "left\\x1b");
	fake_set(*state, gone, "task_struct.pid", 0x6b6b6b6b);
	of_mutex(*state, mutex, gone | 1);
	assert_int_equal(owner.gone_pid, 0);
	of_mutex(*state, mutex, FAKE_NOWHERE);
	assert_int_equal(owner.gone_pid, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(mutex_free),
		fake_test(mutex_held),
		fake_test(mutex_held_by_no_task),
		fake_test(mutex_unreadable),
		fake_test(rwsem_held),
		fake_test(rwsem_left_by_a_reader),
		fake_test(rwsem_of_older_kernels),
		fake_test(rwsem_unreadable),
		fake_test(nobody_is_in),
		fake_test(nobody_is_in_an_rwsem),
		fake_test(semaphore),
		fake_test(semaphore_with_a_holder),
		fake_test(the_owner_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
