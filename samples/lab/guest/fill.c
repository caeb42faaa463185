// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fill COMM WHAT TAKE_MB LEAVE_MB: takes memory, and keeps it: TAKE_MB, or with 0 until only
 * LEAVE_MB are available, or with 0 until there is none.  WHAT: anon, its own, locked; gem,
 * dumb buffers; or the path of a file, which stays when it has exited.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <drm.h>
#include <drm_mode.h>

#include "lab.h"

#define CARD "/dev/dri/card0"
#define CHUNK (1UL << 20)
/* Of so many pixels of four bytes a dumb buffer is a chunk. */
#define SIDE 512

static int fd = -1;

static void take_anon(void)
{
	void *chunk = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (chunk == MAP_FAILED)
		die("fill: no memory");
	memset(chunk, 1, CHUNK);
	/* There is no swap; this also keeps it off the LRU scans. */
	mlock(chunk, CHUNK);
}

static void take_gem(void)
{
	struct drm_mode_create_dumb create = {.width = SIDE, .height = SIDE, .bpp = 32};

	if (ioctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &create))
		die("fill: MODE_CREATE_DUMB");
}

static void take_file(void)
{
	static char chunk[CHUNK];

	if (write(fd, chunk, CHUNK) != (ssize_t)CHUNK)
		die("fill: write");
}

static int fill(int argc, char **argv)
{
	void (*take)(void) = take_anon;
	long limit, left, taken = 0;

	if (argc != 5)
		return 2;
	set_comm(argv[1]);
	if (!strcmp(argv[2], "gem"))
		take = take_gem;
	else if (strcmp(argv[2], "anon"))
		take = take_file;
	if (take != take_anon)
		fd = open(take == take_gem ? CARD : argv[2], O_RDWR | O_CREAT | O_CLOEXEC,
			  0600);
	if (take != take_anon && fd < 0)
		die("fill: %s", argv[2]);
	limit = number(argv[3]);
	left = number(argv[4]) << 10;
	while (limit ? taken < limit : !left || meminfo_kb("MemAvailable") > left) {
		take();
		taken++;
	}
	record("filled\tpid=%d\tcomm=%s\tmb=%ld", getpid(), argv[1], taken);
	say("%s has taken %ld MB", argv[1], taken);
	while (take != take_file)
		pause();
	return 0;
}

COMMAND(fill, "COMM WHAT TAKE_MB LEAVE_MB", fill)
