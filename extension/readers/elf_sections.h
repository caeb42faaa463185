/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sections of an ELF file: a vmlinux, a module, what was split off from them.
 *
 * Without libelf, so that it is in the extension too, which is loaded where there is none.
 */
#ifndef VGPU_ELF_SECTIONS_H
#define VGPU_ELF_SECTIONS_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct elf_sections {
	int fd;
	Elf64_Half type; /* ET_REL: of a module */
	Elf64_Shdr *all;
	size_t n;
	char *names; /* NUL-terminated as a whole */
	size_t names_size;
};

/* Of a 64-bit little-endian machine.  False and why: then there is nothing to close. */
bool elf_sections_open(struct elf_sections *e, const char *path, struct error *why);
void elf_sections_close(struct elf_sections *e);

/* "": it has none.  Until the file is closed. */
const char *elf_section_name(const struct elf_sections *e, const Elf64_Shdr *s);
/* The first of that name, or that type; NULL: there is none. */
const Elf64_Shdr *elf_section_named(const struct elf_sections *e, const char *name);
const Elf64_Shdr *elf_section_typed(const struct elf_sections *e, Elf64_Word type);

/* Its bytes, with a NUL behind them, for free(); NULL: none, or none in this file. */
char *elf_section_bytes(const struct elf_sections *e, const Elf64_Shdr *s, size_t max,
			size_t *size);
/* Those from there on, at most size of them: how many. */
size_t elf_section_read(const struct elf_sections *e, const Elf64_Shdr *s, size_t from,
			void *to, size_t size);

#endif
