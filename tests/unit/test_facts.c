// SPDX-License-Identifier: GPL-2.0-or-later
/* From a dump to a verdict: all readers and the judgement together. */
#define _GNU_SOURCE /* open_memstream() */
#include "test.h"

#include "report/report.h"

#define UNINTERRUPTIBLE 2
#define SEC 1000000000ull

static struct facts f;
static struct triage t;

static void triage(struct fake *fake)
{
	facts_read(fake_dump(fake), FACTS_ALL, &f);
	triage_make(&f, &t);
	assert_true(t.verdicts.all.n >= 1);
}

/* Nothing is checked but that it can be printed. */
static void print_all(void)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	json_triage(out, &f, &t);
	json_drain(out, &f);
	json_workqueues(out, &f, -1);
	text_triage(out, &f, &t);
	text_hung(out, &f, &t.graph, false);
	text_drain(out, &f);
	text_workqueues(out, &f, 1, false);
	text_graph(out, &f, &t.graph, false);
	fclose(out);
	assert_true(length > 0);
	keep_documents(text);
	free(text);
}

static const struct verdict *first(enum cause cause)
{
	const struct verdict *v = t.verdicts.all.v[0];

	assert_string_equal(cause_name(v->cause), cause_name(cause));
	return v;
}

/* ---- the drain hang ------------------------------------------------------ */

static void the_drain_hang(void **state)
{
	struct fake_hang h = fake_drain_hang(*state);
	const struct verdict *v;

	triage(*state);
	v = first(CAUSE_CPU_MONOPOLISED);
	assert_int_equal(t.verdicts.all.n, 1);
	assert_int_equal(v->culprit.pid, 191);
	assert_int_equal(v->culprit.cpu, 1);
	assert_int_equal(v->culprit.address, h.hog);
	assert_int_equal(v->victims.n, 1);
	assert_int_equal(v->victims.v[0]->task->pid, 196);
	assert_int_equal(v->chain.n, 7);
	assert_int_equal(v->chain.v[0]->address, h.xorg);
	assert_int_equal(v->chain.v[2]->address, h.work);
	assert_int_equal(v->chain.v[4]->address, h.kworker);
	assert_int_equal(v->chain.v[6]->address, h.hog);
	assert_int_equal(f.nblocked, 1);
	assert_int_equal(f.drain.owner->pid, 196);
	assert_false(f.interrupted);
	print_all();
}

/* Whom a blocked task waits for is looked at as well, blocked or not. */
static void blockers_are_studied(void **state)
{
	struct fake_hang h = fake_drain_hang(*state);

	triage(*state);
	assert_non_null(facts_studied(&f, task_by_addr(&f.tasks, h.hog)));
	assert_non_null(facts_studied(&f, task_by_addr(&f.tasks, h.kworker)));
	assert_null(facts_studied(&f, task_by_pid(&f.tasks, 1)));
	assert_null(facts_studied(&f, NULL));
}

static kaddr_t sleeper(struct fake *fake, int pid, uint64_t seconds)
{
	kaddr_t task = fake_task(fake, pid, "task");

	fake_task_state(fake, task, UNINTERRUPTIBLE);
	fake_set(fake, task, "task_struct.se.exec_start", FAKE_NOW_NS - seconds * SEC);
	return task;
}

/* pids are ints in the dump, and may be any. */
static void longest_first(void **state)
{
	static const int pids[] = {INT_MAX, 5, INT_MIN, -7, 0};
	size_t i;

	fake_drain_hang(*state);
	for (i = 0; i < ARRAY_SIZE(pids); i++)
		sleeper(*state, pids[i], 30);
	sleeper(*state, 800, 40);
	sleeper(*state, 801, 20);
	triage(*state);
	assert_int_equal(f.nblocked, 8);
	assert_int_equal(f.studied.v[0]->task->pid, 800);
	assert_int_equal(f.studied.v[1]->task->pid, INT_MIN);
	assert_int_equal(f.studied.v[5]->task->pid, INT_MAX);
	assert_int_equal(f.studied.v[6]->task->pid, 801);
	assert_int_equal(f.studied.v[7]->task->pid, 196);
	print_all();
}

/* ---- what is asked for --------------------------------------------------- */

static void parts(void **state)
{
	fake_drain_hang(*state);
	facts_read(fake_dump(*state), 0, &f);
	assert_int_equal(f.tasks.all.n, 0);
	assert_ptr_equal(f.info, &fake_dump(*state)->info);
	facts_read(fake_dump(*state), FACTS_TASKS, &f);
	assert_true(f.tasks.all.n > 0);
	assert_int_equal(f.rqs.all.n, 2);
	assert_int_equal(f.wqs.pools.n, 0);
	assert_int_equal(f.nblocked, 0);
	facts_read(fake_dump(*state), FACTS_TASKS | FACTS_WORK, &f);
	assert_int_equal(f.wqs.pools.n, 4);
	assert_int_equal(f.drain.cpus.n, 0);
	facts_read(fake_dump(*state), FACTS_TASKS | FACTS_WORK | FACTS_DRAIN, &f);
	assert_int_equal(f.drain.cpus.n, 2);
	assert_int_equal(f.nblocked, 0);
	facts_read(fake_dump(*state), FACTS_BLOCKED, &f);
	assert_int_equal(f.nblocked, 1);
}

