// SPDX-License-Identifier: GPL-2.0-or-later
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "commands/command.h"
#include "live.h"
#include "report/text_writer.h"

#define SECONDS_MAX 86400
#define COLUMN 22 /* where what is said of an option begins */

enum which {
	DEBUG_DIR,
	LAYOUTS,
	NO_CACHE,
	EXPORT,
	FROM,
	PART,
	EXTRACT,
	LEVEL,
	BLANK,
	NO_TYPES,
	COMMANDS,
	PROMPT,
	UNPACK_LIMIT,
	LIVE,
	MEMORY_LIMIT,
	TIME_LIMIT,
	WATCH,
	OUTPUT,
	PASSED_ON
};

static const struct option {
	const char *name;
	enum which which;
	const char *value; /* what it takes; NULL: nothing */
	const char *help;
} known[] = {
	{"--debug-dir", DEBUG_DIR, "DIR",
	 "Where files with types lie, for kernels that do not keep their own: "
	 "modules (virtio-gpu.ko) as they were installed or unpacked. May be given again."},
	{"--layouts", LAYOUTS, "DIR",
	 "Where layout tables lie, or a table itself: what vgpu asks of the types of a "
	 "kernel build, in a few kilobytes, made by `vgpu layout`. May be given again. "
	 "$VGPU_LAYOUTS, /usr/share/vgpu/layouts and ~/.cache/vgpu/layouts are looked at "
	 "too."},
	{"--no-cache", NO_CACHE, NULL,
	 "Do not keep what files in --debug-dir say of types as a layout table in "
	 "~/.cache/vgpu/layouts."},
	{"--export", EXPORT, "FILE",
	 "With `vgpu CORE layout`: write a layout table of its kernel to FILE, or into it "
	 "where it is a folder."},
	{"--from", FROM, "VMLINUX",
	 "With `vgpu layout` and no core: write a layout table of that vmlinux and the "
	 "modules (NAME.ko) named behind it, which have debugging information; to the "
	 "--export FILE, or into the working directory."},
	{"--part", PART, "FILE",
	 "Another part of a core that makedumpfile --split made, whose first one is CORE. "
	 "May be given again."},
	{"--unpack-limit", UNPACK_LIMIT, "SIZE",
	 "How large a core may become that is packed as a whole (.gz, .xz, .zst): 64G, or "
	 "as many bytes, K, M, G, T."},
	{"--html", PASSED_ON, "FILE",
	 "Write the triage to FILE, too, as one page that can be sent: all that another "
	 "engineer asks for first, with drawings. It needs no network and runs no script."},
	{"--markdown", PASSED_ON, "FILE",
	 "The same as the text of a ticket, for GitHub, GitLab, Jira."},
	{"--host", PASSED_ON, "FILE",
	 "What QEMU said of the GPU's queues while the guest hung (x-query-virtio-queue-status "
	 "of QMP, by virsh qemu-monitor-command or not; info virtio-queue-status of HMP): "
	 "the triage says whether the host fetched what waits. docs/host.md has the command."},
	{"--known", PASSED_ON, "FILE",
	 "Faults that your team knows, as rules: those that fit are told as KNOWN, as those "
	 "known upstream are. docs/known-rules.md has the form; `vgpu known --known FILE` "
	 "checks it."},
	{"--extract", EXTRACT, "FILE",
	 "Write a small core to FILE, to send in place of CORE: the pages that vgpu reads, "
	 "and what crash needs to open it; both answer as of CORE. Prints how large it is, and "
	 "what of people's data is in it."},
	{"--level", LEVEL, "LEVEL",
	 "Of --extract: triage (all but slab, mod, kmemleak, leak and fence -a), commands (all "
	 "but leak, fence -a and one cache's slab), leak (all; often half of CORE)."},
	{"--blank", BLANK, NULL,
	 "Of --extract: without names of people's programs and files, and without the "
	 "kernel's log."},
	{"--no-types", NO_TYPES, NULL,
	 "Of --extract: without the kernel's own description of its types, 1 MB packed. What "
	 "vgpu asks of them is in each small core; only struct needs more."},
	{"--commands", COMMANDS, "FILE",
	 "Many commands in one run, one in each line of FILE, or of stdin for \"-\". Before "
	 "what each says, its line is printed behind \"vgpu> \"."},
	{"--prompt", PROMPT, NULL, "Ask for commands, until Ctrl-D."},
	{"--live", LIVE, NULL,
	 "In the place of a core: this machine, while it hangs. As root; nothing is "
	 "written, no module is loaded, no lock is taken. The triage looks twice, a second "
	 "apart."},
	{"--memory-limit", MEMORY_LIMIT, "SIZE",
	 "With --live: how much memory of the machine vgpu may take: 64M, or as many "
	 "bytes, K, M, G, T."},
	{"--time-limit", TIME_LIMIT, "N",
	 "With --live: how many seconds a look may take: 10, unless given."},
	{"--watch", WATCH, "N",
	 "With --live: wait for tasks that are blocked or kept from a CPU for N seconds, and "
	 "write the triage of each such hang into a folder, as text and as JSON, with a "
	 "small core, once for each signature."},
	{"--output", OUTPUT, "DIR", "The folder of --watch; /run/vgpu, unless given."},
	{"--help", PASSED_ON, NULL, "This text; after a command, what it does."},
	{"--version", PASSED_ON, NULL, "The version of vgpu."},
};

