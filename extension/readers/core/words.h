/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command line that somebody typed, as words. */
#ifndef VGPU_CORE_WORDS_H
#define VGPU_CORE_WORDS_H

#include <stdbool.h>

#include "base/arena.h"

struct line_words {
	VEC(char *) all;
};

/*
 * Add those of the line, in a: with blanks between them, and where a word has quotes of
 * either kind, as it is in between them.  The first may be "vgpu", as at crash's prompt: it
 * is left out.  False: a quote has no end.
 */
bool words_split(struct line_words *w, struct arena *a, const char *line);

#endif
