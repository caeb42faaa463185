/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words after `vgpu`.
 *
 *	vgpu [-j] [-h] [--html FILE] [--markdown FILE] [--known FILE] [command [options] [argument]]
 *
 * Words and options may stand in any order; "--" ends the options.  A single letter is an
 * option of the command, but for -j and -h, which every command has.  What is not about
 * one command is a word after two dashes.
 */
#ifndef VGPU_COMMAND_LINE_H
#define VGPU_COMMAND_LINE_H

#include "command.h"

/* Fills in what the session is asked for. */
enum result command_line_parse(struct session *s, int argc, char **argv);

#endif
