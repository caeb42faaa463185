// SPDX-License-Identifier: GPL-2.0-or-later
/* Who uses a virtio-gpu, and what is under way on it. */
#include <string.h>

#include "dump/layout.h"
#include "dump/list.h"
#include "base/text.h"
#include "virtio_gpu.h"

#define WAITERS_MAX 65536

/* The operations that tell files apart; 0 where the kernel has none of that name. */
struct file_kinds {
	kaddr_t driver, sync_file, dma_buf;
};

static void find_kinds(struct dump *d, struct file_kinds *k)
{
	memset(k, 0, sizeof(*k));
	dump_symbol(d, "virtio_gpu_driver_fops", &k->driver);
	dump_symbol(d, "sync_file_fops", &k->sync_file);
	dump_symbol(d, "dma_buf_fops", &k->dma_buf);
}

/* ---- devices that only an open file leads to ----------------------------- */

static void add_by_files(struct dump *d, const struct file_kinds *k, struct gpus *gpus)
{
	const struct open_file *f;
	kaddr_t minor, drm;
	size_t i;

	for (i = 0; k->driver && i < gpus->files.all.n; i++) {
		f = &gpus->files.all.v[i];
		if (f->f_op == k->driver &&
		    member_ptr(d, f->private_data, DRM_FILE_MINOR, &minor) &&
		    member_ptr(d, minor, DRM_MINOR_DEV, &drm))
			gpus_add_drm(d, gpus, drm);
	}
}

/* ---- contexts ------------------------------------------------------------ */

static void read_context(struct dump *d, struct gpu *g, const struct drm_file *file)
{
	struct gpu_context *c;
	char name[65];
	struct object o;

	obj_init(&o, d);
	if (file->internal || !file->private || !layout_has(d, GPU_FPRIV_CTX) ||
	    !obj_read(&o, GPU_FPRIV, file->private))
		return;
	c = vec_push(d->arena, &g->contexts);
	c->file = file;
	c->id = (uint32_t)obj_u64(&o, GPU_FPRIV_CTX);
	/* Until 5.7 it was made when the device was opened. */
	c->created = layout_has(d, GPU_FPRIV_CREATED)
			     ? obj_u64(&o, GPU_FPRIV_CREATED) != 0
			     : g->has_virgl_3d;
	c->init = (uint32_t)obj_u64(&o, GPU_FPRIV_INIT);
	c->fence_context = obj_u64(&o, GPU_FPRIV_FENCE_CTX);
	c->rings = (unsigned int)obj_u64(&o, GPU_FPRIV_RINGS);
	obj_string(&o, GPU_FPRIV_NAME, name, sizeof(name));
	text_escape(c->name, sizeof(c->name), name);
}

/* Opening a handle attaches the object to the open's context, where there is one. */
static void attach(struct gpu *g, struct object_handle *h)
{
	size_t i;

	for (i = 0; g->has_virgl_3d && i < g->contexts.n; i++)
		if (g->contexts.v[i].file == h->file && g->contexts.v[i].created)
			h->context = g->contexts.v[i].id;
}

static void attach_objects(struct gpu *g)
{
	struct gpu_object *o;
	size_t i, k;

	for (i = 0; i < g->objects.all.n; i++) {
		o = &g->objects.all.v[i];
		for (k = 0; k < o->handles.n; k++)
			attach(g, &o->handles.v[k]);
	}
}

/* ---- who waits for the device -------------------------------------------- */

static void read_waiters(struct dump *d, struct tasks *tasks, struct gpu *g, kaddr_t head,
			 const char *queue)
{
	struct gpu_waiter *w;
	struct list_walk walk;
	struct task *t;
	kaddr_t node, task;

	if (!layout_has_all(d, WAIT_HEAD_LIST, WAIT_ENTRY_LIST, WAIT_ENTRY_PRIVATE))
		return;
	list_begin(&walk, d, member_addr(d, head, WAIT_HEAD_LIST), WAITERS_MAX);
	while (list_next(&walk, &node)) {
		if (!member_ptr(d, member_base(d, node, WAIT_ENTRY_LIST),
				WAIT_ENTRY_PRIVATE, &task))
			continue;
		t = task_by_addr(tasks, task);
		if (!t)
			continue;
		w = vec_push(d->arena, &g->waiters);
		w->task = t;
		w->queue = queue;
	}
	list_end_note(&walk, "waiters of a device");
}

