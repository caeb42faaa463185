// SPDX-License-Identifier: GPL-2.0-or-later
/* From a command line to the end of the command, however it ends. */
#include "session.h"

#include <setjmp.h>
#include <stdarg.h>

#include "command.h"
#include "command_line.h"
#include "commands.h"

/* Where memory that is not there leads to.  One command runs at a time. */
static jmp_buf out_of_memory;

static void no_memory(void)
{
	longjmp(out_of_memory, 1);
}

bool session_has(const struct session *s, char letter)
{
	return s->given[(unsigned char)letter];
}

long session_number(const struct session *s, char letter, long otherwise)
{
	return session_has(s, letter) ? s->number[(unsigned char)letter] : otherwise;
}

bool session_interrupted(const struct session *s)
{
	return dump_interrupted(s->dump);
}

void session_error(struct session *s, const char *fmt, ...)
{
	va_list ap;

	fprintf(s->out, "vgpu %s: ", s->command->name);
	va_start(ap, fmt);
	vfprintf(s->out, fmt, ap);
	va_end(ap);
	fputc('\n', s->out);
}

static unsigned int wanted_facts(const struct session *s)
{
	const struct command_option *o = s->command->options;
	unsigned int facts = s->command->facts;
	size_t i;

	for (i = 0; i < COMMAND_OPTIONS_MAX && o[i].letter; i++)
		if (session_has(s, o[i].letter))
			facts |= o[i].facts;
	return facts;
}

static void read_and_run(struct session *s)
{
	s->dump = s->reader->begin(s->reader, &s->arena);
	if (!s->dump)
		return;
	s->facts = arena_alloc(&s->arena, sizeof(*s->facts));
	facts_read(s->dump, wanted_facts(s), s->facts);
	if (!s->facts->interrupted)
		s->command->run(s);
	if (session_interrupted(s))
		session_error(s, "interrupted; nothing is left behind");
}

static void run(struct session *s)
{
	s->arena.no_memory = no_memory;
	if (setjmp(out_of_memory))
		session_error(s, "not enough memory on this machine for this dump");
	else
		read_and_run(s);
	s->reader->end(s->reader);
	arena_free(&s->arena);
}

void commands_run(struct reader *r, FILE *out, int argc, char **argv)
{
	struct session s = {.out = out, .reader = r};
	const char *why;

	if (!command_line_parse(&s, argc, argv))
		return;
	why = r->refusal(r);
	if (why)
		fprintf(out, "vgpu: %s.\n", why);
	else
		run(&s);
}
