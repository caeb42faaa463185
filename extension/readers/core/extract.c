// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract.h"

#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "blank.h"
#include "commands/command.h"
#include "crash_start.h"
#include "kdump_write.h"
#include "kernel/sched/task.h"
#include "readers/small_note.h"
#include "report/text_writer.h"

/* ---- the commands ----------------------------------------------------------------- */

/* Of who has nothing but its name, and of its options those that take no number. */
static enum result run_one(const struct extract *x, FILE *null, const struct command *c,
			   char letter)
{
	char program[] = "vgpu", name[32], option[] = {'-', letter, '\0'};
	char *argv[] = {program, name, letter ? option : NULL, NULL};

	snprintf(name, sizeof(name), "%s", c->name);
	return commands_run(x->reader, null, null, letter ? 3 : 2, argv);
}

static enum result run_command(const struct extract *x, FILE *null,
			       const struct command *c)
{
	const struct command_option *o;
	enum result result = run_one(x, null, c, '\0');
	size_t i;

	for (i = 0; result != RESULT_INTERRUPTED && (o = command_option_at(c, i)); i++)
		if (!o->number && o->level <= x->level)
			result = run_one(x, null, c, o->letter);
	return result;
}

/* Does a small core of this level answer it?  What it has without an argument. */
static bool is_in(const struct extract *x, const struct command *c)
{
	return c->level <= x->level && !c->no_dump;
}

static enum result run_commands(const struct extract *x)
{
	FILE *null = fopen("/dev/null", "we");
	enum result result = RESULT_DONE;
	const struct command *const *c;

	for (c = commands; null && *c && result != RESULT_INTERRUPTED; c++)
		if (is_in(x, *c) && !(*c)->needs_argument)
			result = run_command(x, null, *c);
	if (null)
		fclose(null);
	return result == RESULT_INTERRUPTED ? result : RESULT_DONE;
}

/* ---- what is written ---------------------------------------------------------------- */

struct small_core {
	const struct extract *x;
	struct core_parts parts;
	struct arena *arena;
	struct kdump_content content;
	struct small_note note;
	struct new_file file;
	uint64_t bytes; /* of the file */
	size_t ntasks, nprograms;
};

static void count_tasks(struct small_core *s)
{
	struct tasks tasks = {0};
	size_t i;

	tasks_read(s->parts.d, &tasks);
	s->ntasks = tasks.all.n;
	for (i = 0; i < tasks.all.n; i++)
		s->nprograms += !tasks.all.v[i].kthread && !tasks.all.v[i].idle;
}

static void take_ranges(struct small_core *s, const struct page_set *set,
			struct pfn_ranges *ranges)
{
	uint64_t pfn;

	for (pfn = 0; page_set_next(set, &pfn); pfn++)
		pfn_ranges_add(s->arena, ranges, pfn);
}

/* Cut once more, it is of the first one still. */
static void make_note(struct small_core *s)
{
	const struct core_record *r = s->x->source->core.record;
	const struct dump_small *before = core_about(s->parts.core)->small;
	struct small_note *note = &s->note;
	uint64_t pfn;

	note->small.level = s->x->level;
	note->small.blank = s->x->blank || (before && before->blank);
	note->small.no_types = s->x->source->no_types || (before && before->no_types);
	if (before && before->level < note->small.level)
		note->small.level = before->level;
	if (before)
		note->small.pages = before->pages;
	else
		for (pfn = 0; core_next(s->parts.core, &pfn); pfn++)
			note->small.pages++;
	take_ranges(s, &r->excluded, &note->excluded);
	take_ranges(s, &r->damaged, &note->damaged);
}

static bool write_notes(struct small_core *s, char **text)
{
	FILE *out = open_memstream(text, &s->content.notes_size);
	size_t size;
	const unsigned char *notes = core_notes(s->parts.core, &size);
	bool ok;

	if (!out)
		return false;
	ok = small_note_write(out, notes, size, &s->note) && !ferror(out);
	return !fclose(out) && ok;
}

static bool write_small(struct small_core *s, struct error *why)
{
	struct arena *a = s->arena;
	char *text = NULL;
	bool ok;

	if (!write_notes(s, &text))
		return error_set(why, "not enough memory for a small core");
	s->content.notes = text;
	ok = new_file_open(a, &s->file, s->x->path) ||
	     error_set(why, "%s: %s", s->x->path, new_file_error(errno));
	ok = ok && kdump_write(a, s->parts.core, &s->content, &s->file,
			       &s->x->source->core.progress, &s->bytes, why);
	free(text);
	if (!ok) {
		new_file_remove(&s->file);
		return false;
	}
	return new_file_keep(&s->file, 0600) ||
	       error_set(why, "%s: %s", s->x->path, new_file_error(errno));
}

