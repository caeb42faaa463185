// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Locks that point at their first waiter, as by 7.2.  The waiters are a ring, and what
 * leads from one of them to the lock is the task's own word or one on its stack.
 */
#include "test.h"

#include "kernel/sched/waiter.h"

#define UNINTERRUPTIBLE 2
#define IS_SEMAPHORE 1
#define IS_READER 2
#define IS_WRITER 3

static struct tasks tasks;
static struct workqueues wqs;
static struct rcu rcu;
static struct wait wait;

/* Xorg (700) sleeps; glxgears (701) is there to hold things. */
static kaddr_t xorg, glxgears;

static kaddr_t sleeper(struct fake *f, int pid, const char *comm)
{
	kaddr_t task = fake_task(f, pid, comm);

	fake_task_state(f, task, UNINTERRUPTIBLE);
	fake_set(f, task, "task_struct.thread.sp", fake_stack_top(f, task) - 0x400);
	return task;
}

static void kernel(struct fake *f)
{
	fake_kernel(f);
	fake_workqueues(f);
	xorg = sleeper(f, 700, "Xorg");
	glxgears = sleeper(f, 701, "glxgears");
}

static kaddr_t stack_at(struct fake *f, kaddr_t task, size_t at)
{
	return fake_get(f, task, "task_struct.thread.sp") + at;
}

/* A waiter's record, alone with itself or at the end of the ring of another. */
static kaddr_t waiter(struct fake *f, kaddr_t task, kaddr_t ring)
{
	kaddr_t record = stack_at(f, task, 0x40);

	fake_set(f, record, "mutex_waiter.task", task);
	if (ring)
		fake_list_add_tail(f, ring, record);
	else
		fake_list_head(f, record);
	return record;
}

/* Held by glxgears, and this is the first who waits. */
static kaddr_t new_mutex(struct fake *f, kaddr_t first)
{
	kaddr_t mutex = fake_variable(f, "a_mutex", 24);

	fake_set(f, mutex, "mutex.owner", glxgears | 1);
	fake_set(f, mutex, "mutex.first_waiter", first);
	return mutex;
}

static void find_with(struct fake *f, kaddr_t task, const char *function, bool complete)
{
	struct frame frame = {.function = function, .module = ""};
	struct stack stack = {.v = &frame, .n = 1, .complete = complete};
	struct wait_finder finder;

	tasks_read(fake_dump(f), &tasks);
	workqueues_read(fake_dump(f), &tasks, &wqs);
	wait_finder_init(&finder, fake_dump(f), &tasks, &wqs, &rcu);
	wait_find(&finder, task_by_addr(&tasks, task), &stack, &wait);
}

static void find(struct fake *f, kaddr_t task, const char *function)
{
	find_with(f, task, function, true);
}

static void assert_mutex(kaddr_t mutex)
{
	assert_int_equal(wait.kind, WAIT_MUTEX);
	assert_int_equal(wait.object, mutex);
	assert_string_equal(wait.symbol, "a_mutex");
	assert_int_equal(wait.owner.owner->pid, 701);
	assert_int_equal(wait.first->pid, 700);
}

static void assert_nothing(void)
{
	assert_int_equal(wait.kind, WAIT_NOTHING);
	assert_int_equal(wait.object, 0);
	assert_non_null(wait.why);
}

/* ---- what leads to the lock ------------------------------------------------ */

static void the_task_tells(void **state)
{
	kaddr_t mutex;

	kernel(*state);
	mutex = new_mutex(*state, waiter(*state, xorg, 0));
	fake_set(*state, xorg, "task_struct.blocker", mutex);
	find(*state, xorg, "__mutex_lock");
	assert_mutex(mutex);
	assert_int_equal(fake_dump(*state)->notes.n, 0);
}

static void a_word_of_the_stack_tells(void **state)
{
	kaddr_t mutex;

	kernel(*state);
	mutex = new_mutex(*state, waiter(*state, xorg, 0));
	fake_ptr(*state, stack_at(*state, xorg, 0x90), mutex);
	find(*state, xorg, "__mutex_lock");
	assert_mutex(mutex);
	fake_absent(*state, "task_struct.blocker");
	find(*state, xorg, "__mutex_lock");
	assert_mutex(mutex);
}

