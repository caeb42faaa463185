/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages that are not in a core and should be.
 *
 * makedumpfile tells the kernel's pages from a user's by how the kernel marks them.  One
 * that does not know this kernel's marks leaves out pages that it was to keep, so that
 * tasks, queues and modules break off.  The page array tells: a page that was left out
 * though its struct page says that it is a slab's, or a large kmalloc()'s.
 */
#ifndef VGPU_CORE_PARTIAL_H
#define VGPU_CORE_PARTIAL_H

#include "kernel/mm/page.h"

struct partial;

/* Of d.  In a, as all that is kept later. */
struct partial *partial_create(struct dump *d, struct arena *a);
/* A command begins: the one before it may have run out of memory while it looked. */
void partial_begin(struct partial *p);
/* A read failed, since this page frame is excluded.  The first that is wrong is noted. */
void partial_look(struct partial *p, pfn_t pfn);
/* Pages that should be there, of those that were looked at. */
uint64_t partial_pages(const struct partial *p);

#endif
