// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mapblob BUSY: a 3D client. Once /tmp/go.mapper is there, it sends BUSY commands, has
 * the driver map a blob of the host's, and maps it into its own memory, which sleeps
 * until the host has answered.
 */
#include <sys/mman.h>
#include <unistd.h>

#include <drm.h>
#include <virtgpu_drm.h>

#include "drm.h"
#include "lab.h"

/* struct drm_virtgpu_resource_create_blob, of which libdrm knows nothing. */
struct blob {
	uint32_t memory;
	uint32_t flags;
	uint32_t handle;
	uint32_t resource;
	uint64_t size;
	uint32_t pad;
	uint32_t cmd_size;
	uint64_t cmd;
	uint64_t id;
};

#define CREATE_BLOB DRM_IOWR(DRM_COMMAND_BASE + 0x0a, struct blob)
#define MEMORY_HOST3D 2
#define FLAG_MAPPABLE 1
#define SIZE 65536
#define SIDE 64

static int mapblob(int argc, char **argv)
{
	struct blob blob = {
		.memory = MEMORY_HOST3D,
		.flags = FLAG_MAPPABLE,
		.size = SIZE,
		.id = 1,
	};
	struct drm_virtgpu_map map = {0};
	struct object texture;
	long busy;
	int fd;

	if (argc != 2)
		return 2;
	pin_to_cpu(0);
	fd = gpu_open("mapper", RENDER, "mapper");
	create_resource(fd, &texture, SIDE, SIDE);
	wait_object(fd, &texture);
	record("settled\tpid=%d", getpid());
	while (access("/tmp/go.mapper", F_OK))
		sleep_ms(20);
	for (busy = number(argv[1]); busy; busy--)
		submit_3d(fd, &texture, 1, false);
	if (drm_ioctl(fd, CREATE_BLOB, &blob))
		die("VIRTGPU_RESOURCE_CREATE_BLOB");
	map.handle = blob.handle;
	if (drm_ioctl(fd, DRM_IOCTL_VIRTGPU_MAP, &map))
		die("VIRTGPU_MAP");
	record("mapped\tpid=%d\tresource=%u", getpid(), blob.resource);
	mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, (off_t)map.offset);
	die("mapblob: it need not wait");
}

COMMAND(mapblob, "BUSY", mapblob)
