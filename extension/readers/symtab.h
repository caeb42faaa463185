/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The symbols of a vmlinux or a module, as its linker left them. */
#ifndef VGPU_SYMTAB_H
#define VGPU_SYMTAB_H

#include "base/arena.h"
#include "base/build_id.h"
#include "base/error.h"
#include "dump/dump.h"

/* As the kernel has them of itself: kallsyms. */
struct kallsyms_symbol {
	kaddr_t addr;
	const char *name;
	char type; /* nm's letter */
};

struct symtab_symbol {
	struct kallsyms_symbol it;
	const char *section; /* of a module: it is as far in this; NULL: of a vmlinux */
};

struct symtab {
	VEC(struct symtab_symbol) all;
	struct build_id build_id;
	const char *banner; /* "Linux version ..." of a vmlinux; NULL: it is not in it */
	bool has_functions; /* a vmlinux whose kallsyms has those only */
};

/*
 * Those that are a place in memory, and are there as long as the kernel or the module; in
 * a.  Left out is what only the kernel's own tables have: of exported symbols and the like.
 */
bool symtab_read(struct arena *a, const char *path, struct symtab *to, struct error *why);

#endif
