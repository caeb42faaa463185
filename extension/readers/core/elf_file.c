// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static bool is_elf64(Elf *elf)
{
	const char *ident = elf_getident(elf, NULL);

	return elf_kind(elf) == ELF_K_ELF && ident && ident[EI_CLASS] == ELFCLASS64 &&
	       ident[EI_DATA] == ELFDATA2LSB;
}

bool elf_file_open(struct elf_file *f, const char *path, bool written, struct error *why)
{
	elf_version(EV_CURRENT);
	f->elf = NULL;
	f->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0)
		return error_set(why, "%s", strerror(errno));
	f->elf = elf_begin(f->fd, written ? ELF_C_READ_MMAP_PRIVATE : ELF_C_READ_MMAP,
			   NULL);
	if (!f->elf || !is_elf64(f->elf))
		return error_set(why,
				 "it is no ELF file of a 64-bit little-endian machine");
	return true;
}

void elf_file_close(struct elf_file *f)
{
	elf_end(f->elf);
	if (f->fd >= 0)
		close(f->fd);
}
