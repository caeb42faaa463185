// SPDX-License-Identifier: GPL-2.0-or-later
#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "dump/layout.h"

/* The low bits of section_mem_map are flags; the array begins a page at least. */
#define SECTION_FLAGS 0xfffull
#define SECTION_HAS_MEM_MAP 0x2ull /* include/linux/mmzone.h */
/* 256 TiB of memory in sections of 128 MiB. */
#define SECTIONS_MAX_BITS 21
#define SECTIONS_MAX (1ull << SECTIONS_MAX_BITS)
#define BLOCK_PAGES 2048
#define BUDDY_ORDER_MAX 18 /* MAX_ORDER is 10, arm64 with pages of 64 KiB has 13 */
#define PAGE_TYPE_BASE 0xf0000000u
#define PG_BUDDY_MACRO 0x80 /* page-flags.h, before it was an enumerator in 6.10 */

/* ---- how pages are marked ------------------------------------------------ */

static struct page_mark mark_flag(struct dump *d, enum layout_id bit)
{
	struct page_mark m = {MARK_NONE, 0};

	if (layout_has(d, bit)) {
		m.how = MARK_FLAG;
		m.value = layout_bit(d, bit, 0);
	}
	return m;
}

/*
 * A page's type was a bit of page_type that is cleared (6e292b9be7f4), one of the four of
 * PAGE_TYPE_BASE in 6.11, and is the highest byte since 6.12 (4ffca5a96678).
 */
static struct page_mark mark_type(struct dump *d, enum layout_id byte, uint32_t bit)
{
	struct page_mark m = {MARK_NONE, 0};

	if (!layout_has(d, PAGE_TYPE))
		return m;
	if (layout_has(d, PGTY_SLAB) && layout_has(d, byte)) {
		m.how = MARK_BYTE;
		m.value = (uint32_t)layout_enum(d, byte, 0) & 0xff;
	} else if (bit) {
		m.how = MARK_BIT;
		m.value = bit;
	}
	return m;
}

/* PG_slab was a page flag's number until 6.9: 46df8e73a4a3 made it a type. */
static struct page_mark mark_slab(struct dump *d)
{
	long value = layout_enum(d, PG_SLAB, 0);

	if (layout_has(d, PGTY_SLAB) || value >= 64)
		return mark_type(d, PGTY_SLAB, (uint32_t)value);
	return mark_flag(d, PG_SLAB);
}

static bool resolve_marks(struct pages *p)
{
	struct dump *d = p->d;

	p->flags_at = (size_t)layout_offset(d, PAGE_FLAGS);
	p->type_at = (size_t)layout_offset(d, PAGE_TYPE);
	p->head_at = (size_t)layout_offset(d, PAGE_COMPOUND_HEAD);
	p->slab = mark_slab(d);
	p->large_kmalloc = mark_type(d, PGTY_LARGE_KMALLOC, 0);
	p->buddy = mark_type(d, PGTY_BUDDY,
			     (uint32_t)layout_enum(d, PG_BUDDY, PG_BUDDY_MACRO));
	p->reserved = mark_flag(d, PG_RESERVED);
	p->head = mark_flag(d, PG_HEAD);
	return p->flags_at + 8 <= p->size && p->type_at + 4 <= p->size &&
	       p->head_at + 8 <= p->size;
}

static bool marked(const struct pages *p, struct page_mark m, const unsigned char *page)
{
	uint64_t flags;
	uint32_t type;

	switch (m.how) {
	case MARK_FLAG:
		memcpy(&flags, page + p->flags_at, sizeof(flags));
		return flags >> m.value & 1;
	case MARK_BIT:
		memcpy(&type, page + p->type_at, sizeof(type));
		return (type & (PAGE_TYPE_BASE | m.value)) == (PAGE_TYPE_BASE & ~m.value);
	case MARK_BYTE:
		memcpy(&type, page + p->type_at, sizeof(type));
		return type >> 24 == m.value;
	case MARK_NONE:
		break;
	}
	return false;
}

