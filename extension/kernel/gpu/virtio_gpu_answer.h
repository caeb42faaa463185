/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose answer a task waits for that sleeps on a device's resp_wq, and where that command
 * is.  All who want an answer without a fence sleep there, and each wants its own.
 */
#ifndef VGPU_VIRTIO_GPU_ANSWER_H
#define VGPU_VIRTIO_GPU_ANSWER_H

#include "kernel/sched/unwind.h"
#include "virtio_gpu.h"

struct awaited_answer {
	const char *name; /* "RESOURCE_MAP_BLOB"; NULL: what it wants is not known */
	int64_t resource; /* for which; < 0: not found */
	enum fence_command command;
	const struct gpu_command *carrier; /* the command itself; NULL: not in the ring */
};

/* record: the waiter on the task's stack. */
void gpu_answer_await(struct dump *d, struct gpu *gpu, const struct task *t,
		      const struct stack *stack, kaddr_t record,
		      struct awaited_answer *a);

#endif
