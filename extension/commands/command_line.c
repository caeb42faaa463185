// SPDX-License-Identifier: GPL-2.0-or-later
#include "command_line.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"

/* Options of vgpu as a whole. */
static const struct long_option {
	const char *name;
	const char *command; /* it is the same as this command; NULL: as -h */
	enum handout_kind kind;
	bool writes; /* a report of .kind, to the file that follows */
	bool reads;  /* what was brought along, from the file that follows */
	bool rules;  /* and that is of faults that are known, not the host's side */
} long_options[] = {
	{.name = "--help"},
	{.name = "--version", .command = "version"},
	{.name = "--html", .kind = HANDOUT_HTML, .writes = true},
	{.name = "--markdown", .kind = HANDOUT_MARKDOWN, .writes = true},
	{.name = "--host", .reads = true},
	{.name = "--known", .reads = true, .rules = true},
};

/* "--html", "--html=FILE" */
static const struct long_option *long_option(const char *word)
{
	size_t length = strcspn(word, "="), i;

	for (i = 0; i < ARRAY_SIZE(long_options); i++)
		if (strlen(long_options[i].name) == length &&
		    !strncmp(long_options[i].name, word, length))
			return &long_options[i];
	return NULL;
}

static bool takes_file(const struct long_option *o)
{
	return o->writes || o->reads;
}

/* Is the word behind this one its value? */
static bool takes_next(const char *word)
{
	const struct long_option *o = long_option(word);

	return o && takes_file(o) && !strchr(word, '=');
}

/* Where the file's name is kept. */
static const char **file_of(struct session *s, const struct long_option *o)
{
	if (o->rules)
		return &s->known;
	return o->reads ? &s->host : &s->handout[o->kind];
}

struct line {
	int argc, at; /* at: the word that is looked at */
	char **argv;
	int command;	/* where the command's name is; 0: nowhere */
	bool arguments; /* after "--" */
};

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1];
}

/* Behind a core, as other programs take the parts of one, or two to compare. */
static bool is_further_file(const struct session *s, const char *word)
{
	const struct reader *r = s->reader;
	struct path_about there;

	return r->about.door == DOOR_PROGRAM && !r->again && path_look(word, &there) &&
	       there.regular;
}

static enum result no_such_command(struct session *s, const char *word)
{
	if (!is_further_file(s, word))
		return command_unknown(s, word);
	return session_error(s, RESULT_USAGE,
			     "there is no command \"%s\", but a file of that name: a "
			     "further part of a split core is given with --part FILE, "
			     "and two cores are compared by `vgpu compare A B`",
			     word);
}

/* The command is the first word that is no option. */
static enum result find_command(struct session *s, struct line *l)
{
	bool arguments = false;
	int i;

	s->command = commands[0];
	for (i = 1; i < l->argc; i++) {
		arguments |= !strcmp(l->argv[i], "--");
		/* What is wrong before -j is told as JSON too. */
		if (!arguments && is_option(l->argv[i]) && l->argv[i][1] != '-' &&
		    strchr(l->argv[i], 'j'))
			s->json = true;
		if (!arguments && takes_next(l->argv[i]))
			i++;
		else if (!is_option(l->argv[i]) && !l->command)
			l->command = i;
	}
	if (!l->command)
		return RESULT_DONE;
	s->named = true;
	s->command = command_named(s->reader, l->argv[l->command]);
	return s->command ? RESULT_DONE : no_such_command(s, l->argv[l->command]);
}

static enum result parse_number(struct session *s, const struct command_option *o,
				const char *word)
{
	unsigned long v;
	char *end;

	if (!word)
		return session_error(s, RESULT_USAGE, "-%c needs a number: -%c %s",
				     o->letter, o->letter, o->number);
	v = strtoul(word, &end, 10);
	/* strtoul() takes a sign too, and turns numbers below 0 into others. */
	if (!isdigit((unsigned char)*word) || *end || v > INT_MAX)
		return session_error(s, RESULT_USAGE, "-%c %s takes a number, not \"%s\"",
				     o->letter, o->number, word);
	s->number[(unsigned char)o->letter] = (int)v;
	return RESULT_DONE;
}

/* "-jf", "-c3", "-c 3" */
static enum result parse_letters(struct session *s, struct line *l)
{
	const struct command_option *o;
	const char *p;

	for (p = l->argv[l->at] + 1; *p; p++) {
		s->json |= *p == 'j';
		s->help |= *p == 'h';
		if (*p == 'j' || *p == 'h')
			continue;
		o = command_option(s->command, *p);
		if (!o)
			return session_error(s, RESULT_USAGE, "there is no option -%c",
					     *p);
		s->given[(unsigned char)*p] = true;
		if (!o->number)
			continue;
		if (p[1])
			return parse_number(s, o, p + 1);
		return parse_number(s, o, l->at + 1 < l->argc ? l->argv[++l->at] : NULL);
	}
	return RESULT_DONE;
}

