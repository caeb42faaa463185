// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "kernel/sched/waiter.h"

#define UNINTERRUPTIBLE 2

static struct tasks tasks;
static struct workqueues wqs;
static struct rcu rcu;
static struct wait wait;

/* Xorg (700) sleeps; glxgears (701) is there to hold things. */
static kaddr_t xorg, glxgears;

static void kernel(struct fake *f)
{
	fake_kernel(f);
	fake_workqueues(f);
	xorg = fake_task(f, 700, "Xorg");
	glxgears = fake_task(f, 701, "glxgears");
	fake_task_state(f, xorg, UNINTERRUPTIBLE);
}

/* Some way up a task's stack: records are laid out there. */
static kaddr_t on_its_stack(struct fake *f, kaddr_t task, size_t at)
{
	return fake_get(f, task, "task_struct.thread.sp") + at;
}

static kaddr_t deep(struct fake *f, kaddr_t task)
{
	fake_set(f, task, "task_struct.thread.sp", fake_stack_top(f, task) - 0x800);
	return on_its_stack(f, task, 0);
}

/* What the task waits for; its stack has these functions, innermost first. */
static void find(struct fake *f, kaddr_t task, const char *const *functions)
{
	struct frame frames[8] = {{0}};
	struct stack stack = {.v = frames, .complete = true};
	struct wait_finder finder;

	for (; functions && functions[stack.n]; stack.n++) {
		stack.v[stack.n].function = functions[stack.n];
		stack.v[stack.n].module = "";
	}
	tasks_read(fake_dump(f), &tasks);
	workqueues_read(fake_dump(f), &tasks, &wqs);
	wait_finder_init(&finder, fake_dump(f), &tasks, &wqs, &rcu);
	wait_find(&finder, task_by_addr(&tasks, task), &stack, &wait);
}

#define FIND(f, task, ...) find(f, task, (const char *const[]){__VA_ARGS__, NULL})

static void assert_nothing(void)
{
	assert_int_equal(wait.kind, WAIT_NOTHING);
	assert_int_equal(wait.object, 0);
	assert_int_equal(wait.record, 0);
	assert_non_null(wait.why);
}

/* ---- records ------------------------------------------------------------ */

/* A struct mutex_waiter on a task's stack, on this list unless it is 0. */
static kaddr_t waiter(struct fake *f, kaddr_t task, size_t at, kaddr_t list)
{
	kaddr_t record = on_its_stack(f, task, at);

	fake_set(f, record, "mutex_waiter.task", task);
	if (list)
		fake_list_add_tail(f, list, fake_at(f, record, "mutex_waiter.list"));
	return record;
}

/* Held by glxgears. */
static kaddr_t new_mutex(struct fake *f, const char *name)
{
	kaddr_t mutex = name ? fake_variable(f, name, 32) : fake_new(f, "mutex");

	fake_list_head(f, fake_at(f, mutex, "mutex.wait_list"));
	fake_set(f, mutex, "mutex.owner", glxgears | 1);
	return mutex;
}

static kaddr_t wait_list(struct fake *f, kaddr_t mutex)
{
	return fake_at(f, mutex, "mutex.wait_list");
}

static kaddr_t rwsem_waiter(struct fake *f, kaddr_t task, kaddr_t rwsem)
{
	kaddr_t record = on_its_stack(f, task, 0x40);

	fake_set(f, record, "rwsem_waiter.task", task);
	fake_list_add_tail(f, fake_at(f, rwsem, "rw_semaphore.wait_list"),
			   fake_at(f, record, "rwsem_waiter.list"));
	return record;
}

static kaddr_t new_rwsem(struct fake *f)
{
	kaddr_t rwsem = fake_new(f, "rw_semaphore");

	fake_list_head(f, fake_at(f, rwsem, "rw_semaphore.wait_list"));
	fake_set(f, rwsem, "rw_semaphore.count", 3);
	fake_set(f, rwsem, "rw_semaphore.owner", glxgears);
	return rwsem;
}

static kaddr_t new_completion(struct fake *f)
{
	kaddr_t done = fake_new(f, "completion");

	fake_list_head(f, fake_at(f, done, "completion.wait.task_list"));
	return done;
}

/* A struct wait_queue_entry on a task's stack, in a new wait_queue_head. */
static kaddr_t new_queue(struct fake *f)
{
	kaddr_t queue = fake_alloc(f, 24);

	fake_list_head(f, fake_at(f, queue, "wait_queue_head.head"));
	return queue;
}

static kaddr_t queue_up(struct fake *f, kaddr_t task, size_t at, kaddr_t queue)
{
	kaddr_t record = on_its_stack(f, task, at);

	fake_set(f, record, "wait_queue_entry.private", task);
	fake_list_add_tail(f, fake_at(f, queue, "wait_queue_head.head"),
			   fake_at(f, record, "wait_queue_entry.entry"));
	return record;
}

/* ---- each kind ---------------------------------------------------------- */

static void on_mutex(void **state)
{
	kaddr_t lock, record;

	kernel(*state);
	lock = new_mutex(*state, "pcpu_drain_mutex");
	record = waiter(*state, xorg, 0x40, wait_list(*state, lock));
	FIND(*state, xorg, "__schedule", "schedule", "__mutex_lock.constprop.0");
	assert_int_equal(wait.kind, WAIT_MUTEX);
	assert_int_equal(wait.record, record);
	assert_int_equal(wait.object, lock);
	assert_string_equal(wait.symbol, "pcpu_drain_mutex");
	assert_string_equal(wait.where, "__mutex_lock");
	assert_true(wait.owner.known);
	assert_int_equal(wait.owner.owner->pid, 701);
	assert_null(wait.why);
	assert_int_equal(fake_dump(*state)->notes.n, 0);
}

