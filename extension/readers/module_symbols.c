// SPDX-License-Identifier: GPL-2.0-or-later
#include "module_symbols.h"

#include <elf.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "type_names.h"

/* Of one module, and of all: a dump may say of thousands that each has as many. */
#define NAMES_MAX (8u << 20)
#define ALL_NAMES_MAX (64u << 20)
#define ALL_SYMBOLS_MAX (2u << 20)
#define NAME_MAX_BYTES sizeof(((struct dump_symbol *)NULL)->name)

struct symbol {
	kaddr_t addr;
	const char *name; /* as it is in the dump */
	bool sized;	  /* it is of a thing, not a mark of where one begins */
};

struct symbols {
	bool read;
	VEC(struct symbol) all; /* by address */
};

struct module_symbols {
	struct dump *d;
	struct arena *arena;
	module_symtab *elsewhere;
	struct modules modules;
	bool read, reading;
	struct symbols *symbols; /* of each of them */
	struct type_names names; /* of all */
	bool named;		 /* they are made */
	size_t nsymbols, nnames; /* of all that were read; bytes */
	Elf64_Sym *table;	 /* of the module that is read */
	size_t room;
};

bool module_symtab_find(struct arena *a, struct dump *d, const struct module *m,
			struct module_search *where, struct symtab *to)
{
	char path[PATH_MAX];

	where->nbuild_id =
		module_build_id(d, m->addr, where->build_id, sizeof(where->build_id));
	return module_file_find(where, m->name, path, sizeof(path)) &&
	       symtab_read(a, path, to, NULL);
}

struct module_symbols *module_symbols_create(struct dump *d, struct arena *a,
					     module_symtab *elsewhere)
{
	struct module_symbols *c = arena_alloc(a, sizeof(*c));

	c->d = d;
	c->arena = a;
	c->elsewhere = elsewhere;
	return c;
}

void module_symbols_begin(struct module_symbols *c)
{
	c->reading = false;
}

/* ---- on our own behalf ---------------------------------------------------- */

/* What a command knows of its dump, while we read for ourselves. */
struct aside {
	struct arena *arena;
	struct notes notes;
	enum dump_err unread;
};

static struct aside step_aside(struct module_symbols *c)
{
	struct aside was = {c->d->arena, c->d->notes, c->d->unread};

	c->d->arena = c->arena;
	memset(&c->d->notes, 0, sizeof(c->d->notes));
	return was;
}

static void step_back(struct module_symbols *c, const struct aside *was)
{
	c->d->arena = was->arena;
	c->d->notes = was->notes;
	c->d->unread = was->unread;
}

/* ---- the list ------------------------------------------------------------- */

/*
 * False: it is being read, or was interrupted, and will be read again.  What is wrong with
 * it is told by whoever reads it as a fact.
 */
static bool read_list(struct module_symbols *c)
{
	struct aside was;
	kaddr_t head;

	if (c->read || c->reading)
		return c->read;
	/* A kernel without modules has no list: do not look for its name among theirs. */
	c->reading = true;
	if (c->d->ops->symbol(c->d, "modules", &head)) {
		was = step_aside(c);
		modules_read(c->d, &c->modules);
		step_back(c, &was);
	}
	c->symbols = arena_alloc(c->arena, (c->modules.all.n + 1) * sizeof(*c->symbols));
	c->reading = false;
	c->read = !dump_interrupted(c->d);
	return c->read;
}

const struct modules *module_symbols_modules(struct module_symbols *c)
{
	read_list(c);
	return &c->modules;
}

const struct module *module_symbols_module(struct module_symbols *c, const char *name)
{
	return read_list(c) ? module_by_name(&c->modules, name) : NULL;
}

/* ---- a module's symbols --------------------------------------------------- */

/* As much of the names as can be read, and zeros for the rest. */
static const char *read_names(struct module_symbols *c, kaddr_t at, size_t size)
{
	size_t page = c->d->info.page_size, n;
	char *names = arena_alloc(c->arena, size + 1), *p = names;

	for (; size; p += n, at += n, size -= n) {
		n = page - at % page;
		n = n < size ? n : size;
		dump_read(c->d, at, p, n);
	}
	return names;
}

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->addr != y->addr)
		return compare(x->addr, y->addr);
	/* The last one counts: a linker's mark (__start_alloc_tags, 6.10) is no name. */
	if (x->sized != y->sized)
		return x->sized ? 1 : -1;
	/* As they are in the table: by their names' places. */
	return compare((uintptr_t)x->name, (uintptr_t)y->name);
}

static bool is_symbol(const Elf64_Sym *s)
{
	return s->st_shndx != SHN_UNDEF && s->st_name < NAMES_MAX;
}

