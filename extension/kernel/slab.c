// SPDX-License-Identifier: GPL-2.0-or-later
#include "slab.h"

#include <stdlib.h>
#include <string.h>

#include "layout.h"

#define DAMAGE_MAX 256
#define SLAB_NOTES_MAX 32
#define ORDER_MAX 10	  /* what the page allocator has: MAX_ORDER */
#define OBJECTS_MAX 32767 /* 15 bits of counters */
#define PARTIAL_MAX (1u << 24)

/* struct page.counters and struct slab.counters: mm_types.h, mm/slab.h */
#define COUNTERS_INUSE(x) ((uint16_t)(x))
#define COUNTERS_OBJECTS(x) ((uint16_t)((x) >> 16 & 0x7fff))
#define COUNTERS_FROZEN(x) ((uint8_t)((x) >> 31 & 1))

/* 255 objects of CONFIG_KFENCE_NUM_OBJECTS, and its guard pages */
#define KFENCE_POOL_PAGES 512

static bool bit_get(const uint64_t *bits, uint64_t n)
{
	return bits[n / 64] >> n % 64 & 1;
}

static void bit_set(uint64_t *bits, uint64_t n)
{
	bits[n / 64] |= 1ull << n % 64;
}

const char *slab_place_word(enum slab_place place)
{
	static const char *const words[] = {
		[SLAB_FULL] = "full",
		[SLAB_CPU] = "cpu",
		[SLAB_CPU_PARTIAL] = "cpu-partial",
		[SLAB_NODE_PARTIAL] = "node-partial",
		[SLAB_LOOSE] = "loose",
	};

	return words[place];
}

const char *object_state_word(enum object_state state)
{
	static const char *const words[] = {
		[OBJECT_ALLOCATED] = "allocated",
		[OBJECT_FREE] = "free",
		[OBJECT_PENDING] = "rcu-pending",
		[OBJECT_UNKNOWN] = "unknown",
	};

	return words[state];
}

const char *slab_flaw_word(enum slab_flaw flaw)
{
	static const char *const words[] = {
		[FLAW_NO_CACHE] = "no-cache",
		[FLAW_COUNT] = "count",
		[FLAW_UNREAD] = "unread",
		[FLAW_LOOP] = "freelist-loop",
		[FLAW_OUTSIDE] = "freelist-outside",
		[FLAW_FREELIST] = "freelist-length",
		[FLAW_LIST] = "list",
		[FLAW_RED_ZONE] = "red-zone",
		[FLAW_POISON] = "poison",
	};

	return words[flaw];
}

/* ---- where a slab is ------------------------------------------------------ */

kaddr_t slab_address(const struct slabs *s, const struct slab *slab)
{
	return page_address(&s->pages, slab->pfn);
}

size_t slab_bytes(const struct slabs *s, const struct slab *slab)
{
	return (size_t)1 << (s->pages.shift + slab->order);
}

kaddr_t slab_struct(const struct slabs *s, const struct slab *slab)
{
	return page_struct(&s->pages, slab->pfn);
}

struct slab_totals *slab_totals_of(const struct slabs *s, const struct slab_cache *c)
{
	return &s->totals[c - s->caches.all.v];
}

struct slab *slab_of_cache(const struct slabs *s, const struct slab_cache *c, uint32_t i)
{
	return &s->all.v[s->by_cache[slab_totals_of(s, c)->first_slab + i]];
}

/* ---- what went wrong ------------------------------------------------------ */

static void add_damage(struct slabs *s, enum slab_flaw flaw, uint32_t cache, kaddr_t slab,
		       kaddr_t at, const char *fmt, va_list ap)
{
	struct slab_damage *dm;

	if (dump_interrupted(s->d))
		return;
	if (s->damages++ >= DAMAGE_MAX)
		return;
	dm = vec_push(s->arena, &s->damage);
	dm->flaw = flaw;
	dm->cache = cache;
	dm->slab = slab;
	dm->at = at;
	dm->text = arena_vprintf(s->arena, fmt, ap);
}

void slab_add_damage(struct slabs *s, enum slab_flaw flaw, const struct slab *slab,
		     kaddr_t at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_damage(s, flaw, slab->cache, slab_struct(s, slab), at, fmt, ap);
	va_end(ap);
}

