/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmcoreinfo: found in the notes, or in the kernel's memory. */
#ifndef VGPU_CORE_VMCOREINFO_H
#define VGPU_CORE_VMCOREINFO_H

#include "format.h"

/* An ELF note of this name, as far as it lies within the notes; NULL: none. */
const unsigned char *note_find(const struct core *c, const char *name, size_t *size);

/*
 * Where the core has no vmcoreinfo, find it: in its notes, then in its pages.  False: the
 * user did not want to wait; a core that has none stays without.
 */
bool vmcoreinfo_find(struct core *c, const struct progress *progress, struct error *why);
/* It was found in the pages: another one, behind it.  False: there is none, and it stays. */
bool vmcoreinfo_find_next(struct core *c, const struct progress *progress);

#endif