/* A mutex_waiter, but no function that makes one: it is a left-over. */
static void mutex_without_its_function(void **state)
{
	kernel(*state);
	waiter(*state, xorg, 0x40, wait_list(*state, new_mutex(*state, NULL)));
	FIND(*state, xorg, "__schedule", "schedule", "__mutex_lock_of_mine",
	     "my__mutex_lock");
	assert_nothing();
	find(*state, xorg, NULL);
	assert_nothing();
}

static void names_of_objects(void **state)
{
	kaddr_t lock;

	kernel(*state);
	lock = fake_variable(*state, "big\nthing", 8192);
	fake_list_head(*state, wait_list(*state, lock + 64));
	waiter(*state, xorg, 0x40, wait_list(*state, lock + 64));
	FIND(*state, xorg, "__mutex_lock");
	assert_int_equal(wait.object, lock + 64);
	assert_string_equal(wait.symbol, "big\\x0athing+0x40");
	/* In the heap nothing has a name, and far behind a symbol neither. */
	waiter(*state, xorg, 0x40, wait_list(*state, new_mutex(*state, NULL)));
	FIND(*state, xorg, "__mutex_lock");
	assert_null(wait.symbol);
	fake_list_head(*state, wait_list(*state, lock + 4160));
	waiter(*state, xorg, 0x40, wait_list(*state, lock + 4160));
	FIND(*state, xorg, "__mutex_lock");
	assert_int_equal(wait.object, lock + 4160);
	assert_null(wait.symbol);
}

/* What drm's locks are is told by who takes them. */
static void names_of_ww_mutexes(void **state)
{
	kernel(*state);
	waiter(*state, xorg, 0x40, wait_list(*state, new_mutex(*state, NULL)));
	FIND(*state, xorg, "__ww_mutex_lock.constprop.0", "ww_mutex_lock",
	     "drm_modeset_lock", "drm_atomic_get_crtc_state");
	assert_int_equal(wait.kind, WAIT_MUTEX);
	assert_string_equal(wait.symbol, "modeset lock");
	assert_int_equal(wait.owner.owner->pid, 701);
	FIND(*state, xorg, "__ww_mutex_lock_slowpath", "virtio_gpu_array_lock_resv");
	assert_int_equal(wait.kind, WAIT_MUTEX);
	assert_string_equal(wait.symbol, "reservation lock");
	/* Until 5.6 */
	FIND(*state, xorg, "__ww_mutex_lock_slowpath", "ttm_eu_reserve_buffers");
	assert_string_equal(wait.symbol, "reservation lock");
	FIND(*state, xorg, "__ww_mutex_lock_interruptible_slowpath", "my_driver_lock");
	assert_int_equal(wait.kind, WAIT_MUTEX);
	assert_null(wait.symbol);
	/* A plain mutex that is taken further in. */
	FIND(*state, xorg, "__mutex_lock", "drm_modeset_lock");
	assert_null(wait.symbol);
}

/* Reads for so many waiters of one mutex, each asked for. */
static unsigned long reads_of_waiters(struct fake *f, int n)
{
	static const char *const function[] = {"__mutex_lock", NULL};
	struct frame frame = {.function = function[0], .module = ""};
	struct stack stack = {.v = &frame, .n = 1, .complete = true};
	struct wait_finder finder;
	kaddr_t lock, task[64];
	int i;

	kernel(f);
	lock = new_mutex(f, NULL);
	for (i = 0; i < n; i++) {
		task[i] = fake_task(f, 1000 + i, "waiter");
		fake_task_state(f, task[i], UNINTERRUPTIBLE);
		waiter(f, task[i], 0x40, wait_list(f, lock));
	}
	tasks_read(fake_dump(f), &tasks);
	wait_finder_init(&finder, fake_dump(f), &tasks, &wqs, &rcu);
	fake_forget_counts(f);
	for (i = 0; i < n; i++) {
		wait_find(&finder, task_by_addr(&tasks, task[i]), &stack, &wait);
		assert_int_equal(wait.kind, WAIT_MUTEX);
		assert_int_equal(wait.object, lock);
	}
	return fake_reads(f);
}

/* However many wait, each is walked past once. */
static void many_waiters(void **state)
{
	struct fake *other = fake_5_10();
	unsigned long few, many;

	few = reads_of_waiters(other, 10);
	fake_destroy(other);
	many = reads_of_waiters(*state, 60);
	assert_true(many <= few * 6 + 12);
}

static void on_rwsem(void **state)
{
	kaddr_t lock, record;

	kernel(*state);
	lock = new_rwsem(*state);
	record = rwsem_waiter(*state, xorg, lock);
	FIND(*state, xorg, "schedule", "rwsem_down_write_slowpath", "down_write");
	assert_int_equal(wait.kind, WAIT_RWSEM);
	assert_int_equal(wait.record, record);
	assert_int_equal(wait.object, lock);
	assert_false(wait.reader);
	assert_int_equal(wait.owner.owner->pid, 701);
	assert_false(wait.owner.readers);
	fake_set(*state, lock, "rw_semaphore.count", 0x102);
	fake_set(*state, lock, "rw_semaphore.owner", glxgears | 1);
	FIND(*state, xorg, "schedule", "rwsem_down_read_slowpath.isra.0", "down_read");
	assert_int_equal(wait.kind, WAIT_RWSEM);
	assert_true(wait.reader);
	assert_true(wait.owner.readers);
	/* 4.19 */
	FIND(*state, xorg, "schedule", "rwsem_down_read_failed", "down_read");
	assert_true(wait.reader);
	FIND(*state, xorg, "schedule", "rwsem_down_write_failed", "down_write");
	assert_int_equal(wait.kind, WAIT_RWSEM);
	assert_false(wait.reader);
	/* mmap() and munmap() */
	FIND(*state, xorg, "schedule", "rwsem_down_write_failed_killable",
	     "down_write_killable");
	assert_int_equal(wait.kind, WAIT_RWSEM);
	assert_int_equal(wait.object, lock);
	assert_false(wait.reader);
	FIND(*state, xorg, "schedule", "rwsem_down_read_failed_killable");
	assert_true(wait.reader);
}

