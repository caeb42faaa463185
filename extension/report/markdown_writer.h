/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Markdown for the text of a ticket, in the part of it that GitHub, GitLab and Jira share.
 * Nothing that was read from a dump can become markup, a link, or call a person (@name):
 * what is written as it is, is a literal of this program's own.
 */
#ifndef VGPU_MARKDOWN_WRITER_H
#define VGPU_MARKDOWN_WRITER_H

#include <stdbool.h>
#include <stdio.h>

#define markdown_markup(out, literal) fputs("" literal, (out))
/* Text in a paragraph, a heading, a table's cell. */
void markdown_text(FILE *out, const char *text);
/* Between backticks; "" writes nothing.  In a table '|' is escaped, and there alone. */
void markdown_code(FILE *out, const char *text, bool in_table);
/* A line of a fenced block, which it cannot end. */
void markdown_line(FILE *out, const char *text);

#endif
