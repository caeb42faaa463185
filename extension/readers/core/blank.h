/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a kernel's memory has what is of people rather than of the machine: names of their
 * programs and of their files, and its log, that is full of both.  To be taken out of a
 * small core.
 */
#ifndef VGPU_CORE_BLANK_H
#define VGPU_CORE_BLANK_H

#include "core_dump.h"
#include "kdump_write.h"

/* In the dump's arena. */
void blank_find(const struct core_parts *p, struct erasures *erasures);

#endif
