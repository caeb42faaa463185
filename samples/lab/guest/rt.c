// SPDX-License-Identifier: GPL-2.0-or-later
/* rt COMM CPU fifo|rr PRIORITY: a real-time task that never lets go of its CPU. */
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "lab.h"

static int rt(int argc, char **argv)
{
	struct sched_param param = {0};
	volatile unsigned long spins = 0;

	if (argc != 5)
		return 2;
	param.sched_priority = (int)number(argv[4]);
	set_comm(argv[1]);
	pin_to_cpu((int)number(argv[2]));
	record("started\tpid=%d", getpid());
	if (sched_setscheduler(0, strcmp(argv[3], "rr") ? SCHED_FIFO : SCHED_RR, &param))
		die("rt: the scheduler does not let it");
	for (;;)
		spins++;
}

COMMAND(rt, "COMM CPU fifo|rr PRIORITY", rt)
