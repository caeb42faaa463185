// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "kernel/sched/workqueue.h"

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
			   fake_alloc(*state, 16)); /* pool_workqueue.mayday_node */
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

/* ---- what is odd but sound ------------------------------------------------ */

/* CPU 1's normal pool with kworker/1:0 (17), and a queue that works there. */
static struct {
	kaddr_t pool, worker, queue, pwq, xorg;
} k;

static void kernel(struct fake *f)
{
	setup(f);
	fake_function(f, "wq_barrier_func", NULL, 0, 0);
	k.pool = fake_pool(f, 1);
	k.worker = fake_worker(f, 1, 0, 17);
	k.queue = fake_wq(f, "mm_percpu_wq", 8);
	k.pwq = fake_pwq(f, k.queue, 1);
	k.xorg = fake_task(f, 700, "Xorg");
}

static struct pool *pool_at(kaddr_t addr)
{
	size_t i;

	for (i = 0; i < wqs.pools.n; i++)
		if (wqs.pools.v[i]->addr == addr)
			return wqs.pools.v[i];
	fail_msg("no pool at 0x%llx", HEX(addr));
	return NULL;
}

static struct pool *the_pool(void)
{
	return pool_at(k.pool);
}

static struct work *work_at(kaddr_t addr)
{
	struct work *w = work_by_addr(&wqs, addr);

	assert_non_null(w);
	assert_int_equal(w->addr, addr);
	return w;
}

/* A pending work of the queue. */
static kaddr_t pend(struct fake *f, const char *function)
{
	kaddr_t work = fake_work(f, function);

	fake_work_queue(f, k.queue, 1, work);
	return work;
}

/* A pending work at this address. */
static void lay_out(struct fake *f, kaddr_t work)
{
	fake_work_at(f, work, "lost");
	fake_work_queue(f, k.queue, 1, work);
}

/* From its list to what the worker runs next. */
static void move_to_worker(struct fake *f, kaddr_t work)
{
	kaddr_t node = fake_at(f, work, "work_struct.entry");
	kaddr_t next = fake_peek_u64(f, node), prev = fake_peek_u64(f, node + 8);

	fake_ptr(f, prev, next);
	fake_ptr(f, next + 8, prev);
	fake_list_add_tail(f, fake_at(f, k.worker, "worker.scheduled"), node);
}

static void hold(struct fake *f, kaddr_t work)
{
	fake_list_add_tail(f, fake_id_at(f, k.pwq, PWQ_INACTIVE),
			   fake_at(f, work, "work_struct.entry"));
}

/* The work of the barrier of a task that flushes a queued work. */
static kaddr_t flush(struct fake *f, kaddr_t task, kaddr_t work)
{
	return fake_at(f, fake_work_flush(f, task, work, 0), "wq_barrier.work");
}

static kaddr_t entry(struct fake *f, kaddr_t work)
{
	return fake_at(f, work, "work_struct.entry");
}

static kaddr_t unbound_pool(struct fake *f, int id)
{
	kaddr_t pool = fake_new(f, "worker_pool");

	fake_list_head(f, fake_at(f, pool, "worker_pool.workers"));
	fake_list_head(f, fake_at(f, pool, "worker_pool.worklist"));
	fake_set(f, pool, "worker_pool.cpu", (uint64_t)-1);
	fake_set(f, pool, "worker_pool.id", (uint64_t)id);
	return pool;
}

static kaddr_t hashed_pool(struct fake *f, int id)
{
	kaddr_t pool = unbound_pool(f, id);

	fake_hlist_add_head(f, fake_value(f, "unbound_pool_hash") + 8 * 8,
			    fake_at(f, pool, "worker_pool.hash_node"));
	return pool;
}

static void pool_flags(void **state)
{
	kernel(*state);
	fake_set(*state, k.pool, "worker_pool.flags", 4);
	fake_set(*state, k.pool, "worker_pool.nr_running", 3);
	fake_set(*state, k.pool, "worker_pool.watchdog_ts", 4294937296);
	read_all(*state);
	assert_true(the_pool()->disassociated);
	assert_false(the_pool()->manager_active);
	assert_int_equal(the_pool()->nr_running, 3);
	assert_int_equal(the_pool()->watchdog_ts, 4294937296);
	fake_set(*state, k.pool, "worker_pool.flags", 1);
	read_all(*state);
	assert_false(the_pool()->disassociated);
	assert_true(the_pool()->manager_active);
	/* A #define in older kernels, and bit 0 is POOL_BH in newer ones. */
	fake_absent(*state, "POOL_MANAGER_ACTIVE");
	read_all(*state);
	assert_false(the_pool()->manager_active);
}

