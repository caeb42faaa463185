// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * scand COMM FILE: a virus scanner, which is asked before anybody reads the file, and stops
 * when it is, as if by Ctrl-Z.
 */
#include <fcntl.h>
#include <linux/fanotify.h>
#include <signal.h>
#include <string.h>
#include <sys/fanotify.h>
#include <unistd.h>

#include "lab.h"

static int scand(int argc, char **argv)
{
	struct fanotify_event_metadata event;
	struct fanotify_response answer = {.response = FAN_ALLOW};
	int fd;

	if (argc != 3)
		return 2;
	set_comm(argv[1]);
	fd = fanotify_init(FAN_CLASS_CONTENT, O_RDONLY);
	if (fd < 0)
		die("scand: fanotify_init");
	if (fanotify_mark(fd, FAN_MARK_ADD, FAN_ACCESS_PERM, AT_FDCWD, argv[2]))
		die("scand: %s", argv[2]);
	record("role\tname=daemon\tpid=%d\tcomm=%s", getpid(), argv[1]);
	if (read(fd, &event, sizeof(event)) != (ssize_t)sizeof(event))
		die("scand: an event");
	say("the scanner stops");
	raise(SIGSTOP);
	answer.fd = event.fd;
	return write(fd, &answer, sizeof(answer)) < 0;
}

COMMAND(scand, "COMM FILE", scand)