static bool is_tail(const struct pages *p, const unsigned char *page)
{
	return page[p->head_at] & 1;
}

bool page_is_slab(const struct pages *p, const unsigned char *page)
{
	return marked(p, p->slab, page) && !is_tail(p, page);
}

enum page_kind page_kind(const struct pages *p, const unsigned char *page)
{
	if (is_tail(p, page))
		return PAGE_TAIL;
	if (marked(p, p->slab, page))
		return PAGE_SLAB;
	if (marked(p, p->large_kmalloc, page))
		return PAGE_LARGE_KMALLOC;
	if (marked(p, p->buddy, page))
		return PAGE_BUDDY;
	if (marked(p, p->reserved, page))
		return PAGE_RESERVED;
	return marked(p, p->head, page) ? PAGE_COMPOUND : PAGE_OTHER;
}

bool page_member(const struct pages *p, const unsigned char *page, enum layout_id id,
		 size_t n, uint64_t *v)
{
	size_t at = (size_t)layout_offset(p->d, id);

	if (!layout_has(p->d, id) || at > p->size || n > p->size - at)
		return false;
	*v = load_le(page + at, n);
	return true;
}

bool page_free_order(const struct pages *p, const unsigned char *page,
		     unsigned int *order)
{
	uint64_t private;

	if (is_tail(p, page) || !marked(p, p->buddy, page) ||
	    !page_member(p, page, PAGE_PRIVATE, sizeof(private), &private))
		return false;
	*order = (unsigned int)private;
	return private <= BUDDY_ORDER_MAX;
}

/* ---- the sections -------------------------------------------------------- */

static void add_section(struct pages *p, struct arena *a, uint64_t number, uint64_t map)
{
	uint64_t pages = 1ull << (p->d->info.section_bits - p->shift);
	struct page_run *last = p->runs.n ? &p->runs.v[p->runs.n - 1] : NULL;

	if (!(map & SECTION_HAS_MEM_MAP))
		return;
	map &= ~SECTION_FLAGS;
	if (last && last->end == number * pages && last->map == map) {
		last->end += pages;
		return;
	}
	last = vec_push(a, &p->runs);
	last->first = number * pages;
	last->end = last->first + pages;
	last->map = map;
}

/* One page of struct mem_section. */
static void add_root(struct pages *p, struct arena *a, struct object *o, kaddr_t root,
		     uint64_t number)
{
	size_t i, each = (size_t)layout_size(p->d, MEM_SECTION);
	size_t n = p->d->info.page_size / each;
	uint64_t map;

	if (!obj_read_bytes(o, root, n * each)) {
		dump_unread(
			p->d,
			"memory sections from %llu on, of the mem_section root at 0x%llx,",
			COUNT(number), HEX(root));
		return;
	}
	for (i = 0; i < n; i++) {
		memcpy(&map, o->bytes + i * each + layout_offset(p->d, SECTION_MAP),
		       sizeof(map));
		add_section(p, a, number + i, map);
	}
}

/* Sections that there may be: what the kernel counts, or what addresses allow. */
static uint64_t sections_bound(struct dump *d)
{
	uint64_t highest;

	if (dump_symbol_u64(d, "__highest_present_section_nr", &highest) &&
	    highest < SECTIONS_MAX)
		return highest + 1;
	if (d->info.physmem_bits <= d->info.section_bits ||
	    d->info.physmem_bits - d->info.section_bits > SECTIONS_MAX_BITS)
		return SECTIONS_MAX;
	return 1ull << (d->info.physmem_bits - d->info.section_bits);
}

/* SPARSEMEM_EXTREME: mem_section points to pointers to pages of mem_section. */
static void read_sections(struct pages *p, struct arena *a)
{
	uint64_t per_root =
		p->d->info.page_size / (uint64_t)layout_size(p->d, MEM_SECTION);
	uint64_t roots = (sections_bound(p->d) + per_root - 1) / per_root, i;
	struct object o;
	kaddr_t table, root;

	obj_init(&o, p->d);
	if (!dump_symbol_u64(p->d, "mem_section", &table) || !table)
		return;
	for (i = 0; i < roots && !dump_interrupted(p->d); i++) {
		if (!dump_ptr(p->d, table + i * sizeof(root), &root)) {
			dump_unread(p->d, "the table of memory sections at 0x%llx",
				    HEX(table + i * sizeof(root)));
			return;
		}
		if (root)
			add_root(p, a, &o, root, i * per_root);
	}
}

