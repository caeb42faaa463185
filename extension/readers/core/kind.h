/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VGPU_CORE_KIND_H
#define VGPU_CORE_KIND_H

#include <stdbool.h>
#include <stddef.h>

#define KIND_BYTES 1024

/*
 * What a file is that begins with these bytes (KIND_BYTES of them, where it has so many)
 * and that is no core which can be read: "a core of Windows, which ...".
 */
const char *file_kind(const unsigned char *head, size_t n);
/* Is it a text, though it may hold a few bytes that are none: a log that a crash damaged? */
bool file_is_text(const unsigned char *head, size_t n);
/* The same of a machine's name (uname -m); NULL: it can be read, or nothing is known. */
const char *machine_kind(const char *machine);

#endif
