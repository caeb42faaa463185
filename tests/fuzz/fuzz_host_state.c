// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A libFuzzer target: the file of --host, JSON or text, as somebody may have made it.
 *
 * Besides what the sanitizers see: there is no more than a bounded number of queues, what
 * they are called is printable, and why there is none is said.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts/host_state.h"

static void fail(const char *what)
{
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

static void look_at(const struct host_queue *q)
{
	size_t i;

	if (!memchr(q->device, '\0', sizeof(q->device)))
		fail("a name does not end");
	for (i = 0; q->device[i]; i++)
		if ((unsigned char)q->device[i] < ' ')
			fail("a name has control codes");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct host_state state = {.file = "host.json"};
	struct arena arena = {0};
	const char *why = NULL;
	char *text = malloc(size ? size : 1); /* so that a read past its end is seen */
	size_t i;

	if (!text)
		return 0;
	memcpy(text, data, size);
	if (!host_state_parse(&arena, text, size, &state, &why) && (!why || !*why))
		fail("it does not say why");
	if (state.all.n > 1024)
		fail("more queues than there can be");
	for (i = 0; i < state.all.n; i++)
		look_at(&state.all.v[i]);
	arena_free(&arena);
	free(text);
	return 0;
}
