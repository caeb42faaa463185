/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page array: one struct page for each page frame of memory.
 *
 * It is what finds memory that no list leads to.  With SPARSEMEM it is kept by
 * sections (128 MiB on x86_64), each with an array of its own; with a virtual
 * memory map all of these are parts of one, so neighbours are joined here.
 */
#ifndef VGPU_PAGE_H
#define VGPU_PAGE_H

#include "dump/layout.h"

typedef uint64_t pfn_t; /* a page frame's number */

/* Page frames without a hole between them. */
struct page_run {
	pfn_t first, end; /* the first that is not of it */
	kaddr_t map;	  /* struct page of pfn n is at map + n * size */
};

/* How this kernel marks a kind of page; resolved from debuginfo. */
struct page_mark {
	enum page_mark_how {
		MARK_NONE, /* this kernel has no such mark */
		MARK_FLAG, /* a bit of page.flags */
		MARK_BIT,  /* a bit of page.page_type, which is cleared to set it */
		MARK_BYTE, /* the highest byte of page.page_type */
	} how;
	uint32_t value;
};

enum page_kind {
	PAGE_OTHER,
	PAGE_SLAB,	    /* the first page of a slab */
	PAGE_TAIL,	    /* of a compound page, not its first */
	PAGE_LARGE_KMALLOC, /* its first page; marked since 6.14 only */
	PAGE_BUDDY,	    /* free; the first page of its block */
	PAGE_RESERVED,
	PAGE_COMPOUND, /* the first of another compound page */
};

struct pages {
	struct dump *d;
	VEC(struct page_run) runs; /* ascending, joined */
	/* The same, ascending by where their struct pages are. */
	struct page_part {
		kaddr_t begin, end;
		const struct page_run *run;
	} * parts;
	size_t size;	    /* of struct page */
	unsigned int shift; /* of a page */
	struct page_mark slab, large_kmalloc, buddy, reserved, head;
	size_t flags_at, type_at, head_at; /* members of struct page */
};

/*
 * Find the page array.  False, with a note: this kernel's cannot be found.  The
 * records are taken from a, which must outlive them.
 */
bool pages_init(struct pages *p, struct dump *d, struct arena *a);

/* Does memory have this page frame? */
bool page_exists(const struct pages *p, pfn_t pfn);
/* All page frames there are. */
uint64_t pages_total(const struct pages *p);

/* In the direct map, both ways; false: addr is not of it, or memory has no such page. */
bool page_of_address(const struct pages *p, kaddr_t addr, pfn_t *pfn);
kaddr_t page_address(const struct pages *p, pfn_t pfn);
/* struct page of a page frame that exists, and back; addr anywhere in it. */
kaddr_t page_struct(const struct pages *p, pfn_t pfn);
bool page_of_struct(const struct pages *p, kaddr_t addr, pfn_t *pfn);

/*
 * Go over the whole array in blocks:
 *
 *	pages_begin(&b, &p);
 *	while (pages_next(&b))
 *		for (i = 0; i < b.n; i++)
 *			... b.first + i, page_block_at(&b, i)
 *
 * A block that cannot be read is left out.  One whose pages are not in the dump, or are
 * damaged there, is counted in .excluded (page frames); a hole in the array is none.
 *
 * Of free memory, which the buddy allocator has in blocks of thousands, no more is read than
 * where a block begins and ends: what is left out of it is counted in .passed.
 */
struct page_block {
	const struct pages *p;
	pfn_t first; /* of this block */
	size_t n;
	unsigned char *bytes;
	uint64_t excluded, passed;
	size_t run; /* where to go on */
	pfn_t next;
	size_t step; /* pages to read at once: few after a failure and in free memory */
	unsigned char *last; /* struct page at the end of a free block */
};

void pages_begin(struct page_block *b, const struct pages *p);
bool pages_next(struct page_block *b);
static inline const unsigned char *page_block_at(const struct page_block *b, size_t i)
{
	return b->bytes + i * b->p->size;
}

/* What the bytes of a struct page say that the page is. */
enum page_kind page_kind(const struct pages *p, const unsigned char *page);
bool page_is_slab(const struct pages *p, const unsigned char *page);
/* n bytes of that member of a struct page; false: this kernel's has none, or not so many. */
bool page_member(const struct pages *p, const unsigned char *page, enum layout_id id,
		 size_t n, uint64_t *v);
/* log2 of the pages in the free block whose first one this is; false: it is none. */
bool page_free_order(const struct pages *p, const unsigned char *page,
		     unsigned int *order);
/* One page frame's struct page, p->size bytes of it, into buf. */
enum dump_err page_read(const struct pages *p, pfn_t pfn, void *buf);

#endif
