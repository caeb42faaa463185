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

static double again(struct reader *r)
{
	struct fake_session *s = (struct fake_session *)r;

	s->looks++;
	if (s->between)
		s->between(s);
	return s->again;
}

static const char *interrupted_by(struct reader *r)
{
	return ((struct fake_session *)r)->interrupted_by;
}

static void end(struct reader *r)
{
	((struct fake_session *)r)->ended++;
}

/* Of one of another dump, which counts where it was asked for. */
struct fake_other {
	struct fake_session session; /* first: they are one */
	struct fake_session *of;
	struct arena arena;
};

static struct reader *other(struct reader *r, const char *path)
{
	struct fake_other *o = calloc(1, sizeof(*o));
	struct fake_session *s = (struct fake_session *)r;

	assert_non_null(o);
	o->of = s;
	o->session.fake = s->fake;
	o->session.refusal = strcmp(path, "nowhere") ? NULL : "it is not there";
	o->session.reader = s->reader;
	memset(&o->session.reader.about.files, 0, sizeof(o->session.reader.about.files));
	*vec_push(&o->arena, &o->session.reader.about.files) = path;
	s->open++;
	return &o->session.reader;
}

static void close_other(struct reader *r)
{
	struct fake_other *o = (struct fake_other *)r;

	assert_int_equal(o->session.begun, o->session.ended);
	o->of->open--;
	arena_free(&o->arena);
	free(o);
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
				    .end = end,
				    .interrupted_by = interrupted_by,
				    .other = other,
				    .close = close_other};
	if (s->program) {
		s->reader.about.crash = NULL;
		s->reader.about.door = DOOR_PROGRAM;
	}
	s->reader.about.small = s->small;
	s->reader.again = s->again != 0 ? again : NULL;
	s->reader.about.text = fake_dump(s->fake)->info.text != NULL;
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
