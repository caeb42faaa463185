// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `vgpu CORE [command]`: a core and nothing else.
 *
 * The exit status is the command's (commands/commands.h); of many, that of the first that
 * was not done.
 */
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/nearest.h"
#include "base/terminal.h"
#include "base/text.h"
#include "commands/command.h"
#include "extract.h"
#include "interrupt.h"
#include "live.h"
#include "live_clock.h"
#include "live_text.h"
#include "options.h"
#include "prompt.h"
#include "report/report.h"
#include "table_make.h"
#include "words.h"

#define PROMPT_TEXT "vgpu> "
/* In memory: what hangs may be the disk. */
#define WATCH_FOLDER "/run/vgpu"
/* Who is blocked in two looks and has not run in between; a file that does not answer. */
#define PROC_LOOKS_APART_S 1.0
#define PROC_SILENT_MS 500
#define HEAP_STEP (16 << 20)
#define HEAP_BLOCK_MAX (8 << 20)
/* So that an answer is not mixed with the line that says how far it is. */
#define ON_TERMINAL (1 << 20)

struct program {
	struct arena arena;
	struct options options;
	struct core_source source;
	struct core_record record; /* of --extract */
	struct reader *reader;
};

static _Noreturn void no_memory(void)
{
	fputs("vgpu: not enough memory on this machine\n", stderr);
	exit(RESULT_UNREADABLE);
}

/* Where no command runs that would tell it. */
static enum result complain(struct program *p, enum result result, const char *error)
{
	if (p->options.json) {
		json_error(stdout, NULL, &p->reader->about, error);
		return result;
	}
	fprintf(stderr, "vgpu: %s\n", error);
	if (result == RESULT_USAGE)
		options_usage(stderr);
	return result;
}

/* ---- many commands ---------------------------------------------------------- */

/* Can no more be written?  Whoever reads has gone, or the disk is full. */
static bool output_is_over(void)
{
	return ferror(stdout) || interrupt_pending();
}

static enum result run_line(struct program *p, const char *line)
{
	struct arena a = {.no_memory = no_memory};
	struct line_words w = {{0}};
	enum result result = RESULT_USAGE;
	size_t i;

	for (i = 0; i < p->options.words.n; i++)
		*vec_push(&a, &w.all) = p->options.words.v[i];
	if (words_split(&w, &a, line)) {
		*vec_push(&a, &w.all) = NULL;
		result = commands_run(p->reader, stdout, stdout, (int)w.all.n - 1,
				      w.all.v);
	} else if (p->options.json) {
		json_error(stdout, NULL, &p->reader->about, "a quote has no end");
	} else {
		puts("vgpu: a quote has no end");
	}
	fflush(stdout);
	arena_free(&a);
	return result;
}

/* Blank lines, and remarks. */
static bool is_empty(const char *line)
{
	line += strspn(line, " \t\r\n");
	return !*line || *line == '#';
}

/* Of errno. */
static enum result cannot_read(struct program *p, enum result result, const char *name)
{
	const char *why = strerror(errno);

	return complain(p, result,
			arena_printf(&p->arena, "%s: %s", text_escaped(&p->arena, name),
				     why));
}

static enum result run_lines(struct program *p, FILE *in, const char *name)
{
	enum result first = RESULT_DONE, result;
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, in) >= 0) {
		line[strcspn(line, "\r\n")] = '\0';
		if (is_empty(line))
			continue;
		printf(PROMPT_TEXT "%s\n", line);
		/* Whoever waits for the answer can see what is being done. */
		fflush(stdout);
		result = run_line(p, line);
		if (first == RESULT_DONE)
			first = result;
		if (result == RESULT_INTERRUPTED || output_is_over())
			break;
	}
	/* A folder can be opened, too; and what is not read was not done. */
	if (ferror(in)) {
		result = cannot_read(p, RESULT_UNREADABLE, name);
		if (first == RESULT_DONE)
			first = result;
	}
	free(line);
	return first;
}

static enum result run_file(struct program *p)
{
	const char *name = p->options.commands;
	enum result result;
	FILE *in;

