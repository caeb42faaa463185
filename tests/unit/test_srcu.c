// SPDX-License-Identifier: GPL-2.0-or-later
/* SRCU: which srcu_struct somebody waits for, and how many readers are in. */
#include "waiting.h"

#include "kernel/sched/srcu.h"

static struct tasks tasks;
static struct lock_owner owner;
static struct fake *fake;
static kaddr_t waiter, srcu, data;

static void kernel(void *f)
{
	unsigned int cpu;

	fake = f;
	fake_kernel(fake);
	waiter = fake_task(fake, 700, "waiter");
	srcu = fake_variable(fake, "the_srcu", fake_size(fake, "srcu_struct"));
	data = fake_percpu_alloc(fake, 512);
	fake_id_set(fake, srcu, SRCU_DATA_BASE, data);
	for (cpu = 0; cpu < 2; cpu++)
		fake_id_set(fake, fake_percpu(fake, cpu, data), SRCU_DATA_OF, srcu);
	memset(&tasks, 0, sizeof(tasks));
	tasks_read(fake_dump(fake), &tasks);
}

static void count(unsigned int cpu, size_t index, uint64_t entered, uint64_t left)
{
	kaddr_t of = fake_percpu(fake, cpu, data);

	fake_u64(fake, fake_id_at(fake, of, SRCU_DATA_ENTERED) + index * 8, entered);
	fake_u64(fake, fake_id_at(fake, of, SRCU_DATA_LEFT) + index * 8, left);
}

static kaddr_t with_word(uint64_t word)
{
	const uint64_t stack[] = {0, ~0ull, FAKE_NOWHERE, word};

	return srcu_of_waiter(fake_dump(fake), task_by_addr(&tasks, waiter), stack,
			      ARRAY_SIZE(stack));
}

static void on_the_stack(void **state)
{
	kernel(*state);
	assert_int_equal(with_word(srcu), srcu);
	assert_int_equal(with_word(srcu + 8), 0);
	/* Another's data, or none. */
	fake_id_set(fake, fake_percpu(fake, 0, data), SRCU_DATA_OF, srcu + 64);
	assert_int_equal(with_word(srcu), 0);
	fake_id_set(fake, srcu, SRCU_DATA_BASE, FAKE_NOWHERE);
	assert_int_equal(with_word(srcu), 0);
	fake_id_set(fake, srcu, SRCU_DATA_BASE, 0);
	assert_int_equal(with_word(srcu), 0);
}

/* Who enters on one CPU may leave on another, and there are two kinds at a time. */
static void readers_are_counted(void **state)
{
	kernel(*state);
	count(0, 0, 10, 3);
	count(1, 0, 2, 9);
	count(0, 1, 5, 0);
	count(1, 1, 0, 3);
	srcu_owner(fake_dump(fake), srcu, &owner);
	assert_true(owner.known);
	assert_true(owner.readers);
	assert_int_equal(owner.holders, 2);
	count(1, 1, 0, 5);
	srcu_owner(fake_dump(fake), srcu, &owner);
	assert_false(owner.readers);
	assert_int_equal(owner.holders, 0);
}

static void counts_that_cannot_be(void **state)
{
	kernel(*state);
	count(0, 0, 0, 7);
	srcu_owner(fake_dump(fake), srcu, &owner);
	assert_true(owner.readers);
	assert_int_equal(owner.holders, -1);
	count(0, 0, 1ull << 62, 0);
	srcu_owner(fake_dump(fake), srcu, &owner);
	assert_int_equal(owner.holders, -1);
	fake_id_set(fake, srcu, SRCU_DATA_BASE, FAKE_NOWHERE);
	srcu_owner(fake_dump(fake), srcu, &owner);
	assert_int_equal(owner.holders, -1);
}

/* As it was for a while, and will be again: counted in another way. */
static void not_counted_as_known(void **state)
{
	kernel(*state);
	fake_absent(fake, "srcu_data.srcu_lock_count");
	srcu_owner(fake_dump(fake), srcu, &owner);
	assert_true(owner.known);
	assert_true(owner.readers);
	assert_int_equal(owner.holders, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_ALL(on_the_stack),
		ON_ALL(readers_are_counted),
		ON_ALL(counts_that_cannot_be),
		ON_ALL(not_counted_as_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
