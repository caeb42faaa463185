/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of a core's kernel, written down as a layout table. */
#ifndef VGPU_CORE_EXPORT_H
#define VGPU_CORE_EXPORT_H

#include "readers/module_symbols.h"
#include "core_table.h"
#include "table_make.h"

struct core_export {
	struct dump *d;
	struct space *space;
	const struct kallsyms *symbols;
	const struct types *types;
	struct module_symbols *modules;
	module_symtab *symtab; /* NULL: the kernel keeps all symbols */
};

/* *written: where it is.  False and why. */
bool core_export(const struct core_export *x, const struct table_place *place,
		 const char **written, struct error *why);
/* The same as the bytes of such a file, in the dump's arena.  False and why. */
bool core_export_bytes(const struct core_export *x, struct file_bytes *file,
		       struct error *why);
/*
 * Into the folder of ours that is looked at for such tables, unless one is there that has
 * all that this vgpu asks for.  It is no fault when that cannot be written.
 */
void core_export_keep(const struct core_export *x);

#endif