static void pools_in_one_bucket(void **state)
{
	kaddr_t one, other;

	kernel(*state);
	one = hashed_pool(*state, 8);
	other = hashed_pool(*state, 8 + 64); /* of the same bucket */
	read_all(*state);
	assert_int_equal(wqs.pools.n, 6);
	assert_int_equal(pool_at(one)->id, 8);
	assert_int_equal(pool_at(one)->cpu, -1);
	assert_int_equal(pool_at(other)->id, 72);
}

/* Taken out of the hash, but a pwq still works there. */
static void pool_known_by_its_pwq(void **state)
{
	kaddr_t addr;

	kernel(*state);
	addr = unbound_pool(*state, 9);
	fake_set(*state, k.pwq, "pool_workqueue.pool", addr);
	fake_list_add_tail(*state, fake_at(*state, addr, "worker_pool.worklist"),
			   entry(*state, fake_work(*state, "late")));
	read_all(*state);
	assert_int_equal(wqs.pools.n, 5);
	assert_int_equal(pool_at(addr)->pending, 1);
}

static void worker_record(void **state)
{
	kernel(*state);
	fake_set_string(*state, k.worker, "worker.desc", "events\033[2J");
	fake_set(*state, k.worker, "worker.id", 5);
	fake_set(*state, k.worker, "worker.last_active", 4294900000);
	read_all(*state);
	assert_int_equal(the_pool()->workers.n, 1);
	assert_int_equal(the_pool()->workers.v[0]->addr, k.worker);
	assert_int_equal(the_pool()->workers.v[0]->id, 5);
	assert_int_equal(the_pool()->workers.v[0]->task->pid, 17);
	assert_int_equal(the_pool()->workers.v[0]->last_active, 4294900000);
	assert_string_equal(the_pool()->workers.v[0]->desc, "events\\x1b[2J");
	assert_ptr_equal(the_pool()->workers.v[0]->pool, the_pool());
	assert_null(the_pool()->workers.v[0]->current);
	assert_ptr_equal(worker_of_task(&wqs, the_pool()->workers.v[0]->task_addr),
			 the_pool()->workers.v[0]);
	assert_null(worker_of_task(&wqs, k.xorg));
}

static void worker_flags(void **state)
{
	static const struct {
		uint64_t flags;
		bool idle, not_running;
	} cases[] = {
		{0, false, false},    {0x2, false, false}, {0x4, true, false},
		{0x8, false, true},   {0x40, false, true}, {0x80, false, true},
		{0x100, false, true}, {0xc, true, true},
	};
	size_t i;

	kernel(*state);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		fake_set(*state, k.worker, "worker.flags", cases[i].flags);
		read_all(*state);
		assert_int_equal(the_pool()->workers.v[0]->idle, cases[i].idle);
		assert_int_equal(the_pool()->workers.v[0]->not_running,
				 cases[i].not_running);
	}
}

static void functions(void **state)
{
	kaddr_t works[3], func;

	kernel(*state);
	func = fake_function(*state, "virtio_gpu_dequeue_ctrl_func", "virtio_gpu", 0, 0);
	works[0] = pend(*state, "virtio_gpu_dequeue_ctrl_func");
	works[1] = pend(*state, "virtio_gpu_dequeue_ctrl_func");
	fake_set(*state, works[1], "work_struct.func", func + 1);
	works[2] = pend(*state, "a\nb");
	read_all(*state);
	assert_string_equal(work_at(works[0])->module, "virtio_gpu");
	assert_int_equal(work_at(works[0])->func, func);
	/* Nothing starts there. */
	assert_string_equal(work_at(works[1])->function, "");
	assert_string_equal(work_at(works[1])->module, "");
	assert_string_equal(work_at(works[2])->function, "a\\x0ab");
}

