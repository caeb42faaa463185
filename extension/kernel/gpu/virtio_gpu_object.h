/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtio-gpu's GEM objects: whose they are, what backs them, what refers to them. */
#ifndef VGPU_VIRTIO_GPU_OBJECT_H
#define VGPU_VIRTIO_GPU_OBJECT_H

#include "drm_gem.h"
#include "dump/dump.h"
#include "kernel/sched/files.h"
#include "kernel/sched/task.h"
#include "virtio_gpu_cmd.h"

enum gpu_object_kind {
	OBJECT_DUMB, /* 2D, made by DRM_IOCTL_MODE_CREATE_DUMB */
	OBJECT_2D,   /* 2D, made by the driver's own ioctl without virgl */
	OBJECT_3D,
	OBJECT_BLOB,
	OBJECT_IMPORTED, /* another driver's dma-buf */
};

struct object_handle {
	const struct drm_file *file;
	uint32_t handle;
	uint32_t context; /* that the object is attached to on the host; 0: none */
};

struct gpu_object {
	kaddr_t addr; /* struct virtio_gpu_object, and the drm_gem_object in it */
	kaddr_t gem;
	uint32_t resource; /* the id that the device knows it by */
	uint64_t size;	   /* bytes */
	int refcount, handle_count;
	enum gpu_object_kind kind;
	bool created;	 /* the device was told of it */
	kaddr_t pages;	 /* struct page *[]; 0: no page is allocated for it */
	uint64_t npages; /* that back it: all of its size, or none */
	int users, pins,
		vmaps;	 /* of its pages; pins < 0: this kernel has no such count */
	kaddr_t dma_buf; /* exported as; 0: not */
	/* What refers to it. */
	VEC(struct object_handle) handles;
	unsigned int framebuffers, commands, dma_bufs; /* dma_bufs: open descriptors */
	bool freeing; /* on obj_free_list: its reservation could not be locked */
	/* Being made, or being freed (refcount 0): referred to by whoever does that. */
	bool passing;
	/* Without a handle, framebuffer or dma-buf: whose stack points to it, and where. */
	const struct task *on_stack_of; /* NULL: nobody's */
	kaddr_t on_stack_at;
	/* Nothing of these refers to it, nor a command or the list of objects to free. */
	bool orphan;
};

struct gpu_objects {
	VEC(struct gpu_object) all; /* by address */
	uint64_t bytes, orphan_bytes;
	size_t orphans, freeing;
	/* Ids that are allocated, and that no object found here has. */
	VEC(uint32_t) lost;
	/* False where the driver takes ids from a counter: then none is lost. */
	bool ids_known;
	/* Everything that can be mapped was found: there are no others. */
	bool complete;
};

struct object_sources {
	const struct tasks *tasks;
	kaddr_t vgdev;
	bool virgl;
	const struct drm *drm;
	const struct open_files *files;
	kaddr_t dma_buf_ops; /* of an open dma-buf's struct file */
	const struct gpu_commands *commands;
};

void gpu_objects_read(struct dump *d, const struct object_sources *s,
		      struct gpu_objects *objects);
const char *gpu_object_kind_name(enum gpu_object_kind kind);

#endif
