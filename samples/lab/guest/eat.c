// SPDX-License-Identifier: GPL-2.0-or-later
/* eat: an ordinary process that takes memory until there is none. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lab.h"

#define CHUNK (1UL << 20)

static int eat(int argc, char **argv)
{
	void *chunk;

	(void)argv;
	if (argc != 1)
		return 2;
	set_comm("eater");
	record("role\tname=eater\tpid=%d\tcomm=eater", getpid());
	say("eater takes memory");
	for (;;) {
		chunk = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (chunk == MAP_FAILED)
			die("eat: no memory");
		memset(chunk, 1, CHUNK);
	}
}

COMMAND(eat, "", eat)
