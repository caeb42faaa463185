// SPDX-License-Identifier: GPL-2.0-or-later
#include "inflate.h"

#include <libdeflate.h>
#include <lzo/lzo1x.h>
#include <string.h>
#include <zstd.h>

#include "snappy.h"

static bool inflate_zlib(struct inflater *inflater, const unsigned char *from, size_t n,
			 unsigned char *to, size_t size)
{
	if (!inflater->zlib)
		inflater->zlib = libdeflate_alloc_decompressor();
	return inflater->zlib &&
	       libdeflate_zlib_decompress(inflater->zlib, from, n, to, size, NULL) ==
		       LIBDEFLATE_SUCCESS;
}

static bool inflate_lzo(const unsigned char *from, size_t n, unsigned char *to,
			size_t size)
{
	lzo_uint made = size;

	return lzo1x_decompress_safe(from, n, to, &made, NULL) == LZO_E_OK &&
	       made == size;
}

static bool inflate_zstd(struct inflater *inflater, const unsigned char *from, size_t n,
			 unsigned char *to, size_t size)
{
	if (!inflater->zstd)
		inflater->zstd = ZSTD_createDCtx();
	return inflater->zstd &&
	       ZSTD_decompressDCtx(inflater->zstd, to, size, from, n) == size;
}

bool inflate_page(struct inflater *inflater, unsigned int packing,
		  const unsigned char *from, size_t n, unsigned char *to, size_t size)
{
	switch (packing) {
	case PACKED_NOT:
		if (n == size)
			memcpy(to, from, size);
		return n == size;
	case PACKED_ZLIB:
		return inflate_zlib(inflater, from, n, to, size);
	case PACKED_LZO:
		return inflate_lzo(from, n, to, size);
	case PACKED_SNAPPY:
		return snappy_inflate(from, n, to, size);
	case PACKED_ZSTD:
		return inflate_zstd(inflater, from, n, to, size);
	default:
		return false;
	}
}

void inflater_close(struct inflater *inflater)
{
	libdeflate_free_decompressor(inflater->zlib);
	ZSTD_freeDCtx(inflater->zstd);
	*inflater = (struct inflater){0};
}
