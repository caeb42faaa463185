// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * busy COMMANDS: a 3D client. Once /tmp/go.glclient is there, it sends so many commands and
 * waits for none of them.
 */
#include <unistd.h>

#include "drm.h"
#include "lab.h"

#define SIDE 64

static int busy(int argc, char **argv)
{
	struct object texture;
	long i, commands;
	int fd;

	if (argc != 2)
		return 2;
	pin_to_cpu(0);
	commands = number(argv[1]);
	fd = gpu_open("glclient", RENDER, "glclient");
	create_resource(fd, &texture, SIDE, SIDE);
	record_object(&texture, "3d");
	wait_object(fd, &texture);
	record("settled\tpid=%d", getpid());
	while (access("/tmp/go.glclient", F_OK))
		sleep_ms(20);
	for (i = 0; i < commands; i++)
		submit_3d(fd, i % 2 ? NULL : &texture, i % 2 ? 0 : 1, false);
	record("filling\tpid=%d", getpid());
	for (;;)
		pause();
}

COMMAND(busy, "COMMANDS", busy)
