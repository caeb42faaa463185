/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why something of a core cannot be had: a sentence without its full stop, which grows
 * outward as it is handed up ("core.2: descriptor of page 5: the file ends before it").
 */
#ifndef VGPU_ERROR_H
#define VGPU_ERROR_H

#include <stdbool.h>

struct error {
	char text[512]; /* what came from the core in it is escaped */
};

/* Always false, so that it can be returned at once.  e may be NULL: nobody asks why. */
bool error_set(struct error *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Put what was tried before the reason: "TRIED: REASON". */
bool error_within(struct error *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
