// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A report as one page: nothing but itself is needed to show it.  Its policy allows no
 * network and no script, so that even a mistake in escaping could not run anything.
 */
#include "sheet.h"

#include "html_style.h"
#include "html_writer.h"

static void begin(struct sheet *s, const char *title, const char *heading)
{
	html_markup(
		s->out,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
		"'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action "
		"'none'\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, "
		"initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n"
		"<meta name=\"generator\" content=\"vgpu " VGPU_VERSION "\">\n"
		"<title>");
	html_text(s->out, title);
	html_markup(s->out, "</title>\n<style>\n");
	fputs(html_style, s->out);
	html_markup(s->out, "</style>\n</head>\n<body>\n<header><h1>");
	html_text(s->out, heading);
	html_markup(s->out, "</h1></header>\n<nav aria-label=\"Contents\"><ul>\n");
}

static void end(struct sheet *s)
{
	html_markup(s->out, "</main>\n</body>\n</html>\n");
}

static void link_to(struct sheet *s, const char *id, const char *title)
{
	html_markup(s->out, "<li><a href=\"#");
	html_text(s->out, id);
	html_markup(s->out, "\">");
	html_text(s->out, title);
	html_markup(s->out, "</a></li>\n");
}

static void end_links(struct sheet *s)
{
	html_markup(s->out, "</ul></nav>\n<main>\n");
}

static void section(struct sheet *s, const char *id, const char *title)
{
	html_markup(s->out, "<section id=\"");
	html_text(s->out, id);
	html_markup(s->out, "\" aria-labelledby=\"");
	html_text(s->out, id);
	html_markup(s->out, "-title\">\n<h2 id=\"");
	html_text(s->out, id);
	html_markup(s->out, "-title\">");
	html_text(s->out, title);
	html_markup(s->out, "</h2>\n");
}

static void end_section(struct sheet *s)
{
	html_markup(s->out, "</section>\n");
}

static void beside(struct sheet *s, bool begins)
{
	if (begins)
		html_markup(s->out, "<div class=\"beside\">\n");
	else
		html_markup(s->out, "</div>\n");
}

static void heading(struct sheet *s, const char *text)
{
	html_markup(s->out, "<h3>");
	html_text(s->out, text);
	html_markup(s->out, "</h3>\n");
}

static void paragraph(struct sheet *s, enum paragraph kind, const char *text)
{
	if (kind == PARAGRAPH_STORY)
		html_markup(s->out, "<p class=\"story\">");
	else if (kind == PARAGRAPH_QUIET)
		html_markup(s->out, "<p class=\"quiet\">");
	else
		html_markup(s->out, "<p>");
	html_text(s->out, text);
	html_markup(s->out, "</p>\n");
}

static void linked(struct sheet *s, const char *before, const char *commit,
		   const char *behind)
{
	html_markup(s->out, "<p>");
	html_text(s->out, before);
	html_markup(s->out, "<a href=\"" SHEET_COMMITS);
	html_text(s->out, commit);
	html_markup(s->out, "\">");
	html_text(s->out, commit);
	html_markup(s->out, "</a>");
	html_text(s->out, behind);
	html_markup(s->out, "</p>\n");
}

/* ---- parts ------------------------------------------------------------------- */

/* What may be wider than a telephone is moved by itself, with the keyboard too. */
static bool is_wide(const struct sheet *s)
{
	return s->ncolumns > 3;
}

static void begin_table(struct sheet *s, const char *caption)
{
	size_t i;

	if (is_wide(s)) {
		html_markup(s->out, "<div class=\"scroll\" role=\"group\" tabindex=\"0\" "
				    "aria-label=\"");
		html_text(s->out, caption);
		html_markup(s->out, "\">\n");
	}
	html_markup(s->out, "<table><caption>");
	html_text(s->out, caption);
	html_markup(s->out, "</caption>\n<thead><tr>");
	for (i = 0; i < s->ncolumns; i++) {
		if (s->columns[i].kind == CELL_NUMBER)
			html_markup(s->out, "<th scope=\"col\" class=\"number\">");
		else
			html_markup(s->out, "<th scope=\"col\">");
		html_text(s->out, s->columns[i].title);
		html_markup(s->out, "</th>");
	}
	html_markup(s->out, "</tr></thead>\n<tbody>\n");
}

