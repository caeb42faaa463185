// SPDX-License-Identifier: GPL-2.0-or-later
/* memhog LEAVE_MB: take and lock memory until only LEAVE_MB are available. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lab.h"

#define CHUNK (4UL << 20)

static int memhog(int argc, char **argv)
{
	long leave_kb, taken_mb = 0;
	void *chunk;

	if (argc != 2)
		return 2;
	leave_kb = number(argv[1]) << 10;
	set_comm("memhog");
	pin_to_cpu(0);
	while (meminfo_kb("MemAvailable") > leave_kb + (long)(CHUNK >> 10)) {
		chunk = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (chunk == MAP_FAILED)
			die("memhog: no memory");
		memset(chunk, 1, CHUNK);
		/* There is no swap; this also keeps it off the LRU scans. */
		mlock(chunk, CHUNK);
		taken_mb += CHUNK >> 20;
	}
	record("role\tname=memhog\tpid=%d\tcomm=memhog\ttaken_mb=%ld", getpid(),
	       taken_mb);
	say("memhog holds %ld MB; %ld MB available, %ld MB free", taken_mb,
	    meminfo_kb("MemAvailable") >> 10, meminfo_kb("MemFree") >> 10);
	for (;;)
		pause();
}

COMMAND(memhog, "LEAVE_MB", memhog)