	if (!strcmp(name, "-"))
		return run_lines(p, stdin, "stdin");
	in = fopen(name, "re");
	if (!in)
		return cannot_read(p, RESULT_USAGE, name);
	result = run_lines(p, in, name);
	fclose(in);
	return result;
}

static bool is_end(const char *line)
{
	return !strcmp(line, "quit") || !strcmp(line, "exit") || !strcmp(line, "q");
}

/* A Ctrl-C that comes when its command has just ended. */
static void do_nothing(int sig)
{
	(void)sig;
}

static enum result run_prompt(struct program *p)
{
	struct prompt *prompt = isatty(STDIN_FILENO) ? prompt_open(PROMPT_TEXT) : NULL;
	const char *line;

	if (!prompt)
		return run_lines(p, stdin, "stdin");
	signal(SIGINT, do_nothing);
	while ((line = prompt_line(prompt)) && !is_end(line)) {
		if (!is_empty(line))
			run_line(p, line);
		if (output_is_over())
			break;
	}
	if (!line)
		putchar('\n');
	prompt_close(prompt);
	return RESULT_DONE;
}

/* ---- the command line --------------------------------------------------------- */

/* There is no such file: was a command's name meant? */
static enum result no_such_file(struct program *p)
{
	const char *name = text_escaped(&p->arena, p->options.dump);
	struct nearest near = {.word = name};
	const struct command *const *c;

	for (c = commands; *c; c++)
		nearest_try(&near, (*c)->name);
	if (!near.name)
		return complain(p, RESULT_UNREADABLE,
				arena_printf(&p->arena, "%s: no such file", name));
	return complain(
		p, RESULT_USAGE,
		arena_printf(&p->arena,
			     "%s: no such file; the dump comes first: vgpu CORE %s", name,
			     near.name));
}

static bool asks_for_help(const struct options *o)
{
	size_t i;

	for (i = 1; i < o->words.n; i++)
		if (!strcmp(o->words.v[i], "-h") || !strcmp(o->words.v[i], "--help"))
			return true;
	return false;
}

static enum result run_words(struct program *p)
{
	struct options *o = &p->options;
	int argc = (int)o->words.n;

	*vec_push(&p->arena, &o->words) = NULL;
	return commands_run(p->reader, stdout, stderr, argc, o->words.v);
}

/* Of "a:b" the first that cannot be looked into; NULL: all can. */
static const char *first_closed(struct arena *a, const char *names)
{
	char *list = arena_printf(a, "%s", names), *folder;

	if (!access(names, R_OK))
		return NULL;
	while ((folder = strsep(&list, ":")))
		if (*folder && access(folder, R_OK))
			return folder;
	return NULL;
}

/*
 * Passed over in silence, a folder that is misspelled would leave the user with the advice
 * to name it.
 */
static const char *closed_folder(struct program *p)
{
	const struct options *o = &p->options;
	const char *closed = NULL;
	size_t i;

	for (i = 0; i < o->debug_dirs.n && !closed; i++)
		closed = first_closed(&p->arena, o->debug_dirs.v[i]);
	for (i = 0; i < o->layouts.n && !closed; i++)
		closed = first_closed(&p->arena, o->layouts.v[i]);
	return closed ? arena_printf(&p->arena, "%s: %s", text_escaped(&p->arena, closed),
				     strerror(errno))
		      : NULL;
}

/* `vgpu help`, `vgpu --version`: how vgpu is started is said where it says all. */
static enum result run_without_dump(struct program *p)
{
	const struct options *o = &p->options;
	const char *closed;
	size_t i;

	if ((o->no_dump && o->words.n == 2 && !strcmp(o->words.v[1], "help")) ||
	    (!o->no_dump && asks_for_help(o))) {
		options_help(stdout);
		fputc('\n', stdout);
		commands_help(stdout, p->reader);
		return RESULT_DONE;
	}
	closed = closed_folder(p);
	if (closed)
		return complain(p, RESULT_UNREADABLE, closed);
	for (i = 1; i < o->words.n; i++)
		if (o->no_dump || !strcmp(o->words.v[i], "--version"))
			return run_words(p);
	return complain(p, RESULT_USAGE, "which core? It comes first: vgpu CORE");
}