static void read_all_waiters(struct dump *d, struct tasks *tasks, struct gpu *g)
{
	kaddr_t ctrlq = member_addr(d, g->vgdev, GPU_CTRLQ);
	kaddr_t cursorq = member_addr(d, g->vgdev, GPU_CURSORQ);

	if (layout_has(d, GPU_QUEUE_ACK)) {
		read_waiters(d, tasks, g, member_addr(d, ctrlq, GPU_QUEUE_ACK),
			     "control");
		read_waiters(d, tasks, g, member_addr(d, cursorq, GPU_QUEUE_ACK),
			     "cursor");
	}
	if (layout_has(d, GPU_RESP_WQ))
		read_waiters(d, tasks, g, member_addr(d, g->vgdev, GPU_RESP_WQ), NULL);
}

/* ---- what somebody waits for ---------------------------------------------- */

void gpu_read_waited(struct dump *d, struct gpu *gpu)
{
	size_t i;

	if (gpu->waited_read)
		return;
	gpu->waited_read = true;
	for (i = 0; i < gpu->vqs.all.n; i++)
		gpu_commands_read(d, &gpu->vqs.all.v[i], &gpu->waited);
}

/*
 * Until 5.7 a fence was given its number before its command had room in the ring: but it
 * had, while a command needed three descriptors at most, which virtio_gpu_queue_fenced_
 * ctrl_buffer() waits for first; more are from 5.4 on (e1218b8c0cc1), which has .objs.
 */
static bool emitted_into_ring(struct dump *d)
{
	return layout_has(d, GPU_PENDING_COMMANDS) || !layout_has(d, VBUFFER_OBJS);
}

static void take_later(struct fence_reader *r, struct gpu *gpu, kaddr_t fence)
{
	struct fence f;
	kaddr_t lock;

	if (!member_ptr(r->d, fence, DMA_FENCE_LOCK, &lock) ||
	    lock != gpu->waits.fence_lock || !obj_read(&r->object, DMA_FENCE, fence))
		return;
	fence_decode(r, &r->object, fence, &f);
	if (f.timestamp <= 0 || (double)f.timestamp / 1e9 <= gpu->last.at_s)
		return;
	gpu->last.addr = fence;
	gpu->last.at_s = (double)f.timestamp / 1e9;
}

static void last_of_object(struct fence_reader *r, struct gpu *gpu, kaddr_t gem)
{
	struct fence_refs refs = {0};
	kaddr_t resv;
	size_t i;

	if (!gpu_reservation_of(r->d, gem, &resv))
		return;
	resv_fences(r->d, resv, &refs);
	for (i = 0; i < refs.all.n; i++)
		take_later(r, gpu, refs.all.v[i]);
}

void gpu_read_last(struct dump *d, struct gpu *gpu)
{
	struct fence_reader r;
	struct drm drm = {0};
	size_t i, k;

	memset(&gpu->last, 0, sizeof(gpu->last));
	if (!gpu->waits.read || !layout_has(d, DMA_FENCE_LOCK) ||
	    !fence_reader_init(&r, d, NULL))
		return;
	drm_files_read(d, gpu->drm, &drm);
	for (i = 0; i < drm.files.n; i++)
		for (k = 0; k < drm.files.v[i].handles.all.n && !dump_interrupted(d); k++)
			last_of_object(&r, gpu, drm.files.v[i].handles.all.v[k].ptr);
}

/* On a list, and its neighbours say so, too. */
static bool is_listed(struct dump *d, kaddr_t node)
{
	kaddr_t next, prev, back;

	return dump_ptr(d, node, &next) && dump_ptr(d, node + sizeof(next), &prev) &&
	       dump_ptr(d, next + sizeof(next), &back) && back == node &&
	       dump_ptr(d, prev, &back) && back == node;
}

/* fence: the virtio_gpu_fence around the dma_fence. */
static bool is_pending(struct dump *d, kaddr_t fence)
{
	unsigned int bit = layout_bit(d, DMA_FENCE_SIGNALED, 0);
	uint64_t flags;

	return layout_has_all(d, GPU_FENCE_NODE, DMA_FENCE_FLAGS) &&
	       member_u64(d, member_addr(d, fence, GPU_FENCE_F), DMA_FENCE_FLAGS,
			  &flags) &&
	       !(flags >> bit & 1) && is_listed(d, member_addr(d, fence, GPU_FENCE_NODE));
}

