// SPDX-License-Identifier: GPL-2.0-or-later
/* Who may spin for a lock, as his stack tells. */
#include "test.h"

#include "kernel/sched/spin.h"

static void a_return_address_in_a_lock(void **state)
{
	struct fake *f = *state;
	static struct tasks tasks;
	const struct spin_trace *found;
	const struct task *t;

	fake_kernel(f);
	fake_task(f, 700, "asker");
	fake_function(f, "_raw_spin_lock", "", 0xffffffff81a00000, 0x40);
	assert_true(tasks_read(fake_dump(f), &tasks));
	t = task_by_pid(&tasks, 700);
	assert_non_null(t);
	assert_null(spin_on_stack(fake_dump(f), t));
	fake_u64(f, t->stack + 0x200, 0xffffffff81a00000); /* it is called, no more */
	assert_null(spin_on_stack(fake_dump(f), t));
	fake_u64(f, t->stack + 0x208, 0xffffffff81a00025);
	found = spin_on_stack(fake_dump(f), t);
	assert_non_null(found);
	assert_string_equal(found->function, "_raw_spin_lock");
	assert_int_equal(found->at, t->stack + 0x208);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(a_return_address_in_a_lock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
