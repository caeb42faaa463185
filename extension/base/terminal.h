/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far a command is, in one line on stderr: where that is a terminal, once a second has
 * gone by, and until the answer begins.
 */
#ifndef VGPU_TERMINAL_H
#define VGPU_TERMINAL_H

#include <stdint.h>

/* A command begins: from here the second is counted. */
void terminal_begin(void);
/*
 * What is done and how much of it there is; of 0: nobody knows.  What is told without an end
 * gives way to what has one.  It costs next to nothing, but not nothing: call it for each
 * thousandth of a second.
 */
void terminal_tell(const char *what, uint64_t done, uint64_t of);
/* Take the line away, before anything is printed. */
void terminal_clear(void);

#endif
