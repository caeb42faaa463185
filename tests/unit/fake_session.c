// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE /* open_memstream() */
#include "test.h"

#include "fake_session.h"

#define WORDS_MAX 16

static const char *refusal(struct reader *r)
{
	return ((struct fake_session *)r)->refusal;
}

static struct dump *begin(struct reader *r, struct arena *a)
{
	struct fake_session *s = (struct fake_session *)r;
	struct dump *d = fake_dump(s->fake);

	s->begun++;
	d->arena = a;
	d->info.about = &r->about;
	memset(&d->notes, 0, sizeof(d->notes));
	return d;
}

static void end(struct reader *r)
{
	((struct fake_session *)r)->ended++;
}

const char *type(struct fake_session *s, const char *line)
{
	char *words = strdup(line), *argv[WORDS_MAX + 1] = {NULL}, *rest = words;
	struct arena *arena = fake_dump(s->fake)->arena;
	FILE *out;
	int argc = 0;

	s->reader = (struct reader){.about = fake_about,
				    .usage = s->usage ? s->usage : "vgpu",
				    .refusal = refusal,
				    .begin = begin,
				    .end = end};
	if (s->program) {
		s->reader.about.crash = NULL;
		s->reader.about.door = DOOR_PROGRAM;
	}
	s->reader.about.small = s->small;
	if (s->no_dump)
		s->reader.about.files.n = 0;
	free(s->text);
	out = open_memstream(&s->text, &s->length);
	assert_non_null(out);
	while (rest && argc < WORDS_MAX)
		argv[argc++] = strsep(&rest, " ");
	s->result = commands_run(&s->reader, out, out, argc, argv);
	fclose(out);
	free(words);
	keep_documents(s->text);
	fake_dump(s->fake)->arena = arena;
	return s->text;
}

void fake_session_end(struct fake_session *s)
{
	fake_destroy(s->fake);
	free(s->text);
	memset(s, 0, sizeof(*s));
}
