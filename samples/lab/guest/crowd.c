// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crowd COMM N FILE PART: N threads of COMM play a part of the module that the file is of.
 *
 * Such a thread has a page for its stack, and no more than it needs to write once: on a slow
 * machine what the C library sets up for each would take longer than all the rest.
 */
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lab.h"

#define STACK 4096
#define TOLD 1000

static int file;
static const char *part;

/* Without the C library's own, which is the first thread's. */
static int play(void *unused)
{
	(void)unused;
	/* write() would wait for the file's position, which they share, before all else. */
	syscall(SYS_pwrite64, file, part, strlen(part), 0L);
	for (;;)
		syscall(SYS_pause);
	return 0;
}

static int crowd(int argc, char **argv)
{
	const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
			  CLONE_THREAD | CLONE_SYSVSEM;
	long i, count;
	char *stacks;

	if (argc != 5)
		return 2;
	set_comm(argv[1]);
	count = number(argv[2]);
	file = open(argv[3], O_WRONLY);
	part = argv[4];
	stacks = mmap(NULL, (size_t)count * STACK, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (file < 0 || stacks == MAP_FAILED)
		die("crowd: %s", argv[3]);
	for (i = 0; i < count; i++) {
		if (clone(play, stacks + (i + 1) * STACK, flags, NULL) < 0)
			die("crowd: thread %ld", i);
		if ((i + 1) % TOLD == 0)
			say("crowd: %ld threads", i + 1);
	}
	record("crowd\tthreads=%ld", i);
	play(NULL);
	return 0;
}

COMMAND(crowd, "COMM N FILE PART", crowd)