/* Nobody says which lock it is: one alone may be a left-over. */
static void alone_without_a_lock(void **state)
{
	kernel(*state);
	waiter(*state, xorg, 0);
	find(*state, xorg, "__mutex_lock");
	assert_nothing();
}

/* With others it is queued, wherever. */
static void others_without_a_lock(void **state)
{
	kernel(*state);
	waiter(*state, glxgears, waiter(*state, xorg, 0));
	find(*state, xorg, "__mutex_lock");
	assert_int_equal(wait.kind, WAIT_MUTEX);
	assert_int_equal(wait.object, 0);
	assert_false(wait.owner.known);
}

/* A waiter and its neighbour, seen as a lock, point into the ring as well. */
static void a_waiter_is_no_lock(void **state)
{
	kaddr_t first, at;

	kernel(*state);
	first = waiter(*state, xorg, 0);
	waiter(*state, glxgears, first);
	for (at = first - 32; at < first + 32; at += 8) {
		fake_ptr(*state, stack_at(*state, glxgears, 0x90), at);
		find(*state, glxgears, "__down_common");
		assert_int_equal(wait.kind, WAIT_SEMAPHORE);
		assert_int_equal(wait.object, 0);
	}
}

/* The lock was let go, and its next waiter is another. */
static void another_lock(void **state)
{
	kaddr_t mutex;

	kernel(*state);
	waiter(*state, xorg, 0);
	mutex = new_mutex(*state, waiter(*state, glxgears, 0));
	fake_set(*state, xorg, "task_struct.blocker", mutex);
	find(*state, xorg, "__mutex_lock");
	assert_nothing();
	fake_set(*state, mutex, "mutex.first_waiter", 0);
	find(*state, xorg, "__mutex_lock");
	assert_nothing();
}

/* ---- kinds of lock ----------------------------------------------------------- */

static void on_rwsem(void **state)
{
	kaddr_t rwsem, record;

	kernel(*state);
	record = waiter(*state, xorg, 0);
	rwsem = fake_new(*state, "rw_semaphore");
	fake_set(*state, rwsem, "rw_semaphore.count", 3);
	fake_set(*state, rwsem, "rw_semaphore.owner", glxgears);
	fake_set(*state, rwsem, "rw_semaphore.first_waiter", record);
	fake_set(*state, xorg, "task_struct.blocker", rwsem | IS_WRITER);
	find(*state, xorg, "rwsem_down_write_slowpath");
	assert_int_equal(wait.kind, WAIT_RWSEM);
	assert_int_equal(wait.object, rwsem);
	assert_int_equal(wait.owner.owner->pid, 701);
	assert_false(wait.reader);
	fake_set(*state, xorg, "task_struct.blocker", rwsem | IS_READER);
	find(*state, xorg, "rwsem_down_read_slowpath");
	assert_true(wait.reader);
}

static void on_semaphore(void **state)
{
	kaddr_t semaphore;

	kernel(*state);
	semaphore = fake_new(*state, "semaphore");
	fake_set(*state, semaphore, "semaphore.first_waiter", waiter(*state, xorg, 0));
	fake_set(*state, xorg, "task_struct.blocker", semaphore | IS_SEMAPHORE);
	find(*state, xorg, "___down_common");
	assert_int_equal(wait.kind, WAIT_SEMAPHORE);
	assert_int_equal(wait.object, semaphore);
}

/* Where the stack ends too early, the task's word says what kind of lock it is. */
static void stack_cut(void **state)
{
	kaddr_t rwsem;

	kernel(*state);
	rwsem = fake_new(*state, "rw_semaphore");
	fake_set(*state, rwsem, "rw_semaphore.first_waiter", waiter(*state, xorg, 0));
	fake_set(*state, xorg, "task_struct.blocker", rwsem | IS_READER);
	find_with(*state, xorg, "__schedule", false);
	assert_int_equal(wait.kind, WAIT_RWSEM);
	assert_int_equal(wait.object, rwsem);
	assert_true(wait.reader);
	assert_null(wait.where);
	/* On the stack it would be any of them. */
	fake_set(*state, xorg, "task_struct.blocker", 0);
	fake_ptr(*state, stack_at(*state, xorg, 0x90), rwsem);
	find_with(*state, xorg, "__schedule", false);
	assert_nothing();
}

