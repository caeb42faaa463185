// SPDX-License-Identifier: GPL-2.0-or-later
#include "words.h"

#include <string.h>

static const char blanks[] = " \t\r\n";

/* Copies the word at *p to to, and leaves *p behind it. */
static bool next_word(const char **p, char *to)
{
	const char *end;

	while (**p && !strchr(blanks, **p)) {
		if (**p != '"' && **p != '\'') {
			*to++ = *(*p)++;
			continue;
		}
		end = strchr(*p + 1, **p);
		if (!end)
			return false;
		memcpy(to, *p + 1, (size_t)(end - *p - 1));
		to += end - *p - 1;
		*p = end + 1;
	}
	*to = '\0';
	return true;
}

bool words_split(struct line_words *w, struct arena *a, const char *line)
{
	bool first = true;
	char *word;

	for (line += strspn(line, blanks); *line; line += strspn(line, blanks)) {
		word = arena_alloc(a, strlen(line) + 1);
		if (!next_word(&line, word))
			return false;
		if (!first || strcmp(word, "vgpu") != 0)
			*vec_push(a, &w->all) = word;
		first = false;
	}
	return true;
}
