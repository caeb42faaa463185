// SPDX-License-Identifier: GPL-2.0-or-later
#include "seed.h"

#include <stdlib.h>
#include <string.h>

/* Values of 5.10, as its own sources have them. */
#define ORC_REG_SP 5
#define DESC_COMMITTED_FINAL (2ull << 62) /* kernel/printk: desc_finalized */
#define LOG_DESCS_BITS 4
#define LOG_DATA_BITS 12
#define RING_SIZE 16

static kaddr_t at(struct fake *f, kaddr_t base, enum layout_id id)
{
	return fake_id_at(f, base, id);
}

static size_t size_of(struct fake *f, enum layout_id id)
{
	return (size_t)layout_size(fake_dump(f), id);
}

/* ---- the log ------------------------------------------------------------ */

static void log_record(struct fake *f, kaddr_t rb, unsigned int id, const char *text)
{
	kaddr_t ring = at(f, rb, PRB_DESC_RING);
	kaddr_t data_ring = at(f, rb, PRB_TEXT_RING);
	kaddr_t desc =
		fake_get(f, ring, "prb_desc_ring.descs") + id * size_of(f, PRB_DESC);
	kaddr_t info =
		fake_get(f, ring, "prb_desc_ring.infos") + id * size_of(f, PRINTK_INFO);
	kaddr_t data = fake_get(f, data_ring, "prb_data_ring.data");
	kaddr_t lpos = at(f, desc, PRB_DESC_LPOS);
	uint64_t begin = id * 128ull;

	fake_set(f, desc, "prb_desc.state_var", DESC_COMMITTED_FINAL | id);
	fake_set(f, lpos, "prb_data_blk_lpos.begin", begin);
	fake_set(f, lpos, "prb_data_blk_lpos.next", begin + 128);
	fake_set(f, info, "printk_info.seq", id);
	fake_set(f, info, "printk_info.ts_nsec", id * 1000000000ull);
	fake_set(f, info, "printk_info.text_len", strlen(text));
	fake_u64(f, data + begin, id);
	fake_string(f, data + begin + 8, text);
}

static void make_log(struct fake *f)
{
	static const char *const lines[] = {
		"Linux version 5.10.0",
		"INFO: task Xorg:196 blocked for more than 10 seconds.",
		"      Not tainted 5.10.0-fake-amd64 #1",
		"Kernel panic - not syncing: hung_task: blocked tasks",
	};
	kaddr_t rb = fake_alloc(f, size_of(f, PRB)), ring = at(f, rb, PRB_DESC_RING);
	unsigned int i;

	fake_ptr(f, fake_variable(f, "prb", 8), rb);
	fake_set(f, ring, "prb_desc_ring.count_bits", LOG_DESCS_BITS);
	fake_set(f, ring, "prb_desc_ring.descs",
		 fake_alloc(f, size_of(f, PRB_DESC) << LOG_DESCS_BITS));
	fake_set(f, ring, "prb_desc_ring.infos",
		 fake_alloc(f, size_of(f, PRINTK_INFO) << LOG_DESCS_BITS));
	fake_set(f, at(f, rb, PRB_TEXT_RING), "prb_data_ring.size_bits", LOG_DATA_BITS);
	fake_set(f, at(f, rb, PRB_TEXT_RING), "prb_data_ring.data",
		 fake_alloc(f, 1 << LOG_DATA_BITS));
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		log_record(f, rb, i, lines[i]);
	fake_set(f, ring, "prb_desc_ring.head_id", i - 1);
}

/* ---- a stack ------------------------------------------------------------ */

static int by_address(const void *a, const void *b)
{
	kaddr_t x = *(const kaddr_t *)a, y = *(const kaddr_t *)b;

	return x < y ? -1 : x > y;
}

/* One row for each function: its frame is 32 bytes, the return address on top. */
static void make_orc(struct fake *f, kaddr_t *functions, size_t n)
{
	kaddr_t ip = fake_variable(f, "__start_orc_unwind_ip", n * 4);
	kaddr_t orc = fake_variable(f, "__start_orc_unwind", n * 6);
	size_t i;

	fake_symbol(f, "__stop_orc_unwind_ip", ip + n * 4);
	qsort(functions, n, sizeof(functions[0]), by_address);
	for (i = 0; i < n; i++) {
		fake_u32(f, ip + 4 * i, (uint32_t)(functions[i] - (ip + 4 * i)));
		fake_u16(f, orc + 6 * i, 32);
		fake_u16(f, orc + 6 * i + 4, ORC_REG_SP);
	}
}

static void make_stack(struct fake *f, kaddr_t task)
{
	static const char *const names[] = {"__schedule",
					    "schedule_timeout",
					    "wait_for_completion",
					    "flush_work",
					    "drain_all_pages",
					    "virtio_gpu_object_create"};
	kaddr_t functions[ARRAY_SIZE(names)];
	kaddr_t frame = fake_stack_top(f, task) - 0x600;
	size_t i, n = ARRAY_SIZE(names);

	fake_id_set(f, task, TASK_THREAD_SP, frame);
	frame += size_of(f, INACTIVE_FRAME) - 8;
	for (i = 0; i < n; i++, frame += 32) {
		if (!dump_symbol(fake_dump(f), names[i], &functions[i]))
			functions[i] = fake_function(f, names[i], NULL, 0, 0);
		fake_ptr(f, frame, functions[i] + 16);
	}
	make_orc(f, functions, n);
	fake_list_head(f, fake_variable(f, "modules", 16));
}

/* ---- the device --------------------------------------------------------- */