static void on_semaphore(void **state)
{
	kaddr_t lock;

	kernel(*state);
	lock = fake_alloc(*state, 24);
	fake_list_head(*state, fake_at(*state, lock, "semaphore.wait_list"));
	waiter(*state, xorg, 0x40, fake_at(*state, lock, "semaphore.wait_list"));
	FIND(*state, xorg, "schedule_timeout", "__down", "down");
	assert_int_equal(wait.kind, WAIT_SEMAPHORE);
	assert_int_equal(wait.object, lock);
	assert_null(wait.owner.owner);
	assert_string_equal(wait.where, "__down");
	/* Saved before its record, the task looks like that of a wait queue's entry. */
	fake_ptr(*state, on_its_stack(*state, xorg, 0x40) - 16, xorg);
	FIND(*state, xorg, "schedule_timeout", "__down", "down");
	assert_int_equal(wait.kind, WAIT_SEMAPHORE);
}

static void completion(void **state)
{
	kaddr_t done;

	kernel(*state);
	done = new_completion(*state);
	fake_completion_wait(*state, xorg, done);
	FIND(*state, xorg, "schedule_timeout", "wait_for_completion", "kthread_stop");
	assert_int_equal(wait.kind, WAIT_COMPLETION);
	assert_int_equal(wait.object, done);
	assert_null(wait.barrier);
	/* No function is needed to know it: any stack will do. */
	find(*state, xorg, NULL);
	assert_int_equal(wait.kind, WAIT_COMPLETION);
}

/* flush_work(): the completion is that of a barrier in a pool. */
static void barrier(void **state)
{
	kaddr_t wq, work, addr;

	kernel(*state);
	wq = fake_wq(*state, "mm_percpu_wq", 8);
	work = fake_work(*state, "drain_local_pages_wq");
	fake_work_queue(*state, wq, 1, work);
	addr = fake_work_flush(*state, xorg, work, 0);
	FIND(*state, xorg, "schedule_timeout", "wait_for_completion",
	     "__flush_work.isra.0");
	assert_int_equal(wait.kind, WAIT_WORK);
	assert_int_equal(wait.object, addr);
	assert_non_null(wait.barrier);
	assert_int_equal(wait.barrier->addr, fake_at(*state, addr, "wq_barrier.work"));
	assert_int_equal(wait.barrier->target->addr, work);
	assert_string_equal(wait.where, "flush_work");
}

/* The barrier names its task: what its completion has on the stack is not needed. */
static void barrier_without_a_waiter(void **state)
{
	kaddr_t work, addr;

	kernel(*state);
	work = fake_work(*state, "vmstat_update");
	fake_work_queue(*state, fake_wq(*state, "events", 0), 1, work);
	addr = fake_work_flush(*state, xorg, work, 0);
	fake_absent(*state, "swait_queue");
	find(*state, xorg, NULL);
	assert_int_equal(wait.kind, WAIT_WORK);
	assert_int_equal(wait.object, addr);
	fake_set(*state, addr, "wq_barrier.task", glxgears);
	find(*state, xorg, NULL);
	assert_nothing();
}

/* It has a barrier somewhere, but sleeps on another completion now. */
static void barrier_of_another_wait(void **state)
{
	kaddr_t work, done;

	kernel(*state);
	work = fake_work(*state, "vmstat_update");
	fake_work_queue(*state, fake_wq(*state, "events", 0), 1, work);
	fake_work_flush(*state, xorg, work, 0);
	done = new_completion(*state);
	fake_completion_wait(*state, xorg, done);
	find(*state, xorg, NULL);
	assert_int_equal(wait.kind, WAIT_COMPLETION);
	assert_int_equal(wait.object, done);
}

static void flush_of_a_workqueue(void **state)
{
	kernel(*state);
	fake_completion_wait(*state, xorg, new_completion(*state));
	FIND(*state, xorg, "wait_for_completion", "__flush_workqueue");
	assert_int_equal(wait.kind, WAIT_FLUSH);
	assert_non_null(wait.where);
}

static void wait_queue(void **state)
{
	kaddr_t queue, record;

	kernel(*state);
	queue = new_queue(*state);
	record = queue_up(*state, xorg, 0x40, queue);
	FIND(*state, xorg, "schedule", "virtio_gpu_queue_ctrl_sgs");
	assert_int_equal(wait.kind, WAIT_QUEUE);
	assert_int_equal(wait.record, record);
	assert_int_equal(wait.object, queue);
	FIND(*state, xorg, "schedule", "io_schedule", "wait_on_page_bit_common");
	assert_int_equal(wait.kind, WAIT_IO);
	assert_int_equal(wait.object, queue);
}

/* Until 5.7 a completion has a wait_queue_head: the barrier is found all the same. */
static void barrier_of_older_kernels(void **state)
{
	kaddr_t wq, work, addr, done;

	fake_absent(*state, "completion.wait.task_list");
	fake_absent(*state, "swait_queue");
	kernel(*state);
	wq = fake_wq(*state, "mm_percpu_wq", 8);
	work = fake_work(*state, "drain_local_pages_wq");
	fake_work_queue(*state, wq, 1, work);
	addr = fake_alloc_pages(*state, 128);
	fake_work_at(*state, addr, "wq_barrier_func");
	fake_work_queue(*state, wq, 1, addr);
	fake_set(*state, addr, "wq_barrier.task", xorg);
	done = fake_at(*state, addr, "wq_barrier.done");
	fake_list_head(*state, fake_at(*state, done + 8, "wait_queue_head.head"));
	queue_up(*state, xorg, 0x40, done + 8);
	FIND(*state, xorg, "schedule_timeout", "wait_for_completion", "flush_work");
	assert_int_equal(wait.kind, WAIT_WORK);
	assert_int_equal(wait.object, addr);
	assert_int_equal(wait.barrier->addr, addr);
	/* Another queue is not the barrier's. */
	queue_up(*state, xorg, 0x40, new_queue(*state));
	FIND(*state, xorg, "schedule_timeout", "wait_for_completion");
	assert_int_equal(wait.kind, WAIT_QUEUE);
	FIND(*state, xorg, "schedule_timeout", "wait_for_completion", "flush_workqueue");
	assert_int_equal(wait.kind, WAIT_FLUSH);
}

