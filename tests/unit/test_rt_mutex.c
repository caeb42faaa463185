// SPDX-License-Identifier: GPL-2.0-or-later
/* Locks of PREEMPT_RT, and rt_mutex: who waits, and who has them. */
#include "waiting.h"

#include "kernel/sched/rt_mutex.h"

static struct tasks tasks;
static struct wait wait;
static struct fake *fake;
static kaddr_t waiter, owner, lock, record, spare;

/* As they are in Debian's 5.10 and 6.1 for PREEMPT_RT. */
static const struct fake_row rt_5_10[] = {
	FAKE_M("task_struct.pi_blocked_on", 2776, 8),
	FAKE_M("rt_mutex.owner", 24, 8),
	FAKE_M("rt_mutex.waiters.rb_leftmost", 16, 8),
	FAKE_M("rt_mutex.waiters.rb_root.rb_node", 8, 8),
	FAKE_M("rt_mutex_waiter.tree_entry", 0, 24),
	FAKE_M("rt_mutex_waiter.task", 48, 8),
	FAKE_M("rt_mutex_waiter.lock", 56, 8),
	FAKE_M("rb_node.__rb_parent_color", 0, 8),
	FAKE_M("mutex.lock", 0, 32),
	FAKE_M("rw_semaphore.readers", 0, 4),
	FAKE_M("rw_semaphore.rtmutex", 8, 32),
};
static const struct fake_row rt_6_1[] = {
	FAKE_M("task_struct.pi_blocked_on", 3384, 8),
	FAKE_M("rt_mutex_base.owner", 24, 8),
	FAKE_M("rt_mutex_base.waiters.rb_leftmost", 16, 8),
	FAKE_M("rt_mutex_base.waiters.rb_root.rb_node", 8, 8),
	FAKE_M("rt_mutex_waiter.tree.entry", 0, 24),
	FAKE_M("rt_mutex_waiter.task", 80, 8),
	FAKE_M("rt_mutex_waiter.lock", 88, 8),
	FAKE_M("rb_node.__rb_parent_color", 0, 8),
	FAKE_M("mutex.rtmutex", 0, 32),
	FAKE_M("rw_semaphore.rwbase.readers", 0, 4),
	FAKE_M("rw_semaphore.rwbase.rtmutex", 8, 32),
};

static void kernel(void *f)
{
	static const char *const gone[] = {"mutex.owner",	    "mutex.wait_list",
					   "mutex_waiter.list",	    "mutex_waiter.task",
					   "rw_semaphore.owner",    "rw_semaphore.count",
					   "rw_semaphore.wait_list"};
	size_t i;

	fake = f;
	for (i = 0; i < ARRAY_SIZE(gone); i++)
		fake_absent(fake, gone[i]);
	/* task_struct is as in the kernel without, where there is room for it. */
	if (fake_size(fake, "task_struct") >= 3392)
		fake_rows(fake, rt_6_1, ARRAY_SIZE(rt_6_1));
	else
		fake_rows(fake, rt_5_10, ARRAY_SIZE(rt_5_10));
	fake_kernel(fake);
	waiter = fake_task(fake, 700, "waiter");
	owner = fake_task(fake, 701, "owner");
	lock = fake_variable(fake, "the_lock", 64);
	spare = fake_alloc(fake, 256);
	record = waiting_place(fake, waiter, 0x180);
	fake_id_set(fake, waiter, TASK_PI_BLOCKED_ON, record);
	fake_id_set(fake, record, RT_WAITER_TASK, waiter);
}

/* In the tree of this one, below another's record. */
static void queue_on(kaddr_t rt_mutex)
{
	fake_id_set(fake, record, RT_WAITER_LOCK, rt_mutex);
	fake_id_set(fake, fake_id_at(fake, record, RT_WAITER_NODE), RB_PARENT,
		    fake_id_at(fake, spare, RT_WAITER_NODE) | 1);
	fake_id_set(fake, fake_id_at(fake, spare, RT_WAITER_NODE), RB_PARENT, 1);
	fake_id_set(fake, rt_mutex, RT_MUTEX_ROOT,
		    fake_id_at(fake, spare, RT_WAITER_NODE));
	fake_id_set(fake, rt_mutex, RT_MUTEX_FIRST,
		    fake_id_at(fake, record, RT_WAITER_NODE));
	fake_id_set(fake, rt_mutex, RT_MUTEX_OWNER, owner | 1);
}

static void find(const char *first, const char *second)
{
	waiting_find(fake, &tasks, waiter, &wait, first, second);
}

static void mutex(void **state)
{
	kernel(*state);
	queue_on(lock);
	find("rt_mutex_slowlock_block", "mutex_lock");
	assert_int_equal(wait.kind, WAIT_MUTEX);
	assert_int_equal(wait.object, lock);
	assert_int_equal(wait.record, record);
	assert_string_equal(wait.symbol, "the_lock");
	assert_int_equal(wait.owner.owner->addr, owner);
	assert_true(wait.owner.look.hex);
	assert_int_equal(wait.owner.look.address, lock);
	assert_false(wait.owner.free);
	assert_int_equal(wait.first->addr, waiter);
	/* What is there otherwise is not asked for. */
	layout_note_missing(fake_dump(fake));
	assert_false(fake_has_note(fake, "mutex_waiter"));
}

static void spinlock(void **state)
{
	kernel(*state);
	queue_on(lock);
	find("rtlock_slowlock_locked", "rt_spin_lock");
	assert_int_equal(wait.kind, WAIT_SPINLOCK);
	assert_int_equal(wait.owner.owner->addr, owner);
}

