// SPDX-License-Identifier: GPL-2.0-or-later
#include "packer.h"

#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/base.h"
#include "file.h"

#define MEMORY_MAX (256u << 20) /* more than xz -9 wants */

/* ---- gzip ------------------------------------------------------------------- */

struct gzip {
	z_stream z;
	bool between; /* a member has ended, and another may follow */
};

static void *gzip_begin(void)
{
	struct gzip *g = calloc(1, sizeof(*g));

	/* 16: with the header of gzip, and not of zlib. */
	if (g && inflateInit2(&g->z, 16 + MAX_WBITS) == Z_OK)
		return g;
	free(g);
	return NULL;
}

static enum packer_step gzip_next_member(struct gzip *g, const struct packer_piece *piece)
{
	if (!piece->in_n)
		return piece->last ? PACKER_END : PACKER_MORE;
	/* Some tapes and tools fill up with zeros. */
	if (*piece->in != 0x1f)
		return PACKER_END;
	g->between = false;
	return inflateReset(&g->z) == Z_OK ? PACKER_MORE : PACKER_DAMAGED;
}

static enum packer_step gzip_step(void *state, struct packer_piece *piece)
{
	struct gzip *g = state;
	enum packer_step step;
	int result;

	if (g->between) {
		step = gzip_next_member(g, piece);
		if (step != PACKER_MORE || g->between)
			return step;
	}
	/* zlib only reads it, and does not say so. */
	g->z.next_in = (unsigned char *)(uintptr_t)piece->in;
	g->z.avail_in = (unsigned int)piece->in_n;
	g->z.next_out = piece->out;
	g->z.avail_out = (unsigned int)piece->out_n;
	result = inflate(&g->z, Z_NO_FLUSH);
	piece->in = g->z.next_in;
	piece->in_n = g->z.avail_in;
	piece->out = g->z.next_out;
	piece->out_n = g->z.avail_out;
	g->between = result == Z_STREAM_END;
	return result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR
		       ? PACKER_MORE
		       : PACKER_DAMAGED;
}

static void gzip_end(void *state)
{
	struct gzip *g = state;

	inflateEnd(&g->z);
	free(g);
}

/*
 * The last four bytes say it, of the last member, and modulo 4 GB; but nothing that is
 * worth packing becomes smaller.
 */
static uint64_t gzip_size(int fd, uint64_t stored)
{
	unsigned char trailer[4] = {0};
	uint64_t size;

	if (stored > sizeof(trailer))
		fd_get(fd, stored - sizeof(trailer), trailer, sizeof(trailer));
	size = load_le(trailer, sizeof(trailer));
	return size > stored ? size : stored;
}

/* ---- xz --------------------------------------------------------------------- */

static void *xz_begin(void)
{
	static const lzma_stream empty = LZMA_STREAM_INIT;
	lzma_stream *s = malloc(sizeof(*s));

	if (!s)
		return NULL;
	*s = empty;
	if (lzma_stream_decoder(s, MEMORY_MAX, LZMA_CONCATENATED) == LZMA_OK)
		return s;
	free(s);
	return NULL;
}

static enum packer_step xz_step(void *state, struct packer_piece *piece)
{
	lzma_stream *s = state;
	lzma_ret result;

	s->next_in = piece->in;
	s->avail_in = piece->in_n;
	s->next_out = piece->out;
	s->avail_out = piece->out_n;
	result = lzma_code(s, piece->last ? LZMA_FINISH : LZMA_RUN);
	piece->in = s->next_in;
	piece->in_n = s->avail_in;
	piece->out = s->next_out;
	piece->out_n = s->avail_out;
	if (result == LZMA_STREAM_END)
		return PACKER_END;
	return result == LZMA_OK || result == LZMA_BUF_ERROR ? PACKER_MORE
							     : PACKER_DAMAGED;
}

static void xz_end(void *state)
{
	lzma_end(state);
	free(state);
}

static uint64_t xz_index_size(const unsigned char *bytes, size_t n)
{
	uint64_t memory = MEMORY_MAX, size = 0;
	lzma_index *index = NULL;
	size_t at = 0;

	if (lzma_index_buffer_decode(&index, &memory, NULL, bytes, &at, n) == LZMA_OK)
		size = lzma_index_uncompressed_size(index);
	lzma_index_end(index, NULL);
	return size;
}

/* The footer says where the index is, which has the size of each block. */
static uint64_t xz_size(int fd, uint64_t stored)
{
	unsigned char footer[LZMA_STREAM_HEADER_SIZE], *bytes;
	lzma_stream_flags flags;
	uint64_t size = 0;

	if (stored < sizeof(footer) ||
	    fd_get(fd, stored - sizeof(footer), footer, sizeof(footer)) !=
		    sizeof(footer) ||
	    lzma_stream_footer_decode(&flags, footer) != LZMA_OK ||
	    flags.backward_size > stored - sizeof(footer) ||
	    flags.backward_size > MEMORY_MAX)
		return 0;
	bytes = malloc(flags.backward_size);
	if (bytes && fd_get(fd, stored - sizeof(footer) - flags.backward_size, bytes,
			    flags.backward_size) == flags.backward_size)
		size = xz_index_size(bytes, flags.backward_size);
	free(bytes);
	return size;
}

/* ---- zstd ------------------------------------------------------------------- */

struct zstd {
	ZSTD_DStream *stream;
	bool within; /* a frame has begun, and not ended */
};

static void *zstd_begin(void)
{
	struct zstd *z = calloc(1, sizeof(*z));

	if (z && (z->stream = ZSTD_createDStream()))
		return z;
	free(z);
	return NULL;
}

static enum packer_step zstd_step(void *state, struct packer_piece *piece)
{
	struct zstd *z = state;
	ZSTD_inBuffer in = {piece->in, piece->in_n, 0};
	ZSTD_outBuffer out = {piece->out, piece->out_n, 0};
	size_t left;

	if (!piece->in_n && piece->last && !z->within)
		return PACKER_END;
	left = ZSTD_decompressStream(z->stream, &out, &in);
	if (ZSTD_isError(left))
		return PACKER_DAMAGED;
	z->within = left;
	piece->in += in.pos;
	piece->in_n -= in.pos;
	piece->out += out.pos;
	piece->out_n -= out.pos;
	return PACKER_MORE;
}

static void zstd_end(void *state)
{
	struct zstd *z = state;

	ZSTD_freeDStream(z->stream);
	free(z);
}

static uint64_t zstd_size(int fd, uint64_t stored)
{
	unsigned char header[18]; /* no frame's is longer */
	unsigned long long size;

	(void)stored;
	size = ZSTD_getFrameContentSize(header, fd_get(fd, 0, header, sizeof(header)));
	return size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR ? 0
										  : size;
}

/* ---- which one -------------------------------------------------------------- */

static const struct packer packers[] = {
	{"gzip", 3, {0x1f, 0x8b, 8}, gzip_begin, gzip_step, gzip_end, gzip_size},
	{"xz", 6, {0xfd, '7', 'z', 'X', 'Z', 0}, xz_begin, xz_step, xz_end, xz_size},
	{"zstd", 4, {0x28, 0xb5, 0x2f, 0xfd}, zstd_begin, zstd_step, zstd_end, zstd_size},
};

const struct packer *packer_of(int fd)
{
	unsigned char head[sizeof(packers[0].magic)] = {0};
	size_t i;

	fd_get(fd, 0, head, sizeof(head));
	for (i = 0; i < ARRAY_SIZE(packers); i++)
		if (!memcmp(head, packers[i].magic, packers[i].magic_n))
			return &packers[i];
	return NULL;
}