/* Whoever lets go of a lock wakes the first of its queue, be that who asks or another. */
static void the_first_in_the_queue(void **state)
{
	kaddr_t mutex = fake_alloc(*state, 64), node;
	kaddr_t tasks_of[2], record;
	int i;

	kernel(*state);
	tasks_of[0] = glxgears;
	tasks_of[1] = xorg;
	fake_list_head(*state, fake_at(*state, mutex, "mutex.wait_list"));
	for (i = 0; i < 2; i++) {
		deep(*state, tasks_of[i]);
		record = on_its_stack(*state, tasks_of[i], 0x40);
		node = fake_at(*state, record, "mutex_waiter.list");
		fake_set(*state, record, "mutex_waiter.task", tasks_of[i]);
		fake_list_add_tail(*state, fake_at(*state, mutex, "mutex.wait_list"),
				   node);
	}
	fake_set(*state, mutex, "mutex.owner", 1);
	FIND(*state, xorg, "schedule", "__mutex_lock");
	assert_int_equal(wait.kind, WAIT_MUTEX);
	assert_true(wait.owner.free);
	assert_int_equal(wait.first->pid, 701);
	/* A list that leads into nothing has no first. */
	fake_ptr(*state, fake_at(*state, mutex, "mutex.wait_list"), FAKE_NOWHERE);
	FIND(*state, xorg, "schedule", "__mutex_lock");
	assert_true(!wait.first || wait.first->pid == 701);
}

/* kthread_stop() sleeps on a completion in the struct kthread of whom it stops. */
static void on_the_end_of_a_thread(void **state)
{
	kaddr_t thread, own = fake_new(*state, "kthread"), done;

	kernel(*state);
	thread = fake_kthread(*state, 77, "scrub");
	fake_id_set(*state, thread, TASK_KTHREAD, own);
	done = fake_at(*state, own, "kthread.exited");
	fake_list_head(*state, fake_id_at(*state, done, COMPLETION_SWAIT_LIST));
	fake_completion_wait(*state, xorg, done);
	FIND(*state, xorg, "schedule_timeout", "wait_for_completion", "kthread_stop");
	assert_int_equal(wait.kind, WAIT_COMPLETION);
	assert_non_null(wait.thread);
	assert_int_equal(wait.thread->pid, 77);
	assert_string_equal(wait.symbol, "end of scrub");
	/* A completion is nobody's end because kthread_stop() is on the stack. */
	fake_id_set(*state, thread, TASK_KTHREAD, FAKE_NOWHERE);
	FIND(*state, xorg, "schedule_timeout", "wait_for_completion", "kthread_stop");
	assert_null(wait.thread);
}

#define LARGE_STACK (128u << 10)

/* Larger than any that Linux has of its own. */
static void on_a_large_stack(void **state)
{
	kaddr_t stack, lock;

	kernel(*state);
	stack = fake_alloc_pages(*state, LARGE_STACK);
	fake_no_symbol(*state, "__end_init_task");
	fake_symbol(*state, "__end_init_task",
		    fake_value(*state, "__start_init_task") + LARGE_STACK);
	fake_id_set(*state, xorg, TASK_STACK, stack);
	fake_set(*state, xorg, "task_struct.thread.sp", stack + 0x800);
	lock = new_mutex(*state, "a_mutex");
	waiter(*state, xorg, LARGE_STACK - 0x1000, wait_list(*state, lock));
	FIND(*state, xorg, "__schedule", "schedule", "__mutex_lock");
	assert_int_equal(wait.kind, WAIT_MUTEX);
	assert_int_equal(wait.object, lock);
}

static void on_a_flush(void **state)
{
	kaddr_t flusher = fake_new(*state, "wq_flusher"), done, wq;

	kernel(*state);
	wq = fake_wq(*state, "xfs-sync", 0);
	fake_list_head(*state, fake_at(*state, wq, "workqueue_struct.flusher_queue"));
	fake_list_head(*state, fake_at(*state, wq, "workqueue_struct.flusher_overflow"));
	fake_set(*state, wq, "workqueue_struct.first_flusher", flusher);
	done = fake_at(*state, flusher, "wq_flusher.done");
	fake_list_head(*state, fake_id_at(*state, done, COMPLETION_SWAIT_LIST));
	fake_completion_wait(*state, xorg, done);
	FIND(*state, xorg, "schedule_timeout", "wait_for_completion", "flush_workqueue");
	assert_int_equal(wait.kind, WAIT_FLUSH);
	assert_non_null(wait.flushed);
	assert_string_equal(wait.flushed->name, "xfs-sync");
	/* Behind the first, in one of two lists. */
	fake_set(*state, wq, "workqueue_struct.first_flusher", FAKE_NOWHERE);
	fake_list_add_tail(*state,
			   fake_at(*state, wq, "workqueue_struct.flusher_overflow"),
			   fake_at(*state, flusher, "wq_flusher.list"));
	FIND(*state, xorg, "schedule_timeout", "wait_for_completion", "flush_workqueue");
	assert_non_null(wait.flushed);
	fake_ptr(*state, fake_at(*state, wq, "workqueue_struct.flusher_overflow"),
		 FAKE_NOWHERE);
	FIND(*state, xorg, "schedule_timeout", "wait_for_completion", "flush_workqueue");
	assert_int_equal(wait.kind, WAIT_FLUSH);
	assert_null(wait.flushed);
}

