// SPDX-License-Identifier: GPL-2.0-or-later
#include "cache.h"

#include "report/spelling.h"

bool cache_wanted(struct session *s, const struct slabs *slabs, const char *name,
		  bool each, struct slab_selection *sel)
{
	struct nearest near = {.word = name};
	const char *lists = "";
	size_t i;

	if (slab_select(s->dump, slabs, name, each, sel))
		return true;
	for (i = 0; i < slabs->caches.all.n; i++) {
		nearest_try(&near, slabs->caches.all.v[i].family);
		nearest_try(&near, slabs->caches.all.v[i].name);
	}
	if (!near.name)
		lists = arena_printf(&s->arena, "; %s lists them",
				     own_command(s->facts, "slab -e"));
	session_error_near(s, RESULT_NOT_FOUND, &near, "no cache \"%s\" in this dump%s",
			   name, lists);
	return false;
}
