// SPDX-License-Identifier: GPL-2.0-or-later
#include "gpu_wait.h"

#include <string.h>

/* What a fence says only together with its device: is its command in the ring? */
static void find_command(struct dump *d, struct gpus *gpus, const struct wait *w,
			 struct gpu_wait *g)
{
	struct gpu *gpu;
	size_t i;

	for (i = 0; i < gpus->all.n; i++) {
		gpu = &gpus->all.v[i];
		if (gpu->waits.read && w->fence_lock == gpu->waits.fence_lock)
			g->command = gpu_fence_command(d, gpu, w->object, &g->carrier);
	}
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
	if (w->kind == WAIT_FENCE)
		find_command(d, gpus, w, g);
	else if (w->kind == WAIT_QUEUE)
		find_queue(d, gpus, w);
	/* A completion is drm_crtc_commit's only where the types of a driver of DRM are
	 * known: where there is no work that ends one, they are not asked for. */
	if (commits->works.n)
		drm_commit_of(d, commits, wait_completion(d, w), &g->commit);
}
