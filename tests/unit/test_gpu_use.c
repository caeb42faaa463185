// SPDX-License-Identifier: GPL-2.0-or-later
/* A virtio-gpu in use: opens, commands in flight, fences and who holds them, objects. */
#define _GNU_SOURCE /* open_memstream() */
#include "test.h"

#include "fake_slab.h"

#include "facts/facts.h"
#include "facts/leak_sample.h"
#include "fake_session.h"
#include "report/gem_order.h"
#include "report/report.h"

#define RING 8

static struct use {
	struct fake *f;
	struct dump *d;
	kaddr_t vdev, drm, vgdev, drv, ring, desc, avail, used, state;
	kaddr_t xorg, client; /* tasks */
	kaddr_t mm_list, files, fbs;
	unsigned int added;
} u;

static struct facts facts;

/* ---- a device ------------------------------------------------------------ */

static void set(kaddr_t base, enum layout_id id, uint64_t v)
{
	fake_id_set(u.f, base, id, v);
}

static kaddr_t at(kaddr_t base, enum layout_id id)
{
	return fake_id_at(u.f, base, id);
}

static kaddr_t text_at(const char *s)
{
	kaddr_t addr = fake_alloc(u.f, 64);

	fake_string(u.f, addr, s);
	return addr;
}

static void make_ring(void)
{
	unsigned int i;

	u.ring = fake_alloc(u.f, fake_size(u.f, "vring_virtqueue") + RING * 16);
	u.desc = fake_alloc_pages(u.f, RING * 16);
	u.avail = fake_alloc_pages(u.f, 64);
	u.used = fake_alloc_pages(u.f, 128);
	/* Until 4.20 (1ce9e6055fa0) it was the end of the ring itself. */
	u.state = at(u.ring, VRING_STATE);
	set(u.ring, VIRTQUEUE_NAME, text_at("control"));
	set(u.ring, VIRTQUEUE_NUM_FREE, RING);
	set(u.ring, VRING_NUM, RING);
	if (layout_size(u.d, VRING_STATE) == sizeof(kaddr_t)) {
		u.state = fake_alloc_pages(u.f, RING * 16);
		set(u.ring, VRING_STATE, u.state);
	}
	set(u.ring, VRING_EXTRA, 0);
	set(member_base(u.d, at(u.ring, VRING_NUM), VRING_UAPI_NUM), VRING_UAPI_DESC,
	    u.desc);
	set(member_base(u.d, at(u.ring, VRING_NUM), VRING_UAPI_NUM), VRING_UAPI_AVAIL,
	    u.avail);
	set(member_base(u.d, at(u.ring, VRING_NUM), VRING_UAPI_NUM), VRING_UAPI_USED,
	    u.used);
	for (i = 0; i < RING; i++)
		fake_u16(u.f, u.desc + i * 16ul + 14, (uint16_t)(i + 1));
	fake_list_add_tail(u.f, at(u.vdev, VIRTIO_DEVICE_VQS),
			   at(u.ring, VIRTQUEUE_LIST));
}

static void make_driver(void)
{
	kaddr_t private = fake_alloc(u.f, 256), driver = fake_alloc(u.f, 512), list;
	kaddr_t node = fake_alloc(u.f, 512);

	fake_function(u.f, "virtio_gpu_driver", "virtio_gpu", driver, 512);
	set(driver, DEVICE_DRIVER_P, private);
	list = at(at(private, DRIVER_PRIVATE_DEVICES), KLIST_LIST);
	fake_list_head(u.f, list);
	set(node, DEVICE_PRIVATE_DEVICE, at(u.vdev, VIRTIO_DEVICE_DEV));
	fake_list_add_tail(u.f, list,
			   at(at(node, DEVICE_PRIVATE_KNODE), KLIST_NODE_NODE));
}

static void make_drm(void)
{
	kaddr_t manager = fake_alloc(u.f, 1024);

	u.drm = fake_alloc(u.f, 4096);
	set(u.drm, DRM_DEVICE_PRIVATE, u.vgdev);
	u.files = at(u.drm, DRM_DEVICE_FILES);
	u.fbs = at(u.drm, DRM_DEVICE_FBS);
	fake_list_head(u.f, u.files);
	fake_list_head(u.f, at(u.drm, DRM_DEVICE_INTERNAL));
	fake_list_head(u.f, u.fbs);
	fake_list_head(u.f, at(u.drm, DRM_DEVICE_PLANES));
	set(u.drm, DRM_DEVICE_VMA_MANAGER, manager);
	u.mm_list = at(at(manager, VMA_MANAGER_MM), DRM_MM_NODES);
	fake_list_head(u.f, u.mm_list);
}

/* A device with an empty control queue of 8, and two processes. */
static int begin(void **state)
{
	memset(&u, 0, sizeof(u));
	u.f = ((struct fake * (*)(void)) * state)();
	*state = u.f;
	u.d = fake_dump(u.f);
	dump_load_module(u.d, "drm", NULL);
	dump_load_module(u.d, "drm_shmem_helper", NULL);
	dump_load_module(u.d, "virtio_ring", NULL);
	dump_load_module(u.d, "virtio_gpu", NULL);
	fake_kernel(u.f);
	u.xorg = fake_task(u.f, 143, "Xorg");
	u.client = fake_task(u.f, 147, "glclient");
	u.vdev = fake_new(u.f, "virtio_device");
	u.vgdev = fake_new(u.f, "virtio_gpu_device");
	fake_list_head(u.f, at(u.vdev, VIRTIO_DEVICE_VQS));
	make_drm();
	make_ring();
	make_driver();
	set(u.vdev, VIRTIO_DEVICE_PRIV, u.drm);
	set(u.vgdev, GPU_VDEV, u.vdev);
	set(u.vgdev, GPU_HAS_VIRGL, 1);
	set(at(u.vgdev, GPU_CTRLQ), GPU_QUEUE_VQ, u.ring);
	set(at(u.vgdev, GPU_CURSORQ), GPU_QUEUE_VQ, u.ring);
	fake_list_head(u.f,
		       at(at(at(u.vgdev, GPU_CTRLQ), GPU_QUEUE_ACK), WAIT_HEAD_LIST));
	fake_list_head(u.f,
		       at(at(at(u.vgdev, GPU_CURSORQ), GPU_QUEUE_ACK), WAIT_HEAD_LIST));
	fake_list_head(u.f, at(at(u.vgdev, GPU_RESP_WQ), WAIT_HEAD_LIST));
	if (layout_has(u.d, GPU_OBJ_FREE_LIST))
		fake_list_head(u.f, at(u.vgdev, GPU_OBJ_FREE_LIST));
	u.drv = at(u.vgdev, GPU_FENCE_DRV);
	fake_list_head(u.f, at(u.drv, FENCE_DRV_FENCES));
	fake_variable(u.f, "sync_file_fops", 256);
	fake_variable(u.f, "dma_buf_fops", 256);
	fake_variable(u.f, "virtio_gpu_driver_fops", 256);
	return 0;
}

static struct gpu *read_it(void)
{
	facts_read(u.d, FACTS_TASKS | FACTS_DEVICES | FACTS_USE, &facts);
	assert_int_equal(facts.gpus.state, GPUS_FOUND);
	assert_true(facts.gpus.all.v[0].use_read);
	return &facts.gpus.all.v[0];
}

/* ---- what is on it ------------------------------------------------------- */

/* A command in the next descriptor; its words from the start of the header. */
static kaddr_t add_command(const uint32_t *words, unsigned int n)
{
	kaddr_t vbuf = fake_alloc(u.f, 512), cmd = vbuf + 128;
	unsigned int i = u.added++;

	set(vbuf, VBUFFER_BUF, cmd);
	set(vbuf, VBUFFER_SIZE, n * 4ul);
	set(vbuf, VBUFFER_RESP_BUF, cmd + 96);
	set(vbuf, VBUFFER_RESP_SIZE, 24);
	fake_bytes(u.f, cmd, words, n * 4ul);
	set(u.state + i * 16ul, DESC_STATE_DATA, vbuf);
	fake_u16(u.f, u.avail + 4 + i * 2ul, (uint16_t)i);
	fake_u16(u.f, u.avail + 2, (uint16_t)u.added);
	set(u.ring, VRING_AVAIL_SHADOW, u.added);
	set(u.ring, VRING_FREE_HEAD, u.added);
	set(u.ring, VIRTQUEUE_NUM_FREE, RING - u.added);
	return vbuf;
}

static void write_fence(kaddr_t g, uint64_t id, bool on_list)
{
	kaddr_t f = at(g, GPU_FENCE_F), node = at(g, GPU_FENCE_NODE);

	set(g, GPU_FENCE_DRIVER, u.drv);
	set(g, GPU_FENCE_ID, id);
	set(f, DMA_FENCE_SEQNO, id);
	set(f, DMA_FENCE_CONTEXT, 1);
	set(f, DMA_FENCE_REFCOUNT, 1);
	set(f, DMA_FENCE_LOCK, at(u.drv, FENCE_DRV_LOCK));
	if (on_list) {
		fake_list_add_tail(u.f, at(u.drv, FENCE_DRV_FENCES), node);
		fake_list_head(u.f, at(f, DMA_FENCE_CB_LIST));
	} else {
		set(f, DMA_FENCE_FLAGS, 1);
		fake_ptr(u.f, node, 0xdead000000000100);
	}
}

static kaddr_t add_fence(uint64_t id, bool on_list)
{
	kaddr_t g = fake_alloc(u.f, 128);

	write_fence(g, id, on_list);
	return g;
}

static kaddr_t add_object(uint32_t resource, uint64_t size)
{
	kaddr_t obj = fake_alloc(u.f, 1024), gem = at(obj, GPU_OBJECT_GEM);
	kaddr_t resv = fake_alloc(u.f, 256);

	set(obj, GPU_OBJECT_RESOURCE, resource);
	set(obj, GPU_OBJECT_CREATED, 1);
	set(gem, GEM_DEV, u.drm);
	set(gem, GEM_REFCOUNT, 1);
	set(gem, GEM_SIZE, size);
	set(gem, GEM_RESV, resv);
	fake_list_add_tail(u.f, u.mm_list,
			   at(at(at(gem, GEM_VMA_NODE), VMA_NODE_MM), DRM_MM_NODE_LIST));
	return gem;
}

