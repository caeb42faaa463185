// SPDX-License-Identifier: GPL-2.0-or-later
/* pageout FILE: the file's pages, which are in memory, go to swap. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

static int pageout(int argc, char **argv)
{
	volatile char *area;
	struct stat st;
	off_t at;
	int fd;

	if (argc != 2)
		return 2;
	fd = open(argv[1], O_RDWR);
	if (fd < 0 || fstat(fd, &st))
		die("pageout: %s", argv[1]);
	area = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (area == MAP_FAILED)
		die("pageout: mmap");
	for (at = 0; at < st.st_size; at += 4096)
		(void)area[at];
	if (madvise((void *)area, (size_t)st.st_size, MADV_PAGEOUT))
		die("pageout: madvise");
	return 0;
}

COMMAND(pageout, "FILE", pageout)
