/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the workload's GPU clients share: virtio-gpu's own ioctls, without a
 * library between. Whatever the kernel refuses ends the client, and the guest.
 */
#ifndef LAB_DRM_H
#define LAB_DRM_H

#include <stdbool.h>
#include <stdint.h>

#define CARD "/dev/dri/card0"
#define RENDER "/dev/dri/renderD128"

struct object {
	uint32_t handle;
	uint32_t resource;
	uint64_t size;
};

int drm_ioctl(int fd, unsigned long request, void *arg);
/* Opens a node under this name, and writes both down as this role. */
int gpu_open(const char *role, const char *node, const char *comm);
/*
 * A buffer of WIDTH x HEIGHT pixels, with a fence: two commands in a 2D
 * guest (create, attach backing), one more in a 3D one (attach to context).
 */
void create_resource(int fd, struct object *object, uint32_t width, uint32_t height);
/* A buffer to scan out, without a fence: two commands, in a 3D guest three. */
void create_dumb(int fd, struct object *object, uint32_t width, uint32_t height);
/* Has the host read a buffer of a 2D guest: one command, without a fence. */
void transfer_2d(int fd, const struct object *object, uint32_t width, uint32_t height);
/* Until the host has done all that was sent for this object. */
void wait_object(int fd, const struct object *object);
void record_object(const struct object *object, const char *kind);
/*
 * Sends the host's renderer a command that does nothing, for COUNT objects.
 * Returns the file descriptor of its fence, or -1 when none was asked for.
 */
int submit_3d(int fd, const struct object *objects, uint32_t count, bool fence);
/* The fences that the driver made so far, and the last that it signalled. */
struct fences {
	unsigned long long signalled;
	unsigned long long emitted;
};
struct fences read_fences(void);

#endif