/* A drm_file of pid with a context and one handle, number 1. */
static kaddr_t add_file(int pid, uint32_t context, kaddr_t gem)
{
	kaddr_t file = fake_new(u.f, "drm_file"), id = fake_alloc(u.f, 256);
	kaddr_t fpriv = fake_new(u.f, "virtio_gpu_fpriv"),
		node = fake_alloc(u.f, (size_t)layout_size(u.d, XA_NODE));

	set(at(id, PID_NUMBERS), UPID_NR, (uint64_t)pid);
	set(file, DRM_FILE_PID, id);
	set(file, DRM_FILE_PRIV, fpriv);
	set(fpriv, GPU_FPRIV_CTX, context);
	set(fpriv, GPU_FPRIV_CREATED, 1);
	fake_ptr(u.f, at(node, XA_NODE_SLOTS), gem);
	set(at(file, DRM_FILE_OBJECTS), XARRAY_HEAD, node | 2);
	set(at(file, DRM_FILE_OBJECTS), RADIX_ROOT_NODE, node | 1);
	set(at(file, DRM_FILE_OBJECTS), IDR_BASE, 1);
	fake_list_add_tail(u.f, u.files, at(file, DRM_FILE_LIST));
	return file;
}

/* Descriptor fd of a task: a file of this kind, with this private data. */
static void add_fd(kaddr_t task, unsigned int fd, const char *fops, kaddr_t private)
{
	kaddr_t files = fake_alloc(u.f, 1024), fdt = fake_alloc(u.f, 64);
	kaddr_t table = fake_alloc(u.f, 512), file = fake_alloc(u.f, 512);

	set(task, TASK_FILES, files);
	set(files, FILES_FDT, fdt);
	set(fdt, FDTABLE_MAX, 64);
	set(fdt, FDTABLE_FD, table);
	fake_ptr(u.f, table + fd * 8ul, file);
	set(file, FILE_OP, fake_value(u.f, fops));
	set(file, FILE_PRIVATE, private);
}

static kaddr_t sync_file_of(kaddr_t fence)
{
	kaddr_t s = fake_alloc(u.f, 256);

	set(s, SYNC_FILE_FENCE, fence);
	return s;
}

/* ---- commands ------------------------------------------------------------ */

static void commands(void **state)
{
	static const uint32_t flush[] = {0x104, 0, 0, 0, 0, 0, 0, 0, 640, 480, 9, 0};
	static const uint32_t submit[] = {0x207, 3, 35, 1, 7, 2, 100, 0};
	static const uint32_t strange[] = {0x999, 0, 0, 0, 0, 0};
	const struct gpu_command *c;
	kaddr_t vbuf;
	struct gpu *g;

	(void)state;
	vbuf = add_command(flush, ARRAY_SIZE(flush));
	fake_u32(u.f, vbuf + 128 + 96, 0x1203); /* answered, and not in the ring yet */
	add_command(submit, ARRAY_SIZE(submit));
	add_command(strange, ARRAY_SIZE(strange));
	g = read_it();
	assert_int_equal(g->commands.all.n, 3);
	c = &g->commands.all.v[0];
	assert_true(c->read);
	assert_string_equal(c->name, "RESOURCE_FLUSH");
	assert_int_equal(c->resource, 9);
	assert_int_equal(c->scanout, -1);
	assert_int_equal(c->slot.order, 1);
	assert_string_equal(c->answer_name, "ERR_INVALID_RESOURCE_ID");
	c++;
	assert_string_equal(c->name, "SUBMIT_3D");
	assert_int_equal(c->context, 7);
	assert_int_equal(c->fence_id, 35 | 1ull << 32);
	assert_int_equal(c->ring, 2);
	assert_null(c->answer_name);
	c++;
	assert_string_equal(c->name, "0x999");
	assert_int_equal(u.d->notes.n, 0);
}

static void commands_that_lie(void **state)
{
	static const uint32_t unref[] = {0x102, 0, 0, 0, 0, 0, 5, 0};
	kaddr_t vbuf;
	struct gpu *g;

	(void)state;
	vbuf = add_command(unref, ARRAY_SIZE(unref));
	set(vbuf, VBUFFER_SIZE, 24); /* too short to name the resource */
	vbuf = add_command(unref, ARRAY_SIZE(unref));
	set(vbuf, VBUFFER_BUF, FAKE_NOWHERE);
	vbuf = add_command(unref, ARRAY_SIZE(unref));
	set(vbuf, VBUFFER_SIZE, UINT32_MAX);
	add_command(unref, ARRAY_SIZE(unref));
	fake_u64(u.f, u.state + 3 * 16, FAKE_NOWHERE);
	g = read_it();
	assert_int_equal(g->commands.all.n, 4);
	assert_int_equal(g->commands.all.v[0].resource, -1);
	assert_false(g->commands.all.v[1].read);
	assert_true(g->commands.all.v[2].read);
	assert_int_equal(g->commands.all.v[2].resource, 5);
	assert_false(g->commands.all.v[3].read);
	assert_true(
		fake_has_note(u.f, "of descriptor 3 cannot be read: no such address"));
}

/* ---- the fence that somebody waits for ------------------------------------ */

static const struct gpu_command *carrier;
static struct awaited_fence awaited;

static enum fence_command command_of(kaddr_t fence)
{
	struct gpus gpus;

	assert_true(gpus_read(u.d, &gpus));
	gpu_fence_await(u.d, &gpus.all.v[0], at(fence, GPU_FENCE_F), &awaited);
	carrier = awaited.carrier;
	return awaited.command;
}

static void command_of_a_fence(void **state)
{
	static const uint32_t submit[] = {0x207, 1, 36, 0, 7, 0, 100, 0};
	static const uint32_t unfenced[] = {0x207, 0, 35, 0, 7, 0, 100, 0};
	kaddr_t carried = add_fence(36, true), other = add_fence(35, true), vbuf;

	(void)state;
	assert_int_equal(command_of(carried), FENCE_COMMAND_NOWHERE);
	assert_null(carrier);
	add_command(unfenced, ARRAY_SIZE(unfenced));
	vbuf = add_command(submit, ARRAY_SIZE(submit));
	assert_int_equal(command_of(carried), FENCE_COMMAND_IN_RING);
	assert_int_equal(carrier->vbuf, vbuf);
	assert_string_equal(carrier->name, "SUBMIT_3D");
	assert_int_equal(command_of(other), FENCE_COMMAND_NOWHERE);
	assert_null(carrier);
	assert_int_equal(command_of(FAKE_NOWHERE), FENCE_COMMAND_UNKNOWN);
	fake_u16(u.f, u.used + 2, 1);
	fake_u32(u.f, u.used + 4, 1);
	assert_int_equal(command_of(carried), FENCE_COMMAND_ANSWERED);
	fake_u16(u.f, u.used + 2, 0);
	/* What cannot be read may be the one. */
	set(vbuf, VBUFFER_BUF, FAKE_NOWHERE);
	assert_int_equal(command_of(other), FENCE_COMMAND_UNKNOWN);
}

/* Of 4.19 and its backports, what is not in the ring was there. */
static void command_of_an_older_fence(void **state)
{
	static const uint32_t submit[] = {0x207, 1, 36, 1, 7, 0, 100, 0};
	kaddr_t carried = add_fence(36, true), other = add_fence(35, true);

	(void)state; /* the fence has half of the number */
	add_command(submit, ARRAY_SIZE(submit));
	assert_int_equal(command_of(carried), FENCE_COMMAND_IN_RING);
	assert_string_equal(carrier->name, "SUBMIT_3D");
	assert_int_equal(command_of(other), FENCE_COMMAND_NOWHERE);
	assert_true(awaited.pending);
	assert_int_equal(awaited.id, 35);
	/* With commands of 5.4 to 5.6 it may not have come there yet. */
	fake_member(u.f, "virtio_gpu_vbuffer", "objs", 64, 8);
	assert_int_equal(command_of(carried), FENCE_COMMAND_IN_RING);
	assert_int_equal(command_of(other), FENCE_COMMAND_UNKNOWN);
}

/* It is owed a signal while it is on the device's list, as its neighbours say, too. */
static void pending_fence(void **state)
{
	kaddr_t listed = add_fence(36, true), signalled = add_fence(35, false);
	kaddr_t node = at(listed, GPU_FENCE_NODE);

	(void)state;
	assert_int_equal(command_of(listed), FENCE_COMMAND_NOWHERE);
	assert_true(awaited.pending);
	assert_int_equal(awaited.id, 36);
	command_of(signalled);
	assert_false(awaited.pending);
	set(at(listed, GPU_FENCE_F), DMA_FENCE_FLAGS, 1);
	command_of(listed);
	assert_false(awaited.pending);
	set(at(listed, GPU_FENCE_F), DMA_FENCE_FLAGS, 0);
	fake_ptr(u.f, node, FAKE_NOWHERE);
	command_of(listed);
	assert_false(awaited.pending);
	fake_ptr(u.f, node, node);
	command_of(listed);
	assert_false(awaited.pending);
}

/* A merged fence, of an array or a chain: its members, each with its command. */

static struct gpu_wait *wait_for(kaddr_t fence, const char *ops)
{
	static const struct drm_commits none;
	static struct gpu_wait g;
	struct wait w = {.kind = WAIT_FENCE, .object = fence};
	static struct gpus gpus;

	w.fence_ops = ops;
	assert_true(gpus_read(u.d, &gpus));
	gpu_wait_find(u.d, &gpus, &none, &w, &g);
	return &g;
}

static kaddr_t array_of(kaddr_t ops, const kaddr_t *fences, size_t n)
{
	kaddr_t array = fake_new(u.f, "dma_fence_array");
	kaddr_t members = fake_alloc(u.f, 1024);
	size_t i;

	set(array, DMA_FENCE_OPS, ops);
	set(array, FENCE_ARRAY_COUNT, n);
	set(array, FENCE_ARRAY_FENCES, members);
	for (i = 0; i < n; i++)
		fake_ptr(u.f, members + i * sizeof(kaddr_t), fences[i]);
	return array;
}

