/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a task's wait has to do with a GPU: the join of what kernel/sched found on its
 * stack with what kernel/gpu found in the devices.
 */
#ifndef VGPU_GPU_WAIT_H
#define VGPU_GPU_WAIT_H

#include "kernel/gpu/drm_commit.h"
#include "kernel/gpu/virtio_gpu.h"
#include "kernel/sched/waiter.h"

struct gpu_wait {
	/* WAIT_FENCE of a device whose commands were read. */
	enum fence_command command;
	const struct gpu_command *carrier; /* the command itself; NULL: not in the ring */
	struct drm_commit commit;	   /* .work NULL: it waits for the end of none */
};

void gpu_wait_find(struct dump *d, struct gpus *gpus, const struct drm_commits *commits,
		   const struct wait *w, struct gpu_wait *g);

#endif