/* The same where there is no slab to name. */
static void __attribute__((format(printf, 6, 7)))
damaged(struct slabs *s, enum slab_flaw flaw, uint32_t cache, kaddr_t slab, kaddr_t at,
	const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_damage(s, flaw, cache, slab, at, fmt, ap);
	va_end(ap);
}

static void keep_note(struct slabs *s, const char *note)
{
	if (s->notes.n < SLAB_NOTES_MAX)
		*vec_push(s->arena, &s->notes) = arena_printf(s->arena, "%s", note);
}

/* ---- the pass over the page array ----------------------------------------- */

struct indexer {
	struct slabs *s;
	size_t cache_at, freelist_at, counters_at;
	uint32_t last; /* the cache of the slab before, which is often the next one's */
	pfn_t kfence, kfence_end;
};

/*
 * KFENCE marks every other page of its pool as a slab's (0ce20dd84089); each holds one
 * object of whichever cache, and SLUB counts none of them.
 */
static void find_kfence(struct indexer *x)
{
	kaddr_t pool;

	if (dump_symbol_u64(x->s->d, "__kfence_pool", &pool) && pool &&
	    page_of_address(&x->s->pages, pool, &x->kfence))
		x->kfence_end = x->kfence + KFENCE_POOL_PAGES;
}

static uint32_t cache_of(struct indexer *x, kaddr_t addr)
{
	struct slab_caches *c = &x->s->caches;

	if (x->last != SLAB_NO_CACHE && c->all.v[x->last].addr == addr)
		return x->last;
	return slab_cache_by_addr(c, addr);
}

/*
 * The order in which this many objects of this size fill a slab: order_objects() of
 * mm/slub.c.  What sysfs or a shortage of memory made smaller or larger is found too.
 */
static int order_of(const struct slabs *s, const struct slab_cache *c,
		    unsigned int objects)
{
	int order;

	for (order = 0; order <= ORDER_MAX; order++)
		if (((size_t)1 << (s->pages.shift + (unsigned int)order)) / c->size ==
		    objects)
			return order;
	return -1;
}

static bool order_known(struct indexer *x, struct slab *slab)
{
	struct slabs *s = x->s;
	const struct slab_cache *c = &s->caches.all.v[slab->cache];
	int order = slab->objects == c->objects ? (int)c->order
						: order_of(s, c, slab->objects);

	if (order >= 0 && order <= ORDER_MAX && slab->objects &&
	    slab->inuse <= slab->objects &&
	    ((size_t)1 << (s->pages.shift + (unsigned int)order)) / c->size >=
		    slab->objects) {
		slab->order = (uint8_t)order;
		return true;
	}
	s->totals[slab->cache].lost++;
	damaged(s, FLAW_COUNT, slab->cache, slab_struct(s, slab), slab->pfn,
		"counts %u objects, %u of them in use; cache %s puts %u into a slab",
		slab->objects, slab->inuse, c->name, c->objects);
	return false;
}

/* The first page of a slab.  Returns how many pages it has. */
static pfn_t add_slab(struct indexer *x, pfn_t pfn, const unsigned char *page)
{
	struct slabs *s = x->s;
	struct slab slab = {.pfn = pfn};
	kaddr_t cache;
	uint32_t counters;

	memcpy(&cache, page + x->cache_at, sizeof(cache));
	memcpy(&slab.freelist, page + x->freelist_at, sizeof(slab.freelist));
	memcpy(&counters, page + x->counters_at, sizeof(counters));
	slab.cache = cache_of(x, cache);
	if (slab.cache == SLAB_NO_CACHE) {
		damaged(s, FLAW_NO_CACHE, SLAB_NO_CACHE, page_struct(&s->pages, pfn),
			cache, "is a slab of 0x%llx, which is no cache",
			(unsigned long long)cache);
		return 1;
	}
	x->last = slab.cache;
	slab.inuse = COUNTERS_INUSE(counters);
	slab.objects = COUNTERS_OBJECTS(counters);
	slab.frozen = COUNTERS_FROZEN(counters);
	if (!order_known(x, &slab))
		return 1;
	slab.place = slab.inuse == slab.objects && !slab.freelist ? SLAB_FULL
								  : SLAB_LOOSE;
	slab.first = s->nobjects;
	s->nobjects += slab.objects;
	*vec_push(s->arena, &s->all) = slab;
	return (pfn_t)1 << slab.order;
}

