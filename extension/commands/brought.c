// SPDX-License-Identifier: GPL-2.0-or-later
#include "brought.h"

#include <errno.h>
#include <string.h>

enum result brought_error(struct session *s, const char *path, const char *why)
{
	return session_error(s, RESULT_UNREADABLE, "%s: %s", path, why);
}

bool brought_read(struct session *s, const char *path, size_t max, const char *too_long,
		  char **text, size_t *size)
{
	FILE *in = fopen(path, "re");
	bool ok;

	if (!in) {
		brought_error(s, path, strerror(errno));
		return false;
	}
	*text = arena_alloc(&s->arena, max + 1);
	*size = fread(*text, 1, max + 1, in);
	ok = !ferror(in) && *size <= max;
	if (!ok)
		brought_error(s, path, ferror(in) ? strerror(errno) : too_long);
	fclose(in);
	return ok;
}
