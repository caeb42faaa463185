/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a program asked of a GPU's file, or of a fence's or a buffer's that it shares. */
#ifndef VGPU_IOCTL_H
#define VGPU_IOCTL_H

#include "kernel/sched/unwind.h"

/* What the file is that was asked. */
enum ioctl_file { IOCTL_FILE_OTHER, IOCTL_FILE_DRM, IOCTL_FILE_SYNC, IOCTL_FILE_DMA_BUF };

/* By its path, as file_path() has it, and by who serves the call; path may be NULL. */
enum ioctl_file ioctl_file_kind(const char *path, const struct stack *stack);
/* Is it virtio-gpu's code that serves it? */
bool ioctl_is_gpu(const struct stack *stack);
/*
 * NULL: none is known by this number, which has a direction and a size beside the
 * command's own; gpu: a driver's own command is virtio-gpu's.
 */
const char *ioctl_name(uint32_t number, enum ioctl_file file, bool gpu);
bool ioctl_is_execbuffer(uint32_t number);

/* struct drm_virtgpu_execbuffer, as far as every kernel has it. */
struct execbuffer {
	kaddr_t at; /* the driver's copy */
	uint32_t flags, size, handles;
};

/*
 * On the stack of a task in that call, where drm_ioctl() keeps its copy of what was asked.
 * False: none is found, or more than one that may be it.
 */
bool execbuffer_find(struct dump *d, const struct stack *stack, struct execbuffer *e);

#endif
