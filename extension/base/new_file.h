/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file that has its name only when it is whole. */
#ifndef VGPU_NEW_FILE_H
#define VGPU_NEW_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "arena.h"

struct new_file {
	const char *path; /* to be */
	char *fresh;
	int fd; /* -1: not open */
};

/*
 * Nobody but its owner may read it.  False: see errno; EEXIST where something else than a file
 * has that name, a device's above all: it is nobody's to replace.
 */
bool new_file_open(struct arena *a, struct new_file *f, const char *path);
/* Why it was not opened or kept, of errno. */
const char *new_file_error(int error);
/*
 * A stream to it, with a descriptor of its own: new_file_keep() needs the file's when that is
 * closed.  NULL: see errno.
 */
FILE *new_file_stream(const struct new_file *f);
/* All was written: for these to read (0600, 0644).  False: see errno, and it is gone. */
bool new_file_keep(struct new_file *f, unsigned int mode);
/* Unless it was kept, or is not open. */
void new_file_remove(struct new_file *f);
/* By whatever names: one file, which is there.  NULL is none. */
bool new_file_is(const char *path, const char *other);
/* Is it one of these? */
bool new_file_is_among(const char *path, const char *const *others, size_t n);

#endif
