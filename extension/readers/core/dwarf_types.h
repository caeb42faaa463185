/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The types of a kernel or a module out of the DWARF of its file: a vmlinux, or a .ko,
 * whose sections are relocated here.
 *
 * Types by the same name in several units are one: the first definition counts, and what
 * is only declared does not.
 */
#ifndef VGPU_CORE_DWARF_TYPES_H
#define VGPU_CORE_DWARF_TYPES_H

#include "base/arena.h"
#include "base/error.h"
#include "type_source.h"

/* In a, but the file, which close() closes.  NULL and why. */
struct type_source *dwarf_open(struct arena *a, const char *path, struct error *why);

#endif
