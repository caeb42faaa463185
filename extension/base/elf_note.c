// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf_note.h"

#include <elf.h>
#include <string.h>

static size_t align4(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

bool elf_note_next(const unsigned char *notes, size_t size, size_t *at,
		   struct elf_note *note)
{
	size_t left = size - *at, name;
	Elf64_Nhdr h;

	if (left < sizeof(h))
		return false;
	memcpy(&h, notes + *at, sizeof(h));
	left -= sizeof(h);
	name = align4(h.n_namesz);
	if (name > left || h.n_descsz > left - name)
		return false;
	left -= name;
	note->type = h.n_type;
	note->name = notes + *at + sizeof(h);
	note->name_size = h.n_namesz;
	note->desc = note->name + name;
	note->size = h.n_descsz;
	/* Of the last one the padding may be missing. */
	left -= align4(h.n_descsz) < left ? align4(h.n_descsz) : left;
	*at = size - left;
	return true;
}

bool elf_note_next_cpu(const unsigned char *notes, size_t size, size_t *at,
		       struct elf_note *note)
{
	while (elf_note_next(notes, size, at, note))
		if (note->type == NT_PRSTATUS && note->name_size == sizeof("CORE") &&
		    !memcmp(note->name, "CORE", sizeof("CORE")))
			return true;
	return false;
}
