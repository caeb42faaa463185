// SPDX-License-Identifier: GPL-2.0-or-later
/* Who removes a file of sysfs, and who is in a method of it. */
#include "test.h"

#include "fake_kernel.h"
#include "kernel/sched/kernfs.h"

/* fs/kernfs of 6.1 on x86_64, as far as it is read. */
static const struct fake_row rows[] = {
	FAKE_T("kernfs_node", 128),
	FAKE_M("kernfs_node.active.counter", 4, 4),
	FAKE_M("kernfs_node.parent", 8, 8),
	FAKE_M("kernfs_node.name", 16, 8),
	FAKE_M("kernfs_node.flags", 112, 2),
	FAKE_M("kernfs_node.dir", 64, 32),
	FAKE_M("kernfs_elem_dir.root", 24, 8),
	FAKE_M("kernfs_node.attr", 64, 32),
	FAKE_M("kernfs_elem_attr.open", 8, 8),
	FAKE_M("kernfs_open_node.files", 48, 16),
	FAKE_M("kernfs_open_file.list", 104, 16),
	FAKE_M("kernfs_open_file.kn", 0, 8),
	FAKE_M("kernfs_open_file.mutex", 32, 32),
	FAKE_M("kernfs_root.deactivate_waitq", 72, 24),
};

#define LEFT 0x80000001u /* nobody may come in any more */
#define FILES 48
#define LIST 104
#define WAITQ 72

static struct {
	struct fake *f;
	struct tasks tasks;
	kaddr_t remover, cat, dir, file, root, opens, last;
} m;

static void link_nodes(kaddr_t a, kaddr_t b)
{
	fake_ptr(m.f, a, b);
	fake_ptr(m.f, b + 8, a);
}

/* Who has the file open; owner: who is reading or writing there, or 0. */
static kaddr_t opened(kaddr_t owner)
{
	kaddr_t open = fake_alloc(m.f, 152);

	fake_set(m.f, open, "kernfs_open_file.kn", m.file);
	fake_id_set(m.f, fake_at(m.f, open, "kernfs_open_file.mutex"), MUTEX_OWNER,
		    owner);
	link_nodes(m.last, open + LIST);
	link_nodes(open + LIST, m.opens + FILES);
	m.last = open + LIST;
	return open;
}

static void inside(unsigned int n)
{
	fake_set(m.f, m.file, "kernfs_node.active.counter", LEFT + n);
}

static int set_up(void **state)
{
	kaddr_t name;

	memset(&m, 0, sizeof(m));
	m.f = fake_6_1();
	fake_kernel(m.f);
	fake_rows(m.f, rows, ARRAY_SIZE(rows));
	m.root = fake_alloc(m.f, 136);
	m.dir = fake_alloc(m.f, 128);
	fake_set(m.f, fake_at(m.f, m.dir, "kernfs_node.dir"), "kernfs_elem_dir.root",
		 m.root);
	m.file = fake_alloc(m.f, 128);
	m.opens = fake_alloc(m.f, 128);
	m.last = m.opens + FILES;
	link_nodes(m.last, m.last);
	fake_set(m.f, m.file, "kernfs_node.parent", m.dir);
	name = fake_alloc(m.f, 16);
	fake_string(m.f, name, "sl\x1bow");
	fake_set(m.f, m.file, "kernfs_node.name", name);
	fake_set(m.f, m.file, "kernfs_node.flags", 0x2 | 0x40);
	fake_set(m.f, fake_at(m.f, m.file, "kernfs_node.attr"), "kernfs_elem_attr.open",
		 m.opens);
	m.remover = fake_task(m.f, 700, "remover");
	m.cat = fake_task(m.f, 710, "cat");
	inside(1);
	*state = m.f;
	return 0;
}

static struct kernfs_wait find(void)
{
	struct kernfs_wait w;
	uint64_t stack[] = {1, m.root, FAKE_NOWHERE, m.dir, m.file, m.file + 4};

	assert_true(tasks_read(fake_dump(m.f), &m.tasks));
	kernfs_wait_find(fake_dump(m.f), &m.tasks, task_by_pid(&m.tasks, 700),
			 m.root + WAITQ, stack, ARRAY_SIZE(stack), &w);
	return w;
}

static void assert_node_without_users(void)
{
	struct kernfs_wait w = find();

	assert_int_equal(w.node, m.file);
	assert_int_equal(w.users.n, 0);
}

