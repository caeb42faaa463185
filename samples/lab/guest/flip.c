// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * flip single|merged: a compositor, an atomic 3D client. Once /tmp/go.compositor is
 * there, it has the host draw and, without waiting, shows another buffer as soon as that
 * is done: a worker of the kernel waits for the drawing's fence, or for that one and
 * another driver's, which is signalled at once, merged. Then it removes the buffer's
 * framebuffer.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <drm.h>
#include <drm_mode.h>
#include <linux/sync_file.h>

#include "atomic.h"
#include "drm.h"
#include "kms.h"
#include "lab.h"

#define BUFFERS 2
#define SIDE 64
#define OTHERS "/sys/module/vgpu_fence/parameters/"

/* A fence of the lab's own module: its descriptor is for who reads this file. */
static int others_fence(void)
{
	char text[32];

	if (!read_text(OTHERS "fd", text, sizeof(text)))
		die("flip: no fence of another driver");
	return atoi(text);
}

static int merge(int a, int b)
{
	struct sync_merge_data merge = {.name = "lab", .fd2 = b};

	if (ioctl(a, SYNC_IOC_MERGE, &merge))
		die("SYNC_IOC_MERGE");
	return merge.fence;
}

static int draw(int fd, bool merged)
{
	int fence = submit_3d(fd, NULL, 0, true);

	if (!merged)
		return fence;
	fence = merge(others_fence(), fence);
	if (!write_text(OTHERS "signal", "1"))
		die("flip: the other driver's fence is not signalled");
	return fence;
}

static int flip(int argc, char **argv)
{
	uint32_t fbs[BUFFERS];
	struct object buffer, texture;
	struct screen screen;
	struct plane plane;
	bool merged;
	int fd, i;

	if (argc != 2)
		return 2;
	merged = !strcmp(argv[1], "merged");
	pin_to_cpu(0);
	fd = gpu_open("compositor", CARD, "compositor");
	use_atomic(fd);
	find_screen(fd, &screen);
	find_plane(fd, &plane);
	for (i = 0; i < BUFFERS; i++) {
		create_dumb(fd, &buffer, screen.mode.hdisplay, screen.mode.vdisplay);
		record_object(&buffer, "dumb");
		fbs[i] = add_fb(fd, buffer.handle, &screen);
	}
	set_crtc(fd, &screen, fbs[0]);
	create_resource(fd, &texture, SIDE, SIDE);
	record_object(&texture, "3d");
	wait_object(fd, &texture);
	record("settled\tpid=%d", getpid());
	while (access("/tmp/go.compositor", F_OK))
		sleep_ms(20);
	flip_after(fd, &plane, fbs[1], draw(fd, merged));
	if (drm_ioctl(fd, DRM_IOCTL_MODE_RMFB, &fbs[1]))
		die("MODE_RMFB");
	die("flip: nobody waits for the fence");
}

COMMAND(flip, "single|merged", flip)
