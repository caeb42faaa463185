// SPDX-License-Identifier: GPL-2.0-or-later
/* Who waits for what a process serves, and for which process. */
#include "test.h"

#include "fake_work.h"
#include "kernel/sched/service.h"

/* Of 6.1 on x86_64, as far as it is read. */
static const struct fake_row rows[] = {
	FAKE_M("fuse_dev.fc", 0, 8),
	FAKE_M("fuse_mount.fc", 0, 8),
	FAKE_M("fuse_req.fm", 144, 8),
	FAKE_M("fuse_req.waitq", 112, 24),
	FAKE_M("fuse_req.flags", 48, 8),
	FAKE_M("super_block.s_fs_info", 920, 8),
	FAKE_E("FR_SENT", 9),
	FAKE_M("fsnotify_group.fanotify_data.access_waitq", 168, 24),
	FAKE_M("userfaultfd_ctx.fault_pending_wqh", 0, 24),
	FAKE_M("userfaultfd_ctx.fault_wqh", 24, 24),
	FAKE_M("subprocess_info.work", 0, 32),
	FAKE_M("subprocess_info.complete", 32, 8),
};

static struct {
	struct fake *f;
	struct tasks tasks;
	struct workqueues wqs;
	struct services services;
	kaddr_t leader, connection, mount, request, waitq;
} m;

/* Its descriptor 3 is a file of these operations. */
static void opens_file(kaddr_t task, const char *ops, kaddr_t private_data)
{
	kaddr_t files = fake_alloc(m.f, 1024), fdt = fake_alloc(m.f, 64);
	kaddr_t table = fake_alloc(m.f, 512), file = fake_alloc(m.f, 512);

	fake_id_set(m.f, task, TASK_FILES, files);
	fake_id_set(m.f, files, FILES_FDT, fdt);
	fake_id_set(m.f, fdt, FDTABLE_MAX, 64);
	fake_id_set(m.f, fdt, FDTABLE_FD, table);
	fake_ptr(m.f, table + 24, file);
	fake_id_set(m.f, file, FILE_OP, fake_value(m.f, ops));
	fake_id_set(m.f, file, FILE_PRIVATE, private_data);
}

/* /dev/fuse, of that connection. */
static void opens(kaddr_t task, kaddr_t connection)
{
	kaddr_t dev = fake_alloc(m.f, 256);

	fake_ptr(m.f, dev, connection);
	opens_file(task, "fuse_dev_operations", dev);
}

static int set_up(void **state)
{
	memset(&m, 0, sizeof(m));
	m.f = fake_6_1();
	fake_kernel(m.f);
	fake_rows(m.f, rows, ARRAY_SIZE(rows));
	fake_workqueues(m.f);
	fake_variable(m.f, "fuse_dev_operations", 256);
	fake_variable(m.f, "fanotify_fops", 256);
	fake_variable(m.f, "userfaultfd_fops", 256);
	m.connection = fake_alloc(m.f, 512);
	m.mount = fake_alloc(m.f, 256);
	fake_ptr(m.f, m.mount, m.connection);
	m.request = fake_alloc(m.f, 256);
	fake_set(m.f, m.request, "fuse_req.fm", m.mount);
	m.waitq = fake_at(m.f, m.request, "fuse_req.waitq");
	m.leader = fake_task(m.f, 600, "portal");
	opens(m.leader, m.connection);
	*state = m.f;
	return 0;
}

static void read_all(void)
{
	assert_true(tasks_read(fake_dump(m.f), &m.tasks));
	assert_true(workqueues_read(fake_dump(m.f), &m.tasks, &m.wqs));
	services_read(fake_dump(m.f), &m.tasks, &m.services);
}

/* Of a task that sleeps in that function, on that queue or completion. */
static struct service_wait wait_in(const struct task *t, const char *function,
				   enum wait_kind kind, kaddr_t object, kaddr_t sb)
{
	const struct service_finder f = {.d = fake_dump(m.f),
					 .tasks = &m.tasks,
					 .wqs = &m.wqs,
					 .services = &m.services};
	struct frame frames[] = {{.function = "schedule", .module = ""},
				 {.function = function, .module = ""}};
	struct stack stack = {.v = frames, .n = ARRAY_SIZE(frames)};
	struct wait w = {.kind = kind, .object = object};
	struct service_wait out;

	service_wait_find(&f, t, &stack, &w, sb, &out);
	return out;
}

static struct service_wait wait_on(kaddr_t queue, kaddr_t sb)
{
	return wait_in(&(struct task){.tgid = 1}, "fuse_simple_request",
		       queue ? WAIT_QUEUE : WAIT_IO, queue, sb);
}

static void daemon_of_a_request(void **state)
{
	struct service_wait w;

	(void)state;
	read_all();
	w = wait_on(m.waitq, 0);
	assert_non_null(w.daemon);
	assert_int_equal(w.daemon->pid, 600);
	assert_int_equal(w.request, m.request);
	assert_false(w.sent);
	fake_set(m.f, m.request, "fuse_req.flags", 1u << 9);
	assert_true(wait_on(m.waitq, 0).sent);
}

