// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A line at a time.  Whoever wrote the file is told of the first thing that is wrong, and
 * of its line.
 */
#include "known_rules.h"

#include <ctype.h>
#include <string.h>

#include "base/nearest.h"
#include "base/text.h"

struct parse {
	struct arena *a;
	struct known_rules *rules;
	struct known_rule *rule; /* the one that the line belongs to; NULL: none yet */
	const char *file;
	unsigned int line;
	const char **why;
};

#define wrong(p, ...) wrong_at((p), (p)->line, arena_printf((p)->a, __VA_ARGS__))

static bool wrong_at(struct parse *p, unsigned int line, const char *what)
{
	*p->why = arena_printf(p->a, "line %u: %s", line, what);
	return false;
}

/* ---- values ----------------------------------------------------------------- */

static bool set_text(struct parse *p, const char **to, const char *key, const char *value)
{
	if (*to)
		return wrong(p, "\"%s\" is given twice", key);
	*to = text_escaped(p->a, value);
	return true;
}

static bool set_what(struct parse *p, const char *value)
{
	return set_text(p, &p->rule->what, "what", value);
}

static bool set_fix(struct parse *p, const char *value)
{
	return set_text(p, &p->rule->fix, "fix", value);
}

static bool set_cause(struct parse *p, const char *value)
{
	struct nearest near = {.word = value};
	enum cause c;

	for (c = 0; c < CAUSES; c++) {
		if (!strcmp(value, cause_name(c)))
			return set_text(p, &p->rule->cause, "cause", value);
		nearest_try(&near, cause_name(c));
	}
	value = text_escaped(p->a, value);
	return near.name ? wrong(p, "there is no cause \"%s\": did you mean %s?", value,
				 near.name)
			 : wrong(p, "there is no cause \"%s\"", value);
}

static bool set_signature(struct parse *p, const char *value)
{
	size_t n = sizeof(((struct signature *)0)->hash) - 1;

	if (strspn(value, "0123456789abcdef") != n || value[n])
		return wrong(
			p, "a signature is %zu digits from 0 to f, as SIGNATURE has them",
			n);
	return set_text(p, &p->rule->signature, "signature", value);
}

/* As C has names, with what compilers append. */
static bool is_symbol(const char *word)
{
	size_t i;

	for (i = 0; word[i]; i++)
		if (!isalnum((unsigned char)word[i]) && !strchr("_.$", word[i]))
			return false;
	return i > 0;
}

/* The names in a value, with blanks or commas between them. */
static bool take_names(struct parse *p, const char *value, struct known_names *to)
{
	static const char between[] = " \t,";
	const char *word;
	size_t n;

	for (value += strspn(value, between); *value;
	     value += n + strspn(value + n, between)) {
		n = strcspn(value, between);
		word = arena_printf(p->a, "%.*s", (int)n, value);
		if (!is_symbol(word))
			return wrong(p, "\"%s\" is no name of a function or a variable",
				     text_escaped(p->a, word));
		if (to->all.n == KNOWN_WORDS_MAX)
			return wrong(p, "more than %d names in a line", KNOWN_WORDS_MAX);
		*vec_push(p->a, &to->all) = word;
	}
	return to->all.n || wrong(p, "a name is missing");
}

static bool add_stack(struct parse *p, const char *value)
{
	if (p->rule->stacks.n == KNOWN_STACKS_MAX)
		return wrong(p, "more than %d stacks in a rule", KNOWN_STACKS_MAX);
	return take_names(p, value, vec_push(p->a, &p->rule->stacks));
}

static bool add_symbols(struct parse *p, const char *value, bool wanted)
{
	struct known_names names = {0};
	struct known_symbol *s;
	size_t i;

	if (!take_names(p, value, &names))
		return false;
	for (i = 0; i < names.all.n; i++) {
		if (p->rule->symbols.n == KNOWN_WORDS_MAX)
			return wrong(p, "more than %d symbols in a rule",
				     KNOWN_WORDS_MAX);
		s = vec_push(p->a, &p->rule->symbols);
		s->name = names.all.v[i];
		s->wanted = wanted;
	}
	return true;
}

static bool add_present(struct parse *p, const char *value)
{
	return add_symbols(p, value, true);
}

static bool add_absent(struct parse *p, const char *value)
{
	return add_symbols(p, value, false);
}

/* ---- lines -------------------------------------------------------------------- */