static const struct option *option_named(const char *word, size_t length)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (strlen(known[i].name) == length &&
		    !strncmp(known[i].name, word, length))
			return &known[i];
	return NULL;
}

static bool unknown(const char *word, size_t length, struct error *why)
{
	char name[64];
	struct nearest near = {.word = name};
	size_t i;

	snprintf(name, sizeof(name), "%.*s", (int)length, word);
	for (i = 0; i < ARRAY_SIZE(known); i++)
		nearest_try(&near, known[i].name);
	return error_set(why, "there is no option %s%s%s%s", name,
			 near.name ? ": did you mean " : "", near.name ? near.name : "",
			 near.name ? "?" : "");
}

/* "20G" */
static bool parse_size(const char *option, const char *word, uint64_t *size,
		       struct error *why)
{
	static const char units[] = "KMGT";
	unsigned long long v;
	const char *unit;
	char *end;

	errno = 0;
	v = strtoull(word, &end, 10);
	unit = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
	if (unit)
		end++;
	/* strtoull() takes a sign too. */
	if (!isdigit((unsigned char)*word) || *end || errno || !v ||
	    (unit && v > UINT64_MAX >> (10 * (unit - units + 1))))
		return error_set(why, "%s takes a size such as 64G, not \"%s\"", option,
				 word);
	*size = unit ? v << (10 * (unit - units + 1)) : v;
	return true;
}

static bool parse_seconds(const char *option, const char *word, unsigned int *seconds,
			  struct error *why)
{
	char *end;
	unsigned long v;

	errno = 0;
	v = strtoul(word, &end, 10);
	if (!isdigit((unsigned char)*word) || *end || errno || !v || v > SECONDS_MAX)
		return error_set(why, "%s takes seconds, 1 to %d, not \"%s\"", option,
				 SECONDS_MAX, word);
	*seconds = (unsigned int)v;
	return true;
}

struct parse {
	struct options *o;
	struct arena *arena;
	struct error *why;
	int argc, at; /* at: the word that is looked at */
	char **argv;
	bool words_only; /* after "--" */
};

static void add_word(struct parse *p, char *word)
{
	*vec_push(p->arena, &p->o->words) = word;
}

/* It stands where a core would. */
static bool take_live(struct parse *p)
{
	struct options *o = p->o;

	if (o->dump && !o->live)
		return error_set(p->why,
				 "--live comes before \"%s\", in the place of a core",
				 o->dump);
	o->live = true;
	o->dump = LIVE_FILE;
	return true;
}

