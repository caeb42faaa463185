// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vt COMM: who has the console in graphics mode, and gives it back to the text once
 * /tmp/go.COMM is there: the kernel shows its own picture again, with the console's lock.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/kd.h>

#include "lab.h"

static int vt(int argc, char **argv)
{
	char go[64];
	int fd;

	if (argc != 2)
		return 2;
	set_comm(argv[1]);
	pin_to_cpu(0);
	fd = open("/dev/tty1", O_RDWR | O_NOCTTY);
	if (fd < 0 || ioctl(fd, KDSETMODE, KD_GRAPHICS))
		die("vt: no graphics mode");
	record("role\tname=keeper\tpid=%d\tcomm=%s", getpid(), argv[1]);
	snprintf(go, sizeof(go), "/tmp/go.%s", argv[1]);
	while (access(go, F_OK))
		sleep_ms(20);
	ioctl(fd, KDSETMODE, KD_TEXT);
	die("vt: the console is in text mode");
}

COMMAND(vt, "COMM", vt)
