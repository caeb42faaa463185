/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paragraphs, headings and tables for an 80-column terminal. */
#ifndef VGPU_TEXT_WRITER_H
#define VGPU_TEXT_WRITER_H

#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"

#define TEXT_WIDTH 80

/*
 * Print text wrapped at TEXT_WIDTH: its first line after first (as wide as
 * indent or less), the others indented by indent columns.  A word that is too
 * long for a line, such as a stack's function, stays whole.
 */
void text_wrap(FILE *out, const char *first, unsigned int indent, const char *text);
void text_wrapf(FILE *out, const char *first, unsigned int indent, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* "Sun Nov 29 01:24:33 UTC 2026", of seconds since the epoch; "?" for 0.  A static buffer. */
const char *text_date(double since_epoch);

/* "33.0 MiB" */
const char *text_mib(struct arena *a, uint64_t bytes);

/* "12.3 s", "4 min 10 s", "2 h 5 min"; "?" when negative.  A static buffer. */
const char *text_seconds(double s);

#endif
