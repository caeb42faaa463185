// SPDX-License-Identifier: GPL-2.0-or-later
/* From a command line to the end of the command, however it ends. */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/terminal.h"
#include "base/text.h"
#include "command.h"
#include "command_line.h"
#include "host.h"
#include "known.h"
#include "report/report.h"

#define FILE_MODE 0600 /* names of people's programs are in it */

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

int session_number(const struct session *s, char letter, int otherwise)
{
	return session_has(s, letter) ? s->number[(unsigned char)letter] : otherwise;
}

bool session_interrupted(const struct session *s)
{
	return dump_interrupted(s->dump);
}

static void set_error(struct session *s, const struct nearest *near, const char *fmt,
		      va_list ap)
{
	char text[sizeof(s->error)];
	int n = vsnprintf(text, sizeof(text), fmt, ap);

	if (near && near->name && n >= 0 && (size_t)n < sizeof(text))
		snprintf(text + n, sizeof(text) - (size_t)n, ": did you mean %s?",
			 near->name);
	/* It may have words in it that somebody typed. */
	text_escape(s->error, sizeof(s->error), text);
}

enum result session_error(struct session *s, enum result result, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set_error(s, NULL, fmt, ap);
	va_end(ap);
	return result;
}

enum result session_error_near(struct session *s, enum result result,
			       const struct nearest *near, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set_error(s, near, fmt, ap);
	va_end(ap);
	return result;
}

static void text_usage(FILE *out, const struct reader *r, const struct command *c)
{
	fputs("usage: ", out);
	if (c)
		command_usage(out, r, c);
	else
		fprintf(out, "%s [-j] [command]; `vgpu help` says which there are",
			r->usage);
	fputc('\n', out);
}

/* The one place where an error is told. */
static void tell_error(const struct session *s, enum result result)
{
	const struct command *c = s->command;

	terminal_clear();
	if (s->json) {
		json_error(s->out, s->facts, &s->reader->about, s->error);
		return;
	}
	fflush(s->out);
	if (c && c != commands[0])
		fprintf(s->errors, "vgpu %s: %s\n", c->name, s->error);
	else
		fprintf(s->errors, "vgpu: %s\n", s->error);
	if (result == RESULT_USAGE)
		text_usage(s->errors, s->reader, c);
	if (result == RESULT_UNREADABLE && s->facts)
		text_notes(s->errors, s->facts);
}

static unsigned int wanted_facts(const struct session *s)
{
	const struct command_option *o;
	unsigned int facts = s->command->facts;
	size_t i;

	for (i = 0; (o = command_option_at(s->command, i)); i++)
		if (session_has(s, o->letter))
			facts |= o->facts;
	return facts;
}

static enum small_level wanted_level(const struct session *s)
{
	const struct command_option *o;
	enum small_level level = s->command->level;
	size_t i;

	if (s->argument && s->command->argument_level > level)
		level = s->command->argument_level;
	for (i = 0; (o = command_option_at(s->command, i)); i++)
		if (session_has(s, o->letter) && o->level > level)
			level = o->level;
	return level;
}

/* What it would say of the few pages that are there may be wrong. */
static bool is_cut(struct session *s)
{
	const struct dump_small *small = s->reader->about.small;
	enum small_level level = wanted_level(s);

	if (!small || small->level >= level)
		return false;
	session_error(s, RESULT_UNREADABLE,
		      "this small core was cut to --level %s: what is read for this was "
		      "left out; one of --level %s has it",
		      small_level_word(small->level), small_level_word(level));
	return true;
}

/* Of a text most commands have nothing to read. */
static bool needs_memory(struct session *s)
{
	if (!s->reader->about.text || s->command->of_text)
		return false;
	session_error(s, RESULT_UNREADABLE,
		      "this is a text, not a core: there is no memory to read; triage, "
		      "panic and log have an answer");
	return true;
}

static enum result no_memory_error(struct session *s)
{
	return session_error(s, RESULT_UNREADABLE, "%s", reader_no_memory(s->reader));
}

void session_forget(struct session *s)
{
	s->facts = NULL;
	memset(&s->dump->notes, 0, sizeof(s->dump->notes));
	arena_free(&s->look);
}

void session_read(struct session *s, unsigned int what)
{
	session_forget(s);
	s->facts = arena_alloc(&s->look, sizeof(*s->facts));
	facts_read(s->dump, what, s->facts);
}

bool session_look_afresh(struct session *s, double *seconds)
{
	*seconds = s->reader->again(s->reader);
	if (*seconds < 0)
		return false;
	session_read(s, wanted_facts(s));
	return !s->facts->interrupted;
}

bool session_look_again(struct session *s)
{
	const struct host_state *host = s->facts->host;
	double seconds;

	earlier_keep(s->facts, &s->arena, &s->earlier);
	if (!session_look_afresh(s, &seconds))
		return false;
	s->facts->before = &s->earlier;
	s->facts->before_s = seconds;
	s->facts->host = host_refit(s, host);
	return true;
}