static void wait_for_an_array(void **state)
{
	static const uint32_t submit[] = {0x207, 1, 36, 0, 7, 0, 100, 0};
	kaddr_t others = fake_alloc(u.f, 256), ours = add_fence(36, true), array;
	kaddr_t of[] = {at(add_fence(35, false), GPU_FENCE_F), others,
			at(ours, GPU_FENCE_F), others, 0};
	kaddr_t ops = fake_variable(u.f, "dma_fence_array_ops", 64);
	struct gpu_wait *g;

	(void)state;
	add_command(submit, ARRAY_SIZE(submit));
	set(others, DMA_FENCE_OPS, fake_variable(u.f, "vgem_fence_ops", 64));
	array = array_of(ops, of, ARRAY_SIZE(of));
	g = wait_for(array, "dma_fence_array_ops");
	assert_string_equal(g->container, "fence array");
	assert_int_equal(g->nmembers, 4);
	assert_int_equal(g->unsignalled, 2);
	assert_int_equal(g->members.n, 2);
	assert_string_equal(g->members.v[0].ops, "vgem_fence_ops");
	assert_int_equal(g->members.v[0].own.command, FENCE_COMMAND_UNKNOWN);
	assert_int_equal(g->members.v[1].own.command, FENCE_COMMAND_IN_RING);
	assert_int_equal(g->members.v[1].own.id, 36);
	assert_int_equal(g->members.v[1].lock, at(u.drv, FENCE_DRV_LOCK));
	/* An array of arrays, and of itself. */
	of[1] = array;
	array = array_of(ops, of, ARRAY_SIZE(of));
	g = wait_for(array, "dma_fence_array_ops");
	assert_int_equal(g->unsignalled, 2);
	set(array, FENCE_ARRAY_COUNT, INT32_MAX); /* no table is that long */
	g = wait_for(array, "dma_fence_array_ops");
	assert_int_equal(g->unsignalled, 0);
	assert_null(wait_for(at(ours, GPU_FENCE_F), "virtio_gpu_fence_ops")->container);
}

/* Of thousands the first are kept, and all are counted. */
static void wait_for_many(void **state)
{
	enum { N = 100 };
	kaddr_t of[N];
	struct gpu_wait *g;
	size_t i;

	(void)state;
	for (i = 0; i < N; i++)
		of[i] = fake_alloc(u.f, 256);
	g = wait_for(array_of(fake_variable(u.f, "dma_fence_array_ops", 64), of, N),
		     "dma_fence_array_ops");
	assert_int_equal(g->members.n, FENCE_MEMBERS_MAX);
	assert_int_equal(g->unsignalled, N);
	assert_string_equal(g->members.v[0].ops, "");
}

/* Points of a timeline: the older ones hang behind. */
static void wait_for_a_chain(void **state)
{
	kaddr_t old = fake_new(u.f, "dma_fence_chain");
	kaddr_t chain = fake_new(u.f, "dma_fence_chain");
	kaddr_t ops = fake_variable(u.f, "dma_fence_chain_ops", 64);
	struct gpu_wait *g;

	(void)state;
	set(old, DMA_FENCE_OPS, ops);
	set(old, FENCE_CHAIN_FENCE, at(add_fence(35, true), GPU_FENCE_F));
	set(chain, DMA_FENCE_OPS, ops);
	set(chain, FENCE_CHAIN_FENCE, at(add_fence(36, false), GPU_FENCE_F));
	set(chain, FENCE_CHAIN_PREV, old);
	g = wait_for(chain, "dma_fence_chain_ops");
	assert_string_equal(g->container, "fence chain");
	assert_int_equal(g->nmembers, 2);
	assert_int_equal(g->unsignalled, 1);
	assert_int_equal(g->members.v[0].own.id, 35);
	set(old, FENCE_CHAIN_PREV, chain); /* a circle: bounded */
	assert_int_equal(wait_for(chain, "dma_fence_chain_ops")->unsignalled, 1);
}

/* When it answered last, by the fences that its objects still know. */

static kaddr_t fence_signalled_at(uint64_t id, double at_s)
{
	kaddr_t fence = add_fence(id, false), f = at(fence, GPU_FENCE_F);

	set(f, DMA_FENCE_FLAGS, 3); /* signalled, with its time */
	set(f, DMA_FENCE_TIMESTAMP, (uint64_t)(at_s * 1e9));
	return fence;
}

static void set_reservation(kaddr_t gem, kaddr_t resv)
{
	set(gem, GEM_RESV, resv);
	if (layout_has(u.d, GPU_OBJECT_RESV))
		set(member_base(u.d, gem, GPU_OBJECT_GEM), GPU_OBJECT_RESV, resv);
}

/* A handle of an object whose reservation has this fence. */
static kaddr_t object_with(kaddr_t fence)
{
	kaddr_t resv = fake_alloc(u.f, 256), list = fake_alloc(u.f, 128);
	kaddr_t gem = add_object(5, 4096);

	set_reservation(gem, resv);
	set(resv, layout_has(u.d, RESV_FENCES) ? RESV_FENCES : RESV_SHARED, list);
	set(list, RESV_LIST_COUNT, 1);
	fake_ptr(u.f, at(list, RESV_LIST_TABLE), fence);
	add_file(143, 2, gem);
	return gem;
}

static const struct signalled_fence *last_of_device(void)
{
	static struct gpus gpus;

	assert_true(gpus_read(u.d, &gpus));
	gpu_read_last(u.d, &gpus.all.v[0]);
	return &gpus.all.v[0].last;
}

static void last_answer(void **state)
{
	kaddr_t early = fence_signalled_at(35, 20), late = fence_signalled_at(36, 30);
	kaddr_t others = fence_signalled_at(37, 40);

	(void)state;
	assert_int_equal(last_of_device()->addr, 0);
	object_with(add_fence(38, true)); /* not signalled: it has no time */
	assert_int_equal(last_of_device()->addr, 0);
	object_with(late);
	object_with(early);
	set(at(others, GPU_FENCE_F), DMA_FENCE_LOCK, u.drv + 4096); /* another device's */
	object_with(others);
	object_with(FAKE_NOWHERE);
	assert_int_equal(last_of_device()->addr, at(late, GPU_FENCE_F));
	assert_int_equal((int)last_of_device()->at_s, 30);
	set(at(late, GPU_FENCE_F), DMA_FENCE_TIMESTAMP,
	    (uint64_t)-5); /* no time is that */
	assert_int_equal(last_of_device()->addr, at(early, GPU_FENCE_F));
	set_reservation(object_with(late), FAKE_NOWHERE);
	assert_int_equal(last_of_device()->addr, at(early, GPU_FENCE_F));
}

/* Until 5.2 the reservation is TTM's. */
static void last_answer_of_ttm(void **state)
{
	fake_member(u.f, "virtio_gpu_object", "tbo.resv", 768, 8);
	last_answer(state);
}

/* Somebody sleeps until it is signalled: it is of no time, and it is not asked who that is. */
static void last_answer_beside_a_sleeper(void **state)
{
	kaddr_t fence = add_fence(38, true), cb = fake_new(u.f, "default_wait_cb");

	(void)state;
	fake_function(u.f, "dma_fence_default_wait_cb", NULL, 0, 64);
	set(cb, DMA_FENCE_CB_FUNC, fake_value(u.f, "dma_fence_default_wait_cb"));
	set(cb, DEFAULT_WAIT_TASK, u.client);
	fake_list_add_tail(u.f, at(at(fence, GPU_FENCE_F), DMA_FENCE_CB_LIST),
			   at(cb, DMA_FENCE_CB_NODE));
	object_with(at(fence, GPU_FENCE_F));
	assert_int_equal(last_of_device()->addr, 0);
}

/* ---- the answer that somebody waits for ----------------------------------- */

#define RECORD 512 /* below the top of the stack: what the sleeper made */

/* The client sleeps below this function; its stack points there, from the waiter on. */
static struct awaited_answer answer_for(const char *function, kaddr_t pointer)
{
	struct frame frame = {.function = function, .module = "virtio_gpu"};
	const struct stack stack = {.v = &frame, .n = 1};
	kaddr_t top = fake_stack_top(u.f, u.client);
	const struct task t = {.stack = top - 1024, .stack_size = 1024};
	struct awaited_answer a;
	static struct gpus gpus;

	fake_ptr(u.f, top - RECORD - 8, add_object(99, 4096)); /* below: left behind */
	fake_ptr(u.f, top - RECORD + 64, pointer);
	fake_ptr(u.f, top - RECORD + 72, pointer); /* it is there more than once */
	assert_true(gpus_read(u.d, &gpus));
	gpu_answer_await(u.d, &gpus.all.v[0], &t, &stack, top - RECORD, &a);
	return a;
}

static void answer_of_a_resource(void **state)
{
	static const uint32_t other[] = {0x10b, 0, 0, 0, 0, 0, 5, 0};
	static const uint32_t assign[] = {0x10b, 0, 0, 0, 0, 0, 7, 0};
	kaddr_t gem = add_object(7, 4096), vbuf, top = fake_stack_top(u.f, u.client);
	struct awaited_answer a;

	(void)state;
	a = answer_for("virtgpu_virtio_get_uuid", gem);
	assert_string_equal(a.name, "RESOURCE_ASSIGN_UUID");
	assert_int_equal(a.resource, 7);
	assert_int_equal(a.command, FENCE_COMMAND_NOWHERE);
	add_command(other, ARRAY_SIZE(other));
	a = answer_for("virtgpu_virtio_get_uuid", gem);
	assert_int_equal(a.command, FENCE_COMMAND_NOWHERE);
	vbuf = add_command(assign, ARRAY_SIZE(assign));
	a = answer_for("virtgpu_virtio_get_uuid", gem);
	assert_int_equal(a.command, FENCE_COMMAND_IN_RING);
	assert_int_equal(a.carrier->vbuf, vbuf);
	/* Which object it is is not known: any command of the kind may be the one. */
	a = answer_for("virtgpu_virtio_get_uuid", FAKE_NOWHERE);
	assert_int_equal(a.resource, -1);
	assert_int_equal(a.command, FENCE_COMMAND_UNKNOWN);
	fake_ptr(u.f, top - RECORD + 128, add_object(8, 4096));
	a = answer_for("virtgpu_virtio_get_uuid", gem); /* two */
	assert_int_equal(a.resource, -1);
	fake_ptr(u.f, top - RECORD + 128, 0);
	/* Its answer has come, or it is another device's. */
	set(member_base(u.d, gem, GPU_OBJECT_GEM), GPU_OBJECT_UUID_STATE, 1);
	assert_int_equal(answer_for("virtgpu_virtio_get_uuid", gem).resource, -1);
	set(member_base(u.d, gem, GPU_OBJECT_GEM), GPU_OBJECT_UUID_STATE, 0);
	set(gem, GEM_DEV, u.drm + 8);
	assert_int_equal(answer_for("virtgpu_virtio_get_uuid", gem).resource, -1);
	set(gem, GEM_DEV, u.drm);
	/* What cannot be read may be the one; and who else sleeps there wants what? */
	set(vbuf, VBUFFER_BUF, FAKE_NOWHERE);
	a = answer_for("virtgpu_virtio_get_uuid", gem);
	assert_int_equal(a.command, FENCE_COMMAND_UNKNOWN);
	a = answer_for("virtio_gpu_get_edids", gem);
	assert_null(a.name);
}

