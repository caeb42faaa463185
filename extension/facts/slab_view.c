// SPDX-License-Identifier: GPL-2.0-or-later
#include "slab_view.h"

#include <stdlib.h>
#include <string.h>

#include "dump/layout.h"

/* ---- the overview ---------------------------------------------------------- */

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

/* vm_node_stat[] is in pages for these two, on kernels that name them in bytes too. */
static void read_meminfo(struct slabs *s, struct slab_overview *o)
{
	kaddr_t stat;
	uint64_t a, b;

	o->counted =
		layout_has_all(s->d, NR_SLAB_RECLAIMABLE, NR_SLAB_UNRECLAIMABLE,
			       LAYOUT_COUNT) &&
		dump_symbol(s->d, "vm_node_stat", &stat) &&
		dump_u64(s->d,
			 stat + 8 * (kaddr_t)layout_enum(s->d, NR_SLAB_RECLAIMABLE, 0),
			 &a) &&
		dump_u64(s->d,
			 stat + 8 * (kaddr_t)layout_enum(s->d, NR_SLAB_UNRECLAIMABLE, 0),
			 &b);
	if (!o->counted)
		return;
	o->reclaimable = (int64_t)a > 0 ? a << s->pages.shift : 0;
	o->unreclaimable = (int64_t)b > 0 ? b << s->pages.shift : 0;
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

void slab_overview_read(struct dump *d, struct slabs *s, const struct gpus *gpus,
			bool each, struct slab_overview *o)
{
	size_t i;

	memset(o, 0, sizeof(*o));
	for (i = 0; i < s->caches.all.n; i++)
		add_cache(d, s, o, &s->caches.all.v[i], each);
	if (o->rows.n)
		qsort(o->rows.v, o->rows.n, sizeof(o->rows.v[0]), largest);
	read_meminfo(s, o);
	read_gpu_caches(d, s, gpus, o);
}

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

/* ---- one cache --------------------------------------------------------------- */

#define RED_INACTIVE 0xbb
#define RED_ACTIVE 0xcc
#define POISON_FREE 0x6b
#define POISON_END 0xa5

/* The first byte that is not v; n when all are. */
static size_t first_other(const unsigned char *p, size_t n, unsigned char v)
{
	size_t i = 0;

	while (i < n && p[i] == v)
		i++;
	return i;
}

/* check_object() of mm/slub.c: the pad on the left, and up to inuse on the right. */
static void check_red_zone(struct slabs *s, const struct slab *slab, kaddr_t addr,
			   const unsigned char *object, bool used)
{
	const struct slab_cache *c = slab_cache_of(s, slab);
	unsigned char want = used ? RED_ACTIVE : RED_INACTIVE;
	size_t left = c->red_left_pad, right = c->inuse - c->object_size, i;

	i = first_other(object - left, left, want);
	if (i < left)
		slab_add_damage(
			s, FLAW_RED_ZONE, slab, addr - left + i,
			"cache %s: left of object 0x%llx 0x%02x was overwritten by "
			"0x%02x",
			c->name, HEX(addr), want, object[(ptrdiff_t)i - (ptrdiff_t)left]);
	i = first_other(object + c->object_size, right, want);
	if (i < right)
		slab_add_damage(
			s, FLAW_RED_ZONE, slab, addr + c->object_size + i,
			"cache %s: right of object 0x%llx 0x%02x was overwritten by "
			"0x%02x",
			c->name, HEX(addr), want, object[c->object_size + i]);
}

static void check_poison(struct slabs *s, const struct slab *slab, kaddr_t addr,
			 const unsigned char *object)
{
	const struct slab_cache *c = slab_cache_of(s, slab);
	size_t last = c->object_size - 1, i = first_other(object, last, POISON_FREE);

	if (i < last || object[last] != POISON_END)
		slab_add_damage(
			s, FLAW_POISON, slab, addr + i,
			"cache %s: object 0x%llx is free and was written to at +%zu",
			c->name, HEX(addr), i);
}

/* Poison is kept only where the free pointer is behind the object. */
static void check_object(struct slab_walk *w)
{
	const struct slab_cache *c = w->cache;
	enum object_state state = slab_walk_state(w);

	if (state != OBJECT_ALLOCATED && state != OBJECT_FREE)
		return;
	if (c->red_zone && c->inuse >= c->object_size)
		check_red_zone(w->s, w->slab, w->addr, w->bytes,
			       state == OBJECT_ALLOCATED);
	if (c->poison && state == OBJECT_FREE && !c->ctor && !c->rcu && c->object_size)
		check_poison(w->s, w->slab, w->addr, w->bytes);
}

static void check_cache(struct slabs *s, const struct slab_cache *c,
			struct slab_detail *o)
{
	struct slab_walk w;

	slab_walk_cache(&w, s, c);
	while (slab_walk_next(&w)) {
		if (!w.bytes)
			continue;
		check_object(&w);
		o->checked++;
	}
}

void slab_detail_read(struct slabs *s, const struct slab_cache *c, struct slab_detail *o)
{
	static const char *const ways[] = {
		[FREEPTR_PLAIN] = "plain",
		[FREEPTR_XOR_SWAB] = "random ^ swapped address",
		[FREEPTR_XOR] = "random ^ address",
	};

	memset(o, 0, sizeof(*o));
	o->cache = c;
	o->totals = *slab_totals_of(s, c);
	slab_count_states(s, c, &o->states);
	if (c->red_zone || c->poison)
		check_cache(s, c, o);
	o->freeptr = ways[s->freeptr[c - s->caches.all.v]];
	if (s->caches.hardened && s->freeptr[c - s->caches.all.v] == FREEPTR_PLAIN)
		o->freeptr = "disguised, and none was decoded";
}

/* ---- what the objects are, and whose ------------------------------------------- */

/* The next object in use of the caches that is in the dump; what is not is counted. */
struct visit {
	struct slabs *s;
	const struct slab_selection *sel;
	size_t caches; /* that were begun */
	struct slab_walk w;
	uint64_t objects, unread;
};

static bool next_of_cache(struct visit *v)
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

static bool visit_next(struct visit *v)
{
	while (!next_of_cache(v)) {
		if (v->caches == v->sel->v.n || dump_interrupted(v->s->d))
			return false;
		slab_walk_cache(&v->w, v->s, v->sel->v.v[v->caches++]);
	}
	return true;
}

void slab_types_read(struct dump *d, struct slabs *s, const struct gpus *gpus,
		     const struct slab_selection *sel, struct slab_types *o)
{
	struct typer *t = typer_create(d, s, gpus);
	struct visit v = {.s = s, .sel = sel};

	while (visit_next(&v))
		typer_count(t, v.w.cache, v.w.addr, v.w.bytes);
	o->v = typer_all(t, &o->n);
	o->objects = v.objects;
	o->unread = v.unread;
}

void slab_users_read(struct dump *d, struct slabs *s, const struct slab_selection *sel,
		     struct slab_users *o)
{
	struct visit v = {.s = s, .sel = sel};
	size_t i;

	memset(o, 0, sizeof(*o));
	for (i = 0; i < sel->v.n; i++)
		o->tracked |= sel->v.v[i]->store_user;
	if (!o->tracked)
		return;
	while (visit_next(&v)) {
		slab_owner_count(d, &o->allocated, v.w.cache, v.w.addr, v.w.bytes,
				 TRACK_ALLOC);
		slab_owner_count(d, &o->freed, v.w.cache, v.w.addr, v.w.bytes,
				 TRACK_FREE);
	}
	slab_owners_finish(d, &o->allocated);
	slab_owners_finish(d, &o->freed);
	o->objects = v.objects;
	o->unread = v.unread;
}
