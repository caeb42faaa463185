// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <drm.h>
#include <drm_mode.h>
#include <virtgpu_drm.h>

#include "drm.h"
#include "lab.h"

#define FENCES "/sys/kernel/debug/dri/0/virtio-gpu-irq-fence"
/* virgl's protocol: the length in words, an object type, a command. */
#define VIRGL_NOP 0
/* gallium's names, which virtio-gpu's 3D commands use. */
#define PIPE_TEXTURE_2D 2
#define PIPE_BIND_RENDER_TARGET 2
#define FORMAT_B8G8R8X8 2
#define MAX_HANDLES 16

int drm_ioctl(int fd, unsigned long request, void *arg)
{
	int result;

	do {
		result = ioctl(fd, request, arg);
	} while (result < 0 && (errno == EINTR || errno == EAGAIN));
	return result;
}

int gpu_open(const char *role, const char *node, const char *comm)
{
	struct drm_virtgpu_getparam param = {
		.param = VIRTGPU_PARAM_3D_FEATURES,
	};
	int fd, features = 0;

	set_comm(comm);
	fd = open(node, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		die("%s: %s", comm, node);
	param.value = (uintptr_t)&features;
	if (drm_ioctl(fd, DRM_IOCTL_VIRTGPU_GETPARAM, &param))
		die("%s: VIRTGPU_GETPARAM", comm);
	record("role\tname=%s\tpid=%d\tcomm=%s\tfeatures_3d=%d", role, getpid(), comm,
	       features);
	return fd;
}

void create_resource(int fd, struct object *object, uint32_t width, uint32_t height)
{
	struct drm_virtgpu_resource_create create = {
		.target = PIPE_TEXTURE_2D,
		.format = FORMAT_B8G8R8X8,
		.bind = PIPE_BIND_RENDER_TARGET,
		.width = width,
		.height = height,
		.depth = 1,
		.array_size = 1,
		.size = width * height * 4,
	};

	if (drm_ioctl(fd, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, &create))
		die("VIRTGPU_RESOURCE_CREATE");
	object->handle = create.bo_handle;
	object->resource = create.res_handle;
	object->size = create.size;
}

void create_dumb(int fd, struct object *object, uint32_t width, uint32_t height)
{
	struct drm_mode_create_dumb create = {
		.width = width,
		.height = height,
		.bpp = 32,
	};
	struct drm_virtgpu_resource_info info = {0};

	if (drm_ioctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &create))
		die("MODE_CREATE_DUMB");
	info.bo_handle = create.handle;
	if (drm_ioctl(fd, DRM_IOCTL_VIRTGPU_RESOURCE_INFO, &info))
		die("VIRTGPU_RESOURCE_INFO");
	object->handle = create.handle;
	object->resource = info.res_handle;
	object->size = create.size;
}

void transfer_2d(int fd, const struct object *object, uint32_t width, uint32_t height)
{
	struct drm_virtgpu_3d_transfer_to_host transfer = {
		.bo_handle = object->handle,
		.box = {.w = width, .h = height, .d = 1},
	};

	if (drm_ioctl(fd, DRM_IOCTL_VIRTGPU_TRANSFER_TO_HOST, &transfer))
		die("VIRTGPU_TRANSFER_TO_HOST");
}

void wait_object(int fd, const struct object *object)
{
	struct drm_virtgpu_3d_wait wait = {.handle = object->handle};

	if (drm_ioctl(fd, DRM_IOCTL_VIRTGPU_WAIT, &wait))
		die("VIRTGPU_WAIT");
}

void record_object(const struct object *object, const char *kind)
{
	record("object\tpid=%d\thandle=%u\tresource=%u\tsize=%llu\tkind=%s", getpid(),
	       object->handle, object->resource, (unsigned long long)object->size, kind);
}

int submit_3d(int fd, const struct object *objects, uint32_t count, bool fence)
{
	uint32_t handles[MAX_HANDLES], command = VIRGL_NOP, i;
	struct drm_virtgpu_execbuffer exec = {
		.flags = fence ? VIRTGPU_EXECBUF_FENCE_FD_OUT : 0,
		.size = sizeof(command),
		.command = (uintptr_t)&command,
		.bo_handles = (uintptr_t)handles,
		.num_bo_handles = count,
		.fence_fd = -1,
	};

	if (count > MAX_HANDLES)
		die("too many objects for one command");
	for (i = 0; i < count; i++)
		handles[i] = objects[i].handle;
	if (drm_ioctl(fd, DRM_IOCTL_VIRTGPU_EXECBUFFER, &exec))
		die("VIRTGPU_EXECBUFFER");
	return fence ? exec.fence_fd : -1;
}

struct fences read_fences(void)
{
	struct fences fences;
	char text[128];

	if (!read_text(FENCES, text, sizeof(text)) ||
	    sscanf(text, "fence %llu %llu", &fences.signalled, &fences.emitted) != 2)
		die("%s", FENCES);
	return fences;
}
