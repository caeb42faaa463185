/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a door calls. */
#ifndef VGPU_COMMANDS_H
#define VGPU_COMMANDS_H

#include <stdio.h>

#include "readers/reader.h"

/* `vgpu ...`: argv[0] is the program's name.  The answer, or what is wrong, goes to out. */
void commands_run(struct reader *r, FILE *out, int argc, char **argv);
/* The names of the sub-commands, as "[triage|hung|...]". */
void commands_names(FILE *out);
/* What `help vgpu` says of vgpu and of each command. */
void commands_help(FILE *out);

#endif
