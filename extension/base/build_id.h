/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The build-id among ELF notes, by which a file and what runs are known to be one. */
#ifndef VGPU_BUILD_ID_H
#define VGPU_BUILD_ID_H

#include <stdbool.h>
#include <stddef.h>

#define BUILD_ID_MAX 64

struct build_id {
	unsigned char bytes[BUILD_ID_MAX];
	size_t n; /* 0: not known */
};

/* The first one, in notes that lie one behind the other: its n bytes; NULL: there is none. */
const unsigned char *build_id_in(const unsigned char *notes, size_t size, size_t *n);
/* One that is written down, "7b04..": how many bytes; 0: it is none, or has more than size. */
size_t build_id_parse(const char *text, unsigned char *to, size_t size);
/* As it is written down. */
void build_id_text(const struct build_id *id, char text[2 * BUILD_ID_MAX + 1]);
/* Both are known, and they are not the same. */
bool build_id_differs(const struct build_id *x, const struct build_id *y);

#endif
