/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ask for the pages that crash reads when it opens a core, so that a small core has them:
 * rather more than one release of it needs, since each reads others.
 */
#ifndef VGPU_CORE_CRASH_START_H
#define VGPU_CORE_CRASH_START_H

#include "core_dump.h"

void crash_start_read(const struct core_parts *p);

#endif
