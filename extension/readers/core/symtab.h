/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The symbols of a vmlinux or a module, as its linker left them. */
#ifndef VGPU_CORE_SYMTAB_H
#define VGPU_CORE_SYMTAB_H

#include "base/arena.h"
#include "error.h"
#include "kallsyms.h"

struct symtab_symbol {
	struct kallsyms_symbol it;
	const char *section; /* of a module: it is as far in this; NULL: of a vmlinux */
};

struct symtab {
	VEC(struct symtab_symbol) all;
};

/* Those that are a place in memory; in a. */
bool symtab_read(struct arena *a, const char *path, struct symtab *to, struct error *why);

#endif
