// SPDX-License-Identifier: GPL-2.0-or-later
/* Interrupts of a device: in a radix tree, as until 6.4, and in a maple tree. */
#include "test.h"

#include "kernel/gpu/virtio_irq.h"

/* Types as on x86_64; only what is read is where it is said to be. */
static const struct fake_row rows[] = {
	FAKE_T("irq_desc", 256),
	FAKE_M("irq_desc.irq_common_data.state_use_accessors", 0, 4),
	FAKE_M("irq_desc.irq_common_data.affinity", 24, 8),
	FAKE_M("irq_desc.irq_common_data.effective_affinity", 32, 8),
	FAKE_M("irq_desc.irq_data.irq", 44, 4),
	FAKE_M("irq_desc.kstat_irqs", 96, 8),
	FAKE_M("irq_desc.core_internal_state__do_not_mess_with_it", 124, 4),
	FAKE_M("irq_desc.action", 112, 8),
	FAKE_M("irq_desc.depth", 128, 4),
	FAKE_T("irqaction", 128),
	FAKE_M("irqaction.dev_id", 8, 8),
	FAKE_M("irqaction.next", 24, 8),
	FAKE_M("irqaction.thread", 40, 8),
	FAKE_M("irqaction.thread_flags", 64, 8),
	FAKE_M("irqaction.name", 72, 8),
	FAKE_M("maple_tree.ma_root", 8, 8),
};

static struct fake *f;
static struct dump *d;
static kaddr_t vdev, vq, counts, thread;
static struct gpu gpu;
static struct gpus gpus;
static struct tasks tasks;
static struct gpu_irqs irqs;

static int set_up(void **state)
{
	struct virtqueue *q;

	f = *state = fake_5_10();
	d = fake_dump(f);
	fake_rows(f, rows, ARRAY_SIZE(rows));
	fake_kernel(f);
	vdev = fake_alloc(f, 1024);
	vq = fake_alloc(f, 256);
	thread = fake_task(f, 77, "irq/25-virtio1");
	counts = fake_percpu_alloc(f, 8);
	fake_u64(f, fake_variable(f, "__cpu_online_mask", 8), 3);
	fake_variable(f, "alloc_cpumask_var_node", 8);
	assert_true(tasks_read(d, &tasks));
	memset(&gpus, 0, sizeof(gpus));
	memset(&gpu, 0, sizeof(gpu));
	gpu.vdev = vdev;
	q = vec_push(d->arena, &gpu.vqs.all);
	q->addr = vq;
	*vec_push(d->arena, &gpus.all) = gpu;
	return 0;
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, test_end)

static kaddr_t mask(uint64_t cpus)
{
	kaddr_t m = fake_alloc(f, 8);

	fake_u64(f, m, cpus);
	return m;
}

/* An interrupt that goes to CPU 1, of 0 and 1, with a handler for dev_id. */
static kaddr_t add_desc(unsigned int irq, kaddr_t dev_id, const char *name)
{
	kaddr_t desc = fake_new(f, "irq_desc"), action = fake_new(f, "irqaction");
	kaddr_t text = fake_alloc(f, 64);

	fake_string(f, text, name);
	fake_id_set(f, action, IRQ_ACTION_DEV, dev_id);
	fake_id_set(f, action, IRQ_ACTION_NAME, text);
	fake_id_set(f, desc, IRQ_DESC_NUMBER, irq);
	fake_id_set(f, desc, IRQ_DESC_ACTION, action);
	fake_id_set(f, desc, IRQ_DESC_AFFINITY, mask(3));
	fake_id_set(f, desc, IRQ_DESC_EFFECTIVE, mask(2));
	return desc;
}

static kaddr_t action_of(kaddr_t desc)
{
	uint64_t action;

	assert_true(member_u64(d, desc, IRQ_DESC_ACTION, &action));
	return action;
}

/* Slots of one leaf, irq 0 and up, behind an inner node; returns the leaf. */
static kaddr_t maple(const kaddr_t *descs, size_t n)
{
	kaddr_t tree = fake_variable(f, "sparse_irqs", 16), top, leaf;
	size_t i;

	top = (fake_alloc(f, 512) + 255) & ~255ull;
	leaf = (fake_alloc(f, 512) + 255) & ~255ull;
	fake_u64(f, tree + 8, top | 3 << 3 | 2);
	fake_u64(f, top + 8, UINT64_MAX);
	fake_u64(f, top + 80, leaf | 1 << 3 | 4);
	for (i = 0; i < n; i++) {
		fake_u64(f, leaf + 8 + i * 8, i);
		fake_u64(f, leaf + 128 + i * 8, descs[i]);
	}
	return leaf;
}

