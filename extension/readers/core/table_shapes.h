/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The types of a layout table, as far as its rows tell: a struct has the members that vgpu
 * asks for, and each is a word, or an array of them, that may be a number or a pointer.
 *
 * A struct is put together when it is first asked for, and stays as long as the arena.
 */
#ifndef VGPU_CORE_TABLE_SHAPES_H
#define VGPU_CORE_TABLE_SHAPES_H

#include "dump/type.h"
#include "layout_table.h"

struct table_shapes;

/* In a; part, whose rows are sorted, outlives it. */
struct table_shapes *table_shapes(struct arena *a, const struct table_part *part);

/* As dump/type.h says. */
bool table_shape_find(struct table_shapes *s, const char *name, uint64_t *id);
bool table_shape_about(struct table_shapes *s, uint64_t id,
		       struct dump_type_about *about);
bool table_shape_part(struct table_shapes *s, uint64_t id, size_t i,
		      struct dump_type_member *member);

#endif
