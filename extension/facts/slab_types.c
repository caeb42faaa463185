// SPDX-License-Identifier: GPL-2.0-or-later
#include "slab_types.h"

void slab_types_read(struct dump *d, struct slabs *s, const struct gpus *gpus,
		     const struct slab_selection *sel, struct slab_types *o)
{
	struct typer *t = typer_create(d, s, gpus);
	struct slab_visit v = {.s = s, .sel = sel};

	while (slab_visit_next(&v))
		typer_count(t, v.w.cache, v.w.addr, v.w.bytes);
	o->v = typer_all(t, &o->n);
	o->objects = v.objects;
	o->unread = v.unread;
}
