// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two clients that meet at the CRTC's lock.
 *
 *   modeset set   Xorg: shows one buffer, then the other; the ioctl holds all
 *                 modeset locks until the driver has queued its commands
 *   modeset get   xrandr: asks what is shown; the ioctl takes the CRTC's lock
 *
 * Each does so once, says that it has settled, and goes on for ever when
 * /tmp/go.COMM is there.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "drm.h"
#include "kms.h"
#include "lab.h"

#define BUFFERS 2

static void wait_to_go(const char *comm)
{
	char go[64];

	record("settled\tpid=%d", getpid());
	snprintf(go, sizeof(go), "/tmp/go.%s", comm);
	while (access(go, F_OK))
		sleep_ms(20);
}

static void __attribute__((noreturn)) set_modes(void)
{
	struct object buffers[BUFFERS], last;
	struct screen screen;
	uint32_t fbs[BUFFERS];
	int fd, i;

	fd = gpu_open("Xorg", CARD, "Xorg");
	find_screen(fd, &screen);
	for (i = 0; i < BUFFERS; i++) {
		create_dumb(fd, &buffers[i], screen.mode.hdisplay, screen.mode.vdisplay);
		record_object(&buffers[i], "dumb");
		fbs[i] = add_fb(fd, buffers[i].handle, &screen);
	}
	set_crtc(fd, &screen, fbs[0]);
	/* Only such a buffer has a fence, to wait for all that went before. */
	create_resource(fd, &last, screen.mode.hdisplay, screen.mode.vdisplay);
	record_object(&last, "2d");
	wait_object(fd, &last);
	wait_to_go("Xorg");
	for (i = 1;; i++)
		set_crtc(fd, &screen, fbs[i % BUFFERS]);
}

static void __attribute__((noreturn)) get_modes(void)
{
	struct drm_mode_crtc crtc = {0};
	struct screen screen;
	int fd;

	fd = gpu_open("xrandr", CARD, "xrandr");
	find_screen(fd, &screen);
	crtc.crtc_id = screen.crtc;
	wait_to_go("xrandr");
	for (;;) {
		if (drm_ioctl(fd, DRM_IOCTL_MODE_GETCRTC, &crtc))
			die("MODE_GETCRTC");
		sleep_ms(20);
	}
}

static int modeset(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	pin_to_cpu(0);
	if (!strcmp(argv[1], "set"))
		set_modes();
	if (!strcmp(argv[1], "get"))
		get_modes();
	return 2;
}

COMMAND(modeset, "set | get", modeset)
