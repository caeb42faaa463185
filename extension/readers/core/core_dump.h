/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * struct dump over a core file alone: its pages, the symbols and types that are in it.
 *
 * The core is opened when the first command asks for it, and stays open.
 */
#ifndef VGPU_CORE_DUMP_H
#define VGPU_CORE_DUMP_H

#include "core.h"
#include "readers/reader.h"

struct core_source {
	struct core_request core;
	const char *debug_dirs; /* with ':' between them; NULL: none */
};

/* What source refers to must outlive it.  NULL: no memory. */
struct reader *core_reader_create(const struct core_source *source);
void core_reader_destroy(struct reader *r);

#endif
