/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the types of a kernel and its modules come from: the BTF that is in the core, or
 * else the DWARF of a file that the user has of that build, or else a layout table.
 */
#ifndef VGPU_CORE_CORE_TYPES_H
#define VGPU_CORE_CORE_TYPES_H

#include <limits.h>

#include "core_table.h"
#include "dump/module.h"
#include "readers/module_file.h"
#include "types.h"

struct types_origin {
	const char *kind;    /* "btf", "dwarf", "table" */
	char file[PATH_MAX]; /* "": the core itself */
};

/*
 * where says which files to look at, and the kernel's build-id.  table, or NULL, is looked
 * for where there are none.  False, and why.
 */
bool core_types_kernel(struct arena *a, struct dump *d, struct types *t,
		       const struct module_search *where, struct core_table *table,
		       struct types_origin *origin, struct error *why);
/* After the kernel's.  The build-id in where becomes the module's. */
bool core_types_module(struct arena *a, struct dump *d, struct types *t,
		       const struct module *m, struct module_search *where,
		       struct core_table *table, struct types_origin *origin,
		       struct error *why);

#endif