/* `vgpu hung -h` */
static enum result run_help_of(struct program *p)
{
	struct options *o = &p->options;

	*vec_push(&p->arena, &o->words) = (char *)o->dump;
	return run_words(p);
}

/* A signal while the core was opened is of no command that is still to be asked for. */
static enum result run_many(struct program *p)
{
	const char *why = p->reader->refusal(p->reader);

	if (!why && interrupted())
		why = "interrupted; nothing is left behind";
	if (why)
		return complain(p, RESULT_UNREADABLE, why);
	return p->options.prompt ? run_prompt(p) : run_file(p);
}

/* ---- layout tables ------------------------------------------------------------ */

static enum result say_written(const char *path)
{
	printf("%s\n", path);
	return RESULT_DONE;
}

static enum result make_table(struct program *p)
{
	const struct options *o = &p->options;
	VEC(const char *) files = {0};
	struct table_place place = {.path = o->export ? o->export : "."};
	const struct layout_table *t;
	struct error why = {""};
	const char *written;
	size_t i;

	*vec_push(&p->arena, &files) = o->from;
	for (i = 1; i < o->words.n; i++)
		*vec_push(&p->arena, &files) = o->words.v[i];
	place.inputs = files.v;
	place.ninputs = files.n;
	t = table_of_files(&p->arena, files.v, files.n, &why);
	if (t && table_put(&p->arena, t, &place, &written, &why))
		return say_written(written);
	return complain(p, RESULT_UNREADABLE, why.text);
}

static enum result export_table(struct program *p)
{
	const char *refusal = p->reader->refusal(p->reader), *written;
	const struct options *o = &p->options;
	VEC(const char *) inputs = {0};
	struct table_place place = {.path = o->export};
	struct error why = {""};
	size_t i;

	for (i = 0; i < p->source.core.n; i++)
		*vec_push(&p->arena, &inputs) = p->source.core.files[i];
	/* One may be a vmlinux. */
	for (i = 0; i < o->debug_dirs.n; i++)
		*vec_push(&p->arena, &inputs) = o->debug_dirs.v[i];
	place.inputs = inputs.v;
	place.ninputs = inputs.n;
	if (!refusal && p->reader->about.text)
		refusal = "this is a text, not a core: it tells of no types";
	if (refusal)
		return complain(p, RESULT_UNREADABLE, refusal);
	if (core_reader_export(p->reader, &p->arena, &place, &written, &why))
		return say_written(written);
	return complain(p, RESULT_UNREADABLE, why.text);
}

/* ---- small cores -------------------------------------------------------------- */

static enum result make_small(struct program *p)
{
	const struct options *o = &p->options;
	struct extract x = {p->reader, &p->source, o->extract, o->level, o->blank};
	struct error why = {""};
	enum result result = extract_core(&x, stdout, &why);

	if (result == RESULT_DONE)
		return result;
	if (result == RESULT_INTERRUPTED)
		error_within(&why, "no small core was written");
	return complain(p, result, why.text);
}

/* Memory as it is now, by a reader of its own, which writes down what it reads. */
static void keep_small(const struct watch *w, const char *path)
{
	const struct program *p = w->of;
	struct core_record record = {.given.n = 0};
	struct core_source source = p->source;
	struct extract x = {.source = &source, .path = path};
	struct error why = {"not enough memory"};
	FILE *null = fopen("/dev/null", "we");

	source.core.record = &record;
	x.reader = null ? core_reader_create(&source) : NULL;
	if (!x.reader || extract_core(&x, null, &why) != RESULT_DONE)
		fprintf(w->errors, "vgpu: %s: %s\n", path, why.text);
	core_reader_destroy(x.reader);
	if (null)
		fclose(null);
}

static struct reader *renew(const struct watch *w, struct reader *r)
{
	struct program *p = w->of;
	struct reader *now = core_reader_create(&p->source);

	if (!now || now->refusal(now)) {
		core_reader_destroy(now);
		return r;
	}
	core_reader_destroy(r);
	return p->reader = now;
}

