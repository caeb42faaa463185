/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One place where types come from: the BTF or the DWARF of a kernel or a module.
 *
 * types.c asks the sources in turn.  A source says what its types are made of, and the
 * walker in types.c, which all of them share, answers for sizes and members.  One that
 * has rows (sizes, offsets) gives size() and member() itself.
 */
#ifndef VGPU_CORE_TYPE_SOURCE_H
#define VGPU_CORE_TYPE_SOURCE_H

#include "dump/type.h"
#include "readers/type_names.h"

struct type_source {
	const struct type_source_ops *ops;
	const char *module; /* NULL: the kernel */
	struct type_source *next;
};

struct type_source_ops {
	/* The first definition of that name; a mere declaration is none. */
	bool (*find)(struct type_source *s, const char *name, enum type_name as,
		     uint64_t *id);
	/* As dump/type.h says. */
	bool (*about)(struct type_source *s, uint64_t id, struct dump_type_about *about);
	bool (*part)(struct type_source *s, uint64_t id, size_t i,
		     struct dump_type_member *member);
	bool (*value)(struct type_source *s, uint64_t id, size_t i,
		      struct dump_type_value *value);

	bool (*size)(struct type_source *s, const char *name, enum type_name as,
		     long *size);
	bool (*member)(struct type_source *s, const char *name, enum type_name as,
		       const char *path, long *offset, long *size);
	bool (*enumerator)(struct type_source *s, const char *name, long *value);
	bool (*variable_size)(struct type_source *s, const char *name, long *size);
	void (*close)(struct type_source *s); /* NULL: nothing to give back */
};

/* The same of a source that knows types: one that gives find(), about() and part(). */
bool walk_size(struct type_source *s, const char *name, enum type_name as, long *size);
bool walk_variable_size(struct type_source *s, const char *name, long *size);
bool walk_member(struct type_source *s, const char *name, enum type_name as,
		 const char *path, long *offset, long *size);

#endif
