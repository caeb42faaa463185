// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "kernel/workqueue.h"

static struct tasks tasks;
static struct workqueues wqs;

static void setup(struct fake *f)
{
	fake_kernel(f);
	fake_workqueues(f);
}

static void read_all(struct fake *f)
{
	assert_true(tasks_read(fake_dump(f), &tasks));
	assert_true(workqueues_read(fake_dump(f), &tasks, &wqs));
}

static void nothing_queued(void **state)
{
	setup(*state);
	read_all(*state);
	assert_int_equal(wqs.pools.n, 4);
	assert_int_equal(wqs.by_cpu[1]->cpu, 1);
	assert_int_equal(wqs.by_cpu[1]->id, 2);
	assert_int_equal(wqs.by_cpu[1]->nice, 0);
	assert_int_equal(wqs.pools.v[1]->nice, -20);
	assert_int_equal(wqs.queues.n, 0);
	assert_int_equal(fake_dump(*state)->notes.n, 0);
	assert_null(work_by_addr(&wqs, 1));
	assert_null(barrier_of_task(&wqs, 1));
	assert_null(worker_of_task(&wqs, 1));
}

static void a_queued_work(void **state)
{
	kaddr_t wq, work;
	struct work *w;

	setup(*state);
	wq = fake_wq(*state, "events", 2);
	work = fake_work(*state, "vmstat_update");
	fake_work_queue(*state, wq, 1, fake_work(*state, "first"));
	fake_work_queue(*state, wq, 1, work);
	read_all(*state);
	w = work_by_addr(&wqs, work);
	assert_non_null(w);
	assert_int_equal(w->place, WORK_PENDING);
	assert_int_equal(w->position, 1);
	assert_string_equal(w->function, "vmstat_update");
	assert_ptr_equal(w->pool, wqs.by_cpu[1]);
	assert_int_equal(w->wq, wq);
	assert_null(w->worker);
	assert_false(w->barrier);
	assert_int_equal(wqs.by_cpu[1]->pending, 2);
	assert_int_equal(wqs.by_cpu[0]->pending, 0);
	assert_string_equal(workqueue_by_addr(&wqs, wq)->name, "events");
	assert_true(workqueue_by_addr(&wqs, wq)->unbound);
	assert_false(workqueue_by_addr(&wqs, wq)->mem_reclaim);
	assert_int_equal(workqueue_by_addr(&wqs, wq)->active, 2);
	assert_int_equal(workqueue_by_addr(&wqs, wq)->pwqs, 2);
}

static void a_running_work(void **state)
{
	kaddr_t wq, worker, work;
	struct work *w;

	setup(*state);
	wq = fake_wq(*state, "events", 0);
	worker = fake_worker(*state, 0, 3, 40);
	work = fake_work(*state, "flush_to_ldisc");
	fake_work_queue(*state, wq, 0, work);
	fake_work_run(*state, worker, wq, work);
	read_all(*state);
	w = work_by_addr(&wqs, work);
	assert_non_null(w);
	assert_int_equal(w->place, WORK_RUNNING);
	assert_string_equal(w->function, "flush_to_ldisc");
	assert_int_equal(w->wq, wq);
	assert_int_equal(w->worker->addr, worker);
	assert_ptr_equal(w->worker->current, w);
	assert_string_equal(w->worker->task->comm, "kworker/0:3");
	assert_false(w->worker->idle);
	assert_ptr_equal(worker_of_task(&wqs, w->worker->task_addr), w->worker);
	assert_int_equal(wqs.by_cpu[0]->pending, 0);
}

/* The work may be freed while it runs: what the worker copied is what counts. */
static void a_running_work_that_was_freed(void **state)
{
	kaddr_t wq, worker, work;

	setup(*state);
	wq = fake_wq(*state, "events", 0);
	worker = fake_worker(*state, 0, 3, 40);
	work = fake_alloc_pages(*state, 64);
	fake_work_at(*state, work, "free_me");
	fake_work_run(*state, worker, wq, work);
	fake_unmap(*state, work, 64);
	read_all(*state);
	assert_string_equal(work_by_addr(&wqs, work)->function, "free_me");
}

static void a_barrier_behind_a_queued_work(void **state)
{
	kaddr_t wq, work, other, task, barrier;
	struct work *w;

	setup(*state);
	wq = fake_wq(*state, "mm_percpu_wq", 8);
	work = fake_work(*state, "drain_local_pages_wq");
	other = fake_work(*state, "vmstat_update");
	task = fake_task(*state, 700, "Xorg");
	fake_work_queue(*state, wq, 1, work);
	fake_work_queue(*state, wq, 1, other);
	barrier = fake_work_flush(*state, task, work, 0);
	read_all(*state);
	w = barrier_of_task(&wqs, task);
	assert_non_null(w);
	assert_true(w->barrier);
	assert_int_equal(w->addr, fake_at(*state, barrier, "wq_barrier.work"));
	assert_int_equal(w->barrier_task, task);
	assert_ptr_equal(w->target, work_by_addr(&wqs, work));
	assert_true(w->target->linked);
	assert_int_equal(w->position, 1);
	assert_int_equal(work_by_addr(&wqs, other)->position, 2);
	assert_true(workqueue_by_addr(&wqs, wq)->mem_reclaim);
}