static kaddr_t make_queue(struct fake *f, kaddr_t vdev, const char *name,
			  unsigned int index)
{
	kaddr_t vq = fake_alloc(f, size_of(f, VRING)), avail, used, string;

	string = fake_alloc(f, 16);
	fake_string(f, string, name);
	avail = fake_alloc(f, 6 + 2 * RING_SIZE);
	used = fake_alloc(f, 6 + 8 * RING_SIZE);
	fake_u16(f, avail + 2, 5);
	fake_u16(f, used + 2, 3);
	fake_set(f, vq, "virtqueue.name", string);
	fake_set(f, vq, "virtqueue.index", index);
	fake_set(f, vq, "virtqueue.num_free", RING_SIZE - 2);
	fake_set(f, vq, "vring_virtqueue.split.vring.num", RING_SIZE);
	fake_set(f, vq, "vring_virtqueue.last_used_idx", 3);
	fake_set(f, vq, "vring_virtqueue.split.avail_idx_shadow", 5);
	fake_set(f, vq, "vring_virtqueue.split.desc_state",
		 fake_alloc(f, 16 * RING_SIZE));
	fake_ptr(f, fake_get(f, vq, "vring_virtqueue.split.desc_state"), vq);
	fake_ptr(f, vq + 88, fake_alloc(f, 16 * RING_SIZE)); /* vring.desc, avail, used */
	fake_ptr(f, vq + 96, avail);
	fake_ptr(f, vq + 104, used);
	fake_list_add_tail(f, at(f, vdev, VIRTIO_DEVICE_VQS), vq);
	return vq;
}

/* Returns its first queue. */
static kaddr_t make_gpu(struct fake *f)
{
	kaddr_t driver = fake_variable(f, "virtio_gpu_driver", 256),
		p = fake_alloc(f, 256);
	kaddr_t private = fake_alloc(f, 512),
		vdev = fake_alloc(f, size_of(f, VIRTIO_DEVICE));
	kaddr_t drm = fake_alloc(f, 2048), gpu = fake_new(f, "virtio_gpu_device");
	kaddr_t list = at(f, at(f, p, DRIVER_PRIVATE_DEVICES), KLIST_LIST), vq;

	fake_ptr(f, at(f, driver, DEVICE_DRIVER_P), p);
	fake_list_head(f, list);
	fake_list_add_tail(f, list,
			   at(f, at(f, private, DEVICE_PRIVATE_KNODE), KLIST_NODE_NODE));
	fake_set(f, private, "device_private.device", at(f, vdev, VIRTIO_DEVICE_DEV));
	fake_list_head(f, at(f, vdev, VIRTIO_DEVICE_VQS));
	fake_set(f, vdev, "virtio_device.priv", drm);
	fake_set(f, vdev, "virtio_device.features", 0x130000002);
	fake_set(f, vdev, "virtio_device.id", 16);
	fake_set(f, drm, "drm_device.dev_private", gpu);
	fake_set(f, gpu, "virtio_gpu_device.vdev", vdev);
	fake_set(f, gpu, "virtio_gpu_device.num_scanouts", 2);
	vq = make_queue(f, vdev, "control", 0);
	fake_set(f, at(f, gpu, GPU_CTRLQ), "virtio_gpu_queue.vq", vq);
	fake_set(f, at(f, gpu, GPU_CURSORQ), "virtio_gpu_queue.vq",
		 make_queue(f, vdev, "cursor", 1));
	return vq;
}

/* ---- the machine, a slab, an interrupt ----------------------------------------- */

static void make_machine(struct fake *f)
{
	char uts[400] = "Linux";

	memcpy(uts + 65, "guest", sizeof("guest"));
	fake_bytes(f, fake_variable(f, "init_uts_ns", sizeof(uts)), uts, sizeof(uts));
	fake_u64(f, fake_variable(f, "_totalram_pages", 8), 1000);
	fake_u64(f, fake_variable(f, "tainted_mask", 8), 0x3000);
}

static void make_slab(struct fake *f)
{
	kaddr_t slab;

	fake_pages(f);
	slab = fake_slab(f, fake_cache(f, "kmalloc-96", 96, 96));
	fake_slab_free(f, slab, 3);
	fake_slab_partial(f, slab);
}

/* In a radix tree's root: the interrupt of the device's first queue. */
static void make_irq(struct fake *f, kaddr_t vq)
{
	kaddr_t desc = fake_new(f, "irq_desc"), action = fake_new(f, "irqaction");
	kaddr_t tree = fake_variable(f, "irq_desc_tree", 16), mask = fake_alloc(f, 8);

	fake_u64(f, mask, 3);
	fake_id_set(f, action, IRQ_ACTION_DEV, vq);
	fake_id_set(f, action, IRQ_ACTION_NAME, fake_get(f, vq, "virtqueue.name"));
	fake_id_set(f, desc, IRQ_DESC_NUMBER, 25);
	fake_id_set(f, desc, IRQ_DESC_ACTION, action);
	fake_id_set(f, desc, IRQ_DESC_AFFINITY, mask);
	fake_id_set(f, desc, IRQ_DESC_COUNTS, fake_percpu_alloc(f, 8));
	fake_id_set(f, tree, XARRAY_HEAD, desc);
}

struct fake *seed_dump(void)
{
	struct fake *f = fake_5_10();
	struct fake_hang hang = fake_drain_hang(f);

	/* The rows of the modules are needed to write their objects. */
	dump_load_module(fake_dump(f), "virtio", NULL);
	dump_load_module(fake_dump(f), "virtio_ring", NULL);
	dump_load_module(fake_dump(f), "virtio_gpu", NULL);
	make_log(f);
	make_stack(f, hang.xorg);
	make_machine(f);
	make_slab(f);
	make_irq(f, make_gpu(f));
	return f;
}
