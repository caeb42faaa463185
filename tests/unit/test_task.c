// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "kernel/sched/task.h"

static struct tasks tasks;

/* Reads the tasks of the dump; how many there are beside the swappers. */
static int read_tasks(struct fake *f)
{
	int n = 0;
	size_t i;

	assert_true(tasks_read(fake_dump(f), &tasks));
	for (i = 0; i < tasks.all.n; i++) {
		n += !tasks.all.v[i].idle;
		assert_true(i == 0 || tasks.all.v[i - 1].addr < tasks.all.v[i].addr);
	}
	return n;
}

static struct task *by_pid(int pid)
{
	struct task *t = task_by_pid(&tasks, pid);

	assert_non_null(t);
	return t;
}

/* systemd(1), kthreadd(2), and Xorg(700) with two more threads. */
static kaddr_t xorg(struct fake *f)
{
	kaddr_t leader;

	fake_kernel(f);
	fake_task(f, 1, "systemd");
	fake_kthread(f, 2, "kthreadd");
	leader = fake_task(f, 700, "Xorg");
	fake_thread(f, leader, 701, "llvmpipe-0");
	fake_thread(f, leader, 702, "InputThread");
	return leader;
}

static void normal(void **state)
{
	kaddr_t leader = xorg(*state);

	assert_int_equal(read_tasks(*state), 5);
	assert_true(tasks.complete);
	assert_int_equal(fake_dump(*state)->notes.n, 0);
	assert_ptr_equal(task_by_addr(&tasks, leader), by_pid(700));
	assert_string_equal(by_pid(700)->comm, "Xorg");
	assert_string_equal(by_pid(701)->comm, "llvmpipe-0");
	assert_int_equal(by_pid(702)->tgid, 700);
	assert_false(by_pid(700)->kthread);
	assert_true(by_pid(2)->kthread);
	assert_int_equal(by_pid(700)->stack_size, 16384);
	assert_int_equal(by_pid(700)->stack + 16384, fake_stack_top(*state, leader));
	assert_null(task_by_pid(&tasks, 703));
	assert_null(task_by_addr(&tasks, leader + 1));
}

static void stack_sizes(void **state)
{
	kaddr_t start;

	xorg(*state);
	start = fake_value(*state, "__start_init_task");
	fake_no_symbol(*state, "__start_init_task");
	fake_type(*state, "thread_union", 32768); /* as 6.1 says it */
	read_tasks(*state);
	assert_int_equal(by_pid(700)->stack_size, 32768);
	fake_absent(*state, "thread_union");
	read_tasks(*state);
	assert_int_equal(by_pid(700)->stack_size, 0);
	assert_true(fake_has_note(*state, "stack"));
	fake_symbol(*state, "__start_init_stack", start);
	fake_symbol(*state, "__end_init_stack", start + 65536);
	read_tasks(*state);
	assert_int_equal(by_pid(700)->stack_size, 65536);
}

static void swappers(void **state)
{
	struct task *t;

	fake_kernel(*state);
	assert_int_equal(read_tasks(*state), 0);
	assert_true(tasks.complete);
	assert_int_equal(tasks.all.n, 2);
	t = task_by_addr(&tasks, fake_value(*state, "init_task"));
	assert_non_null(t);
	assert_true(t->idle);
	assert_string_equal(t->comm, "swapper/0");
	assert_int_equal(t->sched, SCHED_KIND_IDLE);
	assert_null(task_by_pid(&tasks, 0)); /* pid 0 is not one task */
}

static void found_by_pid(void **state)
{
	static const int pids[] = {4194303, 2, 900, 77, 65536};
	size_t i;

	fake_kernel(*state);
	for (i = 0; i < ARRAY_SIZE(pids); i++)
		fake_task(*state, pids[i], "task");
	read_tasks(*state);
	for (i = 0; i < ARRAY_SIZE(pids); i++) {
		assert_int_equal(by_pid(pids[i])->pid, pids[i]);
		assert_null(task_by_pid(&tasks, pids[i] + 1));
	}
	assert_null(task_by_pid(&tasks, -1));
}

static void scheduling(void **state)
{
	kaddr_t hog;
	struct task *t;

	fake_kernel(*state);
	hog = fake_task(*state, 900, "rt-hog");
	fake_task_rt(*state, hog, 1, 99);
	fake_task_runs(*state, hog, 1);
	fake_set(*state, hog, "task_struct.thread_info.flags", 1 << 3);
	fake_set(*state, hog, "task_struct.sched_info.last_arrival", 123456789);
	read_tasks(*state);
	t = by_pid(900);
	assert_int_equal(t->state_letter, 'R');
	assert_true(t->on_cpu);
	assert_true(t->on_rq);
	assert_int_equal(t->cpu, 1);
	assert_int_equal(t->prio, 0);
	assert_int_equal(t->rt_priority, 99);
	assert_string_equal(policy_name(t->policy), "FIFO");
	assert_int_equal(t->sched, SCHED_KIND_RT);
	assert_string_equal(sched_kind_name(t->sched), "rt");
	assert_true(t->need_resched);
	assert_int_equal(t->last_arrival, 123456789);
}

