// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mmread COMM: one thread of COMM reads its memory map's lock and keeps it, asleep; another,
 * a second later, maps memory, and a third exits, which asks for that lock, too. Only of the
 * last one the hung-task detector tells: the second could be killed.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lab.h"

static void *keep_lock(void *unused)
{
	(void)unused;
	set_comm("mm-reader");
	record("role\tname=reader\tpid=%d\tcomm=mm-reader", gettid());
	if (!write_text("/proc/vgpu_waits", "mmap-read"))
		die("mmread: mmap-read");
	return NULL;
}

static void *leave(void *unused)
{
	(void)unused;
	set_comm("mm-leaver");
	record("role\tname=waiter\tpid=%d\tcomm=mm-leaver", gettid());
	sleep_ms(2000);
	/* Not by the library's way, which unmaps its stack first. */
	syscall(SYS_exit, 0);
	return NULL;
}

static int mmread(int argc, char **argv)
{
	pthread_t reader, leaver;

	if (argc != 2)
		return 2;
	set_comm(argv[1]);
	if (pthread_create(&reader, NULL, keep_lock, NULL) ||
	    pthread_create(&leaver, NULL, leave, NULL))
		die("mmread: no threads");
	sleep_ms(1000);
	mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return 0;
}

COMMAND(mmread, "COMM", mmread)
