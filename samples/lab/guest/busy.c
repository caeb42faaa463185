// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * busy COMMANDS: a 3D client. Once /tmp/go.glclient is there, it sends so many commands,
 * for one buffer after the other, and waits for none of them.
 */
#include <unistd.h>

#include "drm.h"
#include "lab.h"

#define SIDE 64
#define OBJECTS 20

static int busy(int argc, char **argv)
{
	struct object textures[OBJECTS];
	long i, commands;
	int fd;

	if (argc != 2)
		return 2;
	pin_to_cpu(0);
	commands = number(argv[1]);
	fd = gpu_open("glclient", RENDER, "glclient");
	for (i = 0; i < OBJECTS; i++) {
		create_resource(fd, &textures[i], SIDE, SIDE);
		record_object(&textures[i], "3d");
		wait_object(fd, &textures[i]);
	}
	record("settled\tpid=%d", getpid());
	while (access("/tmp/go.glclient", F_OK))
		sleep_ms(20);
	for (i = 0; i < commands; i++)
		submit_3d(fd, &textures[i * OBJECTS / commands], 1, false);
	record("filling\tpid=%d", getpid());
	for (;;)
		pause();
}

COMMAND(busy, "COMMANDS", busy)
