/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Layout tables made: of the files of a build, or of what is known of a core. */
#ifndef VGPU_CORE_TABLE_MAKE_H
#define VGPU_CORE_TABLE_MAKE_H

#include "layout_table.h"
#include "types.h"

/* Of that kernel, and empty.  NULL: the banner is none. */
struct layout_table *table_create(struct arena *a, const char *banner,
				  const struct build_id *id);
/*
 * The part of a module (NULL: the kernel), which is added where there is none.  NULL: no
 * module can have that name.
 */
struct table_part *table_part(struct arena *a, struct layout_table *t,
			      const char *module);
/* All that the sources of types know: of the kernel, then of the modules. */
void table_take_types(struct arena *a, struct layout_table *t, const struct types *types);
/* Those that a kernel does not keep which keeps functions only. */
void table_take_symbols(struct arena *a, struct table_part *part,
			const struct symtab *symbols);

/* Of a vmlinux and the modules behind it, all with DWARF.  NULL and why. */
struct layout_table *table_of_files(struct arena *a, const char *const *files, size_t n,
				    struct error *why);

/* Where a table is to be: path or, where that is a folder, in it by the table's own name. */
struct table_place {
	const char *path;
	const char *const *inputs; /* what it is made of, which is never written over */
	size_t ninputs;
};
/* *written: where it is. */
bool table_put(struct arena *a, const struct layout_table *t,
	       const struct table_place *place, const char **written, struct error *why);

#endif