static bool indexer_init(struct indexer *x, struct slabs *s)
{
	struct dump *d = s->d;

	memset(x, 0, sizeof(*x));
	x->s = s;
	x->last = SLAB_NO_CACHE;
	x->cache_at = (size_t)layout_offset(d, SLAB_CACHE);
	x->freelist_at = (size_t)layout_offset(d, SLAB_FREELIST);
	x->counters_at = (size_t)layout_offset(d, SLAB_COUNTERS);
	if (!layout_has_all(d, SLAB_CACHE, SLAB_FREELIST, SLAB_COUNTERS, LAYOUT_COUNT) ||
	    s->pages.slab.how == MARK_NONE || x->cache_at + 8 > s->pages.size ||
	    x->freelist_at + 8 > s->pages.size || x->counters_at + 4 > s->pages.size) {
		dump_note(d,
			  "slabs: this kernel's debuginfo has no struct page or struct "
			  "slab that vgpu knows");
		return false;
	}
	find_kfence(x);
	return true;
}

static bool index_slabs(struct slabs *s)
{
	struct page_block b;
	struct indexer x;
	pfn_t skip = 0, pfn;
	size_t i;

	if (!indexer_init(&x, s))
		return false;
	pages_begin(&b, &s->pages);
	while (pages_next(&b)) {
		for (i = 0; i < b.n; i++) {
			pfn = b.first + i;
			if (pfn < skip || !page_is_slab(&s->pages, page_block_at(&b, i)))
				continue;
			if (pfn >= x.kfence && pfn < x.kfence_end)
				s->foreign++;
			else
				skip = pfn + add_slab(&x, pfn, page_block_at(&b, i));
		}
	}
	s->excluded = b.excluded;
	return true;
}

/* ---- from an address to its slab ------------------------------------------ */

static uint64_t pages_per_section(const struct slabs *s)
{
	return 1ull << (s->d->info.section_bits - s->pages.shift);
}

/*
 * A bit for the first page of each slab, and before each word of bits how many there
 * were: so the slab that begins at or before a page is found by counting bits.
 */
static void rank_slabs(struct slabs *s)
{
	uint64_t per = pages_per_section(s), words = (per + 63) / 64, at, w;
	struct slab_rank *r;
	uint32_t i, seen = 0;

	s->nranks = s->all.n ? s->all.v[s->all.n - 1].pfn / per + 1 : 0;
	s->ranks = arena_alloc(s->arena, s->nranks * sizeof(*s->ranks));
	for (i = 0; i < s->all.n; i++) {
		r = &s->ranks[s->all.v[i].pfn / per];
		if (!r->heads) {
			r->heads = arena_alloc(s->arena, words * sizeof(*r->heads));
			r->before = arena_alloc(s->arena, words * sizeof(*r->before));
		}
		bit_set(r->heads, s->all.v[i].pfn % per);
	}
	for (at = 0; at < s->nranks; at++) {
		r = &s->ranks[at];
		for (w = 0; r->heads && w < words; w++) {
			r->before[w] = seen;
			seen += (uint32_t)__builtin_popcountll(r->heads[w]);
		}
	}
}

/* The last slab that begins at or before this page; NULL: none in its section. */
static struct slab *slab_before(const struct slabs *s, pfn_t pfn)
{
	uint64_t per = pages_per_section(s), bit = pfn % per;
	const struct slab_rank *r;
	uint64_t upto;
	uint32_t n;

	if (pfn / per >= s->nranks || !(r = &s->ranks[pfn / per])->heads)
		return NULL;
	upto = r->heads[bit / 64] & (~0ull >> (63 - bit % 64));
	n = r->before[bit / 64] + (uint32_t)__builtin_popcountll(upto);
	return n ? &s->all.v[n - 1] : NULL;
}

static struct slab *slab_of_page(const struct slabs *s, pfn_t pfn)
{
	struct slab *slab = slab_before(s, pfn);

	return slab && pfn - slab->pfn < (pfn_t)1 << slab->order ? slab : NULL;
}

struct slab *slab_at(const struct slabs *s, kaddr_t addr)
{
	return slab_of_page(s, (addr - s->d->info.direct_map) >> s->pages.shift);
}

