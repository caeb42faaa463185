/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between a core and whoever reads it: sees every page that is made whole, and may change
 * it.  Linked with the reader of cores and -Wl,--wrap=core_open.
 */
#ifndef TESTS_PAGES_H
#define TESTS_PAGES_H

#include <stddef.h>

#include "readers/core/core.h"

/* What becomes of a page that was read; NULL: nothing. */
extern enum dump_err (*page_passes)(uint64_t pfn, unsigned char *page, size_t size);

/* A page as the core has it. */
enum dump_err page_as_it_is(uint64_t pfn, unsigned char *page);
/* No page has this number or a higher one. */
uint64_t pages_end(void);
/* Whatever the reader kept of pages will be read again. */
void pages_forget(void);

#endif
