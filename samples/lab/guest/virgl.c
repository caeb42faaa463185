// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * virgl COMM OBJECTS DONE FLYING: a 3D client with OBJECTS buffers. It sends
 * DONE commands, waits for them, and keeps the file descriptors of their
 * fences open. Without FLYING it rests then; else it sends so many more and
 * asks for a crash while they are in flight.
 */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "drm.h"
#include "lab.h"

#define MAX_OBJECTS 64
#define SIDE 64

static struct object objects[MAX_OBJECTS];
/* No command but their creation's: its fence is still in the reservation. */
static bool untouched[MAX_OBJECTS];

static void create_objects(int fd, uint32_t count)
{
	uint32_t i;

	if (!count || count > MAX_OBJECTS)
		die("virgl: 1 to %d objects", MAX_OBJECTS);
	for (i = 0; i < count; i++) {
		create_resource(fd, &objects[i], SIDE, SIDE);
		record_object(&objects[i], "3d");
		untouched[i] = true;
	}
	for (i = 0; i < count; i++)
		wait_object(fd, &objects[i]);
}

static void wait_fence(int fence)
{
	struct pollfd event = {.fd = fence, .events = POLLIN};

	if (poll(&event, 1, 60000) != 1)
		die("virgl: a fence is not signalled");
}

static int count_untouched(void)
{
	int i, count = 0;

	for (i = 0; i < MAX_OBJECTS; i++)
		count += untouched[i];
	return count;
}

static void send_and_hold(int fd, uint32_t count, long commands)
{
	long i;

	for (i = 0; i < commands; i++) {
		wait_fence(submit_3d(fd, &objects[i % count], i % 2, true));
		if (i % 2)
			untouched[i % count] = false;
	}
}

/*
 * The driver reaps what the host has done in a work on this CPU, so while an
 * RT task runs here, and does not sleep, all that it sends stays in flight:
 * for a millisecond, as it may on any machine. What it writes down must not
 * make it sleep either: it goes to the kernel's log.
 */
static void __attribute__((noreturn)) crash_in_flight(int fd, long commands)
{
	struct sched_param param = {.sched_priority = 1};
	struct fences before, after;
	char line[160];
	int log, trigger;
	long i, fences_held = 0, with_objects = 0;

	log = open("/dev/kmsg", O_WRONLY);
	trigger = open("/proc/sysrq-trigger", O_WRONLY);
	if (log < 0 || trigger < 0 || sched_setscheduler(0, SCHED_FIFO, &param))
		die("virgl: cannot crash");
	before = read_fences();
	for (i = 0; i < commands; i++) {
		/* Turn by turn: a fence of its own, an object's, neither's. */
		submit_3d(fd, objects, i % 3 == 1, i % 3 == 0);
		fences_held += i % 3 == 0;
		with_objects += i % 3 == 1;
	}
	after = read_fences();
	untouched[0] = untouched[0] && !with_objects;
	snprintf(line, sizeof(line),
		 "lab-record: flying pid=%d commands=%ld sync_files=%ld with_objects=%ld "
		 "fences=%llu untouched=%d\n",
		 getpid(), commands, fences_held, with_objects,
		 after.emitted - before.emitted, count_untouched());
	if (before.signalled != before.emitted || after.signalled != before.signalled)
		die("virgl: fences were signalled meanwhile");
	if (write(log, line, strlen(line)) < 0 || write(trigger, "c", 1) < 0)
		die("virgl: cannot crash");
	for (;;)
		pause();
}

static int virgl(int argc, char **argv)
{
	uint32_t count;
	int fd;

	if (argc != 5)
		return 2;
	pin_to_cpu(0);
	count = (uint32_t)number(argv[2]);
	fd = gpu_open(argv[1], RENDER, argv[1]);
	create_objects(fd, count);
	send_and_hold(fd, count, number(argv[3]));
	record("held\tpid=%d\tsync_files=%s\tuntouched=%d", getpid(), argv[3],
	       count_untouched());
	if (!number(argv[4]))
		for (;;)
			pause();
	while (access("/tmp/crash", F_OK))
		sleep_ms(20);
	crash_in_flight(fd, number(argv[4]));
}

COMMAND(virgl, "COMM OBJECTS DONE FLYING", virgl)
