/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's page tables, of one architecture: where they begin, and what an entry says.
 *
 * To add an architecture: fill a struct tables from vmcoreinfo in tables_ARCH.c, and let
 * space_open() choose it.
 */
#ifndef VGPU_CORE_TABLES_H
#define VGPU_CORE_TABLES_H

#include "core.h"

struct table_entry {
	uint64_t
		pa; /* of the next table, or of what it maps: bits below its size may be set */
	bool leaf;		   /* it maps memory */
	bool writable, executable; /* or, of a table: what is below may be */
};

#define TABLE_LEVELS_MAX 5

struct tables {
	uint64_t root;		 /* physical */
	unsigned int levels;	 /* of tables: entries of level 1, the last, map pages */
	unsigned int page_shift; /* of a page, and of a table */
	unsigned int index_bits; /* of an index into a table */
	unsigned int root_bits;	 /* the same of the root, which may have fewer */
	unsigned int va_bits;	 /* above these, a kernel's address has ones only */
	unsigned int tag_bits;	 /* the highest, which are no part of an address */
	/* What is added to a physical address in the kernel's image, to get the virtual one. */
	kaddr_t image_base;
	/* Where the image lies by arithmetic alone; 0, 0: nowhere. */
	kaddr_t image, image_end;

	/* What an entry of a table of this level says.  False: it maps nothing. */
	bool (*entry)(const struct tables *t, uint64_t entry, unsigned int level,
		      struct table_entry *e);
	uint64_t address_bits; /* of an entry: those of an address, as they are */
};

bool tables_x86_64(struct tables *t, const struct core *c, struct error *why);
bool tables_arm64(struct tables *t, const struct core *c, struct error *why);

#endif
