// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gem WIDTH HEIGHT FREE_MB: creates dumb buffers, whose pages the kernel takes
 * at once, until only FREE_MB of memory is free, and keeps them. It stops short
 * of exhaustion, so that what it writes down is what it holds in the end:
 * running out is left to somebody else's ordinary allocation.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <drm.h>
#include <drm_mode.h>

#include "lab.h"

#define CARD "/dev/dri/card0"

static int gem(int argc, char **argv)
{
	struct drm_mode_create_dumb create;
	long objects = 0, free_kb;
	unsigned long bytes = 0;
	int fd;

	if (argc != 4)
		return 2;
	set_comm("Xorg");
	fd = open(CARD, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		die("gem: %s", CARD);
	free_kb = number(argv[3]) << 10;
	while (meminfo_kb("MemFree") > free_kb) {
		create = (struct drm_mode_create_dumb){
			.width = (uint32_t)number(argv[1]),
			.height = (uint32_t)number(argv[2]),
			.bpp = 32,
		};
		if (ioctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &create))
			die("gem: MODE_CREATE_DUMB after %ld objects", objects);
		objects++;
		bytes += create.size;
	}
	record("gem\tpid=%d\tcomm=Xorg\tobjects=%ld\tbytes=%lu", getpid(), objects,
	       bytes);
	say("Xorg holds %ld objects, %lu MB", objects, bytes >> 20);
	for (;;)
		pause();
}

COMMAND(gem, "WIDTH HEIGHT FREE_MB", gem)
