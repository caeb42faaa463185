/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What packs a file as a whole, undone piece by piece. */
#ifndef VGPU_CORE_PACKER_H
#define VGPU_CORE_PACKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is left of a piece that is packed, and of the room for what it becomes. */
struct packer_piece {
	const unsigned char *in;
	size_t in_n;
	unsigned char *out;
	size_t out_n;
	bool last; /* nothing comes behind this piece */
};

enum packer_step { PACKER_MORE, PACKER_END, PACKER_DAMAGED };

struct packer {
	const char *name;
	size_t magic_n;
	unsigned char magic[6];
	void *(*begin)(void); /* NULL: no memory */
	enum packer_step (*step)(void *state, struct packer_piece *piece);
	void (*end)(void *state);
	/*
	 * What a file of so many bytes becomes, at least, as it says itself; 0: it does
	 * not say.
	 */
	uint64_t (*size)(int fd, uint64_t stored);
};

/* By what the file begins with; NULL: it is not packed. */
const struct packer *packer_of(int fd);

#endif
