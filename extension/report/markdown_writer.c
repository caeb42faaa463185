// SPDX-License-Identifier: GPL-2.0-or-later
#include "markdown_writer.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

#define NO_CHARACTER "\xef\xbf\xbd" /* U+FFFD */
#define WORD_JOINER "\xe2\x81\xa0"  /* U+2060: is not seen, and ends a name */

static bool is_in_word(const char *text, const char *at)
{
	return at > text && isalnum((unsigned char)at[-1]) &&
	       isalnum((unsigned char)at[1]);
}

/* NULL: it may stand as it is. */
static const char *escape_of(const char *text, const char *at)
{
	switch (*at) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '@':
		return "@" WORD_JOINER;
	case '\\':
		return "\\\\";
	case '`':
		return "\\`";
	case '*':
		return "\\*";
	case '[':
		return "\\[";
	case ']':
		return "\\]";
	case '|':
		return "\\|";
	case '~':
		return "\\~";
	case '{':
		return "\\{";
	case '_':
		return is_in_word(text, at) ? NULL : "\\_";
	case '#':
		return "\\#";
	case '!':
		return "\\!";
	default:
		return NULL;
	}
}

static size_t put_character(FILE *out, const char *at, const char *escape)
{
	size_t n = text_character(at);

	if (!n)
		fputs(NO_CHARACTER, out);
	else if (escape)
		fputs(escape, out);
	else
		fwrite(at, 1, n, out);
	return n ? n : 1;
}

/* Where a paragraph begins so, it would be a list or a quotation. */
static bool is_mark(const char *text)
{
	size_t n = strspn(text, "0123456789");

	if (*text == '>')
		return true;
	if (n ? text[n] != '.' && text[n] != ')' : *text != '-' && *text != '+')
		return false;
	n += 1;
	return !text[n] || text[n] == ' ';
}

void markdown_text(FILE *out, const char *text)
{
	const char *at = text;

	if (is_mark(text))
		fputs(WORD_JOINER, out);
	while (*at)
		at += put_character(out, at, escape_of(text, at));
}

/* Nothing is escaped in it by a backslash; but a cell ends at a '|' even there. */
void markdown_code(FILE *out, const char *text, bool in_table)
{
	if (!*text)
		return;
	fputc('`', out);
	while (*text)
		text += put_character(out, text,
				      *text == '`'		 ? "'"
				      : *text == '|' && in_table ? "\\|"
								 : NULL);
	fputc('`', out);
}

void markdown_line(FILE *out, const char *text)
{
	const char *at = text;

	for (; *at; at += put_character(out, at, NULL))
		/* Three of them could be the block's end. */
		if (at - text >= 2 && (*at == '`' || *at == '~') && at[-1] == *at &&
		    at[-2] == *at)
			fputs(WORD_JOINER, out);
	fputc('\n', out);
}
