// SPDX-License-Identifier: GPL-2.0-or-later
#include "svg.h"

#include "base/text.h"
#include "html_writer.h"

/* Tenths of a pixel that a letter takes, in the widest of the usual fonts. */
#define LETTER 70
#define LETTER_STRONG 82
#define LETTER_SMALL 68

void svg_begin(FILE *out, int width, int height, const char *label)
{
	if (width > 560)
		html_markup(out, "<svg class=\"wide\"");
	else
		html_markup(out, "<svg");
	html_markup(out, " viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\" aria-label=\"",
		    width, height, width);
	html_text(out, label);
	html_markup(out, "\">\n");
}

void svg_end(FILE *out)
{
	html_markup(out, "</svg>\n");
}

static size_t character(const char *at)
{
	size_t n = text_character(at);

	return n ? n : 1;
}

/* How many bytes of it are so many characters; all of it where it has no more. */
static size_t bytes_of(const char *text, size_t characters)
{
	const char *at = text;

	while (*at && characters--)
		at += character(at);
	return (size_t)(at - text);
}

static void fitted(FILE *out, const char *text, int most)
{
	size_t fits = most > 2 ? (size_t)most : 2, n = bytes_of(text, fits);

	if (text[n]) {
		n = bytes_of(text, fits - 1);
		html_textf(out, "%.*s\xe2\x80\xa6", (int)n, text);
	} else {
		html_text(out, text);
	}
}

void svg_text(FILE *out, enum svg_text kind, int x, int y, int room, const char *text)
{
	int letter = LETTER_SMALL;

	switch (kind) {
	case SVG_PLAIN:
		letter = LETTER;
		html_markup(out, "<text x=\"%d\" y=\"%d\">", x, y);
		break;
	case SVG_STRONG:
		letter = LETTER_STRONG;
		html_markup(out, "<text class=\"strong\" x=\"%d\" y=\"%d\">", x, y);
		break;
	case SVG_SMALL:
		html_markup(out, "<text class=\"small\" x=\"%d\" y=\"%d\">", x, y);
		break;
	case SVG_SMALL_END:
		html_markup(
			out,
			"<text class=\"small\" text-anchor=\"end\" x=\"%d\" y=\"%d\">", x,
			y);
		break;
	}
	fitted(out, text, room * 10 / letter);
	html_markup(out, "</text>\n");
}

void svg_bar(FILE *out, enum svg_role role, int x, int y, int width, int height)
{
	if (role == SVG_ROOT)
		html_markup(out, "<rect class=\"root\"");
	else if (role == SVG_VICTIM)
		html_markup(out, "<rect class=\"victim\"");
	else
		html_markup(out, "<rect class=\"between\"");
	html_markup(out, " x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n", x, y, width,
		    height);
}

void svg_box(FILE *out, enum svg_role role, int x, int y, int width, int height)
{
	if (role == SVG_ROOT)
		html_markup(out, "<rect class=\"rootbox\"");
	else
		html_markup(out, "<rect class=\"box\"");
	html_markup(out, " x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\"/>\n", x,
		    y, width, height);
	svg_bar(out, role, x, y, 5, height);
}