/* SRCU and the flavours for tracing have the same callback: the stack tells them apart. */
static void on_grace_period(void **state)
{
	kaddr_t sync = fake_alloc(*state, 64);
	kaddr_t done = fake_at(*state, sync, "rcu_synchronize.completion");

	kernel(*state);
	rcu.addr = fake_variable(*state, "rcu_state", 8);
	fake_set(*state, sync, "rcu_synchronize.head.func",
		 fake_function(*state, "wakeme_after_rcu", NULL, 0, 0));
	fake_id_set(*state, done, COMPLETION_SWAIT_LIST, 0);
	fake_list_head(*state, fake_id_at(*state, done, COMPLETION_SWAIT_LIST));
	fake_completion_wait(*state, xorg, done);
	FIND(*state, xorg, "schedule_timeout", "wait_for_completion", "__wait_rcu_gp");
	assert_int_equal(wait.kind, WAIT_RCU);
	assert_int_equal(wait.rcu, RCU_WAIT_NORMAL);
	assert_int_equal(wait.object, done);
	FIND(*state, xorg, "wait_for_completion", "__synchronize_srcu");
	assert_int_equal(wait.kind, WAIT_COMPLETION);
	assert_string_equal(wait.symbol, "SRCU grace period");
	FIND(*state, xorg, "wait_for_completion", "synchronize_rcu_tasks");
	assert_int_equal(wait.kind, WAIT_COMPLETION);
	assert_string_equal(wait.symbol, "RCU-tasks grace period");
	/* 4.19 with preemption has the scheduler's flavour beside; without, it is RCU's. */
	fake_symbol(*state, "rcu_preempt_state", rcu.addr);
	FIND(*state, xorg, "wait_for_completion", "__wait_rcu_gp", "synchronize_sched");
	assert_int_equal(wait.kind, WAIT_COMPLETION);
	assert_string_equal(wait.symbol, "grace period of another RCU");
	fake_no_symbol(*state, "rcu_preempt_state");
	fake_symbol(*state, "rcu_sched_state", rcu.addr);
	FIND(*state, xorg, "wait_for_completion", "__wait_rcu_gp", "synchronize_sched");
	assert_int_equal(wait.kind, WAIT_RCU);
	FIND(*state, xorg, "wait_for_completion", "__wait_rcu_gp", "synchronize_rcu_bh");
	assert_int_equal(wait.kind, WAIT_COMPLETION);
	/* Its own thread waits for no grace period, wherever it sleeps. */
	rcu.kthread = task_by_addr(&tasks, xorg);
	FIND(*state, xorg, "schedule_timeout", "wait_for_completion", "__wait_rcu_gp");
	assert_int_equal(wait.kind, WAIT_COMPLETION);
	rcu.kthread = NULL;
	rcu.addr = 0;
	FIND(*state, xorg, "schedule_timeout", "wait_for_completion", "__wait_rcu_gp");
	assert_int_equal(wait.kind, WAIT_COMPLETION);
}

/* By 6.18 RCU's kthread wakes who waits, and nothing but his stack says what for. */
static void on_grace_period_without_a_callback(void **state)
{
	kaddr_t sync, done;

	kernel(*state);
	sync = fake_stack_top(*state, xorg) - 0x200;
	done = fake_at(*state, sync, "rcu_synchronize.completion");
	rcu.addr = fake_variable(*state, "rcu_state", 8);
	fake_function(*state, "wakeme_after_rcu", NULL, 0, 0);
	fake_id_set(*state, done, COMPLETION_SWAIT_LIST, 0);
	fake_list_head(*state, fake_id_at(*state, done, COMPLETION_SWAIT_LIST));
	fake_completion_wait(*state, xorg, done);
	FIND(*state, xorg, "wait_for_completion", "synchronize_rcu_normal",
	     "synchronize_rcu");
	assert_int_equal(wait.kind, WAIT_RCU);
	assert_int_equal(wait.rcu, RCU_WAIT_NORMAL);
	/* Where it was inlined. */
	FIND(*state, xorg, "wait_for_completion", "synchronize_rcu");
	assert_int_equal(wait.kind, WAIT_RCU);
	FIND(*state, xorg, "wait_for_completion", "synchronize_rcu_expedited",
	     "synchronize_rcu");
	assert_int_equal(wait.kind, WAIT_COMPLETION);
	FIND(*state, xorg, "wait_for_completion", "synchronize_srcu");
	assert_int_equal(wait.kind, WAIT_COMPLETION);
	rcu.addr = 0;
	FIND(*state, xorg, "wait_for_completion", "synchronize_rcu");
	assert_int_equal(wait.kind, WAIT_COMPLETION);
}

/* A dma_fence_cb on the stack whose func is dma_fence_default_wait()'s. */
static kaddr_t new_fence(struct fake *f)
{
	kaddr_t fence = fake_alloc(f, 64);

	fake_list_head(f, fake_id_at(f, fence, DMA_FENCE_CB_LIST));
	fake_id_set(f, fence, DMA_FENCE_OPS,
		    fake_variable(f, "virtio_gpu_fence_ops", 64));
	return fence;
}

static kaddr_t wait_on_fence(struct fake *f, kaddr_t fence)
{
	kaddr_t record = on_its_stack(f, xorg, 0x40);

	fake_set(f, record, "dma_fence_cb.func",
		 fake_function(f, "dma_fence_default_wait_cb", NULL, 0, 0));
	fake_list_add_tail(f, fake_id_at(f, fence, DMA_FENCE_CB_LIST),
			   fake_at(f, record, "dma_fence_cb.node"));
	return record;
}

