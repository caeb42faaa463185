/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a small core says of itself, in an ELF note of that name:
 *
 *	vgpu-small 1
 *	level triage
 *	blank			names and the log were taken out
 *	no-types		the kernel's description of its types was left out
 *	pages 28997		of the core that it was cut from
 *	excluded 1a-1c 2f	page frames that it was read for, and that one did not have
 *	damaged 31
 *
 * All others that it does not have were cut: so each command can say why it has no answer.
 *
 * In a second note is the layout table of its kernel: a file as layout_table.h has it.
 */
#ifndef VGPU_SMALL_NOTE_H
#define VGPU_SMALL_NOTE_H

#include <stdio.h>

#include "dump/dump.h"

#define SMALL_NOTE "VGPU"
#define SMALL_NOTE_TYPE 1
#define SMALL_TABLE_TYPE 2

/* What a file would hold. */
struct file_bytes {
	const unsigned char *bytes; /* NULL: there is none */
	size_t size;
};

struct pfn_range {
	uint64_t first, end; /* the first that is not of it */
};

struct pfn_ranges {
	VEC(struct pfn_range) all; /* ascending */
};

struct small_note {
	struct dump_small small;
	struct pfn_ranges excluded, damaged;
	struct file_bytes table;
};

/* Among these notes, of which its table is part.  False: there is none.  In a. */
bool small_note_find(struct arena *a, const unsigned char *notes, size_t size,
		     struct small_note *note);
/* The same of a core's file, where it is a kdump-compressed one as it was written. */
bool small_note_of_file(struct arena *a, const char *path, struct small_note *note);
/* These notes, with this one in place of any before.  False: no memory for it. */
bool small_note_write(FILE *out, const unsigned char *notes, size_t size,
		      const struct small_note *note);

/* pfn is behind all that are there. */
void pfn_ranges_add(struct arena *a, struct pfn_ranges *ranges, uint64_t pfn);
/* Why a page frame that memory has is not in the small core. */
enum dump_err small_note_why(const struct small_note *note, uint64_t pfn);

#endif