static void a_barrier_behind_a_running_work(void **state)
{
	kaddr_t wq, worker, work, task;
	struct work *w;

	setup(*state);
	wq = fake_wq(*state, "events", 0);
	worker = fake_worker(*state, 0, 3, 40);
	work = fake_work(*state, "slow");
	task = fake_task(*state, 700, "Xorg");
	fake_work_run(*state, worker, wq, work);
	fake_work_flush(*state, task, work, worker);
	read_all(*state);
	w = barrier_of_task(&wqs, task);
	assert_non_null(w);
	assert_int_equal(w->place, WORK_SCHEDULED);
	assert_int_equal(w->worker->addr, worker);
	assert_ptr_equal(w->target, work_by_addr(&wqs, work));
}

/* Two flush the same work: both barriers are behind it, one behind the other. */
static void two_barriers(void **state)
{
	kaddr_t wq, work, a, b;

	setup(*state);
	wq = fake_wq(*state, "events", 0);
	work = fake_work(*state, "slow");
	a = fake_task(*state, 700, "a");
	b = fake_task(*state, 701, "b");
	fake_work_queue(*state, wq, 0, work);
	fake_work_flush(*state, a, work, 0);
	fake_work_flush(*state, b, work, 0);
	read_all(*state);
	assert_ptr_equal(barrier_of_task(&wqs, a)->target, work_by_addr(&wqs, work));
	assert_ptr_equal(barrier_of_task(&wqs, b)->target, work_by_addr(&wqs, work));
}

static void works_held_back(void **state)
{
	kaddr_t wq, work;

	setup(*state);
	wq = fake_wq(*state, "ordered", 0);
	work = fake_work(*state, "later");
	fake_list_add_tail(*state,
			   fake_at(*state, fake_pwq(*state, wq, 0),
				   "pool_workqueue.inactive_works"),
			   fake_at(*state, work, "work_struct.entry"));
	read_all(*state);
	assert_int_equal(work_by_addr(&wqs, work)->place, WORK_INACTIVE);
	assert_int_equal(workqueue_by_addr(&wqs, wq)->inactive, 1);
}

static void a_rescuer(void **state)
{
	kaddr_t wq, rescuer, task;

	setup(*state);
	wq = fake_wq(*state, "mm_percpu_wq", 8);
	rescuer = fake_new(*state, "worker");
	task = fake_kthread(*state, 5, "mm_percpu_wq");
	fake_set(*state, rescuer, "worker.task", task);
	fake_set(*state, wq, "workqueue_struct.rescuer", rescuer);
	read_all(*state);
	assert_true(workqueue_by_addr(&wqs, wq)->rescuer->rescuer);
	assert_false(workqueue_by_addr(&wqs, wq)->mayday);
	assert_ptr_equal(worker_of_task(&wqs, task),
			 workqueue_by_addr(&wqs, wq)->rescuer);
	fake_list_add_tail(*state, fake_at(*state, wq, "workqueue_struct.maydays"),
			   fake_at(*state, fake_pwq(*state, wq, 0),
				   "pool_workqueue.mayday_node"));
	read_all(*state);
	assert_true(workqueue_by_addr(&wqs, wq)->mayday);
}

static void unbound_pools(void **state)
{
	kaddr_t pool;

	setup(*state);
	pool = fake_new(*state, "worker_pool");
	fake_list_head(*state, fake_at(*state, pool, "worker_pool.workers"));
	fake_list_head(*state, fake_at(*state, pool, "worker_pool.worklist"));
	fake_set(*state, pool, "worker_pool.cpu", (uint64_t)-1);
	fake_set(*state, pool, "worker_pool.id", 8);
	fake_hlist_add_head(*state, fake_value(*state, "unbound_pool_hash") + 8 * 5,
			    fake_at(*state, pool, "worker_pool.hash_node"));
	read_all(*state);
	assert_int_equal(wqs.pools.n, 5);
	assert_int_equal(wqs.pools.v[4]->cpu, -1);
	assert_int_equal(wqs.pools.v[4]->id, 8);
}

static void names_are_escaped(void **state)
{
	kaddr_t wq;

	setup(*state);
	wq = fake_wq(*state, "\x1b[2J", 0);
	read_all(*state);
	assert_string_equal(workqueue_by_addr(&wqs, wq)->name, "\\x1b[2J");
}

/* ---- what is missing or broken ------------------------------------------ */

static void without_debuginfo(void **state)
{
	setup(*state);
	fake_absent(*state, "worker_pool");
	assert_true(tasks_read(fake_dump(*state), &tasks));
	assert_false(workqueues_read(fake_dump(*state), &tasks, &wqs));
	assert_true(fake_has_note(*state, "worker_pool"));
	assert_null(work_by_addr(&wqs, 1));
}

