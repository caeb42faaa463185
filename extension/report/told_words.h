/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of a text in the same words on a terminal and in a report that is sent. */
#ifndef VGPU_TOLD_WORDS_H
#define VGPU_TOLD_WORDS_H

#include "triage/verdict.h"

/* "text, 482 lines, the 2nd of 3 boots in it" */
const char *text_is_words(const struct facts *f);
/* "Xorg, pid 243: blocked for more than 10 s (line 32)" */
const char *told_hung_words(const struct facts *f, const struct told_hung *h);
/* "flush_work <- drain_all_pages <- ...": of a stack what is not the scheduler's. */
const char *told_stack_words(const struct facts *f, const struct stack *s, size_t from);
/* "mm_percpu_wq on CPU 1: drain_local_pages_wq, pending; Xorg (243) waits behind it" */
const char *told_work_words(const struct facts *f, const struct told_work *w);
/* "412 objects of 128 bytes, 52 KiB, the first for Xorg, pid 723 (line 9): a <- b" */
const char *told_leak_words(const struct facts *f, const struct leak_told *l);
/* "kmalloc-128: 200 allocated, 12 of them freed, from line 9 on: a <- b" */
const char *told_traced_words(const struct facts *f, const struct slub_stack *s);
/* "kmalloc-128: from 12 to 512 KiB"; of one table: "kmalloc-128: 512 KiB". */
const char *told_growth_words(const struct facts *f, const struct slab_growth *g);
/* Of the first or the last /proc/meminfo. */
const char *told_meminfo_words(const struct facts *f, size_t which);
/* "host-not-consuming, 40 % (possible): ..."; of the i-th that it is like. */
const char *likeness_words(const struct facts *f, const struct verdict *v, size_t i);

#endif
