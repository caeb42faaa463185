// SPDX-License-Identifier: GPL-2.0-or-later
#include "slab_select.h"

#include <string.h>

bool slab_select(struct dump *d, const struct slabs *s, const char *name, bool each,
		 struct slab_selection *sel)
{
	const struct slab_cache *c;
	size_t i;

	memset(sel, 0, sizeof(*sel));
	for (i = 0; i < s->caches.all.n; i++) {
		c = &s->caches.all.v[i];
		if (!strcmp(c->name, name) || (!each && !strcmp(c->family, name)))
			*vec_push(d->arena, &sel->v) = c;
	}
	return sel->v.n > 0;
}

static bool next_of_cache(struct slab_visit *v)
{
	while (v->caches && slab_walk_next(&v->w)) {
		if (slab_walk_state(&v->w) != OBJECT_ALLOCATED)
			continue;
		v->objects += v->w.bytes != NULL;
		v->unread += !v->w.bytes;
		if (v->w.bytes)
			return true;
	}
	return false;
}

bool slab_visit_next(struct slab_visit *v)
{
	while (!next_of_cache(v)) {
		if (v->caches == v->sel->v.n || dump_interrupted(v->s->d))
			return false;
		slab_walk_cache(&v->w, v->s, v->sel->v.v[v->caches++]);
	}
	return true;
}
