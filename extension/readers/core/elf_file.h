/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file of the kernel's that libelf reads, for its DWARF: a vmlinux, a module, what was
 * split off from them.  Who needs sections alone takes readers/elf_sections.h.
 */
#ifndef VGPU_CORE_ELF_FILE_H
#define VGPU_CORE_ELF_FILE_H

#include <libelf.h>

#include "base/error.h"

struct elf_file {
	int fd;
	Elf *elf;
};

/*
 * Of a 64-bit little-endian machine.  written: what is mapped may be written to, and the file
 * stays as it is.  False and why; elf_file_close() is right in both cases.
 */
bool elf_file_open(struct elf_file *f, const char *path, bool written, struct error *why);
void elf_file_close(struct elf_file *f);

#endif
