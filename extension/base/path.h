/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is at a path. */
#ifndef VGPU_PATH_H
#define VGPU_PATH_H

#include <stdbool.h>
#include <stdint.h>

struct path_about {
	bool regular, folder;
	uint64_t device, inode; /* the same of two paths: it is one file */
};

/* Links are followed.  False: there is nothing, or it may not be looked at. */
bool path_look(const char *path, struct path_about *about);

#endif
