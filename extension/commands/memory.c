// SPDX-License-Identifier: GPL-2.0-or-later
/* What lies at an address: its symbol, its words, the members of its type. */
#include "command.h"

#include "address.h"
#include "base/text.h"
#include "report/report.h"

/* ---- sym ------------------------------------------------------------------- */

static enum result run_sym(struct session *s)
{
	enum result result;
	struct dump_symbol sym = {0};
	kaddr_t addr;
	bool found;

	result = address_wanted(s, s->argument, &addr);
	if (result != RESULT_DONE)
		return result;
	found = modules_symbol_at(s->dump, &s->facts->modules, addr, &sym);
	/*
	 * By a name, that one, of all that its place may have.  A variable of each CPU has
	 * a place in each CPU's memory, and no other.
	 */
	if (dump_symbol(s->dump, s->argument, &addr))
		text_escape(sym.name, sizeof(sym.name), s->argument);
	else if (!found)
		return session_error(s, RESULT_NOT_FOUND,
				     "0x%llx is in no symbol of this dump", HEX(addr));
	if (s->json)
		json_symbol(s->out, s->facts, addr, &sym);
	else
		text_symbol(s->out, addr, &sym);
	return RESULT_DONE;
}

const struct command command_sym = {
	.name = "sym",
	.argument = "symbol | address",
	.needs_argument = true,
	.help = "The address of a symbol, or the symbol that an address is in, with its "
		"module.",
	.program_only = true,
	.run = run_sym,
};

/* ---- rd -------------------------------------------------------------------- */

#define SYMBOLS 's'
#define NO_TEXT 'x'
#define WIDTH 'w'
#define SIGNED 'd'
#define UNSIGNED 'u'

/* More is no reading any more. */
#define BYTES_MAX (16u << 20)

static const char **symbols_of(struct session *s, const struct block *b, size_t size)
{
	size_t i, n = b->size / size;
	const char **v = arena_alloc(&s->arena, (n + 1) * sizeof(const char *));
	struct dump_symbol sym;
	kaddr_t word;

	for (i = 0; i < n && !session_interrupted(s); i++) {
		word = load_u64(b->bytes + i * size);
		if (word && modules_symbol_at(s->dump, &s->facts->modules, word, &sym))
			v[i] = sym.offset ? arena_printf(&s->arena, "%s+0x%llx", sym.name,
							 HEX(sym.offset))
					  : arena_printf(&s->arena, "%s", sym.name);
	}
	return v;
}

/* Bytes of a word; 0, and an error. */
static size_t width_wanted(struct session *s)
{
	int bits = session_number(s, WIDTH, 64);

	if (bits != 8 && bits != 16 && bits != 32 && bits != 64) {
		session_error(s, RESULT_USAGE, "a word has 8, 16, 32 or 64 bits, not %d",
			      bits);
		return 0;
	}
	if (bits != 64 && session_has(s, SYMBOLS)) {
		session_error(s, RESULT_USAGE, "-s is of words of 64 bits");
		return 0;
	}
	return (size_t)bits / 8;
}

static enum result count_wanted(struct session *s, size_t size, uint64_t *count)
{
	*count = 1;
	if (s->second && (!number_wanted(s->second, count) || !*count))
		return session_error(s, RESULT_USAGE, "\"%s\" is no count of words",
				     s->second);
	if (*count > BYTES_MAX / size)
		return session_error(s, RESULT_USAGE,
				     "%s words are too many: up to %u at a time",
				     s->second, BYTES_MAX / (unsigned int)size);
	return RESULT_DONE;
}

/* Nothing of it is there: no answer. */
static enum result unread(struct session *s, const struct block *b)
{
	enum dump_err err = b->holes.v[0].err;

	if (err == DUMP_INTERRUPTED)
		return RESULT_INTERRUPTED;
	return session_error(s,
			     err == DUMP_BAD_ADDRESS ? RESULT_NOT_FOUND
						     : RESULT_UNREADABLE,
			     "0x%llx: %s", HEX(b->addr), b->holes.v[0].why);
}

