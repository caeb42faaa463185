// SPDX-License-Identifier: GPL-2.0-or-later
/* What is said of vgpu, of each command, and of how one is written. */
#include "command.h"

#include <string.h>

#include "report/report.h"
#include "report/text_writer.h"

#define COLUMN 12 /* where what is said of an option begins */

static const char introduction[] =
	"Explain from the dump what hung, who is to blame, and how sure that is. Each claim "
	"comes with the addresses that it was read from and a command that checks it. "
	"With -j every command but help prints one JSON document on one line, which begins with "
	"{\"vgpu\":. -j and -h, for help, may stand anywhere.";

/* An option or the argument, as a usage has it. */
static void print_item(FILE *out, const struct command *c, char letter)
{
	const struct command_option *o = command_option(c, letter);

	if (letter == '.')
		fputs(c->argument, out);
	else if (o && o->number)
		fprintf(out, "-%c %s", letter, o->number);
	else
		fprintf(out, "-%c", letter);
}

/* What stands before its name; in brackets what may be left out: "vgpu [CORE]". */
static void print_beginning(FILE *out, const struct reader *r, const struct command *c)
{
	const char *dump = strchr(r->usage, ' ');

	if (c->no_dump)
		fputs("vgpu", out);
	else if (c->without_dump && dump)
		fprintf(out, "%.*s [%s]", (int)(dump - r->usage), r->usage, dump + 1);
	else
		fputs(r->usage, out);
}

/* -j, the options, the argument, as letters; those that exclude each other in brackets. */
void command_usage(FILE *out, const struct reader *r, const struct command *c)
{
	char items[COMMAND_OPTIONS_MAX + 3] = "";
	size_t i, k, n = 0;

	print_beginning(out, r, c);
	fprintf(out, "%s%s", c == commands[0] ? "" : " ",
		c == commands[0] ? "" : c->name);
	items[n++] = 'j';
	for (i = 0; command_option_at(c, i); i++)
		items[n++] = c->options[i].letter;
	if (c->argument && !c->needs_argument)
		items[n++] = '.';
	for (i = 0; i < n; i++) {
		if (!items[i])
			continue;
		fputs(" [", out);
		print_item(out, c, items[i]);
		for (k = i + 1; k < n; k++) {
			if (!items[k] || !command_excludes(c, items[i], items[k]))
				continue;
			fputs(" | ", out);
			print_item(out, c, items[k]);
			items[k] = '\0';
		}
		fputc(']', out);
	}
	if (c->needs_argument)
		fprintf(out, " %s", c->argument);
	if (c->second)
		fprintf(out, c->needs_second ? " %s" : " [%s]", c->second);
}

static void paragraphs(FILE *out, const struct command *c)
{
	const char *p = c->help, *end;
	char text[2048];

	for (; *p; p = *end ? end + 1 : end) {
		end = p + strcspn(p, "\n");
		snprintf(text, sizeof(text), "%.*s", (int)(end - p), p);
		text_wrap(out, "", 4, text);
	}
}

void command_help(FILE *out, const struct reader *r, const struct command *c)
{
	const struct command_option *o;
	char left[COLUMN + 8];
	size_t i;

	fputs("  ", out);
	command_usage(out, r, c);
	fputc('\n', out);
	paragraphs(out, c);
	for (i = 0; (o = command_option_at(c, i)); i++) {
		snprintf(left, sizeof(left), "    -%c%s%s", o->letter,
			 o->number ? " " : "", o->number ? o->number : "");
		text_wrap(out, left, COLUMN, o->help);
	}
}

void commands_help(FILE *out, const struct reader *r)
{
	const struct command *const *c;

	text_wrap(out, "", 2, introduction);
	for (c = commands; *c; c++) {
		if (!command_offered(r, *c))
			continue;
		fputc('\n', out);
		command_help(out, r, *c);
	}
}

static enum result run_help(struct session *s)
{
	const struct command *c;

	if (!s->argument) {
		commands_help(s->out, s->reader);
		return RESULT_DONE;
	}
	c = command_named(s->reader, s->argument);
	if (!c)
		return command_unknown(s, s->argument);
	command_help(s->out, s->reader, c);
	return RESULT_DONE;
}

const struct command command_for_help = {
	.name = "help",
	.argument = "command",
	.help = "This text, or what it says of one command, as COMMAND -h.",
	.no_dump = true,
	.run = run_help,
};

static enum result run_version(struct session *s)
{
	const struct dump_about *about = &s->reader->about;

	if (s->json)
		json_version(s->out, about);
	else
		fprintf(s->out, "vgpu %s, reads %s%s\n", VGPU_VERSION,
			about->crash ? "with " : "cores itself",
			about->crash ? about->crash : "");
	return RESULT_DONE;
}

const struct command command_version = {
	.name = "version",
	.help = "The version of vgpu, and of what it reads the dump with.",
	.no_dump = true,
	.run = run_version,
};
