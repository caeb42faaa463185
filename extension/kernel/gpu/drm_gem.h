/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A DRM device, whatever its driver: who has it open, handles of GEM objects,
 * framebuffers, and every GEM object that can be mapped.
 */
#ifndef VGPU_DRM_GEM_H
#define VGPU_DRM_GEM_H

#include "dump/dump.h"
#include "dump/idr.h"

/* An open of the device: struct drm_file. */
struct drm_file {
	kaddr_t addr;
	int pid; /* the process that opened it; 0: the kernel's own; -1: not known */
	bool internal;	     /* of a client in the kernel, such as the console */
	kaddr_t filp;	     /* struct file; 0 for the kernel's own */
	kaddr_t private;     /* driver_priv */
	struct ids handles;  /* handle to struct drm_gem_object */
	struct ids syncobjs; /* handle to struct drm_syncobj */
};

#define DRM_FB_OBJECTS 4

struct drm_framebuffer {
	kaddr_t addr;
	unsigned int id, width, height;
	char fourcc[8]; /* escaped */
	char comm[64];	/* who made it, escaped; "" before 4.17 */
	kaddr_t objects[DRM_FB_OBJECTS];
};

struct drm {
	kaddr_t addr; /* struct drm_device */
	bool unplugged;
	VEC(struct drm_file) files;
	VEC(struct drm_framebuffer) framebuffers;
	VEC(kaddr_t) planes; /* struct drm_plane_state, of the planes that have one */
	/*
	 * Objects with a place to be mapped at, which shmem objects get when they are
	 * made and lose when they are freed: whether anything refers to them or not.
	 */
	VEC(kaddr_t) mappable;
	bool files_complete, mappable_complete;
};

/* A device file: /dev/dri/card0 is minor 0, renderD128 is minor 128. */
struct drm_minor {
	unsigned int index;
	kaddr_t device; /* struct drm_device */
};

void drm_read(struct dump *d, kaddr_t device, struct drm *drm);
/* Who has it open, alone; drm is the caller's, zeroed. */
void drm_files_read(struct dump *d, kaddr_t device, struct drm *drm);
/* Of all drivers; vec is the caller's, and stays empty where there are none. */
struct drm_minors {
	VEC(struct drm_minor) all;
};
void drm_minors_read(struct dump *d, struct drm_minors *minors);
/* What can be mapped, as its drm_vma_offset_manager knows it.  False: there may be more. */
struct drm_vma_nodes {
	VEC(kaddr_t) all; /* struct drm_vma_offset_node */
};
bool drm_vma_nodes_read(struct dump *d, kaddr_t manager, struct drm_vma_nodes *nodes);
bool drm_framebuffer_read(struct dump *d, kaddr_t addr, struct drm_framebuffer *fb);

#endif
