// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_types.h"

#include <string.h>

#include "base/build_id.h"
#include "core_btf.h"

#define NOTES_MAX 65536

static const struct types_origin from_core = {.kind = "btf"};

/* The kernel's notes are in its read-only data. */
static size_t kernel_build_id(struct arena *a, struct dump *d, unsigned char *to,
			      size_t size)
{
	const unsigned char *id = NULL;
	unsigned char *notes;
	kaddr_t start, end;
	size_t n = 0;

	if (!dump_symbol(d, "__start_notes", &start) ||
	    !dump_symbol(d, "__stop_notes", &end) || end - start > NOTES_MAX)
		return 0;
	notes = arena_alloc(a, end - start);
	if (dump_read(d, start, notes, end - start) == DUMP_OK)
		id = build_id_in(notes, end - start, &n);
	if (!id || n > size)
		return 0;
	memcpy(to, id, n);
	return n;
}

bool core_types_kernel(struct arena *a, struct dump *d, struct types *t,
		       struct module_search *where, struct types_origin *origin,
		       struct error *why)
{
	*origin = from_core;
	if (core_btf_kernel(a, d, t, why))
		return true;
	origin->kind = "dwarf";
	where->nbuild_id =
		kernel_build_id(a, d, where->build_id, sizeof(where->build_id));
	if (kernel_file_find(where, origin->file, sizeof(origin->file)))
		return types_add_dwarf(t, NULL, origin->file, why);
	return error_within(
		why, "the types of this kernel are not known, and its vmlinux with "
		     "debugging information has not been found (--debug-dir DIR "
		     "says where to look)");
}

bool core_types_module(struct arena *a, struct dump *d, struct types *t,
		       const struct module *m, struct module_search *where,
		       struct types_origin *origin, struct error *why)
{
	*origin = from_core;
	if (core_btf_module(a, d, t, m->name, m->addr, why))
		return true;
	origin->kind = "dwarf";
	where->nbuild_id =
		module_build_id(d, m->addr, where->build_id, sizeof(where->build_id));
	return module_file_find(where, m->name, origin->file, sizeof(origin->file)) &&
	       types_add_dwarf(t, m->name, origin->file, why);
}
