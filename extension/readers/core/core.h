/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A core file: the pages of physical memory that it holds, and what it says of itself.
 *
 * Every byte of a core may lie.  Counts and sizes from its headers are checked against
 * the size of the file before anything is allocated or read; a page that cannot be had
 * costs that page.
 */
#ifndef VGPU_CORE_H
#define VGPU_CORE_H

#include "base/arena.h"
#include "dump/dump.h"
#include "base/error.h"
#include "page_set.h"
#include "progress.h"
#include "readers/small_note.h"

struct core;

#define CORE_UNPACK_MAX (64ull << 30)

/* Which pages were asked for since the core is open, by what became of it; in its arena. */
struct core_record {
	struct page_set given, excluded, damaged;
};

struct core_request {
	/* One, or all parts of one that makedumpfile --split made, in any order. */
	const char *const *files;
	size_t n;
	uint64_t unpack_max; /* bytes that a packed file may become; 0: CORE_UNPACK_MAX */
	double uptime_s;     /* of a text: see struct dump_text */
	struct progress progress;
	struct core_record *record; /* NULL: nobody wants to know */
};

struct core_about {
	/* "kdump-compressed", "ELF", and how it is kept: "ELF, flattened, packed by gzip" */
	const char *format;
	char machine[66]; /* uname -m, as the headers have it; "": they do not say */
	char release[66]; /* uname -r; "": only vmcoreinfo may say it */
	char version[66];
	unsigned int page_size, page_shift;
	uint64_t max_pfn;    /* no page has this number or a higher one */
	uint64_t file_bytes; /* of all its files together */
	int dump_level;	     /* of makedumpfile -d; -1: not known */
	int64_t crash_time;  /* seconds since the epoch; 0: not known */
	bool vmcoreinfo_found; /* it has no vmcoreinfo note: the kernel's own copy was found */
	bool incomplete;       /* who wrote it says that not all was written */
	const struct dump_small *small; /* NULL: vgpu cut nothing from it */
	struct file_bytes table; /* the layout table that a small core brings along */
};

/* It lives in a, but what core_close() gives back.  NULL and why. */
struct core *core_open(struct arena *a, const struct core_request *request,
		       struct error *why);
void core_close(struct core *c);

const struct core_about *core_about(const struct core *c);

/*
 * One page, whole, which stays until the next call.  DUMP_OK, DUMP_EXCLUDED or DUMP_CUT
 * (there is such memory, and it was left out), DUMP_ABSENT (there is none), DUMP_DAMAGED.
 */
enum dump_err core_page(struct core *c, uint64_t pfn, const unsigned char **page);
/* Bytes at a physical address, across pages; the error is that of the first bad page. */
enum dump_err core_read(struct core *c, uint64_t pa, void *buf, size_t size);
/* What core_page() would say, but whether the page can be inflated. */
enum dump_err core_has(const struct core *c, uint64_t pfn);

/* What it is of runs on: what is asked for from here on is read again. */
void core_forget(struct core *c);

/* All pages that it has, or knows to be damaged: go up to the first from *pfn on. */
bool core_next(const struct core *c, uint64_t *pfn);
/* It is no core but a text, and has no pages; NULL: it is a core. */
const struct dump_text *core_text(const struct core *c);
/* Its notes, as ELF has them; NULL: none. */
const unsigned char *core_notes(const struct core *c, size_t *size);
/* All that vmcoreinfo says; NULL: there is none. */
const char *core_info(const struct core *c);
/*
 * Where it was found in memory, for lack of a note: there may be that of a kernel, too, which
 * ran before the machine was started anew.  The next one; false: there is no other.
 */
bool core_next_info(struct core *c, const struct progress *progress);
/* One that core_info() said before. */
void core_use_info(struct core *c, const char *info);

/*
 * Is what is read from now on written down in the request's record?  At first it is.  Returns
 * whether it was.
 */
bool core_set_recording(struct core *c, bool on);

/* How much was read, for those who measure. */
struct core_counts {
	uint64_t pages;	 /* inflated */
	uint64_t stored; /* bytes, as they are in the file */
	uint64_t hits;	 /* of pages that were still there */
};
const struct core_counts *core_counts(const struct core *c);

/* ---- vmcoreinfo: the kernel's own words for whoever reads its core -------------- */

/* "KEY=", or "KIND(NAME)=" where name is not NULL, as text.  False: it has none. */
bool core_info_text(const struct core *c, const char *kind, const char *name, char *buf,
		    size_t size);
/* SYMBOL() and KERNELOFFSET are hexadecimal, all others decimal and may be negative. */
bool core_info_number(const struct core *c, const char *kind, const char *name,
		      uint64_t *v);
/*
 * The size of arm64's memory sections, log2, where the kernel does not say it yet (before
 * SECTION_SIZE_BITS, 4f5aecdff25f, 5.13); 0: not known.
 */
unsigned int core_section_bits_arm64(const struct core *c);

#endif
