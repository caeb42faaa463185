/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One cache looked into: every freelist, red zone and poison. */
#ifndef VGPU_SLAB_DETAIL_H
#define VGPU_SLAB_DETAIL_H

#include "slab.h"

struct slab_detail {
	const struct slab_cache *cache;
	struct slab_totals totals;
	struct slab_states states;
	uint64_t checked;     /* objects whose red zone or poison was compared */
	enum freeptr freeptr; /* how free pointers are disguised, as found */
	bool undecoded;	      /* they are, and none was found */
};
void slab_detail_read(struct slabs *s, const struct slab_cache *c, struct slab_detail *o);

#endif