static void take_symbols(struct module_symbols *c, struct symbols *to, size_t n,
			 kaddr_t strtab)
{
	const Elf64_Sym *s = c->table;
	const char *names;
	size_t i, size = 0;

	for (i = 0; i < n; i++)
		if (is_symbol(&s[i]) && s[i].st_name + NAME_MAX_BYTES > size)
			size = s[i].st_name + NAME_MAX_BYTES;
	if (size > ALL_NAMES_MAX - c->nnames)
		return;
	c->nnames += size;
	names = read_names(c, strtab, size);
	for (i = 0; i < n; i++)
		if (is_symbol(&s[i]) && module_is_name(names + s[i].st_name))
			*vec_push(c->arena, &to->all) =
				(struct symbol){s[i].st_value, names + s[i].st_name,
						s[i].st_size > 0};
}

static void read_symbols(struct module_symbols *c, const struct module *m,
			 struct symbols *to)
{
	struct module_kallsyms k;

	if (!module_kallsyms(c->d, m, &k) || k.n > ALL_SYMBOLS_MAX - c->nsymbols)
		return;
	c->nsymbols += k.n;
	if (k.n > c->room) {
		c->table = arena_grow(c->arena, c->table, k.n * sizeof(*c->table));
		c->room = k.n;
	}
	if (dump_read(c->d, k.symtab, c->table, k.n * sizeof(*c->table)) == DUMP_OK)
		take_symbols(c, to, k.n, k.strtab);
}

/* Where the section has come to lie; 0: it is not there, or no longer. */
static kaddr_t start_of(const struct module_sections *sections, const char *name)
{
	size_t i;

	for (i = 0; i < sections->all.n; i++)
		if (!strcmp(sections->all.v[i].name, name))
			return sections->all.v[i].start;
	return 0;
}

static bool is_in_parts(const struct module *m, kaddr_t addr)
{
	size_t i;

	for (i = 0; i < MODULE_PARTS_MAX; i++)
		if (addr >= m->parts[i].start && addr < m->parts[i].end)
			return true;
	return false;
}

/* Data: the functions are the module's own. */
static void add_from_elsewhere(struct module_symbols *c, const struct module *m,
			       struct symbols *to)
{
	struct module_sections sections;
	struct symtab others = {0};
	size_t i;

	if (!c->elsewhere || !c->elsewhere(c->d, m, &others))
		return;
	module_sections_read(c->d, m, &sections);
	for (i = 0; i < others.all.n && c->nsymbols < ALL_SYMBOLS_MAX; i++) {
		const struct symtab_symbol *s = &others.all.v[i];
		kaddr_t start = 0;

		if (s->section && s->it.type != 't' && s->it.type != 'T')
			start = start_of(&sections, s->section);
		if (!start || !is_in_parts(m, start + s->it.addr))
			continue;
		c->nsymbols++;
		*vec_push(c->arena, &to->all) =
			(struct symbol){start + s->it.addr, s->it.name, true};
	}
}

static const struct symbols *symbols_of(struct module_symbols *c, const struct module *m)
{
	struct symbols *to = &c->symbols[m - c->modules.all.v], fresh = {.read = true};
	struct aside was;

	if (to->read)
		return to;
	was = step_aside(c);
	read_symbols(c, m, &fresh);
	add_from_elsewhere(c, m, &fresh);
	if (fresh.all.n)
		qsort(fresh.all.v, fresh.all.n, sizeof(*fresh.all.v), by_address);
	step_back(c, &was);
	if (!dump_interrupted(c->d))
		*to = fresh;
	return to;
}

/* The last that begins at addr or below; NULL: none. */
static const struct symbol *last_at(const struct symbols *s, kaddr_t addr)
{
	size_t low = 0, high = s->all.n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (s->all.v[mid].addr <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? &s->all.v[low - 1] : NULL;
}

bool module_symbols_at(struct module_symbols *c, kaddr_t addr, struct dump_symbol *sym)
{
	const struct module *m = read_list(c) ? module_of_address(&c->modules, addr)
					      : NULL;
	const struct symbol *s;

	if (!m)
		return false;
	s = last_at(symbols_of(c, m), addr);
	text_escape(sym->name, sizeof(sym->name), s ? s->name : "");
	snprintf(sym->module, sizeof(sym->module), "%s", m->name);
	sym->offset = s ? addr - s->addr : 0;
	return true;
}

/* ---- by name -------------------------------------------------------------- */

/* False: Ctrl-C came before it was whole. */
static bool make_names(struct module_symbols *c)
{
	const struct symbols *s;
	size_t i, k, n = 0;

	for (i = 0; i < c->modules.all.n; i++)
		n += symbols_of(c, &c->modules.all.v[i])->all.n;
	if (dump_interrupted(c->d))
		return false;
	type_names_init(&c->names, c->arena, n);
	for (i = 0; i < c->modules.all.n; i++) {
		s = &c->symbols[i];
		for (k = 0; k < s->all.n; k++)
			type_names_add(&c->names, s->all.v[k].name, NAME_SYMBOL,
				       s->all.v[k].addr);
	}
	c->named = true;
	return true;
}

bool module_symbols_named(struct module_symbols *c, const char *name, kaddr_t *value)
{
	return read_list(c) && (c->named || make_names(c)) &&
	       type_names_find(&c->names, name, NAME_SYMBOL, value);
}
