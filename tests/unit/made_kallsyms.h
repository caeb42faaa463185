/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kallsyms' tables in made memory (made_memory.h), as each release writes them. */
#ifndef VGPU_MADE_KALLSYMS_H
#define VGPU_MADE_KALLSYMS_H

#include "made_tables.h"

enum made_addresses {
	MADE_PERCPU_ABSOLUTE,
	MADE_RELATIVE,
	MADE_FROM_PLACE,
	MADE_ADDRESSES
};

struct made_format {
	const char *release;
	const char *machine;
	size_t align, marker; /* bytes */
	enum made_addresses addresses;
	bool two_bytes;		    /* of a length above 127 */
	bool numbers_before_tokens; /* 6.2 and 6.3 */
	bool names_first;	    /* since 6.4 */
	bool in_vmcoreinfo;	    /* since 6.0 */
	size_t shift; /* bytes more of tokens: to have the index elsewhere */
};

/* Each way in which a release has written them. */
#define MADE_FORMATS 13
extern const struct made_format made_formats[MADE_FORMATS];
/* One of them. */
const struct made_format *made_format(const char *release);

struct made_symbol {
	uint64_t addr;
	char type;
	const char *name;
};

/* Where the parts of a made kernel are, from its image on. */
#define MADE_TEXT 0x1000000ull	 /* 2 MiB of it */
#define MADE_RODATA 0x1203000ull /* before it is what was freed */
#define MADE_BANNER (MADE_RODATA + 0x10)

struct made_kallsyms {
	struct made *m;
	struct made_tables t;
	kaddr_t image;
	uint64_t base; /* of the image: address - physical address */
	/* Addresses of the tables. */
	kaddr_t num, names, markers, tokens, index, offsets, relative_base, end;
};

/* The symbols as they are given: a kernel has them by address. */
void made_kallsyms(struct made_kallsyms *k, const struct made_format *f,
		   const struct made_symbol *symbols, size_t n);
/* The image's address for that machine. */
kaddr_t made_image(const char *machine);
/* Into the kernel's image. */
void made_put_at(struct made_kallsyms *k, kaddr_t va, const void *bytes, size_t size);

#endif
