/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page tables in made memory (made_memory.h). */
#ifndef VGPU_MADE_TABLES_H
#define VGPU_MADE_TABLES_H

#include "made_memory.h"

/* As a kernel of that geometry would keep them; the tables lie from next on. */
struct made_tables {
	struct made *m;
	uint64_t root, next;
	unsigned int levels, shift, bits, root_bits;
	uint64_t table; /* what an entry that leads to a table has besides its address */
};

/* Let va lead to this entry of a table of this level: of 1, that maps pages. */
void made_entry(struct made_tables *t, uint64_t va, unsigned int level, uint64_t entry);
/* Where that entry is, whose tables are made. */
uint64_t made_entry_at(struct made_tables *t, uint64_t va, unsigned int level);

/*
 * x86_64 as a boot with KASLR has it: image, tables and direct map, of which only the
 * tables of this page are made.
 */
#define MADE_IMAGE 0xffffffff80000000
#define MADE_PHYS_BASE 0x5000000ull
#define MADE_ROOT 0x7a10000ull /* physical: the symbol's is at MADE_IMAGE + 0x2a10000 */
struct made_tables made_x86_64(struct made *m, unsigned int levels);

/* x86_64's entries. */
#define X86_PRESENT 1ull
#define X86_RW 2ull
#define X86_PSE 0x80ull
#define X86_NX (1ull << 63)
#define X86_TABLE (X86_PRESENT | X86_RW)
#define X86_DATA (X86_PRESENT | X86_RW | X86_NX)

#endif
