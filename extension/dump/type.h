/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a type is made of, for whoever shows one as it lies in memory.
 *
 * Only a reader with types of its own has this: crash has a `struct` that knows more.
 * Walking members by layout (layout.h) needs none of it.
 */
#ifndef VGPU_TYPE_H
#define VGPU_TYPE_H

#include "dump.h"

/* Which one: the reader's own words.  Valid as long as the dump is open. */
struct dump_type {
	const void *source;
	uint64_t id; /* 0: void */
};

enum dump_type_class {
	TYPE_VOID,
	TYPE_INT,
	TYPE_WORD, /* a number or a pointer: not known which */
	TYPE_BOOL,
	TYPE_CHAR,
	TYPE_FLOAT,
	TYPE_POINTER,
	TYPE_STRUCT,
	TYPE_UNION,
	TYPE_ENUM,
	TYPE_ARRAY,
	TYPE_FUNCTION,
};

/* Of a type without its typedefs and qualifiers. */
struct dump_type_about {
	enum dump_type_class class;
	const char
		*name;	/* its tag, or the number's name; "": anonymous, or it has none */
	uint64_t size;	/* bytes */
	bool is_signed; /* of a number, and of an enum's */
	bool is_in_part; /* of a struct: there are more members, which are not known */
	uint64_t count;	 /* an array's elements, members, an enum's values */
	struct dump_type of; /* what it points at, an array's element */
};

struct dump_type_member {
	const char *name; /* "": anonymous */
	struct dump_type type;
	uint64_t bit_offset; /* from the start of the struct */
	unsigned int bits;   /* a bitfield's width; 0: it is none */
};

struct dump_type_value {
	const char *name;
	int64_t value;
};

struct dump_type_ops {
	/* By tag, with or without "struct ", "union ", "enum "; or a typedef's name. */
	bool (*find)(struct dump *d, const char *name, struct dump_type *type);
	bool (*about)(struct dump *d, struct dump_type type,
		      struct dump_type_about *about);
	/* The i-th of a struct or union. */
	bool (*member)(struct dump *d, struct dump_type type, size_t i,
		       struct dump_type_member *member);
	/* The i-th of an enum. */
	bool (*value)(struct dump *d, struct dump_type type, size_t i,
		      struct dump_type_value *value);
};

#endif
