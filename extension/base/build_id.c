// SPDX-License-Identifier: GPL-2.0-or-later
#include "build_id.h"

#include <ctype.h>
#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "elf_note.h"

const unsigned char *build_id_in(const unsigned char *notes, size_t size, size_t *n)
{
	struct elf_note note;
	size_t at = 0;

	while (elf_note_next(notes, size, &at, &note))
		if (note.type == NT_GNU_BUILD_ID && note.name_size == sizeof("GNU") &&
		    !memcmp(note.name, "GNU", sizeof("GNU"))) {
			*n = note.size;
			return note.desc;
		}
	return NULL;
}

static unsigned char digit(char c)
{
	return (unsigned char)(isdigit((unsigned char)c) ? c - '0'
							 : (c | 0x20) - 'a' + 10);
}

size_t build_id_parse(const char *text, unsigned char *to, size_t size)
{
	size_t n = strlen(text), i;

	if (n % 2 || n / 2 > size || strspn(text, "0123456789abcdefABCDEF") != n)
		return 0;
	for (i = 0; i < n / 2; i++)
		to[i] = (unsigned char)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
	return n / 2;
}

void build_id_text(const struct build_id *id, char text[2 * BUILD_ID_MAX + 1])
{
	size_t i;

	*text = '\0';
	for (i = 0; i < id->n; i++)
		snprintf(text + 2 * i, 3, "%02x", id->bytes[i]);
}

bool build_id_differs(const struct build_id *x, const struct build_id *y)
{
	return x->n && y->n && (x->n != y->n || memcmp(x->bytes, y->bytes, x->n) != 0);
}
