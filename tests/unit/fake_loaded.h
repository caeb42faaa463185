/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Modules that a fake kernel (fake_dump.h) has loaded, on its list at `modules`. */
#ifndef VGPU_FAKE_LOADED_H
#define VGPU_FAKE_LOADED_H

#include "fake_dump.h"

/* 16 KiB from base on, of which the first 4 are text.  Returns its struct module. */
kaddr_t fake_loaded(struct fake *f, const char *name, kaddr_t base);

struct fake_elf_symbol {
	uint32_t name; /* its place among the strings */
	uint16_t section;
	kaddr_t value;
	uint64_t size; /* 0: not said */
};

/* Its own symbol table.  Returns its struct mod_kallsyms. */
kaddr_t fake_loaded_symbols(struct fake *f, kaddr_t mod, const char *strings, size_t size,
			    const struct fake_elf_symbol *v, size_t n);

struct fake_section {
	const char *name;
	kaddr_t start;
};

/* As /sys/module/NAME/sections shows them, behind so many others without a name. */
void fake_loaded_sections(struct fake *f, kaddr_t mod, const struct fake_section *v,
			  size_t n, size_t others);

#endif
