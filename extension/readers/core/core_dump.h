/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * struct dump over a core file alone: its pages, the symbols and types that are in it.
 *
 * The core is opened when the first command asks for it, and stays open.
 */
#ifndef VGPU_CORE_DUMP_H
#define VGPU_CORE_DUMP_H

#include "readers/reader.h"
#include "readers/small_note.h"
#include "space.h"

struct table_place;

struct core_source {
	struct core_request core;
	const char *debug_dirs;	  /* with ':' between them; NULL: none */
	const char *layouts;	  /* folders of layout tables, or tables; the same */
	unsigned int seconds_max; /* that a look may take; 0: as long as it does */
	const char *instead; /* what could not be read, and why this is; NULL: it was */
	const char *
		told; /* "/proc": the text is what the machine we run on tells; or NULL */
	bool live;    /* the file is /proc/kcore of the machine that we run on */
	bool no_cache; /* what files say of types is not kept as a layout table */
	bool no_types; /* its own description of its types is read, and not written down */
};

/* What source refers to must outlive it.  NULL: no memory. */
struct reader *core_reader_create(const struct core_source *source);
/*
 * Write what it knows of its kernel as a layout table.  *written, in a, is where.  False and
 * why.
 */
bool core_reader_export(struct reader *r, struct arena *a,
			const struct table_place *place, const char **written,
			struct error *why);
/* The same as the bytes of such a file, in a. */
bool core_reader_table(struct reader *r, struct arena *a, struct file_bytes *file,
		       struct error *why);
/* What it is made of, for who goes on reading where it has stopped.  It is open. */
struct core_parts {
	struct dump *d;
	struct core *core;
	struct space *space;
};
struct core_parts core_reader_parts(struct reader *r);
/* Keeps what files have said of types as a layout table, where that is wanted. */
void core_reader_destroy(struct reader *r);

#endif
