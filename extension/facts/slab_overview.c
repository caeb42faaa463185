// SPDX-License-Identifier: GPL-2.0-or-later
#include "slab_overview.h"

#include <stdlib.h>
#include <string.h>

#include "dump/layout.h"
#include "memory.h"

static void add_count(struct slab_count *to, const struct slab_count *from)
{
	to->slabs += from->slabs;
	to->objects += from->objects;
	to->inuse += from->inuse;
}

static struct slab_row *row_of(struct dump *d, struct slab_overview *o,
			       const struct slab_cache *c, bool each)
{
	struct slab_row *r;
	size_t i;

	for (i = 0; !each && i < o->rows.n; i++)
		if (!strcmp(o->rows.v[i].name, c->family))
			return &o->rows.v[i];
	r = vec_push(d->arena, &o->rows);
	r->name = each ? c->name : c->family;
	r->cache = c;
	return r;
}

static void add_cache(struct dump *d, struct slabs *s, struct slab_overview *o,
		      const struct slab_cache *c, bool each)
{
	const struct slab_totals *t = slab_totals_of(s, c);
	struct slab_row *r = row_of(d, o, c, each);
	const struct slab_count *partial = &t->at[SLAB_NODE_PARTIAL];
	int p;

	if (!strcmp(c->name, r->name))
		r->cache = c;
	r->members++;
	add_count(&r->all, &t->all);
	for (p = 0; p < SLAB_PLACES; p++)
		add_count(&r->at[p], &t->at[p]);
	r->active += t->all.objects - (partial->objects - partial->inuse);
	r->pages += t->pages;
	r->lost += t->lost;
	o->bytes += t->pages << s->pages.shift;
}

static int largest(const void *a, const void *b)
{
	const struct slab_row *x = a, *y = b;

	if (x->pages != y->pages)
		return x->pages > y->pages ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* The plain one of the size, not kmalloc-cg- or kmalloc-rcl-. */
static const struct slab_cache *kmalloc_cache(const struct slabs *s, long bytes)
{
	unsigned int size = slab_kmalloc_size(&s->caches, (size_t)bytes);
	const struct slab_cache *c;
	size_t i;

	for (i = 0; size && i < s->caches.all.n; i++) {
		c = &s->caches.all.v[i];
		if (c->object_size == size && slab_cache_is_kmalloc(c) &&
		    !strcmp(c->name, c->family))
			return c;
	}
	return NULL;
}

static void add_gpu_type(struct dump *d, struct slabs *s, struct slab_overview *o,
			 const char *name, long size)
{
	struct gpu_cache *g;

	if (size <= 0)
		return;
	g = vec_push(d->arena, &o->gpu);
	g->type = name;
	g->size = size;
	g->cache = kmalloc_cache(s, size);
}

static void add_vbufs(struct dump *d, struct slabs *s, struct slab_overview *o,
		      const struct gpus *gpus)
{
	struct gpu_cache *g;
	kaddr_t cache;
	uint32_t n;
	size_t i;

	for (i = 0; i < gpus->all.n; i++) {
		if (!gpus->all.v[i].read ||
		    !member_ptr(d, gpus->all.v[i].vgdev, GPU_VBUFS, &cache))
			continue;
		n = slab_cache_by_addr(&s->caches, cache);
		if (n == SLAB_NO_CACHE)
			continue;
		g = vec_push(d->arena, &o->gpu);
		g->type = "virtio_gpu_vbuffer";
		g->size = s->caches.all.v[n].object_size;
		g->cache = &s->caches.all.v[n];
	}
}

static void read_gpu_caches(struct dump *d, struct slabs *s, const struct gpus *gpus,
			    struct slab_overview *o)
{
	static const struct {
		enum layout_id id;
		const char *name;
	} types[] = {
		{GPU_FENCE, "virtio_gpu_fence"},
		{GPU_FENCE_EVENT, "virtio_gpu_fence_event"},
		{GPU_OBJECT_SHMEM, "virtio_gpu_object"},
		{SYNC_FILE, "sync_file"},
	};
	size_t i;

	if (gpus->state != GPUS_FOUND)
		return;
	for (i = 0; i < ARRAY_SIZE(types); i++)
		add_gpu_type(d, s, o, types[i].name, layout_size(d, types[i].id));
	if (layout_has(d, OBJECT_ARRAY_OBJS))
		add_gpu_type(d, s, o, "virtio_gpu_object_array (1)",
			     layout_offset(d, OBJECT_ARRAY_OBJS) + 8);
	add_gpu_type(d, s, o, "vring_desc[3] (3D command)", 3 * 16);
	add_vbufs(d, s, o, gpus);
}

/* A fifth of all slab memory. */
#define LARGE_SHARE 5

static bool is_large(const struct slabs *s, const struct slab_overview *o,
		     const struct slab_row *r)
{
	return r->pages && (r->pages << s->pages.shift) * LARGE_SHARE >= o->bytes;
}

void slab_overview_read(struct dump *d, struct slabs *s, const struct gpus *gpus,
			bool each, struct slab_overview *o)
{
	size_t i;

	memset(o, 0, sizeof(*o));
	for (i = 0; i < s->caches.all.n; i++)
		add_cache(d, s, o, &s->caches.all.v[i], each);
	if (o->rows.n)
		qsort(o->rows.v, o->rows.n, sizeof(o->rows.v[0]), largest);
	for (i = 0; i < o->rows.n; i++)
		o->rows.v[i].large = is_large(s, o, &o->rows.v[i]);
	o->counted = memory_slab_counters(d, &o->reclaimable, &o->unreclaimable);
	read_gpu_caches(d, s, gpus, o);
}
