/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a dump knows of its modules: their symbols, those of their init too.
 *
 * Nothing is read before it is asked for, and then all that serves the same question:
 * the list for whose an address is, a module's symbols for what is at it, the symbols of
 * all modules for a name.
 */
#ifndef VGPU_MODULE_SYMBOLS_H
#define VGPU_MODULE_SYMBOLS_H

#include "dump/module.h"
#include "module_file.h"
#include "symtab.h"

struct module_symbols;

/*
 * What there is elsewhere of a module's symbols, for kernels that keep those of functions
 * only, and nothing of data.  False: nothing.
 */
typedef bool module_symtab(struct dump *d, const struct module *m, struct symtab *to);

/* From its file, whose build-id in where becomes the module's. */
bool module_symtab_find(struct arena *a, struct dump *d, const struct module *m,
			struct module_search *where, struct symtab *to);

/*
 * Of d, which knows the kernel's own symbols and types.  In a, as all that is read later.
 * elsewhere NULL: the kernel keeps all symbols.
 */
struct module_symbols *module_symbols_create(struct dump *d, struct arena *a,
					     module_symtab *elsewhere);

/* A command begins: the one before it may have run out of memory while it read. */
void module_symbols_begin(struct module_symbols *c);

/* A symbol of any module: of the first in the kernel's list that has one. */
bool module_symbols_named(struct module_symbols *c, const char *name, kaddr_t *value);
/* Is addr in a module's memory?  sym->name is "" where none of its symbols is below. */
bool module_symbols_at(struct module_symbols *c, kaddr_t addr, struct dump_symbol *sym);

/* As the kernel's list has them. */
const struct modules *module_symbols_modules(struct module_symbols *c);
/* NULL: none of that name is loaded. */
const struct module *module_symbols_module(struct module_symbols *c, const char *name);

#endif
