/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text from the dump: made safe to print, and compared. */
#ifndef VGPU_TEXT_H
#define VGPU_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"

/*
 * Copy a string so that a terminal, a log and JSON can show it: control codes,
 * backslashes and bytes that are no valid UTF-8 become \xNN.  Never cuts an
 * escape or a character in half; always NUL-terminated.
 */
void text_escape(char *to, size_t size, const char *from);

/* The same of any length, in a. */
const char *text_escaped(struct arena *a, const char *from);

/* An escaped text with something else for its tabs, which the kernel indents with; in a. */
const char *text_tabs(struct arena *a, const char *text, const char *as);

/* Bytes of the character at s, where it can be shown as it is; 0: it cannot, or s ends. */
size_t text_character(const char *s);

/* "1 object", "2 objects": what stands behind the word. */
#define PLURAL(n) ((n) == 1 ? "" : "s")

/* Does s begin with these words? */
bool text_starts(const char *s, const char *with);

/* Is it a word of ASCII: neither empty, nor with blanks, control codes or bytes above? */
bool text_is_word(const char *s);

/*
 * How much of a symbol is the function's own name.  A name of C has no dot: what
 * follows one the compiler put there, for a copy or a part that it made of the
 * function (".isra.0", ".part.19", ".constprop.0", ".cold", ".llvm.123").
 */
size_t text_function_length(const char *symbol);
/* Is the symbol this function's, or that of a copy or a part of it? */
bool text_is_function(const char *symbol, const char *name);

#endif
