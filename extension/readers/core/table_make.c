// SPDX-License-Identifier: GPL-2.0-or-later
#include "table_make.h"

#include <ctype.h>
#include <string.h>
#include <sys/stat.h>

#include "base/new_file.h"
#include "base/text.h"

/* ---- of what is known --------------------------------------------------------- */

struct layout_table *table_create(struct arena *a, const char *banner,
				  const struct build_id *id)
{
	static const char words[] = "Linux version ";
	struct layout_table *t;
	const char *release;
	size_t n;

	if (!banner || !text_starts(banner, words))
		return NULL;
	release = banner + strlen(words);
	n = strcspn(release, " ");
	/* Files are named after it. */
	if (!n || *release == '.' || memchr(release, '/', n))
		return NULL;
	t = arena_alloc(a, sizeof(*t));
	t->release = arena_printf(a, "%.*s", (int)n, release);
	t->banner = arena_printf(a, "%s", banner);
	vec_push(a, &t->parts)->build_id = *id;
	return t;
}

struct table_part *table_part(struct arena *a, struct layout_table *t, const char *module)
{
	struct table_part *part;
	size_t i;

	if (module && !text_is_word(module))
		return NULL;
	for (i = module ? 1 : 0; i < t->parts.n; i++)
		if (!module || !strcmp(t->parts.v[i].module, module))
			return &t->parts.v[i];
	part = vec_push(a, &t->parts);
	part->module = arena_printf(a, "%s", module);
	return part;
}

void table_take_types(struct arena *a, struct layout_table *t, const struct types *types)
{
	struct type_source *s = NULL;
	struct table_part *part;

	while ((s = types_next(types, s)))
		if (!s->module)
			table_take(a, &t->parts.v[0], s, NULL);
	while ((s = types_next(types, s))) {
		part = s->module ? table_part(a, t, s->module) : NULL;
		if (part)
			table_take(a, part, s, &t->parts.v[0]);
	}
}

/* A line of the table is words: a core may have any bytes there. */
static bool can_be_written(const struct symtab_symbol *s)
{
	return isalpha((unsigned char)s->it.type) && text_is_word(s->it.name) &&
	       (!s->section || text_is_word(s->section));
}

static bool is_wanted(const struct kallsyms_symbol *s)
{
	/* By these the others are placed. */
	return (s->type != 't' && s->type != 'T') || !strcmp(s->name, "_text") ||
	       !strcmp(s->name, "_stext");
}

void table_take_symbols(struct arena *a, struct table_part *part,
			const struct symtab *symbols)
{
	size_t i;

	for (i = 0; i < symbols->all.n; i++)
		if (is_wanted(&symbols->all.v[i].it) &&
		    can_be_written(&symbols->all.v[i]))
			*vec_push(a, &part->symbols.all) = symbols->all.v[i];
}

/* ---- of files ----------------------------------------------------------------- */

/* "virtio-gpu.ko.debug" is of the module virtio_gpu.  NULL: a module's is named .ko. */
static const char *module_of_file(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *end = strstr(name, ".ko");
	char *module, *p;

	if (!end || end == name)
		return NULL;
	module = arena_printf(a, "%.*s", (int)(end - name), name);
	for (p = module; *p; p++)
		if (*p == '-')
			*p = '_';
	return module;
}

static bool add_module(struct arena *a, struct layout_table *t, struct types *types,
		       const char *path, bool has_functions, struct error *why)
{
	const char *module = module_of_file(a, path);
	struct symtab symbols = {.banner = NULL};
	struct table_part *part;

	if (!module || !text_is_word(module))
		return error_set(why, "%s: a module's file is named NAME.ko", path);
	if (!types_add_dwarf(types, module, path, why) ||
	    !symtab_read(a, path, &symbols, why))
		return false;
	part = table_part(a, t, module);
	part->build_id = symbols.build_id;
	if (has_functions)
		table_take_symbols(a, part, &symbols);
	return true;
}

static bool add_files(struct arena *a, struct layout_table *t, struct types *types,
		      const char *const *files, size_t n, struct symtab *kernel,
		      struct error *why)
{
	size_t i;

	if (!types_add_dwarf(types, NULL, files[0], why))
		return false;
	for (i = 1; i < n; i++)
		if (!add_module(a, t, types, files[i], kernel->has_functions, why))
			return false;
	table_take_types(a, t, types);
	if (!t->parts.v[0].rows.n)
		return error_set(why, "%s: it has no debugging information", files[0]);
	if (kernel->has_functions)
		table_take_symbols(a, &t->parts.v[0], kernel);
	return true;
}

struct layout_table *table_of_files(struct arena *a, const char *const *files, size_t n,
				    struct error *why)
{
	struct symtab kernel = {.banner = NULL};
	struct layout_table *t;
	struct types *types;
	bool ok;

	if (!symtab_read(a, files[0], &kernel, why))
		return NULL;
	t = table_create(a, kernel.banner, &kernel.build_id);
	if (!t) {
		error_set(why, "%s: it is no vmlinux: it does not say of which kernel",
			  files[0]);
		return NULL;
	}
	types = types_create(a);
	ok = add_files(a, t, types, files, n, &kernel, why);
	types_destroy(types);
	return ok ? t : NULL;
}

bool table_put(struct arena *a, const struct layout_table *t,
	       const struct table_place *place, const char **written, struct error *why)
{
	const char *path = place->path;
	struct stat st;

	if (!stat(path, &st) && S_ISDIR(st.st_mode))
		path = arena_printf(a, "%s/%s", path, layout_table_name(a, t));
	if (new_file_is_among(path, place->inputs, place->ninputs))
		return error_set(why, "%s is in use here: it is not written over", path);
	*written = path;
	return layout_table_write(a, t, path, why);
}
