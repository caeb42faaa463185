// SPDX-License-Identifier: GPL-2.0-or-later
#include "roots.h"

#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "dump/layout.h"
#include "resource.h"

#define STACKS_KEPT 16 /* NR_CACHED_STACKS is 2 */
#define IMAGE_PART_MAX (256u << 20)

/* Bytes [from, to) of each of these page frames are in use, the rest is not. */
struct part {
	pfn_t first, end;
	unsigned int from, to;
};

struct reader {
	struct roots *r;
	struct dump *d;
	VEC(struct part) parts; /* ascending */
	size_t part;		/* the first that may still matter */
	unsigned char *page;
	size_t page_size;
	bool head_is_root; /* the last page that is no tail was a root */
	bool head_is_slab, head_is_user;
	pfn_t buddy_end; /* of the last block of free pages */
	bool asked_ram;	 /* a page could not be read */
	struct system_ram ram;
};

/* ---- what is not in use of pages that are ---------------------------------- */

static void add_part(struct reader *r, uint64_t pa, size_t from, size_t to)
{
	pfn_t pfn = pa / r->page_size;
	struct part *last = r->parts.n ? &r->parts.v[r->parts.n - 1] : NULL;

	if (last && last->end == pfn && last->from == from && last->to == to) {
		last->end++;
		return;
	}
	last = vec_push(r->d->arena, &r->parts);
	last->first = pfn;
	last->end = pfn + 1;
	last->from = (unsigned int)from;
	last->to = (unsigned int)to;
}

/* Nothing of [begin, end) is in use.  A page of which it is but the middle is. */
static void add_unused(struct reader *r, kaddr_t begin, kaddr_t end)
{
	kaddr_t page = begin - begin % r->page_size;
	uint64_t pa;

	for (; page < end && !dump_interrupted(r->d); page += r->page_size) {
		if (page < begin && end - page < r->page_size)
			return;
		if (!dump_physical(r->d, page, &pa))
			continue;
		if (end - page < r->page_size)
			add_part(r, pa, end - page, r->page_size);
		else if (page < begin)
			add_part(r, pa, 0, begin - page);
		else
			add_part(r, pa, 0, 0);
	}
}

static void add_stacks(struct reader *r, const struct tasks *tasks)
{
	const struct task *t;
	size_t i;

	for (i = 0; i < tasks->all.n; i++) {
		t = &tasks->all.v[i];
		if (task_stack_used(t) > t->stack)
			add_unused(r, t->stack, task_stack_used(t));
	}
}

/* kernel/fork.c keeps stacks of ended tasks: ac496bf48d97, 4.9. */
static void add_kept_stacks(struct reader *r)
{
	long n = layout_size(r->d, CACHED_STACKS) / 8;
	uint64_t area, addr, size;
	kaddr_t slots;
	unsigned int cpu;
	long i;

	if (n > STACKS_KEPT)
		n = STACKS_KEPT;
	for (cpu = 0; cpu < r->d->info.cpus; cpu++) {
		if (!dump_percpu_symbol(r->d, cpu, "cached_stacks", &slots))
			continue;
		for (i = 0; i < n; i++)
			if (dump_ptr(r->d, slots + (kaddr_t)i * 8, &area) && area &&
			    member_u64(r->d, area, VM_STRUCT_ADDR, &addr) &&
			    member_u64(r->d, area, VM_STRUCT_SIZE, &size) &&
			    size <= 1u << 20)
				add_unused(r, addr, addr + size);
	}
}

static int by_first(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return compare(x->first, y->first);
}

/* The page array is given out when it is read as such: not again as memory. */
static void add_page_array(struct reader *r)
{
	const struct pages *p = r->r->pages;
	kaddr_t begin, end;
	size_t i;

	for (i = 0; i < p->runs.n; i++) {
		begin = p->runs.v[i].map + p->runs.v[i].first * p->size;
		end = p->runs.v[i].map + p->runs.v[i].end * p->size;
		add_unused(r, begin, end);
	}
}

