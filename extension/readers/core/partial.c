// SPDX-License-Identifier: GPL-2.0-or-later
#include "partial.h"

#include <string.h>

#include "dump/layout.h"

/* Pages to remember: enough to be sure, few enough to cost nothing. */
#define SEEN_BITS 14
#define SEEN_MAX ((size_t)3 << (SEEN_BITS - 2))

struct partial {
	struct dump *d;
	struct arena *arena;
	enum { NOT_TRIED, FOUND, NOT_FOUND } array;
	struct pages pages;
	unsigned char *page; /* room for a struct page */
	bool looking;	     /* what is read to find out is not looked at */
	uint64_t wrong;	     /* pages */
	uint64_t *seen;	     /* a hash table of pfn * 2 + 1, + 1 more when it is wrong */
	size_t nseen;
};

struct partial *partial_create(struct dump *d, struct arena *a)
{
	struct partial *p = arena_alloc(a, sizeof(*p));

	p->d = d;
	p->arena = a;
	return p;
}

void partial_begin(struct partial *p)
{
	p->looking = false;
}

uint64_t partial_pages(const struct partial *p)
{
	return p->wrong;
}

/* Where this pfn is, or has a place. */
static uint64_t *slot_of(struct partial *p, pfn_t pfn)
{
	size_t mask = ((size_t)1 << SEEN_BITS) - 1;
	size_t i = (size_t)(pfn * 0x9e3779b97f4a7c15ull >> (64 - SEEN_BITS));

	while (p->seen[i] && (p->seen[i] - 1) >> 1 != pfn)
		i = (i + 1) & mask;
	return &p->seen[i];
}

static bool find_array(struct partial *p)
{
	bool found;

	if (p->array == NOT_TRIED) {
		p->seen = arena_alloc(p->arena, sizeof(*p->seen) << SEEN_BITS);
		found = pages_init(&p->pages, p->d, p->arena);
		if (found)
			p->page = arena_alloc(p->arena, p->pages.size);
		if (!dump_interrupted(p->d))
			p->array = found ? FOUND : NOT_FOUND;
	}
	return p->array == FOUND;
}

/* A page behind the first of several is what that one is. */
static enum page_kind kind_of(struct partial *p, pfn_t pfn)
{
	enum page_kind kind;
	kaddr_t head;

	if (page_read(&p->pages, pfn, p->page) != DUMP_OK)
		return PAGE_OTHER;
	kind = page_kind(&p->pages, p->page);
	if (kind != PAGE_TAIL)
		return kind;
	head = load_u64(p->page + p->pages.head_at) & ~1ull;
	if (!page_of_struct(&p->pages, head, &pfn) ||
	    page_read(&p->pages, pfn, p->page) != DUMP_OK)
		return PAGE_OTHER;
	return page_kind(&p->pages, p->page);
}

static bool is_wrong(struct partial *p, pfn_t pfn)
{
	enum page_kind kind = kind_of(p, pfn);

	return kind == PAGE_SLAB || kind == PAGE_LARGE_KMALLOC;
}

/* Is it one that should be there?  Each is counted once. */
static bool look(struct partial *p, pfn_t pfn)
{
	uint64_t *slot;
	bool wrong;

	if (!find_array(p))
		return false;
	slot = slot_of(p, pfn);
	if (*slot)
		return (*slot - 1) & 1;
	if (p->nseen == SEEN_MAX)
		return false;
	wrong = is_wrong(p, pfn);
	if (dump_interrupted(p->d))
		return false;
	*slot = 1 + (pfn << 1) + wrong;
	p->nseen++;
	p->wrong += wrong;
	return wrong;
}

void partial_look(struct partial *p, pfn_t pfn)
{
	struct notes notes = p->d->notes;
	bool wrong;

	if (p->looking)
		return;
	p->looking = true;
	/* What cannot be read meanwhile costs only this question. */
	memset(&p->d->notes, 0, sizeof(notes));
	wrong = look(p, pfn);
	p->d->notes = notes;
	p->looking = false;
	if (wrong)
		dump_note(
			p->d,
			"this core lacks pages of the kernel's own that it should have: "
			"the makedumpfile that wrote it does not know this kernel, so "
			"lists may break off anywhere; dump again with the makedumpfile "
			"of the kernel's own distribution, or with less left out "
			"(makedumpfile -d 1)");
}
