// SPDX-License-Identifier: GPL-2.0-or-later
/* The soft lockup detector of each CPU, as a dump has it. */
#include "test.h"

#include "kernel/sched/watchdog.h"

#define SEC 1000000000ull

static struct tasks tasks;
static struct runqueues rqs;
static struct watchdogs dogs;

static const struct kernel {
	struct fake *(*create)(void);
} kernels[] = {{fake_4_19_arm64}, {fake_5_10}, {fake_6_1}};

static int setup(void **state)
{
	const struct kernel *k = *state;

	*state = k->create();
	return 0;
}

/* migration/CPU, which got the CPU last at 40 s. */
static kaddr_t stopper(struct fake *f, unsigned int cpu)
{
	kaddr_t task = fake_kthread(f, 20 + (int)cpu, "migration");

	fake_id_set(f, task, TASK_SCHED_CLASS, fake_value(f, "stop_sched_class"));
	fake_id_set(f, task, TASK_CPU, cpu);
	fake_id_set(f, task, TASK_LAST_ARRIVAL, 40 * SEC);
	return task;
}

static void count(struct fake *f, unsigned int cpu, uint32_t timers)
{
	fake_u64(f, fake_percpu(f, cpu, fake_value(f, "hrtimer_interrupts")), timers);
}

/* Two CPUs; the stop thread of the second was woken at 99 s. */
static struct fake *kernel(struct fake *f)
{
	kaddr_t task;

	fake_kernel(f);
	/* Its page can be lost without the run queue's. */
	fake_percpu_variable(f, "before", FAKE_PAGE);
	fake_percpu_variable(f, "hrtimer_interrupts", 8);
	count(f, 0, 15);
	count(f, 1, 14);
	stopper(f, 0);
	task = stopper(f, 1);
	fake_task_queued(f, task, 1);
	fake_id_set(f, task, TASK_LAST_QUEUED, 99 * SEC);
	return f;
}

static void read_all(struct fake *f)
{
	assert_true(tasks_read(fake_dump(f), &tasks));
	assert_true(runqueues_read(fake_dump(f), &tasks, &rqs));
	watchdogs_read(fake_dump(f), &tasks, &rqs, &dogs);
}

static void each_cpu(void **state)
{
	const struct watchdog *w;

	read_all(kernel(*state));
	assert_int_equal(dogs.all.n, 2);
	w = watchdog_of_cpu(&dogs, 0);
	assert_true(w->ran_s == 40);
	assert_true(w->woken_s < 0);
	assert_true(w->counted);
	assert_int_equal(w->timers, 15);
	w = watchdog_of_cpu(&dogs, 1);
	assert_int_equal(w->thread->pid, 21);
	assert_true(w->woken_s == 99);
	assert_int_equal(w->timers, 14);
	assert_null(watchdog_of_cpu(&dogs, 2));
}

/* A kernel that does not count them, or whose pages are not there. */
static void not_counted(void **state)
{
	kernel(*state);
	fake_unmap(*state,
		   fake_percpu(*state, 1, fake_value(*state, "hrtimer_interrupts")), 8);
	read_all(*state);
	assert_true(watchdog_of_cpu(&dogs, 0)->counted);
	assert_false(watchdog_of_cpu(&dogs, 1)->counted);
	fake_no_symbol(*state, "hrtimer_interrupts");
	read_all(*state);
	assert_int_equal(dogs.all.n, 2);
	assert_false(watchdog_of_cpu(&dogs, 0)->counted);
}

/* Two say that they are the same CPU's, and one is of a CPU that there is not. */
static void more_than_one(void **state)
{
	kernel(*state);
	fake_id_set(*state, stopper(*state, 2), TASK_CPU, 1);
	stopper(*state, 3);
	read_all(*state);
	assert_int_equal(dogs.all.n, 2);
}

/* Until 4.18 the detector has a real-time thread of its own, and wakes no stop thread. */
static void a_thread_of_its_own(void **state)
{
	struct fake *f = kernel(*state);
	kaddr_t task = fake_kthread(f, 30, "watchdog");
	const struct watchdog *w;

	fake_percpu_variable(f, "softlockup_watchdog", 8);
	fake_u64(f, fake_percpu(f, 1, fake_value(f, "softlockup_watchdog")), task);
	fake_id_set(f, task, TASK_SCHED_CLASS, fake_value(f, "rt_sched_class"));
	fake_id_set(f, task, TASK_CPU, 1);
	fake_id_set(f, task, TASK_LAST_ARRIVAL, 98 * SEC);
	read_all(f);
	w = watchdog_of_cpu(&dogs, 1);
	assert_int_equal(w->thread->pid, 30);
	assert_true(w->ran_s == 98);
	assert_true(w->woken_s < 0);
	assert_int_equal(watchdog_of_cpu(&dogs, 0)->thread->pid, 20);
}

static void none(void **state)
{
	fake_kernel(*state);
	read_all(*state);
	assert_int_equal(dogs.all.n, 0);
	assert_null(watchdog_of_cpu(&dogs, 0));
}

#define on(n, f)                                                                         \
	{                                                                                \
#f " on " #n, f, setup, test_end, (void *)&kernels[n]                    \
	}
#define on_all(f) on(0, f), on(1, f), on(2, f)

int main(void)
{
	const struct CMUnitTest tests[] = {on_all(each_cpu), on_all(not_counted),
					   on_all(more_than_one),
					   on_all(a_thread_of_its_own), on_all(none)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