static bool is_hole(const struct block *b)
{
	return b->holes.n == 1 && b->holes.v[0].size == b->size;
}

static enum result run_rd(struct session *s)
{
	struct memory_words w = {.size = width_wanted(s)};
	enum result result;
	struct block block;
	uint64_t count;
	kaddr_t addr;

	if (!w.size)
		return RESULT_USAGE;
	result = count_wanted(s, w.size, &count);
	if (result == RESULT_DONE)
		result = memory_wanted(s, s->argument, &addr);
	if (result != RESULT_DONE)
		return result;
	block_read(s->dump, addr, (size_t)count * w.size, &block);
	if (is_hole(&block))
		return unread(s, &block);
	w.block = &block;
	w.form = session_has(s, SIGNED)	    ? WORD_SIGNED
		 : session_has(s, UNSIGNED) ? WORD_UNSIGNED
					    : WORD_HEX;
	w.text = !session_has(s, NO_TEXT) && !session_has(s, SYMBOLS);
	if (session_has(s, SYMBOLS))
		w.symbols = symbols_of(s, &block, w.size);
	if (session_interrupted(s))
		return RESULT_INTERRUPTED;
	(s->json ? json_words : text_words)(s->out, s->facts, &w);
	return RESULT_DONE;
}

const struct command command_rd = {
	.name = "rd",
	.argument = "address",
	.needs_argument = true,
	.second = "count",
	.help = "Memory in words, with its text, and where pages are not in the dump. The "
		"address is a number in hexadecimal or a symbol, with or without an offset "
		"(init_task+0x10); runqueues:1 is CPU 1's own.",
	.program_only = true,
	.options =
		{
			{.letter = SYMBOLS,
			 .help = "where a word is the address of a symbol, that"},
			{.letter = NO_TEXT, .help = "no text"},
			{.letter = WIDTH,
			 .number = "bits",
			 .help = "of a word: 8, 16, 32 or 64"},
			{.letter = SIGNED,
			 .excludes = "jsu",
			 .help = "decimal numbers, which may be negative"},
			{.letter = UNSIGNED, .excludes = "js", .help = "decimal numbers"},
		},
	.run = run_rd,
};

/* ---- struct ------------------------------------------------------------------ */

#define HEXADECIMAL 'x'

#define MEMBERS_ASKED_MAX 64

/* What is asked of a type: "task_struct.pid,comm". */
struct words_asked {
	char *type;
	size_t n;
	struct type_place at[MEMBERS_ASKED_MAX];
};

/* Where the kernel has none of this name, some module may. */
static bool find_type(struct session *s, const char *name, struct dump_type *type)
{
	const struct dump_type_ops *types = s->dump->ops->types;
	size_t i;

	if (types->find(s->dump, name, type))
		return true;
	for (i = 0; i < s->facts->modules.all.n && !session_interrupted(s); i++)
		if (dump_load_module(s->dump, s->facts->modules.all.v[i].name, NULL) &&
		    types->find(s->dump, name, type))
			return true;
	return false;
}

static enum result find_members(struct session *s, struct dump_type type, char *paths,
				struct words_asked *asked)
{
	char *path;

	while ((path = strsep(&paths, ","))) {
		if (asked->n == MEMBERS_ASKED_MAX)
			return session_error(s, RESULT_USAGE,
					     "up to %d members at a time",
					     MEMBERS_ASKED_MAX);
		if (!*path || !type_place(s->dump, type, path, &asked->at[asked->n++]))
			return session_error(s, RESULT_NOT_FOUND,
					     "%s has no member \"%s\"", asked->type,
					     path);
	}
	return RESULT_DONE;
}

static const char *types_left_out(const struct dump *d)
{
	const struct dump_small *small = d->info.about->small;

	return small && small->no_types ? ": they were left out of this small core" : "";
}

