/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the wait graph and what fired to verdicts. */
#ifndef VGPU_CAUSES_H
#define VGPU_CAUSES_H

#include "verdict.h"

/* At least one verdict comes back. */
void causes_find(struct graph *g, const struct facts *f, struct verdicts *v);

#endif
