// SPDX-License-Identifier: GPL-2.0-or-later
/* A report as the text of a ticket: headings, lists, plain tables, fenced blocks. */
#include "sheet.h"

#include "markdown_writer.h"

static void begin(struct sheet *s, const char *title, const char *heading)
{
	(void)title;
	markdown_markup(s->out, "# ");
	markdown_text(s->out, heading);
	fputc('\n', s->out);
}

/* A ticket is short enough, and its places have other names everywhere. */
static void no_link(struct sheet *s, const char *id, const char *title)
{
	(void)s;
	(void)id;
	(void)title;
}

static void section(struct sheet *s, const char *id, const char *title)
{
	(void)id;
	markdown_markup(s->out, "\n## ");
	markdown_text(s->out, title);
	fputc('\n', s->out);
}

static void beside(struct sheet *s, bool begins)
{
	(void)s;
	(void)begins;
}

static void heading(struct sheet *s, const char *text)
{
	markdown_markup(s->out, "\n### ");
	markdown_text(s->out, text);
	fputc('\n', s->out);
}

static void paragraph(struct sheet *s, enum paragraph kind, const char *text)
{
	fputc('\n', s->out);
	if (kind == PARAGRAPH_STORY)
		markdown_markup(s->out, "**");
	markdown_text(s->out, text);
	if (kind == PARAGRAPH_STORY)
		markdown_markup(s->out, "**");
	fputc('\n', s->out);
}

static void linked(struct sheet *s, const char *before, const char *commit,
		   const char *behind)
{
	fputc('\n', s->out);
	markdown_text(s->out, before);
	markdown_markup(s->out, "[");
	markdown_text(s->out, commit);
	markdown_markup(s->out, "](" SHEET_COMMITS);
	fputs(commit, s->out); /* hexadecimal */
	markdown_markup(s->out, ")");
	markdown_text(s->out, behind);
	fputc('\n', s->out);
}

static void begin_table(struct sheet *s, const char *caption)
{
	size_t i;

	markdown_text(s->out, caption);
	markdown_markup(s->out, ":\n\n|");
	for (i = 0; i < s->ncolumns; i++) {
		fputc(' ', s->out);
		markdown_text(s->out, s->columns[i].title);
		markdown_markup(s->out, " |");
	}
	markdown_markup(s->out, "\n|");
	for (i = 0; i < s->ncolumns; i++)
		fputs(s->columns[i].kind == CELL_NUMBER ? "---:|" : "---|", s->out);
	fputc('\n', s->out);
}

static void begin_part(struct sheet *s, const char *title)
{
	fputc('\n', s->out);
	switch (s->part) {
	case PART_STEPS:
		markdown_markup(s->out, "What to do:\n\n");
		break;
	case PART_TABLE:
		begin_table(s, title);
		break;
	case PART_BLOCK:
		markdown_text(s->out, title);
		markdown_markup(s->out, ":\n\n```\n");
		break;
	case PART_LIST:
	case PART_PAIRS:
	case PART_FIGURE:
	case PART_NONE:
		break;
	}
}

static void end_part(struct sheet *s)
{
	if (s->part == PART_BLOCK)
		markdown_markup(s->out, "```\n");
}

static void item(struct sheet *s, const char *text)
{
	markdown_markup(s->out, "- ");
	markdown_text(s->out, text);
	fputc('\n', s->out);
}

static void code(struct sheet *s, enum cell_kind kind, const char *text)
{
	if (kind == CELL_CODE)
		markdown_code(s->out, text, s->part == PART_TABLE);
	else
		markdown_text(s->out, text);
}

static void pair(struct sheet *s, const char *name, enum cell_kind kind, const char *text)
{
	markdown_markup(s->out, "- ");
	markdown_text(s->out, name);
	markdown_markup(s->out, ": ");
	code(s, kind, text);
	fputc('\n', s->out);
}

static void cell(struct sheet *s, const struct column *column, bool first, bool last,
		 const char *text)
{
	if (first)
		fputc('|', s->out);
	fputc(' ', s->out);
	code(s, column->kind, text);
	markdown_markup(s->out, " |");
	if (last)
		fputc('\n', s->out);
}

static void line(struct sheet *s, const char *text)
{
	markdown_line(s->out, text);
}

static void nothing(struct sheet *s)
{
	(void)s;
}

const struct sheet_form sheet_markdown = {
	.begin = begin,
	.end = nothing,
	.link = no_link,
	.end_links = nothing,
	.section = section,
	.end_section = nothing,
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
