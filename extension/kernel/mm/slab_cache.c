// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE /* qsort_r() */
#include "slab_cache.h"

#include <stdlib.h>
#include <string.h>

#include "dump/layout.h"
#include "dump/list.h"
#include "base/text.h"

#define CACHES_MAX 100000 /* memcg children: one for each cache and cgroup */
#define NODES_MAX 1024
#define OO_SHIFT 16 /* struct kmem_cache_order_objects: mm/slub.c, mm/slab.h */
#define OO_MASK ((1u << OO_SHIFT) - 1)
#define SIZE_SANE (64u << 20)

/* mm/slab.h and include/linux/slab.h, where they are not enumerators (until 6.8) */
#define RED_ZONE_BIT 10
#define POISON_BIT 11
#define STORE_USER_BIT 16
#define RECLAIM_BIT 17
#define RCU_BIT 19

#define KMALLOC "kmalloc-"

/* ---- names --------------------------------------------------------------- */

/* Past "kmalloc-", what marks a variant: letters, then perhaps a number of its own. */
static const char *variant_end(const char *s)
{
	static const struct {
		const char *word;
		bool numbered;
	} variants[] = {
		{"cg-", false},	       /* 494c1dfe855e, 5.14 */
		{"rcl-", false},       /* 1291523f2c1d, 5.0 */
		{"rnd-", true},	       /* 3c6152940584, 6.6 */
		{"part-", true},       /* 7.2 */
		{"no-objext-", false}, /* 7.2 */
	};
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		n = strlen(variants[i].word);
		if (strncmp(s, variants[i].word, n))
			continue;
		s += n;
		if (!variants[i].numbered)
			return s;
		n = strspn(s, "0123456789");
		return n && s[n] == '-' ? s + n + 1 : NULL;
	}
	return NULL;
}

/* "kmalloc-rnd-07-128" is of the family "kmalloc-128". */
static const char *kmalloc_family(struct arena *a, const char *name)
{
	const char *rest;

	if (!text_starts(name, KMALLOC))
		return name;
	rest = variant_end(name + sizeof(KMALLOC) - 1);
	return rest ? arena_printf(a, KMALLOC "%s", rest) : name;
}

static const char *read_name(struct dump *d, struct arena *a, kaddr_t addr)
{
	char raw[128], *escaped;

	if (!addr || !dump_string(d, addr, raw, sizeof(raw)))
		return "?";
	escaped = arena_alloc(a, sizeof(raw) * 4);
	text_escape(escaped, sizeof(raw) * 4, raw);
	return arena_grow(a, escaped, strlen(escaped) + 1);
}

/* Until 5.8 each cgroup has caches of its own, "kmalloc-128(522:a.service)". */
static const char *family(struct dump *d, struct arena *a, const struct object *o,
			  const char *name)
{
	kaddr_t root = obj_u64(o, CACHE_MEMCG_ROOT), addr;

	if (root && root != o->addr && member_ptr(d, root, CACHE_NAME, &addr))
		name = read_name(d, a, addr);
	return kmalloc_family(a, name);
}

/* ---- one cache ----------------------------------------------------------- */

/* Asked for one by one only where there are any: gdb takes long to find none. */
static bool has_flag(struct dump *d, uint64_t flags, enum layout_id bit, int constant)
{
	long n = layout_has(d, SLAB_BIT_STORE_USER) ? layout_enum(d, bit, -1) : constant;

	return n >= 0 && n < 64 && flags >> n & 1;
}

void slab_flags_read(struct dump *d, struct slab_cache *c)
{
	c->red_zone = has_flag(d, c->flags, SLAB_BIT_RED_ZONE, RED_ZONE_BIT);
	c->poison = has_flag(d, c->flags, SLAB_BIT_POISON, POISON_BIT);
	c->store_user = has_flag(d, c->flags, SLAB_BIT_STORE_USER, STORE_USER_BIT);
	c->rcu = has_flag(d, c->flags, SLAB_BIT_RCU, RCU_BIT);
}

bool slab_cache_reclaimable(struct dump *d, const struct slab_cache *c)
{
	return has_flag(d, c->flags, SLAB_BIT_RECLAIM, RECLAIM_BIT);
}

