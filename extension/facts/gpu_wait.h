/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a task's wait has to do with a GPU: the join of what kernel/sched found on its
 * stack with what kernel/gpu found in the devices.
 */
#ifndef VGPU_GPU_WAIT_H
#define VGPU_GPU_WAIT_H

#include "kernel/gpu/drm_commit.h"
#include "kernel/gpu/virtio_gpu.h"
#include "kernel/gpu/virtio_gpu_answer.h"
#include "kernel/sched/waiter.h"

/* More than this are not waited for one by one: the rest is only counted. */
#define FENCE_MEMBERS_MAX 64

/* One of the fences that a merged fence stands for, not signalled. */
struct fence_member {
	kaddr_t fence;		  /* struct dma_fence */
	kaddr_t lock;		  /* what its lock points to: whose fence it is */
	const char *ops;	  /* "vgem_fence_ops", escaped; "" when not known */
	struct awaited_fence own; /* of a virtio-gpu's */
};

struct gpu_wait {
	struct awaited_fence fence; /* WAIT_FENCE of a device whose commands were read */
	/* WAIT_FENCE of a fence array or chain, else NULL: "fence array". */
	const char *container;
	size_t nmembers, unsignalled;
	VEC(struct fence_member) members; /* not signalled, the first of them */
	struct awaited_answer answer;	  /* WAIT_QUEUE of a device's resp_wq */
	struct drm_commit commit;	  /* .work NULL: it waits for the end of none */
};

void gpu_wait_find(struct dump *d, struct gpus *gpus, const struct drm_commits *commits,
		   const struct wait *w, struct gpu_wait *g);

/* On a device's resp_wq it waits for the answer to a command of its own. */
void gpu_wait_find_answer(struct dump *d, struct gpus *gpus, const struct task *t,
			  const struct stack *stack, const struct wait *w,
			  struct gpu_wait *g);

#endif
