// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake_work.h"

#include <stdio.h>

#define DATA_PENDING 0x1ull
#define DATA_PWQ 0x4ull
#define DATA_LINKED 0x8ull
#define WORKER_IS_IDLE 0x4

#define UNINTERRUPTIBLE 2
#define SECOND 1000000000ull

static kaddr_t at(struct fake *f, kaddr_t base, enum layout_id id)
{
	return fake_id_at(f, base, id);
}

static kaddr_t new (struct fake *f, enum layout_id type)
{
	return fake_alloc(f, (size_t)layout_size(fake_dump(f), type));
}

static uint64_t get(struct fake *f, kaddr_t base, enum layout_id id)
{
	return fake_get(f, base, layout_name(fake_dump(f), id));
}

static kaddr_t function(struct fake *f, const char *name)
{
	kaddr_t addr;

	if (dump_symbol(fake_dump(f), name, &addr))
		return addr;
	return fake_function(f, name, NULL, 0, 0);
}

static void list_del(struct fake *f, kaddr_t node)
{
	kaddr_t next = fake_peek_u64(f, node), prev = fake_peek_u64(f, node + 8);

	fake_ptr(f, prev, next);
	fake_ptr(f, next + 8, prev);
	fake_list_head(f, node);
}

/* ---- pools, queues, workers --------------------------------------------- */

static void make_pool(struct fake *f, kaddr_t pool, unsigned int cpu, int id, int nice)
{
	kaddr_t attrs = fake_alloc(f, 64);

	fake_id_set(f, attrs, WQ_ATTRS_NICE, (uint64_t)nice);
	fake_id_set(f, pool, POOL_CPU, cpu);
	fake_id_set(f, pool, POOL_ID, (uint64_t)id);
	fake_id_set(f, pool, POOL_ATTRS, attrs);
	fake_list_head(f, at(f, pool, POOL_WORKLIST));
	fake_list_head(f, at(f, pool, POOL_WORKERS));
}

void fake_workqueues(struct fake *f)
{
	size_t size = (size_t)layout_size(fake_dump(f), POOL);
	kaddr_t pools = fake_percpu_variable(f, "cpu_worker_pools", 2 * size), pool;
	unsigned int cpu;

	fake_list_head(f, fake_variable(f, "workqueues", 16));
	fake_variable(f, "unbound_pool_hash", 64 * 8);
	for (cpu = 0; cpu < fake_dump(f)->info.cpus; cpu++) {
		pool = fake_percpu(f, cpu, pools);
		make_pool(f, pool, cpu, (int)cpu * 2, 0);
		make_pool(f, pool + size, cpu, (int)cpu * 2 + 1, -20);
	}
}

kaddr_t fake_pool(struct fake *f, unsigned int cpu)
{
	return fake_percpu(f, cpu, fake_value(f, "cpu_worker_pools"));
}

kaddr_t fake_wq(struct fake *f, const char *name, unsigned int flags)
{
	kaddr_t wq = new (f, WQ), pwq;
	unsigned int cpu;

	fake_set_string(f, wq, layout_name(fake_dump(f), WQ_NAME), name);
	fake_id_set(f, wq, WQ_FLAGS, flags);
	fake_list_head(f, at(f, wq, WQ_PWQS));
	fake_list_head(f, at(f, wq, WQ_MAYDAYS));
	fake_list_add_tail(f, fake_value(f, "workqueues"), at(f, wq, WQ_LIST));
	for (cpu = 0; cpu < fake_dump(f)->info.cpus; cpu++) {
		/* Its low bits carry a work's flags. */
		pwq = fake_alloc_pages(f, fake_size(f, "pool_workqueue"));
		fake_id_set(f, pwq, PWQ_POOL, fake_pool(f, cpu));
		fake_id_set(f, pwq, PWQ_WQ, wq);
		fake_list_head(f, at(f, pwq, PWQ_INACTIVE));
		fake_list_add_tail(f, at(f, wq, WQ_PWQS), at(f, pwq, PWQ_PWQS_NODE));
	}
	return wq;
}

kaddr_t fake_pwq(struct fake *f, kaddr_t wq, unsigned int cpu)
{
	kaddr_t node = at(f, wq, WQ_PWQS);

	for (cpu++; cpu; cpu--)
		node = fake_peek_u64(f, node);
	return member_base(fake_dump(f), node, PWQ_PWQS_NODE);
}

