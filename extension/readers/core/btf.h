/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The types of a kernel or a module out of its BTF, version 1.
 *
 * The data is not copied, and any of its bytes may lie: what does not fit is refused
 * when it is opened, or has no type, no name, no size when it is asked for.
 */
#ifndef VGPU_CORE_BTF_H
#define VGPU_CORE_BTF_H

#include "base/arena.h"
#include "base/error.h"
#include "type_source.h"

/*
 * base: of a module, the kernel's, whose ids and strings its own go on from; else NULL.
 * In a; data and base must outlive it.  NULL and why.
 */
struct type_source *btf_open(struct arena *a, const unsigned char *data, size_t size,
			     const struct type_source *base, struct error *why);

#endif