static void begin_block(struct sheet *s, const char *title)
{
	if (s->block == BLOCK_OPEN)
		html_markup(s->out, "<div><p class=\"block\">");
	else if (s->block == BLOCK_UNFOLDED)
		html_markup(s->out, "<details open><summary>");
	else
		html_markup(s->out, "<details><summary>");
	html_text(s->out, title);
	if (s->block == BLOCK_OPEN)
		html_markup(s->out, "</p>\n<pre>");
	else
		html_markup(s->out, "</summary>\n<pre>");
}

/* On a telephone it is moved by itself, too. */
static void begin_figure(struct sheet *s, const char *caption)
{
	html_markup(s->out, "<figure tabindex=\"0\" aria-label=\"");
	html_text(s->out, caption);
	html_markup(s->out, "\"><figcaption>");
	html_text(s->out, caption);
	html_markup(s->out, "</figcaption>\n");
}

static void begin_part(struct sheet *s, const char *title)
{
	switch (s->part) {
	case PART_LIST:
		html_markup(s->out, "<ul class=\"list\">\n");
		break;
	case PART_STEPS:
		html_markup(s->out, "<ul class=\"steps\" aria-label=\"What to do\">\n");
		break;
	case PART_PAIRS:
		html_markup(s->out, "<dl>\n");
		break;
	case PART_TABLE:
		begin_table(s, title);
		break;
	case PART_BLOCK:
		begin_block(s, title);
		break;
	case PART_FIGURE:
		begin_figure(s, title);
		break;
	case PART_NONE:
		break;
	}
}

static void end_part(struct sheet *s)
{
	switch (s->part) {
	case PART_LIST:
	case PART_STEPS:
		html_markup(s->out, "</ul>\n");
		break;
	case PART_PAIRS:
		html_markup(s->out, "</dl>\n");
		break;
	case PART_TABLE:
		html_markup(s->out, "</tbody></table>\n");
		if (is_wide(s))
			html_markup(s->out, "</div>\n");
		break;
	case PART_BLOCK:
		if (s->block == BLOCK_OPEN)
			html_markup(s->out, "</pre></div>\n");
		else
			html_markup(s->out, "</pre></details>\n");
		break;
	case PART_FIGURE:
		html_markup(s->out, "</figure>\n");
		break;
	case PART_NONE:
		break;
	}
}

static void item(struct sheet *s, const char *text)
{
	html_markup(s->out, "<li>");
	html_text(s->out, text);
	html_markup(s->out, "</li>\n");
}

static void code(struct sheet *s, enum cell_kind kind, const char *text)
{
	if (kind == CELL_CODE && *text) {
		html_markup(s->out, "<code>");
		html_text(s->out, text);
		html_markup(s->out, "</code>");
	} else {
		html_text(s->out, text);
	}
}

static void pair(struct sheet *s, const char *name, enum cell_kind kind, const char *text)
{
	html_markup(s->out, "<dt>");
	html_text(s->out, name);
	html_markup(s->out, "</dt><dd>");
	code(s, kind, text);
	html_markup(s->out, "</dd>\n");
}

static void cell(struct sheet *s, const struct column *column, bool first, bool last,
		 const char *text)
{
	if (first && column->kind == CELL_NUMBER)
		html_markup(s->out, "<tr><th scope=\"row\" class=\"number\">");
	else if (first)
		html_markup(s->out, "<tr><th scope=\"row\">");
	else if (column->kind == CELL_NUMBER)
		html_markup(s->out, "<td class=\"number\">");
	else
		html_markup(s->out, "<td>");
	code(s, column->kind, text);
	if (first)
		html_markup(s->out, "</th>");
	else
		html_markup(s->out, "</td>");
	if (last)
		html_markup(s->out, "</tr>\n");
}

static void line(struct sheet *s, const char *text)
{
	html_text(s->out, text);
	fputc('\n', s->out);
}

const struct sheet_form sheet_html = {
	.draws = true,
	.begin = begin,
	.end = end,
	.link = link_to,
	.end_links = end_links,
	.section = section,
	.end_section = end_section,
	.beside = beside,
	.heading = heading,
	.paragraph = paragraph,
	.linked = linked,
	.begin_part = begin_part,
	.end_part = end_part,
	.item = item,
	.pair = pair,
	.cell = cell,
	.line = line,
};
