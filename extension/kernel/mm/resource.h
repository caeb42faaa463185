/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What lies where among the physical addresses: struct resource, as /proc/iomem has it.
 *
 * The page array covers what is no memory, too: the firmware's, a device's.  It is in no dump,
 * and nothing of the kernel's is there to be missed.
 */
#ifndef VGPU_RESOURCE_H
#define VGPU_RESOURCE_H

#include "dump/dump.h"

struct physical_range {
	uint64_t start, end; /* bytes, [start, end) */
};

/* "System RAM" of iomem_resource, wherever in the tree. */
struct system_ram {
	bool known; /* false: a part of the tree cannot be read, or it is none */
	VEC(struct physical_range) all; /* ascending */
};

/* A struct resource's range; false: it cannot be read, or is empty. */
bool resource_range(struct dump *d, kaddr_t resource, struct physical_range *range);

/* Of the arena; .known is false where not all of it is. */
void system_ram_read(struct dump *d, struct system_ram *ram);
/* Is [start, start + size) memory, all of it?  The kernel uses no page that is in part. */
bool system_ram_has(const struct system_ram *ram, uint64_t start, uint64_t size);

#endif
