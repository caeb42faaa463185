// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "kernel/sched/rcu.h"

#define RUNS 5 /* a sequence's low bits: a grace period runs */
#define NOTHING_RUNS 8

static struct tasks tasks;
static struct rcu rcu;

/* rcu_state with a tree of two levels, as of 32 CPUs: a root and two leaves. */
static kaddr_t state, nodes[3], kthread;

static void leaf(struct fake *f, int i, int low, int high)
{
	fake_set(f, nodes[i], "rcu_node.level", 1);
	fake_set(f, nodes[i], "rcu_node.grplo", (uint64_t)low);
	fake_set(f, nodes[i], "rcu_node.grphi", (uint64_t)high);
}

static void kernel(struct fake *f)
{
	kaddr_t first;
	int i;

	fake_dump(f)->info.cpus = 32;
	fake_kernel(f);
	kthread = fake_kthread(f, 15, "rcu_preempt");
	state = fake_variable(f, "rcu_state", fake_size(f, "rcu_state"));
	fake_map(f, state, fake_size(f, "rcu_state"));
	fake_u32(f, fake_variable(f, "rcu_num_nodes", 4), 3);
	fake_set(f, state, "rcu_state.gp_kthread", kthread);
	fake_set(f, state, "rcu_state.gp_seq", RUNS);
	fake_set(f, state, "rcu_state.gp_start", 1234);
	fake_set(f, state, "rcu_state.expedited_sequence", NOTHING_RUNS);
	first = fake_at(f, state, "rcu_state.node");
	for (i = 0; i < 3; i++) {
		nodes[i] = first + (kaddr_t)i * fake_size(f, "rcu_node");
		fake_list_head(f, fake_at(f, nodes[i], "rcu_node.blkd_tasks"));
	}
	leaf(f, 1, 0, 15);
	leaf(f, 2, 16, 31);
	/* Of the root a bit is a leaf's. */
	fake_set(f, nodes[0], "rcu_node.qsmask", 3);
}

static void read_all(struct fake *f)
{
	tasks_read(fake_dump(f), &tasks);
	assert_true(rcu_read(fake_dump(f), &tasks, &rcu));
}

/* A reader that was switched out; those that came first are last in the list. */
static kaddr_t reader(struct fake *f, int pid, int node)
{
	kaddr_t task = fake_task(f, pid, "reader");

	fake_list_add_tail(f, fake_at(f, nodes[node], "rcu_node.blkd_tasks"),
			   fake_at(f, task, "task_struct.rcu_node_entry"));
	return task;
}

/* ---- who holds it up ------------------------------------------------------ */

static void cpus_that_were_not_quiescent(void **test)
{
	kernel(*test);
	fake_set(*test, nodes[1], "rcu_node.qsmask", 1 << 3);
	fake_set(*test, nodes[2], "rcu_node.qsmask", 1 << 1 | 1 << 15);
	read_all(*test);
	assert_true(rcu.normal.running);
	assert_int_equal(rcu.normal.seq, RUNS);
	assert_int_equal(rcu.normal.started, 1234);
	assert_int_equal(rcu.normal.cpus.n, 3);
	assert_int_equal(rcu.normal.cpus.v[0], 3);
	assert_int_equal(rcu.normal.cpus.v[1], 17);
	assert_int_equal(rcu.normal.cpus.v[2], 31);
	assert_false(rcu.expedited.running);
	assert_int_equal(rcu.expedited.cpus.n, 0);
	assert_int_equal(rcu.kthread->pid, 15);
	assert_int_equal(fake_dump(*test)->notes.n, 0);
}

static void an_expedited_one(void **test)
{
	kernel(*test);
	fake_set(*test, state, "rcu_state.gp_seq", NOTHING_RUNS);
	fake_set(*test, state, "rcu_state.expedited_sequence", RUNS);
	fake_set(*test, nodes[1], "rcu_node.qsmask", 1);
	fake_set(*test, nodes[1], "rcu_node.expmask", 1 << 2);
	read_all(*test);
	/* What is left of one that has ended holds nothing up. */
	assert_int_equal(rcu.normal.cpus.n, 0);
	assert_int_equal(rcu.normal.started, 0);
	assert_int_equal(rcu.expedited.cpus.n, 1);
	assert_int_equal(rcu.expedited.cpus.v[0], 2);
}

/* Those in front of gp_tasks came after the grace period began. */
static void readers_that_were_switched_out(void **test)
{
	struct fake *f = *test;
	kaddr_t second;

	kernel(f);
	if (!layout_has(fake_dump(f), TASK_RCU_NODE_ENTRY))
		return; /* a kernel whose readers cannot be preempted */
	reader(f, 700, 1);
	second = reader(f, 701, 1);
	reader(f, 702, 1);
	fake_set(f, nodes[1], "rcu_node.gp_tasks",
		 fake_at(f, second, "task_struct.rcu_node_entry"));
	read_all(f);
	assert_int_equal(rcu.normal.readers.n, 2);
	assert_int_equal(rcu.normal.readers.v[0]->pid, 701);
	assert_int_equal(rcu.normal.readers.v[1]->pid, 702);
}

/* ---- dumps that lie ------------------------------------------------------- */

