/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mounted file systems, as far as a frozen one blocks who writes to it. */
#ifndef VGPU_SUPERBLOCK_H
#define VGPU_SUPERBLOCK_H

#include "dump/dump.h"

struct superblock {
	kaddr_t addr;
	char id[64]; /* "vda", escaped */
	bool frozen; /* fsfreeze, a snapshot, suspend */
};

/* The super_block that addr lies in; false when it is in none. */
bool superblock_around(struct dump *d, kaddr_t addr, struct superblock *sb);

#endif