bool slab_caches_are_counted(struct dump *d)
{
	return layout_has_all(d, NODE_NR_SLABS, NODE_TOTAL_OBJECTS);
}

static void count_node(struct dump *d, struct slab_cache *c, kaddr_t node)
{
	uint64_t slabs, objects, partial;

	if (!member_u64(d, node, NODE_NR_PARTIAL, &partial)) {
		dump_unread(d, "cache %s: its node at 0x%llx", c->name, HEX(node));
		c->counted = false;
		return;
	}
	c->nr_partial += partial;
	if (!member_u64(d, node, NODE_NR_SLABS, &slabs) ||
	    !member_u64(d, node, NODE_TOTAL_OBJECTS, &objects)) {
		c->counted = false;
		return;
	}
	c->nr_slabs += slabs;
	c->total_objects += objects;
}

/*
 * In 7.2 kmem_cache.node[] became per_node[], with a barn beside each node.  Its type is
 * asked for only then, since gdb takes long to find that there is none.
 */
static bool nodes_have_barns(struct dump *d)
{
	return !strcmp(layout_name(d, CACHE_NODE), "kmem_cache.per_node") &&
	       layout_has(d, CACHE_PER_NODE);
}

static void read_nodes(struct dump *d, struct arena *a, struct slab_cache *c,
		       unsigned int nodes)
{
	bool pairs = nodes_have_barns(d);
	size_t each = pairs ? (size_t)layout_size(d, CACHE_PER_NODE) : sizeof(kaddr_t);
	kaddr_t at = member_addr(d, c->addr, CACHE_NODE), node, barn;
	unsigned int i;

	c->counted = slab_caches_are_counted(d);
	for (i = 0; i < nodes; i++, at += each) {
		if (!dump_ptr(d,
			      at + (pairs ? (kaddr_t)layout_offset(d, CACHE_PER_NODE_NODE)
					  : 0),
			      &node) ||
		    !node)
			continue;
		*vec_push(a, &c->nodes) = node;
		count_node(d, c, node);
		if ((pairs ? member_ptr(d, at, CACHE_PER_NODE_BARN, &barn)
			   : member_ptr(d, node, NODE_BARN, &barn)) &&
		    barn)
			*vec_push(a, &c->barns) = barn;
	}
}

/* What is behind the left pad fits into what is left of the size: no read goes past it. */
static bool sane(const struct slab_cache *c)
{
	uint64_t pad = c->red_left_pad;

	return c->size && c->size <= SIZE_SANE && pad + c->object_size <= c->size &&
	       pad + c->inuse <= c->size && pad + c->offset + sizeof(kaddr_t) <= c->size;
}

static void read_cache(struct dump *d, struct arena *a, struct slab_caches *all,
		       struct object *o, unsigned int nodes)
{
	struct slab_cache c;
	unsigned int oo = (unsigned int)obj_u64(o, CACHE_OO);

	memset(&c, 0, sizeof(c));
	c.addr = o->addr;
	c.name = read_name(d, a, obj_u64(o, CACHE_NAME));
	c.family = family(d, a, o, c.name);
	c.size = (unsigned int)obj_u64(o, CACHE_SIZE);
	c.object_size = (unsigned int)obj_u64(o, CACHE_OBJECT_SIZE);
	c.inuse = (unsigned int)obj_u64(o, CACHE_INUSE);
	c.offset = (unsigned int)obj_u64(o, CACHE_OFFSET);
	c.red_left_pad = (unsigned int)obj_u64(o, CACHE_RED_LEFT_PAD);
	c.order = oo >> OO_SHIFT;
	c.objects = oo & OO_MASK;
	c.refcount = (int)obj_s64(o, CACHE_REFCOUNT);
	c.ctor = obj_u64(o, CACHE_CTOR) != 0;
	c.random = obj_u64(o, CACHE_RANDOM);
	c.cpu_slab = obj_u64(o, CACHE_CPU_SLAB);
	c.sheaves = obj_u64(o, CACHE_SHEAVES);
	c.sheaf_capacity = (unsigned int)obj_u64(o, CACHE_SHEAF_CAPACITY);
	c.flags = obj_u64(o, CACHE_FLAGS);
	if (!sane(&c)) {
		dump_note(d,
			  "cache %s at 0x%llx contradicts itself (size %u, object %u, "
			  "free pointer at %u): left out",
			  c.name, HEX(c.addr), c.size, c.object_size, c.offset);
		return;
	}
	read_nodes(d, a, &c, nodes);
	*vec_push(a, &all->all) = c;
}

