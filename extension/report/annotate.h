/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a known kernel function does, for the reader of a blocked stack: the
 * notes that an engineer would write beside it by hand.
 */
#ifndef VGPU_ANNOTATE_H
#define VGPU_ANNOTATE_H

#include <stddef.h>

/* One line of at most 60 characters, or NULL for a function without a note. */
const char *annotate(const char *function);

/* The table itself, for its test. */
size_t annotate_count(void);
const char *annotate_name(size_t i);

#endif
