// SPDX-License-Identifier: GPL-2.0-or-later
/* The target of the engine in reach.h: what a kernel's objects and references are. */
#include "leak.h"

#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "dump/layout.h"

#define PROGRESS_SLABS 1024
#define NOLEAKTRACE_BIT 23 /* 0x00800000 */
#define SG_END 2ull	   /* of scatterlist.page_link: the last of a table */

struct finder {
	struct dump *d;
	const struct arch *arch;
	struct slabs *s;
	struct leaks *l;
	leak_progress progress;
	kaddr_t low; /* the direct map, and its size */
	uint64_t span;
	kaddr_t map; /* the page array, and its size */
	uint64_t map_span;
	bool *untracked; /* for each cache: SLAB_NOLEAKTRACE */
};

/* ---- references ------------------------------------------------------------- */

static inline bool object_of(const struct finder *f, uint64_t word, uint32_t *number)
{
	struct slab_object o;

	word = arch_untag(f->arch, word);
	if (word - f->low >= f->span || !slab_object_at(f->s, word, &o))
		return false;
	*number = (uint32_t)o.number;
	return true;
}

/*
 * By page: a page, then where in it and how long, or how long and where, each of 32 bits.
 * bio_vec and skb_frag_t, scatterlist, pipe_buffer and page_frag all say it so.  A request
 * to discard has no other reference to its ranges (req->special_vec).
 */
static inline bool by_page(const struct finder *f, uint64_t page, uint32_t offset,
			   uint32_t length, uint32_t *number)
{
	const struct slab *slab;
	kaddr_t base;
	uint64_t left;
	pfn_t pfn;

	if (!length || !page_of_struct(&f->s->pages, page, &pfn) ||
	    page_struct(&f->s->pages, pfn) != page)
		return false;
	base = page_address(&f->s->pages, pfn);
	slab = slab_at(f->s, base);
	if (!slab)
		return false;
	left = slab_address(f->s, slab) + slab_bytes(f->s, slab) - base;
	return (uint64_t)offset + length <= left && object_of(f, base + offset, number);
}

typedef void (*reference_found)(struct reach *r, uint32_t number);

/* page: the word; half: the two behind it. */
static void page_named(const struct finder *f, uint64_t page, const unsigned char *half,
		       reference_found found)
{
	uint32_t first, second, number;

	memcpy(&first, half, sizeof(first));
	memcpy(&second, half + sizeof(first), sizeof(second));
	page &= ~SG_END;
	if (by_page(f, page, first, second, &number))
		found(&f->l->reach, number);
	if (by_page(f, page, second, first, &number))
		found(&f->l->reach, number);
}

/* Of each word of memory: what it costs is what a search costs. */
static inline void references(const struct finder *f, const unsigned char *bytes,
			      size_t size, uint64_t map_span, reference_found found)
{
	uint32_t number;
	uint64_t word;
	size_t i;

	for (i = 0; i + 8 <= size; i += 8) {
		memcpy(&word, bytes + i, sizeof(word));
		if (object_of(f, word, &number))
			found(&f->l->reach, number);
		else if (word - f->map < map_span && i + 16 <= size)
			page_named(f, word, bytes + i + 8, found);
	}
}

static void root_block(void *arg, const unsigned char *bytes, size_t size)
{
	const struct finder *f = arg;

	references(f, bytes, size, f->map_span, reach_root);
}

/* A struct page refers to others beside counts of its own: page->next, page->slabs. */
static void root_page(void *arg, const unsigned char *bytes, size_t size)
{
	references(arg, bytes, size, 0, reach_root);
}

static void object_block(const struct finder *f, const unsigned char *bytes, size_t size)
{
	references(f, bytes, size, f->map_span, reach_edge);
}

/* ---- slabs ------------------------------------------------------------------- */

static void one_object(struct finder *f, struct slab_walk *w)
{
	uint32_t number = (uint32_t)(w->slab->first + w->index);
	enum object_state state = slab_walk_state(w);
	struct leaks *l = f->l;

	if (state == OBJECT_FREE)
		return;
	reach_object(&l->reach, number);
	if (state == OBJECT_ALLOCATED) {
		l->allocated++;
		l->allocated_of[w->slab->cache]++;
	} else {
		reach_root(&l->reach, number);
		*(state == OBJECT_PENDING ? &l->pending : &l->unknown) += 1;
	}
	object_block(f, w->bytes, w->cache->object_size);
}

static void one_slab(struct finder *f, struct slab *slab)
{
	struct leaks *l = f->l;
	struct slab_walk w;

	l->slab_pages += 1ull << slab->order;
	if (f->untracked[slab->cache]) {
		l->untracked += slab->objects;
		return;
	}
	slab_walk_slab(&w, f->s, slab);
	while (slab_walk_next(&w)) {
		if (w.bytes) {
			one_object(f, &w);
			continue;
		}
		/* Nothing is known of its objects, so none of them is lost. */
		l->slab_unread += w.index ? 0 : 1ull << slab->order;
		l->unknown++;
	}
}

static void all_slabs(struct finder *f)
{
	size_t i, n = f->s->all.n;

	for (i = 0; i < n && !dump_interrupted(f->d); i++) {
		one_slab(f, &f->s->all.v[i]);
		if (f->progress && i % PROGRESS_SLABS == 0)
			f->progress("reading slabs", i, n);
	}
}

/* ---- roots --------------------------------------------------------------------- */

static bool is_slab(void *arg, pfn_t pfn)
{
	const struct finder *f = arg;

	return slab_at(f->s, page_address(&f->s->pages, pfn)) != NULL;
}

static void root_progress(void *arg, uint64_t done, uint64_t all)
{
	struct finder *f = arg;

	if (f->progress)
		f->progress("reading roots", done, all);
}

