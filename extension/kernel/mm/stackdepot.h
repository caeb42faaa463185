/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/stackdepot.c: call stacks that are kept once, each under a handle. */
#ifndef VGPU_STACKDEPOT_H
#define VGPU_STACKDEPOT_H

#include "dump/dump.h"

/*
 * The return addresses of a handle, innermost first, at most max of them.  0: no
 * such stack, or it cannot be read.
 */
size_t stackdepot_fetch(struct dump *d, uint32_t handle, kaddr_t *entries, size_t max);

#endif
