/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's address space: virtual addresses to physical ones, by the kernel's own page
 * tables, and what lies there.
 */
#ifndef VGPU_CORE_SPACE_H
#define VGPU_CORE_SPACE_H

#include "core.h"

struct space;

/* By what vmcoreinfo says of the tables.  In a.  NULL and why. */
struct space *space_open(struct arena *a, struct core *c, struct error *why);
struct core *space_core(const struct space *s);

/*
 * The direct map, which translates by arithmetic: from start to end, of physical address
 * 0 on.  The kernel's variables say where it is, which are found through this space.
 */
void space_direct_map(struct space *s, kaddr_t start, kaddr_t end);
/* Without those variables: by the tables themselves.  False: they do not tell. */
bool space_find_direct_map(struct space *s);
/* Add a physical address to get its virtual one; 0: not known. */
kaddr_t space_direct_map_base(const struct space *s);

/*
 * Read all of the kernel's page tables, but those of the direct map where arithmetic does,
 * for who writes down which pages are read.
 */
void space_read_tables(struct space *s, struct arena *a);

bool space_physical(struct space *s, kaddr_t va, uint64_t *pa);

/* The machine runs on: neither translations nor pages that were read are used again. */
void space_forget(struct space *s);

/* The entry that maps va: of a page, or of a large one. */
struct space_leaf {
	kaddr_t start;
	uint64_t pa, size;
	bool writable, executable;
};
bool space_leaf(struct space *s, kaddr_t va, struct space_leaf *leaf);

/* Across pages; the error is that of the first bad one: DUMP_BAD_ADDRESS, or core_page()'s. */
enum dump_err space_read(struct space *s, kaddr_t va, void *buf, size_t size);

#endif
