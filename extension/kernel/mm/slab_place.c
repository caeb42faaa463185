// SPDX-License-Identifier: GPL-2.0-or-later
/* Which list has a slab: a CPU's, a node's, none; and the objects in sheaves. */
#include <stdlib.h>
#include <string.h>

#include "dump/layout.h"
#include "dump/list.h"
#include "slab_internal.h"

#define PARTIAL_MAX (1u << 24)
#define SHEAF_MAX (1u << 14) /* objects; those of the kernel's own caches are 4 to 60 */

/* ---- per-CPU and node lists ------------------------------------------------ */

/* A struct page that a list or a pointer of the cache names; NULL, and damage. */
static struct slab *listed(struct slabs *s, uint32_t cache, kaddr_t page,
			   const char *where)
{
	struct slab *slab = NULL;
	pfn_t pfn;

	if (page_of_struct(&s->pages, page, &pfn))
		slab = slab_of_page(s, pfn);
	if (slab && slab->pfn == pfn && slab->cache == cache)
		return slab;
	slab_add_damage_at(s, FLAW_LIST, cache, page, page,
			   "is %s of cache %s, and no slab of it", where,
			   s->caches.all.v[cache].name);
	return NULL;
}

static void place_cpu_partial(struct slabs *s, uint32_t cache, kaddr_t page)
{
	struct slab *slab;
	size_t n;

	/* A slab can be there once, and each becomes marked: so loops end. */
	for (n = 0; page && n < PARTIAL_MAX; n++) {
		slab = listed(s, cache, page, "on a CPU's list of partial slabs");
		if (!slab)
			return;
		if (slab->place == SLAB_CPU_PARTIAL || slab->place == SLAB_CPU) {
			slab_add_damage_at(s, FLAW_LIST, cache, page, page,
					   "is twice on CPUs' lists of cache %s",
					   s->caches.all.v[cache].name);
			return;
		}
		slab->place = SLAB_CPU_PARTIAL;
		if (!member_ptr(s->d, page, SLAB_NEXT, &page))
			return;
	}
}

static void place_cpu(struct slabs *s, uint32_t cache, struct object *o)
{
	kaddr_t page = obj_u64(o, CPU_SLAB_PAGE),
		freelist = obj_u64(o, CPU_SLAB_FREELIST);
	struct slab *slab;
	struct cpu_freelist *f;

	if (page && (slab = listed(s, cache, page, "a CPU's slab"))) {
		slab->place = SLAB_CPU;
		if (freelist) {
			f = vec_push(s->arena, &s->cpu_freelists);
			f->slab = (uint32_t)(slab - s->all.v);
			f->freelist = freelist;
		}
	}
	if (layout_has(s->d, CPU_SLAB_PARTIAL))
		place_cpu_partial(s, cache, obj_u64(o, CPU_SLAB_PARTIAL));
}

static void place_cpus(struct slabs *s, uint32_t cache)
{
	const struct slab_cache *c = &s->caches.all.v[cache];
	struct object o;
	unsigned int cpu;
	kaddr_t addr;

	if (!c->cpu_slab)
		return;
	obj_init(&o, s->d);
	for (cpu = 0; cpu < s->d->info.cpus; cpu++) {
		if (!dump_has_cpu(s->d, cpu))
			continue;
		if (dump_percpu(s->d, cpu, c->cpu_slab, &addr) &&
		    obj_read(&o, CPU_SLAB, addr))
			place_cpu(s, cache, &o);
		else
			dump_unread(s->d, "cache %s: what CPU %u holds of it", c->name,
				    cpu);
	}
}

static void place_node(struct slabs *s, uint32_t cache, kaddr_t node)
{
	const struct slab_cache *c = &s->caches.all.v[cache];
	struct list_walk w;
	struct slab *slab;
	kaddr_t at;

	list_begin(&w, s->d, member_addr(s->d, node, NODE_PARTIAL), PARTIAL_MAX);
	while (list_next(&w, &at)) {
		slab = listed(s, cache, member_base(s->d, at, SLAB_LIST),
			      "on a node's list of partial slabs");
		if (slab && slab->place != SLAB_CPU)
			slab->place = SLAB_NODE_PARTIAL;
	}
	list_end_note(&w,
		      arena_printf(s->d->arena, "partial slabs of cache %s", c->name));
}

static int by_slab(const void *a, const void *b)
{
	uint32_t x = ((const struct cpu_freelist *)a)->slab;
	uint32_t y = ((const struct cpu_freelist *)b)->slab;

	return compare(x, y);
}

void slabs_place(struct slabs *s)
{
	uint32_t i;
	size_t n;

	for (i = 0; i < s->caches.all.n && !dump_interrupted(s->d); i++) {
		if (layout_has(s->d, CPU_SLAB))
			place_cpus(s, i);
		for (n = 0; n < s->caches.all.v[i].nodes.n; n++)
			place_node(s, i, s->caches.all.v[i].nodes.v[n]);
	}
	if (s->cpu_freelists.n)
		qsort(s->cpu_freelists.v, s->cpu_freelists.n,
		      sizeof(s->cpu_freelists.v[0]), by_slab);
}

