// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * askfile COMM CPU FILE PART: a process of that name on that CPU plays a part of the module
 * that the file is of.
 */
#include "lab.h"

static int ask_file(int argc, char **argv)
{
	if (argc != 5)
		return 2;
	set_comm(argv[1]);
	pin_to_cpu((int)number(argv[2]));
	if (!write_text(argv[3], argv[4]))
		die("askfile: %s", argv[4]);
	return 0;
}

COMMAND(askfile, "COMM CPU FILE PART", ask_file)