/* Not queued: data holds the id of the pool that ran it last. */
static void data_without_pwq(void **state)
{
	kaddr_t work;

	kernel(*state);
	work = pend(*state, "vmstat_update");
	fake_set(*state, work, "work_struct.data", 1 | 2ull << 5);
	read_all(*state);
	assert_int_equal(work_at(work)->wq, 0);
	fake_set(*state, work, "work_struct.data", k.pwq | 1);
	read_all(*state);
	assert_int_equal(work_at(work)->wq, 0);
	assert_null(workqueue_by_addr(&wqs, 0));
	fake_set(*state, work, "work_struct.data", FAKE_NOWHERE | 5);
	read_all(*state);
	assert_int_equal(work_at(work)->wq, 0);
}

static kaddr_t wq_of(struct fake *f, kaddr_t work)
{
	read_all(f);
	return work_at(work)->wq;
}

/* The flags below a pwq in data take 8 bits, or as many as the kernel says. */
static void width_of_flags(void **state)
{
	static const long absurd[] = {-1, 0, 2, 17, 64};
	kaddr_t work;
	size_t i;

	kernel(*state);
	work = pend(*state, "vmstat_update");
	fake_set(*state, work, "work_struct.data", k.pwq | 0xf0 | 5);
	assert_int_equal(wq_of(*state, work), k.queue);
	fake_absent(*state, "WORK_STRUCT_FLAG_BITS");
	assert_int_equal(wq_of(*state, work), k.queue);
	fake_enum(*state, "WORK_STRUCT_FLAG_BITS", 4);
	fake_enum(*state, "WORK_STRUCT_COLOR_SHIFT", 0);
	assert_int_equal(wq_of(*state, work), 0);
	/* 6.9: FLAG_BITS are fewer, because the colour is not counted any more. */
	fake_enum(*state, "WORK_STRUCT_COLOR_SHIFT", 4);
	fake_enum(*state, "WORK_STRUCT_PWQ_SHIFT", 8);
	assert_int_equal(wq_of(*state, work), k.queue);
	for (i = 0; i < ARRAY_SIZE(absurd); i++) {
		fake_enum(*state, "WORK_STRUCT_PWQ_SHIFT", absurd[i]);
		assert_int_equal(wq_of(*state, work), 0);
	}
}

/* Of a work that runs, the barrier waits in the worker's own list. */
static void scheduled_works(void **state)
{
	kaddr_t work, next, barriers[2];

	kernel(*state);
	work = fake_work(*state, "drain_local_pages_wq");
	fake_work_run(*state, k.worker, k.queue, work);
	next = pend(*state, "vmstat_update");
	barriers[1] = flush(*state, k.xorg, next);
	move_to_worker(*state, next);
	move_to_worker(*state, barriers[1]);
	barriers[0] = fake_at(*state,
			      fake_work_flush(*state, fake_task(*state, 701, "a"), work,
					      k.worker),
			      "wq_barrier.work");
	read_all(*state);
	assert_ptr_equal(work_at(barriers[0])->target, work_at(work));
	assert_int_equal(work_at(barriers[0])->place, WORK_SCHEDULED);
	assert_ptr_equal(work_at(barriers[0])->worker, the_pool()->workers.v[0]);
	assert_int_equal(work_at(next)->place, WORK_SCHEDULED);
	assert_ptr_equal(work_at(barriers[1])->target, work_at(next));
	assert_int_equal(the_pool()->pending, 0);
}

/* First in a worklist: the work it waited for is not there any more. */
static void barrier_behind_nothing(void **state)
{
	kaddr_t work, barrier;

	kernel(*state);
	work = pend(*state, "vmstat_update");
	barrier = flush(*state, k.xorg, work);
	move_to_worker(*state, work);
	read_all(*state);
	assert_true(work_at(barrier)->barrier);
	assert_null(work_at(barrier)->target);
}

static void barrier_without_its_task(void **state)
{
	kaddr_t barrier;

	kernel(*state);
	barrier = flush(*state, k.xorg, pend(*state, "vmstat_update"));
	fake_absent(*state, "wq_barrier.task");
	read_all(*state);
	assert_true(work_at(barrier)->barrier);
	assert_int_equal(work_at(barrier)->barrier_task, 0);
	assert_true(fake_has_note(*state, "does not say who waits on it"));
	assert_null(barrier_of_task(&wqs, 0));
	/* Without the function's name it is a work like others. */
	fake_no_symbol(*state, "wq_barrier_func");
	read_all(*state);
	assert_false(work_at(barrier)->barrier);
}

