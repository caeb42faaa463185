/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What types of a fake dump are made of, for `vgpu struct`: each is written down by
 * itself, and may be as wrong as a core's can be.
 *
 *	static const struct fake_shape shape_int = {.class = TYPE_INT, .name = "int", .size = 4};
 *	static const struct fake_part parts[] = {{"a", &shape_int, 0}, {"b", &shape_int, 32}};
 *	static const struct fake_shape pair = {.class = TYPE_STRUCT, .name = "pair", .size = 8,
 *					       .count = 2, .parts = parts};
 *
 *	fake_shapes(f, (const struct fake_shape *const[]){&pair, NULL});
 */
#ifndef VGPU_FAKE_TYPES_H
#define VGPU_FAKE_TYPES_H

#include "dump/type.h"
#include "fake_dump.h"

struct fake_part {
	const char *name;
	const struct fake_shape *shape;
	uint64_t bit_offset;
	unsigned int bits;
};

struct fake_shape {
	enum dump_type_class class;
	const char *name;
	uint64_t size, count;
	bool is_signed, is_in_part;
	const struct fake_shape *of; /* NULL: void */
	const struct fake_part *parts;
	const struct dump_type_value *values;
};

/* Those that are found by name; NULL ends them.  They, and all that they lead to, are static. */
void fake_shapes(struct fake *f, const struct fake_shape *const *shapes);
/* Of each struct and union no more than so many members can be had, until fake_shapes(). */
void fake_parts_known(size_t n);
#endif