/* What its daemon's threads are at: one that is stuck is the one to look at. */
static void thread_of_a_daemon(void **state)
{
	kaddr_t worker;

	(void)state;
	worker = fake_thread(m.f, m.leader, 601, "worker");
	read_all();
	assert_int_equal(wait_on(m.waitq, 0).daemon->pid, 600);
	fake_task_state(m.f, worker, 4); /* __TASK_STOPPED */
	read_all();
	assert_int_equal(wait_on(m.waitq, 0).daemon->pid, 601);
}

static void page_of_its_file_system(void **state)
{
	kaddr_t sb = fake_alloc(m.f, 2048);

	(void)state;
	fake_set(m.f, sb, "super_block.s_fs_info", m.mount);
	read_all();
	assert_int_equal(wait_on(0, sb).daemon->pid, 600);
	/* Another file system keeps something else there. */
	fake_set(m.f, sb, "super_block.s_fs_info", fake_alloc(m.f, 64));
	assert_null(wait_on(0, sb).daemon);
	fake_set(m.f, sb, "super_block.s_fs_info", FAKE_NOWHERE);
	assert_null(wait_on(0, sb).daemon);
	fake_set(m.f, sb, "super_block.s_fs_info", 0);
	assert_null(wait_on(0, sb).daemon);
}

/* A connection that two processes have, and one that nobody has. */
static void daemon_that_is_not_known(void **state)
{
	(void)state;
	opens(fake_task(m.f, 610, "helper"), m.connection);
	read_all();
	assert_int_equal(m.services.all.n, 1);
	assert_null(wait_on(m.waitq, 0).daemon);
	fake_ptr(m.f, m.mount, m.connection + 8);
	assert_null(wait_on(m.waitq, 0).daemon);
	fake_set(m.f, m.request, "fuse_req.fm", FAKE_NOWHERE);
	assert_null(wait_on(m.waitq, 0).daemon);
	assert_null(wait_on(FAKE_NOWHERE, 0).daemon);
}

/* Without the module's types only the one connection that there is can be meant. */
static void without_types(void **state)
{
	(void)state;
	fake_absent(m.f, "fuse_req");
	fake_absent(m.f, "fuse_dev");
	fake_absent(m.f, "fuse_mount");
	read_all();
	assert_int_equal(wait_on(m.waitq, 0).daemon->pid, 600);
	assert_int_equal(wait_on(m.waitq, 0).request, 0);
	assert_true(wait_on(m.waitq, 0).only);
	opens(fake_task(m.f, 610, "sshfs"), m.connection + 64);
	read_all();
	assert_null(wait_on(m.waitq, 0).daemon);
}

static void who_is_asked(void **state)
{
	struct frame frames[] = {{.function = "schedule", .module = ""},
				 {.function = "__fuse_simple_request", .module = "fuse"}};
	struct stack stack = {.v = frames, .n = ARRAY_SIZE(frames)};
	struct wait w = {.kind = WAIT_QUEUE};

	(void)state;
	assert_true(service_wait_is_likely(&stack, &w, 0));
	w.kind = WAIT_MUTEX;
	assert_false(service_wait_is_likely(&stack, &w, 0));
	assert_true(service_wait_is_likely(&stack, &w, 8));
	stack.n = 1;
	w.kind = WAIT_QUEUE;
	assert_false(service_wait_is_likely(&stack, &w, 0));
}

/* It sleeps on a queue of the connection, below functions of the same module. */
static void a_daemon_does_not_wait_for_itself(void **state)
{
	struct frame frames[] = {{.function = "schedule", .module = ""},
				 {.function = "fuse_wait", .module = "fuse"},
				 {.function = "fuse_dev_do_read.constprop.0",
				  .module = "fuse"}};
	struct stack stack = {.v = frames, .n = 2};
	struct wait w = {.kind = WAIT_QUEUE};

	(void)state;
	assert_true(service_wait_is_likely(&stack, &w, 0));
	stack.n = ARRAY_SIZE(frames);
	assert_false(service_wait_is_likely(&stack, &w, 0));
}

/* ---- other services ----------------------------------------------------------------- */

static const struct task *pid(int n)
{
	return task_by_pid(&m.tasks, n);
}

static void watcher_of_a_file(void **state)
{
	kaddr_t group = fake_alloc(m.f, 512), queue;
	struct service_wait w;

	(void)state;
	queue = fake_at(m.f, group, "fsnotify_group.fanotify_data.access_waitq");
	opens_file(fake_task(m.f, 620, "scanner"), "fanotify_fops", group);
	fake_task(m.f, 621, "reader");
	read_all();
	w = wait_in(pid(621), "fanotify_handle_event", WAIT_QUEUE, queue, 0);
	assert_int_equal(w.kind, SERVICE_LEAVE);
	assert_int_equal(w.service, group);
	assert_int_equal(w.daemon->pid, 620);
	/* Another group's: that it waits for one is known all the same. */
	w = wait_in(pid(621), "fanotify_get_response.isra.0", WAIT_QUEUE, queue + 512, 0);
	assert_int_equal(w.kind, SERVICE_LEAVE);
	assert_null(w.daemon);
	w = wait_in(pid(621), "fanotify_handle_event", WAIT_QUEUE, 0, 0);
	assert_null(w.daemon);
	/* Who waits for events of its own. */
	w = wait_in(pid(620), "fanotify_read", WAIT_QUEUE, group, 0);
	assert_int_equal(w.kind, SERVICE_NONE);
	fake_absent(m.f, "fsnotify_group");
	w = wait_in(pid(621), "fanotify_handle_event", WAIT_QUEUE, queue, 0);
	assert_null(w.daemon);
}

