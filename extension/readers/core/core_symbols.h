/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the kernel's own symbols come from: kallsyms in the core, and, where that has
 * functions only, the others from a file that the user has of that build.
 */
#ifndef VGPU_CORE_SYMBOLS_H
#define VGPU_CORE_SYMBOLS_H

#include "dump/module.h"
#include "kallsyms.h"
#include "readers/module_file.h"
#include "readers/symtab.h"

/*
 * k, which are the functions alone, and beside them the others of the vmlinux that where
 * leads to.  In a; NULL: there is none, or NULL and why not.
 */
struct kallsyms *core_symbols_of_file(struct arena *a, struct space *s,
				      const struct kallsyms *k,
				      const struct module_search *where,
				      struct error *why);
/* The error where there is nothing else.  False. */
bool core_symbols_refuse(struct arena *a, const char *release, struct error *why);

/*
 * The kernel's, by vmcoreinfo, which has it since 5.9 (0935288c6e00), or by the notes in its
 * read-only data, where k has their place: it may be NULL.
 */
void core_build_id(struct space *s, const struct kallsyms *k, struct build_id *id);

/*
 * The functions of a kernel, and beside them what symbols there are elsewhere of it, each
 * as far from _stext as there.  NULL, and why: they are of another build.
 */
struct kallsyms *core_symbols_join(struct arena *a, const struct kallsyms *functions,
				   const struct symtab *others, struct error *why);

#endif
