// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * client COMM NODE DUMB FENCED LATER: a 2D client with DUMB dumb buffers and
 * FENCED others. Once /tmp/go.COMM is there, it creates LATER more, and sends
 * transfers until one of them sleeps for room in the ring.
 */
#include <stdio.h>
#include <unistd.h>

#include "drm.h"
#include "lab.h"

#define MAX_OBJECTS 64
#define MAX_TRANSFERS 10000
#define WIDTH 128
#define HEIGHT 64

static struct object objects[MAX_OBJECTS];
static long count;

static void create_dumbs(int fd, long dumbs)
{
	while (dumbs--) {
		create_dumb(fd, &objects[count], WIDTH, HEIGHT);
		record_object(&objects[count++], "dumb");
	}
}

static void create_fenced(int fd, long fenced)
{
	while (fenced--) {
		create_resource(fd, &objects[count], WIDTH, HEIGHT);
		record_object(&objects[count++], "2d");
	}
}

static int client(int argc, char **argv)
{
	long dumbs, fenced, later, i;
	char go[64];
	int fd;

	if (argc != 6)
		return 2;
	dumbs = number(argv[3]);
	fenced = number(argv[4]);
	later = number(argv[5]);
	if (dumbs + fenced < 1 || dumbs + fenced + later > MAX_OBJECTS)
		die("client: 1 to %d objects", MAX_OBJECTS);
	pin_to_cpu(0);
	fd = gpu_open(argv[1], argv[2], argv[1]);
	create_dumbs(fd, dumbs);
	create_fenced(fd, fenced);
	/* The host answers in order: after the last, nothing is in flight. */
	wait_object(fd, &objects[count - 1]);
	record("settled\tpid=%d", getpid());
	snprintf(go, sizeof(go), "/tmp/go.%s", argv[1]);
	while (access(go, F_OK))
		sleep_ms(20);
	create_fenced(fd, later);
	record("filling\tpid=%d", getpid());
	for (i = 0; i < MAX_TRANSFERS; i++)
		transfer_2d(fd, &objects[0], WIDTH, HEIGHT);
	die("client: the ring does not fill up");
}

COMMAND(client, "COMM NODE DUMB FENCED LATER", client)
