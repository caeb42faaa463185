// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hold FILE GROUP: enters the cgroup, whose quota is small, and then writes much to
 * FILE in one call: the inode's lock is its own until all is written.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lab.h"

#define MUCH (256UL << 20)
#define CPU 1

static int hold(int argc, char **argv)
{
	void *area;
	int fd;

	if (argc != 3)
		return 2;
	set_comm("holder");
	pin_to_cpu(CPU);
	fd = open(argv[1], O_WRONLY | O_CREAT, 0600);
	/* Only read: all of it is the page of zeroes. */
	area = mmap(NULL, MUCH, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (fd < 0 || area == MAP_FAILED)
		die("hold: no file or no memory");
	record("role\tname=holder\tpid=%d\tcomm=holder\tcpu=%d", getpid(), CPU);
	say("holder writes");
	if (!write_text(argv[2], "0"))
		die("hold: cannot enter the cgroup");
	if (write(fd, area, MUCH) != (ssize_t)MUCH)
		die("hold: short write");
	say("holder is done");
	return 0;
}

COMMAND(hold, "FILE GROUP", hold)
