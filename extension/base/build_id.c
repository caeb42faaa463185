// SPDX-License-Identifier: GPL-2.0-or-later
#include "build_id.h"

#include <elf.h>
#include <string.h>

static size_t align4(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

const unsigned char *build_id_in(const unsigned char *notes, size_t size, size_t *n)
{
	size_t at = 0, desc;
	Elf64_Nhdr h;

	while (size - at >= sizeof(h)) {
		memcpy(&h, notes + at, sizeof(h));
		at += sizeof(h);
		if (h.n_namesz > size - at || align4(h.n_namesz) > size - at)
			break;
		desc = at + align4(h.n_namesz);
		if (h.n_descsz > size - desc)
			break;
		if (h.n_type == NT_GNU_BUILD_ID && h.n_namesz == sizeof("GNU") &&
		    !memcmp(notes + at, "GNU", sizeof("GNU"))) {
			*n = h.n_descsz;
			return notes + desc;
		}
		if (align4(h.n_descsz) > size - desc)
			break;
		at = desc + align4(h.n_descsz);
	}
	return NULL;
}
