/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtio-gpu devices: features, scanouts, fence counters, queues. */
#ifndef VGPU_VIRTIO_GPU_H
#define VGPU_VIRTIO_GPU_H

#include "dump.h"
#include "virtio_gpu_waits.h"
#include "virtio_ring.h"

#define GPU_SCANOUTS_MAX 16

/* Debuginfo that would tell more, and how to get it. */
struct debuginfo_missing {
	const char *module;  /* "virtio_gpu" */
	const char *package; /* "linux-image-5.10.0-46-amd64-dbg", as Debian names it */
	const char *command; /* "mod -s virtio_gpu /usr/lib/debug/…/virtio-gpu.ko" */
	const char *without; /* what is not shown: "scanouts, fences, …" */
};

struct gpu_output {
	unsigned int index;
	/* What the host offers (display info). */
	bool host_enabled;
	uint32_t host_width, host_height;
	/* What the guest has set (the CRTC's state); 0 x 0 when nothing. */
	bool crtc_known, active;
	unsigned int width, height;
	kaddr_t crtc;
};

struct gpu {
	kaddr_t vdev;		/* struct virtio_device */
	char name[32];		/* "virtio0", escaped */
	unsigned int device_id; /* 16 */
	bool failed, config_enabled, config_change_pending;
	uint64_t features;
	VEC(const char *) feature_names; /* "VIRGL", "VERSION_1", "bit 77" */

	kaddr_t drm;   /* struct drm_device; 0 when not read */
	kaddr_t vgdev; /* struct virtio_gpu_device; 0 when not read */

	/* ---- struct virtio_gpu_device: known only where read ---- */
	bool read;
	unsigned int num_scanouts;
	VEC(struct gpu_output) outputs; /* num_scanouts of them, at most 16 */
	bool has_virgl_3d, has_edid, has_indirect, has_resource_assign_uuid;
	bool has_resource_blob, has_host_visible, has_context_init;
	unsigned int num_capsets;
	int pending_commands; /* not yet kicked; -1 where the kernel has no count */
	bool display_info_pending;
	uint64_t fence_emitted;	  /* sync_seq, current_fence_id */
	uint64_t fence_signalled; /* last_seq, last_fence_id */
	uint64_t fence_context;
	kaddr_t ctrlq_vq, cursorq_vq; /* struct virtqueue */

	struct gpu_waits waits; /* .read says whether they are known */
	struct virtqueues vqs;
	VEC(const char *) damage; /* each one sentence: what contradicts what */
};

enum gpus_state {
	GPUS_NO_DRIVER,	 /* neither a module virtio_gpu nor its symbols in the kernel */
	GPUS_NO_SYMBOL,	 /* the module is there, its driver cannot be found by name */
	GPUS_UNREADABLE, /* the driver's list of devices cannot be read */
	GPUS_NO_DEVICE,	 /* the driver is there, no device is bound to it */
	GPUS_FOUND,
};

struct gpus {
	enum gpus_state state;
	bool builtin; /* in the kernel, not a module */
	VEC(struct gpu) all;
	VEC(struct debuginfo_missing) missing;
};

/* True when state is GPUS_FOUND. */
bool gpus_read(struct dump *d, struct gpus *gpus);
/* Their scanouts too: apart, since the types that they need are slow to look up. */
void gpus_read_outputs(struct dump *d, struct gpus *gpus);
const char *gpus_state_words(enum gpus_state state);
/* The device's queue "control" or "cursor" by address; NULL when not read. */
struct virtqueue *gpu_queue(struct gpu *gpu, kaddr_t vq);

#endif