static void without_the_rest(void **state)
{
	static const char *const others[] = {
		"worker_pool.id",	 "worker_pool.attrs",	  "worker_pool.hash_node",
		"worker.current_work",	 "worker.desc",		  "pool_workqueue.wq",
		"workqueue_struct.name", "workqueue_struct.list",
	};
	kaddr_t work;
	size_t i;

	setup(*state);
	work = fake_work(*state, "work");
	fake_work_queue(*state, fake_wq(*state, "events", 0), 0, work);
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		fake_absent(*state, others[i]);
		read_all(*state);
		assert_non_null(work_by_addr(&wqs, work));
	}
	fake_no_symbol(*state, "workqueues");
	fake_no_symbol(*state, "unbound_pool_hash");
	read_all(*state);
	assert_non_null(work_by_addr(&wqs, work));
}

static void worklist_loops(void **state)
{
	kaddr_t wq, a, b;

	setup(*state);
	wq = fake_wq(*state, "events", 0);
	a = fake_work(*state, "a");
	b = fake_work(*state, "b");
	fake_work_queue(*state, wq, 0, a);
	fake_work_queue(*state, wq, 0, b);
	fake_ptr(*state, fake_at(*state, b, "work_struct.entry"),
		 fake_at(*state, a, "work_struct.entry"));
	read_all(*state);
	assert_non_null(work_by_addr(&wqs, a));
	assert_non_null(work_by_addr(&wqs, b));
	assert_true(fake_has_note(*state, "a pool's worklist"));
}

static void worklist_leads_nowhere(void **state)
{
	kaddr_t wq, a;

	setup(*state);
	wq = fake_wq(*state, "events", 0);
	a = fake_work(*state, "a");
	fake_work_queue(*state, wq, 0, a);
	fake_ptr(*state, fake_at(*state, a, "work_struct.entry"), FAKE_NOWHERE);
	read_all(*state);
	assert_non_null(work_by_addr(&wqs, a));
	assert_true(fake_has_note(*state, "a pool's worklist"));
}

static void pointers_lead_nowhere(void **state)
{
	kaddr_t wq, worker, work;

	setup(*state);
	wq = fake_wq(*state, "events", 0);
	worker = fake_worker(*state, 0, 0, 40);
	work = fake_work(*state, "a");
	fake_work_queue(*state, wq, 0, work);
	fake_set(*state, work, "work_struct.data", FAKE_NOWHERE | 5);
	fake_set(*state, work, "work_struct.func", FAKE_NOWHERE);
	fake_set(*state, worker, "worker.task", FAKE_NOWHERE);
	fake_set(*state, worker, "worker.current_work", FAKE_NOWHERE);
	fake_set(*state, worker, "worker.current_pwq", FAKE_NOWHERE);
	fake_set(*state, wq, "workqueue_struct.rescuer", FAKE_NOWHERE);
	fake_set(*state, fake_pool(*state, 0), "worker_pool.attrs", FAKE_NOWHERE);
	fake_set(*state, fake_pwq(*state, wq, 0), "pool_workqueue.pool", FAKE_NOWHERE);
	read_all(*state);
	assert_string_equal(work_by_addr(&wqs, work)->function, "");
	assert_int_equal(work_by_addr(&wqs, work)->wq, 0);
	assert_null(wqs.by_cpu[0]->workers.v[0]->task);
	assert_non_null(workqueue_by_addr(&wqs, wq));
	assert_null(workqueue_by_addr(&wqs, wq)->rescuer);
}

static void pool_excluded(void **state)
{
	setup(*state);
	fake_exclude(*state, fake_pool(*state, 1), 1);
	read_all(*state);
	assert_null(wqs.by_cpu[1]);
	assert_non_null(wqs.by_cpu[0]);
	assert_true(fake_has_note(*state, "worker_pool at 0x"));
}

static void interrupted(void **state)
{
	size_t n, all;

	setup(*state);
	fake_work_queue(*state, fake_wq(*state, "events", 0), 0, fake_work(*state, "a"));
	fake_worker(*state, 0, 0, 40);
	read_all(*state);
	fake_forget_counts(*state);
	workqueues_read(fake_dump(*state), &tasks, &wqs);
	all = fake_reads(*state);
	for (n = 0; n < all; n++) {
		fake_forget_counts(*state);
		fake_interrupt_after(*state, n);
		workqueues_read(fake_dump(*state), &tasks, &wqs);
		assert_int_equal(fake_reads(*state), n);
		assert_int_equal(fake_dump(*state)->notes.n, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(nothing_queued),
		fake_test(a_queued_work),
		fake_test(a_running_work),
		fake_test(a_running_work_that_was_freed),
		fake_test(a_barrier_behind_a_queued_work),
		fake_test(a_barrier_behind_a_running_work),
		fake_test(two_barriers),
		fake_test(works_held_back),
		fake_test(a_rescuer),
		fake_test(unbound_pools),
		fake_test(names_are_escaped),
		fake_test(without_debuginfo),
		fake_test(without_the_rest),
		fake_test(worklist_loops),
		fake_test(worklist_leads_nowhere),
		fake_test(pointers_lead_nowhere),
		fake_test(pool_excluded),
		fake_test(interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
