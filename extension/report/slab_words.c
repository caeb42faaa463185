// SPDX-License-Identifier: GPL-2.0-or-later
#include "slab_words.h"

const char *slab_freeptr_words(const struct slab_detail *x)
{
	static const char *const ways[] = {
		[FREEPTR_PLAIN] = "plain",
		[FREEPTR_XOR_SWAB] = "random ^ swapped address",
		[FREEPTR_XOR] = "random ^ address",
	};

	return x->undecoded ? "disguised, and none was decoded" : ways[x->freeptr];
}

const char *slab_page_words(const struct slab_whatis *w)
{
	static const char *const words[] = {
		[PAGE_OTHER] = "a page that is no slab's",
		[PAGE_SLAB] = "a page of a slab",
		[PAGE_TAIL] = "part of a compound page",
		[PAGE_LARGE_KMALLOC] = "a large kmalloc",
		[PAGE_BUDDY] = "a free page",
		[PAGE_RESERVED] = "a reserved page",
		[PAGE_COMPOUND] = "the first page of a compound page",
	};

	if (!w->has_page)
		return NULL;
	return w->page_read ? words[w->page]
			    : "a page whose struct page is not in the dump";
}

const char *slab_search_words(const struct slab_whatis *w)
{
	return w->searched
		       ? "every slab, the kernel's data and bss, per-CPU data, stacks of "
			 "tasks where they are in use; not vmalloc, large kmalloc, modules' "
			 "data"
		       : NULL;
}

const char *slab_reference_words(struct arena *a, const struct slab_reference *r)
{
	const struct slab_object *o = &r->object;

	if (o->cache)
		return arena_printf(a, "%s 0x%llx +%zu, %s%s (%s)", o->cache->name,
				    HEX(o->addr), o->offset,
				    o->offset >= o->cache->object_size
					    ? "SLUB's bytes behind "
					    : "",
				    r->type, object_state_word(r->state));
	if (r->task)
		return arena_printf(a, "stack of %s, pid %d", r->task->comm,
				    r->task->pid);
	if (r->cpu >= 0)
		return arena_printf(a, "per-CPU data of CPU %d", r->cpu);
	return r->place;
}
