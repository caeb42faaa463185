/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel's types are: from the BTF that is in the core, of the kernel and of its
 * modules, or from files with DWARF.
 *
 * Sources are asked in the order in which they were added.  One path walker serves them
 * all, and both the layout (dump/layout.h) and the command `struct`.
 */
#ifndef VGPU_CORE_TYPES_H
#define VGPU_CORE_TYPES_H

#include "base/arena.h"
#include "dump/type.h"
#include "base/error.h"
#include "table_types.h"

struct types;

/* In a, but what types_destroy() gives back. */
struct types *types_create(struct arena *a);
void types_destroy(struct types *t);

/*
 * The BTF of the kernel (module NULL, which comes first), or of a module, whose ids and
 * strings go on from the kernel's.  data stays the caller's, and must outlive t.
 */
bool types_add_btf(struct types *t, const char *module, const unsigned char *data,
		   size_t size, struct error *why);
/* The DWARF of a vmlinux (module NULL) or a .ko. */
bool types_add_dwarf(struct types *t, const char *module, const char *path,
		     struct error *why);
/* What a layout table has of it, which outlives t. */
void types_add_table(struct types *t, const char *module, const struct table_part *part);
/* The sources one by one, in the order in which they are asked; first NULL. */
struct type_source *types_next(const struct types *t, struct type_source *after);
/* Has the kernel (NULL) or this module types here? */
bool types_have(const struct types *t, const char *module);

/* As dump/dump.h says of those of struct dump_ops. */
bool types_size(struct types *t, const char *type, long *size);
bool types_member(struct types *t, const char *type, const char *path, long *offset,
		  long *size);
bool types_enumerator(struct types *t, const char *name, long *value);
bool types_variable_size(struct types *t, const char *name, long *size);

/* As dump/type.h says; what a struct dump_type refers to stays as long as t. */
bool types_find(struct types *t, const char *name, struct dump_type *type);
bool types_about(struct types *t, struct dump_type type, struct dump_type_about *about);
bool types_part(struct types *t, struct dump_type type, size_t i,
		struct dump_type_member *member);
bool types_value(struct types *t, struct dump_type type, size_t i,
		 struct dump_type_value *value);

#endif