static void answer_of_a_mapping(void **state)
{
	static const uint32_t map[] = {0x208, 0, 0, 0, 0, 0, 7, 0, 0, 0};
	kaddr_t funcs = fake_variable(u.f, "virtio_gpu_vram_funcs", 64);
	kaddr_t gem = add_object(7, 4096);
	bool known = layout_has(u.d, VRAM_MAP_STATE); /* 5.11 */
	struct awaited_answer a;

	(void)state;
	a = answer_for("virtio_gpu_vram_mmap",
		       gem); /* of memory that is not the host's */
	assert_int_equal(a.resource, -1);
	assert_int_equal(a.command, FENCE_COMMAND_NOWHERE);
	set(gem, GEM_FUNCS, funcs);
	a = answer_for("virtio_gpu_vram_mmap", gem);
	assert_int_equal(a.resource, known ? 7 : -1);
	add_command(map, ARRAY_SIZE(map));
	a = answer_for("virtio_gpu_vram_mmap", gem);
	assert_int_equal(a.command,
			 known ? FENCE_COMMAND_IN_RING : FENCE_COMMAND_UNKNOWN);
	set(u.ring, VIRTQUEUE_NUM_FREE, RING + 1); /* a ring that contradicts itself */
	assert_null(answer_for("virtio_gpu_vram_mmap", gem).name);
}

/* ---- what the log tells of errors ----------------------------------------- */

#define REFUSED "[drm:virtio_gpu_dequeue_ctrl_func [virtio_gpu]] *ERROR* response "

static void refused_commands(void **state)
{
	static const struct log_line lines[] = {
		{.ts_s = 1, .text = REFUSED "0x1203 (command 0x102)"},
		{.ts_s = 2, .text = REFUSED "0x1200 (command 0x207)"},
		{.ts_s = 3,
		 .text = "virtio_gpu virtio0: " REFUSED "0x1200 (command 0x207)"},
		{.ts_s = 4, .text = REFUSED "0x1299 (command 0x2ff)"},
		{.ts_s = 5, .text = REFUSED "0x1200 (command 0x"},
		{.ts_s = 6, .text = REFUSED "0x (command 0x207)"},
		{.ts_s = 7, .text = REFUSED "0x1200"},
		{.ts_s = 8, .text = "*ERROR* response 0x1200 (command 0x207)"},
		{.ts_s = 9, .facility = 1, .text = REFUSED "0x1200 (command 0x207)"},
	};
	struct gpu_refusals r;
	struct klog log = {0};
	size_t i;

	(void)state;
	gpu_refusals_find(u.d, &log, &r);
	assert_int_equal(r.count, 0);
	assert_true(r.last_s < 0);
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		struct log_line *line = vec_push(u.d->arena, &log.lines);

		*line = lines[i];
		line->first = true;
	}
	gpu_refusals_find(u.d, &log, &r);
	assert_int_equal(r.count, 4);
	assert_int_equal(r.all.n, 3);
	assert_int_equal((int)r.last_s, 4);
	assert_string_equal(r.all.v[0].command_name, "RESOURCE_UNREF");
	assert_string_equal(r.all.v[0].answer_name, "ERR_INVALID_RESOURCE_ID");
	assert_string_equal(r.all.v[1].command_name, "SUBMIT_3D");
	assert_int_equal(r.all.v[1].count, 2);
	assert_int_equal((int)r.all.v[1].first_s, 2);
	assert_int_equal((int)r.all.v[1].last_s, 3);
	assert_string_equal(r.all.v[2].command_name, "0x2ff");
	assert_string_equal(r.all.v[2].answer_name, "0x1299");
}

/* A ring that contradicts itself does not say what is in it. */
static void command_of_a_fence_damaged(void **state)
{
	(void)state;
	set(u.ring, VIRTQUEUE_NUM_FREE, RING + 1);
	assert_int_equal(command_of(add_fence(36, true)), FENCE_COMMAND_UNKNOWN);
}

/* ---- fences -------------------------------------------------------------- */

static void fences_on_the_list(void **state)
{
	static const uint32_t submit[] = {0x207, 1, 36, 0, 7, 0, 100, 0};
	const struct gpu_fence *f;
	kaddr_t fence, cb = fake_alloc(u.f, 64);
	struct gpu *g;

	(void)state;
	add_fence(35, true);
	fence = add_fence(36, true);
	fake_function(u.f, "dma_fence_default_wait_cb", NULL, 0, 64);
	set(cb, DMA_FENCE_CB_FUNC, fake_value(u.f, "dma_fence_default_wait_cb"));
	set(cb, DEFAULT_WAIT_TASK, u.xorg);
	fake_list_add_tail(u.f, at(at(fence, GPU_FENCE_F), DMA_FENCE_CB_LIST),
			   at(cb, DMA_FENCE_CB_NODE));
	add_command(submit, ARRAY_SIZE(submit));
	g = read_it();
	assert_int_equal(g->fences.on_list, 2);
	assert_int_equal(g->fences.counts[FENCE_IN_FLIGHT], 2);
	assert_true(g->fences.list_complete);
	f = &g->fences.all.v[0];
	assert_int_equal(f->fence_id, 35);
	assert_null(f->command);
	f++;
	assert_int_equal(f->f.addr, fence);
	assert_int_equal(f->fence_id, 36);
	assert_ptr_equal(f->command, &g->commands.all.v[0]);
	assert_int_equal(g->commands.all.v[0].fence, fence);
	assert_int_equal(f->f.waiters.n, 1);
	assert_int_equal(f->f.waiters.v[0].task->pid, 143);
	assert_int_equal(g->fences.contexts.n, 1);
	assert_int_equal(g->fences.contexts.v[0].waiting, 2);
	assert_int_equal(g->fences.contexts.v[0].emitted, 36);
}

static void held_fences(void **state)
{
	const struct gpu_fence *f;
	const struct fence_holder *h;
	struct gpu *g;

	(void)state;
	add_fd(u.xorg, 7, "sync_file_fops", sync_file_of(add_fence(3, false)));
	/* Another driver's fence is none of ours. */
	add_fd(u.client, 4, "sync_file_fops", sync_file_of(fake_alloc(u.f, 256)));
	g = read_it();
	assert_true(facts.gpus.files.complete);
	assert_int_equal(g->fences.on_list, 0);
	assert_int_equal(g->fences.all.n, 1);
	f = &g->fences.all.v[0];
	assert_int_equal(f->state, FENCE_HELD);
	assert_int_equal(f->nholders, 1);
	h = &g->fences.holders.v[f->first_holder];
	assert_int_equal(h->kind, HOLDER_SYNC_FILE);
	assert_int_equal(h->pid, 143);
	assert_int_equal(h->fd, 7);
	assert_string_equal(h->comm, "Xorg");
}

/* A sync_file of two merged ones: an array, whose members are held. */
static void fence_arrays(void **state)
{
	kaddr_t array = fake_new(u.f, "dma_fence_array"), members = fake_alloc(u.f, 64);
	struct gpu *g;

	(void)state;
	set(array, DMA_FENCE_OPS, fake_variable(u.f, "dma_fence_array_ops", 64));
	set(array, FENCE_ARRAY_COUNT, 3);
	set(array, FENCE_ARRAY_FENCES, members);
	fake_ptr(u.f, members, add_fence(3, false));
	fake_ptr(u.f, members + 8, add_fence(4, false));
	fake_ptr(u.f, members + 16, array); /* itself: bounded */
	add_fd(u.xorg, 7, "sync_file_fops", sync_file_of(array));
	g = read_it();
	assert_int_equal(g->fences.counts[FENCE_HELD], 2);
	assert_int_equal(g->fences.holders.n, 2);
	assert_string_equal(g->fences.holders.v[g->fences.all.v[1].first_holder]
				    .container,
			    "fence array");
}

/* An array of nothing but itself, as large as may be: each turn must not add to it. */
static void array_of_itself(void **state)
{
	enum { N = 65536 };
	kaddr_t array = fake_new(u.f, "dma_fence_array");
	kaddr_t members = fake_alloc_pages(u.f, N * sizeof(kaddr_t));
	struct fence_refs refs = {0};
	struct fence_reader r;
	const char *container;
	size_t i;

	(void)state;
	set(array, DMA_FENCE_OPS, fake_variable(u.f, "dma_fence_array_ops", 64));
	set(array, FENCE_ARRAY_COUNT, N);
	set(array, FENCE_ARRAY_FENCES, members);
	for (i = 0; i < N; i++)
		fake_ptr(u.f, members + i * sizeof(kaddr_t), array);
	fence_reader_init(&r, u.d, NULL);
	fake_forget_counts(u.f);
	fence_members(&r, array, &refs, &container);
	assert_int_equal(refs.all.n, 0);
	assert_true(fake_reads(u.f) < 2 * N); /* its table was read once */
}

/* Each context is counted once, in whatever order its fences come. */
static void many_contexts(void **state)
{
	const struct fence_context *c;
	struct gpu *g;
	uint64_t id;

	(void)state;
	for (id = 1; id <= 9; id++)
		set(at(add_fence(id, true), GPU_FENCE_F), DMA_FENCE_CONTEXT, 1 + id % 3);
	g = read_it();
	assert_int_equal(g->fences.contexts.n, 3);
	c = g->fences.contexts.v;
	assert_int_equal(c[0].context, 1);
	assert_int_equal(c[2].context, 3);
	assert_int_equal(c[0].emitted, 9);
	assert_int_equal(c[0].waiting, 3);
	assert_int_equal(g->fences.all.v[8].fence_id, 9);
}

