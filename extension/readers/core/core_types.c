// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_types.h"

#include <stdio.h>
#include <string.h>

#include "base/build_id.h"
#include "core_btf.h"

static const struct types_origin from_core = {.kind = "btf"};

static const struct layout_table *find_table(struct core_table *table,
					     struct types_origin *origin)
{
	const struct layout_table *t = table ? core_table_find(table) : NULL;

	origin->kind = "table";
	snprintf(origin->file, sizeof(origin->file), "%s", t ? table->path : "");
	return t;
}

bool core_types_kernel(struct arena *a, struct dump *d, struct types *t,
		       const struct module_search *where, struct core_table *table,
		       struct types_origin *origin, struct error *why)
{
	const struct layout_table *found;
	struct error btf;

	*origin = from_core;
	if (core_btf_kernel(a, d, t, &btf))
		return true;
	origin->kind = "dwarf";
	if (kernel_file_find(where, origin->file, sizeof(origin->file)))
		return types_add_dwarf(t, NULL, origin->file, why);
	found = find_table(table, origin);
	if (found) {
		types_add_table(t, NULL, &found->parts.v[0]);
		return true;
	}
	return error_set(why,
			 "the types of this kernel are not known: %s. Its vmlinux with "
			 "debugging information (--debug-dir DIR says where to look) and "
			 "a layout table (--layouts) have them too, and neither has been "
			 "found",
			 btf.text);
}

/* The kernel's own word is better than a table's: where they differ, it is of another. */
static bool is_trusted(const struct layout_table *found, const struct types *t)
{
	struct type_source *s = NULL;

	while ((s = types_next(t, s)))
		if (!s->module && !table_agrees(&found->parts.v[0], s))
			return false;
	return true;
}

static bool add_module_table(struct types *t, const struct module *m,
			     const struct module_search *where, struct core_table *table,
			     struct types_origin *origin)
{
	const struct layout_table *found = find_table(table, origin);
	const struct table_part *part = found ? layout_table_module(found, m->name)
					      : NULL;
	struct build_id id = {.n = where->nbuild_id};

	memcpy(id.bytes, where->build_id, id.n);
	if (!part || build_id_differs(&id, &part->build_id) || !is_trusted(found, t))
		return false;
	types_add_table(t, m->name, part);
	return true;
}

bool core_types_module(struct arena *a, struct dump *d, struct types *t,
		       const struct module *m, struct module_search *where,
		       struct core_table *table, struct types_origin *origin,
		       struct error *why)
{
	*origin = from_core;
	if (core_btf_module(a, d, t, m->name, m->addr, why))
		return true;
	origin->kind = "dwarf";
	where->nbuild_id =
		module_build_id(d, m->addr, where->build_id, sizeof(where->build_id));
	if (module_file_find(where, m->name, origin->file, sizeof(origin->file)) &&
	    types_add_dwarf(t, m->name, origin->file, why))
		return true;
	return add_module_table(t, m, where, table, origin);
}