/* kdump's reservation is no memory of this kernel: not in the dump. */
static void add_crash_kernel(struct reader *r)
{
	static const char *const names[] = {"crashk_res", "crashk_low_res"};
	struct physical_range range;
	struct part *part;
	kaddr_t resource;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!dump_symbol(r->d, names[i], &resource) ||
		    !resource_range(r->d, resource, &range))
			continue;
		part = vec_push(r->d->arena, &r->parts);
		part->first = range.start / r->page_size;
		part->end = (range.end - 1) / r->page_size + 1;
	}
}

/*
 * The records that kmemleak made before there were slabs refer to every object of the
 * boot: a static array since c5665868183f, 5.4.  The later ones are in a slab cache.
 */
static void add_kmemleak_pool(struct reader *r)
{
	kaddr_t pool;
	long size;

	if (!dump_symbol(r->d, "mem_pool", &pool))
		return;
	size = layout_size(r->d, KMEMLEAK_POOL);
	if (size > 0)
		add_unused(r, pool, pool + (kaddr_t)size);
}

/* The kernel's own image between two of its linker's symbols, if it has both. */
static void add_image(struct reader *r, const char *from, const char *to)
{
	kaddr_t begin, end;

	if (dump_symbol(r->d, from, &begin) && dump_symbol(r->d, to, &end) &&
	    begin < end && end - begin <= IMAGE_PART_MAX)
		add_unused(r, begin, end);
}

/*
 * The linker made code and constants, before there was an object.  What lies among the latter
 * and is written to while the kernel starts is none: c74ba8b3480d, 4.6.  Those of modules are
 * roots: among them lies what BPF's compiler makes, which has the addresses of its maps.
 */
static void add_constants(struct reader *r)
{
	add_image(r, "_stext", "_etext");
	add_image(r, "__start_rodata", "__start_ro_after_init");
	add_image(r, "__end_ro_after_init", "__end_rodata");
}

static void find_parts(struct reader *r, const struct tasks *tasks)
{
	add_constants(r);
	add_stacks(r, tasks);
	add_kept_stacks(r);
	add_kmemleak_pool(r);
	add_page_array(r);
	add_crash_kernel(r);
	if (r->parts.n)
		qsort(r->parts.v, r->parts.n, sizeof(r->parts.v[0]), by_first);
}

/* ---- whose a page is -------------------------------------------------------- */

/*
 * Free pages on a CPU's list are linked by page->lru, as others without a count are not.
 * Where that is not known, no such page is called used.
 */
static bool is_listed(const struct reader *r, pfn_t pfn, const unsigned char *page)
{
	kaddr_t own =
		page_struct(r->r->pages, pfn) + (size_t)layout_offset(r->d, PAGE_LRU);
	kaddr_t next, back;

	if (!layout_has(r->d, PAGE_PRIVATE) ||
	    !page_member(r->r->pages, page, PAGE_LRU, sizeof(next), &next))
		return true;
	return next != own && dump_ptr(r->d, next + sizeof(next), &back) && back == own;
}

/*
 * Nobody has a reference.  That alone does not say free: of a block that was not asked
 * for as a compound page only the first has one, and blk-mq's requests lie in such blocks.
 */
static bool is_free(const struct reader *r, pfn_t pfn, enum page_kind kind,
		    const unsigned char *page)
{
	uint64_t count;

	return page_member(r->r->pages, page, PAGE_REFCOUNT, sizeof(uint32_t), &count) &&
	       !count &&
	       (kind != PAGE_OTHER || pfn < r->buddy_end || is_listed(r, pfn, page));
}

/* A process's or a file's: on a list of the reclaimer's, or it has a mapping. */
static bool is_user(const struct reader *r, const unsigned char *page)
{
	uint64_t mapping;

	if (page_member(r->r->pages, page, PAGE_MAPPING, sizeof(mapping), &mapping) &&
	    mapping)
		return true;
	return layout_has(r->d, PG_LRU) &&
	       load_u64(page + r->r->pages->flags_at) >> layout_bit(r->d, PG_LRU, 0) & 1;
}

