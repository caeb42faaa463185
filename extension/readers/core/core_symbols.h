/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the kernel's own symbols come from: kallsyms in the core, and, where that has
 * functions only, the others from a file that the user has of that build.
 */
#ifndef VGPU_CORE_SYMBOLS_H
#define VGPU_CORE_SYMBOLS_H

#include "dump/module.h"
#include "readers/module_file.h"
#include "symtab.h"

/*
 * where says which files to look at.  *functions: the core has those only, of modules too.
 * In a; NULL and why.
 */
struct kallsyms *core_symbols(struct arena *a, struct space *s,
			      const struct module_search *where, bool *functions,
			      struct error *why);
/* Of a module, from its file.  False: none was found. */
bool core_symbols_module(struct arena *a, struct dump *d, const struct module *m,
			 struct module_search *where, struct symtab *to);

/*
 * The functions of a kernel, and beside them what symbols there are elsewhere of it, each
 * as far from _stext as there.  NULL, and why: they are of another build.
 */
struct kallsyms *core_symbols_join(struct arena *a, const struct kallsyms *functions,
				   const struct symtab *others, struct error *why);

#endif