/* Until 5.1 a dma_fence has but the lower half of the number. */
static bool is_fence_id(struct dump *d, uint64_t fence_id, uint64_t id)
{
	bool half = !layout_has(d, GPU_FENCE_ID) && layout_size(d, DMA_FENCE_SEQNO) == 4;

	return (half ? fence_id & UINT32_MAX : fence_id) == id;
}

static enum fence_command command_of(struct dump *d, struct gpu *gpu,
				     const struct virtqueue *vq, struct awaited_fence *w)
{
	const struct gpu_command *c;
	size_t i;

	gpu_read_waited(d, gpu);
	for (i = 0; i < gpu->waited.all.n; i++) {
		c = &gpu->waited.all.v[i];
		if (strcmp(c->queue, vq->name) != 0)
			continue;
		if (!c->read)
			return FENCE_COMMAND_UNKNOWN;
		if (!(c->flags & GPU_CMD_FLAG_FENCE) ||
		    !is_fence_id(d, c->fence_id, w->id))
			continue;
		w->carrier = c;
		return c->slot.place == VRING_ANSWERED ? FENCE_COMMAND_ANSWERED
						       : FENCE_COMMAND_IN_RING;
	}
	return dump_interrupted(d) || !emitted_into_ring(d) ? FENCE_COMMAND_UNKNOWN
							    : FENCE_COMMAND_NOWHERE;
}

void gpu_fence_await(struct dump *d, struct gpu *gpu, kaddr_t fence,
		     struct awaited_fence *w)
{
	enum layout_id id = layout_has(d, GPU_FENCE_ID) ? GPU_FENCE_ID : DMA_FENCE_SEQNO;
	const struct virtqueue *vq = gpu_queue(gpu, gpu->waits.ctrl.vq);
	kaddr_t base = member_base(d, fence, GPU_FENCE_F);

	memset(w, 0, sizeof(*w));
	if (!layout_has_all(d, VBUFFER_BUF, GPU_FENCE, GPU_FENCE_F, DMA_FENCE_SEQNO) ||
	    !vq || !vq->counted || vq->damage.n ||
	    !member_u64(d, id == GPU_FENCE_ID ? base : fence, id, &w->id))
		return;
	w->pending = is_pending(d, base);
	w->command = command_of(d, gpu, vq, w);
}

/* ---- a device ------------------------------------------------------------ */

static void read_use(struct dump *d, struct tasks *tasks, const struct file_kinds *k,
		     bool slabs, const struct open_files *files, struct gpu *g)
{
	struct object_sources objects = {.tasks = tasks,
					 .vgdev = g->vgdev,
					 .virgl = g->has_virgl_3d,
					 .drm = &g->drm_use,
					 .files = files,
					 .dma_buf_ops = k->dma_buf,
					 .commands = &g->commands};
	struct gem_refs gems = {0};
	struct fence_sources fences = {.vgdev = g->vgdev,
				       .drm = &g->drm_use,
				       .files = files,
				       .sync_file_ops = k->sync_file,
				       .objects = &gems,
				       .slabs = slabs,
				       .commands = &g->commands};
	size_t i;

	drm_read(d, g->drm, &g->drm_use);
	for (i = 0; i < g->drm_use.files.n; i++)
		read_context(d, g, &g->drm_use.files.v[i]);
	read_all_waiters(d, tasks, g);
	for (i = 0; i < g->vqs.all.n; i++)
		gpu_commands_read(d, &g->vqs.all.v[i], &g->commands);
	gpu_objects_read(d, &objects, &g->objects);
	attach_objects(g);
	for (i = 0; i < g->objects.all.n; i++)
		*vec_push(d->arena, &gems.all) = g->objects.all.v[i].gem;
	gpu_fences_read(d, tasks, &fences, &g->fences);
	g->use_read = true;
}

void gpus_read_use(struct dump *d, struct tasks *tasks, bool slabs, struct gpus *gpus)
{
	struct file_kinds k;
	size_t i;

	if (!gpus->all.n && gpus->state != GPUS_NO_DEVICE)
		return;
	find_kinds(d, &k);
	open_files_read(d, tasks, (const kaddr_t[]){k.driver, k.sync_file, k.dma_buf}, 3,
			&gpus->files);
	add_by_files(d, &k, gpus);
	for (i = 0; i < gpus->all.n && !dump_interrupted(d); i++)
		if (gpus->all.v[i].read)
			read_use(d, tasks, &k, slabs, &gpus->files, &gpus->all.v[i]);
}