bool slab_object_at(const struct slabs *s, kaddr_t addr, struct slab_object *o)
{
	kaddr_t start;

	o->slab = slab_at(s, addr);
	if (!o->slab)
		return false;
	o->cache = slab_cache_of(s, o->slab);
	start = slab_address(s, o->slab) + o->cache->red_left_pad;
	if (addr < start || (addr - start) / o->cache->size >= o->slab->objects)
		return false;
	o->index = (unsigned int)((addr - start) / o->cache->size);
	o->number = o->slab->first + o->index;
	o->addr = start + (kaddr_t)o->index * o->cache->size;
	o->offset = addr - o->addr;
	return true;
}

/* ---- cache by cache ------------------------------------------------------- */

static void count(struct slab_count *n, const struct slab *slab)
{
	n->slabs++;
	n->objects += slab->objects;
	n->inuse += slab->inuse;
}

/* by_cache: the slabs' indexes, each cache's together and by address. */
static void sort_by_cache(struct slabs *s)
{
	uint32_t i, at = 0;
	struct slab_totals *t;

	for (i = 0; i < s->all.n; i++)
		s->totals[s->all.v[i].cache].nslabs++;
	for (i = 0; i < s->caches.all.n; i++) {
		s->totals[i].first_slab = at;
		at += s->totals[i].nslabs;
		s->totals[i].nslabs = 0;
	}
	s->by_cache = arena_alloc(s->arena, s->all.n * sizeof(*s->by_cache));
	for (i = 0; i < s->all.n; i++) {
		t = &s->totals[s->all.v[i].cache];
		s->by_cache[t->first_slab + t->nslabs++] = i;
	}
}

static void total(struct slabs *s)
{
	const struct slab *slab;
	struct slab_totals *t;
	size_t i;

	for (i = 0; i < s->all.n; i++) {
		slab = &s->all.v[i];
		t = &s->totals[slab->cache];
		count(&t->all, slab);
		count(&t->at[slab->place], slab);
		t->pages += 1ull << slab->order;
	}
}

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
	damaged(s, FLAW_LIST, cache, page, page, "is %s of cache %s, and no slab of it",
		where, s->caches.all.v[cache].name);
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
			damaged(s, FLAW_LIST, cache, page, page,
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
		if (dump_percpu(s->d, cpu, c->cpu_slab, &addr) &&
		    obj_read(&o, CPU_SLAB, addr))
			place_cpu(s, cache, &o);
		else
			dump_note(s->d,
				  "cache %s: what CPU %u holds of it cannot be read",
				  c->name, cpu);
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

	return x < y ? -1 : x > y;
}

static void place_slabs(struct slabs *s)
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

