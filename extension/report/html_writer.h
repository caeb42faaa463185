/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTML, of which nothing that was read from a dump can become markup: markup is what this
 * program's own text has between its quotes, and numbers; all else goes through
 * html_text(), which stands in an element or between the quotes of an attribute.
 */
#ifndef VGPU_HTML_WRITER_H
#define VGPU_HTML_WRITER_H

#include <stdarg.h>
#include <stdio.h>

/*
 * html_markup(out, "<rect width=\"%d\"/>", width): only a literal compiles, and each %d
 * in it is the next int; there is no %s.
 */
#define html_markup(out, ...) html_markup_of((out), "" __VA_ARGS__)
void html_markup_of(FILE *out, const char *markup, ...)
	__attribute__((format(printf, 2, 3)));

/* Text: escaped; a byte that is no character that can be shown is U+FFFD. */
void html_text(FILE *out, const char *text);
void html_textf(FILE *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void html_vtextf(FILE *out, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

#endif
