/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a report that is sent is made of: sections with paragraphs, lists, tables, blocks.
 * Each form, HTML or markdown, spells them in its own way; what is written does not know
 * which one it is.
 *
 *	sheet_section(s, "machine", "Machine");
 *	sheet_pair(s, "Node", "%s", node);
 *	sheet_table(s, "Queues", columns, ARRAY_SIZE(columns));
 *	sheet_cell(s, "%s", name);
 *
 * A list, a table or a block ends where something else begins.  All text is hostile, and
 * is escaped here.
 */
#ifndef VGPU_SHEET_H
#define VGPU_SHEET_H

#include <stdbool.h>
#include <stdio.h>

enum cell_kind {
	CELL_TEXT,
	CELL_CODE,   /* a command, a name of the kernel's */
	CELL_NUMBER, /* at the right */
};

struct column {
	const char *title;
	enum cell_kind kind;
};

/* What is being written. */
enum sheet_part {
	PART_NONE,
	PART_LIST,
	PART_STEPS,
	PART_PAIRS,
	PART_TABLE,
	PART_BLOCK,
	PART_FIGURE
};

enum paragraph {
	PARAGRAPH_STORY, /* what happened, in a sentence */
	PARAGRAPH_TEXT,
	PARAGRAPH_QUIET,
};

enum block_kind {
	BLOCK_OPEN,
	BLOCK_FOLDED,	/* what few will want to read */
	BLOCK_UNFOLDED, /* one of those, at first sight */
};

#define SHEET_COMMITS "https://git.kernel.org/stable/c/"

struct sheet;
struct sheet_form {
	bool draws; /* it can hold a drawing, as SVG */
	void (*begin)(struct sheet *s, const char *title, const char *heading);
	void (*end)(struct sheet *s);
	void (*link)(struct sheet *s, const char *id, const char *title);
	void (*end_links)(struct sheet *s);
	void (*section)(struct sheet *s, const char *id, const char *title);
	void (*end_section)(struct sheet *s);
	void (*beside)(struct sheet *s, bool begins);
	void (*heading)(struct sheet *s, const char *text);
	void (*paragraph)(struct sheet *s, enum paragraph kind, const char *text);
	/* A paragraph with a link: what stands before it, its text, what stands behind. */
	void (*linked)(struct sheet *s, const char *before, const char *commit,
		       const char *behind);
	void (*begin_part)(struct sheet *s, const char *title);
	void (*end_part)(struct sheet *s);
	void (*item)(struct sheet *s, const char *text);
	void (*pair)(struct sheet *s, const char *name, enum cell_kind kind,
		     const char *text);
	void (*cell)(struct sheet *s, const struct column *column, bool first, bool last,
		     const char *text);
	void (*line)(struct sheet *s, const char *text);
};
extern const struct sheet_form sheet_html, sheet_markdown;

struct sheet {
	FILE *out;
	const struct sheet_form *form;
	enum sheet_part part;
	bool in_section, is_beside;
	/* Of a table. */
	const struct column *columns;
	size_t ncolumns, at;
	const char *title;
	bool empty; /* it has no cell yet */
	enum block_kind block;
};

/* title: of a browser's tab. */
void sheet_begin(struct sheet *s, FILE *out, const struct sheet_form *form,
		 const char *title, const char *heading);
/* Before the first section: to each one that there will be, and then the end of these. */
void sheet_link(struct sheet *s, const char *id, const char *title);
void sheet_end_links(struct sheet *s);
void sheet_end(struct sheet *s);

#define SHEET_FORMAT(n) __attribute__((format(printf, n, (n) + 1)))
void sheet_section(struct sheet *s, const char *id, const char *title);
/* Blocks stand beside each other, where there is room. */
void sheet_beside(struct sheet *s, bool begins);
void sheet_heading(struct sheet *s, const char *fmt, ...) SHEET_FORMAT(2);
void sheet_story(struct sheet *s, const char *fmt, ...) SHEET_FORMAT(2);
void sheet_text(struct sheet *s, const char *fmt, ...) SHEET_FORMAT(2);
void sheet_quiet(struct sheet *s, const char *fmt, ...) SHEET_FORMAT(2);
/*
 * The same with the id of an upstream commit in it, which becomes a link to where it can be
 * read.  The id is ours, never a dump's; NULL, or one that is none: no link.
 */
void sheet_commit(struct sheet *s, const char *id, const char *text);
void sheet_item(struct sheet *s, const char *fmt, ...) SHEET_FORMAT(2);
/* What to do: stands out. */
void sheet_step(struct sheet *s, const char *fmt, ...) SHEET_FORMAT(2);
/* Without text: nothing. */
void sheet_pair(struct sheet *s, const char *name, const char *fmt, ...) SHEET_FORMAT(3);
void sheet_pair_code(struct sheet *s, const char *name, const char *fmt, ...)
	SHEET_FORMAT(3);
/* Its cells follow, row by row.  A table without cells is not written. */
void sheet_table(struct sheet *s, const char *caption, const struct column *columns,
		 size_t n);
void sheet_cell(struct sheet *s, const char *fmt, ...) SHEET_FORMAT(2);
/* Lines as they are, in letters of one width. */
void sheet_block(struct sheet *s, enum block_kind block, const char *title);
void sheet_line(struct sheet *s, const char *fmt, ...) SHEET_FORMAT(2);
/* A drawing is to be written to the stream that this gives; NULL: the form has none. */
FILE *sheet_figure(struct sheet *s, const char *caption);
/* So many more are not shown; n 0: all are. */
void sheet_more(struct sheet *s, size_t n, const char *command);

#endif
