// SPDX-License-Identifier: GPL-2.0-or-later
#include "host.h"

#include "base/text.h"
#include "brought.h"

enum result host_load(struct session *s)
{
	struct host_state *host = arena_alloc(&s->arena, sizeof(*host));
	enum result result;
	const char *why;
	char *text;
	size_t size;

	result = brought_read(s, s->host, HOST_STATE_MAX,
			      "it is longer than what QEMU says of a guest", &text,
			      &size);
	if (result != RESULT_DONE)
		return result;
	host->file = text_escaped(&s->arena, s->host);
	if (!host_state_parse(&s->arena, text, size, host, &why) ||
	    !host_state_fit(s->dump, facts_gpus(s->dump, s->facts), host, &why))
		return brought_error(s, s->host, why);
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
