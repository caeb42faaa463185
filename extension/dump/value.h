/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A type, and what lies in memory where an object of it is: as a tree of members and
 * elements in words.
 *
 * Types come out of a core and may lie: a tree is no deeper, and has no more parts, than
 * the bounds in value.c, and says where something was left out.
 */
#ifndef VGPU_VALUE_H
#define VGPU_VALUE_H

#include "type.h"

struct value {
	const char *name; /* of the member; "[3]" of an element; "": anonymous */
	/* As C declares it, around the name: "struct page *", "[15]". */
	const char *type, *dimensions;
	enum dump_type_class class;
	uint64_t offset; /* bytes, from the start of the outermost type */
	uint64_t size;	 /* bytes; of a bitfield, of its number */
	unsigned int bit,
		bits; /* a bitfield's first bit at offset, and its width; or 0 */

	/* Of a number, a pointer, an enum: its value.  NULL: it has parts, or no value. */
	const char *text;
	const char *
		symbol; /* that a pointer points to: "drain_local_pages_wq+0x8"; or NULL */
	const char *
		string; /* of a char array, or what a char * points to; escaped; or NULL */
	bool clipped;	/* the string goes on, or its end is not in the dump */
	const char *unread; /* why it has no value; or NULL */

	VEC(struct value) parts; /* members, or elements */
	size_t repeats;		 /* elements from this one on that are the same */
	uint64_t more;		 /* parts behind these that are left out */
};

/* A part of a type: the type itself, or a member of a member. */
struct type_place {
	const char *name; /* as it was asked for: "se.on_rq" */
	struct dump_type type;
	uint64_t bit_offset;
	unsigned int bits; /* of a bitfield; 0: it is none */
};

/* path "": the type itself; "se.on_rq" goes through anonymous members too. */
bool type_place(struct dump *d, struct dump_type type, const char *path,
		struct type_place *place);

/* "struct page *", and the dimensions of an array: "[15]".  Into the dump's arena. */
const char *type_words(struct dump *d, struct dump_type type, const char **dimensions);

/* What is at this place of the object at addr; hex: its numbers. */
void value_read(struct dump *d, const struct type_place *place, kaddr_t addr, bool hex,
		struct value *v);
/* What is there by its type alone: members that have a type with a name have no parts. */
void value_layout(struct dump *d, const struct type_place *place, struct value *v);

#endif