/* Who asks has the file, too, and a third who is no child of his. */
static void pager_of_a_process(void **state)
{
	kaddr_t context = fake_alloc(m.f, 256), asks;
	struct service_wait w;

	(void)state;
	asks = fake_task(m.f, 630, "migrated");
	opens_file(asks, "userfaultfd_fops", context);
	opens_file(fake_task(m.f, 631, "pager"), "userfaultfd_fops", context);
	read_all();
	w = wait_in(pid(630), "handle_userfault", WAIT_QUEUE, context, 0);
	assert_int_equal(w.kind, SERVICE_PAGES);
	assert_int_equal(w.daemon->pid, 631);
	assert_false(w.sent);
	w = wait_in(pid(630), "handle_userfault", WAIT_QUEUE, context + 24, 0);
	assert_int_equal(w.daemon->pid, 631);
	assert_true(w.sent);
	opens_file(fake_task(m.f, 632, "third"), "userfaultfd_fops", context);
	read_all();
	w = wait_in(pid(630), "handle_userfault", WAIT_QUEUE, context, 0);
	assert_int_equal(w.kind, SERVICE_PAGES);
	assert_null(w.daemon);
}

/* As QEMU's, whose pages a thread of its own brings: not the one that waits. */
static void pager_that_is_a_thread(void **state)
{
	kaddr_t context = fake_alloc(m.f, 256), leader;

	(void)state;
	leader = fake_task(m.f, 640, "vcpu");
	opens_file(leader, "userfaultfd_fops", context);
	read_all();
	assert_null(wait_in(pid(640), "handle_userfault", WAIT_QUEUE, context, 0).daemon);
	fake_thread(m.f, leader, 641, "fault");
	read_all();
	assert_int_equal(wait_in(pid(640), "handle_userfault", WAIT_QUEUE, context, 0)
				 .daemon->pid,
			 641);
}

/* The kernel runs modprobe for the task: a worker has forked it. */
static void program_of_the_kernel(void **state)
{
	kaddr_t info = fake_alloc(m.f, 96), done = fake_alloc(m.f, 64), worker, wq, child;
	kaddr_t kworker;
	struct service_wait w;

	(void)state;
	worker = fake_worker(m.f, 0, 1, 50);
	wq = fake_wq(m.f, "events_unbound", 0);
	fake_pwq(m.f, wq, 0);
	fake_work_at(m.f, info, "call_usermodehelper_exec_work");
	fake_work_run(m.f, worker, wq, info);
	fake_set(m.f, info, "subprocess_info.complete", done);
	child = fake_task(m.f, 651, "modprobe");
	read_all();
	kworker = task_by_pid(&m.tasks, 50)->addr;
	/* Not forked yet. */
	w = wait_in(pid(600), "call_usermodehelper_exec", WAIT_COMPLETION, done, 0);
	assert_int_equal(w.kind, SERVICE_PROGRAM);
	assert_int_equal(w.service, info);
	assert_null(w.daemon);
	fake_id_set(m.f, child, TASK_PARENT, kworker);
	read_all();
	w = wait_in(pid(600), "call_usermodehelper_exec", WAIT_COMPLETION, done, 0);
	assert_int_equal(w.daemon->pid, 651);
	/* Of another task's program, and of a completion that was not found. */
	w = wait_in(pid(600), "call_usermodehelper_exec", WAIT_COMPLETION, done + 8, 0);
	assert_int_equal(w.kind, SERVICE_PROGRAM);
	assert_int_equal(w.service, 0);
	w = wait_in(pid(600), "call_usermodehelper_exec", WAIT_COMPLETION, 0, 0);
	assert_null(w.daemon);
	fake_set(m.f, info, "subprocess_info.complete", FAKE_NOWHERE);
	w = wait_in(pid(600), "call_usermodehelper_exec", WAIT_COMPLETION, done, 0);
	assert_null(w.daemon);
}

#define test(f) cmocka_unit_test_setup_teardown(f, set_up, test_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(daemon_of_a_request),
		test(thread_of_a_daemon),
		test(page_of_its_file_system),
		test(daemon_that_is_not_known),
		test(without_types),
		test(who_is_asked),
		test(a_daemon_does_not_wait_for_itself),
		test(watcher_of_a_file),
		test(pager_of_a_process),
		test(pager_that_is_a_thread),
		test(program_of_the_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
