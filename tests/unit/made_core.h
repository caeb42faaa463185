/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cores made by hand: what makedumpfile, QEMU and the kernel write, from a description.
 * The bytes can be damaged before they become a file.
 */
#ifndef VGPU_MADE_CORE_H
#define VGPU_MADE_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "readers/core/inflate.h"
#include "readers/kdump.h"

struct bytes {
	unsigned char *v;
	size_t n;
};

struct made_page {
	uint64_t pfn;
	unsigned int packing;
	bool left_out;	  /* there is such memory, and it is not in the core */
	const char *text; /* in the page at a place, over what made_fill() has there */
	size_t at;
};

/* What is 0 or NULL is as most cores have it. */
struct made_core {
	unsigned int version;	/* of kdump; 6 */
	unsigned int page_size; /* 4096 */
	uint64_t max_pfn;	/* 64 */
	const struct made_page *pages;
	size_t n;
	const char *machine; /* "x86_64" */
	const char *vmcoreinfo;
	struct bytes notes;
	unsigned int status;
	bool one_bitmap;
	bool split;
	uint64_t start, end; /* of a part */
};

/* What a page holds, unless it has a text: never zeros. */
void made_fill(uint64_t pfn, unsigned char *page, size_t size);
void made_page(const struct made_core *m, const struct made_page *p, unsigned char *page);

struct bytes made_kdump(const struct made_core *m);
/* The header of a made kdump core, to be damaged. */
struct kdump_header *made_header(struct bytes b);
struct kdump_sub_header *made_sub_header(struct bytes b);
struct kdump_page *made_descriptor(const struct made_core *m, struct bytes b, size_t i);

struct made_segment {
	uint64_t pa, filesz, memsz;
	unsigned char fill; /* of all its bytes; 0: by made_fill() of each page */
};
struct made_elf {
	unsigned int type, machine, flags; /* ET_CORE, EM_X86_64 */
	bool many;			   /* counted as PN_XNUM has it */
	const struct made_segment *segments;
	size_t n;
	struct bytes notes;
};
struct bytes made_elf(const struct made_elf *m);

/* One note behind others. */
void made_note(struct bytes *notes, const char *name, unsigned int type, const void *desc,
	       size_t size);

/* Flattened: records are put behind the header one by one, then the end. */
struct bytes made_flattened(void);
void made_record(struct bytes *b, uint64_t at, const void *bytes, size_t size);
void made_record_end(struct bytes *b);

void bytes_add(struct bytes *b, const void *v, size_t n);
void bytes_free(struct bytes *b);
struct bytes bytes_copy(struct bytes b);

/* A file in a folder of the test's, until made_core_remove(); the name stays as long. */
const char *made_folder(void);
const char *made_file(const char *name, struct bytes b);
void made_core_remove(void);

#endif
