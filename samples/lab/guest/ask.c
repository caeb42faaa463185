// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ask COMM CPU PART: a process of that name on that CPU plays a part of the lab's module
 * of waits (guest/waits).
 */
#include <string.h>

#include "lab.h"

static int ask(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	set_comm(argv[1]);
	pin_to_cpu((int)number(argv[2]));
	if (!write_text("/proc/vgpu_waits", argv[3]))
		die("ask: %s", argv[3]);
	return 0;
}

COMMAND(ask, "COMM CPU PART", ask)
