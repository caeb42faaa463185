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

/* include/linux/module.h, MOD_MEM_NUM_TYPES, and more than there ever were of layouts. */
#define MODULE_PARTS_MAX 8

struct module {
	kaddr_t addr;  /* struct module */
	char name[64]; /* escaped */
	struct text_range text;
	struct text_range init;			   /* thrown away when init is done */
	struct text_range parts[MODULE_PARTS_MAX]; /* all of it: text, data, init */
	uint64_t taints; /* bits, as of the kernel's own: kernel/log/machine.h */
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

/* Whose memory addr is in, be it text or data: NULL for none. */
const struct module *module_of_address(const struct modules *modules, kaddr_t addr);

/*
 * The build-id of a module, by its struct module, in bytes: how many of them; 0 when it is
 * not known.  From struct module, or from the notes that /sys/module/NAME/notes shows.
 */
size_t module_build_id(struct dump *d, kaddr_t module, unsigned char *id, size_t size);

/* A section of its file, by where that came to lie: what /sys/module/NAME/sections shows. */
struct module_section {
	char name[64]; /* as it is in the dump */
	kaddr_t start;
};
struct module_sections {
	VEC(struct module_section) all;
};

/* Into the dump's arena.  Empty where the kernel keeps no list that can be read. */
void module_sections_read(struct dump *d, const struct module *m,
			  struct module_sections *sections);

/* Is ip in text that the module throws away when its init is done? */
bool module_is_init(const struct module *m, kaddr_t ip);

/* Where its own symbol table is: an array of Elf64_Sym, and their names. */
struct module_kallsyms {
	kaddr_t symtab, strtab;
	uint64_t n;
};

/* False: it cannot be read, or says that it has more symbols than a module can have. */
bool module_kallsyms(struct dump *d, const struct module *m, struct module_kallsyms *k);
/* Is it a name of C's?  Not of a section, nor a mark of the assembler's such as "$x", ".L1". */
bool module_is_name(const char *name);

/*
 * The function at ip by the module's own symbol table, which has those of its init
 * as long as that runs.
 */
bool module_symbol_at(struct dump *d, const struct module *m, kaddr_t ip,
		      struct dump_symbol *sym);

/* As dump_symbol_at(), and else that: crash has no symbols of a module's init. */
bool modules_symbol_at(struct dump *d, const struct modules *modules, kaddr_t addr,
		       struct dump_symbol *sym);

/* Bytes of what stays when its init is done; 0: not known. */
uint64_t module_size(const struct module *m);

/* It came from outside the kernel's tree. */
bool module_is_foreign(const struct module *m);

#endif
