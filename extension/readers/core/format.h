/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A core as those see it who read one: core.c opens it by what its file begins with,
 * and asks the format for pages.
 *
 * To add a format: a file that fills c->about, c->notes and c->vmcoreinfo as far as the
 * headers have them, and returns its struct core_format; and a row in core.c's table.
 */
#ifndef VGPU_CORE_FORMAT_H
#define VGPU_CORE_FORMAT_H

#include "core.h"
#include "file.h"

struct core_format {
	bool pages_by_vmcoreinfo; /* the headers do not say how large a page is */
	enum dump_err (*has)(void *state, uint64_t pfn);
	/* Into room for a whole one; stored: grows by what it takes in the file. */
	enum dump_err (*page)(void *state, uint64_t pfn, unsigned char *to,
			      uint64_t *stored);
	/* Go up to the first page from *pfn on that is in the file; false: no more. */
	bool (*next)(void *state, uint64_t *pfn);
	void (*close)(void *state); /* NULL: there is nothing to give back */
};

struct core {
	struct arena *arena;
	struct core_about about;
	const struct core_format *format;
	void *state;
	struct file *files;
	size_t n;
	unsigned char *notes;
	size_t notes_size;
	char *vmcoreinfo;	 /* NULL: none */
	uint64_t vmcoreinfo_pfn; /* of the page that it was found in */
	struct dump_text *text;	 /* it is no core but this; NULL: it is one */
	struct page_cache *cache;
	struct core_counts counts;
	struct core_record *record; /* NULL: nobody wants to know */
	bool record_paused;
};

#define PAGE_SHIFT_MIN 12
#define PAGE_SHIFT_MAX 16
/* Larger than any machine: what has a place for each page has an end. */
#define PHYSICAL_BITS_MAX 48
#define PFN_MAX (1ull << (PHYSICAL_BITS_MAX - PAGE_SHIFT_MIN))

/* A power of two that some kernel has pages of. */
bool page_size_is_sane(uint64_t size);
void core_set_page_size(struct core *c, unsigned int size);
/* Bytes of a file with a NUL behind them, in the core's arena; NULL: it has none such. */
unsigned char *core_copy(struct core *c, struct file *f, uint64_t at, uint64_t size,
			 uint64_t max);

/* NULL and why. */
const struct core_format *kdump_open(struct core *c, const struct progress *progress,
				     struct error *why);
const struct core_format *elf_open(struct core *c, const struct progress *progress,
				   struct error *why);

#endif