/* While it helps a pool, it is one of the pool's workers. */
static void rescuer_at_work(void **state)
{
	kaddr_t addr;

	kernel(*state);
	addr = fake_worker(*state, 1, 7, 5);
	fake_set(*state, addr, "worker.rescue_wq", k.queue);
	fake_set(*state, k.queue, "workqueue_struct.rescuer", addr);
	fake_work_run(*state, addr, k.queue, fake_work(*state, "drain_local_pages_wq"));
	read_all(*state);
	assert_int_equal(the_pool()->workers.n, 2);
	assert_false(the_pool()->workers.v[0]->rescuer);
	assert_true(the_pool()->workers.v[1]->rescuer);
	assert_non_null(the_pool()->workers.v[1]->current);
	assert_int_equal(the_pool()->works.n, 1);
}

/* ---- what is broken, more of it ------------------------------------------- */

/* Three pending works; the link of the middle one can be spoilt. */
static void three(struct fake *f, kaddr_t works[3])
{
	int i;

	kernel(f);
	for (i = 0; i < 3; i++)
		works[i] = pend(f, "vmstat_update");
}

static void worklist_loops_early(void **state)
{
	kaddr_t works[3];

	three(*state, works);
	fake_ptr(*state, entry(*state, works[2]), entry(*state, works[1]));
	read_all(*state);
	assert_int_equal(the_pool()->pending, 3);
	assert_true(fake_has_note(*state, "a pool's worklist"));
	/* To itself. */
	fake_ptr(*state, entry(*state, works[1]), entry(*state, works[1]));
	read_all(*state);
	assert_int_equal(the_pool()->pending, 2);
}

static void worklist_is_cut(void **state)
{
	kaddr_t works[3];

	three(*state, works);
	fake_ptr(*state, entry(*state, works[1]), FAKE_NOWHERE);
	read_all(*state);
	assert_int_equal(the_pool()->pending, 2);
	assert_true(fake_has_note(*state, "cannot be read"));
	fake_ptr(*state, entry(*state, works[1]), 0);
	read_all(*state);
	assert_int_equal(the_pool()->pending, 2);
	/* From the head itself. */
	fake_ptr(*state, fake_at(*state, k.pool, "worker_pool.worklist"), FAKE_NOWHERE);
	read_all(*state);
	assert_int_equal(the_pool()->pending, 0);
	assert_int_equal(the_pool()->workers.n, 1);
}

/* A work whose func lies in an excluded page: that one is lost, its links lead on. */
static void work_half_excluded(void **state)
{
	kaddr_t page, work, last;

	kernel(*state);
	page = fake_alloc_pages(*state, 2 * FAKE_PAGE);
	work = page + FAKE_PAGE - 24; /* data and entry, then the page ends */
	pend(*state, "vmstat_update");
	lay_out(*state, work);
	last = pend(*state, "vmstat_update");
	fake_exclude(*state, page + FAKE_PAGE, 1);
	read_all(*state);
	assert_int_equal(the_pool()->pending, 2);
	assert_null(work_by_addr(&wqs, work));
	assert_int_equal(work_at(last)->position, 1);
	assert_true(fake_has_note(*state, "of pool 2 cannot be read: page excluded"));
}

/* The barrier behind a work that cannot be read is not one of the work before. */
static void barrier_behind_a_lost_work(void **state)
{
	kaddr_t page, work, barrier;

	kernel(*state);
	page = fake_alloc_pages(*state, 2 * FAKE_PAGE);
	work = page + FAKE_PAGE - 24;
	pend(*state, "vmstat_update");
	lay_out(*state, work);
	barrier = flush(*state, k.xorg, work);
	fake_exclude(*state, page + FAKE_PAGE, 1);
	read_all(*state);
	assert_true(work_at(barrier)->barrier);
	assert_null(work_at(barrier)->target);
}

static void worklist_excluded(void **state)
{
	kaddr_t page, work;

	kernel(*state);
	page = fake_alloc_pages(*state, FAKE_PAGE);
	pend(*state, "vmstat_update");
	lay_out(*state, page);
	work = pend(*state, "vmstat_update");
	fake_exclude(*state, page, 1);
	read_all(*state);
	assert_int_equal(the_pool()->pending, 1);
	assert_null(work_by_addr(&wqs, work));
	assert_true(fake_has_note(*state, "a pool's worklist"));
}