/*
 * By a signal in the last look, or while its reader was made anew; a look that was too long
 * ends by one, too, and is no end.
 */
static bool is_to_end(void)
{
	return interrupt_pending() || (interrupted() && !interrupted_late());
}

static bool wait_between_looks(double seconds)
{
	return live_clock_wait(seconds, is_to_end);
}

static enum result watch(struct program *p)
{
	const struct options *o = &p->options;
	const struct watch w = {.seconds = o->watch,
				.folder = o->output ? o->output : WATCH_FOLDER,
				.out = stdout,
				.errors = stderr,
				.keep = keep_small,
				.renew = renew,
				.wait = wait_between_looks,
				.of = p};

	return commands_watch(p->reader, &w);
}

/* ---- what /proc tells --------------------------------------------------------- */

/* The command that is asked for; NULL: there is none of that name. */
static const struct command *command_asked(const struct program *p)
{
	const struct options *o = &p->options;
	size_t i;

	for (i = 1; i < o->words.n; i++)
		if (*o->words.v[i] != '-')
			return command_named(p->reader, o->words.v[i]);
	return commands[0];
}

static bool is_of_text(const struct program *p)
{
	const struct options *o = &p->options;
	const struct command *c = command_asked(p);

	return c && c->of_text && !o->watch && !o->extract && !o->export &&
	       !o->commands && !o->prompt;
}

/*
 * Memory may not be read, of which denied says why: what the machine tells of itself is
 * less, and of root's commands some have an answer of it.
 */
static enum result look_at_proc(struct program *p, const struct error *denied)
{
	struct live_text l = {.arena = &p->arena,
			      .proc = "/proc",
			      .kmsg = "/dev/kmsg",
			      .apart = PROC_LOOKS_APART_S,
			      .silent_ms = PROC_SILENT_MS};
	struct error why = {""};
	const char **file = arena_alloc(&p->arena, sizeof(*file));
	int fd;

	if (geteuid() || !is_of_text(p))
		return complain(p, RESULT_UNREADABLE, denied->text);
	fd = live_text_open(&l, &why);
	if (fd < 0)
		return complain(p, RESULT_UNREADABLE, why.text);
	*file = arena_printf(&p->arena, "/proc/self/fd/%d", fd);
	core_reader_destroy(p->reader);
	p->source.core.files = file;
	p->source.core.n = 1;
	p->source.core.uptime_s = l.uptime_s;
	p->source.told = l.proc;
	p->source.live = false;
	p->source.instead = arena_printf(
		&p->arena,
		"this machine's memory: %s; what is said above is a smaller triage, of what "
		"/proc tells%s",
		denied->text, l.left_out ? ", where some files did not answer" : "");
	p->reader = core_reader_create(&p->source);
	if (!p->reader)
		no_memory();
	return run_words(p);
}

static enum result start(struct program *p)
{
	const struct options *o = &p->options;
	const char *closed;
	struct error why = {""};
	struct stat st;

	if (o->from)
		return make_table(p);
	if (!o->dump)
		return run_without_dump(p);
	if (o->live && !asks_for_help(o)) {
		if (o->watch)
			live_clock_start();
		live_settle(o->memory_max ? o->memory_max : LIVE_MEMORY, !o->watch);
		if (!live_may_read(o->dump, &why))
			return look_at_proc(p, &why);
	}
	if (stat(o->dump, &st) && errno == ENOENT)
		return command_named(p->reader, o->dump) && asks_for_help(o)
			       ? run_help_of(p)
			       : no_such_file(p);
	closed = closed_folder(p);
	if (closed)
		return complain(p, RESULT_UNREADABLE, closed);
	if (o->export)
		return export_table(p);
	if (o->watch)
		return watch(p);
	if (o->extract)
		return make_small(p);
	return o->prompt || o->commands ? run_many(p) : run_words(p);
}

/* With ':' between them. */
static const char *joined(struct arena *a, const char *const *names, size_t n)
{
	const char *all = "";
	size_t i;

	for (i = 0; i < n; i++)
		all = arena_printf(a, "%s%s%s", all, i ? ":" : "", names[i]);
	return all;
}

