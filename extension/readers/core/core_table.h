/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layout table of a core's kernel: what --layouts names, then what a small core brings
 * along, then where people keep such tables: $VGPU_LAYOUTS, /usr/share/vgpu/layouts,
 * ~/.cache/vgpu/layouts.
 *
 * In a folder those are looked at whose name begins with the release and ends in .layout.
 * One is taken when its build-id is the core's, as far as both have one, and the banner of
 * the kernel that ran is where it must be and says the same.
 */
#ifndef VGPU_CORE_TABLE_H
#define VGPU_CORE_TABLE_H

#include "core_symbols.h"
#include "layout_table.h"
#include "readers/small_note.h"

struct core_table {
	struct arena *arena;
	struct space *space;
	const char *folders;   /* of --layouts, with ':' between them; NULL: none */
	struct file_bytes own; /* what the core itself brings along */
	const char *release;
	const struct kallsyms *symbols; /* the core's own */

	bool tried;
	const struct layout_table *it; /* NULL: none was found */
	const char *path;	       /* "": the core itself */
	struct kallsyms
		*joined; /* symbols and the table's, where those are functions only */
};

/* Looks when it is first asked.  NULL: there is none. */
const struct layout_table *core_table_find(struct core_table *t);

/* "Linux version ...", of the kernel that ran; NULL: it cannot be read.  In a. */
const char *core_banner(struct arena *a, struct space *s, const struct kallsyms *symbols);

/* The folder that is ours to write to; NULL: there is no $HOME. */
const char *core_table_cache(struct arena *a);

#endif