/* TIF_NEED_RESCHED is another bit since 6.19: told by who does not run. */
static void asked_to_yield(void **state)
{
	const char *flags = "task_struct.thread_info.flags";
	kaddr_t hog, other;

	fake_kernel(*state);
	hog = fake_task(*state, 900, "hog");
	other = fake_task(*state, 901, "sh");
	fake_set(*state, other, "task_struct.mm", FAKE_HEAP);
	fake_task_runs(*state, hog, 1);
	fake_set(*state, hog, flags, 1 << 4);
	fake_set(*state, other, flags, 1 << 19);
	read_tasks(*state);
	assert_false(by_pid(900)->need_resched); /* TIF_NOHZ, before 5.11 */
	fake_member(*state, "task_struct", "thread_info.syscall_work", 8, 8);
	read_tasks(*state);
	assert_true(by_pid(900)->need_resched);
	fake_set(*state, hog, flags, 1 << 3);
	read_tasks(*state);
	assert_false(by_pid(900)->need_resched); /* TIF_MEMDIE */
	fake_set(*state, other, flags, 1 << 14);
	read_tasks(*state);
	assert_true(by_pid(900)->need_resched);
}

static void class_that_is_none(void **state)
{
	kaddr_t task;

	fake_kernel(*state);
	task = fake_task(*state, 900, "odd");
	fake_set(*state, task, "task_struct.sched_class",
		 fake_value(*state, "rt_sched_class") + 8);
	read_tasks(*state);
	assert_int_equal(by_pid(900)->sched, SCHED_KIND_UNKNOWN);
	assert_string_equal(policy_name(-1), "?");
	assert_string_equal(policy_name(8), "?");
	assert_string_equal(policy_name(6), "DEADLINE");
}

static void states(void **state)
{
	static const struct {
		uint64_t state, exit_state;
		char letter;
		bool hung;
	} cases[] = {
		{0, 0, 'R', false},	    {1, 0, 'S', false},
		{2, 0, 'D', true},	    {2 | 0x2000, 0, 'D', true}, /* freezable */
		{0x8000, 0, 'D', false},    /* frozen, as 6.1 has it */
		{2 | 0x100, 0, 'D', false}, /* killable */
		{2 | 0x400, 0, 'I', false}, /* idle: a kworker that has nothing to do */
		{4, 0, 'T', false},	    {8, 0, 't', false},
		{0x40, 0, 'P', false},	    {0x80, 0x20, 'Z', false},
		{0x80, 0x10, 'X', false},   {0x200, 0, 'R', false}, /* waking */
	};
	kaddr_t task;
	size_t i;

	fake_kernel(*state);
	task = fake_task(*state, 900, "task");
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		fake_task_state(*state, task, cases[i].state);
		fake_set(*state, task, "task_struct.exit_state", cases[i].exit_state);
		read_tasks(*state);
		assert_int_equal(by_pid(900)->state_letter, cases[i].letter);
		assert_int_equal(task_is_hung_state(by_pid(900)), cases[i].hung);
		assert_int_equal(task_is_frozen(by_pid(900)), cases[i].state == 0x8000);
	}
}

/* An exiting process has given its mm away; a kthread may borrow one. */
static void kthreads_are_told_by_their_flag(void **state)
{
	kaddr_t zombie, vhost;

	fake_kernel(*state);
	zombie = fake_task(*state, 900, "zombie");
	vhost = fake_kthread(*state, 901, "vhost-900");
	fake_set(*state, zombie, "task_struct.mm", 0);
	fake_set(*state, vhost, "task_struct.mm", fake_alloc(*state, 64));
	read_tasks(*state);
	assert_false(by_pid(900)->kthread);
	assert_true(by_pid(901)->kthread);
	/* Without flags, the mm is better than nothing. */
	fake_absent(*state, "task_struct.flags");
	read_tasks(*state);
	assert_true(by_pid(900)->kthread);
}

static void names_are_escaped(void **state)
{
	kaddr_t task;

	fake_kernel(*state);
	task = fake_task(*state, 900, "a\x1b[2Jb\n");
	read_tasks(*state);
	assert_string_equal(by_pid(900)->comm, "a\\x1b[2Jb\\x0a");
	/* As long as can be, each byte an escape, and no NUL. */
	fake_bytes(*state, fake_at(*state, task, "task_struct.comm"),
		   "\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1", 16);
	read_tasks(*state);
	assert_true(strlen(by_pid(900)->comm) >= 15 * 4);
	assert_int_equal(strlen(by_pid(900)->comm) % 4, 0);
}

