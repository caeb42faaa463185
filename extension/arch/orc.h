/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ORC tables of an x86_64 kernel and of its modules, read from the dump.
 *
 * For each place in the text they say where the caller's stack pointer, frame
 * pointer and return address are.  A table is two arrays: places, as int32
 * relative to each entry's own address and sorted, and a 6-byte entry for each.
 * The places of a table are read once, when something on a stack lies in it;
 * entries are read one by one.
 */
#ifndef VGPU_ORC_H
#define VGPU_ORC_H

#include "dump/module.h"

enum orc_type {
	ORC_UNDEFINED,	  /* nothing is known: asm without hints, a gap */
	ORC_END_OF_STACK, /* nothing is above */
	ORC_CALL,	  /* called: a return address lies below the frame */
	ORC_REGS,	  /* entered by an interrupt: struct pt_regs */
	ORC_REGS_PARTIAL, /* the same, with what the CPU pushed alone */
};

/* Our own numbers: the kernel's were reordered once, see orc.c. */
enum orc_reg {
	ORC_REG_UNDEFINED,
	ORC_REG_PREV_SP,
	ORC_REG_AX,
	ORC_REG_DX,
	ORC_REG_DI,
	ORC_REG_BP,
	ORC_REG_SP,
	ORC_REG_R10,
	ORC_REG_R13,
	ORC_REG_BP_INDIRECT,
	ORC_REG_SP_INDIRECT,
	ORC_REG_UNKNOWN, /* a number that no release has used */
};

struct orc {
	int16_t sp_offset, bp_offset;
	enum orc_reg sp_reg, bp_reg;
	enum orc_type type;
	bool signal; /* what is above was interrupted: do not look before its ip */
};

enum orc_answer {
	ORC_FOUND,
	ORC_NO_TEXT, /* in no table's text: generated code, or no code at all */
	ORC_LOST,    /* in a table's text, but that table cannot be used */
};

struct orc_tables;

/* In the dump's arena.  NULL and a reason when the dump has no tables. */
struct orc_tables *orc_create(struct dump *d, const char **why);

/*
 * mod is the module whose text ip is in, NULL when in none.  *why is set unless
 * ORC_FOUND; it lives as long as the arena.
 */
enum orc_answer orc_find(struct orc_tables *o, kaddr_t ip, const struct module *mod,
			 struct orc *orc, const char **why);

#endif