static bool parse_level(struct parse *p, const char *word)
{
	enum small_level level;

	for (level = SMALL_TRIAGE; level < SMALL_LEVELS; level++)
		if (!strcmp(word, small_level_word(level))) {
			p->o->level = level;
			p->o->level_given = true;
			return true;
		}
	return error_set(p->why, "--level is triage, commands or leak, not \"%s\"", word);
}

/* commands/ looks at it. */
static void pass_on(struct parse *p, const struct option *option, const char *value)
{
	add_word(p, value ? arena_printf(p->arena, "%s=%s", option->name, value)
			  : p->argv[p->at]);
}

static bool take_option(struct parse *p, const struct option *option, const char *value)
{
	struct options *o = p->o;

	switch (option->which) {
	case DEBUG_DIR:
		*vec_push(p->arena, &o->debug_dirs) = value;
		return true;
	case LAYOUTS:
		*vec_push(p->arena, &o->layouts) = value;
		return true;
	case NO_CACHE:
		o->no_cache = true;
		return true;
	case EXPORT:
		o->export = value;
		return true;
	case FROM:
		o->from = value;
		return true;
	case PART:
		*vec_push(p->arena, &o->parts) = value;
		return true;
	case COMMANDS:
		if (o->commands)
			return error_set(p->why, "--commands is given twice");
		o->commands = value;
		return true;
	case EXTRACT:
		o->extract = value;
		return true;
	case LEVEL:
		return parse_level(p, value);
	case BLANK:
		o->blank = true;
		return true;
	case NO_TYPES:
		o->no_types = true;
		return true;
	case UNPACK_LIMIT:
		return parse_size(option->name, value, &o->unpack_max, p->why);
	case MEMORY_LIMIT:
		return parse_size(option->name, value, &o->memory_max, p->why);
	case TIME_LIMIT:
		return parse_seconds(option->name, value, &o->seconds_max, p->why);
	case WATCH:
		return parse_seconds(option->name, value, &o->watch, p->why);
	case OUTPUT:
		o->output = value;
		return true;
	case LIVE:
		return take_live(p);
	case PROMPT:
		o->prompt = true;
		return true;
	case PASSED_ON:
		pass_on(p, option, value);
		return true;
	}
	return true;
}

/* "--debug-dir DIR", "--debug-dir=DIR" */
static bool parse_option(struct parse *p)
{
	const char *word = p->argv[p->at];
	size_t length = strcspn(word, "=");
	const struct option *option = option_named(word, length);

	if (!option)
		return unknown(word, length, p->why);
	if (!option->value && word[length])
		return error_set(p->why, "%s takes no value", option->name);
	if (!option->value)
		return take_option(p, option, NULL);
	if (word[length])
		return take_option(p, option, word + length + 1);
	if (p->at + 1 == p->argc)
		return error_set(p->why, "%s needs its %s", option->name, option->value);
	return take_option(p, option, p->argv[++p->at]);
}

static bool parse_word(struct parse *p)
{
	char *word = p->argv[p->at];

	if (!p->words_only && !strcmp(word, "--")) {
		p->words_only = true;
		/* The command's words end their options by it, too. */
		if (p->o->dump)
			add_word(p, word);
		return true;
	}
	if (!p->words_only && !strncmp(word, "--", 2))
		return parse_option(p);
	if ((p->words_only || word[0] != '-') && !p->o->dump && !p->o->no_dump) {
		p->o->no_dump = options_need_no_dump(word);
		if (!p->o->no_dump) {
			p->o->dump = word;
			return true;
		}
	}
	add_word(p, word);
	return true;
}

/* A layout table is made: of a core, or of files behind the command's name. */
static bool check_table(struct options *o, struct error *why)
{
	if (o->from && (!o->dump || strcmp(o->dump, "layout") != 0))
		return error_set(why, "--from is of `vgpu layout`, without a core");
	if (o->from) {
		o->no_dump = true;
		o->dump = NULL;
	} else if (o->export &&
		   (o->words.n != 2 || strcmp(o->words.v[1], "layout") != 0)) {
		return error_set(why, "--export is of `vgpu CORE layout`");
	}
	return true;
}

