// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crowd COMM N FILE PART: N threads of COMM play a part of the module that the file is of.
 */
#include <pthread.h>
#include <unistd.h>

#include "lab.h"

#define STACK 16384

static const char *file, *part;

static void *play(void *unused)
{
	(void)unused;
	write_text(file, part);
	return NULL;
}

static int crowd(int argc, char **argv)
{
	pthread_attr_t attr;
	pthread_t thread;
	long i;

	if (argc != 5)
		return 2;
	set_comm(argv[1]);
	file = argv[3];
	part = argv[4];
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	for (i = 0; i < number(argv[2]); i++)
		if (pthread_create(&thread, &attr, play, NULL))
			die("crowd: thread %ld", i);
	record("crowd\tthreads=%ld", i);
	write_text(file, part);
	return 0;
}

COMMAND(crowd, "COMM N FILE PART", crowd)