kaddr_t fake_worker(struct fake *f, unsigned int cpu, int id, int pid)
{
	kaddr_t pool = fake_pool(f, cpu), worker = new (f, WORKER), task;
	char comm[16];

	snprintf(comm, sizeof(comm), "kworker/%u:%d", cpu, id);
	task = fake_kthread(f, pid, comm);
	fake_task_state(f, task, UNINTERRUPTIBLE | 0x400); /* TASK_IDLE */
	fake_id_set(f, task, TASK_CPU, cpu);
	fake_id_set(f, worker, WORKER_ID, (uint64_t)id);
	fake_id_set(f, worker, WORKER_TASK, task);
	fake_id_set(f, worker, WORKER_FLAGS, WORKER_IS_IDLE);
	fake_list_head(f, at(f, worker, WORKER_SCHEDULED));
	fake_list_add_tail(f, at(f, pool, POOL_WORKERS), at(f, worker, WORKER_NODE));
	fake_id_set(f, pool, POOL_NR_WORKERS, get(f, pool, POOL_NR_WORKERS) + 1);
	fake_id_set(f, pool, POOL_NR_IDLE, get(f, pool, POOL_NR_IDLE) + 1);
	return worker;
}

/* ---- works -------------------------------------------------------------- */

void fake_work_at(struct fake *f, kaddr_t work, const char *name)
{
	fake_list_head(f, at(f, work, WORK_ENTRY));
	fake_id_set(f, work, WORK_FUNC, function(f, name));
}

kaddr_t fake_work(struct fake *f, const char *name)
{
	kaddr_t work = new (f, WORK);

	fake_work_at(f, work, name);
	return work;
}

void fake_work_queue(struct fake *f, kaddr_t wq, unsigned int cpu, kaddr_t work)
{
	kaddr_t pwq = fake_pwq(f, wq, cpu);

	fake_id_set(f, work, WORK_DATA, pwq | DATA_PENDING | DATA_PWQ);
	fake_id_set(f, pwq, PWQ_NR_ACTIVE, get(f, pwq, PWQ_NR_ACTIVE) + 1);
	fake_list_add_tail(f, at(f, fake_pool(f, cpu), POOL_WORKLIST),
			   at(f, work, WORK_ENTRY));
}

void fake_work_run(struct fake *f, kaddr_t worker, kaddr_t wq, kaddr_t work)
{
	kaddr_t task = get(f, worker, WORKER_TASK), pool;
	unsigned int cpu = (unsigned int)get(f, task, TASK_CPU);

	pool = fake_pool(f, cpu);
	list_del(f, at(f, work, WORK_ENTRY));
	/* What is left of data while it runs is its pool's id. */
	fake_id_set(f, work, WORK_DATA, get(f, pool, POOL_ID) << 5);
	if (get(f, worker, WORKER_FLAGS) & WORKER_IS_IDLE) {
		fake_id_set(f, worker, WORKER_FLAGS, 0);
		fake_id_set(f, pool, POOL_NR_IDLE, get(f, pool, POOL_NR_IDLE) - 1);
	}
	fake_id_set(f, worker, WORKER_CURRENT_WORK, work);
	fake_id_set(f, worker, WORKER_CURRENT_FUNC, get(f, work, WORK_FUNC));
	fake_id_set(f, worker, WORKER_CURRENT_PWQ, fake_pwq(f, wq, cpu));
	fake_task_state(f, task, UNINTERRUPTIBLE);
}

/* ---- flushing ----------------------------------------------------------- */

void fake_completion_wait(struct fake *f, kaddr_t task, kaddr_t completion)
{
	kaddr_t swait = fake_stack_top(f, task) - 0x280;

	fake_id_set(f, swait, SWAIT_TASK, task);
	fake_list_add_tail(f, at(f, completion, COMPLETION_SWAIT_LIST),
			   at(f, swait, SWAIT_LIST));
	fake_id_set(f, task, TASK_THREAD_SP, swait - 0x80);
	fake_task_state(f, task, UNINTERRUPTIBLE);
}

