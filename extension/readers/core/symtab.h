/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The symbols of a vmlinux, as its linker left them. */
#ifndef VGPU_CORE_SYMTAB_H
#define VGPU_CORE_SYMTAB_H

#include "base/arena.h"
#include "error.h"
#include "kallsyms.h"

struct symbols {
	VEC(struct kallsyms_symbol) all;
};

/* Those that are a place in the kernel; in a, at the addresses of the file. */
bool symtab_read(struct arena *a, const char *path, struct symbols *to,
		 struct error *why);

#endif