static enum result no_such_option(struct session *s, const char *word)
{
	struct nearest near = {.word = word};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(long_options); i++)
		nearest_try(&near, long_options[i].name);
	return session_error_near(s, RESULT_USAGE, &near, "there is no option %s", word);
}

static enum result take_file(struct session *s, const struct long_option *o,
			     const char *file)
{
	if (!file || !*file)
		return session_error(s, RESULT_USAGE, "%s needs its FILE", o->name);
	if (*file_of(s, o))
		return session_error(s, RESULT_USAGE, "%s is given twice", o->name);
	*file_of(s, o) = file;
	return RESULT_DONE;
}

static enum result parse_long(struct session *s, struct line *l)
{
	const char *word = l->argv[l->at], *value = strchr(word, '=');
	const struct long_option *o = long_option(word);

	if (!o || (value && !takes_file(o)))
		return no_such_option(s, word);
	if (value)
		return take_file(s, o, value + 1);
	if (takes_file(o))
		return take_file(s, o, l->at + 1 < l->argc ? l->argv[++l->at] : NULL);
	if (o->command)
		s->command = command_named(s->reader, o->command);
	else
		s->help = true;
	return RESULT_DONE;
}

static enum result parse_word(struct session *s, struct line *l)
{
	const char *word = l->argv[l->at];

	if (l->at == l->command)
		return RESULT_DONE;
	if (!l->arguments && !strcmp(word, "--")) {
		l->arguments = true;
		return RESULT_DONE;
	}
	if (!l->arguments && is_option(word))
		return word[1] == '-' ? parse_long(s, l) : parse_letters(s, l);
	if (s->command->argument && !s->argument)
		s->argument = word;
	else if (s->command->second && !s->second)
		s->second = word;
	else
		return session_error(s, RESULT_USAGE, "\"%s\" is one argument too many",
				     word);
	return RESULT_DONE;
}

/* What was given, and cannot be given together. */
static enum result check_exclusive(struct session *s)
{
	const struct command_option *a, *b;
	size_t i, k;

	for (i = 0; (a = command_option_at(s->command, i)); i++) {
		if (!session_has(s, a->letter))
			continue;
		if (s->json && command_excludes(s->command, a->letter, 'j'))
			return session_error(s, RESULT_USAGE,
					     "-%c and -j exclude each other", a->letter);
		if (s->argument && command_excludes(s->command, a->letter, '.'))
			return session_error(s, RESULT_USAGE,
					     "-%c and \"%s\" exclude each other",
					     a->letter, s->argument);
		for (k = i + 1; (b = command_option_at(s->command, k)); k++)
			if (session_has(s, b->letter) &&
			    command_excludes(s->command, a->letter, b->letter))
				return session_error(s, RESULT_USAGE,
						     "-%c and -%c exclude each other",
						     a->letter, b->letter);
	}
	return RESULT_DONE;
}

/* They are of the triage; what is known, of the table of that too. */
static enum result check_files(struct session *s)
{
	const struct long_option *o;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(long_options); i++) {
		o = &long_options[i];
		if (!takes_file(o) || !*file_of(s, o) || s->command == &command_triage ||
		    (o->rules && s->command == &command_known))
			continue;
		return session_error(s, RESULT_USAGE, "%s is of the triage%s", o->name,
				     o->rules ? " and of known" : "");
	}
	return RESULT_DONE;
}

/* One file is one report; so is standard output. */
static enum result check_handouts(struct session *s)
{
	const char *page = s->handout[HANDOUT_HTML], *text = s->handout[HANDOUT_MARKDOWN];

	if (page && text && !strcmp(page, text))
		return session_error(s, RESULT_USAGE,
				     "--html and --markdown would write to the same: %s",
				     page);
	return RESULT_DONE;
}

enum result command_line_parse(struct session *s, int argc, char **argv)
{
	struct line l = {.argc = argc, .argv = argv};
	enum result result = find_command(s, &l);

	for (l.at = 1; l.at < argc && result == RESULT_DONE; l.at++)
		result = parse_word(s, &l);
	if (result != RESULT_DONE || s->help)
		return result;
	if (s->command->needs_argument && !s->argument)
		return session_error(s, RESULT_USAGE, "it needs to be told of what: %s",
				     s->command->argument);
	if (s->command->needs_second && !s->second)
		return session_error(s, RESULT_USAGE, "it needs two: %s %s",
				     s->command->argument, s->command->second);
	result = check_files(s);
	if (result == RESULT_DONE)
		result = check_handouts(s);
	return result == RESULT_DONE ? check_exclusive(s) : result;
}
