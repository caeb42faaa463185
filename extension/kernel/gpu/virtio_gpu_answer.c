// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio_gpu_answer.h"

#include <string.h>

#include "dump/layout.h"

#define STATE_INITIALIZING 0 /* drivers/gpu/drm/virtio/virtgpu_drv.h */

/* Who waits without a limit, for the answer to which command, and what tells the object. */
static const struct asker {
	const char *function;
	uint32_t command;
	enum layout_id state; /* of the object: STATE_INITIALIZING until it is answered */
	const char *funcs;    /* the object's operations; NULL: any */
} askers[] = {
	/* 16845c5d5409 (5.11) */
	{"virtio_gpu_vram_mmap", 0x208, VRAM_MAP_STATE, "virtio_gpu_vram_funcs"},
	/* c84adb304c10 (5.10) */
	{"virtgpu_virtio_get_uuid", 0x10b, GPU_OBJECT_UUID_STATE, NULL},
};

static const struct asker *asker_of(const struct stack *stack)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(askers); i++)
		if (stack_find(stack, askers[i].function))
			return &askers[i];
	return NULL;
}

/* ---- its object ----------------------------------------------------------- */

static bool is_object_of(struct dump *d, const struct gpu *gpu, const struct asker *as,
			 kaddr_t gem)
{
	kaddr_t object = member_base(d, gem, GPU_OBJECT_GEM), drm, funcs, want;
	uint64_t state;

	if (gem % sizeof(gem) || !member_ptr(d, gem, GEM_DEV, &drm) || drm != gpu->drm ||
	    !member_u64(d, object, as->state, &state) || state != STATE_INITIALIZING)
		return false;
	return !as->funcs || (dump_symbol(d, as->funcs, &want) &&
			      member_ptr(d, gem, GEM_FUNCS, &funcs) && funcs == want);
}

/* The only one that its stack points to, from the waiter on up; 0: none, or several. */
static kaddr_t object_on_stack(struct dump *d, const struct gpu *gpu,
			       const struct asker *as, const struct task *t,
			       kaddr_t record)
{
	kaddr_t end = t->stack + t->stack_size, word, found = 0;
	struct object o;
	size_t at;

	if (!layout_has_all(d, GPU_OBJECT_GEM, GEM_DEV, as->state) ||
	    (as->funcs && !layout_has(d, GEM_FUNCS)) || record < t->stack ||
	    record >= end || end - record > TASK_STACK_MAX)
		return 0;
	obj_init(&o, d);
	if (!obj_read_bytes(&o, record, (size_t)(end - record)))
		return 0;
	for (at = 0; at + sizeof(word) <= o.size && !dump_interrupted(d);
	     at += sizeof(word)) {
		memcpy(&word, o.bytes + at, sizeof(word));
		if (word == found || !is_object_of(d, gpu, as, word))
			continue;
		if (found)
			return 0;
		found = word;
	}
	return found;
}

/* ---- its command ---------------------------------------------------------- */

/* Without its resource any command of the kind may be the one. */
static enum fence_command command_of(struct dump *d, struct gpu *gpu,
				     const struct virtqueue *vq, const struct asker *as,
				     struct awaited_answer *a)
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
		if (c->type != as->command)
			continue;
		if (a->resource < 0)
			return FENCE_COMMAND_UNKNOWN;
		if (c->resource != a->resource)
			continue;
		a->carrier = c;
		return c->slot.place == VRING_ANSWERED ? FENCE_COMMAND_ANSWERED
						       : FENCE_COMMAND_IN_RING;
	}
	return dump_interrupted(d) ? FENCE_COMMAND_UNKNOWN : FENCE_COMMAND_NOWHERE;
}

void gpu_answer_await(struct dump *d, struct gpu *gpu, const struct task *t,
		      const struct stack *stack, kaddr_t record, struct awaited_answer *a)
{
	const struct virtqueue *vq = gpu_queue(gpu, gpu->waits.ctrl.vq);
	const struct asker *as = asker_of(stack);
	uint64_t resource;
	kaddr_t gem;

	memset(a, 0, sizeof(*a));
	a->resource = -1;
	if (!as || !vq || !vq->counted || vq->damage.n || !layout_has(d, VBUFFER_BUF))
		return;
	gem = object_on_stack(d, gpu, as, t, record);
	if (gem && member_u64(d, member_base(d, gem, GPU_OBJECT_GEM), GPU_OBJECT_RESOURCE,
			      &resource))
		a->resource = (int64_t)resource;
	a->name = gpu_command_name(d, as->command);
	a->command = command_of(d, gpu, vq, as, a);
}
