/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes of a core in one file, however that keeps them: as they are, flattened (what
 * makedumpfile -F writes to a pipe), or packed as a whole.
 *
 * Read, not mapped: a file that somebody cuts while it is mapped is a SIGBUS.
 */
#ifndef VGPU_CORE_FILE_H
#define VGPU_CORE_FILE_H

#include "extents.h"
#include "progress.h"

#define FILE_AHEAD 32768

struct file {
	const char *name;     /* as the user gave it */
	int fd;		      /* -1: not open */
	uint64_t stored;      /* bytes that it takes on disk */
	uint64_t size;	      /* of the core in it */
	const char *packer;   /* "gzip"; NULL: it is not packed */
	struct extents *flat; /* NULL: it is not flattened */
	bool cut;	      /* it ends before it says that it does */
	/* Who reads on where he stopped will read on. */
	unsigned char *ahead;
	uint64_t ahead_at, next;
	size_t ahead_n;
};

struct file_request {
	uint64_t unpack_max;
	const struct progress *progress;
};

/* In a, but what file_close() gives back.  Where it fails, nothing has to be closed. */
bool file_open(struct arena *a, struct file *f, const char *name,
	       const struct file_request *request, struct error *why);
void file_close(struct file *f);

/* It may have changed: nothing that was read ahead is used. */
void file_forget(struct file *f);

/* All of these bytes; false: they are not there, or cannot be read. */
bool file_get(struct file *f, uint64_t at, void *buf, size_t size);
/* Are they there, as far as its size tells? */
bool file_has(const struct file *f, uint64_t at, uint64_t size);

/* As much as there is, of the plain file: bytes of a descriptor. */
size_t fd_get(int fd, uint64_t at, void *buf, size_t size);

/* ---- blocks ----------------------------------------------------------------- */

#define BLOCKS 64

/* A table in the file: a few blocks of it are kept. */
struct blocks {
	struct file *f;
	uint64_t at, size;
	size_t block_size;
	unsigned char *kept[BLOCKS];
	uint64_t number[BLOCKS];
};

/* The bytes at an offset; they do not cross a block's end.  NULL: they cannot be read. */
const unsigned char *blocks_get(struct arena *a, struct blocks *b, uint64_t offset);

#endif
