// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * xorg: a DRM client that does what an X server does to a virtio-gpu, with
 * the kernel's own ioctls: dumb buffers, modesetting, page flips.
 *
 *   xorg fill WIDTH HEIGHT DISK   creates dumb buffers for as long as it can,
 *                                 DISK supplies page cache to reclaim
 *   xorg flip FRAMES              paints and flips; tells after FRAMES
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <drm.h>
#include <drm_fourcc.h>
#include <drm_mode.h>
#include <virtgpu_drm.h>

#include "lab.h"

#define CARD "/dev/dri/card0"
#define MAX_BUFFERS 4096
#define BUFFERS 2
#define SPARE 4
#define REFILL (40UL << 20)
#define FLOOR_KB (48L << 10)

struct buffer {
	uint32_t handle;
	uint32_t fb;
	uint32_t pitch;
	uint64_t size;
	void *map;
};

static struct buffer buffers[MAX_BUFFERS];

static int drm_ioctl(int fd, unsigned long request, void *arg)
{
	int result;

	do {
		result = ioctl(fd, request, arg);
	} while (result < 0 && (errno == EINTR || errno == EAGAIN));
	return result;
}

static int open_card(void)
{
	struct drm_virtgpu_getparam param = {
		.param = VIRTGPU_PARAM_3D_FEATURES,
	};
	int fd, features = 0;

	fd = open(CARD, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		die("xorg: %s", CARD);
	param.value = (uintptr_t)&features;
	if (drm_ioctl(fd, DRM_IOCTL_VIRTGPU_GETPARAM, &param))
		die("xorg: VIRTGPU_GETPARAM");
	record("role\tname=client\tpid=%d\tcomm=Xorg\tfeatures_3d=%d", getpid(),
	       features);
	return fd;
}

static bool create_buffer(int fd, struct buffer *buffer, uint32_t width, uint32_t height)
{
	struct drm_mode_create_dumb create = {
		.width = width,
		.height = height,
		.bpp = 32,
	};

	if (drm_ioctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &create))
		return false;
	buffer->handle = create.handle;
	buffer->pitch = create.pitch;
	buffer->size = create.size;
	return true;
}

static void destroy_buffer(int fd, struct buffer *buffer)
{
	struct drm_mode_destroy_dumb destroy = {.handle = buffer->handle};

	drm_ioctl(fd, DRM_IOCTL_MODE_DESTROY_DUMB, &destroy);
}

/*
 * Put clean pages into the page cache, from a disk that costs nothing to
 * read. They fit in what was just freed, so this does not reclaim itself.
 */
static void refill_page_cache(int disk)
{
	static char block[1 << 16];
	size_t done;

	for (done = 0; done < REFILL; done += sizeof(block))
		if (read(disk, block, sizeof(block)) <= 0)
			lseek(disk, 0, SEEK_SET);
}

/* Pages of destroyed buffers come back only after the host has answered. */
static void wait_for_free(long kb)
{
	int polls;

	for (polls = 0; polls < 100 && meminfo_kb("MemFree") < kb; polls++)
		sleep_ms(10);
}

/*
 * Into a page that is there from the first call on: the client must not
 * meet the allocator anywhere but below its ioctl.
 */
static void note_buffers(int count)
{
	static int fd = -1;
	char text[64];
	int length;

	if (fd < 0)
		fd = open(GPU_FIGURES, O_WRONLY | O_CREAT, 0644);
	length = snprintf(text, sizeof(text), "dumb_buffers=%-6d", count);
	if (fd < 0 || pwrite(fd, text, (size_t)length, 0) != length)
		die("xorg: %s", GPU_FIGURES);
}

/*
 * Buffer after buffer, out of memory that is mostly page cache. Once the free
 * pages are used up the allocator reclaims for itself, makes progress, still
 * finds no page above the watermark (the reclaimed ones are on per-CPU
 * lists), and drains those lists. Without the fault that is over in no time;
 * with it, one of these calls never returns. It stops short of exhaustion,
 * where some other allocation would meet the OOM killer, and goes round.
 */
static void __attribute__((noreturn))
fill(int fd, uint32_t width, uint32_t height, const char *path)
{
	int disk, i, count = 0;
	unsigned long rounds;

	disk = open(path, O_RDONLY);
	if (disk < 0)
		die("xorg: %s", path);
	for (rounds = 1;; rounds++) {
		while (meminfo_kb("Buffers") > FLOOR_KB && count < MAX_BUFFERS &&
		       create_buffer(fd, &buffers[count], width, height))
			note_buffers(++count);
		for (i = 0; i < SPARE && count; i++)
			destroy_buffer(fd, &buffers[--count]);
		note_buffers(count);
		say("Xorg: round %lu, %d buffers, %ld MB free, %ld MB cache", rounds,
		    count, meminfo_kb("MemFree") >> 10, meminfo_kb("Buffers") >> 10);
		wait_for_free(meminfo_kb("MemFree") + (REFILL >> 10));
		refill_page_cache(disk);
	}
}

struct screen {
	uint32_t crtc;
	uint32_t connector;
	struct drm_mode_modeinfo mode;
};