/* ---- all of them --------------------------------------------------------- */

static int by_address(const void *a, const void *b, void *caches)
{
	const struct slab_caches *c = caches;
	kaddr_t x = c->all.v[*(const uint32_t *)a].addr;
	kaddr_t y = c->all.v[*(const uint32_t *)b].addr;

	return compare(x, y);
}

static void sort_by_address(struct arena *a, struct slab_caches *c)
{
	uint32_t i;

	c->by_addr = arena_alloc(a, c->all.n * sizeof(*c->by_addr));
	for (i = 0; i < c->all.n; i++)
		c->by_addr[i] = i;
	qsort_r(c->by_addr, c->all.n, sizeof(*c->by_addr), by_address, c);
}

/* A constant, and no variable, where CONFIG_NUMA is off. */
static unsigned int possible_nodes(struct dump *d)
{
	size_t room = (size_t)layout_size(d, CACHE_NODE) / sizeof(kaddr_t);
	uint32_t n;

	if (!dump_symbol_u32(d, "nr_node_ids", &n) || !n)
		n = 1;
	if (nodes_have_barns(d))
		return n <= NODES_MAX ? n : NODES_MAX;
	return n <= room ? n : (unsigned int)room;
}

bool slab_caches_read(struct dump *d, struct arena *a, struct slab_caches *c)
{
	/* A cache is only as long as its nodes are many: read what is before them. */
	size_t head = (size_t)layout_offset(d, CACHE_NODE);
	unsigned int nodes = possible_nodes(d);
	struct list_walk w;
	struct object o;
	kaddr_t list, node;

	memset(c, 0, sizeof(*c));
	if (!layout_has_all(d, CACHE, CACHE_SIZE, CACHE_OBJECT_SIZE, CACHE_OFFSET,
			    CACHE_OO, CACHE_NAME, CACHE_LIST, CACHE_NODE) ||
	    !dump_symbol(d, "slab_caches", &list)) {
		dump_note(d, "slab caches: this kernel's debuginfo has no SLUB that vgpu "
			     "knows");
		return false;
	}
	c->hardened = layout_has(d, CACHE_RANDOM);
	obj_init(&o, d);
	list_begin(&w, d, list, CACHES_MAX);
	while (list_next(&w, &node)) {
		if (obj_read_bytes(&o, member_base(d, node, CACHE_LIST), head))
			read_cache(d, a, c, &o, nodes);
		else
			dump_unread(d, "the cache at 0x%llx", HEX(o.addr));
	}
	list_end_note(&w, "slab caches");
	c->whole = w.end == WALK_DONE;
	sort_by_address(a, c);
	return c->all.n > 0;
}

uint32_t slab_cache_by_addr(const struct slab_caches *c, kaddr_t addr)
{
	size_t low = 0, high = c->all.n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (c->all.v[c->by_addr[mid]].addr < addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low < c->all.n && c->all.v[c->by_addr[low]].addr == addr ? c->by_addr[low]
									: SLAB_NO_CACHE;
}

/* None is merged with another: SLAB_NOLEAKTRACE, or too early for that. */
bool slab_cache_is_debugging(const struct slab_cache *c)
{
	static const char *const names[] = {
		"kmemleak_object",			     /* CONFIG_DEBUG_KMEMLEAK */
		"kmemleak_scan_area", "debug_objects_cache", /* CONFIG_DEBUG_OBJECTS */
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(c->name, names[i]))
			return true;
	return false;
}

bool slab_cache_is_kmalloc(const struct slab_cache *c)
{
	return text_starts(c->family, KMALLOC);
}

unsigned int slab_kmalloc_size(const struct slab_caches *c, size_t bytes)
{
	const struct slab_cache *k;
	unsigned int best = 0;
	size_t i;

	for (i = 0; i < c->all.n; i++) {
		k = &c->all.v[i];
		if (slab_cache_is_kmalloc(k) && k->object_size >= bytes &&
		    (!best || k->object_size < best))
			best = k->object_size;
	}
	return best;
}