/* ---- a file ------------------------------------------------------------------ */

static enum result file_error(struct session *s)
{
	return session_error(s, RESULT_UNREADABLE, "%s cannot be written: %s",
			     s->file.path, new_file_error(errno));
}

static void drop_file(struct session *s)
{
	if (!s->file_out)
		return;
	fclose(s->file_out);
	s->file_out = NULL;
	new_file_remove(&s->file);
}

/* What is read here, and what was written a moment ago. */
static bool is_in_use(const struct session *s, const char *path)
{
	const struct dump_about *about = &s->reader->about;
	bool found = new_file_is(path, s->host) || new_file_is(path, s->known) ||
		     new_file_is_among(path, about->files.v, about->files.n);
	size_t i;

	for (i = 0; i < HANDOUTS && s->handout[i] != path; i++)
		found |= new_file_is(path, s->handout[i]);
	return found;
}

FILE *session_file_begin(struct session *s, const char *path)
{
	if (is_in_use(s, path)) {
		session_error(s, RESULT_UNREADABLE,
			      "%s is in use here: it is not written over", path);
		return NULL;
	}
	if (!new_file_open(&s->arena, &s->file, path)) {
		file_error(s);
		return NULL;
	}
	s->file_out = new_file_stream(&s->file);
	if (!s->file_out) {
		file_error(s);
		new_file_remove(&s->file);
	}
	return s->file_out;
}

enum result session_file_end(struct session *s)
{
	bool ok = !ferror(s->file_out);

	ok &= fclose(s->file_out) == 0;
	s->file_out = NULL;
	if (ok && new_file_keep(&s->file, FILE_MODE))
		return RESULT_DONE;
	file_error(s);
	new_file_remove(&s->file);
	return RESULT_UNREADABLE;
}

static enum result read_and_run(struct session *s)
{
	enum result result = RESULT_DONE;

	s->begun = true;
	s->dump = s->reader->begin(s->reader, &s->look);
	if (!s->dump)
		return no_memory_error(s);
	s->facts = arena_alloc(&s->look, sizeof(*s->facts));
	facts_read(s->dump, wanted_facts(s), s->facts);
	if (s->facts->interrupted)
		return RESULT_INTERRUPTED;
	if (s->facts->text && !s->facts->text->of_kernel)
		return session_error(
			s, RESULT_UNREADABLE,
			"a text, not a core, and no line of it is known for a kernel's: "
			"as dmesg, journalctl -k, syslog or a console have them");
	if (s->host)
		result = host_load(s);
	if (s->known && result == RESULT_DONE)
		result = known_load(s);
	return result == RESULT_DONE ? s->command->run(s) : result;
}

/* In crash there is a dump, always. */
static bool needs_no_dump(const struct session *s)
{
	const struct dump_about *about = &s->reader->about;

	return s->command->no_dump || (s->command->without_dump &&
				       about->door == DOOR_PROGRAM && !about->files.n);
}

static enum result run(struct session *s)
{
	const char *why;

	if (s->help && s->named) {
		command_help(s->out, s->reader, s->command);
		return RESULT_DONE;
	}
	if (s->help) {
		commands_help(s->out, s->reader);
		return RESULT_DONE;
	}
	if (setjmp(out_of_memory))
		return no_memory_error(s);
	if (needs_no_dump(s))
		return s->command->run(s);
	why = s->reader->refusal(s->reader);
	if (why)
		return session_error(s, RESULT_UNREADABLE, "%s", why);
	if (is_cut(s) || needs_memory(s))
		return RESULT_UNREADABLE;
	return read_and_run(s);
}

static void close_others(struct session *s)
{
	struct other *o;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(s->others); i++) {
		o = &s->others[i];
		if (o->begun)
			o->reader->end(o->reader);
		if (o->reader)
			s->reader->close(o->reader);
	}
}

static void tell_interrupted(struct session *s)
{
	const struct reader *r = s->reader;
	const char *why = s->begun && r->interrupted_by ? r->interrupted_by(s->reader)
							: NULL;

	session_error(s, RESULT_INTERRUPTED, "%s; nothing is left behind",
		      why ? why : "interrupted");
}

enum result commands_run(struct reader *r, FILE *out, FILE *errors, int argc, char **argv)
{
	struct session s = {.out = out,
			    .errors = errors,
			    .reader = r,
			    .arena.no_memory = no_memory,
			    .look.no_memory = no_memory};
	enum result result = command_line_parse(&s, argc, argv);

	terminal_begin();
	if (result == RESULT_DONE)
		result = run(&s);
	if (result == RESULT_INTERRUPTED)
		tell_interrupted(&s);
	if (s.error[0])
		tell_error(&s, result);
	terminal_clear();
	drop_file(&s);
	if (s.begun)
		r->end(r);
	close_others(&s);
	arena_free(&s.look);
	arena_free(&s.arena);
	return result;
}
