// SPDX-License-Identifier: GPL-2.0-or-later
#include "command_line.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 65536 /* a CPU's */

static void usage(FILE *out)
{
	const struct command *const *c;

	fprintf(out, "usage: vgpu [-j]");
	for (c = commands + 1; *c; c++)
		fprintf(out, "\n       vgpu %s %s", (*c)->name, (*c)->use);
	fprintf(out, "\n`help vgpu` says what each of them shows.\n");
}

static bool parse_number(struct session *s, char letter, const char *word)
{
	char *end;
	unsigned long v = strtoul(word, &end, 10);

	s->number[(unsigned char)letter] = (long)v;
	if (*word && !*end && v < NUMBER_MAX)
		return true;
	fprintf(s->out, "vgpu: -%c takes a CPU's number, not \"%s\"\n", letter, word);
	return false;
}

/* As getopt() wants them. */
static void letters_of(const struct command *c, char *to)
{
	size_t i;

	*to++ = 'j';
	for (i = 0; i < COMMAND_OPTIONS_MAX && c->options[i].letter; i++) {
		*to++ = c->options[i].letter;
		if (c->options[i].takes_number)
			*to++ = ':';
	}
	*to = '\0';
}

static bool parse_option(struct session *s, int letter)
{
	const struct command_option *o;

	if (letter == 'j') {
		s->json = true;
		return true;
	}
	o = letter == '?' ? NULL : command_option(s->command, (char)letter);
	if (!o) {
		fprintf(s->out, "vgpu %s: option not known, or without its value\n",
			s->command->name);
		usage(s->out);
		return false;
	}
	s->given[letter] = true;
	return !o->takes_number || parse_number(s, o->letter, optarg);
}

static bool parse_words(struct session *s, int argc, char **argv)
{
	char letters[2 * COMMAND_OPTIONS_MAX + 2];
	int letter;

	letters_of(s->command, letters);
	optind = 0;
	opterr = 0;
	while ((letter = getopt(argc, argv, letters)) != -1)
		if (!parse_option(s, letter))
			return false;
	if (optind < argc && s->command->takes_argument)
		s->argument = argv[optind++];
	if (optind < argc) {
		fprintf(s->out, "vgpu %s: \"%s\" is one argument too many\n",
			s->command->name, argv[optind]);
		usage(s->out);
		return false;
	}
	return true;
}

bool command_line_parse(struct session *s, int argc, char **argv)
{
	char *no_args[] = {"vgpu", NULL};

	s->command = commands[0];
	if (argc < 1) {
		argc = 1;
		argv = no_args;
	}
	if (argc > 1 && argv[1][0] != '-') {
		s->command = command_named(argv[1]);
		if (!s->command) {
			fprintf(s->out, "vgpu: there is no sub-command \"%s\"\n",
				argv[1]);
			usage(s->out);
			return false;
		}
		argc--;
		argv++;
	}
	return parse_words(s, argc, argv);
}