static const struct key {
	const char *name;
	bool (*take)(struct parse *p, const char *value);
} keys[] = {
	{"what", set_what},	 {"cause", set_cause},
	{"frames", add_stack},	 {"signature", set_signature},
	{"symbol", add_present}, {"no-symbol", add_absent},
	{"fix", set_fix},
};

static bool no_such_key(struct parse *p, const char *name)
{
	struct nearest near = {.word = name};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		nearest_try(&near, keys[i].name);
	name = text_escaped(p->a, name);
	return near.name ? wrong(p, "there is no key \"%s\": did you mean %s?", name,
				 near.name)
			 : wrong(p, "there is no key \"%s\"", name);
}

/* What every rule must say; of one that has ended. */
static bool check_rule(struct parse *p)
{
	const struct known_rule *r = p->rule;

	if (!r)
		return true;
	if (!r->what)
		return wrong_at(p, r->line,
				"this rule does not say \"what\" the fault is");
	if (!r->cause && !r->signature && !r->stacks.n)
		return wrong_at(
			p, r->line,
			"this rule fits everything: it needs a cause, frames or a "
			"signature");
	return true;
}

/* "[name]" */
static bool begin_rule(struct parse *p, char *line)
{
	size_t n = strlen(line), i;
	const char *name;

	if (n < 3 || line[n - 1] != ']')
		return wrong(p, "a rule begins with its name in brackets: [name]");
	line[n - 1] = '\0';
	name = text_escaped(p->a, line + 1);
	if (!check_rule(p))
		return false;
	for (i = 0; i < p->rules->all.n; i++)
		if (!strcmp(p->rules->all.v[i].name, name))
			return wrong(p, "there is a rule \"%s\" in line %u already", name,
				     p->rules->all.v[i].line);
	if (p->rules->all.n == KNOWN_RULES_MAX)
		return wrong(p, "more than %d rules", KNOWN_RULES_MAX);
	p->rule = vec_push(p->a, &p->rules->all);
	p->rule->file = p->file;
	p->rule->name = name;
	p->rule->line = p->line;
	return true;
}

/* "key: value" */
static bool take_key(struct parse *p, char *line)
{
	char *value = strchr(line, ':');
	size_t i, n;

	if (!value)
		return wrong(p, "neither [name], nor \"key: value\", nor a # remark");
	if (!p->rule)
		return wrong(p, "no rule has begun: its [name] comes first");
	for (n = (size_t)(value - line); n && isblank((unsigned char)line[n - 1]);)
		n--;
	line[n] = '\0';
	value++;
	value += strspn(value, " \t");
	if (!*value)
		return wrong(p, "\"%s\" has no value", text_escaped(p->a, line));
	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(line, keys[i].name))
			return keys[i].take(p, value);
	return no_such_key(p, line);
}

static bool take_line(struct parse *p, const char *text, size_t n)
{
	char line[KNOWN_LINE_MAX + 1];

	if (n > KNOWN_LINE_MAX)
		return wrong(p, "longer than %d bytes", KNOWN_LINE_MAX);
	if (memchr(text, '\0', n))
		return wrong(p, "a byte 0: this is no text");
	while (n && isspace((unsigned char)text[n - 1]))
		n--;
	while (n && isblank((unsigned char)*text)) {
		text++;
		n--;
	}
	memcpy(line, text, n);
	line[n] = '\0';
	if (!n || *line == '#')
		return true;
	return *line == '[' ? begin_rule(p, line) : take_key(p, line);
}

bool known_rules_parse(struct arena *a, const char *file, const char *text, size_t size,
		       struct known_rules *rules, const char **why)
{
	struct parse p = {.a = a, .rules = rules, .file = file, .why = why};
	const char *end = text + size, *stop;
	static const char mark[] = "\xef\xbb\xbf";

	memset(rules, 0, sizeof(*rules));
	/* Some editors put it before UTF-8. */
	if (size >= strlen(mark) && !memcmp(text, mark, strlen(mark)))
		text += strlen(mark);
	for (; text < end; text = stop + 1) {
		stop = memchr(text, '\n', (size_t)(end - text));
		stop = stop ? stop : end;
		p.line++;
		if (!take_line(&p, text, (size_t)(stop - text)))
			return false;
	}
	if (!check_rule(&p))
		return false;
	p.line = p.line ? p.line : 1;
	return p.rule || wrong(&p, "there is no rule in it");
}