/* In an object's reservation: one slot and a list, or since 5.19 a list alone. */
static void reservations(void **state)
{
	kaddr_t resv = fake_alloc(u.f, 256), list = fake_alloc(u.f, 128), gem, fence;
	const struct gpu_fence *f;
	struct gpu *g;

	(void)state;
	gem = add_object(5, 4096);
	fence = add_fence(3, false);
	set(gem, GEM_RESV, resv);
	if (layout_has(u.d, RESV_FENCES)) {
		set(resv, RESV_FENCES, list);
		fence |= 2; /* its usage */
	} else {
		set(resv, RESV_SHARED, list);
		set(resv, RESV_EXCLUSIVE, add_fence(4, false));
	}
	set(list, RESV_LIST_COUNT, 1);
	fake_ptr(u.f, at(list, RESV_LIST_TABLE), fence);
	g = read_it();
	f = &g->fences.all.v[0];
	assert_int_equal(f->fence_id, 3);
	assert_int_equal(f->state, FENCE_HELD);
	assert_int_equal(g->fences.holders.v[f->first_holder].kind, HOLDER_RESV);
	assert_int_equal(g->fences.holders.v[f->first_holder].addr, gem);
	set(list, RESV_LIST_COUNT, UINT32_MAX);
	read_it();
	assert_true(fake_has_note(u.f, "the fences of dma_resv_list"));
}

static void fences_that_lie(void **state)
{
	kaddr_t fence, head = at(u.drv, FENCE_DRV_FENCES);
	struct gpu *g;

	(void)state;
	fence = add_fence(35, true);
	set(at(fence, GPU_FENCE_F), DMA_FENCE_FLAGS, 1); /* signalled, and on the list */
	set(add_fence(36, true), GPU_FENCE_DRIVER, FAKE_NOWHERE);
	g = read_it();
	assert_int_equal(g->fences.all.n, 1);
	assert_int_equal(g->fences.all.v[0].state, FENCE_LIES);
	assert_true(fake_has_note(u.f, "says that it is another's"));
	fake_ptr(u.f, at(fence, GPU_FENCE_NODE), at(fence, GPU_FENCE_NODE));
	g = read_it();
	assert_false(g->fences.list_complete);
	fake_ptr(u.f, head, FAKE_NOWHERE);
	g = read_it();
	assert_int_equal(g->fences.all.n, 0);
	assert_true(fake_has_note(u.f, "fences in flight"));
}

/* The number of the signalled bit is debuginfo's: it has moved twice. */
static void the_signalled_bit(void **state)
{
	kaddr_t fence;
	struct gpu *g;

	(void)state;
	fake_enum(u.f, "DMA_FENCE_FLAG_SIGNALED_BIT", 3);
	fence = add_fence(3, false); /* bit 0 */
	add_fd(u.xorg, 7, "sync_file_fops", sync_file_of(fence));
	g = read_it();
	assert_int_equal(g->fences.all.v[0].state, FENCE_LIES);
	set(at(fence, GPU_FENCE_F), DMA_FENCE_FLAGS, 8);
	g = read_it();
	assert_int_equal(g->fences.all.v[0].state, FENCE_HELD);
}

/* ---- objects ------------------------------------------------------------- */

static void objects(void **state)
{
	kaddr_t gem = add_object(3, 8192), orphan = add_object(4, 4096), made;
	const struct gpu_object *o;
	struct gpu *g;

	(void)state;
	made = member_base(u.d, add_object(5, 4096), GPU_OBJECT_GEM);
	set(made, GPU_OBJECT_CREATED, 0);
	add_file(143, 2, gem);
	add_file(147, 3, gem);
	g = read_it();
	assert_int_equal(g->contexts.n, 2);
	assert_int_equal(g->contexts.v[1].id, 3);
	assert_int_equal(g->contexts.v[1].file->pid, 147);
	assert_true(g->contexts.v[1].created);
	assert_int_equal(g->objects.all.n, 3);
	assert_true(g->objects.complete);
	o = &g->objects.all.v[0];
	assert_int_equal(o->gem, gem);
	assert_int_equal(o->resource, 3);
	assert_int_equal(o->kind, OBJECT_3D);
	assert_int_equal(o->handles.n, 2);
	assert_int_equal(o->handles.v[0].handle, 1);
	/* The host knows it in the contexts of both. */
	assert_int_equal(o->handles.v[0].context + o->handles.v[1].context, 5);
	assert_int_equal(o->handles.v[0].file->pid, 143);
	assert_false(o->orphan);
	o++;
	assert_int_equal(o->gem, orphan);
	assert_true(o->orphan && !o->passing);
	o++;
	assert_true(!o->orphan && o->passing);
	assert_int_equal(g->objects.orphans, 1);
	assert_int_equal(g->objects.orphan_bytes, 4096);
}

/* A word of the client's stack, and where its stack is in use from. */
static void on_stack(kaddr_t word, kaddr_t sp_below)
{
	kaddr_t slot = fake_stack_top(u.f, u.client) - 256;

	fake_ptr(u.f, slot, word);
	set(u.client, TASK_THREAD_SP, slot - sp_below);
}

/* The function that makes an object is the only one to have it for a while. */
static void object_on_a_stack(void **state)
{
	kaddr_t gem = add_object(4, 4096), obj = member_base(u.d, gem, GPU_OBJECT_GEM);
	struct gpu_object *o;
	struct gpu *g;

	(void)state;
	on_stack(obj + 64, 128);
	g = read_it();
	o = &g->objects.all.v[0];
	assert_false(o->orphan);
	assert_int_equal(g->objects.orphans, 0);
	assert_ptr_equal(o->on_stack_of, task_by_addr(&facts.tasks, u.client));
	assert_int_equal(o->on_stack_at, fake_stack_top(u.f, u.client) - 256);
	/* What a function left behind that has returned refers to nothing. */
	on_stack(obj + 64, (kaddr_t)-8);
	g = read_it();
	assert_true(g->objects.all.v[0].orphan);
	/* Nor does what is not in the dump, or lies beside the object. */
	on_stack(obj - 8, 128);
	assert_true(read_it()->objects.all.v[0].orphan);
	on_stack(obj, 128);
	fake_exclude(u.f, fake_stack_top(u.f, u.client) - 256, 8);
	assert_true(read_it()->objects.all.v[0].orphan);
	fake_include(u.f, fake_stack_top(u.f, u.client) - 256, 8);
	assert_false(read_it()->objects.all.v[0].orphan);
	/* An object that others refer to too needs no such search. */
	add_file(143, 2, gem);
	assert_null(read_it()->objects.all.v[0].on_stack_of);
}

/* A fence that only a stack points to is that task's, and not leaked. */
static void fence_on_a_stack(void **state)
{
	const struct fence_holder *h;
	struct gpu *g;
	kaddr_t slab;

	(void)state;
	fake_pages(u.f);
	slab = fake_slab(u.f, fake_cache(u.f, "kmalloc-128", 128, 128));
	write_fence(slab + 128, 31, false);
	write_fence(slab + 512, 32, false);
	on_stack(slab + 512, 128);
	facts_read(u.d, FACTS_TASKS | FACTS_DEVICES | FACTS_USE | FACTS_FENCES, &facts);
	g = &facts.gpus.all.v[0];
	assert_int_equal(g->fences.counts[FENCE_LEAKED], 1);
	assert_int_equal(g->fences.counts[FENCE_HELD], 1);
	assert_int_equal(g->fences.all.v[0].state, FENCE_LEAKED);
	assert_int_equal(g->fences.all.v[1].state, FENCE_HELD);
	assert_int_equal(g->fences.all.v[1].nholders, 1);
	h = &g->fences.holders.v[g->fences.all.v[1].first_holder];
	assert_int_equal(h->kind, HOLDER_STACK);
	assert_int_equal(h->addr, fake_stack_top(u.f, u.client) - 256);
	assert_string_equal(h->comm, task_by_addr(&facts.tasks, u.client)->comm);
}

static size_t fences_in_slabs(enum fence_state state)
{
	facts_read(u.d, FACTS_TASKS | FACTS_DEVICES | FACTS_USE | FACTS_FENCES, &facts);
	return facts.gpus.all.v[0].fences.counts[state];
}

/* Another driver's small object, where a fence was: the rest is as the fence left it. */
static void fences_under_small_objects(void **state)
{
	kaddr_t slab, ops = fake_variable(u.f, "virtio_fence_ops", 64), fence;
	size_t i;

	(void)state;
	fake_pages(u.f);
	slab = fake_slab(u.f, fake_cache(u.f, "kmalloc-128", 128, 128));
	for (i = 0; i < 4; i++) {
		write_fence(slab + i * 128, 31 + i, false);
		set(at(slab + i * 128, GPU_FENCE_F), DMA_FENCE_OPS, ops);
	}
	assert_int_equal(fences_in_slabs(FENCE_LEAKED), 4);
	fence = at(slab, GPU_FENCE_F);
	set(fence, DMA_FENCE_OPS, 0x6465646e65707573);
	assert_int_equal(fences_in_slabs(FENCE_LEAKED), 3);
	set(fence, DMA_FENCE_OPS, 0);
	assert_int_equal(fences_in_slabs(FENCE_LEAKED), 3);
	fence = at(slab + 128, GPU_FENCE_F);
	set(fence, DMA_FENCE_REFCOUNT, 0x64636261);
	assert_int_equal(fences_in_slabs(FENCE_LEAKED), 2);
	set(fence, DMA_FENCE_REFCOUNT, 0);
	assert_int_equal(fences_in_slabs(FENCE_FREEING), 1);
}

/* Since 7.2 a signal takes the ops away, which the lock's member tells. */
static void ops_that_a_signal_takes(void **state)
{
	kaddr_t slab, ops = fake_variable(u.f, "virtio_gpu_fence_ops", 64);

	(void)state;
	fake_member(u.f, "dma_fence", "extern_lock", 0, 8);
	fake_pages(u.f);
	slab = fake_slab(u.f, fake_cache(u.f, "kmalloc-128", 128, 128));
	write_fence(slab, 31, false);
	write_fence(slab + 128, 32, false);
	set(at(slab, GPU_FENCE_F), DMA_FENCE_OPS, ops);
	assert_int_equal(fences_in_slabs(FENCE_LEAKED), 2);
	set(at(slab, GPU_FENCE_F), DMA_FENCE_OPS, ops + 8);
	assert_int_equal(fences_in_slabs(FENCE_LEAKED), 1);
}

/* ---- TTM: until 5.5 ------------------------------------------------------- */

