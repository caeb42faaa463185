// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE /* vasprintf() */
#include "sheet.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void end_part(struct sheet *s)
{
	if (s->part != PART_NONE && !s->empty)
		s->form->end_part(s);
	s->part = PART_NONE;
	s->empty = false;
}

static void in_part(struct sheet *s, enum sheet_part part)
{
	if (s->part == part)
		return;
	end_part(s);
	s->part = part;
	s->form->begin_part(s, NULL);
}

static void end_section(struct sheet *s)
{
	end_part(s);
	if (s->is_beside)
		sheet_beside(s, false);
	if (s->in_section)
		s->form->end_section(s);
	s->in_section = false;
}

void sheet_begin(struct sheet *s, FILE *out, const struct sheet_form *form,
		 const char *title, const char *heading)
{
	memset(s, 0, sizeof(*s));
	s->out = out;
	s->form = form;
	form->begin(s, title, heading);
}

void sheet_link(struct sheet *s, const char *id, const char *title)
{
	s->form->link(s, id, title);
}

void sheet_end_links(struct sheet *s)
{
	s->form->end_links(s);
}

void sheet_end(struct sheet *s)
{
	end_section(s);
	s->form->end(s);
}

void sheet_section(struct sheet *s, const char *id, const char *title)
{
	end_section(s);
	s->in_section = true;
	s->form->section(s, id, title);
}

void sheet_beside(struct sheet *s, bool begins)
{
	end_part(s);
	s->is_beside = begins;
	s->form->beside(s, begins);
}

/* The text of a format; "" where there is no memory for it.  To be freed. */
#define FORMATTED(text, fmt)                                                             \
	do {                                                                             \
		va_list ap;                                                              \
                                                                                         \
		va_start(ap, fmt);                                                       \
		if (vasprintf(&(text), fmt, ap) < 0)                                     \
			(text) = NULL;                                                   \
		va_end(ap);                                                              \
	} while (0)

static void paragraph(struct sheet *s, enum paragraph kind, char *text)
{
	end_part(s);
	if (text && *text)
		s->form->paragraph(s, kind, text);
	free(text);
}

void sheet_heading(struct sheet *s, const char *fmt, ...)
{
	char *text = NULL;

	FORMATTED(text, fmt);
	end_part(s);
	if (text)
		s->form->heading(s, text);
	free(text);
}

void sheet_story(struct sheet *s, const char *fmt, ...)
{
	char *text = NULL;

	FORMATTED(text, fmt);
	paragraph(s, PARAGRAPH_STORY, text);
}

void sheet_text(struct sheet *s, const char *fmt, ...)
{
	char *text = NULL;

	FORMATTED(text, fmt);
	paragraph(s, PARAGRAPH_TEXT, text);
}

static bool is_commit(const char *id)
{
	size_t n = id ? strlen(id) : 0;

	return n >= 12 && n <= 40 && id[strspn(id, "0123456789abcdef")] == '\0';
}

void sheet_commit(struct sheet *s, const char *id, const char *text)
{
	const char *at = is_commit(id) ? strstr(text, id) : NULL;
	char *before;

	if (!at) {
		sheet_text(s, "%s", text);
		return;
	}
	end_part(s);
	before = strndup(text, (size_t)(at - text));
	if (before)
		s->form->linked(s, before, id, at + strlen(id));
	free(before);
}

void sheet_quiet(struct sheet *s, const char *fmt, ...)
{
	char *text = NULL;

	FORMATTED(text, fmt);
	paragraph(s, PARAGRAPH_QUIET, text);
}

static void item(struct sheet *s, enum sheet_part part, char *text)
{
	if (text && *text) {
		in_part(s, part);
		s->form->item(s, text);
	}
	free(text);
}

void sheet_item(struct sheet *s, const char *fmt, ...)
{
	char *text = NULL;

	FORMATTED(text, fmt);
	item(s, PART_LIST, text);
}

void sheet_step(struct sheet *s, const char *fmt, ...)
{
	char *text = NULL;

	FORMATTED(text, fmt);
	item(s, PART_STEPS, text);
}

static void pair(struct sheet *s, const char *name, enum cell_kind kind, char *text)
{
	if (text && *text) {
		in_part(s, PART_PAIRS);
		s->form->pair(s, name, kind, text);
	}
	free(text);
}

void sheet_pair(struct sheet *s, const char *name, const char *fmt, ...)
{
	char *text = NULL;

	FORMATTED(text, fmt);
	pair(s, name, CELL_TEXT, text);
}

void sheet_pair_code(struct sheet *s, const char *name, const char *fmt, ...)
{
	char *text = NULL;

	FORMATTED(text, fmt);
	pair(s, name, CELL_CODE, text);
}

/* ---- tables and blocks --------------------------------------------------------- */

/* It begins with its first cell; the caption stays until then, so it is a literal. */
void sheet_table(struct sheet *s, const char *caption, const struct column *columns,
		 size_t n)
{
	end_part(s);
	s->part = PART_TABLE;
	s->columns = columns;
	s->ncolumns = n;
	s->at = 0;
	s->title = caption;
	s->empty = true;
}

void sheet_cell(struct sheet *s, const char *fmt, ...)
{
	char *text = NULL;

	FORMATTED(text, fmt);
	if (s->empty)
		s->form->begin_part(s, s->title);
	s->empty = false;
	s->form->cell(s, &s->columns[s->at], !s->at, s->at + 1 == s->ncolumns,
		      text ? text : "");
	s->at = (s->at + 1) % s->ncolumns;
	free(text);
}

void sheet_block(struct sheet *s, enum block_kind block, const char *title)
{
	end_part(s);
	s->part = PART_BLOCK;
	s->block = block;
	s->form->begin_part(s, title);
}

void sheet_line(struct sheet *s, const char *fmt, ...)
{
	char *text = NULL;

	FORMATTED(text, fmt);
	s->form->line(s, text ? text : "");
	free(text);
}

FILE *sheet_figure(struct sheet *s, const char *caption)
{
	end_part(s);
	if (!s->form->draws)
		return NULL;
	s->part = PART_FIGURE;
	s->form->begin_part(s, caption);
	return s->out;
}

void sheet_more(struct sheet *s, size_t n, const char *command)
{
	if (n)
		sheet_quiet(s, "and %zu more: %s", n, command);
}