static void who_has_the_mutex_of_what_is_open(void **state)
{
	struct kernfs_wait w;
	kaddr_t open;

	(void)state;
	opened(0);
	open = opened(m.cat);
	opened(0);
	w = find();
	assert_int_equal(w.node, m.file);
	assert_string_equal(w.name, "sl\\x1bow");
	assert_int_equal(w.inside, 1);
	assert_int_equal(w.users.n, 1);
	assert_int_equal(w.users.v[0].task->pid, 710);
	assert_int_equal(w.users.v[0].open, open);
}

/* By mmap() or poll(), say: the count has him, and nothing else. */
static void somebody_who_is_only_counted(void **state)
{
	(void)state;
	opened(0);
	inside(2);
	assert_node_without_users();
	opened(m.cat);
	assert_int_equal(find().users.n, 1);
	assert_int_equal(find().inside, 2);
}

/* "delete": its own method removes it, and is not counted; another one reads it. */
static void who_removes_the_file_that_he_writes(void **state)
{
	(void)state;
	opened(m.remover);
	opened(m.cat);
	assert_int_equal(find().users.n, 1);
	assert_int_equal(find().users.v[0].task->pid, 710);
	/* Without that protection given up he waits for himself. */
	inside(2);
	assert_int_equal(find().users.n, 2);
	/* Two more than are counted: which is not known. */
	opened(fake_task(m.f, 720, "udevd"));
	inside(1);
	assert_node_without_users();
}

static void node_that_nobody_is_in(void **state)
{
	static const unsigned int active[] = {0,	1,	    LEFT,
					      LEFT - 1, 0x7fffffff, LEFT + 0x500000};
	size_t i;

	(void)state;
	opened(m.cat);
	for (i = 0; i < ARRAY_SIZE(active); i++) {
		fake_set(m.f, m.file, "kernfs_node.active.counter", active[i]);
		assert_int_equal(find().node, 0);
	}
}

static void node_of_another_file_system(void **state)
{
	(void)state;
	opened(m.cat);
	fake_set(m.f, fake_at(m.f, m.dir, "kernfs_node.dir"), "kernfs_elem_dir.root",
		 m.root + 8);
	assert_int_equal(find().node, 0);
	fake_set(m.f, m.file, "kernfs_node.parent", FAKE_NOWHERE);
	assert_int_equal(find().node, 0);
	fake_set(m.f, m.file, "kernfs_node.parent", 0);
	assert_int_equal(find().node, 0);
}

static void damaged(void **state)
{
	kaddr_t open;

	(void)state;
	/* The mutex's owner is no task. */
	open = opened(m.cat + 0x40);
	assert_node_without_users();
	/* The file is open elsewhere. */
	fake_set(m.f, open, "kernfs_open_file.kn", m.dir);
	fake_id_set(m.f, fake_at(m.f, open, "kernfs_open_file.mutex"), MUTEX_OWNER,
		    m.cat);
	assert_node_without_users();
	/* A list that does not come back to its head. */
	fake_ptr(m.f, open + LIST, open + LIST);
	assert_node_without_users();
	fake_ptr(m.f, m.opens + FILES, FAKE_NOWHERE);
	assert_node_without_users();
	fake_set(m.f, fake_at(m.f, m.file, "kernfs_node.attr"), "kernfs_elem_attr.open",
		 FAKE_NOWHERE);
	fake_set(m.f, m.file, "kernfs_node.name", FAKE_NOWHERE);
	assert_node_without_users();
	assert_string_equal(find().name, "");
}

/* In the same place a folder has another thing. */
static void folder(void **state)
{
	(void)state;
	opened(m.cat);
	fake_set(m.f, m.file, "kernfs_node.flags", 0x1);
	assert_node_without_users();
}

static void without_types(void **state)
{
	(void)state;
	opened(m.cat);
	fake_absent(m.f, "kernfs_open_file");
	assert_node_without_users();
	fake_absent(m.f, "kernfs_root");
	assert_int_equal(find().node, 0);
}

#define test(f) cmocka_unit_test_setup_teardown(f, set_up, test_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(who_has_the_mutex_of_what_is_open),
		test(somebody_who_is_only_counted),
		test(who_removes_the_file_that_he_writes),
		test(node_that_nobody_is_in),
		test(node_of_another_file_system),
		test(damaged),
		test(folder),
		test(without_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
