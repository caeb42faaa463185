// SPDX-License-Identifier: GPL-2.0-or-later
#include "text_lines.h"

#include <ctype.h>
#include <string.h>

/* Behind "\033[0;31m", "\033c": what colours and clears a terminal. */
static const char *behind_escape(const char *p, const char *end)
{
	if (++p == end || *p != '[')
		return p == end ? p : p + 1;
	for (p++; p < end && !isalpha((unsigned char)*p) && *p != '\n';)
		p++;
	return p < end && *p != '\n' ? p + 1 : p;
}

bool text_next_line(struct text_lines *l)
{
	const char *stop, *p;
	size_t n = 0;

	if (l->at >= l->end)
		return false;
	stop = memchr(l->at, '\n', (size_t)(l->end - l->at));
	stop = stop ? stop : l->end;
	for (p = l->at; p < stop && n < TEXT_LINE_MAX;) {
		if (*p == '\033') {
			p = behind_escape(p, stop);
			continue;
		}
		/* A file system puts zeros where nothing had been written. */
		if (*p && *p != '\r')
			l->raw[n++] = *p;
		p++;
	}
	l->clipped = p < stop;
	l->raw[n] = '\0';
	l->at = stop + 1;
	l->number++;
	return true;
}