kaddr_t slab_cpu_freelist(const struct slabs *s, const struct slab *slab)
{
	struct cpu_freelist key = {.slab = (uint32_t)(slab - s->all.v)}, *f = NULL;

	if (slab->place == SLAB_CPU && s->cpu_freelists.n)
		f = bsearch(&key, s->cpu_freelists.v, s->cpu_freelists.n, sizeof(key),
			    by_slab);
	return f ? f->freelist : 0;
}

/* ---- sheaves ---------------------------------------------------------------- */

/*
 * A sheaf is an array of objects that are free for whoever allocates next, while their
 * slabs count them as in use (2d517aa09bbc, 6.18).  Those in a CPU's rcu_free wait for a
 * grace period.
 */
static void read_sheaf(struct slabs *s, uint32_t cache, kaddr_t sheaf, bool rcu)
{
	const struct slab_cache *c = &s->caches.all.v[cache];
	struct slab_object o;
	struct object v;
	uint64_t n, i;
	kaddr_t addr;

	if (!member_u64(s->d, sheaf, SHEAF_SIZE, &n) || n > c->sheaf_capacity ||
	    n > SHEAF_MAX) {
		slab_add_damage_at(s, FLAW_LIST, cache, sheaf, sheaf,
				   "is a sheaf of cache %s, and holds "
				   "more than %u objects or cannot be read",
				   c->name, c->sheaf_capacity);
		return;
	}
	obj_init(&v, s->d);
	if (!n || !obj_read_bytes(&v, member_addr(s->d, sheaf, SHEAF_OBJECTS),
				  n * sizeof(addr)))
		return;
	for (i = 0; i < n; i++) {
		memcpy(&addr, v.bytes + i * sizeof(addr), sizeof(addr));
		if (!slab_object_at(s, addr, &o) || o.cache != c || o.offset) {
			slab_add_damage_at(
				s, FLAW_LIST, cache, sheaf, addr,
				"is a sheaf of cache %s, and holds 0x%llx, which is no object "
				"of it",
				c->name, HEX(addr));
			continue;
		}
		s->totals[cache].sheaved++;
		bit_set(rcu ? s->pending : s->free, o.number);
	}
}

static void read_cpu_sheaves(struct slabs *s, uint32_t cache)
{
	const struct slab_cache *c = &s->caches.all.v[cache];
	unsigned int cpu;
	kaddr_t addr, sheaf;
	struct object o;

	obj_init(&o, s->d);
	for (cpu = 0; cpu < s->d->info.cpus; cpu++) {
		if (!dump_has_cpu(s->d, cpu))
			continue;
		if (!dump_percpu(s->d, cpu, c->sheaves, &addr) ||
		    !obj_read(&o, CPU_SHEAVES, addr)) {
			dump_unread(s->d, "cache %s: the sheaves of CPU %u", c->name,
				    cpu);
			continue;
		}
		if ((sheaf = obj_u64(&o, CPU_SHEAVES_MAIN)))
			read_sheaf(s, cache, sheaf, false);
		if ((sheaf = obj_u64(&o, CPU_SHEAVES_SPARE)))
			read_sheaf(s, cache, sheaf, false);
		if ((sheaf = obj_u64(&o, CPU_SHEAVES_RCU_FREE)))
			read_sheaf(s, cache, sheaf, true);
	}
}

static void read_barn(struct slabs *s, uint32_t cache, kaddr_t list)
{
	struct list_walk w;
	kaddr_t at;

	list_begin(&w, s->d, list, PARTIAL_MAX);
	while (list_next(&w, &at))
		read_sheaf(s, cache, member_base(s->d, at, SHEAF_LIST), false);
	list_end_note(&w, "sheaves in a barn");
}

void slabs_read_sheaves(struct slabs *s)
{
	const struct slab_cache *c;
	uint32_t i;
	size_t n;

	if (!layout_has_all(s->d, CACHE_SHEAVES, CPU_SHEAVES, SHEAF_SIZE, SHEAF_OBJECTS))
		return;
	s->pending = arena_alloc(s->arena, (s->nobjects / 64 + 1) * sizeof(*s->pending));
	for (i = 0; i < s->caches.all.n && !dump_interrupted(s->d); i++) {
		c = &s->caches.all.v[i];
		if (!c->sheaf_capacity)
			continue;
		if (c->sheaves)
			read_cpu_sheaves(s, i);
		for (n = 0; n < c->barns.n; n++) {
			read_barn(s, i, member_addr(s->d, c->barns.v[n], BARN_FULL));
			read_barn(s, i, member_addr(s->d, c->barns.v[n], BARN_EMPTY));
		}
	}
}
