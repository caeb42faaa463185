/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stretch of memory as the dump has it: with holes where a page is missing. */
#ifndef VGPU_BLOCK_H
#define VGPU_BLOCK_H

#include "dump.h"

struct hole {
	size_t at, size; /* from the start of the block */
	enum dump_err err;
	const char *why; /* in words */
};

struct block {
	kaddr_t addr;
	size_t size;
	unsigned char *bytes;	/* 0 in a hole */
	VEC(struct hole) holes; /* none next to another of the same reason */
};

/* Into the dump's arena.  Addresses that wrap around are a hole. */
void block_read(struct dump *d, kaddr_t addr, size_t size, struct block *b);
/* The first hole that these bytes touch; NULL: they are all there.  They must be in b. */
const struct hole *block_hole(const struct block *b, size_t at, size_t size);
/* Bytes of the words from at on, each of that size, that the hole touches. */
size_t hole_words(const struct hole *h, size_t at, size_t size);

#endif
