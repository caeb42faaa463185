/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory that the kernel uses and that is no slab: what a search for references
 * begins from.
 *
 * Not a list of places (data, bss, per-CPU areas, modules, vmalloc, stacks, ...), each
 * with a walk of its own, but the page array: every page frame that is in use, is no
 * slab's, and belongs to no process and no file.  That takes in all of those places,
 * what drivers got from the page allocator, large kmallocs, page tables, and what was
 * set aside at boot, each page once and in the order of the dump; nothing that has no
 * list is forgotten.
 *
 * In use is also what lies behind the first page of a block that was not asked for as a
 * compound page: nobody counts it, but it is on no list of free pages.
 *
 * Parts of it are left out although their pages are in use, since references there are old or
 * there are none:
 *
 *	a sleeping task's stack below its stack pointer
 *	stacks of ended tasks that fork() keeps for the next one
 *	kmemleak's static records, which refer to every object of the boot (its later
 *	ones are in a slab cache, which leak.c leaves out)
 *	the kernel's code and constants, which the linker made (kmemleak leaves them out too)
 *
 * kfree_rcu()'s arrays are not: behind their last record, an old pointer may hide a lost
 * object.
 *
 * The page array itself is read here in any case, but for free memory's, so it is given out
 * as it is read: page->mapping, page->private, memcg_data and page->lru refer to objects too.
 */
#ifndef VGPU_ROOTS_H
#define VGPU_ROOTS_H

#include "page.h"
#include "kernel/sched/task.h"

/* What pages are, in pages. */
struct roots_count {
	uint64_t read; /* roots that were given out */
	/* Roots that makedumpfile left out, or that are damaged: memory, all of them. */
	uint64_t excluded;
	uint64_t slab, user, free;
	uint64_t unknown; /* of which nothing is known: no struct page in the dump */
};

struct roots {
	const struct pages *pages;
	/* A block of memory, aligned to words. */
	void (*block)(void *arg, const unsigned char *bytes, size_t size);
	/* A struct page. */
	void (*page)(void *arg, const unsigned char *bytes, size_t size);
	/* Does the caller read this slab's first page itself?  False: it is a root. */
	bool (*is_slab)(void *arg, pfn_t pfn);
	void (*progress)(void *arg, uint64_t done,
			 uint64_t all); /* page frames; or NULL */
	void *arg;
	struct roots_count count;
};

/* All but .count is the caller's.  Stops early after Ctrl-C. */
void roots_read(struct roots *r, const struct tasks *tasks);

#endif
