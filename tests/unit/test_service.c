// SPDX-License-Identifier: GPL-2.0-or-later
/* Who waits for a file system in user space, and for which daemon. */
#include "test.h"

#include "fake_kernel.h"
#include "kernel/sched/service.h"

/* fs/fuse of 6.1 on x86_64, as far as it is read. */
static const struct fake_row rows[] = {
	FAKE_M("fuse_dev.fc", 0, 8),
	FAKE_M("fuse_mount.fc", 0, 8),
	FAKE_M("fuse_req.fm", 144, 8),
	FAKE_M("fuse_req.waitq", 112, 24),
	FAKE_M("fuse_req.flags", 48, 8),
	FAKE_M("super_block.s_fs_info", 920, 8),
	FAKE_E("FR_SENT", 9),
};

static struct {
	struct fake *f;
	struct tasks tasks;
	struct services fuse;
	kaddr_t leader, connection, mount, request, waitq;
} m;

/* Its descriptor 3 is /dev/fuse, of that connection. */
static void opens(kaddr_t task, kaddr_t connection)
{
	kaddr_t files = fake_alloc(m.f, 1024), fdt = fake_alloc(m.f, 64);
	kaddr_t table = fake_alloc(m.f, 512), file = fake_alloc(m.f, 512);
	kaddr_t dev = fake_alloc(m.f, 256);

	fake_id_set(m.f, task, TASK_FILES, files);
	fake_id_set(m.f, files, FILES_FDT, fdt);
	fake_id_set(m.f, fdt, FDTABLE_MAX, 64);
	fake_id_set(m.f, fdt, FDTABLE_FD, table);
	fake_ptr(m.f, table + 24, file);
	fake_id_set(m.f, file, FILE_OP, fake_value(m.f, "fuse_dev_operations"));
	fake_id_set(m.f, file, FILE_PRIVATE, dev);
	fake_ptr(m.f, dev, connection);
}

static int set_up(void **state)
{
	memset(&m, 0, sizeof(m));
	m.f = fake_6_1();
	fake_kernel(m.f);
	fake_rows(m.f, rows, ARRAY_SIZE(rows));
	fake_variable(m.f, "fuse_dev_operations", 256);
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
	services_read(fake_dump(m.f), &m.tasks, &m.fuse);
}

static struct service_wait wait_on(kaddr_t queue, kaddr_t sb)
{
	struct wait w = {.kind = queue ? WAIT_QUEUE : WAIT_IO, .object = queue};
	struct service_wait out;

	service_wait_find(fake_dump(m.f), &m.fuse, &w, sb, &out);
	return out;
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
	assert_int_equal(m.fuse.all.n, 1);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
