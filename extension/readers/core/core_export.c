// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_export.h"

#include <string.h>
#include <sys/stat.h>

/* Whose types are asked for by all that looks at a GPU. */
static const char *const gpu_modules[] = {"virtio_gpu", "virtio_ring"};

static struct layout_table *begin_table(const struct core_export *x)
{
	struct arena *a = x->d->arena;
	struct build_id id;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(gpu_modules); i++)
		dump_load_module(x->d, gpu_modules[i], NULL);
	core_build_id(x->space, x->symbols, &id);
	return table_create(a, core_banner(a, x->space, x->symbols), &id);
}

static void add_symbols(const struct core_export *x, struct layout_table *t)
{
	struct arena *a = x->d->arena;
	struct symtab all = {.banner = NULL};
	struct kallsyms_symbol s;
	size_t i;

	for (i = 0; kallsyms_get(x->symbols, i, &s); i++) {
		s.name = arena_printf(a, "%s", s.name);
		*vec_push(a, &all.all) = (struct symtab_symbol){s, NULL};
	}
	table_take_symbols(a, &t->parts.v[0], &all);
}

static void add_module(const struct core_export *x, struct layout_table *t,
		       const struct module *m)
{
	struct symtab symbols = {.banner = NULL};
	struct table_part *part;

	if (!(x->symtab && x->symtab(x->d, m, &symbols)) &&
	    !types_have(x->types, m->name))
		return;
	part = table_part(x->d->arena, t, m->name);
	if (!part)
		return;
	part->build_id.n = module_build_id(x->d, m->addr, part->build_id.bytes,
					   sizeof(part->build_id.bytes));
	table_take_symbols(x->d->arena, part, &symbols);
}

static void fill_table(const struct core_export *x, struct layout_table *t)
{
	const struct modules *modules = module_symbols_modules(x->modules);
	size_t i;

	table_take_types(x->d->arena, t, x->types);
	if (x->symtab)
		add_symbols(x, t);
	for (i = 0; i < modules->all.n; i++)
		add_module(x, t, &modules->all.v[i]);
}

static struct layout_table *whole_table(const struct core_export *x, struct error *why)
{
	struct layout_table *t = begin_table(x);

	if (t)
		fill_table(x, t);
	else
		error_set(why, "the banner of its kernel cannot be read");
	return t;
}

bool core_export(const struct core_export *x, const struct table_place *place,
		 const char **written, struct error *why)
{
	const struct layout_table *t = whole_table(x, why);

	return t && table_put(x->d->arena, t, place, written, why);
}

bool core_export_bytes(const struct core_export *x, struct file_bytes *file,
		       struct error *why)
{
	const struct layout_table *t = whole_table(x, why);

	file->bytes = t ? layout_table_pack(x->d->arena, t, &file->size, why) : NULL;
	return file->bytes;
}

static void make_folders(struct arena *a, const char *path)
{
	const char *slash = path;

	while ((slash = strchr(slash + 1, '/')))
		mkdir(arena_printf(a, "%.*s", (int)(slash - path), path), 0700);
	mkdir(path, 0700);
}

/* Of modules those count whose types are known, be it now or only then. */
static bool is_complete(const struct core_export *x, const struct layout_table *old)
{
	size_t i;

	if (old->spellings != layout_table_spellings())
		return false;
	for (i = 0; i < ARRAY_SIZE(gpu_modules); i++)
		if (types_have(x->types, gpu_modules[i]) &&
		    !layout_table_module(old, gpu_modules[i]))
			return false;
	return true;
}

void core_export_keep(const struct core_export *x)
{
	struct arena *a = x->d->arena;
	const char *folder = core_table_cache(a), *path;
	struct layout_table *t = folder ? begin_table(x) : NULL;
	const struct layout_table *old;

	if (!t)
		return;
	path = arena_printf(a, "%s/%s", folder, layout_table_name(a, t));
	old = layout_table_read(a, path, NULL);
	if (old && is_complete(x, old))
		return;
	fill_table(x, t);
	make_folders(a, folder);
	if (!dump_interrupted(x->d))
		layout_table_write(a, t, path, NULL);
}