static kaddr_t cpu_freelist(const struct slabs *s, const struct slab *slab)
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

	if (!member_u64(s->d, sheaf, SHEAF_SIZE, &n) || n > c->sheaf_capacity) {
		damaged(s, FLAW_LIST, cache, sheaf, sheaf,
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
			damaged(s, FLAW_LIST, cache, sheaf, addr,
				"is a sheaf of cache %s, and holds 0x%llx, which is no object "
				"of it",
				c->name, (unsigned long long)addr);
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
		if (!dump_percpu(s->d, cpu, c->sheaves, &addr) ||
		    !obj_read(&o, CPU_SHEAVES, addr)) {
			dump_note(s->d, "cache %s: the sheaves of CPU %u cannot be read",
				  c->name, cpu);
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

static void read_sheaves(struct slabs *s)
{
	const struct slab_cache *c;
	uint32_t i;
	size_t n;

	if (!layout_has_all(s->d, CACHE_SHEAVES, CPU_SHEAVES, SHEAF_SIZE, SHEAF_OBJECTS,
			    LAYOUT_COUNT))
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

/* ---- freelists -------------------------------------------------------------- */

/*
 * CONFIG_SLAB_FREELIST_HARDENED disguises the pointer in a free object with the cache's
 * random number and the pointer's own address (2482ddec670f), whose bytes are swapped
 * since 5.7 (1ad53d9fa3f6) and in stable releases before: what the kernel is called does
 * not tell which.  What was decoded wrong is no object of the slab, so each way is tried.
 */
static kaddr_t reveal(const struct slab_cache *c, enum freeptr how, kaddr_t at, kaddr_t v)
{
	switch (how) {
	case FREEPTR_XOR_SWAB:
		return v ^ c->random ^ __builtin_bswap64(at);
	case FREEPTR_XOR:
		return v ^ c->random ^ at;
	default:
		return v;
	}
}

struct freelist_walk {
	enum { WALKED, LOOPS, LEAVES } end;
	unsigned int n; /* objects that were on it */
	kaddr_t at;	/* where it went wrong */
	uint64_t seen[OBJECTS_MAX / 64 + 1];
};

/* Go along a freelist from head, adding to what w has seen. */
static void walk_freelist(const struct slabs *s, const struct slab *slab,
			  const unsigned char *bytes, kaddr_t head, enum freeptr how,
			  struct freelist_walk *w)
{
	const struct slab_cache *c = slab_cache_of(s, slab);
	kaddr_t base = slab_address(s, slab), start = base + c->red_left_pad, next;
	size_t k, at;

	w->end = WALKED;
	while (head) {
		w->at = head;
		k = (head - start) / c->size;
		w->end = LEAVES;
		if (head < start || k >= slab->objects || (head - start) % c->size)
			return;
		w->end = LOOPS;
		if (bit_get(w->seen, k))
			return;
		bit_set(w->seen, k);
		w->n++;
		at = slab_offset(c, (unsigned int)k) + c->offset;
		if (at + sizeof(next) > slab_bytes(s, slab)) {
			w->end = LEAVES;
			return;
		}
		memcpy(&next, bytes + at, sizeof(next));
		head = reveal(c, how, base + at, next);
		w->end = WALKED;
	}
}

/* Both lists of a slab: what a CPU took, and what was freed to the slab since. */
static void walk_freelists(const struct slabs *s, const struct slab *slab,
			   const unsigned char *bytes, enum freeptr how,
			   struct freelist_walk *w)
{
	memset(w, 0, sizeof(*w));
	walk_freelist(s, slab, bytes, slab->freelist, how, w);
	if (w->end == WALKED)
		walk_freelist(s, slab, bytes, cpu_freelist(s, slab), how, w);
}

/* The way that worked last first; of those that do not, the one that gets furthest. */
static void walk_somehow(struct slabs *s, const struct slab *slab,
			 const unsigned char *bytes, struct freelist_walk *best)
{
	struct freelist_walk w;
	enum freeptr how, first = s->freeptr[slab->cache];

	walk_freelists(s, slab, bytes, first, best);
	if (best->end == WALKED || !s->caches.hardened)
		return;
	for (how = FREEPTR_PLAIN; how < FREEPTRS; how++) {
		if (how == first)
			continue;
		walk_freelists(s, slab, bytes, how, &w);
		if (w.end == WALKED)
			s->freeptr[slab->cache] = how;
		if (w.end == WALKED || w.n > best->n)
			memcpy(best, &w, sizeof(w));
		if (best->end == WALKED)
			return;
	}
}

/* inuse counts what the slab's own list lacks; a CPU's list is counted as in use. */
static bool length_agrees(const struct slabs *s, const struct slab *slab,
			  const struct freelist_walk *w)
{
	unsigned int own = (unsigned int)(slab->objects - slab->inuse);

	return cpu_freelist(s, slab) ? w->n >= own : w->n == own;
}

static void freelist_damage(struct slabs *s, struct slab *slab,
			    const struct freelist_walk *w)
{
	const char *name = slab_cache_of(s, slab)->name;
	unsigned long long at = w->at;

	slab->damaged = 1;
	if (w->end == LOOPS)
		slab_add_damage(
			s, FLAW_LOOP, slab, w->at,
			"cache %s: its freelist comes back to 0x%llx after %u objects",
			name, at, w->n);
	else if (w->end == LEAVES)
		slab_add_damage(
			s, FLAW_OUTSIDE, slab, w->at,
			"cache %s: after %u objects its freelist points to 0x%llx, "
			"which is no object of it",
			name, w->n, at);
	else
		slab_add_damage(
			s, FLAW_FREELIST, slab, slab_address(s, slab),
			"cache %s: %u objects are on its freelist, and %u of %u are "
			"in use",
			name, w->n, slab->inuse, slab->objects);
}

void slab_decode(struct slabs *s, struct slab *slab, const unsigned char *bytes)
{
	struct freelist_walk w;
	unsigned int k;

	if (slab->walked)
		return;
	slab->walked = 1;
	walk_somehow(s, slab, bytes, &w);
	for (k = 0; k < slab->objects; k++)
		if (bit_get(w.seen, k))
			bit_set(s->free, slab->first + k);
	if (w.end != WALKED || !length_agrees(s, slab, &w))
		freelist_damage(s, slab, &w);
}

/* Nothing of it can be free: most slabs, and none of them need be read. */
static bool surely_full(const struct slabs *s, const struct slab *slab)
{
	return !slab->freelist && slab->inuse == slab->objects && !cpu_freelist(s, slab);
}

static void decode(struct slabs *s, struct slab *slab)
{
	const unsigned char *bytes;

	if (surely_full(s, slab)) {
		slab->walked = 1;
		return;
	}
	bytes = slab_read(s, slab);
	if (bytes) {
		slab_decode(s, slab, bytes);
	} else if (!dump_interrupted(s->d)) {
		slab->walked = slab->damaged = 1;
		slab_add_damage(
			s, FLAW_UNREAD, slab, slab_address(s, slab),
			"cache %s: its memory is not in the dump, so which of its %u "
			"objects are free is not known",
			slab_cache_of(s, slab)->name, slab->objects);
	}
}

const unsigned char *slab_read(struct slabs *s, const struct slab *slab)
{
	size_t size = slab_bytes(s, slab);

	if (s->scratch_size < size) {
		s->scratch = arena_grow(s->d->arena, s->scratch, size);
		s->scratch_size = size;
	}
	return dump_read(s->d, slab_address(s, slab), s->scratch, size) == DUMP_OK
		       ? s->scratch
		       : NULL;
}

enum object_state slab_state(struct slabs *s, struct slab *slab, unsigned int k)
{
	uint64_t n = slab->first + k;

	if (!slab->walked)
		decode(s, slab);
	if (s->pending && bit_get(s->pending, n))
		return OBJECT_PENDING;
	if (bit_get(s->free, n))
		return OBJECT_FREE;
	return slab->damaged || !slab->walked ? OBJECT_UNKNOWN : OBJECT_ALLOCATED;
}

enum object_state slab_object_state(struct slabs *s, const struct slab_object *o)
{
	return slab_state(s, o->slab, o->index);
}

void slab_count_states(struct slabs *s, const struct slab_cache *c,
		       struct slab_states *states)
{
	struct slab_totals *t = slab_totals_of(s, c);
	struct slab *slab;
	unsigned int k;
	uint32_t i;

	memset(states, 0, sizeof(*states));
	for (i = 0; i < t->nslabs && !dump_interrupted(s->d); i++) {
		slab = slab_of_cache(s, c, i);
		for (k = 0; k < slab->objects; k++)
			states->n[slab->place][slab_state(s, slab, k)]++;
	}
}

/* ---- making it --------------------------------------------------------------- */

static bool build(struct slabs *s)
{
	if (!slab_caches_read(s->d, s->arena, &s->caches) ||
	    !pages_init(&s->pages, s->d, s->arena))
		return false;
	s->totals = arena_alloc(s->arena, s->caches.all.n * sizeof(*s->totals));
	s->freeptr = arena_alloc(s->arena, s->caches.all.n * sizeof(*s->freeptr));
	if (!index_slabs(s))
		return false;
	s->free = arena_alloc(s->arena, (s->nobjects / 64 + 1) * sizeof(*s->free));
	rank_slabs(s);
	sort_by_cache(s);
	place_slabs(s);
	read_sheaves(s);
	total(s);
	if (s->excluded)
		dump_note(s->d,
			  "slabs of %llu page frames cannot be known: their struct page "
			  "is not in the dump",
			  (unsigned long long)s->excluded);
	return true;
}

struct slabs *slabs_get(struct dump *d)
{
	struct slabs *s = dump_kept(d, KEEPER_SLABS);
	size_t i, notes = d->notes.n;
	struct arena *a;

	if (s) {
		s->scratch = NULL; /* of a command that has ended */
		s->scratch_size = 0;
		for (i = 0; i < s->notes.n; i++)
			dump_note(d, "%s", s->notes.v[i]);
		return s;
	}
	a = dump_keep_begin(d, KEEPER_SLABS);
	s = arena_alloc(a, sizeof(*s));
	s->arena = a;
	s->d = d;
	if (!build(s) || dump_interrupted(d))
		return NULL;
	for (i = notes; i < d->notes.n; i++)
		keep_note(s, d->notes.v[i]);
	dump_keep(d, KEEPER_SLABS, s);
	return s;
}
