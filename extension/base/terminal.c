// SPDX-License-Identifier: GPL-2.0-or-later
#include "terminal.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <unistd.h>

#include "seconds.h"

#define EVERY_S 0.25
/* So long nothing takes the place of what has an end. */
#define KNOWN_END_S 2

static struct {
	bool on;
	double begun, told; /* when */
	double known;	    /* when what has an end was told last */
	int width;	    /* of the line that is there */
} line;

void terminal_begin(void)
{
	line.on = isatty(STDERR_FILENO);
	line.begun = seconds_now();
	line.told = line.begun + 1 - EVERY_S;
	line.known = 0;
	line.width = 0;
}

void terminal_tell(const char *what, uint64_t done, uint64_t of)
{
	char far[64];
	double t;
	int n;

	if (!line.on || __fpending(stdout))
		return;
	t = seconds_now();
	if (t < line.told + EVERY_S || (!of && t < line.known + KNOWN_END_S))
		return;
	line.told = t;
	if (of)
		line.known = t;
	if (of && done <= of)
		snprintf(far, sizeof(far), "%.0f %%", 100.0 * (double)done / (double)of);
	else
		snprintf(far, sizeof(far), "%" PRIu64, done);
	n = fprintf(stderr, "\rvgpu: %s, %s, %.0f s", what, far, t - line.begun) - 1;
	if (n < line.width)
		fprintf(stderr, "%*s", line.width - n, "");
	fflush(stderr);
	line.width = n > line.width ? n : line.width;
}

void terminal_clear(void)
{
	if (line.width > 0)
		fprintf(stderr, "\r%*s\r", line.width, "");
	line.width = 0;
}
