// SPDX-License-Identifier: GPL-2.0-or-later
#include "host.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

static enum result host_error(struct session *s, const char *why)
{
	return session_error(s, RESULT_UNREADABLE, "%s: %s", s->host, why);
}

/* All of it; false: it cannot be read, or is longer than such a file is. */
static bool read_text(struct session *s, char **text, size_t *size)
{
	FILE *in = fopen(s->host, "re");
	bool ok;

	if (!in) {
		host_error(s, strerror(errno));
		return false;
	}
	*text = arena_alloc(&s->arena, HOST_STATE_MAX + 1);
	*size = fread(*text, 1, HOST_STATE_MAX + 1, in);
	ok = !ferror(in) && *size <= HOST_STATE_MAX;
	if (!ok)
		host_error(s, ferror(in) ? strerror(errno)
					 : "it is longer than what QEMU says of a guest");
	fclose(in);
	return ok;
}

enum result host_load(struct session *s)
{
	struct host_state *host = arena_alloc(&s->arena, sizeof(*host));
	const char *why;
	char *text;
	size_t size;

	if (!read_text(s, &text, &size))
		return RESULT_UNREADABLE;
	host->file = text_escaped(&s->arena, s->host);
	if (!host_state_parse(&s->arena, text, size, host, &why) ||
	    !host_state_fit(s->dump, facts_gpus(s->dump, s->facts), host, &why))
		return host_error(s, why);
	s->facts->host = host;
	return RESULT_DONE;
}

const struct host_state *host_refit(struct session *s, const struct host_state *before)
{
	struct host_state *host;
	const char *why;

	if (!before)
		return NULL;
	host = arena_alloc(&s->arena, sizeof(*host));
	*host = *before;
	return host_state_fit(s->dump, facts_gpus(s->dump, s->facts), host, &why) ? host
										  : NULL;
}