/* Xorg waits for a work: no GPU is part of that, so none is looked for. */
static void devices_where_one_is_waited_for(void **state)
{
	fake_drain_hang(*state);
	fake_variable(*state, "virtio_gpu_driver", 256);
	facts_read(fake_dump(*state), FACTS_BLOCKED | FACTS_DEVICES, &f);
	assert_true(f.gpu_driver);
	assert_int_equal(f.gpus.state, GPUS_NO_DRIVER);
	facts_read(fake_dump(*state), FACTS_DEVICES, &f);
	assert_int_equal(f.gpus.state, GPUS_NO_DEVICE);
}

/* ---- is there a virtio-gpu driver? -------------------------------------------- */

static void reads_driver(struct fake *fake, int driver, enum gpus_state devices)
{
	facts_read(fake_dump(fake), FACTS_DEVICES, &f);
	assert_int_equal(f.gpu_driver, driver);
	assert_int_equal(f.gpus.state, devices);
}

static kaddr_t add_module(struct fake *fake, kaddr_t modules, const char *name)
{
	kaddr_t mod = fake_alloc(fake, 2048);

	fake_set_string(fake, mod, "module.name", name);
	fake_list_add_tail(fake, modules, fake_id_at(fake, mod, MODULE_LIST));
	return mod;
}

static void no_driver_is_said_of_a_whole_list_alone(void **state)
{
	kaddr_t modules, mod;

	fake_kernel(*state);
	fake_no_module(*state, "virtio_gpu");
	reads_driver(*state, 0, GPUS_NO_DRIVER); /* without CONFIG_MODULES */
	modules = fake_variable(*state, "modules", 16);
	fake_list_head(*state, modules);
	mod = add_module(*state, modules, "drm");
	reads_driver(*state, 0, GPUS_NO_DRIVER);
	fake_u64(*state, fake_id_at(*state, mod, MODULE_LIST), 0x10);
	reads_driver(*state, -1, GPUS_DRIVER_NOT_KNOWN);
	assert_true(fake_has_note(*state, "modules"));
}

/* Modules behind a link that cannot be read are reached from the list's other end. */
static void a_driver_behind_a_module_that_is_missing(void **state)
{
	kaddr_t modules, mod;

	fake_kernel(*state);
	fake_no_module(*state, "virtio_gpu");
	modules = fake_variable(*state, "modules", 16);
	fake_list_head(*state, modules);
	mod = add_module(*state, modules, "drm");
	add_module(*state, modules, "virtio_gpu");
	fake_u64(*state, fake_id_at(*state, mod, MODULE_LIST), 0x10);
	facts_read(fake_dump(*state), 0, &f);
	assert_int_equal(f.gpu_driver, 1);
	assert_int_equal(f.modules.all.n, 2);
	assert_false(f.modules.complete);
}

static void no_driver_is_not_said_where_a_module_has_no_name(void **state)
{
	kaddr_t modules = fake_variable(*state, "modules", 16), mod;

	fake_kernel(*state);
	fake_no_module(*state, "virtio_gpu");
	fake_list_head(*state, modules);
	mod = add_module(*state, modules, "drm");
	fake_set_string(*state, mod, "module.name", "");
	reads_driver(*state, -1, GPUS_DRIVER_NOT_KNOWN);
	fake_absent(*state, "module.name");
	reads_driver(*state, -1, GPUS_DRIVER_NOT_KNOWN);
	assert_true(fake_has_note(*state, "no debuginfo for struct module"));
}

static void a_module_without_its_symbols_is_a_driver(void **state)
{
	kaddr_t modules = fake_variable(*state, "modules", 16);

	fake_kernel(*state);
	fake_list_head(*state, modules);
	add_module(*state, modules, "virtio_gpu");
	facts_read(fake_dump(*state), 0, &f);
	assert_int_equal(f.gpu_driver, 1);
}

static void jiffies(void **state)
{
	kaddr_t addr;

	fake_kernel(*state);
	facts_read(fake_dump(*state), 0, &f);
	assert_true(facts_since_jiffies(&f, 1) < 0);
	addr = fake_variable(*state, "jiffies", 8);
	fake_u64(*state, addr, 4294967296 + 2500);
	facts_read(fake_dump(*state), 0, &f);
	assert_int_equal(f.hz, 250);
	assert_true(facts_since_jiffies(&f, 4294967296) == 10.0);
	assert_true(facts_since_jiffies(&f, 0) < 0);
	assert_true(facts_since_jiffies(&f, f.jiffies + 1) < 0);
}

