// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * foreign single|merged: a compositor, an atomic 3D client. Once /tmp/go.compositor is there,
 * it shows another buffer as soon as another driver's fence is signalled, which is never, or
 * that one and its own drawing's, merged: its own is soon. Then it removes the buffer's
 * framebuffer.
 */
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
/* A fence of the lab's own module: its descriptor is for who reads this file. */
#define OTHERS "/sys/module/vgpu_fence/parameters/fd"

static int awaited(int fd, bool merged)
{
	struct sync_merge_data merge = {.name = "lab"};
	char text[32];

	if (!read_text(OTHERS, text, sizeof(text)))
		die("foreign: no fence of another driver");
	if (!merged)
		return atoi(text);
	merge.fd2 = submit_3d(fd, NULL, 0, true);
	if (ioctl(atoi(text), SYNC_IOC_MERGE, &merge))
		die("SYNC_IOC_MERGE");
	return merge.fence;
}

static int foreign(int argc, char **argv)
{
	struct object buffer;
	struct screen screen;
	struct plane plane;
	uint32_t fbs[BUFFERS];
	int fd, i;

	if (argc != 2)
		return 2;
	pin_to_cpu(0);
	fd = gpu_open("compositor", CARD, "compositor");
	use_atomic(fd);
	find_screen(fd, &screen);
	find_plane(fd, &plane);
	for (i = 0; i < BUFFERS; i++) {
		create_dumb(fd, &buffer, screen.mode.hdisplay, screen.mode.vdisplay);
		fbs[i] = add_fb(fd, buffer.handle, &screen);
	}
	set_crtc(fd, &screen, fbs[0]);
	record("settled\tpid=%d", getpid());
	while (access("/tmp/go.compositor", F_OK))
		sleep_ms(20);
	flip_after(fd, &plane, fbs[1], awaited(fd, !strcmp(argv[1], "merged")));
	if (drm_ioctl(fd, DRM_IOCTL_MODE_RMFB, &fbs[1]))
		die("MODE_RMFB");
	die("foreign: nobody waits for the fence");
}

COMMAND(foreign, "single|merged", foreign)