static void on_fence(void **state)
{
	kaddr_t addr, record;

	kernel(*state);
	addr = new_fence(*state);
	/* Callbacks of others, which are no waiters, are on the list as well. */
	fake_list_add_tail(*state, fake_id_at(*state, addr, DMA_FENCE_CB_LIST),
			   fake_alloc(*state, 64) + 16);
	fake_id_set(*state, addr, DMA_FENCE_LOCK, 0xffff888007777000);
	record = wait_on_fence(*state, addr);
	fake_list_add_tail(*state, fake_id_at(*state, addr, DMA_FENCE_CB_LIST),
			   fake_alloc(*state, 64) + 16);
	FIND(*state, xorg, "schedule_timeout", "dma_fence_default_wait");
	assert_int_equal(wait.kind, WAIT_FENCE);
	assert_int_equal(wait.record, record);
	assert_int_equal(wait.object, addr);
	assert_int_equal(wait.fence_lock, 0xffff888007777000);
	assert_string_equal(wait.fence_ops, "virtio_gpu_fence_ops");
	/* A fence of no ops that are known is waited for, but not found. */
	fake_id_set(*state, addr, DMA_FENCE_OPS, FAKE_NOWHERE);
	find(*state, xorg, NULL);
	assert_int_equal(wait.kind, WAIT_FENCE);
	assert_int_equal(wait.object, 0);
}

/* The function's address alone, in a register that was saved, is no record. */
static void fence_callback_not_queued(void **state)
{
	kernel(*state);
	fake_ptr(*state, on_its_stack(*state, xorg, 0x40),
		 fake_function(*state, "dma_fence_default_wait_cb", NULL, 0, 0));
	find(*state, xorg, NULL);
	assert_nothing();
}

static void without_a_record(void **state)
{
	kernel(*state);
	FIND(*state, xorg, "schedule", "bit_wait_io", "__wait_on_bit");
	assert_int_equal(wait.kind, WAIT_IO);
	assert_int_equal(wait.object, 0);
	FIND(*state, xorg, "schedule_timeout", "msleep");
	assert_int_equal(wait.kind, WAIT_TIMER);
	FIND(*state, xorg, "schedule", "something_else");
	assert_nothing();
	assert_null(wait.where);
}

static void kind_names(void **state)
{
	(void)state;
	assert_string_equal(wait_kind_name(WAIT_NOTHING), "unknown");
	assert_string_equal(wait_kind_name(WAIT_FENCE), "fence");
	assert_string_equal(wait_kind_name(WAIT_TIMER), "timer");
}

/* ---- which record is believed ------------------------------------------- */

/* The task got the lock once; what it was queued by is still on its stack. */
static void stale_record(void **state)
{
	kaddr_t lock, record, other;

	kernel(*state);
	lock = new_mutex(*state, NULL);
	record = waiter(*state, xorg, 0x40, wait_list(*state, lock));
	fake_list_head(*state, wait_list(*state, lock)); /* it is off the list */
	FIND(*state, xorg, "__mutex_lock");
	assert_nothing();
	/* Others came after: next agrees no more, prev does. */
	fake_list_head(*state, wait_list(*state, lock));
	fake_list_add_tail(*state, wait_list(*state, lock), record);
	other = waiter(*state, glxgears, 0x40, wait_list(*state, lock));
	fake_ptr(*state, other + 8, wait_list(*state, lock));
	FIND(*state, xorg, "__mutex_lock");
	assert_nothing();
	/* And the other way round: only prev does not agree. */
	fake_ptr(*state, record + 8, wait_list(*state, lock));
	fake_ptr(*state, record, other);
	fake_ptr(*state, other + 8, record);
	fake_ptr(*state, wait_list(*state, lock), other);
	FIND(*state, xorg, "__mutex_lock");
	assert_nothing();
	/* list_del_init() */
	fake_list_head(*state, record);
	FIND(*state, xorg, "__mutex_lock");
	assert_nothing();
	/* list_del() poisons */
	fake_ptr(*state, record, 0xdead000000000100);
	fake_ptr(*state, record + 8, 0xdead000000000122);
	FIND(*state, xorg, "__mutex_lock");
	assert_nothing();
}

static void innermost_wins(void **state)
{
	kaddr_t lock, queue, record;

	kernel(*state);
	deep(*state, xorg);
	queue = new_queue(*state);
	lock = new_mutex(*state, NULL);
	record = queue_up(*state, xorg, 0x400, queue);
	FIND(*state, xorg, "schedule");
	assert_int_equal(wait.record, record);
	/* Queued for the event, and before it slept it took a lock. */
	record = waiter(*state, xorg, 0x200, wait_list(*state, lock));
	FIND(*state, xorg, "schedule", "__mutex_lock");
	assert_int_equal(wait.kind, WAIT_MUTEX);
	assert_int_equal(wait.record, record);
	assert_int_equal(wait.object, lock);
	/* It has the lock: what is outside counts again. */
	fake_list_head(*state, wait_list(*state, lock));
	FIND(*state, xorg, "schedule", "__mutex_lock");
	assert_int_equal(wait.kind, WAIT_QUEUE);
	assert_int_equal(wait.object, queue);
	assert_null(wait.where);
}

/* Below the stack pointer there is nothing that counts any more. */
static void below_the_stack_pointer(void **state)
{
	kaddr_t sp;

	kernel(*state);
	sp = deep(*state, xorg);
	queue_up(*state, xorg, 0x100, new_queue(*state));
	fake_set(*state, xorg, "task_struct.thread.sp", sp + 0x200);
	find(*state, xorg, NULL);
	assert_nothing();
}

/* A record on this stack that names another task is not this task's. */
static void record_of_another(void **state)
{
	kaddr_t record;

	kernel(*state);
	record = queue_up(*state, xorg, 0x40, new_queue(*state));
	fake_set(*state, record, "wait_queue_entry.private", glxgears);
	find(*state, xorg, NULL);
	assert_nothing();
}

/* ---- the head of the list ----------------------------------------------- */

static void several_waiters(void **state)
{
	kaddr_t lock, task;
	int pid;

	kernel(*state);
	lock = new_mutex(*state, NULL);
	for (pid = 800; pid < 805; pid++) {
		task = fake_task(*state, pid, "other");
		waiter(*state, task, 0x40, wait_list(*state, lock));
		if (pid == 802)
			waiter(*state, xorg, 0x40, wait_list(*state, lock));
	}
	FIND(*state, xorg, "__mutex_lock");
	assert_int_equal(wait.object, lock);
	assert_int_equal(wait.owner.owner->pid, 701);
}