/* ---- what is missing ---------------------------------------------------- */

static void state_of_newer_kernels(void **state)
{
	kaddr_t leader;

	fake_absent(*state, "task_struct.state");
	fake_absent(*state, "task_struct.cpu");
	fake_member(*state, "task_struct", "__state", 24, 4);
	fake_member(*state, "task_struct", "stack", 32, 8);
	fake_member(*state, "task_struct", "thread_info.cpu", 20, 4);
	leader = xorg(*state);
	fake_task_state(*state, leader, 2);
	fake_set(*state, leader, "task_struct.thread_info.cpu", 1);
	read_tasks(*state);
	assert_int_equal(by_pid(700)->state_letter, 'D');
	assert_int_equal(by_pid(700)->cpu, 1);
}

static void without_what_is_needed(void **state)
{
	static const char *const needed[] = {"task_struct.tasks", "task_struct.pid",
					     "task_struct.comm", "task_struct.state"};
	struct fake *f;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(needed); i++) {
		f = fake_5_10();
		xorg(f);
		fake_absent(f, needed[i]);
		assert_false(tasks_read(fake_dump(f), &tasks));
		assert_true(fake_has_note(f, "task"));
		fake_destroy(f);
	}
	xorg(*state);
	fake_no_symbol(*state, "init_task");
	assert_false(tasks_read(fake_dump(*state), &tasks));
	assert_null(task_by_addr(&tasks, 1));
	assert_null(task_by_pid(&tasks, 1));
}

/* Each of the others may be missing, and the tasks are still found. */
static void without_the_rest(void **state)
{
	static const char *const others[] = {
		"task_struct.exit_state",
		"task_struct.stack",
		"task_struct.flags",
		"task_struct.on_cpu",
		"task_struct.cpu",
		"task_struct.sched_class",
		"task_struct.sched_info.last_arrival",
		"task_struct.mm",
		"task_struct.tgid",
		"task_struct.thread.sp",
		"task_struct.thread_info.flags",
		"rq.idle",
		"task_struct.prio",
	};
	size_t i;

	xorg(*state);
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		fake_absent(*state, others[i]);
		assert_int_equal(read_tasks(*state), 5);
	}
	fake_absent(*state, "signal_struct.thread_head");
	assert_int_equal(read_tasks(*state), 3);
}

/* ---- what is broken ----------------------------------------------------- */

static kaddr_t tasks_of(struct fake *f, kaddr_t task)
{
	return fake_at(f, task, "task_struct.tasks");
}

static void list_loops(void **state)
{
	kaddr_t leader = xorg(*state),
		next = tasks_of(*state, fake_task(*state, 800, "a"));

	fake_ptr(*state, next, tasks_of(*state, leader));
	assert_int_equal(read_tasks(*state), 6);
	assert_false(tasks.complete);
	assert_true(fake_has_note(*state, "tasks: the list"));
}

static void list_leads_nowhere(void **state)
{
	kaddr_t leader = xorg(*state), last;

	fake_task(*state, 800, "lost");
	last = fake_task(*state, 801, "last");
	fake_ptr(*state, tasks_of(*state, leader), FAKE_NOWHERE);
	fake_ptr(*state, tasks_of(*state, last) + 8, FAKE_NOWHERE);
	assert_int_equal(read_tasks(*state), 6);
	assert_false(tasks.complete);
	assert_true(fake_has_note(*state, "cannot be read"));
	assert_null(task_by_pid(&tasks, 800));
	assert_non_null(by_pid(801));
}

/* Those behind it, and their threads, are reached from the other end, each once. */
static void a_page_of_the_list_is_missing(void **state)
{
	kaddr_t leader, gone;

	fake_kernel(*state);
	fake_task(*state, 798, "first");
	fake_alloc_pages(*state, 1);
	gone = fake_task(*state, 799, "gone");
	fake_alloc_pages(*state, 1);
	leader = fake_task(*state, 800, "behind");
	fake_thread(*state, leader, 801, "its thread");
	fake_task(*state, 802, "last");
	fake_exclude(*state, tasks_of(*state, gone), 1);
	assert_int_equal(read_tasks(*state), 4);
	assert_false(tasks.complete);
	assert_null(task_by_pid(&tasks, 799));
	by_pid(798);
	by_pid(801);
	by_pid(802);
	assert_true(fake_has_note(*state, "tasks: the list"));
	assert_true(fake_has_note(*state, "tasks from the last on: the list"));
}

