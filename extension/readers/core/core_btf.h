/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The BTF that a kernel keeps of itself and of its modules in its memory, and so in its
 * core.  Of modules since 5.11.
 */
#ifndef VGPU_CORE_BTF_IN_CORE_H
#define VGPU_CORE_BTF_IN_CORE_H

#include "types.h"

/* Read it into a, which lives as long as t, and add it to t.  False, and why not. */
bool core_btf_kernel(struct arena *a, struct dump *d, struct types *t, struct error *why);
/* Of the module of that struct module; after the kernel's. */
bool core_btf_module(struct arena *a, struct dump *d, struct types *t, const char *module,
		     kaddr_t struct_module, struct error *why);

#endif
