/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The name of an open or a mapped file, as /proc/PID/fd and maps show it. */
#ifndef VGPU_PATH_H
#define VGPU_PATH_H

#include "dump/dump.h"

/*
 * Of a struct file: from the root of all mounts, across them; "pipe:[ino]",
 * "anon_inode:[eventfd]" and the like for what is in no directory; with " (deleted)".
 * Escaped, in the dump's arena.  NULL: *why says in a few words what could not be had.
 */
const char *file_path(struct dump *d, kaddr_t file, const char **why);

#endif