/* What the reader is to know of the command line. */
static void make_source(struct program *p)
{
	const struct options *o = &p->options;
	size_t i;
	VEC(const char *) files = {0};

	if (o->dump)
		*vec_push(&p->arena, &files) = o->dump;
	for (i = 0; i < o->parts.n; i++)
		*vec_push(&p->arena, &files) = o->parts.v[i];
	p->source.core.files = files.v;
	p->source.core.n = files.n;
	p->source.core.unpack_max = o->unpack_max;
	p->source.core.progress.tell = terminal_tell;
	p->source.core.progress.interrupted = interrupted;
	p->source.debug_dirs = joined(&p->arena, o->debug_dirs.v, o->debug_dirs.n);
	p->source.layouts = joined(&p->arena, o->layouts.v, o->layouts.n);
	/* What hangs may be the disk. */
	p->source.no_cache = o->no_cache || o->live;
	p->source.live = o->live;
	if (o->live)
		p->source.seconds_max = o->seconds_max ? o->seconds_max : LIVE_SECONDS;
	p->source.no_types = o->no_types;
	if (o->extract)
		p->source.core.record = &p->record;
}

/* Has whoever reads our answer gone? */
static bool is_closed(int fd)
{
	struct pollfd p = {.fd = fd};

	return poll(&p, 1, 0) == 1 && p.revents & POLLERR;
}

/* End as the signal would have ended us, had there been nothing to remove. */
static void end_by(int sig)
{
	signal(sig, SIG_DFL);
	raise(sig);
}

static enum result finish_output(enum result result)
{
	bool closed, failed = ferror(stdout);

	failed |= fflush(stdout) != 0;
	if (!failed)
		return result;
	closed = is_closed(STDOUT_FILENO);
	if (closed)
		end_by(SIGPIPE);
	fprintf(stderr, "vgpu: the answer cannot be written: %s\n",
		errno ? strerror(errno) : "an error on the way");
	return RESULT_UNREADABLE;
}

/*
 * The symbols and types of a kernel are 10 MB.  Page by page they would be thousands of page
 * faults, a tenth of the time; so they lie in one heap of large pages, where the machine has
 * such.  What is larger than its blocks is given back when it is no longer needed.
 */
static void prefer_large_pages(void)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from, to;
	void *first;

	mallopt(M_MMAP_THRESHOLD, HEAP_BLOCK_MAX);
	mallopt(M_TOP_PAD, HEAP_STEP);
	first = malloc(HEAP_BLOCK_MAX / 2);
	from = ((uintptr_t)first + page - 1) & -page;
	to = (uintptr_t)sbrk(0);
	if (first && to > from)
		madvise((void *)from, to - from, MADV_HUGEPAGE);
	free(first);
}

static bool has_word(int argc, char **argv, const char *word)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], word))
			return true;
	return false;
}

/*
 * No large pages on a machine that hangs: the kernel compacts and writes back for one, and
 * its khugepaged, woken by the first who wants some, waits for every CPU.
 */
int main(int argc, char **argv)
{
	struct program p = {.arena.no_memory = no_memory};
	struct error why = {""};
	enum result result;
	bool ok;

	if (has_word(argc, argv, "--live"))
		prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	else
		prefer_large_pages();
	/* A closed pipe is seen by what cannot be written, and ends no half-done work. */
	signal(SIGPIPE, SIG_IGN);
	if (isatty(STDOUT_FILENO) && isatty(STDERR_FILENO))
		setvbuf(stdout, NULL, _IOFBF, ON_TERMINAL);
	ok = options_parse(&p.options, &p.arena, argc, argv, &why);
	make_source(&p);
	p.reader = core_reader_create(&p.source);
	if (!p.reader)
		no_memory();
	result = ok ? start(&p) : complain(&p, RESULT_USAGE, why.text);
	if (result == RESULT_UNREADABLE && interrupted())
		result = RESULT_INTERRUPTED;
	core_reader_destroy(p.reader);
	result = finish_output(result);
	arena_free(&p.arena);
	if (interrupt_pending())
		end_by(interrupt_pending());
	return (int)result;
}