static void waiters_alone(void **state)
{
	kaddr_t one, other;

	kernel(*state);
	one = waiter(*state, xorg, 0x40, 0);
	other = waiter(*state, glxgears, 0x40, 0);
	fake_list_head(*state, one);
	fake_list_add_tail(*state, one, other);
	FIND(*state, xorg, "__mutex_lock");
	assert_int_equal(wait.kind, WAIT_MUTEX);
	assert_int_equal(wait.object, 0);
	assert_false(wait.owner.known);
	assert_null(wait.symbol);
}

/* Neighbours agree, but further on the list turns back into itself. */
static void list_loops(void **state)
{
	kaddr_t lock, records[4];
	int i;

	kernel(*state);
	lock = new_mutex(*state, NULL);
	records[0] = waiter(*state, xorg, 0x40, wait_list(*state, lock));
	for (i = 1; i < 4; i++)
		records[i] = waiter(*state, fake_task(*state, 800 + i, "other"), 0x40,
				    wait_list(*state, lock));
	fake_ptr(*state, records[3], records[2]);
	FIND(*state, xorg, "__mutex_lock");
	assert_int_equal(wait.kind, WAIT_MUTEX);
	assert_int_equal(wait.object, 0);
	fake_ptr(*state, records[2], records[2]);
	FIND(*state, xorg, "__mutex_lock");
	assert_int_equal(wait.object, 0);
}

static void list_leads_nowhere(void **state)
{
	kaddr_t lock, other;

	kernel(*state);
	lock = new_mutex(*state, NULL);
	waiter(*state, xorg, 0x40, wait_list(*state, lock));
	other = waiter(*state, glxgears, 0x40, wait_list(*state, lock));
	fake_ptr(*state, other, FAKE_NOWHERE);
	FIND(*state, xorg, "__mutex_lock");
	assert_int_equal(wait.kind, WAIT_MUTEX);
	assert_int_equal(wait.object, 0);
	/* The very next is not there: then nobody confirms that it is queued. */
	fake_exclude(*state, other, 1);
	FIND(*state, xorg, "__mutex_lock");
	assert_nothing();
}

/* ---- stacks that end before what made the record ------------------------- */

static void find_cut(struct fake *f, kaddr_t task)
{
	struct frame frames[1] = {{.function = "__schedule", .module = ""}};
	struct stack stack = {.v = frames, .n = 1, .why = "no frame record"};
	struct wait_finder finder;

	tasks_read(fake_dump(f), &tasks);
	workqueues_read(fake_dump(f), &tasks, &wqs);
	wait_finder_init(&finder, fake_dump(f), &tasks, &wqs, &rcu);
	wait_find(&finder, task_by_addr(&tasks, task), &stack, &wait);
}

static void mutex_is_told_by_its_owner(void **state)
{
	kaddr_t lock;

	kernel(*state);
	lock = new_mutex(*state, NULL);
	waiter(*state, xorg, 0x40, wait_list(*state, lock));
	find_cut(*state, xorg);
	assert_int_equal(wait.kind, WAIT_MUTEX);
	assert_int_equal(wait.object, lock);
	assert_int_equal(wait.owner.owner->pid, 701);
	assert_null(wait.where);
}

/* Nobody waits, nobody holds it, or the holder is no task: then it may be anything. */
static void what_no_owner_tells_is_no_mutex(void **state)
{
	kaddr_t lock;
	size_t i;

	kernel(*state);
	lock = new_mutex(*state, NULL);
	waiter(*state, xorg, 0x40, wait_list(*state, lock));
	for (i = 0; i < 4; i++) {
		fake_set(*state, lock, "mutex.owner",
			 (kaddr_t[]){glxgears, 0, 1, FAKE_NOWHERE | 1}[i]);
		find_cut(*state, xorg);
		assert_nothing();
	}
}

/* Its last reader's name is where a mutex has its owner: he may have left. */
static void lock_of_readers_is_no_mutex(void **state)
{
	kaddr_t rwsem;

	kernel(*state);
	rwsem = new_rwsem(*state);
	rwsem_waiter(*state, xorg, rwsem);
	fake_set(*state, rwsem, "rw_semaphore.owner", glxgears | 1);
	fake_set(*state, rwsem, "rw_semaphore.count", 1 << 8 | 2);
	find_cut(*state, xorg);
	assert_nothing();
	fake_set(*state, rwsem, "rw_semaphore.count", 0xffffffff00000001);
	find_cut(*state, xorg);
	assert_nothing();
	fake_set(*state, rwsem, "rw_semaphore.count", 3);
	fake_set(*state, rwsem, "rw_semaphore.owner", glxgears);
	find_cut(*state, xorg);
	assert_nothing();
}

/* ---- tasks whose stack does not tell ------------------------------------ */

/* All of the stack is searched then: what has been left in it is on no list any more. */
static void stack_pointer_outside(void **state)
{
	kaddr_t top, record;
	size_t i;

	kernel(*state);
	top = fake_stack_top(*state, xorg);
	waiter(*state, xorg, 0x10, 0);
	record = queue_up(*state, xorg, 0x40, new_queue(*state));
	for (i = 0; i < 5; i++) {
		fake_set(*state, xorg, "task_struct.thread.sp",
			 (kaddr_t[]){0, top, top - 16385, FAKE_NOWHERE, ~0ull}[i]);
		find(*state, xorg, NULL);
		assert_int_equal(wait.kind, WAIT_QUEUE);
		assert_int_equal(wait.record, record);
	}
	/* Not aligned: as damaged as it is, the record above it is still sound. */
	fake_set(*state, xorg, "task_struct.thread.sp", top - 0x100 + 3);
	find(*state, xorg, NULL);
	assert_int_equal(wait.kind, WAIT_QUEUE);
	fake_set(*state, xorg, "task_struct.thread.sp", top - 1);
	find(*state, xorg, NULL);
	assert_nothing();
}