kaddr_t fake_work_flush(struct fake *f, kaddr_t task, kaddr_t work, kaddr_t worker)
{
	kaddr_t barrier = fake_stack_top(f, task) - 0x200;
	kaddr_t inner = at(f, barrier, BARRIER_WORK), done = at(f, barrier, BARRIER_DONE);
	kaddr_t next, pwq;

	fake_work_at(f, inner, "wq_barrier_func");
	if (worker) {
		pwq = get(f, worker, WORKER_CURRENT_PWQ);
		next = fake_peek_u64(f, at(f, worker, WORKER_SCHEDULED));
	} else {
		pwq = get(f, work, WORK_DATA) & ~0xffull;
		fake_id_set(f, work, WORK_DATA, get(f, work, WORK_DATA) | DATA_LINKED);
		next = fake_peek_u64(f, at(f, work, WORK_ENTRY));
	}
	fake_id_set(f, inner, WORK_DATA, pwq | DATA_PENDING | DATA_PWQ);
	/* Before what comes next is right behind the work. */
	fake_list_add_tail(f, next, at(f, inner, WORK_ENTRY));
	fake_id_set(f, barrier, BARRIER_TASK, task);
	fake_list_head(f, at(f, done, COMPLETION_SWAIT_LIST));
	fake_completion_wait(f, task, done);
	return barrier;
}

/* ---- the drain hang ------------------------------------------------------ */

static void set_clocks(struct fake *f)
{
	unsigned int cpu;

	for (cpu = 0; cpu < fake_dump(f)->info.cpus; cpu++) {
		fake_id_set(f, fake_rq(f, cpu), RQ_CLOCK, FAKE_NOW_NS);
		fake_id_set(f, fake_rq(f, cpu), RQ_CLOCK_TASK, FAKE_NOW_NS);
	}
}

static void ran_until(struct fake *f, kaddr_t task, uint64_t seconds_ago)
{
	fake_id_set(f, task, TASK_EXEC_START, FAKE_NOW_NS - seconds_ago * SECOND);
	fake_id_set(f, task, TASK_LAST_ARRIVAL, FAKE_NOW_NS - seconds_ago * SECOND);
	fake_id_set(f, task, TASK_LAST_QUEUED, FAKE_NOW_NS - seconds_ago * SECOND);
}

static void drain_symbols(struct fake *f, struct fake_hang *h)
{
	kaddr_t base = fake_percpu_variable(f, "pcpu_drain", fake_size(f, "pcpu_drain"));
	unsigned int cpu;

	function(f, "drain_all_pages");
	for (cpu = 0; cpu < fake_dump(f)->info.cpus; cpu++)
		fake_work_at(f, at(f, fake_percpu(f, cpu, base), PCPU_DRAIN_WORK),
			     "drain_local_pages_wq");
	h->work = at(f, fake_percpu(f, 1, base), PCPU_DRAIN_WORK);
	h->mutex = fake_variable(f, "pcpu_drain_mutex",
				 (size_t)layout_size(fake_dump(f), MUTEX));
	fake_list_head(f, at(f, h->mutex, MUTEX_WAIT_LIST));
	fake_id_set(f, h->mutex, MUTEX_OWNER, h->xorg);
	fake_u8(f, fake_variable(f, "cpus_with_pcps.81", 8), 1 << 1);
	fake_ptr(f, fake_variable(f, "mm_percpu_wq", 8), h->wq);
	fake_u32(f, fake_variable(f, "sysctl_sched_rt_runtime", 4), (uint32_t)-1);
}

struct fake_hang fake_drain_hang(struct fake *f)
{
	struct fake_hang h = {0};

	fake_kernel(f);
	fake_workqueues(f);
	set_clocks(f);
	fake_task(f, 1, "systemd");
	h.wq = fake_wq(f, "mm_percpu_wq", 8);
	h.xorg = fake_task(f, 196, "Xorg");
	h.hog = fake_task(f, 191, "rt-hog");
	h.worker = fake_worker(f, 1, 0, 36);
	h.kworker = get(f, h.worker, WORKER_TASK);
	drain_symbols(f, &h);

	fake_work_queue(f, h.wq, 1, h.work);
	h.barrier = fake_work_flush(f, h.xorg, h.work, 0);
	ran_until(f, h.xorg, 17);
	fake_task_queued(f, h.kworker, 1); /* woken for the work, still marked idle */
	ran_until(f, h.kworker, 18);
	fake_task_rt(f, h.hog, 1, 99);
	fake_task_runs(f, h.hog, 1);
	ran_until(f, h.hog, 19);
	fake_id_set(f, h.hog, TASK_EXEC_START, FAKE_NOW_NS);
	fake_id_set(f, h.hog, TASK_SUM_EXEC, 19 * SECOND);
	return h;
}
