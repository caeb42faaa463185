/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A layout table: what vgpu asks of the types of one build of a kernel, in a few
 * kilobytes, for cores whose kernel does not keep its types, nor, where it keeps names of
 * functions only, its data symbols.
 *
 * A file is text, packed by gzip, whose checksum proves it whole.  Its lines:
 *
 *	vgpu-layout 1			the format; a reader refuses another number
 *	release 5.10.0-32-arm64
 *	build-id 7b04...		of the kernel, where it has one
 *	banner Linux version ...	by it, too, a core is known to be of this build
 *	spellings 0123456789abcdef	of what was asked: see layout_table_spellings()
 *	T task_struct 3904		a type, its size
 *	M task_struct.stack 32 8	a member, its offset and size
 *	E MOD_TEXT 0			an enumerator
 *	V cached_stacks 16		a variable, its size
 *	A 1f000 D runqueues		a symbol: how far behind the last one, nm's letter
 *	S 40 d mask			the same, of symbols in the kernel's image
 *	module virtio_gpu 7b04...	what follows is of this module, of that build-id
 *	D .data 8 d driver		a symbol: its section, how far in it
 *
 * Names are as the kernel has them, so that a vgpu that asks for more than was asked when
 * the table was made finds it incomplete, not wrong.
 */
#ifndef VGPU_CORE_LAYOUT_TABLE_H
#define VGPU_CORE_LAYOUT_TABLE_H

#include "dump/layout.h"
#include "readers/symtab.h"

struct table_row {
	enum layout_kind kind;
	const char *name; /* of a member with its type: "task_struct.stack" */
	long offset, size;
};

/* Of the kernel, or of a module. */
struct table_part {
	const char *module; /* NULL: the kernel */
	struct build_id build_id;
	VEC(struct table_row)
	rows;		       /* by kind and name, once layout_table_sort() was called */
	struct symtab symbols; /* none: the kernel keeps them itself */
};

struct layout_table {
	const char *release, *banner;
	uint64_t spellings;
	VEC(struct table_part) parts; /* the kernel's first */
};

/* In a.  NULL and why: it is no table, or is damaged. */
struct layout_table *layout_table_read(struct arena *a, const char *path,
				       struct error *why);
/* Of what such a file holds. */
struct layout_table *layout_table_parse(struct arena *a, const unsigned char *file,
					size_t size, struct error *why);
/* Such a file, in a.  NULL and why. */
unsigned char *layout_table_pack(struct arena *a, const struct layout_table *t,
				 size_t *size, struct error *why);
/* To a new name, which is renamed when it is whole. */
bool layout_table_write(struct arena *a, const struct layout_table *t, const char *path,
			struct error *why);

/* After its rows were added: so that they are found. */
void layout_table_sort(struct table_part *part);
const struct table_row *layout_table_row(const struct table_part *part,
					 enum layout_kind kind, const char *name);
const struct table_part *layout_table_module(const struct layout_table *t,
					     const char *module);

/* A hash of all that this vgpu asks for. */
uint64_t layout_table_spellings(void);
/* The name that its file has among others: RELEASE.BUILD-ID.layout. */
const char *layout_table_name(struct arena *a, const struct layout_table *t);

#endif
