/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `vgpu slab` says in the same words as text and as JSON. */
#ifndef VGPU_SLAB_WORDS_H
#define VGPU_SLAB_WORDS_H

#include "facts/slab_whatis.h"
#include "kernel/mm/slab_detail.h"

const char *slab_freeptr_words(const struct slab_detail *x);
/* What the page of the address is; NULL: it has none. */
const char *slab_page_words(const struct slab_whatis *w);
/* What was searched for references; NULL: nothing was. */
const char *slab_search_words(const struct slab_whatis *w);
/* "kmalloc-128 0xffff… +88, sync_file (allocated)", "stack of Xorg, pid 189" */
const char *slab_reference_words(struct arena *a, const struct slab_reference *r);

#endif