static int by_begin(const void *a, const void *b)
{
	return compare(((const struct page_part *)a)->begin,
		       ((const struct page_part *)b)->begin);
}

static void sort_parts(struct pages *p, struct arena *a)
{
	const struct page_run *r;
	size_t i;

	p->parts = arena_alloc(a, p->runs.n * sizeof(*p->parts));
	for (i = 0; i < p->runs.n; i++) {
		r = &p->runs.v[i];
		p->parts[i] = (struct page_part){r->map + r->first * p->size,
						 r->map + r->end * p->size, r};
	}
	if (p->runs.n)
		qsort(p->parts, p->runs.n, sizeof(*p->parts), by_begin);
}

bool pages_init(struct pages *p, struct dump *d, struct arena *a)
{
	memset(p, 0, sizeof(*p));
	p->d = d;
	p->size = (size_t)layout_size(d, PAGE);
	while (1ul << p->shift < d->info.page_size)
		p->shift++;
	if (!layout_has_all(d, PAGE, PAGE_FLAGS, PAGE_COMPOUND_HEAD, MEM_SECTION,
			    SECTION_MAP) ||
	    p->size > d->info.page_size || !layout_size(d, MEM_SECTION) ||
	    (size_t)layout_size(d, MEM_SECTION) > d->info.page_size ||
	    (size_t)layout_offset(d, SECTION_MAP) + 8 >
		    (size_t)layout_size(d, MEM_SECTION) ||
	    d->info.section_bits <= p->shift || d->info.section_bits > 48 ||
	    !resolve_marks(p)) {
		dump_note(d,
			  "the page array cannot be found: this kernel's debuginfo has "
			  "no sparse memory that vgpu knows");
		return false;
	}
	read_sections(p, a);
	sort_parts(p, a);
	if (!p->runs.n)
		dump_note(d, "the page array cannot be found: no memory section is "
			     "present");
	return p->runs.n > 0;
}

/* ---- looking up ---------------------------------------------------------- */

static const struct page_run *run_of(const struct pages *p, pfn_t pfn)
{
	size_t low = 0, high = p->runs.n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (pfn >= p->runs.v[mid].end)
			low = mid + 1;
		else
			high = mid;
	}
	return low < p->runs.n && pfn >= p->runs.v[low].first ? &p->runs.v[low] : NULL;
}

bool page_exists(const struct pages *p, pfn_t pfn)
{
	return run_of(p, pfn) != NULL;
}

uint64_t pages_total(const struct pages *p)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < p->runs.n; i++)
		n += p->runs.v[i].end - p->runs.v[i].first;
	return n;
}

/* An address below the direct map wraps to a page frame that no machine has. */
bool page_of_address(const struct pages *p, kaddr_t addr, pfn_t *pfn)
{
	*pfn = (addr - p->d->info.direct_map) >> p->shift;
	return page_exists(p, *pfn);
}

kaddr_t page_address(const struct pages *p, pfn_t pfn)
{
	return p->d->info.direct_map + (pfn << p->shift);
}

kaddr_t page_struct(const struct pages *p, pfn_t pfn)
{
	const struct page_run *r = run_of(p, pfn);

	return r ? r->map + pfn * p->size : 0;
}

bool page_of_struct(const struct pages *p, kaddr_t addr, pfn_t *pfn)
{
	size_t low = 0, high = p->runs.n, mid;
	const struct page_part *part;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (addr < p->parts[mid].begin)
			high = mid;
		else
			low = mid + 1;
	}
	if (!low || addr >= p->parts[low - 1].end)
		return false;
	part = &p->parts[low - 1];
	*pfn = (addr - part->run->map) / p->size;
	return *pfn >= part->run->first && *pfn < part->run->end;
}