/* ---- what is said of it --------------------------------------------------------------- */

#define INDENT 10

static const char *answered(const struct small_core *s)
{
	const struct command *const *c;
	const char *all = "";

	for (c = commands; *c; c++)
		if (is_in(s->x, *c))
			all = arena_printf(s->arena, "%s%s%s", all, *all ? ", " : "",
					   (*c)->name);
	return all;
}

static void say_privacy(const struct small_core *s, FILE *out)
{
	const char *names = s->note.small.blank
				    ? "Names of programs and files, and the kernel's "
				      "log, were taken out; stacks may have words of both"
				    : "The kernel's log, and names of programs and of "
				      "files; --blank takes them out";

	text_wrapf(
		out, "PEOPLE", INDENT,
		"%s. %zu kernel stacks, %zu of them of people's programs. No page that "
		"only a program can read: each was read for what the kernel has in it.",
		names, s->ntasks, s->nprograms);
}

static void say_small(const struct small_core *s, FILE *out)
{
	uint64_t whole = core_about(s->parts.core)->file_bytes;

	text_wrapf(out, "SMALL", INDENT,
		   "%s: %.1f MB in place of %.1f, %llu pages of %llu", s->x->path,
		   (double)s->bytes / 1e6, (double)whole / 1e6,
		   COUNT(s->content.pages->n), COUNT(s->note.small.pages));
	text_wrapf(out, "ANSWERS", INDENT,
		   "%s. crash opens it too, with the kernel's debuginfo.", answered(s));
	say_privacy(s, out);
}

/* ---- all of it -------------------------------------------------------------------------- */

/* To take one file for both would leave nothing of either. */
static bool is_source(const struct extract *x)
{
	return new_file_is_among(x->path, x->source->core.files, x->source->core.n);
}

/*
 * What is known of types goes along: those of modules whose files are here only, and of the
 * kernel, where its own description of them is left out.  Without, it is a small core still.
 */
static void take_table(struct small_core *s)
{
	core_reader_table(s->x->reader, s->arena, &s->note.table, NULL);
}

static enum result make_small(struct small_core *s, struct error *why)
{
	crash_start_read(&s->parts);
	core_set_recording(s->parts.core, false);
	count_tasks(s);
	if (s->x->blank)
		blank_find(&s->parts, &s->content.erased);
	make_note(s);
	s->content.pages = &s->x->source->core.record->given;
	if (dump_interrupted(s->parts.d))
		error_set(why, "interrupted");
	else if (write_small(s, why))
		return RESULT_DONE;
	return dump_interrupted(s->parts.d) ? RESULT_INTERRUPTED : RESULT_UNREADABLE;
}

static jmp_buf out_of_memory;

static void no_memory(void)
{
	longjmp(out_of_memory, 1);
}

static enum result make_and_say(const struct extract *x, struct arena *a, FILE *out,
				struct error *why)
{
	static struct small_core s; /* kept where memory that is not there jumps to */
	enum result result = RESULT_UNREADABLE;

	s = (struct small_core){.x = x, .arena = a, .file.fd = -1};
	if (setjmp(out_of_memory)) {
		new_file_remove(&s.file);
		error_set(why, "%s", reader_no_memory(x->reader));
		return RESULT_UNREADABLE;
	}
	take_table(&s);
	s.parts = core_reader_parts(x->reader);
	s.parts.d = x->reader->begin(x->reader, a);
	result = make_small(&s, why);
	if (result == RESULT_DONE)
		say_small(&s, out);
	return result;
}

enum result extract_core(const struct extract *x, FILE *out, struct error *why)
{
	struct arena a = {.no_memory = no_memory};
	const char *refusal = x->reader->refusal(x->reader);
	enum result result;

	if (is_source(x)) {
		error_set(why, "%s is the core itself", x->path);
		return RESULT_USAGE;
	}
	if (!refusal && x->reader->about.text)
		refusal = "this is a text, not a core: it is small as it is";
	if (refusal) {
		error_set(why, "%s", refusal);
		return RESULT_UNREADABLE;
	}
	x->reader->about.to_be_small = x->level < SMALL_LEAK;
	result = run_commands(x);
	if (result == RESULT_INTERRUPTED) {
		error_set(why, "interrupted");
		return result;
	}
	result = make_and_say(x, &a, out, why);
	x->reader->end(x->reader);
	arena_free(&a);
	return result;
}
