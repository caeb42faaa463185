/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ELF notes that lie one behind the other: of a file, a core, a kernel. */
#ifndef VGPU_ELF_NOTE_H
#define VGPU_ELF_NOTE_H

#include <stdbool.h>
#include <stddef.h>

/* The ABI of core files: see struct elf_prstatus in linux/elfcore.h. */
#define NT_PRSTATUS 1
#define PRSTATUS_PID_OFFSET 32
#define PRSTATUS_REG_OFFSET 112

struct elf_note {
	const unsigned char *name, *desc;
	size_t name_size, size; /* of desc */
	unsigned int type;
};

/* The one at *at, which is set behind it.  False: there is no more that is whole. */
bool elf_note_next(const unsigned char *notes, size_t size, size_t *at,
		   struct elf_note *note);
/* The same of those that have a CPU's registers: "CORE", NT_PRSTATUS, in the CPUs' order. */
bool elf_note_next_cpu(const unsigned char *notes, size_t size, size_t *at,
		       struct elf_note *note);

#endif
