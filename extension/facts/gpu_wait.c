// SPDX-License-Identifier: GPL-2.0-or-later
#include "gpu_wait.h"

#include <string.h>

#include "kernel/gpu/dma_fence.h"

/* What a fence says only together with its device: is its command in the ring? */
static void find_command(struct dump *d, struct gpus *gpus, kaddr_t lock, kaddr_t fence,
			 struct awaited_fence *own)
{
	struct gpu *gpu;
	size_t i;

	for (i = 0; i < gpus->all.n; i++) {
		gpu = &gpus->all.v[i];
		if (gpu->waits.read && lock == gpu->waits.fence_lock)
			gpu_fence_await(d, gpu, fence, own);
	}
}

static const char *ops_name(struct dump *d, kaddr_t fence)
{
	struct dump_symbol sym;
	kaddr_t ops;

	if (!member_ptr(d, fence, DMA_FENCE_OPS, &ops) || !dump_symbol_at(d, ops, &sym) ||
	    sym.offset)
		return "";
	return arena_printf(d->arena, "%s", sym.name);
}

/* Arrays may hold one another, and a fence more than once. */
static bool is_member(const struct gpu_wait *g, kaddr_t fence)
{
	size_t i;

	for (i = 0; i < g->members.n; i++)
		if (g->members.v[i].fence == fence)
			return true;
	return false;
}

static void add_member(struct dump *d, struct gpus *gpus, kaddr_t fence,
		       struct gpu_wait *g)
{
	struct fence_member *m;

	if (is_member(g, fence) || g->unsignalled++ >= FENCE_MEMBERS_MAX)
		return;
	m = vec_push(d->arena, &g->members);
	m->fence = fence;
	m->ops = ops_name(d, fence);
	if (member_ptr(d, fence, DMA_FENCE_LOCK, &m->lock))
		find_command(d, gpus, m->lock, fence, &m->own);
}

/* A merged fence is signalled when the last of those is that it stands for. */
static void find_members(struct dump *d, struct gpus *gpus, const struct wait *w,
			 struct gpu_wait *g)
{
	struct fence_refs refs = {0};
	struct fence_reader r;
	size_t i;

	if (!w->fence_ops || (strcmp(w->fence_ops, "dma_fence_array_ops") != 0 &&
			      strcmp(w->fence_ops, "dma_fence_chain_ops") != 0))
		return;
	if (!fence_reader_init(&r, d, NULL))
		return;
	fence_members(&r, w->object, &refs, &g->container);
	g->nmembers = refs.all.n;
	for (i = 0; i < refs.all.n && !dump_interrupted(d); i++)
		if (!fence_is_signalled(&r, refs.all.v[i]))
			add_member(d, gpus, refs.all.v[i], g);
}

/* Who sleeps for room or for an answer asks which commands are in the way. */
static void find_queue(struct dump *d, struct gpus *gpus, const struct wait *w)
{
	const struct gpu_waits *gw;
	size_t i;

	for (i = 0; i < gpus->all.n; i++) {
		gw = &gpus->all.v[i].waits;
		if (gw->read &&
		    (w->object == gw->ctrl.ack_queue ||
		     w->object == gw->cursor.ack_queue || w->object == gw->resp_wq))
			gpu_read_waited(d, &gpus->all.v[i]);
	}
}

void gpu_wait_find(struct dump *d, struct gpus *gpus, const struct drm_commits *commits,
		   const struct wait *w, struct gpu_wait *g)
{
	memset(g, 0, sizeof(*g));
	if (w->kind == WAIT_FENCE && w->object) {
		find_command(d, gpus, w->fence_lock, w->object, &g->fence);
		find_members(d, gpus, w, g);
	} else if (w->kind == WAIT_QUEUE) {
		find_queue(d, gpus, w);
	}
	/* A completion is drm_crtc_commit's only where the types of a driver of DRM are
	 * known: where there is no work that ends one, they are not asked for. */
	if (commits->works.n)
		drm_commit_of(d, commits, wait_completion(d, w), &g->commit);
}

void gpu_wait_find_answer(struct dump *d, struct gpus *gpus, const struct task *t,
			  const struct stack *stack, const struct wait *w,
			  struct gpu_wait *g)
{
	struct gpu *gpu;
	size_t i;

	for (i = 0; i < gpus->all.n && w->kind == WAIT_QUEUE && w->object; i++) {
		gpu = &gpus->all.v[i];
		if (gpu->waits.read && w->object == gpu->waits.resp_wq)
			gpu_answer_await(d, gpu, t, stack, w->record, &g->answer);
	}
}
