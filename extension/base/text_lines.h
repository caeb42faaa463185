/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of a text that may hold anything: any length, zeros, what a terminal understands. */
#ifndef VGPU_TEXT_LINES_H
#define VGPU_TEXT_LINES_H

#include <stdbool.h>
#include <stddef.h>

#define TEXT_LINE_MAX 2560 /* bytes of a line that are looked at */

/* Begins as {.at = bytes, .end = bytes + size}. */
struct text_lines {
	const char *at, *end;
	size_t number;		     /* of the line, from 1 */
	char raw[TEXT_LINE_MAX + 1]; /* the line, not escaped, without its end */
	bool clipped;
};

/* Without '\r', zeros, and codes that colour and clear a terminal.  False: no more. */
bool text_next_line(struct text_lines *l);

#endif
