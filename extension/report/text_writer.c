// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE /* vasprintf() */
#include "text_writer.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void text_wrap(FILE *out, const char *first, unsigned int indent, const char *text)
{
	size_t column = (size_t)fprintf(out, "%-*s", (int)indent, first), n;
	size_t start = column;

	while (*text) {
		text += strspn(text, " ");
		n = strcspn(text, " ");
		if (!n)
			break;
		if (column > start && column + 1 + n > TEXT_WIDTH) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = start = indent;
		} else if (column > start) {
			fputc(' ', out);
			column++;
		}
		fwrite(text, 1, n, out);
		column += n;
		text += n;
	}
	fputc('\n', out);
}

void text_wrapf(FILE *out, const char *first, unsigned int indent, const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	va_end(ap);
	if (s)
		text_wrap(out, first, indent, s);
	free(s);
}

const char *text_date(double since_epoch)
{
	static char buf[40];
	struct tm tm;
	time_t t = since_epoch > 0 && since_epoch < 1e11 ? (time_t)since_epoch : 0;

	if (!t || !gmtime_r(&t, &tm) ||
	    !strftime(buf, sizeof(buf), "%a %b %e %H:%M:%S UTC %Y", &tm))
		return "?";
	return buf;
}

const char *text_mib(struct arena *a, uint64_t bytes)
{
	return arena_printf(a, "%.1f MiB", (double)bytes / (1024 * 1024));
}

const char *text_seconds(double s)
{
	static char buf[4][32];
	static unsigned int turn;
	char *b = buf[turn++ % 4];

	if (!(s >= 0))
		return "?";
	if (s < 100)
		snprintf(b, sizeof(buf[0]), "%.1f s", s);
	else if (s < 3600)
		snprintf(b, sizeof(buf[0]), "%d min %d s", (int)s / 60, (int)s % 60);
	else if (s < 1e8)
		snprintf(b, sizeof(buf[0]), "%d h %d min", (int)(s / 3600),
			 (int)(s / 60) % 60);
	else
		snprintf(b, sizeof(buf[0]), "%.0f s", s);
	return b;
}
