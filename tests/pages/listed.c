// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The program, which also lists the pages that it needed: their numbers, 64 bits each, in
 * the order in which it read them first, in the file that $VGPU_PAGES names.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"
#include "pages.h"

#define BITS 64

static uint64_t *seen; /* a bit for each page */
static size_t nseen;   /* words */
static FILE *list;

static void grow(size_t words)
{
	seen = realloc(seen, words * sizeof(*seen));
	if (!seen)
		abort();
	for (; nseen < words; nseen++)
		seen[nseen] = 0;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): others change it */
static enum dump_err write_down(uint64_t pfn, unsigned char *page, size_t size)
{
	uint64_t bit = 1ull << (pfn % BITS);

	(void)page;
	(void)size;
	if (pfn / BITS >= nseen)
		grow(pfn / BITS + 1024);
	if (!(seen[pfn / BITS] & bit))
		fwrite(&pfn, sizeof(pfn), 1, list);
	seen[pfn / BITS] |= bit;
	return DUMP_OK;
}

static void __attribute__((constructor)) begin(void)
{
	const char *name = getenv("VGPU_PAGES");

	list = name ? fopen(name, "w") : NULL;
	if (list)
		page_passes = write_down;
}

static void __attribute__((destructor)) end(void)
{
	if (list)
		fclose(list);
}