/* Let go of, and whom that woke has not come yet; or nobody was woken. */
static void nobody_has_it(void **state)
{
	kernel(*state);
	queue_on(lock);
	fake_id_set(fake, lock, RT_MUTEX_OWNER, 1);
	find("rt_mutex_slowlock_block", "mutex_lock");
	assert_true(wait.owner.free);
	assert_null(wait.owner.owner);
}

/* A reader behind a writer, and a second writer, wait for the first. */
static void rwsem_of_a_writer(void **state)
{
	kernel(*state);
	queue_on(fake_id_at(fake, lock, RWSEM_RT_MUTEX));
	fake_id_set(fake, lock, RWSEM_RT_READERS, 0x40000000);
	find("__rwbase_read_lock", "down_read");
	assert_int_equal(wait.kind, WAIT_RWSEM);
	assert_int_equal(wait.object, lock);
	assert_true(wait.reader);
	assert_int_equal(wait.owner.owner->addr, owner);
	assert_false(wait.owner.readers);
	/* Who has it waits for readers, too: no circle with him in it. */
	fake_id_set(fake, lock, RWSEM_RT_READERS, 2);
	find("__rwbase_read_lock", "down_read");
	assert_true(wait.owner.readers);
	assert_int_equal(wait.owner.holders, 2);
	assert_null(wait.owner.owner);
}

/* The writer has the lock in it, and waits for its readers without a record. */
static void rwsem_of_readers(void **state)
{
	kernel(*state);
	fake_id_set(fake, waiter, TASK_PI_BLOCKED_ON, 0);
	fake_id_set(fake, fake_id_at(fake, lock, RWSEM_RT_MUTEX), RT_MUTEX_OWNER,
		    waiter | 1);
	fake_id_set(fake, lock, RWSEM_RT_READERS, 2);
	fake_u64(fake, waiting_place(fake, waiter, 0x100), lock);
	find("rwbase_write_lock", "down_write");
	assert_int_equal(wait.kind, WAIT_RWSEM);
	assert_int_equal(wait.object, lock);
	assert_true(wait.owner.known);
	assert_true(wait.owner.readers);
	assert_int_equal(wait.owner.holders, 2);
	/* Or the stack has the address of the lock in it. */
	fake_u64(fake, waiting_place(fake, waiter, 0x100),
		 fake_id_at(fake, lock, RWSEM_RT_MUTEX));
	find("rwbase_write_lock", "down_write");
	assert_int_equal(wait.object, lock);
	/* He is in: he does not wait for that. */
	fake_id_set(fake, lock, RWSEM_RT_READERS, 0x40000000);
	find("rwbase_write_lock", "down_write");
	assert_int_equal(wait.kind, WAIT_NOTHING);
	/* Another's. */
	fake_id_set(fake, lock, RWSEM_RT_READERS, 2);
	fake_id_set(fake, fake_id_at(fake, lock, RWSEM_RT_MUTEX), RT_MUTEX_OWNER, owner);
	find("rwbase_write_lock", "down_write");
	assert_int_equal(wait.kind, WAIT_NOTHING);
}

static void records_that_lie(void **state)
{
	kaddr_t node;

	kernel(*state);
	node = fake_id_at(fake, record, RT_WAITER_NODE);
	queue_on(lock);
	/* A tree that goes round. */
	fake_id_set(fake, node, RB_PARENT, node | 1);
	find("rt_mutex_slowlock_block", "mutex_lock");
	assert_int_equal(wait.kind, WAIT_NOTHING);
	fake_id_set(fake, node, RB_PARENT, FAKE_NOWHERE);
	find("rt_mutex_slowlock_block", "mutex_lock");
	assert_int_equal(wait.kind, WAIT_NOTHING);
	/* Of another lock. */
	queue_on(lock);
	fake_id_set(fake, lock, RT_MUTEX_ROOT, node + 8);
	find("rt_mutex_slowlock_block", "mutex_lock");
	assert_int_equal(wait.kind, WAIT_NOTHING);
	queue_on(lock);
	fake_id_set(fake, record, RT_WAITER_LOCK, FAKE_NOWHERE);
	find("rt_mutex_slowlock_block", "mutex_lock");
	assert_int_equal(wait.kind, WAIT_NOTHING);
	/* Of another task, or not on its stack. */
	queue_on(lock);
	fake_id_set(fake, record, RT_WAITER_TASK, owner);
	find("rt_mutex_slowlock_block", "mutex_lock");
	assert_int_equal(wait.kind, WAIT_NOTHING);
	fake_id_set(fake, waiter, TASK_PI_BLOCKED_ON, spare);
	find("rt_mutex_slowlock_block", "mutex_lock");
	assert_int_equal(wait.kind, WAIT_NOTHING);
	/* An owner that is no task of the dump. */
	fake_id_set(fake, waiter, TASK_PI_BLOCKED_ON, record);
	fake_id_set(fake, record, RT_WAITER_TASK, waiter);
	fake_id_set(fake, lock, RT_MUTEX_OWNER, FAKE_NOWHERE);
	fake_id_set(fake, lock, RT_MUTEX_FIRST, FAKE_NOWHERE);
	find("rt_mutex_slowlock_block", "mutex_lock");
	assert_int_equal(wait.kind, WAIT_MUTEX);
	assert_null(wait.owner.owner);
	assert_null(wait.first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_ALL(mutex),
		ON_ALL(spinlock),
		ON_ALL(nobody_has_it),
		ON_ALL(rwsem_of_a_writer),
		ON_ALL(rwsem_of_readers),
		ON_ALL(records_that_lie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
