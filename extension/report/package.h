/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The package that has a kernel's vmlinux and its modules, with their debuginfo. */
#ifndef VGPU_PACKAGE_H
#define VGPU_PACKAGE_H

#include "base/arena.h"

struct package {
	/* As the distribution names it that the release is of; "": that is not known. */
	const char *name;
	const char *install; /* what a shell is given before that */
};

/* In the arena.  The release is the dump's, and may be anything. */
struct package package_of(struct arena *a, const char *release);

#endif
