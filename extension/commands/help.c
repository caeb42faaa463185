// SPDX-License-Identifier: GPL-2.0-or-later
/* `help vgpu`: what is said of vgpu as a whole, and each command's own text. */
#include "command.h"
#include "commands.h"

static const char introduction[] =
	"  Explain from the dump what hung, who is to blame, and how sure that is.\n"
	"  Each claim comes with the addresses that it was read from and a crash command\n"
	"  that checks it.  With -j every sub-command prints one JSON document on one\n"
	"  line, which begins with {\"vgpu\":\n"
	"\n";

static const char example[] = "EXAMPLE\n"
			      "  Who blocks whom:\n"
			      "\n"
			      "    crash> extend vgpu.so\n"
			      "    crash> vgpu\n";

void commands_names(FILE *out)
{
	fputs("[triage|hung|bt|drain|wq|dev|vq|fence|obj|slab|leak|kmemleak|panic|graph|layout]",
	      out);
}

void commands_help(FILE *out)
{
	const struct command *const *c;

	fputs(introduction, out);
	for (c = commands; *c; c++)
		fprintf(out, "%s\n", (*c)->help);
	fputs(example, out);
}
