// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE /* vasprintf() */
#include "html_writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

void html_markup_of(FILE *out, const char *markup, ...)
{
	const char *next;
	va_list ap;

	va_start(ap, markup);
	for (; (next = strstr(markup, "%d")); markup = next + 2)
		fprintf(out, "%.*s%d", (int)(next - markup), markup, va_arg(ap, int));
	va_end(ap);
	fputs(markup, out);
}

/* NULL: it may stand as it is. */
static const char *escape_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void html_text(FILE *out, const char *text)
{
	const char *escape;
	size_t n;

	while (*text) {
		n = text_character(text);
		escape = n ? escape_of(*text) : "\xef\xbf\xbd";
		if (escape)
			fputs(escape, out);
		else
			fwrite(text, 1, n, out);
		text += n ? n : 1;
	}
}

void html_vtextf(FILE *out, const char *fmt, va_list ap)
{
	char *s = NULL;

	if (vasprintf(&s, fmt, ap) < 0)
		return;
	html_text(out, s);
	free(s);
}

void html_textf(FILE *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	html_vtextf(out, fmt, ap);
	va_end(ap);
}
