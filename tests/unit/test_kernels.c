// SPDX-License-Identifier: GPL-2.0-or-later
/* What must be found on every kernel whose types the tests have. */
#include "test.h"

#include "facts/facts.h"
#include "triage/triage.h"

static const struct kernel {
	const char *name;
	struct fake *(*create)(void);
	enum drain_shape drain;
} kernels[] = {
	{"5.10", fake_5_10, DRAIN_STRUCT},
	{"6.1", fake_6_1, DRAIN_REMOTE},
	{"7.2", fake_7_2, DRAIN_REMOTE},
};

/* The tests that get a kernel get each of them in turn. */
static const struct kernel *kernel;

static int setup(void **state)
{
	kernel = *state;
	*state = kernel->create();
	return 0;
}

static void tasks_with_threads(void **state)
{
	struct tasks tasks;
	kaddr_t leader;
	struct task *t;

	fake_kernel(*state);
	leader = fake_task(*state, 700, "Xorg");
	fake_thread(*state, leader, 701, "InputThread");
	fake_task_state(*state, leader, 2);
	fake_id_set(*state, leader, TASK_CPU, 1);
	assert_true(tasks_read(fake_dump(*state), &tasks));
	assert_true(tasks.complete);
	assert_int_equal(tasks.all.n, 4);
	t = task_by_pid(&tasks, 700);
	assert_non_null(t);
	assert_string_equal(t->comm, "Xorg");
	assert_int_equal(t->state_letter, 'D');
	assert_int_equal(t->cpu, 1);
	assert_int_equal(t->stack_size, 16384);
	assert_int_equal(task_by_pid(&tasks, 701)->tgid, 700);
}

static void run_queues(void **state)
{
	struct runqueues rqs;
	struct tasks tasks;
	kaddr_t hog;

	fake_kernel(*state);
	hog = fake_task(*state, 191, "rt-hog");
	fake_task_rt(*state, hog, 1, 99);
	fake_task_runs(*state, hog, 1);
	fake_task_queued(*state, fake_kthread(*state, 36, "kworker/1:0"), 1);
	assert_true(tasks_read(fake_dump(*state), &tasks));
	assert_true(runqueues_read(fake_dump(*state), &tasks, &rqs));
	assert_int_equal(runqueue_of_cpu(&rqs, 1)->curr->pid, 191);
	assert_int_equal(runqueue_of_cpu(&rqs, 1)->curr->sched, SCHED_KIND_RT);
	assert_int_equal(runqueue_of_cpu(&rqs, 1)->waiting.n, 1);
}

static void flushed_works(void **state)
{
	struct workqueues wqs;
	struct tasks tasks;
	kaddr_t wq, work, task;

	fake_kernel(*state);
	fake_workqueues(*state);
	wq = fake_wq(*state, "events", 0);
	work = fake_work(*state, "slow");
	task = fake_task(*state, 700, "Xorg");
	fake_work_queue(*state, wq, 1, work);
	fake_work_flush(*state, task, work, 0);
	assert_true(tasks_read(fake_dump(*state), &tasks));
	assert_true(workqueues_read(fake_dump(*state), &tasks, &wqs));
	assert_non_null(barrier_of_task(&wqs, task));
	assert_ptr_equal(barrier_of_task(&wqs, task)->target, work_by_addr(&wqs, work));
	assert_int_equal(work_by_addr(&wqs, work)->wq, wq);
}

/* 6.0 and later drain without works; symbols tell, no version does. */
static void shape_of_the_drain(void **state)
{
	struct workqueues wqs;
	struct drain drain;
	struct tasks tasks;

	fake_kernel(*state);
	fake_workqueues(*state);
	fake_function(*state, "drain_all_pages", NULL, 0, 0);
	if (kernel->drain == DRAIN_STRUCT)
		fake_percpu_variable(*state, "pcpu_drain", 64);
	assert_true(tasks_read(fake_dump(*state), &tasks));
	assert_true(workqueues_read(fake_dump(*state), &tasks, &wqs));
	drain_read(fake_dump(*state), &tasks, &wqs, &drain);
	assert_int_equal(drain.shape, kernel->drain);
}

/* The drain hang, from the readers to the verdict. */
static void a_cpu_that_is_kept(void **state)
{
	struct dump *d = fake_dump(*state);
	struct facts *facts = arena_alloc(d->arena, sizeof(*facts));
	struct triage *t = arena_alloc(d->arena, sizeof(*t));
	struct fake_hang h;
	struct verdict *v;

	h = fake_drain_hang(*state);
	facts_read(d, FACTS_TASKS | FACTS_WORK | FACTS_BLOCKED, facts);
	triage_make(facts, t);
	v = t->verdicts.all.v[0];
	assert_int_equal(v->cause, CAUSE_CPU_MONOPOLISED);
	assert_int_equal(v->culprit.pid, 191);
	assert_int_equal(v->culprit.cpu, 1);
	assert_int_equal(v->culprit.address, h.hog);
	assert_int_equal(v->victims.n, 1);
	assert_int_equal(v->victims.v[0]->task->pid, 196);
	assert_int_equal(v->chain.v[0]->task->pid, 196);
	assert_int_equal(v->chain.v[v->chain.n - 1]->task->pid, 191);
}

#define on(n, f)                                                                         \
	{                                                                                \
#f " on " #n, f, setup, test_end, (void *)&kernels[n]                    \
	}
#define on_all(f) on(0, f), on(1, f), on(2, f)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_all(tasks_with_threads), on_all(run_queues),
		on_all(flushed_works),	    on_all(shape_of_the_drain),
		on(0, a_cpu_that_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
