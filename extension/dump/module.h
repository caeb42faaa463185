/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The modules that the kernel has loaded, and where their text is.
 *
 * From the dump's own list, so that text whose symbols the reader does not have,
 * as that of a module's init, still belongs to somebody and has its names.
 */
#ifndef VGPU_MODULE_H
#define VGPU_MODULE_H

#include "dump.h"

struct text_range {
	kaddr_t start, end; /* 0, 0: none */
};

struct module {
	kaddr_t addr;  /* struct module */
	char name[64]; /* escaped */
	struct text_range text;
	struct text_range init; /* thrown away when init is done */
	uint64_t taints;	/* bits, as of the kernel's own: kernel/log/machine.h */
};

struct modules {
	VEC(struct module) all;
	bool complete; /* one that is not in all was not loaded */
};

/* Into the dump's arena.  None where CONFIG_MODULES is off; a bad list is noted. */
void modules_read(struct dump *d, struct modules *modules);

/* By name; NULL: there is none, if all are known. */
const struct module *module_by_name(const struct modules *modules, const char *name);

/* Whose text ip is in: NULL for the kernel's own, and for no text. */
const struct module *module_of_text(const struct modules *modules, kaddr_t ip);

/*
 * The build-id of a module, by its struct module, in bytes: how many of them; 0 when it is
 * not known.  From struct module, or from the notes that /sys/module/NAME/notes shows.
 */
size_t module_build_id(struct dump *d, kaddr_t module, unsigned char *id, size_t size);

/* Is ip in text that the module throws away when its init is done? */
bool module_is_init(const struct module *m, kaddr_t ip);

/*
 * The function at ip by the module's own symbol table, which has those of its init
 * as long as that runs.
 */
bool module_symbol_at(struct dump *d, const struct module *m, kaddr_t ip,
		      struct dump_symbol *sym);

/* It came from outside the kernel's tree. */
bool module_is_foreign(const struct module *m);

#endif