static void radix(kaddr_t desc)
{
	kaddr_t tree = fake_variable(f, "irq_desc_tree", 16);

	/* One entry: it stands in the root itself. */
	fake_id_set(f, tree, layout_has(d, XARRAY_HEAD) ? XARRAY_HEAD : RADIX_ROOT_NODE,
		    desc);
}

static const struct gpu_irq *only_one(void)
{
	gpu_irqs_read(d, &tasks, &gpus, &irqs);
	assert_int_equal(irqs.all.n, 1);
	return &irqs.all.v[0];
}

/* ---- what is there -------------------------------------------------------------- */

static void in_a_radix_tree(void **state)
{
	const struct gpu_irq *irq;

	(void)state;
	radix(add_desc(25, vq, "virtio1-control"));
	irq = only_one();
	assert_true(irqs.complete);
	assert_int_equal(irq->vdev, vdev);
	assert_int_equal(irq->irq, 25);
	assert_string_equal(irq->name, "virtio1-control");
	assert_string_equal(irq->affinity, "0-1");
	assert_string_equal(irq->effective, "1");
	assert_int_equal(irq->cpu, 1);
	assert_int_equal(irq->vq, vq);
	assert_false(irq->offline || irq->disabled || irq->threaded);
}

/* A device's queues and its configuration, and none of others. */
static void in_a_maple_tree(void **state)
{
	const kaddr_t descs[] = {
		add_desc(0, FAKE_NOWHERE, "timer"),
		add_desc(1, vdev, "virtio1-config"),
		0,
		add_desc(3, vq, "virtio1-control"),
	};

	(void)state;
	maple(descs, ARRAY_SIZE(descs));
	gpu_irqs_read(d, &tasks, &gpus, &irqs);
	assert_true(irqs.complete);
	assert_int_equal(irqs.all.n, 2);
	assert_string_equal(irqs.all.v[0].name, "virtio1-config");
	assert_true(irqs.all.v[0].config);
	assert_ptr_equal(gpu_irq_of_queue(&irqs, vdev, vq), &irqs.all.v[1]);
	assert_null(gpu_irq_of_queue(&irqs, vdev, FAKE_NOWHERE));
	assert_null(gpu_irq_of_queue(&irqs, FAKE_NOWHERE, vq));
	assert_string_equal(irqs.all.v[1].name, "virtio1-control");
}

static void a_shared_line(void **state)
{
	kaddr_t desc = add_desc(11, FAKE_NOWHERE, "usb");
	kaddr_t second = action_of(add_desc(0, vdev, "virtio1"));

	(void)state;
	fake_id_set(f, action_of(desc), IRQ_ACTION_NEXT, second);
	radix(desc);
	assert_string_equal(only_one()->name, "virtio1");
	assert_int_equal(irqs.all.v[0].irq, 11);
	/* It tells of every queue's answers. */
	assert_ptr_equal(gpu_irq_of_queue(&irqs, vdev, vq), &irqs.all.v[0]);
}

static void held_up(void **state)
{
	kaddr_t desc = add_desc(25, vq, "virtio1-control");
	const struct gpu_irq *irq;

	(void)state;
	fake_id_set(f, desc, IRQ_DESC_STATE, 1u << 16 | 1u << 17 | 1u << 18);
	fake_id_set(f, desc, IRQ_DESC_DEPTH, 2);
	fake_id_set(f, desc, IRQ_DESC_ISTATE, 0x200 | 0x2);
	fake_id_set(f, desc, IRQ_DESC_EFFECTIVE, mask(4));
	fake_id_set(f, action_of(desc), IRQ_ACTION_THREAD, thread);
	fake_id_set(f, action_of(desc), IRQ_ACTION_THREAD_FLAGS, 0x9);
	radix(desc);
	irq = only_one();
	assert_true(irq->disabled && irq->masked && irq->in_progress);
	assert_true(irq->pending && irq->nobody_cared && irq->woken);
	assert_int_equal(irq->depth, 2);
	assert_true(irq->threaded);
	assert_int_equal(irq->thread->pid, 77);
	/* The CPU that it goes to is none that there is. */
	assert_int_equal(irq->cpu, -1);
	assert_true(irq->offline);
	fake_id_set(f, action_of(desc), IRQ_ACTION_THREAD, FAKE_NOWHERE);
	irq = only_one();
	assert_true(irq->threaded && !irq->thread);
}