/* As the kernel's source has them: no debuginfo of a 4.19 was at hand. */
static void ttm_types(void)
{
	fake_member(u.f, "dma_fence", "rcu", 16, 16);
	fake_member(u.f, "callback_head", "func", 8, 8);
	fake_member(u.f, "virtio_gpu_object", "tbo.ttm", 472, 8);
	fake_member(u.f, "virtio_gpu_object", "tbo.vma_node", 560, 184);
	fake_member(u.f, "virtio_gpu_object", "tbo.resv", 768, 8);
	fake_member(u.f, "virtio_gpu_device", "mman.bdev.vma_manager", 64, 128);
	fake_member(u.f, "ttm_tt", "pages", 16, 8);
	fake_member(u.f, "ttm_tt", "num_pages", 32, 8);
	fake_member(u.f, "virtio_gpu_object", "tbo.ddestroy", 520, 16);
	fake_member(u.f, "virtio_gpu_device", "mman.bdev.ddestroy", 192, 16);
	fake_list_head(u.f, at(at(at(u.vgdev, GPU_TTM_VMA_MANAGER), VMA_MANAGER_MM),
			       DRM_MM_NODES));
	fake_list_head(u.f, at(u.vgdev, GPU_TTM_DDESTROY));
}

/* A fence that RCU was to free says so, though its references are another's by now. */
static void fences_given_to_rcu(void **state)
{
	kaddr_t slab, ops = fake_variable(u.f, "virtio_fence_ops", 64);
	size_t i;

	(void)state;
	ttm_types();
	fake_function(u.f, "virtio_gpu_fence_alloc", "virtio_gpu", 0, 128);
	fake_pages(u.f);
	slab = fake_slab(u.f, fake_cache(u.f, "kmalloc-128", 128, 128));
	for (i = 0; i < 3; i++) {
		write_fence(slab + i * 128, 31 + i, false);
		set(at(slab + i * 128, GPU_FENCE_F), DMA_FENCE_OPS, ops);
	}
	assert_int_equal(fences_in_slabs(FENCE_LEAKED), 3);
	fake_u64(u.f, at(slab, GPU_FENCE_F) + 24, 16);
	assert_int_equal(fences_in_slabs(FENCE_LEAKED), 2);
	assert_int_equal(fences_in_slabs(FENCE_FREEING), 0);
	fake_u64(u.f, at(slab + 128, GPU_FENCE_F) + 24, 16);
	set(at(slab + 128, GPU_FENCE_F), DMA_FENCE_REFCOUNT, 0);
	assert_int_equal(fences_in_slabs(FENCE_FREEING), 1);
}

/* 4.19's own driver does not zero them: a new one says what the one before it did. */
static void fences_in_the_place_of_others(void **state)
{
	kaddr_t slab, ops = fake_variable(u.f, "virtio_fence_ops", 64);

	(void)state;
	ttm_types();
	fake_pages(u.f);
	slab = fake_slab(u.f, fake_cache(u.f, "kmalloc-128", 128, 128));
	write_fence(slab, 31, false);
	set(at(slab, GPU_FENCE_F), DMA_FENCE_OPS, ops);
	fake_u64(u.f, at(slab, GPU_FENCE_F) + 24, 16);
	assert_int_equal(fences_in_slabs(FENCE_LEAKED), 1);
}

/* Slabs full of fences that are signalled, in a cache of this name. */
static void leaked_fences(const char *name, size_t slabs)
{
	kaddr_t cache = fake_cache(u.f, name, 128, 128), slab;
	kaddr_t ops = fake_value(u.f, "virtio_fence_ops");
	unsigned int k;

	while (slabs--) {
		slab = fake_slab(u.f, cache);
		for (k = 0; k < fake_slab_objects(u.f, slab); k++) {
			write_fence(fake_slab_object(u.f, slab, k), slabs * 64 + k + 1,
				    false);
			set(at(fake_slab_object(u.f, slab, k), GPU_FENCE_F),
			    DMA_FENCE_OPS, ops);
		}
	}
}

/* A kernel of a cgroup's caches, which counts what is in each. */
static void facts_of_caches(bool counted)
{
	struct slab_cache *c;
	size_t i;

	fake_cache(u.f, "kmalloc-256", 256, 256);
	facts_read(u.d, FACTS_TASKS | FACTS_DEVICES | FACTS_USE, &facts);
	facts.gpu_driver = 1;
	assert_true(slab_caches_read(u.d, u.d->arena, &facts.memory.caches));
	facts.memory.cache_bytes =
		arena_alloc(u.d->arena, facts.memory.caches.all.n * sizeof(uint64_t));
	facts.memory.total = 5ull << 32; /* too large to be looked at closely */
	facts.memory.slab = 200ull << 20;
	for (i = 0; i < facts.memory.caches.all.n; i++) {
		c = &facts.memory.caches.all.v[i];
		c->counted = counted;
		c->total_objects = counted ? 5000 : 0;
	}
}

/* Two caches of one size have what makes it worth a look, and neither alone. */
static void fences_of_two_cgroups(void **state)
{
	(void)state;
	fake_variable(u.f, "virtio_fence_ops", 64);
	ttm_types();
	fake_pages(u.f);
	leaked_fences("kmalloc-128", 9);
	leaked_fences("kmalloc-rcl-128", 8);
	facts_of_caches(true);
	facts.memory.total = 1ull << 30;
	leak_watch_read(u.d, &facts, false);
	assert_int_equal(facts.leak_watch.fences.n, 17 * 64);
	assert_int_equal(facts.leak_watch.fences.alone, 17 * 64);
	assert_string_equal(facts.memory.caches.all.v[facts.leak_watch.fence_cache].name,
			    "kmalloc-128");
	assert_true(facts.leak_watch.reason);
	facts.memory.caches.all.v[0].total_objects = 100;
	leak_watch_read(u.d, &facts, false);
	assert_int_equal(facts.leak_watch.fences.n, 0);
	assert_false(facts.leak_watch.reason);
}

/* Of a large machine a part is looked at, and all where that shows half as much. */
static void fences_of_a_large_machine(void **state)
{
	struct dump_about about = fake_about;

	(void)state;
	about.live = false;
	u.d->info.about = &about;
	fake_variable(u.f, "virtio_fence_ops", 64);
	ttm_types();
	fake_pages(u.f);
	leaked_fences("kmalloc-128", 7);
	facts_of_caches(false);
	assert_false(leak_sample_shows(u.d, &facts));
	leaked_fences("kmalloc-rcl-128", 1);
	facts_of_caches(false);
	assert_true(leak_sample_shows(u.d, &facts));
	/* All are looked at then, and are too few. */
	leak_watch_read(u.d, &facts, false);
	assert_false(facts.leak_watch.reason);
	leaked_fences("kmalloc-128", 1);
	facts.gpu_driver = 0;
	assert_false(leak_sample_shows(u.d, &facts));
}

/* Of a driver of 5.0 to 5.2 the fence has the number, and the dma_fence's is 0. */
static void fences_with_their_own_number(void **state)
{
	kaddr_t slab, ops = fake_variable(u.f, "virtio_fence_ops", 64), fence;
	struct gpu *g;
	size_t i;

	(void)state;
	ttm_types();
	fake_type(u.f, "virtio_gpu_fence", 128);
	fake_member(u.f, "virtio_gpu_fence", "seq", 120, 8);
	fake_pages(u.f);
	slab = fake_slab(u.f, fake_cache(u.f, "kmalloc-128", 128, 128));
	for (i = 0; i < 4; i++) {
		fence = slab + i * 128;
		write_fence(fence, i < 3 ? 31 + i : 0, i == 2);
		set(at(fence, GPU_FENCE_F), DMA_FENCE_OPS, ops);
		set(at(fence, GPU_FENCE_F), DMA_FENCE_SEQNO, 0);
	}
	/* The last was not emitted: it has no number, and has not been signalled. */
	set(at(fence, GPU_FENCE_F), DMA_FENCE_FLAGS, 0);
	assert_int_equal(fences_in_slabs(FENCE_LEAKED), 2);
	g = &facts.gpus.all.v[0];
	assert_int_equal(g->fences.counts[FENCE_IN_FLIGHT], 1);
	assert_int_equal(g->fences.counts[FENCE_UNEMITTED], 1);
	assert_int_equal(g->fences.all.v[0].fence_id, 0);
	assert_int_equal(g->fences.all.v[3].fence_id, 33);
	assert_int_equal(g->fences.contexts.n, 1);
	assert_int_equal(g->fences.contexts.v[0].emitted, 33);
	assert_int_equal(g->fences.contexts.v[0].signalled, 32);
}

/* Its pages and its fences are TTM's, and so is the list of those that can be mapped. */
static void ttm_objects(void **state)
{
	kaddr_t obj = fake_alloc(u.f, 1024), ttm = fake_alloc(u.f, 256);
	kaddr_t resv = fake_alloc(u.f, 256), fence = add_fence(3, false);
	struct gpu *g;

	(void)state;
	ttm_types();
	set(obj, GPU_OBJECT_RESOURCE, 3);
	set(obj, GPU_OBJECT_CREATED, 1);
	set(at(obj, GPU_OBJECT_GEM), GEM_DEV, u.drm);
	set(at(obj, GPU_OBJECT_GEM), GEM_REFCOUNT, 1);
	set(at(obj, GPU_OBJECT_GEM), GEM_SIZE, 8192);
	set(obj, GPU_OBJECT_TTM, ttm);
	set(obj, GPU_OBJECT_RESV, resv);
	set(resv, RESV_EXCLUSIVE, fence);
	fake_list_add_tail(u.f,
			   at(at(at(u.vgdev, GPU_TTM_VMA_MANAGER), VMA_MANAGER_MM),
			      DRM_MM_NODES),
			   at(at(at(obj, GPU_OBJECT_VMA_NODE), VMA_NODE_MM),
			      DRM_MM_NODE_LIST));
	g = read_it();
	assert_int_equal(g->objects.all.n, 1);
	assert_true(g->objects.complete);
	assert_int_equal(g->objects.all.v[0].addr, obj);
	assert_int_equal(g->objects.all.v[0].npages, 0);
	assert_int_equal(g->fences.counts[FENCE_HELD], 1);
	assert_int_equal(g->fences.holders.v[0].kind, HOLDER_RESV);
	assert_true(g->objects.all.v[0].orphan);
	fake_absent(u.f, "virtio_gpu_object.created");
	layout_destroy(u.d->layout);
	u.d->layout = layout_create();
	g = read_it();
	assert_true(g->objects.all.v[0].created && g->objects.all.v[0].orphan);
	set(ttm, TTM_PAGES, 0xffff888000001000);
	set(ttm, TTM_NUM_PAGES, 2);
	g = read_it();
	assert_int_equal(g->objects.all.v[0].npages, 2);
	assert_int_equal(g->objects.all.v[0].pages, 0xffff888000001000);
	assert_int_equal(g->objects.all.v[0].pins, -1);
	set(obj, GPU_OBJECT_TTM, FAKE_NOWHERE);
	g = read_it();
	assert_int_equal(g->objects.all.v[0].npages, 0);
	assert_true(fake_has_note(u.f, "the pages of the virtio_gpu_object"));
	/* A list that ends in nothing is not whole. */
	fake_ptr(u.f, at(at(at(obj, GPU_OBJECT_VMA_NODE), VMA_NODE_MM), DRM_MM_NODE_LIST),
		 FAKE_NOWHERE);
	assert_false(read_it()->objects.complete);
}

