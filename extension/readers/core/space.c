// SPDX-License-Identifier: GPL-2.0-or-later
#include "space.h"

#include "tables.h"

/* Pages whose translation is remembered: a power of 2. */
#define TLB_PAGES 1024
#define NOT_A_PAGE 1 /* no page begins there */

struct space {
	struct core *core;
	struct tables tables;
	uint64_t page_size;
	kaddr_t direct, direct_end; /* by arithmetic; 0, 0: not known */
	kaddr_t direct_base;	    /* by whichever way; 0: not known */
	struct {
		kaddr_t page;
		uint64_t pa;
	} tlb[TLB_PAGES];
};

static void forget_translations(struct space *s)
{
	size_t i;

	for (i = 0; i < TLB_PAGES; i++)
		s->tlb[i].page = NOT_A_PAGE;
}

void space_forget(struct space *s)
{
	forget_translations(s);
	core_forget(s->core);
}

/* ---- open ----------------------------------------------------------------- */

/* core_open() opens no others.  Where the headers do not say it, vmcoreinfo does. */
static bool is_arm64(const struct core *c)
{
	const char *machine = core_about(c)->machine;
	uint64_t v;

	return *machine ? !strcmp(machine, "aarch64")
			: core_info_number(c, "NUMBER", "kimage_voffset", &v);
}

struct space *space_open(struct arena *a, struct core *c, struct error *why)
{
	struct space *s = arena_alloc(a, sizeof(*s));

	s->core = c;
	s->page_size = core_about(c)->page_size;
	forget_translations(s);
	return (is_arm64(c) ? tables_arm64 : tables_x86_64)(&s->tables, c, why) ? s
										: NULL;
}

struct core *space_core(const struct space *s)
{
	return s->core;
}

/* ---- tables --------------------------------------------------------------- */

/*
 * With KASAN's tags (arm64, since 5.0: software's, or memory tagging's) a pointer's highest
 * byte is no part of the address: the processor ignores it, and so must who reads.
 */
static kaddr_t without_tag(const struct space *s, kaddr_t va)
{
	return (kaddr_t)((int64_t)(va << s->tables.tag_bits) >> s->tables.tag_bits);
}

static bool is_kernel(const struct space *s, kaddr_t va)
{
	return !(~va >> s->tables.va_bits);
}

static unsigned int shift_of(const struct tables *t, unsigned int level)
{
	return t->page_shift + (level - 1) * t->index_bits;
}

static unsigned int bits_of(const struct tables *t, unsigned int level)
{
	return level == t->levels ? t->root_bits : t->index_bits;
}

static enum dump_err entry_at(struct space *s, uint64_t table, uint64_t index,
			      unsigned int level, struct table_entry *e)
{
	unsigned char bytes[8];
	enum dump_err err =
		core_read(s->core, table + index * sizeof(bytes), bytes, sizeof(bytes));

	if (err != DUMP_OK)
		return err;
	return s->tables.entry(&s->tables, load_u64(bytes), level, e) ? DUMP_OK
								      : DUMP_BAD_ADDRESS;
}

/*
 * A walk goes down one level with each step, so that tables in a circle do not matter.
 * A table that cannot be read is not taken for one that maps nothing.
 */
static enum dump_err walk(struct space *s, kaddr_t va, struct space_leaf *leaf)
{
	const struct tables *t = &s->tables;
	struct table_entry e = {.pa = t->root};
	unsigned int level = t->levels + 1;

	leaf->writable = leaf->executable = true;
	do {
		uint64_t index;
		enum dump_err err;

		level--;
		index = va >> shift_of(t, level) & ((1ull << bits_of(t, level)) - 1);
		err = entry_at(s, e.pa, index, level, &e);
		if (err != DUMP_OK)
			return err;
		leaf->writable &= e.writable;
		leaf->executable &= e.executable;
	} while (!e.leaf);
	leaf->size = 1ull << shift_of(t, level);
	leaf->start = va & ~(leaf->size - 1);
	leaf->pa = e.pa & ~(leaf->size - 1);
	return DUMP_OK;
}

bool space_leaf(struct space *s, kaddr_t va, struct space_leaf *leaf)
{
	va = without_tag(s, va);
	return is_kernel(s, va) && walk(s, va, leaf) == DUMP_OK;
}

static bool needs_tables(const struct space *s, kaddr_t va)
{
	return is_kernel(s, va) && !(va >= s->direct && va < s->direct_end);
}

struct table_walk {
	struct space *space;
	struct page_set seen;
	unsigned int level;
	struct {
		uint64_t table, next; /* next: the entry to look at */
		kaddr_t va;	      /* that the table begins with */
	} at[TABLE_LEVELS_MAX + 1];   /* of each level above this one, and of it */
};

/* Each once, wherever it is pointed to from. */
static void enter_table(struct table_walk *w, unsigned int level, uint64_t table,
			kaddr_t va)
{
	uint64_t pfn = table >> w->space->tables.page_shift;

	if (!level || pfn >= core_about(w->space->core)->max_pfn ||
	    page_set_has(&w->seen, pfn))
		return;
	page_set_add(&w->seen, pfn);
	w->level = level;
	w->at[level].table = table;
	w->at[level].next = 0;
	w->at[level].va = va;
}

