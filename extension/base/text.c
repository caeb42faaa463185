// SPDX-License-Identifier: GPL-2.0-or-later
#include "text.h"

#include <stdio.h>
#include <string.h>

/* Marks that turn the direction of text, and its separators of lines. */
static bool reorders(unsigned int c)
{
	return c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

/*
 * Bytes in the UTF-8 character at s: 0 when it is none, is overlong, a
 * surrogate, past U+10FFFF, or a C1 control code (a terminal may obey those).
 */
static size_t utf8_length(const unsigned char *s)
{
	static const struct {
		unsigned char mask, lead;
		unsigned int least;
	} forms[] = {{0xe0, 0xc0, 0xa0}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
	unsigned int c;
	size_t i, k;

	for (i = 0; i < 3; i++)
		if ((s[0] & forms[i].mask) == forms[i].lead)
			break;
	if (i == 3)
		return 0;
	c = s[0] & (unsigned char)~forms[i].mask;
	for (k = 1; k <= i + 1; k++) {
		if ((s[k] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[k] & 0x3f);
	}
	if (c < forms[i].least || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
		return 0;
	return reorders(c) ? 0 : i + 2;
}

size_t text_character(const char *s)
{
	if (*s >= 0x20 && *s < 0x7f)
		return 1;
	return *s ? utf8_length((const unsigned char *)s) : 0;
}

void text_escape(char *to, size_t size, const char *from)
{
	const unsigned char *s = (const unsigned char *)from;
	size_t n = 0, len;

	while (*s) {
		len = *s == '\\' ? 0 : text_character((const char *)s);
		if (n + (len ? len : 4) >= size)
			break;
		if (len) {
			memcpy(to + n, s, len);
			s += len;
			n += len;
		} else {
			n += (size_t)snprintf(to + n, 5, "\\x%02x", *s++);
		}
	}
	to[n] = '\0';
}

const char *text_escaped(struct arena *a, const char *from)
{
	size_t size = 4 * strlen(from) + 1; /* "\\x1b" */
	char *to = arena_alloc(a, size);

	text_escape(to, size, from);
	return to;
}

/* A line may be nothing but tabs: it is gone through twice, and not copied for each of them. */
const char *text_tabs(struct arena *a, const char *text, const char *as)
{
	static const char tab[] = "\\x09";
	const char *next = strstr(text, tab);
	size_t tabs = 0, n = 0;
	char *words;

	if (!next)
		return text;
	for (; next; next = strstr(next + strlen(tab), tab))
		tabs++;
	words = arena_alloc(a, strlen(text) + tabs * strlen(as) + 1);
	for (; (next = strstr(text, tab)); text = next + strlen(tab)) {
		memcpy(words + n, text, (size_t)(next - text));
		n += (size_t)(next - text);
		n = (size_t)(stpcpy(words + n, as) - words);
	}
	memcpy(words + n, text, strlen(text) + 1);
	return words;
}

bool text_starts(const char *s, const char *with)
{
	/* Most do not: a log has each of its lines asked for hundreds of beginnings. */
	while (*with && *s == *with)
		s++, with++;
	return !*with;
}

bool text_is_word(const char *s)
{
	const char *p = s;

	while (*p > ' ' && *p < 0x7f)
		p++;
	return p > s && !*p;
}

size_t text_function_length(const char *symbol)
{
	return strcspn(symbol, ".");
}

bool text_is_function(const char *symbol, const char *name)
{
	size_t n = strlen(name);

	/* Asked of each frame for many names: most differ in their first letter. */
	return !strncmp(symbol, name, n) && n == text_function_length(symbol);
}