/* Nobody has the object any more, and TTM waits for the device with it. */
static void an_object_that_ttm_frees(void **state)
{
	kaddr_t obj = fake_alloc(u.f, 1024), resv = fake_alloc(u.f, 256);
	kaddr_t fence = add_fence(3, false), node;
	struct gpu *g;

	(void)state;
	ttm_types();
	g = read_it();
	assert_true(g->fences.holders_complete);
	assert_int_equal(g->fences.holders.n, 0);
	set(obj, GPU_OBJECT_RESV, resv);
	set(resv, RESV_EXCLUSIVE, fence);
	node = at(obj, GPU_OBJECT_DDESTROY);
	fake_list_add_tail(u.f, at(u.vgdev, GPU_TTM_DDESTROY), node);
	g = read_it();
	assert_int_equal(g->fences.counts[FENCE_HELD], 1);
	assert_int_equal(g->fences.holders.v[0].addr, at(obj, GPU_OBJECT_GEM));
	assert_true(g->fences.holders_complete);
	fake_ptr(u.f, node, FAKE_NOWHERE);
	assert_false(read_it()->fences.holders_complete);
}

static void kinds(void **state)
{
	kaddr_t gem = add_object(3, 8192), obj = member_base(u.d, gem, GPU_OBJECT_GEM);
	struct gpu *g;

	(void)state;
	set(obj, GPU_OBJECT_DUMB, 1);
	g = read_it();
	assert_int_equal(g->objects.all.v[0].kind, OBJECT_DUMB);
	set(gem, GEM_IMPORT, 0xffff888000001000);
	g = read_it();
	assert_int_equal(g->objects.all.v[0].kind, OBJECT_IMPORTED);
	set(gem, GEM_IMPORT, 0);
	set(obj, GPU_OBJECT_DUMB, 0);
	if (layout_has(u.d, GPU_OBJECT_GUEST_BLOB)) {
		set(obj, GPU_OBJECT_GUEST_BLOB, 1);
		g = read_it();
		assert_int_equal(g->objects.all.v[0].kind, OBJECT_BLOB);
		set(obj, GPU_OBJECT_GUEST_BLOB, 0);
	}
	set(u.vgdev, GPU_HAS_VIRGL, 0);
	g = read_it();
	assert_int_equal(g->objects.all.v[0].kind, OBJECT_2D);
	/* A command that names it refers to it, and so does a command that holds it. */
	assert_true(g->objects.all.v[0].orphan);
	add_command((const uint32_t[]){0x106, 0, 0, 0, 0, 0, 3, 0}, 8);
	g = read_it();
	assert_int_equal(g->objects.all.v[0].commands, 1);
	assert_false(g->objects.all.v[0].orphan);
}

static void free_list(void **state)
{
	kaddr_t array = fake_alloc(u.f, 256), gem = add_object(3, 8192);
	struct gpu *g;

	(void)state;
	set(array, OBJECT_ARRAY_NENTS, 1);
	fake_ptr(u.f, at(array, OBJECT_ARRAY_OBJS), gem);
	fake_list_add_tail(u.f, at(u.vgdev, GPU_OBJ_FREE_LIST),
			   at(array, OBJECT_ARRAY_NEXT));
	g = read_it();
	assert_int_equal(g->objects.freeing, 1);
	assert_true(g->objects.all.v[0].freeing && !g->objects.all.v[0].orphan);
	set(array, OBJECT_ARRAY_NENTS, UINT32_MAX);
	g = read_it();
	assert_int_equal(g->objects.freeing, 0);
	assert_true(fake_has_note(u.f, "virtio_gpu_object_array"));
}

/* Where ids come from the ida, one that no object has is lost. */
static void lost_ids(void **state)
{
	kaddr_t root = fake_new(u.f, "xa_node");
	struct gpu *g;

	(void)state;
	add_object(3, 8192);
	set(at(at(u.vgdev, GPU_RESOURCE_IDA), IDA_ROOT), XARRAY_HEAD, root | 2);
	fake_ptr(u.f, at(root, XA_NODE_SLOTS), 0x14ull << 1 | 1); /* 2 and 4 */
	g = read_it();
	assert_true(g->objects.ids_known);
	assert_int_equal(g->objects.lost.n, 1);
	assert_int_equal(g->objects.lost.v[0], 5);
	/* No object has its id from there: the driver has a counter. */
	fake_ptr(u.f, at(root, XA_NODE_SLOTS), 0x10ull << 1 | 1);
	g = read_it();
	assert_false(g->objects.ids_known);
	assert_int_equal(g->objects.lost.n, 0);
	fake_ptr(u.f, at(root, XA_NODE_SLOTS), 0x14ull << 1 | 1);
	fake_u32(u.f, fake_variable(u.f, "virtio_gpu_virglrenderer_workaround", 4), 1);
	g = read_it();
	assert_false(g->objects.ids_known);
	assert_int_equal(g->objects.lost.n, 0);
}

/* ---- devices ------------------------------------------------------------- */

/* Unplugged: no driver has it, a file does. */
static void gone_and_open(void **state)
{
	kaddr_t file, minor = fake_alloc(u.f, 128);
	struct gpu *g;

	(void)state;
	fake_no_symbol(u.f, "virtio_gpu_driver");
	fake_function(u.f, "virtio_gpu_driver", "virtio_gpu", fake_alloc(u.f, 512), 512);
	file = add_file(143, 2, add_object(3, 4096));
	set(file, DRM_FILE_MINOR, minor);
	set(minor, DRM_MINOR_DEV, u.drm);
	set(u.drm, DRM_DEVICE_UNPLUGGED, 1);
	add_fd(u.xorg, 5, "virtio_gpu_driver_fops", file);
	g = read_it();
	assert_true(g->unbound && g->drm_use.unplugged);
	assert_int_equal(g->drm, u.drm);
	assert_int_equal(g->objects.all.n, 1);
}

static void minors(void **state)
{
	kaddr_t node = fake_new(u.f, "xa_node"), minor = fake_alloc(u.f, 128), idr;
	struct gpu *g;

	(void)state;
	idr = fake_variable(u.f, "drm_minors_idr", 64);
	set(idr, XARRAY_HEAD, node | 2);
	fake_ptr(u.f, at(node, XA_NODE_SLOTS) + 8, minor);
	set(minor, DRM_MINOR_DEV, u.drm);
	g = read_it();
	assert_int_equal(facts.gpus.all.n, 1);
	assert_int_equal(g->minors.n, 1);
	assert_int_equal(g->minors.v[0], 1);
	assert_false(g->unbound);
}

/* Only a minor leads to it, and its driver is built in: all such are called "driver". */
static void unbound_of_a_kernel_that_has_it(void **state)
{
	kaddr_t node = fake_new(u.f, "xa_node"), minor = fake_alloc(u.f, 128), idr,
		driver;
	struct gpu *g;

	(void)state;
	fake_no_symbol(u.f, "virtio_gpu_driver");
	fake_function(u.f, "virtio_gpu_driver", NULL, fake_alloc(u.f, 512), 512);
	fake_member(u.f, "drm_driver", "name", 16, 8);
	driver = fake_variable(u.f, "driver", 64);
	set(driver, DRM_DRIVER_NAME, text_at("virtio_gpu"));
	set(u.drm, DRM_DEVICE_DRIVER, driver);
	idr = fake_variable(u.f, "drm_minors_idr", 64);
	set(idr, XARRAY_HEAD, node | 2);
	fake_ptr(u.f, at(node, XA_NODE_SLOTS) + 8, minor);
	set(minor, DRM_MINOR_DEV, u.drm);
	g = read_it();
	assert_true(g->unbound);
	assert_int_equal(g->minors.n, 1);
	/* Another driver's device is none of ours. */
	set(driver, DRM_DRIVER_NAME, text_at("bochs-drm"));
	facts_read(u.d, FACTS_TASKS | FACTS_DEVICES | FACTS_USE, &facts);
	assert_int_equal(facts.gpus.all.n, 0);
}

static void waiters_and_works(void **state)
{
	kaddr_t entry = fake_alloc(u.f, 64), ctrlq = at(u.vgdev, GPU_CTRLQ);
	struct gpu *g;

	(void)state;
	set(entry, WAIT_ENTRY_PRIVATE, u.client);
	fake_list_add_tail(u.f, at(at(ctrlq, GPU_QUEUE_ACK), WAIT_HEAD_LIST),
			   at(entry, WAIT_ENTRY_LIST));
	set(at(ctrlq, GPU_QUEUE_WORK), WORK_DATA, 1);
	g = read_it();
	assert_int_equal(g->waiters.n, 1);
	assert_int_equal(g->waiters.v[0].task->pid, 147);
	assert_string_equal(g->waiters.v[0].queue, "control");
	assert_true(g->waits.ctrl.work_pending && !g->waits.cursor.work_pending);
}

/* ---- all of it ----------------------------------------------------------- */

static char *printed(void (*print)(FILE *out))
{
	char *s;
	size_t n;
	FILE *out = open_memstream(&s, &n);

	print(out);
	fclose(out);
	keep_documents(s);
	return s;
}

