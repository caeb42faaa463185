/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands in flight: what each slot of a queue carries, decoded. */
#ifndef VGPU_VIRTIO_GPU_CMD_H
#define VGPU_VIRTIO_GPU_CMD_H

#include "dump/dump.h"
#include "virtio_ring.h"

#define GPU_CMD_FLAG_FENCE 1
#define GPU_CMD_FLAG_RING 2 /* INFO_RING_IDX, 5.16 */

struct gpu_command {
	const char *queue; /* its queue's name */
	struct vring_slot slot;
	kaddr_t vbuf; /* struct virtio_gpu_vbuffer */
	bool read;    /* what follows is known */
	uint32_t type, flags, context;
	const char *name;			 /* "SUBMIT_3D", "0x1234" */
	uint64_t fence_id;			 /* with GPU_CMD_FLAG_FENCE */
	int ring;				 /* < 0: none */
	int64_t resource, scanout;		 /* < 0: the command names none */
	unsigned int size, data_size, resp_size; /* bytes */
	kaddr_t buf, data, resp, objs;
	bool answer_read;
	uint32_t answer;	 /* type of the response; 0: not written */
	const char *answer_name; /* "OK_NODATA"; NULL where not written */
	kaddr_t fence;		 /* struct virtio_gpu_fence; 0: none, or not found */
	double waited_s; /* at least: somebody waits for it since; < 0: not known */
};

struct gpu_commands {
	VEC(struct gpu_command) all; /* by queue, the oldest first */
};

/* Adds the queue's commands in flight.  Where debuginfo lacks, .read is false. */
void gpu_commands_read(struct dump *d, const struct virtqueue *vq,
		       struct gpu_commands *commands);
/* "SUBMIT_3D", "ERR_UNSPEC"; hexadecimal in the arena when it has no name. */
const char *gpu_command_name(struct dump *d, uint32_t type);
const char *gpu_answer_name(struct dump *d, uint32_t type);
/*
 * Of the queue's commands, sorted as they were read, the one that the device has not
 * answered for longest; NULL: there is none, or which one it is is not known.
 */
const struct gpu_command *gpu_commands_oldest(const struct gpu_commands *commands,
					      const struct virtqueue *vq);
/*
 * Of the queue's commands, one that the device has answered and that a renderer carries
 * out, at its own pace: the device answers others at once.  NULL: none.
 */
const struct gpu_command *gpu_commands_rendered(const struct gpu_commands *commands,
						const struct virtqueue *vq);
/* The objects that a command holds: struct drm_gem_object, each once. */
struct gem_refs {
	VEC(kaddr_t) all;
};
/* array: a struct virtio_gpu_object_array; 0 has none.  Adds. */
void gpu_object_array_read(struct dump *d, kaddr_t array, struct gem_refs *refs);

#endif