static void all_roots(struct finder *f, const struct tasks *tasks)
{
	struct roots r = {.pages = &f->s->pages,
			  .block = root_block,
			  .page = root_page,
			  .is_slab = is_slab,
			  .progress = root_progress,
			  .arg = f};

	roots_read(&r, tasks);
	f->l->roots = r.count;
}

/*
 * What waits for RCU is one list on each CPU (15fecf89e46a, 4.12), whose links lie in the
 * objects themselves.  Among them are kmemleak's records, which are not searched: so the
 * list is followed by itself, or all that is behind such a record would seem lost.
 */
static void follow_list(struct finder *f, kaddr_t data)
{
	uint32_t number;
	kaddr_t head;
	uint64_t n;

	if (!member_u64(f->d, data, RCU_DATA_CALLBACKS, &head))
		return;
	for (n = 0; head && n < f->s->nobjects && !dump_interrupted(f->d); n++) {
		if (object_of(f, head, &number))
			reach_root(&f->l->reach, number);
		if (!member_u64(f->d, head, CALLBACK_NEXT, &head))
			break;
	}
}

static void follow_callbacks(struct finder *f)
{
	/* One for each flavour until 4.19. */
	static const char *const lists[] = {"rcu_data", "rcu_sched_data", "rcu_bh_data",
					    "rcu_preempt_data"};
	unsigned int cpu;
	kaddr_t data;
	size_t i;

	for (cpu = 0; cpu < f->d->info.cpus; cpu++)
		for (i = 0; i < ARRAY_SIZE(lists); i++)
			if (dump_percpu_symbol(f->d, cpu, lists[i], &data))
				follow_list(f, data);
}

/*
 * SLAB_NOLEAKTRACE: caches that kmemleak leaves out, since their objects refer to what
 * they watch over (kmemleak's own, debugobjects').  A bit number since 6.9: cc61eb85c15f.
 */
static void find_untracked(struct finder *f)
{
	long bit = layout_enum(f->d, SLAB_BIT_NOLEAKTRACE, NOLEAKTRACE_BIT);
	const struct slab_caches *c = &f->s->caches;
	uint64_t flags;
	size_t i;

	f->untracked = arena_alloc(f->d->arena, c->all.n * sizeof(*f->untracked));
	for (i = 0; i < c->all.n; i++)
		f->untracked[i] =
			bit >= 0 && bit < 64 &&
			member_u64(f->d, c->all.v[i].addr, CACHE_FLAGS, &flags) &&
			(flags >> bit & 1);
}

/* ---- the search ------------------------------------------------------------------ */

static bool stop(void *arg)
{
	return dump_interrupted(arg);
}

static void count_lost(struct finder *f)
{
	const struct slab *slab;
	struct leaks *l = f->l;
	uint32_t number;
	unsigned int k;
	size_t i;

	for (i = 0; i < f->s->all.n; i++) {
		slab = &f->s->all.v[i];
		for (k = 0; k < slab->objects; k++) {
			number = (uint32_t)(slab->first + k);
			if (!reach_lost(&l->reach, number))
				continue;
			l->lost++;
			l->held += reach_held(&l->reach, number);
			l->lost_bytes += slab_cache_of(f->s, slab)->size;
			l->lost_of[slab->cache]++;
		}
	}
}

/* Where references point to: the direct map, and the page array, whose sections lie anywhere. */
static void find_spans(struct finder *f)
{
	const struct pages *p = &f->s->pages;
	size_t last = p->runs.n - 1;

	f->low = f->d->info.direct_map;
	f->span = p->runs.v[last].end << p->shift;
	f->map = p->parts[0].begin;
	f->map_span = p->parts[last].end - f->map;
}

static bool search(struct finder *f, const struct tasks *tasks)
{
	find_spans(f);
	find_untracked(f);
	all_roots(f, tasks);
	follow_callbacks(f);
	all_slabs(f);
	if (dump_interrupted(f->d) || !reach_mark(&f->l->reach, stop, f->d))
		return false;
	if (f->l->reach.full) {
		dump_note(f->d,
			  "leaks: more references than vgpu can count in this dump");
		return false;
	}
	count_lost(f);
	return true;
}

struct leaks *leaks_known(struct dump *d)
{
	return dump_kept(d, KEEPER_LEAKS);
}

struct leaks *leaks_get(struct dump *d, const struct tasks *tasks, leak_progress progress,
			bool again)
{
	struct finder f = {.d = d, .arch = d->arch, .progress = progress};
	struct leaks *l = leaks_known(d);
	struct arena *a;

	f.s = slabs_get(d);
	if (!f.s || (l && !again))
		return f.s ? l : NULL;
	if (f.s->nobjects >= UINT32_MAX) {
		dump_note(d, "leaks: this dump has 4 billion objects, too many for vgpu");
		return NULL;
	}
	a = dump_keep_begin(d, KEEPER_LEAKS);
	l = arena_alloc(a, sizeof(*l));
	l->slabs = f.s;
	l->lost_of = arena_alloc(a, f.s->caches.all.n * sizeof(*l->lost_of));
	l->allocated_of = arena_alloc(a, f.s->caches.all.n * sizeof(*l->allocated_of));
	reach_init(&l->reach, a, (uint32_t)f.s->nobjects);
	f.l = l;
	if (!search(&f, tasks)) {
		dump_keep_begin(d, KEEPER_LEAKS);
		return NULL;
	}
	dump_keep(d, KEEPER_LEAKS, l);
	return l;
}

bool leaks_has(const struct leaks *l, kaddr_t addr)
{
	struct slab_object o;

	return slab_object_at(l->slabs, addr, &o) &&
	       reach_lost(&l->reach, (uint32_t)o.number);
}
