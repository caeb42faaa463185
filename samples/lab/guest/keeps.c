// SPDX-License-Identifier: GPL-2.0-or-later
/* keeps COMM PERCENT: a process that has so much of all memory, and is content with it. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lab.h"

static int keeps(int argc, char **argv)
{
	size_t size;
	void *area;

	if (argc != 3)
		return 2;
	set_comm(argv[1]);
	size = (size_t)meminfo_kb("MemTotal") * (size_t)number(argv[2]) / 100 << 10;
	area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
	if (area == MAP_FAILED)
		die("keeps: no memory");
	memset(area, 1, size);
	mlock(area, size);
	record("role\tname=innocent\tpid=%d\tcomm=%s", getpid(), argv[1]);
	for (;;)
		pause();
}

COMMAND(keeps, "COMM PERCENT", keeps)