/* A page of one task_struct is excluded: that one is lost, the walk goes on. */
static void task_struct_excluded(void **state)
{
	kaddr_t lost;

	fake_kernel(*state);
	fake_alloc_pages(*state, 1);
	lost = fake_task(*state, 800, "lost");
	fake_task(*state, 801, "found");
	fake_exclude(*state, lost + FAKE_PAGE, 1);
	assert_int_equal(read_tasks(*state), 1);
	assert_false(tasks.complete);
	assert_true(fake_has_note(*state, "task_struct at 0x"));
	assert_true(fake_has_note(*state, "cannot be read: page excluded from the dump"));
	assert_non_null(by_pid(801));
	fake_damage(*state, lost + FAKE_PAGE, 1);
	assert_int_equal(read_tasks(*state), 1);
	assert_true(fake_has_note(*state, "cannot be read: page damaged in the dump"));
	fake_unmap(*state, lost + FAKE_PAGE, 1);
	assert_int_equal(read_tasks(*state), 1);
	assert_true(fake_has_note(*state, "cannot be read: no such address"));
}

static void swapper_unreadable(void **state)
{
	xorg(*state);
	fake_set(*state, fake_rq(*state, 1), "rq.idle", FAKE_NOWHERE);
	assert_int_equal(read_tasks(*state), 5);
	assert_int_equal(tasks.all.n, 6);
	assert_false(tasks.complete);
}

static void threads_loop(void **state)
{
	kaddr_t leader = xorg(*state),
		signal = fake_get(*state, leader, "task_struct.signal");
	kaddr_t head = fake_at(*state, signal, "signal_struct.thread_head");

	/* The last thread goes back to the leader's node, not to the head. */
	fake_ptr(*state, fake_peek_u64(*state, head + 8),
		 fake_at(*state, leader, "task_struct.thread_node"));
	assert_int_equal(read_tasks(*state), 5);
	assert_false(tasks.complete);
	assert_true(fake_has_note(*state, "threads of a process"));
}

static void signal_points_nowhere(void **state)
{
	kaddr_t leader = xorg(*state);

	fake_set(*state, leader, "task_struct.signal", FAKE_NOWHERE);
	assert_int_equal(read_tasks(*state), 3);
	assert_false(tasks.complete);
	fake_set(*state, leader, "task_struct.signal", 0); /* as of a dead task */
	assert_int_equal(read_tasks(*state), 3);
	assert_true(tasks.complete);
}

/* Two leaders that share one list of threads: each thread is one task. */
static void threads_claimed_twice(void **state)
{
	kaddr_t leader = xorg(*state), other = fake_task(*state, 800, "other");

	fake_set(*state, other, "task_struct.signal",
		 fake_get(*state, leader, "task_struct.signal"));
	assert_int_equal(read_tasks(*state), 6);
}

static void cost_is_linear(void **state)
{
	size_t reads[2], i;
	int pid = 1000, n;

	fake_kernel(*state);
	for (i = 0; i < 2; i++) {
		for (n = 0; n < 200; n++)
			fake_task(*state, pid++, "task");
		fake_forget_counts(*state);
		assert_int_equal(read_tasks(*state), (int)(i + 1) * 200);
		reads[i] = fake_reads(*state);
	}
	assert_true(reads[0] < 200 * 8);
	assert_in_range(reads[1], reads[0] * 2 - 50, reads[0] * 2);
}

/* Wherever Ctrl-C hits: no more reads, and no complaint about the dump. */
static void interrupted(void **state)
{
	size_t all, n;

	xorg(*state);
	read_tasks(*state);
	all = fake_reads(*state);
	for (n = 0; n < all; n++) {
		fake_forget_counts(*state);
		fake_interrupt_after(*state, n);
		tasks_read(fake_dump(*state), &tasks);
		assert_false(tasks.complete);
		assert_int_equal(fake_dump(*state)->notes.n, 0);
		assert_int_equal(fake_reads(*state), n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(normal),
		fake_test(stack_sizes),
		fake_test(swappers),
		fake_test(found_by_pid),
		fake_test(scheduling),
		fake_test(asked_to_yield),
		fake_test(class_that_is_none),
		fake_test(states),
		fake_test(kthreads_are_told_by_their_flag),
		fake_test(names_are_escaped),
		fake_test(state_of_newer_kernels),
		fake_test(without_what_is_needed),
		fake_test(without_the_rest),
		fake_test(list_loops),
		fake_test(list_leads_nowhere),
		fake_test(a_page_of_the_list_is_missing),
		fake_test(task_struct_excluded),
		fake_test(swapper_unreadable),
		fake_test(threads_loop),
		fake_test(signal_points_nowhere),
		fake_test(threads_claimed_twice),
		fake_test(cost_is_linear),
		fake_test(interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
