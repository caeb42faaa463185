/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-gpu devices: features, scanouts, fence counters, queues; and their use: who
 * has them open, commands in flight, fences, objects.
 */
#ifndef VGPU_VIRTIO_GPU_H
#define VGPU_VIRTIO_GPU_H

#include "drm_gem.h"
#include "base/build_id.h"
#include "dump/dump.h"
#include "virtio_gpu_waits.h"
#include "kernel/sched/files.h"
#include "kernel/sched/task.h"
#include "virtio_gpu_cmd.h"
#include "virtio_gpu_fence.h"
#include "virtio_gpu_object.h"
#include "virtio_ring.h"

#define GPU_SCANOUTS_MAX 16

/* A module whose types are not known, and so what is not. */
struct types_missing {
	const char *module;	  /* "virtio_gpu" */
	bool builtin;		  /* none, but in the kernel itself */
	const char *without;	  /* "scanouts, fence counters, …" */
	struct build_id build_id; /* by which a server knows it */
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
	struct drm_framebuffer fb; /* of the primary plane; .addr 0: none */
	uint32_t resource;	   /* of the framebuffer's object; 0: not known */
};

struct gpu_capset {
	uint32_t id, max_version, max_size;
};

/* The rendering context of an open, on the host. */
struct gpu_context {
	uint32_t id;
	bool created;		/* the host was told of it; since 5.7 when first needed */
	uint32_t init;		/* context_init: which capset, 5.16 */
	uint64_t fence_context; /* base of its rings' fences; 0: it has no rings */
	unsigned int rings;
	char name[128];		     /* debug_name, escaped; "" before 6.8 */
	const struct drm_file *file; /* whose it is */
};

struct signalled_fence {
	kaddr_t addr; /* struct dma_fence; 0: none is known */
	double at_s;  /* since boot, of the monotonic clock */
};

/* A task on a device's wait queue. */
struct gpu_waiter {
	const struct task *task;
	const char *queue; /* "control": for room in it; NULL: for an answer (resp_wq) */
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
	bool three_at_most; /* until 5.4 no command needs more descriptors */
	unsigned int num_capsets;
	int pending_commands; /* not yet kicked; -1 where the kernel has no count */
	bool display_info_pending;
	uint64_t fence_emitted;	  /* sync_seq, current_fence_id */
	uint64_t fence_signalled; /* last_seq, last_fence_id */
	uint64_t fence_context;
	kaddr_t ctrlq_vq, cursorq_vq; /* struct virtqueue */

	struct gpu_waits waits; /* .read says whether they are known */
	/* In flight, where somebody waits for the device: gpu_read_waited(). */
	struct gpu_commands waited;
	bool waited_read;
	/* The same: the last fence that objects in use know to have been signalled. */
	struct signalled_fence last;
	bool config_work_pending, obj_free_work_pending;
	VEC(struct gpu_capset) capsets;

	/* Its driver let go of it, and somebody still has it open or registered. */
	bool unbound;
	VEC(unsigned int) minors; /* 0 for /dev/dri/card0, 128 for renderD128 */

	/* ---- read by gpus_read_use() ---- */
	bool use_read;
	struct drm drm_use;
	VEC(struct gpu_context) contexts;
	VEC(struct gpu_waiter) waiters;
	struct gpu_commands commands;
	struct gpu_objects objects;
	struct gpu_fences fences;

	struct virtqueues vqs;
	VEC(const char *) damage; /* each one sentence: what contradicts what */
};

enum gpus_state {
	GPUS_NO_DRIVER, /* neither a module virtio_gpu nor its symbols in the kernel */
	GPUS_DRIVER_NOT_KNOWN, /* the same, but not all modules could be read */
	GPUS_NO_SYMBOL,	 /* the module is there, its driver cannot be found by name */
	GPUS_UNREADABLE, /* the driver's list of devices cannot be read */
	GPUS_NO_DEVICE,	 /* the driver is there, no device is bound to it */
	GPUS_FOUND,
};

struct gpus {
	enum gpus_state state;
	bool builtin; /* in the kernel, not a module */
	VEC(struct gpu) all;
	VEC(struct types_missing) missing;
	struct open_files
		files; /* of the driver, sync_files, dma-bufs; gpus_read_use() */
};

/* True when state is GPUS_FOUND. */
bool gpus_read(struct dump *d, struct gpus *gpus);
/* Which minors they have; devices that only a minor leads to are added. */
void gpus_read_minors(struct dump *d, struct gpus *gpus);
/*
 * Their scanouts, capsets and works too: apart, since the types that these need are slow
 * to look up.
 */
void gpus_read_outputs(struct dump *d, struct gpus *gpus);
/*
 * Who uses the devices: opens, contexts, commands in flight, objects, fences.  Devices
 * that only an open file leads to are added.  The tasks' .since_s is relied on.
 * slabs: look for fences that nothing leads to, which reads every page of their size.
 */
void gpus_read_use(struct dump *d, struct tasks *tasks, bool slabs, struct gpus *gpus);
/* The device of a struct drm_device that is one of the driver's; once for each. */
void gpus_add_drm(struct dump *d, struct gpus *gpus, kaddr_t drm);
/* Is the command that a virtio-gpu fence signals with in its device's ring? */
enum fence_command {
	FENCE_COMMAND_UNKNOWN,	/* no virtio-gpu's fence, or its commands were not read */
	FENCE_COMMAND_IN_RING,	/* and the device has not answered it */
	FENCE_COMMAND_ANSWERED, /* the driver has not fetched the answer */
	FENCE_COMMAND_NOWHERE,	/* no command in flight carries the fence */
};

/* The commands of both queues into .waited, once. */
void gpu_read_waited(struct dump *d, struct gpu *gpu);
/* What somebody who waits for a fence of the device waits for. */
struct awaited_fence {
	enum fence_command command;
	const struct gpu_command *carrier; /* the command itself; NULL: not in the ring */
	uint64_t id;  /* what the device was told; 0: the fence was not emitted */
	bool pending; /* on the device's list, and not signalled */
};

/* When did the device answer last?  Into .last, from the reservations of its objects. */
void gpu_read_last(struct dump *d, struct gpu *gpu);
/* Which command in flight carries the device's fence at that address, if any does. */
void gpu_fence_await(struct dump *d, struct gpu *gpu, kaddr_t fence,
		     struct awaited_fence *w);
const char *gpus_state_words(enum gpus_state state);
/* The device's queue "control" or "cursor" by address; NULL when not read. */
struct virtqueue *gpu_queue(const struct gpu *gpu, kaddr_t vq);
/* Are all of its control queue in .commands, so that a fence that none has is in none? */
bool gpu_commands_known(const struct gpu *gpu);

#endif
