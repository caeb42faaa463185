/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words after `vgpu`. */
#ifndef VGPU_COMMAND_LINE_H
#define VGPU_COMMAND_LINE_H

#include "command.h"

/*
 * `vgpu`, `vgpu -j` and `vgpu NAME ...`: fills in what the session is asked for.
 * False: something is wrong with it, which has been said.
 */
bool command_line_parse(struct session *s, int argc, char **argv);

#endif
