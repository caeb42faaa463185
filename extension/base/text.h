/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text from the dump, made safe to print. */
#ifndef VGPU_TEXT_H
#define VGPU_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Copy a string so that a terminal, a log and JSON can show it: control codes,
 * backslashes and bytes that are no valid UTF-8 become \xNN.  Never cuts an
 * escape or a character in half; always NUL-terminated.
 */
void text_escape(char *to, size_t size, const char *from);

/* Does s begin with these words? */
bool text_starts(const char *s, const char *with);

#endif
