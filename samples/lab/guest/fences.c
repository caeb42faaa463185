// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fences COMM COUNT drop|hold [exit]: a 3D client that sends COUNT commands
 * which do nothing, and waits until the host has done the last. Each makes a
 * fence. "drop": nobody asks for it. "hold": each is asked for as a file
 * descriptor, and all of those stay open.
 */
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <drm.h>

#include "drm.h"
#include "lab.h"

#define SIDE 64
/* Files that are open anyway. */
#define OTHERS 64

static void send_commands(int fd, long count, bool hold)
{
	struct drm_gem_close close = {0};
	struct object object;
	long i;

	create_resource(fd, &object, SIDE, SIDE);
	/* From 6.1 on a command gets a fence only if it names an object, or asks. */
	for (i = 0; i < count; i++)
		submit_3d(fd, &object, 1, hold);
	wait_object(fd, &object);
	/* The object holds the last fence: let go of both. */
	close.handle = object.handle;
	if (drm_ioctl(fd, DRM_IOCTL_GEM_CLOSE, &close))
		die("fences: GEM_CLOSE");
}

static int fences(int argc, char **argv)
{
	struct rlimit files;
	long count;
	int fd;

	if (argc < 4)
		return 2;
	count = number(argv[2]);
	files.rlim_cur = files.rlim_max = (rlim_t)count + OTHERS;
	if (setrlimit(RLIMIT_NOFILE, &files))
		die("fences: %ld files", count);
	fd = gpu_open(argv[1], RENDER, argv[1]);
	send_commands(fd, count, !strcmp(argv[3], "hold"));
	record("fences\tpid=%d\tcomm=%s\tcount=%ld\tlives=%d", getpid(), argv[1], count,
	       argc == 4);
	say("%s: %ld fences", argv[1], count);
	while (argc == 4)
		pause();
	return 0;
}

COMMAND(fences, "COMM COUNT drop|hold [exit]", fences)
