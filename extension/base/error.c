// SPDX-License-Identifier: GPL-2.0-or-later
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

bool error_set(struct error *e, const char *fmt, ...)
{
	char text[sizeof(e->text)];
	va_list ap;

	if (!e)
		return false;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	text_escape(e->text, sizeof(e->text), text);
	return false;
}

bool error_within(struct error *e, const char *fmt, ...)
{
	char tried[sizeof(e->text)], reason[sizeof(e->text)];
	va_list ap;
	size_t n;

	if (!e)
		return false;
	va_start(ap, fmt);
	vsnprintf(tried, sizeof(tried), fmt, ap);
	va_end(ap);
	memcpy(reason, e->text, sizeof(reason));
	text_escape(e->text, sizeof(e->text), tried);
	n = strlen(e->text);
	snprintf(e->text + n, sizeof(e->text) - n, ": %s", reason);
	return false;
}