/* So that nobody takes what is shown for all that there is. */
static void note_parts(struct session *s, const struct words_asked *asked)
{
	struct dump_type_about about;
	size_t i;

	for (i = 0; i < asked->n; i++) {
		if (!asked->at[i].type.id ||
		    !s->dump->ops->types->about(s->dump, asked->at[i].type, &about) ||
		    !about.is_in_part)
			continue;
		dump_note(s->dump,
			  "of struct %s no more is known than the members that vgpu asks "
			  "for, as numbers: --debug-dir DIR has the kernel's debuginfo",
			  asked->type);
		return;
	}
}

static enum result types_wanted(struct session *s, struct words_asked *asked)
{
	char *paths = arena_printf(&s->arena, "%s", s->argument);
	struct dump_type type;
	bool found;

	if (!s->dump->ops->types)
		return session_error(s, RESULT_UNREADABLE,
				     "what reads this dump has no types to show");
	asked->type = strsep(&paths, ".");
	found = find_type(s, asked->type, &type);
	if (session_interrupted(s))
		return RESULT_INTERRUPTED;
	if (!found)
		return session_error(
			s, RESULT_NOT_FOUND,
			"no type \"%s\" in what is known of this kernel's and "
			"its modules' types%s",
			asked->type, types_left_out(s->dump));
	if (paths)
		return find_members(s, type, paths, asked);
	type_place(s->dump, type, "", &asked->at[asked->n++]);
	return RESULT_DONE;
}

/* Is there not one value in it that could be read? */
/* NOLINTNEXTLINE(misc-no-recursion): a tree of bounded depth */
static const char *all_unread(const struct value *v)
{
	const char *why = NULL;
	size_t i;

	if (v->unread)
		return v->unread;
	for (i = 0; i < v->parts.n; i++) {
		why = all_unread(&v->parts.v[i]);
		if (!why)
			return NULL;
	}
	return why;
}

static enum result show_values(struct session *s, const struct words_asked *asked)
{
	struct value *v = arena_alloc(&s->arena, asked->n * sizeof(*v));
	enum result result;
	kaddr_t addr;
	size_t i, lost = 0;

	result = memory_wanted(s, s->second, &addr);
	if (result != RESULT_DONE)
		return result;
	for (i = 0; i < asked->n && !session_interrupted(s); i++) {
		value_read(s->dump, &asked->at[i], addr, session_has(s, HEXADECIMAL),
			   &v[i]);
		lost += all_unread(&v[i]) != NULL;
	}
	if (session_interrupted(s))
		return RESULT_INTERRUPTED;
	if (lost == asked->n)
		return session_error(s, RESULT_NOT_FOUND, "%s at 0x%llx: %s", asked->type,
				     HEX(addr), all_unread(&v[0]));
	if (s->json)
		json_values(s->out, s->facts, asked->type, &addr, v, asked->n);
	else
		text_values(s->out, s->facts, asked->type, v, asked->n);
	return RESULT_DONE;
}

static enum result show_types(struct session *s, const struct words_asked *asked)
{
	struct value *v = arena_alloc(&s->arena, asked->n * sizeof(*v));
	size_t i;

	for (i = 0; i < asked->n; i++)
		value_layout(s->dump, &asked->at[i], &v[i]);
	if (s->json)
		json_values(s->out, s->facts, asked->type, NULL, v, asked->n);
	else
		text_type(s->out, v, asked->n);
	return RESULT_DONE;
}

static enum result run_struct(struct session *s)
{
	struct words_asked *asked = arena_alloc(&s->arena, sizeof(*asked));
	enum result result = types_wanted(s, asked);

	if (result != RESULT_DONE)
		return result;
	note_parts(s, asked);
	return s->second ? show_values(s, asked) : show_types(s, asked);
}

const struct command command_struct = {
	.name = "struct",
	.argument = "type[.member[.member][,member]]",
	.needs_argument = true,
	.second = "address",
	.help = "An object as its type says it is: members of members, arrays, enumerators by "
		"name, pointers with the symbol that they point to. Or some of its members: "
		"task_struct.pid,se.on_rq. Without an address: offset and size of each "
		"member. The address as of rd.",
	.program_only = true,
	.options =
		{
			{.letter = HEXADECIMAL, .help = "numbers in hexadecimal"},
		},
	.run = run_struct,
};