static bool check_live(const struct options *o, struct error *why)
{
	if (!o->live && (o->memory_max || o->seconds_max || o->watch))
		return error_set(why, "%s is of --live",
				 o->memory_max	  ? "--memory-limit"
				 : o->seconds_max ? "--time-limit"
						  : "--watch");
	if (o->output && !o->watch)
		return error_set(why, "--output is of --watch");
	if (o->watch && (o->words.n > 1 || o->prompt || o->commands))
		return error_set(why, "--watch and a command exclude each other");
	if (o->live && o->parts.n)
		return error_set(why, "--live and --part exclude each other");
	return true;
}

/* A small core is all that is made then. */
static bool check_extract(const struct options *o, struct error *why)
{
	if (!o->extract)
		return (!o->level_given && !o->blank && !o->no_types) ||
		       error_set(why, "%s is of --extract",
				 o->blank      ? "--blank"
				 : o->no_types ? "--no-types"
					       : "--level");
	if (!o->dump)
		return error_set(why, "--extract is of a core: vgpu CORE --extract FILE");
	if (o->words.n > 1)
		return error_set(why, "--extract and \"%s\" exclude each other",
				 o->words.v[1]);
	if (o->watch || o->prompt || o->commands || o->export)
		return error_set(why, "--extract and %s exclude each other",
				 o->watch      ? "--watch"
				 : o->prompt   ? "--prompt"
				 : o->commands ? "--commands"
					       : "--export");
	return true;
}

/* What was given, and cannot be given together. */
static bool check_exclusive(const struct options *o, struct error *why)
{
	const char *many = o->prompt ? "--prompt" : "--commands";
	size_t i;

	if (o->prompt && o->commands)
		return error_set(why, "--prompt and --commands exclude each other");
	if (!o->prompt && !o->commands)
		return true;
	for (i = 1; i < o->words.n; i++)
		if (strcmp(o->words.v[i], "-j") != 0)
			return error_set(why, "%s and \"%s\" exclude each other", many,
					 o->words.v[i]);
	return true;
}

/* What is wrong is told as JSON, wherever it stands. */
static bool asks_for_json(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (argv[i][0] == '-' && argv[i][1] != '-' && strchr(argv[i], 'j'))
			return true;
	return false;
}

bool options_parse(struct options *o, struct arena *a, int argc, char **argv,
		   struct error *why)
{
	static char program[] = "vgpu";
	struct parse p = {.o = o, .arena = a, .why = why, .argc = argc, .argv = argv};

	memset(o, 0, sizeof(*o));
	o->json = asks_for_json(argc, argv);
	add_word(&p, program);
	for (p.at = 1; p.at < argc; p.at++)
		if (!parse_word(&p))
			return false;
	return check_exclusive(o, why) && check_table(o, why) && check_live(o, why) &&
	       check_extract(o, why);
}

bool options_need_no_dump(const char *word)
{
	const struct command *const *c;

	for (c = commands; *c; c++)
		if (((*c)->no_dump || (*c)->without_dump) && !strcmp((*c)->name, word))
			return true;
	return false;
}

/* ---- what is said of them -------------------------------------------------- */

void options_usage(FILE *out)
{
	fputs("usage: vgpu [--options] CORE [command [options] [argument]]\n"
	      "       vgpu [--options] --live [command [options] [argument]]\n"
	      "       vgpu layout --from VMLINUX [MODULE.ko...]\n"
	      "       vgpu known\n"
	      "       vgpu compare A B\n"
	      "       vgpu help [command]\n",
	      out);
}

void options_help(FILE *out)
{
	char left[COLUMN + 16];
	size_t i;

	options_usage(out);
	fputc('\n', out);
	for (i = 0; i < ARRAY_SIZE(known); i++) {
		snprintf(left, sizeof(left), "  %s%s%s", known[i].name,
			 known[i].value ? " " : "", known[i].value ? known[i].value : "");
		text_wrap(out, left, COLUMN, known[i].help);
	}
}