/* ---- reading ------------------------------------------------------------- */

enum dump_err page_read(const struct pages *p, pfn_t pfn, void *buf)
{
	kaddr_t addr = page_struct(p, pfn);

	return addr ? dump_read(p->d, addr, buf, p->size) : DUMP_BAD_ADDRESS;
}

void pages_begin(struct page_block *b, const struct pages *p)
{
	memset(b, 0, sizeof(*b));
	b->p = p;
	b->next = p->runs.n ? p->runs.v[0].first : 0;
	b->step = BLOCK_PAGES;
	b->bytes = arena_alloc(p->d->arena, BLOCK_PAGES * p->size);
	b->last = arena_alloc(p->d->arena, p->size);
}

/* As many struct pages as one page of the dump holds. */
static size_t smallest_step(const struct page_block *b)
{
	size_t n = b->p->d->info.page_size / b->p->size;

	return n ? n : 1;
}

/*
 * Read up to n struct pages at first.  Where that fails, fewer and fewer, so that all
 * that can be read is; then on to the next page of the array.
 */
static bool read_block(struct page_block *b, pfn_t first, size_t n, kaddr_t map)
{
	size_t smallest = smallest_step(b);
	enum dump_err err;

	n = n < b->step ? n : b->step;
	while ((err = dump_read(b->p->d, map + first * b->p->size, b->bytes,
				n * b->p->size)) != DUMP_OK &&
	       n > smallest)
		n = smallest;
	b->first = first;
	b->next = first + n;
	if (err == DUMP_OK) {
		b->n = n;
		b->step = b->step < BLOCK_PAGES / 2 ? b->step * 2 : BLOCK_PAGES;
		return true;
	}
	b->step = smallest;
	if (err == DUMP_EXCLUDED || err == DUMP_CUT || err == DUMP_DAMAGED)
		b->excluded += n;
	return false;
}

/* Nothing in it says that somebody uses it. */
static bool may_be_free(const struct pages *p, const unsigned char *page)
{
	uint64_t count;

	return page_member(p, page, PAGE_REFCOUNT, sizeof(uint32_t), &count) && !count &&
	       page_kind(p, page) == PAGE_OTHER;
}

/*
 * Is this page of the block the first of free ones up to *end?  A lie would hide memory:
 * blocks lie at multiples of their size, and the last page of one is as free as its first.
 */
static bool begins_free(struct page_block *b, pfn_t pfn, pfn_t *end)
{
	unsigned int order;

	if (!page_free_order(b->p, page_block_at(b, (size_t)(pfn - b->first)), &order) ||
	    pfn & ((1ull << order) - 1))
		return false;
	*end = pfn + (1ull << order);
	return *end >= b->next && *end <= b->p->runs.v[b->run].end &&
	       page_read(b->p, *end - 1, b->last) == DUMP_OK &&
	       may_be_free(b->p, b->last);
}

/* A free block may reach out of what was read: go on behind it, where another may begin. */
static void pass_free(struct page_block *b)
{
	unsigned int order;
	pfn_t pfn, end;

	for (order = 0; order <= BUDDY_ORDER_MAX; order++) {
		pfn = (b->next - 1) >> order << order;
		if (pfn < b->first)
			return;
		if (!begins_free(b, pfn, &end))
			continue;
		b->passed += end - b->next;
		b->next = end;
		b->step = smallest_step(b);
		return;
	}
}

bool pages_next(struct page_block *b)
{
	const struct page_run *r;

	while (b->run < b->p->runs.n && !dump_interrupted(b->p->d)) {
		r = &b->p->runs.v[b->run];
		if (b->next < r->first)
			b->next = r->first;
		if (b->next >= r->end)
			b->run++;
		else if (read_block(b, b->next, r->end - b->next, r->map)) {
			pass_free(b);
			return true;
		}
	}
	return false;
}