static void workers_loop(void **state)
{
	kaddr_t last;

	kernel(*state);
	fake_worker(*state, 1, 1, 18);
	last = fake_worker(*state, 1, 2, 19);
	fake_ptr(*state, fake_at(*state, last, "worker.node"),
		 fake_at(*state, k.worker, "worker.node"));
	pend(*state, "vmstat_update");
	read_all(*state);
	assert_int_equal(the_pool()->workers.n, 3);
	assert_true(fake_has_note(*state, "a pool's workers"));
	assert_int_equal(the_pool()->pending, 1);
	fake_ptr(*state, fake_at(*state, k.worker, "worker.node"), FAKE_NOWHERE);
	read_all(*state);
	assert_int_equal(the_pool()->workers.n, 1);
}

static void scheduled_loops(void **state)
{
	kaddr_t work;

	kernel(*state);
	fake_work_run(*state, k.worker, k.queue, fake_work(*state, "a"));
	work = pend(*state, "b");
	move_to_worker(*state, work);
	fake_ptr(*state, entry(*state, work), entry(*state, work));
	read_all(*state);
	assert_int_equal(the_pool()->works.n, 2);
	assert_true(fake_has_note(*state, "a worker's scheduled works"));
}

static void hash_loops(void **state)
{
	kaddr_t one;

	kernel(*state);
	one = hashed_pool(*state, 8);
	hashed_pool(*state, 72);
	fake_ptr(*state, fake_at(*state, one, "worker_pool.hash_node"),
		 fake_at(*state, one, "worker_pool.hash_node"));
	fake_ptr(*state, fake_value(*state, "unbound_pool_hash") + 9 * 8, FAKE_NOWHERE);
	read_all(*state);
	assert_int_equal(wqs.pools.n, 6);
	assert_true(fake_has_note(*state, "unbound worker pools"));
}

static void queues_loop(void **state)
{
	kaddr_t other;

	kernel(*state);
	other = fake_wq(*state, "events", 0);
	fake_ptr(*state, fake_at(*state, other, "workqueue_struct.list"),
		 fake_at(*state, k.queue, "workqueue_struct.list"));
	read_all(*state);
	assert_int_equal(wqs.queues.n, 2);
	assert_true(fake_has_note(*state, "workqueues: the list"));
	fake_ptr(*state, fake_at(*state, k.queue, "workqueue_struct.pwqs"), FAKE_NOWHERE);
	read_all(*state);
	assert_true(fake_has_note(*state, "a workqueue's pwqs"));
	assert_int_equal(wqs.queues.n, 2);
}

/* Inactive works that lead into a pool's worklist, and so to its head. */
static void lists_run_into_each_other(void **state)
{
	kaddr_t works[3], held;

	three(*state, works);
	held = fake_work(*state, "held");
	hold(*state, held);
	fake_ptr(*state, entry(*state, held), entry(*state, works[0]));
	read_all(*state);
	assert_int_equal(the_pool()->pending, 3);
	assert_int_equal(wqs.queues.v[0]->inactive, 1);
	assert_true(fake_has_note(*state, "works held back by max_active"));
}

static void without_what_is_needed(void **state)
{
	static const char *const needed[] = {
		"work_struct", "work_struct.entry",
		"worker_pool", "worker_pool.worklist",
		"worker",      "worker_pool.workers",
		"worker.node",
	};
	struct fake *f;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(needed); i++) {
		f = fake_5_10();
		kernel(f);
		fake_absent(f, needed[i]);
		assert_true(tasks_read(fake_dump(f), &tasks));
		assert_false(workqueues_read(fake_dump(f), &tasks, &wqs));
		assert_int_equal(wqs.pools.n, 0);
		assert_null(barrier_of_task(&wqs, k.xorg));
		assert_true(fake_has_note(f, "workqueues: no debuginfo"));
		fake_destroy(f);
	}
}

