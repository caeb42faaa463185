/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A layout table as a source of types, of which it knows sizes and offsets (what `struct`
 * shows of that says table_shapes.h); and made of what other sources know.
 */
#ifndef VGPU_CORE_TABLE_TYPES_H
#define VGPU_CORE_TABLE_TYPES_H

#include "layout_table.h"
#include "type_source.h"

/* In a; part outlives it. */
struct type_source *table_types(struct arena *a, const struct table_part *part);

/*
 * Ask the source for all that vgpu asks for.  What the kernel's own part has is left out of
 * a module's, since the kernel is asked first.  kernel NULL: it is the kernel's.
 */
void table_take(struct arena *a, struct table_part *part, struct type_source *from,
		const struct table_part *kernel);

/* Does the source say the same wherever it knows what the table knows? */
bool table_agrees(const struct table_part *part, struct type_source *with);

#endif