static void stack_of_no_known_size(void **state)
{
	kernel(*state);
	fake_no_symbol(*state, "__start_init_task");
	find(*state, xorg, NULL);
	assert_nothing();
	/* At the very end of memory. */
	fake_set(*state, xorg, "task_struct.stack", ~0ull & ~0xfffull);
	fake_set(*state, xorg, "task_struct.thread.sp", ~0ull & ~0xffull);
	fake_type(*state, "thread_union", 16384);
	find(*state, xorg, NULL);
	assert_nothing();
}

static void stack_excluded(void **state)
{
	kernel(*state);
	queue_up(*state, xorg, 0x40, new_queue(*state));
	fake_exclude(*state, fake_stack_top(*state, xorg) - 8, 8);
	find(*state, xorg, NULL);
	assert_nothing();
	assert_non_null(strstr(wait.why, "cannot be read"));
	/* As zeros: nothing is found, and nothing else happens. */
	fake_dump(*state)->info.zero_excluded = true;
	find(*state, xorg, NULL);
	assert_nothing();
}

static void runs(void **state)
{
	kernel(*state);
	queue_up(*state, xorg, 0x40, new_queue(*state));
	fake_task_runs(*state, xorg, 1);
	find(*state, xorg, NULL);
	assert_nothing();
	assert_non_null(strstr(wait.why, "runnable"));
	/* Woken: its state says that it sleeps, the run queue knows better. */
	fake_task_queued(*state, xorg, 1);
	fake_task_state(*state, xorg, UNINTERRUPTIBLE);
	find(*state, xorg, NULL);
	assert_nothing();
	fake_set(*state, xorg, "task_struct.on_rq", 0);
	find(*state, xorg, NULL);
	assert_int_equal(wait.kind, WAIT_QUEUE);
}

/* ---- what is missing ---------------------------------------------------- */

static void without_rows(void **state)
{
	static const char *const rows[] = {
		"wait_queue_entry.private",
		"wait_queue_entry.entry",
		"wait_queue_head.head",
	};
	struct fake *f;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		f = fake_5_10();
		kernel(f);
		queue_up(f, xorg, 0x40, new_queue(f));
		fake_absent(f, rows[i]);
		find(f, xorg, NULL);
		assert_nothing();
		fake_destroy(f);
	}
	kernel(*state);
	waiter(*state, xorg, 0x40, wait_list(*state, new_mutex(*state, NULL)));
	fake_absent(*state, "mutex.owner");
	FIND(*state, xorg, "__mutex_lock");
	assert_int_equal(wait.kind, WAIT_MUTEX);
	assert_false(wait.owner.known);
	fake_absent(*state, "mutex_waiter");
	FIND(*state, xorg, "__mutex_lock");
	assert_nothing();
}

static void fence_without_rows(void **state)
{
	static const char *const rows[] = {"dma_fence_cb.func", "dma_fence_cb.node",
					   "dma_fence.ops"};
	struct fake *f;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		f = fake_5_10();
		kernel(f);
		wait_on_fence(f, new_fence(f));
		fake_absent(f, rows[i]);
		find(f, xorg, NULL);
		assert_nothing();
		fake_destroy(f);
	}
}

/* Wherever Ctrl-C hits: no more reads. */
static void interrupted(void **state)
{
	struct stack none = {0};
	struct wait_finder finder;
	size_t all, n;

	kernel(*state);
	queue_up(*state, xorg, 0x40, new_queue(*state));
	find(*state, xorg, NULL);
	wait_finder_init(&finder, fake_dump(*state), &tasks, &wqs, &rcu);
	fake_forget_counts(*state);
	wait_find(&finder, task_by_pid(&tasks, 700), &none, &wait);
	all = fake_reads(*state);
	assert_true(all > 3);
	for (n = 0; n < all; n++) {
		/* One that does not know the list's head yet. */
		wait_finder_init(&finder, fake_dump(*state), &tasks, &wqs, &rcu);
		fake_forget_counts(*state);
		fake_interrupt_after(*state, n);
		wait_find(&finder, task_by_pid(&tasks, 700), &none, &wait);
		assert_int_equal(fake_reads(*state), n);
		assert_int_equal(fake_dump(*state)->notes.n, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(the_first_in_the_queue),
		fake_test(on_the_end_of_a_thread),
		fake_test(on_a_large_stack),
		fake_test(on_a_flush),
		fake_test(on_grace_period),
		fake_test(on_grace_period_without_a_callback),
		fake_test(on_mutex),
		fake_test(mutex_without_its_function),
		fake_test(names_of_objects),
		fake_test(names_of_ww_mutexes),
		fake_test(many_waiters),
		fake_test(on_rwsem),
		fake_test(on_semaphore),
		fake_test(completion),
		fake_test(barrier),
		fake_test(barrier_without_a_waiter),
		fake_test(barrier_of_another_wait),
		fake_test(flush_of_a_workqueue),
		fake_test(wait_queue),
		fake_test(barrier_of_older_kernels),
		fake_test(on_fence),
		fake_test(fence_callback_not_queued),
		fake_test(without_a_record),
		fake_test(kind_names),
		fake_test(stale_record),
		fake_test(innermost_wins),
		fake_test(below_the_stack_pointer),
		fake_test(record_of_another),
		fake_test(several_waiters),
		fake_test(waiters_alone),
		fake_test(list_loops),
		fake_test(list_leads_nowhere),
		fake_test(mutex_is_told_by_its_owner),
		fake_test(what_no_owner_tells_is_no_mutex),
		fake_test(lock_of_readers_is_no_mutex),
		fake_test(stack_pointer_outside),
		fake_test(stack_of_no_known_size),
		fake_test(stack_excluded),
		fake_test(runs),
		fake_test(without_rows),
		fake_test(fence_without_rows),
		fake_test(interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
