/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A cache that is named on the command line. */
#ifndef VGPU_CACHE_H
#define VGPU_CACHE_H

#include "command.h"
#include "facts/slab_overview.h"

/* False: there is none of this name, which is the session's error. */
bool cache_wanted(struct session *s, const struct slabs *slabs, const char *name,
		  bool each, struct slab_selection *sel);

#endif
