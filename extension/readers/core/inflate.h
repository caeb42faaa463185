/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A page as a kdump-compressed core keeps it, made whole again. */
#ifndef VGPU_CORE_INFLATE_H
#define VGPU_CORE_INFLATE_H

#include <stdbool.h>
#include <stddef.h>

/* The bits of a page descriptor's flags, and of the header's status. */
enum packing {
	PACKED_NOT = 0,
	PACKED_ZLIB = 0x1,
	PACKED_LZO = 0x2,
	PACKED_SNAPPY = 0x4,
	PACKED_ZSTD = 0x20,
};
#define PACKINGS (PACKED_ZLIB | PACKED_LZO | PACKED_SNAPPY | PACKED_ZSTD)

/* What the libraries keep from page to page; begins as zeros. */
struct inflater {
	void *zlib, *zstd;
};

/* Exactly size bytes; false: damaged, packed in a way that nobody knows, or no memory. */
bool inflate_page(struct inflater *inflater, unsigned int packing,
		  const unsigned char *from, size_t n, unsigned char *to, size_t size);
void inflater_close(struct inflater *inflater);

#endif