/* A panic stops the other CPUs, which take themselves out of one mask alone. */
static void to_a_cpu_that_a_panic_stopped(void **state)
{
	kaddr_t active = fake_variable(f, "__cpu_active_mask", 8);

	(void)state;
	radix(add_desc(25, vq, "virtio1-control"));
	fake_u64(f, fake_value(f, "__cpu_online_mask"), 1);
	fake_u64(f, active, 3);
	assert_false(only_one()->offline);
	fake_u64(f, active, 1);
	assert_true(only_one()->offline);
}

static void counted_on_each_cpu(void **state)
{
	kaddr_t desc = add_desc(25, vq, "virtio1-control");

	(void)state;
	fake_id_set(f, desc, IRQ_DESC_COUNTS, counts);
	fake_u32(f, fake_percpu(f, 0, counts), 100);
	fake_u32(f, fake_percpu(f, 1, counts), 21);
	radix(desc);
	assert_int_equal(only_one()->count, 121);
}

/* Without CONFIG_SPARSE_IRQ. */
static void in_an_array(void **state)
{
	kaddr_t array = fake_variable(f, "irq_desc", 3 * 256ul);
	kaddr_t number = fake_variable(f, "nr_irqs", 4);

	(void)state;
	fake_u32(f, number, 3);
	fake_id_set(f, array + 512, IRQ_DESC_NUMBER, 2);
	fake_id_set(f, array + 512, IRQ_DESC_ACTION,
		    action_of(add_desc(2, vq, "virtio1-control")));
	assert_int_equal(only_one()->irq, 2);
	assert_true(irqs.complete);
	fake_u32(f, number, 0xffffffff);
	gpu_irqs_read(d, &tasks, &gpus, &irqs);
	assert_false(irqs.complete);
	assert_true(fake_has_note(f, "how many there are is not known"));
}

/* ---- what is damaged -------------------------------------------------------------- */

static void damaged(void **state)
{
	kaddr_t desc = add_desc(25, vq, "virtio1-control"), leaf, action;

	(void)state;
	/* A handler that is its own next, and one that is nowhere. */
	action = action_of(desc);
	fake_id_set(f, action, IRQ_ACTION_DEV, FAKE_NOWHERE);
	fake_id_set(f, action, IRQ_ACTION_NEXT, action);
	leaf = maple((const kaddr_t[]){desc}, 1);
	gpu_irqs_read(d, &tasks, &gpus, &irqs);
	assert_int_equal(irqs.all.n, 0);
	assert_true(irqs.complete);
	fake_id_set(f, action, IRQ_ACTION_NEXT, FAKE_NOWHERE);
	gpu_irqs_read(d, &tasks, &gpus, &irqs);
	assert_false(irqs.complete);
	/* No name, no masks: it is told of all the same. */
	fake_id_set(f, action, IRQ_ACTION_DEV, vq);
	fake_id_set(f, action, IRQ_ACTION_NAME, FAKE_NOWHERE);
	fake_id_set(f, desc, IRQ_DESC_AFFINITY, FAKE_NOWHERE);
	assert_string_equal(only_one()->name, "?");
	assert_null(irqs.all.v[0].affinity);
	/* A leaf that claims to be above itself, and a descriptor that is nowhere. */
	fake_u64(f, leaf + 128, FAKE_NOWHERE);
	gpu_irqs_read(d, &tasks, &gpus, &irqs);
	assert_int_equal(irqs.all.n, 0);
	assert_false(irqs.complete);
	fake_u64(f, fake_value(f, "sparse_irqs") + 8, leaf | 2 << 3 | 2);
	fake_u64(f, leaf + 128, leaf | 2 << 3 | 2);
	gpu_irqs_read(d, &tasks, &gpus, &irqs);
	assert_false(irqs.complete);
	assert_true(fake_has_note(f, "interrupts: the node"));
}

/*
 * Nodes whose slots all lead to the next one: ten ways at each of them, and so more than
 * anybody could walk.  No more are looked at than there can be.
 */
static void a_tree_of_too_many_ways(void **state)
{
	kaddr_t tree = fake_variable(f, "sparse_irqs", 16), nodes[17];
	unsigned int i, k;

	(void)state;
	for (k = 0; k < ARRAY_SIZE(nodes); k++)
		nodes[k] = (fake_alloc(f, 512) + 255) & ~255ull;
	fake_u64(f, tree + 8, nodes[0] | 3 << 3 | 2);
	for (k = 0; k + 1 < ARRAY_SIZE(nodes); k++) {
		for (i = 0; i < 9; i++)
			fake_u64(f, nodes[k] + 8 + i * 8ul, 100 - k);
		for (i = 0; i < 10; i++)
			fake_u64(f, nodes[k] + 80 + i * 8ul, nodes[k + 1] | 3 << 3 | 2);
	}
	gpu_irqs_read(d, &tasks, &gpus, &irqs);
	assert_false(irqs.complete);
	assert_true(fake_has_note(f, "more in it than there can be"));
}