static void a_cpu_that_is_not_the_nodes(void **test)
{
	kernel(*test);
	leaf(*test, 1, 0, 3);
	fake_set(*test, nodes[1], "rcu_node.qsmask", 1 << 2 | 1 << 9);
	read_all(*test);
	assert_int_equal(rcu.normal.cpus.n, 1);
	assert_true(fake_has_note(*test, "which is not one of its own"));
	leaf(*test, 1, -70000, 2000000000);
	read_all(*test);
	assert_int_equal(rcu.normal.cpus.n, 0);
}

static void more_nodes_than_there_is_room_for(void **test)
{
	kernel(*test);
	fake_u32(*test, fake_value(*test, "rcu_num_nodes"), 4000000000u);
	read_all(*test);
	assert_int_equal(rcu.normal.cpus.n, 0);
	assert_true(fake_has_note(*test, "the tree of rcu_node"));
	fake_u32(*test, fake_value(*test, "rcu_num_nodes"), 0);
	read_all(*test);
	assert_int_equal(rcu.normal.cpus.n, 0);
}

static void a_list_in_a_circle(void **test)
{
	struct fake *f = *test;
	kaddr_t head, first, second;

	kernel(f);
	if (!layout_has(fake_dump(f), TASK_RCU_NODE_ENTRY))
		return;
	head = fake_at(f, nodes[1], "rcu_node.blkd_tasks");
	first = fake_at(f, reader(f, 700, 1), "task_struct.rcu_node_entry");
	second = fake_at(f, reader(f, 701, 1), "task_struct.rcu_node_entry");
	fake_ptr(f, second, first);
	fake_set(f, nodes[1], "rcu_node.gp_tasks", first);
	read_all(f);
	assert_true(rcu.normal.readers.n < 8);
	assert_true(fake_dump(f)->notes.n > 0);
	/* A pointer into nothing is nobody's. */
	fake_ptr(f, head, FAKE_NOWHERE);
	read_all(f);
	assert_int_equal(rcu.normal.readers.n, 0);
}

static void pages_that_are_not_there(void **test)
{
	kernel(*test);
	fake_exclude(*test, state, fake_size(*test, "rcu_state"));
	read_all(*test);
	assert_false(rcu.normal.running);
	assert_int_equal(rcu.normal.cpus.n, 0);
	assert_null(rcu.kthread);
	assert_true(fake_dump(*test)->notes.n > 0);
}

static void without_types_or_symbols(void **test)
{
	kernel(*test);
	fake_no_symbol(*test, "rcu_state");
	tasks_read(fake_dump(*test), &tasks);
	assert_false(rcu_read(fake_dump(*test), &tasks, &rcu));
	assert_int_equal(rcu.addr, 0);
	assert_int_equal(rcu_wait_of(fake_dump(*test), &rcu, state, 0), RCU_WAIT_NONE);
}

/* ---- whose wait it is ------------------------------------------------------ */

static enum rcu_wait wait_of(struct fake *f, kaddr_t completion, kaddr_t queue)
{
	return rcu_wait_of(fake_dump(f), &rcu, completion, queue);
}

static void waits(void **test)
{
	struct fake *f = *test;
	kaddr_t sync, done;

	kernel(f);
	fake_function(f, "wakeme_after_rcu", NULL, 0, 0);
	read_all(f);
	sync = fake_new(f, "rcu_synchronize");
	done = fake_at(f, sync, "rcu_synchronize.completion");
	/* Any completion may have such memory in front of it. */
	assert_int_equal(wait_of(f, done, 0), RCU_WAIT_NONE);
	fake_set(f, sync, "rcu_synchronize.head.func", fake_value(f, "wakeme_after_rcu"));
	assert_int_equal(wait_of(f, done, 0), RCU_WAIT_NORMAL);
	assert_int_equal(wait_of(f, fake_at(f, state, "rcu_state.barrier_completion"), 0),
			 RCU_WAIT_BARRIER);
	assert_int_equal(wait_of(f, 0, nodes[0] + 340), RCU_WAIT_EXPEDITED);
	assert_int_equal(wait_of(f, 0, done), RCU_WAIT_NONE);
	assert_int_equal(wait_of(f, FAKE_NOWHERE, 0), RCU_WAIT_NONE);
	assert_ptr_equal(rcu_waits_for(&rcu, RCU_WAIT_NORMAL), &rcu.normal);
	assert_ptr_equal(rcu_waits_for(&rcu, RCU_WAIT_BARRIER), &rcu.normal);
	assert_ptr_equal(rcu_waits_for(&rcu, RCU_WAIT_EXPEDITED), &rcu.expedited);
}

static int on_6_1(void **test)
{
	*test = fake_6_1();
	return 0;
}

/* Without and with readers that can be preempted. */
#define both(f)                                                                          \
	fake_test(f), cmocka_unit_test_prestate_setup_teardown(f, on_6_1, test_end, NULL)

int main(void)
{
	const struct CMUnitTest tests[] = {
		both(cpus_that_were_not_quiescent),
		both(an_expedited_one),
		both(readers_that_were_switched_out),
		both(a_cpu_that_is_not_the_nodes),
		both(more_nodes_than_there_is_room_for),
		both(a_list_in_a_circle),
		both(pages_that_are_not_there),
		both(without_types_or_symbols),
		both(waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
