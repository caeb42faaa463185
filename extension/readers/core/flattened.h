/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makedumpfile -F writes: records, each a place in the core and the bytes there. */
#ifndef VGPU_CORE_FLATTENED_H
#define VGPU_CORE_FLATTENED_H

#include "file.h"

/* Where the file is flattened, have it read through its records.  Any other stays. */
bool flattened_open(struct arena *a, struct file *f, const struct progress *progress,
		    struct error *why);

#endif