/* The first connected output, its preferred mode, and the first CRTC. */
static void find_screen(int fd, struct screen *screen)
{
	uint32_t crtcs[16], connectors[16];
	struct drm_mode_modeinfo modes[64];
	struct drm_mode_card_res res = {
		.crtc_id_ptr = (uintptr_t)crtcs,
		.count_crtcs = 16,
		.connector_id_ptr = (uintptr_t)connectors,
		.count_connectors = 16,
	};
	struct drm_mode_get_connector get = {
		.modes_ptr = (uintptr_t)modes,
		.count_modes = 64,
	};

	if (drm_ioctl(fd, DRM_IOCTL_MODE_GETRESOURCES, &res) || !res.count_crtcs ||
	    !res.count_connectors)
		die("xorg: MODE_GETRESOURCES");
	get.connector_id = connectors[0];
	if (drm_ioctl(fd, DRM_IOCTL_MODE_GETCONNECTOR, &get) || !get.count_modes ||
	    get.count_modes > 64)
		die("xorg: MODE_GETCONNECTOR");
	screen->crtc = crtcs[0];
	screen->connector = connectors[0];
	screen->mode = modes[0];
}

static void map_buffer(int fd, struct buffer *buffer)
{
	struct drm_mode_map_dumb map = {.handle = buffer->handle};

	if (drm_ioctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &map))
		die("xorg: MODE_MAP_DUMB");
	buffer->map = mmap(NULL, buffer->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			   (off_t)map.offset);
	if (buffer->map == MAP_FAILED)
		die("xorg: mmap of a buffer");
}

static void make_fb(int fd, struct buffer *buffer, uint32_t width, uint32_t height)
{
	struct drm_mode_fb_cmd2 fb = {
		.width = width,
		.height = height,
		.pixel_format = DRM_FORMAT_XRGB8888,
	};

	if (!create_buffer(fd, buffer, width, height))
		die("xorg: MODE_CREATE_DUMB");
	map_buffer(fd, buffer);
	fb.handles[0] = buffer->handle;
	fb.pitches[0] = buffer->pitch;
	if (drm_ioctl(fd, DRM_IOCTL_MODE_ADDFB2, &fb))
		die("xorg: MODE_ADDFB2");
	buffer->fb = fb.fb_id;
}

static void set_mode(int fd, struct screen *screen, struct buffer *buffer)
{
	struct drm_mode_crtc crtc = {
		.set_connectors_ptr = (uintptr_t)&screen->connector,
		.count_connectors = 1,
		.crtc_id = screen->crtc,
		.fb_id = buffer->fb,
		.mode_valid = 1,
		.mode = screen->mode,
	};

	if (drm_ioctl(fd, DRM_IOCTL_MODE_SETCRTC, &crtc))
		die("xorg: MODE_SETCRTC");
}

static void flip_to(int fd, struct screen *screen, struct buffer *buffer)
{
	struct drm_mode_crtc_page_flip page_flip = {
		.crtc_id = screen->crtc,
		.fb_id = buffer->fb,
		.flags = DRM_MODE_PAGE_FLIP_EVENT,
	};
	char event[1024];

	if (drm_ioctl(fd, DRM_IOCTL_MODE_PAGE_FLIP, &page_flip))
		die("xorg: MODE_PAGE_FLIP");
	if (read(fd, event, sizeof(event)) <= 0)
		die("xorg: no flip event");
}

/* One more object comes and goes with each frame, as pixmaps do. */
static void scratch(int fd)
{
	struct buffer buffer = {0};

	if (!create_buffer(fd, &buffer, 256, 256))
		die("xorg: MODE_CREATE_DUMB");
	destroy_buffer(fd, &buffer);
}

static void __attribute__((noreturn)) flip(int fd, long frames)
{
	struct screen screen;
	struct buffer *buffer;
	long frame;
	int i;

	find_screen(fd, &screen);
	for (i = 0; i < BUFFERS; i++)
		make_fb(fd, &buffers[i], screen.mode.hdisplay, screen.mode.vdisplay);
	set_mode(fd, &screen, &buffers[0]);
	for (frame = 1;; frame++) {
		buffer = &buffers[frame % BUFFERS];
		memset(buffer->map, (int)frame, buffer->size);
		scratch(fd);
		flip_to(fd, &screen, buffer);
		if (frame != frames)
			continue;
		record("gpu\tdumb_buffers=%d\tframes=%ld\twidth=%d\theight=%d", BUFFERS,
		       frame, screen.mode.hdisplay, screen.mode.vdisplay);
		say("Xorg showed %ld frames of %dx%d", frame, screen.mode.hdisplay,
		    screen.mode.vdisplay);
	}
}

static int xorg(int argc, char **argv)
{
	int fd;

	set_comm("Xorg");
	pin_to_cpu(0);
	if (argc == 5 && !strcmp(argv[1], "fill")) {
		fd = open_card();
		fill(fd, (uint32_t)number(argv[2]), (uint32_t)number(argv[3]), argv[4]);
	}
	if (argc == 3 && !strcmp(argv[1], "flip")) {
		fd = open_card();
		flip(fd, number(argv[2]));
	}
	return 2;
}

COMMAND(xorg, "fill WIDTH HEIGHT DISK | flip FRAMES", xorg)