static void look_at_entry(struct table_walk *w)
{
	struct space *s = w->space;
	unsigned int level = w->level;
	uint64_t i = w->at[level].next++;
	kaddr_t va = w->at[level].va + (i << shift_of(&s->tables, level));
	struct table_entry e;

	if (i == 1ull << bits_of(&s->tables, level))
		w->level++;
	else if (needs_tables(s, va) &&
		 entry_at(s, w->at[level].table, i, level, &e) == DUMP_OK && !e.leaf)
		enter_table(w, level - 1, e.pa, va);
}

void space_read_tables(struct space *s, struct arena *a)
{
	const struct tables *t = &s->tables;
	struct table_walk w = {.space = s, .seen.arena = a, .level = t->levels + 1};

	enter_table(&w, t->levels, t->root,
		    ~0ull << (shift_of(t, t->levels) + t->root_bits));
	while (w.level <= t->levels)
		look_at_entry(&w);
}

/* ---- addresses ------------------------------------------------------------- */

static enum dump_err by_tables(struct space *s, kaddr_t va, uint64_t *pa)
{
	kaddr_t page = va & ~(s->page_size - 1);
	size_t slot = (va >> s->tables.page_shift) % TLB_PAGES;
	struct space_leaf leaf;
	enum dump_err err;

	if (s->tlb[slot].page != page) {
		err = walk(s, va, &leaf);
		if (err != DUMP_OK)
			return err;
		s->tlb[slot].page = page;
		s->tlb[slot].pa = leaf.pa + (page - leaf.start);
	}
	*pa = s->tlb[slot].pa + (va - page);
	return DUMP_OK;
}

static enum dump_err translate(struct space *s, kaddr_t va, uint64_t *pa)
{
	va = without_tag(s, va);
	if (!is_kernel(s, va))
		return DUMP_BAD_ADDRESS;
	if (va >= s->tables.image && va < s->tables.image_end)
		*pa = va - s->tables.image_base;
	else if (va >= s->direct && va < s->direct_end)
		*pa = va - s->direct;
	else
		return by_tables(s, va, pa);
	return DUMP_OK;
}

bool space_physical(struct space *s, kaddr_t va, uint64_t *pa)
{
	return translate(s, va, pa) == DUMP_OK;
}

enum dump_err space_read(struct space *s, kaddr_t va, void *buf, size_t size)
{
	unsigned char *to = buf;

	while (size) {
		size_t n = s->page_size - va % s->page_size;
		enum dump_err err;
		uint64_t pa;

		if (n > size)
			n = size;
		err = translate(s, va, &pa);
		if (err == DUMP_OK)
			err = core_read(s->core, pa, to, n);
		if (err != DUMP_OK)
			return err;
		to += n;
		va += n;
		size -= n;
	}
	return DUMP_OK;
}

/* ---- the direct map ---------------------------------------------------------- */

void space_direct_map(struct space *s, kaddr_t start, kaddr_t end)
{
	if (!is_kernel(s, start) || start % s->page_size || end <= start)
		return;
	s->direct = s->direct_base = start;
	s->direct_end = end;
}

kaddr_t space_direct_map_base(const struct space *s)
{
	return s->direct_base;
}

/*
 * The lowest address that is mapped from this one on, within what its entry in the root
 * covers: the first entry in each table.  A table that is there and maps nothing ends it.
 */
static bool first_mapped(struct space *s, kaddr_t va, struct space_leaf *leaf)
{
	const struct tables *t = &s->tables;
	uint64_t table = t->root;
	unsigned int level = t->levels;
	uint64_t i = va >> shift_of(t, level) & ((1ull << bits_of(t, level)) - 1);
	struct table_entry e;

	if (entry_at(s, table, i, level, &e) != DUMP_OK)
		return false;
	while (!e.leaf && --level) {
		table = e.pa;
		for (i = 0; entry_at(s, table, i, level, &e) != DUMP_OK; i++)
			if (i + 1 == 1ull << t->index_bits)
				return false;
		va |= i << shift_of(t, level);
	}
	return space_leaf(s, va, leaf);
}

/*
 * What maps all of memory in one piece maps the root of the tables too, at the same
 * distance.  So does the kernel's image, whose distance is known.
 */
bool space_find_direct_map(struct space *s)
{
	const struct tables *t = &s->tables;
	uint64_t span = 1ull << shift_of(t, t->levels);
	struct space_leaf leaf;
	kaddr_t va, base;
	uint64_t pa;

	for (va = -(1ull << t->va_bits); va; va += span) {
		if (!first_mapped(s, va, &leaf))
			continue;
		base = leaf.start - leaf.pa;
		if (base != t->image_base && space_physical(s, base + t->root, &pa) &&
		    pa == t->root) {
			s->direct_base = base;
			return true;
		}
	}
	return false;
}