/* Each of the others may be missing: nothing is made up for it. */
static void nothing_is_made_up(void **state)
{
	static const char *const others[] = {
		"work_struct.func",
		"work_struct.data",
		"WORK_STRUCT_PWQ_BIT",
		"WORK_STRUCT_LINKED_BIT",
		"worker.scheduled",
		"worker.task",
		"worker.current_work",
		"worker.current_func",
		"worker.current_pwq",
		"worker.flags",
		"worker.desc",
		"worker.rescue_wq",
		"WORKER_IDLE",
		"worker_pool.cpu",
		"worker_pool.id",
		"worker_pool.attrs",
		"workqueue_attrs.nice",
		"worker_pool.hash_node",
		"pool_workqueue.wq",
		"pool_workqueue.pool",
		"pool_workqueue.inactive_works",
		"pool_workqueue.nr_active",
		"pool_workqueue.pwqs_node",
		"workqueue_struct.pwqs",
		"workqueue_struct.maydays",
		"workqueue_struct.rescuer",
		"workqueue_struct.name",
		"wq_barrier.task",
		"wq_barrier.work",
		"wq_barrier",
	};
	struct fake *f;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		f = fake_5_10();
		kernel(f);
		pend(f, "vmstat_update");
		fake_set(f, k.queue, "workqueue_struct.rescuer", k.worker);
		fake_absent(f, others[i]);
		read_all(f);
		assert_int_equal(the_pool()->pending, 1);
		assert_int_equal(the_pool()->works.n, 1);
		assert_int_equal(wqs.queues.n, 1);
		if (strcmp(others[i], "wq_barrier.task"))
			assert_int_equal(fake_dump(f)->notes.n, 0);
		fake_destroy(f);
	}
}

static void without_symbols(void **state)
{
	kernel(*state);
	hashed_pool(*state, 8);
	pend(*state, "vmstat_update");
	fake_no_symbol(*state, "workqueues");
	read_all(*state);
	assert_int_equal(wqs.queues.n, 0);
	assert_int_equal(wqs.pools.n, 5);
	assert_int_equal(the_pool()->pending, 1);
	fake_no_symbol(*state, "cpu_worker_pools");
	read_all(*state);
	assert_int_equal(wqs.pools.n, 1);
	assert_null(wqs.by_cpu[1]);
	fake_no_symbol(*state, "unbound_pool_hash");
	assert_false(workqueues_read(fake_dump(*state), &tasks, &wqs));
	assert_int_equal(wqs.pools.n, 0);
}

/* The names of newer kernels. */
static void newer_names(void **state)
{
	kernel(*state);
	fake_absent(*state, "worker_pool.watchdog_ts");
	fake_member(*state, "worker_pool", "last_progress_ts", 24, 8);
	fake_absent(*state, "pool_workqueue.inactive_works");
	fake_member(*state, "pool_workqueue", "delayed_works", 96, 16);
	fake_set(*state, k.pool, "worker_pool.last_progress_ts", 123456);
	hold(*state, fake_work(*state, "held"));
	read_all(*state);
	assert_int_equal(the_pool()->watchdog_ts, 123456);
	assert_int_equal(wqs.queues.v[0]->inactive, 1);
}

static void cost_is_linear(void **state)
{
	size_t counts[2], i, n;

	kernel(*state);
	for (i = 0; i < 2; i++) {
		for (n = 0; n < 500; n++)
			pend(*state, "vmstat_update");
		tasks_read(fake_dump(*state), &tasks);
		fake_forget_counts(*state);
		assert_true(workqueues_read(fake_dump(*state), &tasks, &wqs));
		counts[i] = fake_reads(*state);
		assert_int_equal(the_pool()->pending, (i + 1) * 500);
	}
	assert_true(counts[0] < 500 * 8);
	assert_true(counts[1] < counts[0] * 2);
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
		fake_test(pool_flags),
		fake_test(pools_in_one_bucket),
		fake_test(pool_known_by_its_pwq),
		fake_test(worker_record),
		fake_test(worker_flags),
		fake_test(functions),
		fake_test(data_without_pwq),
		fake_test(width_of_flags),
		fake_test(scheduled_works),
		fake_test(barrier_behind_nothing),
		fake_test(barrier_without_its_task),
		fake_test(rescuer_at_work),
		fake_test(worklist_loops_early),
		fake_test(worklist_is_cut),
		fake_test(work_half_excluded),
		fake_test(barrier_behind_a_lost_work),
		fake_test(worklist_excluded),
		fake_test(workers_loop),
		fake_test(scheduled_loops),
		fake_test(hash_loops),
		fake_test(queues_loop),
		fake_test(lists_run_into_each_other),
		fake_test(without_what_is_needed),
		fake_test(nothing_is_made_up),
		fake_test(without_symbols),
		fake_test(newer_names),
		fake_test(cost_is_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