/* Is this page a root?  A tail is what its head is, which came before it. */
static bool is_root(struct reader *r, pfn_t pfn, const unsigned char *page)
{
	struct roots_count *count = &r->r->count;
	enum page_kind kind = page_kind(r->r->pages, page);
	unsigned int order;

	if (kind != PAGE_TAIL) {
		r->head_is_slab = kind == PAGE_SLAB && r->r->is_slab(r->r->arg, pfn);
		r->head_is_user = false;
		r->head_is_root = kind == PAGE_RESERVED || kind == PAGE_LARGE_KMALLOC ||
				  (kind == PAGE_SLAB && !r->head_is_slab);
		if (kind == PAGE_BUDDY && page_free_order(r->r->pages, page, &order))
			r->buddy_end = pfn + (1ull << order);
		if ((kind == PAGE_OTHER || kind == PAGE_COMPOUND) &&
		    !is_free(r, pfn, kind, page)) {
			r->head_is_user = is_user(r, page);
			r->head_is_root = !r->head_is_user;
		}
	}
	if (r->head_is_slab)
		count->slab++;
	else if (r->head_is_user)
		count->user++;
	else if (!r->head_is_root)
		count->free++;
	return r->head_is_root;
}

/* ---- reading ------------------------------------------------------------------ */

/* The part of this page frame, if it has any; page frames come in ascending order. */
static const struct part *part_of(struct reader *r, pfn_t pfn)
{
	while (r->part < r->parts.n && r->parts.v[r->part].end <= pfn)
		r->part++;
	if (r->part < r->parts.n && r->parts.v[r->part].first <= pfn)
		return &r->parts.v[r->part];
	return NULL;
}

/*
 * It could not be read: is anything missing?  Not where the machine has no memory, nor where
 * its kernel keeps off.
 */
static bool is_missing(struct reader *r, pfn_t pfn, const unsigned char *page)
{
	if (pfn < r->d->arch->low_reserved / r->page_size &&
	    page_kind(r->r->pages, page) == PAGE_RESERVED)
		return false;
	if (!r->asked_ram)
		system_ram_read(r->d, &r->ram);
	r->asked_ram = true;
	return !r->ram.known || system_ram_has(&r->ram, pfn * r->page_size, r->page_size);
}

static void give_page(struct reader *r, pfn_t pfn, const unsigned char *page)
{
	const struct part *part = part_of(r, pfn);
	size_t from = part ? part->from : 0, to = part ? part->to : r->page_size;

	if (from == to)
		return;
	if (dump_read(r->d, page_address(r->r->pages, pfn), r->page, r->page_size) !=
	    DUMP_OK) {
		r->r->count.excluded += is_missing(r, pfn, page);
		return;
	}
	r->r->count.read++;
	r->r->block(r->r->arg, r->page + from, to - from);
}

/*
 * A section may be larger than what memory there is in it (1 GiB on arm64 until 5.11), and
 * the page array has struct pages of the rest, which nobody has written to.
 */
static bool is_no_page(const struct reader *r, const unsigned char *page)
{
	size_t i;

	for (i = 0; i < r->r->pages->size; i++)
		if (page[i])
			return false;
	return true;
}

static void give_block(struct reader *r, const struct page_block *b)
{
	const unsigned char *page;
	bool free;
	size_t i;

	for (i = 0; i < b->n && !dump_interrupted(r->d); i++) {
		page = page_block_at(b, i);
		if (is_no_page(r, page))
			continue;
		if (is_root(r, b->first + i, page))
			give_page(r, b->first + i, page);
		free = !r->head_is_root && !r->head_is_slab && !r->head_is_user;
		if (!free)
			r->r->page(r->r->arg, page, r->r->pages->size);
	}
}

void roots_read(struct roots *roots, const struct tasks *tasks)
{
	struct reader r = {.r = roots, .d = roots->pages->d};
	uint64_t done = 0, all = pages_total(roots->pages);
	struct page_block b;

	memset(&roots->count, 0, sizeof(roots->count));
	r.page_size = r.d->info.page_size;
	r.page = arena_alloc(r.d->arena, r.page_size);
	find_parts(&r, tasks);
	pages_begin(&b, roots->pages);
	while (pages_next(&b)) {
		give_block(&r, &b);
		done += b.n;
		if (roots->progress)
			roots->progress(roots->arg, done + b.passed, all);
	}
	roots->count.free += b.passed;
	roots->count.unknown = b.excluded;
}