/* Leaves that all have the same descriptor: each node is visited, and none ends it. */
static void a_tree_of_one_descriptor(void **state)
{
	kaddr_t tree = fake_variable(f, "sparse_irqs", 16), nodes[8], leaf;
	kaddr_t desc = add_desc(25, vq, "virtio1-control");
	unsigned int i, k;

	(void)state;
	leaf = (fake_alloc(f, 512) + 255) & ~255ull;
	for (i = 0; i < 15; i++)
		fake_u64(f, leaf + 8 + i * 8ul, i + 1);
	for (i = 0; i < 16; i++)
		fake_u64(f, leaf + 128 + i * 8ul, desc);
	for (k = 0; k < ARRAY_SIZE(nodes); k++)
		nodes[k] = (fake_alloc(f, 512) + 255) & ~255ull;
	fake_u64(f, tree + 8, nodes[0] | 3 << 3 | 2);
	for (k = 0; k < ARRAY_SIZE(nodes); k++) {
		for (i = 0; i < 9; i++)
			fake_u64(f, nodes[k] + 8 + i * 8ul, 100 - k);
		for (i = 0; i < 10; i++)
			fake_u64(f, nodes[k] + 80 + i * 8ul,
				 k + 1 < ARRAY_SIZE(nodes) ? nodes[k + 1] | 3 << 3 | 2
							   : leaf | 1 << 3 | 4);
	}
	gpu_irqs_read(d, &tasks, &gpus, &irqs);
	assert_true(irqs.all.n <= 65536);
	assert_false(irqs.complete);
}

/* Every other of 8192 CPUs: as long as a list gets. */
static void a_long_affinity(void **state)
{
	const struct gpu_irq *irq;
	kaddr_t cpus = fake_alloc(f, 1024), desc;
	unsigned int i;

	(void)state;
	d->info.cpus = 8192;
	for (i = 0; i < 128; i++)
		fake_u64(f, cpus + i * 8ul, 0x5555555555555555);
	desc = add_desc(25, vq, "virtio1-control");
	fake_id_set(f, desc, IRQ_DESC_AFFINITY, cpus);
	radix(desc);
	irq = only_one();
	assert_int_equal(strncmp(irq->affinity, "0,2,4,", 6), 0);
	assert_string_equal(irq->affinity + strlen(irq->affinity) - 10, ",8188,8190");
}

/* A chip that keeps no such mask, or an interrupt that has not been started. */
static void no_effective_affinity(void **state)
{
	kaddr_t desc = add_desc(25, vq, "virtio1-control");

	(void)state;
	fake_id_set(f, desc, IRQ_DESC_EFFECTIVE, mask(0));
	radix(desc);
	assert_string_equal(only_one()->effective, "0-1");
	assert_false(irqs.all.v[0].offline);
}

static void interrupted(void **state)
{
	(void)state;
	maple((const kaddr_t[]){add_desc(0, vq, "a"), add_desc(1, vq, "b")}, 2);
	fake_interrupt_after(f, 3);
	gpu_irqs_read(d, &tasks, &gpus, &irqs);
	assert_false(irqs.complete);
}

static void nothing_to_find_them_by(void **state)
{
	(void)state;
	gpu_irqs_read(d, &tasks, &gpus, &irqs);
	assert_false(irqs.complete);
	assert_int_equal(irqs.all.n, 0);
	radix(add_desc(25, vq, "virtio1-control"));
	fake_absent(f, "irq_desc");
	gpu_irqs_read(d, &tasks, &gpus, &irqs);
	assert_true(fake_has_note(f, "no debuginfo for struct irq_desc"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(in_a_radix_tree),
		test(in_a_maple_tree),
		test(in_an_array),
		test(a_shared_line),
		test(held_up),
		test(to_a_cpu_that_a_panic_stopped),
		test(counted_on_each_cpu),
		test(damaged),
		test(interrupted),
		test(nothing_to_find_them_by),
		test(no_effective_affinity),
		test(a_tree_of_too_many_ways),
		test(a_tree_of_one_descriptor),
		test(a_long_affinity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