static void print_all(FILE *out)
{
	text_devices(out, &facts);
	text_queues(out, &facts, NULL, true);
	text_fences(out, &facts, true);
	text_objects(out, &facts, true);
	json_devices(out, &facts);
	json_queues(out, &facts, "control");
	json_fences(out, &facts, true);
	json_objects(out, &facts, true);
}

static void everything(void)
{
	kaddr_t gem = add_object(3, 8192);

	add_object(4, 4096);
	add_file(143, 2, gem);
	add_fence(35, true);
	add_fd(u.xorg, 7, "sync_file_fops", sync_file_of(add_fence(3, false)));
	add_command((const uint32_t[]){0x207, 1, 35, 0, 2, 0, 4, 0}, 8);
}

static void reports(void **state)
{
	static const char *const words[] = {
		"SUBMIT_3D context 2 fence 35",
		"held by sync_file",
		"fd 7 of pid 143 (Xorg)",
		"ORPHAN",
		"handle 1 of pid 143",
		"in-flight; SUBMIT_3D in descriptor 0",
		"\"command\":\"SUBMIT_3D\"",
		"\"kind\":\"3d\"",
		"\"contexts\":[{\"context\":2,\"created\":true,\"pid\":143,\"comm\":\"Xorg\"",
	};
	size_t i;
	char *s;

	(void)state;
	everything();
	read_it();
	s = printed(print_all);
	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strstr(s, words[i]))
			fail_msg("\"%s\" is not in:\n%s", words[i], s);
	/* A context with a signalled fence, and one whose signalled ones are freed. */
	assert_non_null(strstr(s, "newest signalled one left 3;"));
	assert_null(strstr(s, "no signalled one left"));
	facts.gpus.all.v[0].fences.contexts.v[0].signalled = 0;
	free(s);
	s = printed(print_all);
	assert_non_null(strstr(s, "newest seqno 35, no signalled one left;"));
	free(s);
}

static bool prints(void (*print)(FILE *), const char *words)
{
	char *s = printed(print);
	bool found = strstr(s, words);

	free(s);
	return found;
}

/* A fence of the list that the driver has got the answer to is in no command any more. */
static void fence_of_no_command(void **state)
{
	static const char words[] = "in-flight; no command in the ring carries it";

	(void)state;
	add_fence(35, true);
	add_fence(36, true);
	add_command((const uint32_t[]){0x207, 1, 35, 0, 2, 0, 4, 0}, 8);
	read_it();
	assert_true(prints(print_all, "in-flight; SUBMIT_3D in descriptor 0"));
	assert_true(prints(print_all, words));
	assert_true(prints(print_all, "\"commands_known\":true"));
	/* One that is not known may be its own. */
	facts.gpus.all.v[0].commands.all.v[0].read = false;
	assert_false(prints(print_all, words));
	assert_true(prints(print_all, "\"commands_known\":false"));
}

/* A table of descriptors that cannot be read may be the one that holds them. */
static void holders_unread(void **state)
{
	struct gpu *g;

	(void)state;
	everything();
	g = read_it();
	assert_true(g->fences.holders_complete);
	assert_false(prints(print_all, "\n  unsure"));
	set(u.client, TASK_FILES, FAKE_NOWHERE);
	g = read_it();
	assert_false(g->fences.holders_complete);
	assert_false(prints(print_all, "\n  unsure")); /* none is called leaked */
	g->fences.counts[FENCE_LEAKED] = 1;
	assert_true(prints(print_all, "\n  unsure"));
	assert_true(prints(print_all, "\"holders_complete\":false"));
}

/* An object that very many have a handle to costs a line, not a page for each. */
/* ---- of one process ------------------------------------------------------ */

static const char *typed(const char *line)
{
	static struct fake_session session;

	session.fake = u.f;
	return type(&session, line);
}

static void objects_of_a_process(void **state)
{
	kaddr_t mine, other;

	(void)state;
	mine = add_object(30, 8192);
	other = add_object(40, 4096);
	add_object(50, 4096);
	add_file(143, 2, mine);
	add_file(147, 3, other);
	assert_non_null(strstr(typed("vgpu obj -j"), "\"resource\":40"));
	assert_non_null(strstr(typed("vgpu obj -p 143"), "1, 8192 bytes; 0 orphans"));
	assert_non_null(strstr(typed("vgpu obj -p 143 -j"), "\"resource\":30"));
	assert_null(strstr(typed("vgpu obj -p 143 -j"), "\"resource\":40"));
	assert_null(strstr(typed("vgpu obj -p 143 -j"), "\"resource\":50"));
	assert_non_null(strstr(typed("vgpu obj -p 9"), "no process with pid 9"));
}

/* Whoever waits on it, holds it, or gave its command in a context of his. */
static void fences_of_a_process(void **state)
{
	static const uint32_t submit[] = {0x207, 1, 36, 0, 3, 0, 100, 0};

	(void)state;
	add_file(147, 3, add_object(30, 8192));
	add_fence(35, true);
	add_fence(36, true);
	add_command(submit, ARRAY_SIZE(submit));
	add_fd(u.xorg, 7, "sync_file_fops", sync_file_of(add_fence(37, false)));
	assert_non_null(strstr(typed("vgpu fence -a -j"), "\"fence_id\":35"));
	assert_non_null(strstr(typed("vgpu fence -a -p 143 -j"), "\"fence_id\":37"));
	assert_null(strstr(typed("vgpu fence -a -p 143 -j"), "\"fence_id\":36"));
	assert_non_null(strstr(typed("vgpu fence -p 147 -j"), "\"fence_id\":36"));
	assert_null(strstr(typed("vgpu fence -p 147 -j"), "\"fence_id\":35"));
}

static void queue_of_no_such_name(void **state)
{
	(void)state;
	assert_non_null(strstr(typed("vgpu vq contrl"), "did you mean control?"));
	assert_non_null(strstr(typed("vgpu vq control"), "control"));
}

static void many_handles(void **state)
{
	kaddr_t gem = add_object(3, 8192), file = add_file(143, 2, gem);
	kaddr_t node = fake_new(u.f, "xa_node");
	unsigned int i;

	(void)state;
	for (i = 0; i < 40; i++)
		fake_ptr(u.f, at(node, XA_NODE_SLOTS) + i * sizeof(kaddr_t), gem);
	set(at(file, DRM_FILE_OBJECTS), XARRAY_HEAD, node | 2);
	read_it();
	assert_true(prints(print_all, "handle 16 of pid 143 and 24 more handles"));
	assert_false(prints(print_all, "handle 17 of pid 143"));
}

/* Answers out of order hide when the commands of a packed ring were added: it is said. */
static void unknown_ages(void **state)
{
	static const uint32_t submit[] = {0x207, 0, 0, 0, 7, 0, 100, 0};

	(void)state;
	add_command(submit, ARRAY_SIZE(submit));
	read_it();
	assert_true(prints(print_all, "command, the oldest first"));
	facts.gpus.all.v[0].commands.all.v[0].slot.order = 0;
	assert_true(prints(print_all, "first those of unknown age"));
}

/* However soon the user interrupts, nothing is said of the dump. */
static void interrupted(void **state)
{
	size_t i;

	(void)state;
	everything();
	for (i = 0; i < 400; i += 3) {
		fake_interrupt_after(u.f, i);
		facts_read(u.d, FACTS_TASKS | FACTS_DEVICES | FACTS_USE, &facts);
		if (facts.interrupted)
			assert_int_equal(u.d->notes.n, 0);
		memset(&u.d->notes, 0, sizeof(u.d->notes));
		fake_forget_counts(u.f);
	}
}

#define on(f, kernel)                                                                    \
	{                                                                                \
#f " " #kernel, f, begin, test_end, (void *)fake_##kernel                \
	}
#define both(f) on(f, 5_10), on(f, 6_1)

/* A core may say any pid; one without a handle has none to be compared by. */
static void objects_without_handles_come_last(void **state)
{
	static struct drm_file file = {.pid = INT32_MAX};
	struct arena a = {0};
	struct gpu g = {.vgdev = 0};
	struct object_handle h = {.file = &file, .handle = 7};
	struct gpu_object three[3] = {{.resource = 9}, {.resource = 3}, {.resource = 5}};
	const struct gpu_object **sorted;
	size_t i;

	(void)state;
	*vec_push(&a, &three[2].handles) = h;
	for (i = 0; i < ARRAY_SIZE(three); i++)
		*vec_push(&a, &g.objects.all) = three[i];
	sorted = objects_sorted(&a, &g, false);
	assert_int_equal(sorted[0]->resource, 5);
	assert_int_equal(sorted[1]->resource, 3);
	assert_int_equal(sorted[2]->resource, 9);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		both(commands),
		both(commands_that_lie),
		both(command_of_a_fence),
		both(command_of_a_fence_damaged),
		both(pending_fence),
		both(wait_for_an_array),
		both(wait_for_many),
		both(wait_for_a_chain),
		both(last_answer),
		on(last_answer_of_ttm, 4_19_arm64),
		both(last_answer_beside_a_sleeper),
		both(answer_of_a_resource),
		both(answer_of_a_mapping),
		both(refused_commands),
		both(fences_on_the_list),
		both(held_fences),
		both(fence_arrays),
		both(array_of_itself),
		both(many_contexts),
		both(reservations),
		both(fences_that_lie),
		both(the_signalled_bit),
		both(objects),
		both(object_on_a_stack),
		both(fences_under_small_objects),
		both(ops_that_a_signal_takes),
		on(fences_given_to_rcu, 4_19_arm64),
		on(fences_in_the_place_of_others, 4_19_arm64),
		on(command_of_an_older_fence, 4_19_arm64),
		on(fences_of_two_cgroups, 4_19_arm64),
		on(fences_of_a_large_machine, 4_19_arm64),
		on(fences_with_their_own_number, 4_19_arm64),
		on(ttm_objects, 4_19_arm64),
		on(an_object_that_ttm_frees, 4_19_arm64),
		both(fence_on_a_stack),
		both(kinds),
		both(free_list),
		both(lost_ids),
		both(gone_and_open),
		both(minors),
		both(unbound_of_a_kernel_that_has_it),
		both(waiters_and_works),
		both(reports),
		both(fence_of_no_command),
		both(holders_unread),
		both(many_handles),
		both(unknown_ages),
		both(interrupted),
		both(objects_of_a_process),
		both(fences_of_a_process),
		both(queue_of_no_such_name),
		cmocka_unit_test(objects_without_handles_come_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
