// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "said.h"

#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#define BEGINS "{\"vgpu\":"

struct said {
	yajl_handle parser; /* NULL: of text */
	char first[sizeof(BEGINS) - 1];
	size_t n; /* bytes until now */
	bool ended;
};

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

static void look_at_text(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (((unsigned char)s[i] < 0x20 && s[i] != '\n' && s[i] != '\t') ||
		    s[i] == 0x7f)
			fail("a control code in the text");
}

static void parse(struct said *said, const char *s, size_t n)
{
	const unsigned char *bytes = (const unsigned char *)s;

	if (yajl_parse(said->parser, bytes, n) == yajl_status_ok)
		return;
	fprintf(stderr, "%s\n", yajl_get_error(said->parser, 1, bytes, n));
	fail("JSON that does not parse");
}

static void look_at_json(struct said *said, const char *s, size_t n)
{
	const char *end = memchr(s, '\n', n);
	size_t i;

	if (said->ended || (end && end != s + n - 1))
		fail("JSON on more than one line");
	said->ended = end;
	for (i = 0; i < n && said->n + i < sizeof(said->first); i++)
		said->first[said->n + i] = s[i];
	parse(said, s, n);
}

static ssize_t look(void *cookie, const char *s, size_t n)
{
	struct said *said = cookie;

	if (said->parser)
		look_at_json(said, s, n);
	else
		look_at_text(s, n);
	said->n += n;
	return (ssize_t)n;
}

static int finish(void *cookie)
{
	struct said *said = cookie;

	if (said->parser) {
		if (!said->ended)
			fail("JSON whose line has no end");
		if (memcmp(said->first, BEGINS, sizeof(said->first)) != 0)
			fail("JSON that does not begin with its version");
		if (yajl_complete_parse(said->parser) != yajl_status_ok)
			fail("JSON that has no end");
		yajl_free(said->parser);
	}
	free(said);
	return 0;
}

FILE *said_open(bool json)
{
	static const cookie_io_functions_t io = {.write = look, .close = finish};
	struct said *said = calloc(1, sizeof(*said));
	FILE *out = said ? fopencookie(said, "w", io) : NULL;

	if (!out)
		fail("no memory");
	if (json)
		said->parser = yajl_alloc(NULL, NULL, NULL);
	return out;
}