/* ---- rings ------------------------------------------------------------------ */

static void the_first_in_the_ring(void **state)
{
	kaddr_t mutex, first, task;
	int pid;

	kernel(*state);
	first = waiter(*state, xorg, 0);
	mutex = new_mutex(*state, first);
	for (pid = 800; pid < 805; pid++) {
		task = sleeper(*state, pid, "other");
		waiter(*state, task, first);
		fake_set(*state, task, "task_struct.blocker", mutex);
	}
	find(*state, task, "__mutex_lock");
	assert_mutex(mutex);
}

/* Each damage leaves a ring that is none: no lock is named. */
static void damaged(void **state)
{
	kaddr_t mutex, first, other;
	size_t i;

	kernel(*state);
	first = waiter(*state, xorg, 0);
	mutex = new_mutex(*state, first);
	other = waiter(*state, glxgears, first);
	fake_set(*state, xorg, "task_struct.blocker", mutex);
	find(*state, xorg, "__mutex_lock");
	assert_mutex(mutex);
	for (i = 0; i < 4; i++) {
		fake_ptr(*state, other, (kaddr_t[]){FAKE_NOWHERE, other, mutex, 0}[i]);
		find(*state, xorg, "__mutex_lock");
		assert_int_equal(wait.object, 0);
	}
	fake_ptr(*state, other, first);
	/* A record that names no task, or one on whose stack it is not. */
	for (i = 0; i < 3; i++) {
		fake_set(*state, other, "mutex_waiter.task",
			 (kaddr_t[]){0, xorg, FAKE_NOWHERE}[i]);
		find(*state, xorg, "__mutex_lock");
		assert_int_equal(wait.object, 0);
	}
}

static void blocker_that_lies(void **state)
{
	kaddr_t first, odd;
	size_t i;

	kernel(*state);
	first = waiter(*state, xorg, 0);
	odd = fake_alloc(*state, 64) + 4;
	for (i = 0; i < 5; i++) {
		fake_set(*state, xorg, "task_struct.blocker",
			 (kaddr_t[]){FAKE_NOWHERE, first, first - 8, odd, 8}[i]);
		find(*state, xorg, "__mutex_lock");
		assert_nothing();
	}
}

static void many_wait_for_one(void **state)
{
	enum { MANY = 300 };
	kaddr_t mutex, first, task = 0;
	size_t reads[2];
	int pid;

	kernel(*state);
	first = waiter(*state, xorg, 0);
	mutex = new_mutex(*state, first);
	fake_set(*state, xorg, "task_struct.blocker", mutex);
	for (pid = 800; pid < 800 + MANY; pid++) {
		task = sleeper(*state, pid, "other");
		waiter(*state, task, first);
	}
	struct frame frame = {.function = "__mutex_lock", .module = ""};
	struct stack stack = {.v = &frame, .n = 1, .complete = true};
	struct wait_finder finder;

	tasks_read(fake_dump(*state), &tasks);
	workqueues_read(fake_dump(*state), &tasks, &wqs);
	wait_finder_init(&finder, fake_dump(*state), &tasks, &wqs, &rcu);
	fake_forget_counts(*state);
	wait_find(&finder, task_by_addr(&tasks, xorg), &stack, &wait);
	reads[0] = fake_reads(*state);
	assert_mutex(mutex);
	wait_find(&finder, task_by_addr(&tasks, task), &stack, &wait);
	reads[1] = fake_reads(*state) - reads[0];
	assert_mutex(mutex);
	assert_true(reads[1] < reads[0] / 10);
}

static int setup(void **state)
{
	*state = fake_7_2();
	return 0;
}

#define on_7_2(f) cmocka_unit_test_setup_teardown(f, setup, test_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_7_2(the_task_tells),
		on_7_2(a_word_of_the_stack_tells),
		on_7_2(alone_without_a_lock),
		on_7_2(others_without_a_lock),
		on_7_2(a_waiter_is_no_lock),
		on_7_2(another_lock),
		on_7_2(on_rwsem),
		on_7_2(on_semaphore),
		on_7_2(stack_cut),
		on_7_2(the_first_in_the_ring),
		on_7_2(damaged),
		on_7_2(blocker_that_lies),
		on_7_2(many_wait_for_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
