/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Some of the pages of a core as a kdump-compressed one, as makedumpfile would have written
 * it: by zlib, in one file.
 */
#ifndef VGPU_CORE_KDUMP_WRITE_H
#define VGPU_CORE_KDUMP_WRITE_H

#include "core.h"
#include "base/new_file.h"

/* Bytes of physical memory that are not to be in it: they are all this one. */
struct erasure {
	uint64_t pa;
	size_t size;
	unsigned char fill;
};

struct erasures {
	VEC(struct erasure) all; /* by address, and none within another */
};

struct kdump_content {
	const struct page_set *pages; /* the core has each */
	struct erasures erased;
	const char *notes; /* as ELF has them */
	size_t notes_size;
};

/* Into f, which is open.  *bytes: that it has.  False and why. */
bool kdump_write(struct arena *a, struct core *c, const struct kdump_content *content,
		 struct new_file *f, const struct progress *progress, uint64_t *bytes,
		 struct error *why);

#endif
