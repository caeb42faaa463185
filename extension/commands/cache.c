// SPDX-License-Identifier: GPL-2.0-or-later
#include "cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "report/spelling.h"

/*
 * Of kmalloc's caches one that this kernel lacks: that which has such objects.  By its
 * letters kmalloc-64 is as near to kmalloc-8k.  NULL: it is none of them.
 */
static const char *kmalloc_instead(const struct slabs *slabs, const char *name)
{
	static const char kmalloc[] = "kmalloc-";
	const struct slab_cache *c;
	unsigned int size;
	char *end;
	size_t i;

	if (!text_starts(name, kmalloc) || !name[strlen(kmalloc)])
		return NULL;
	size = slab_kmalloc_size(&slabs->caches,
				 strtoul(name + strlen(kmalloc), &end, 10));
	for (i = 0; i < slabs->caches.all.n && size && !*end; i++) {
		c = &slabs->caches.all.v[i];
		if (c->object_size == size && slab_cache_is_kmalloc(c))
			return c->family;
	}
	return NULL;
}

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
	if (kmalloc_instead(slabs, name))
		near.name = kmalloc_instead(slabs, name);
	if (!near.name)
		lists = arena_printf(&s->arena, "; %s lists them",
				     own_command(s->facts, "slab -e"));
	session_error_near(s, RESULT_NOT_FOUND, &near, "no cache \"%s\" in this dump%s",
			   name, lists);
	return false;
}