/* ---- a dump of which something is missing --------------------------------- */

static void without_anything(void **state)
{
	triage(*state);
	first(CAUSE_UNEXPLAINED);
	assert_int_equal(f.nblocked, 0);
	assert_true(fake_has_note(*state, "tasks"));
	print_all();
}

static bool is_known(struct fake *fake, int id)
{
	return layout_has(fake_dump(fake), (enum layout_id)id);
}

/* Each row of the table, and with a type all its members. */
static void without_each_row(void **state)
{
	struct fake *fake;
	int id;

	for (id = 0; id < LAYOUT_COUNT; id++) {
		if (!is_known(*state, id))
			continue;
		fake = fake_5_10();
		fake_drain_hang(fake);
		fake_absent(fake, layout_name(fake_dump(fake), (enum layout_id)id));
		triage(fake);
		print_all();
		fake_destroy(fake);
	}
}

static void without_each_symbol(void **state)
{
	static const char *const symbols[] = {
		"init_task",
		"runqueues",
		"cpu_worker_pools",
		"workqueues",
		"unbound_pool_hash",
		"wq_barrier_func",
		"pcpu_drain",
		"pcpu_drain_mutex",
		"mm_percpu_wq",
		"cpus_with_pcps.81",
		"sysctl_sched_rt_runtime",
		"__start_init_task",
		"rt_sched_class",
	};
	struct fake *fake;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(symbols); i++) {
		fake = fake_5_10();
		fake_drain_hang(fake);
		fake_no_symbol(fake, symbols[i]);
		triage(fake);
		print_all();
		fake_destroy(fake);
	}
}

/* The drain hang with a page left out, read as zeros, or never there. */
static void without_page(kaddr_t page, int how)
{
	struct fake *fake = fake_5_10();

	fake_drain_hang(fake);
	fake_dump(fake)->info.zero_excluded = how == 1;
	if (how < 2)
		fake_exclude(fake, page, 1);
	else
		fake_unmap(fake, page, 1);
	triage(fake);
	print_all();
	fake_destroy(fake);
}

static void without_pages(kaddr_t from, kaddr_t to)
{
	for (; from < to; from += FAKE_PAGE) {
		without_page(from, 0);
		without_page(from, 1);
		without_page(from, 2);
	}
}

/* Each page of the heap, of the variables and of a CPU's. */
static void without_each_page(void **state)
{
	struct fake_hang h = fake_drain_hang(*state);
	kaddr_t cpu = FAKE_PERCPU(1) + 0x10000;

	without_pages(FAKE_HEAP, fake_stack_top(*state, h.kworker) + 4 * FAKE_PAGE);
	without_pages(FAKE_DATA, FAKE_DATA + 12 * FAKE_PAGE);
	without_pages(cpu, cpu + 4 * FAKE_PAGE);
}

/* Whoever needs the devices later gets those that were read. */
static void devices_once(void **state)
{
	fake_variable(*state, "virtio_gpu_driver", 256);
	facts_read(fake_dump(*state), 0, &f);
	fake_forget_counts(*state);
	assert_ptr_equal(facts_gpus(fake_dump(*state), &f), &f.gpus);
	assert_true(fake_reads(*state) > 0);
	fake_forget_counts(*state);
	facts_gpus(fake_dump(*state), &f);
	assert_int_equal(fake_reads(*state), 0);
}

/* ---- Ctrl-C --------------------------------------------------------------- */

static void interrupted(void **state)
{
	size_t all, n;

	fake_drain_hang(*state);
	facts_read(fake_dump(*state), FACTS_ALL, &f);
	assert_false(f.interrupted);
	all = fake_reads(*state);
	fake_dump(*state)->notes.n = 0;
	for (n = 0; n < all; n += 7) {
		fake_forget_counts(*state);
		fake_interrupt_after(*state, n);
		facts_read(fake_dump(*state), FACTS_ALL, &f);
		assert_true(f.interrupted);
		assert_int_equal(fake_reads(*state), n);
		triage_make(&f, &t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(the_drain_hang),
		fake_test(blockers_are_studied),
		fake_test(longest_first),
		fake_test(parts),
		fake_test(devices_where_one_is_waited_for),
		fake_test(devices_once),
		fake_test(no_driver_is_said_of_a_whole_list_alone),
		fake_test(a_driver_behind_a_module_that_is_missing),
		fake_test(no_driver_is_not_said_where_a_module_has_no_name),
		fake_test(a_module_without_its_symbols_is_a_driver),
		fake_test(jiffies),
		fake_test(without_anything),
		fake_test(without_each_row),
		fake_test(without_each_symbol),
		fake_test(without_each_page),
		fake_test(interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
