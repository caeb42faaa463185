/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far we are, in one line on stderr, when that is a terminal and a second has gone by.
 * What is printed next takes the line's place.
 */
#ifndef VGPU_CORE_TERMINAL_H
#define VGPU_CORE_TERMINAL_H

#include <stdint.h>

/* The user has asked for something: from here the second is counted. */
void terminal_begin(void);
/* As struct progress has it: of 0: nobody knows how much there is. */
void terminal_tell(const char *what, uint64_t done, uint64_t of);
/* Take the line away. */
void terminal_clear(void);

#endif
