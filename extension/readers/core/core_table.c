// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "core_table.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"

#define BANNER_MAX 512
#define SUFFIX ".layout"

/* ---- is it the one? ------------------------------------------------------------ */

const char *core_banner(struct arena *a, struct space *s, const struct kallsyms *symbols)
{
	char *text = arena_alloc(a, BANNER_MAX + 1);
	kaddr_t at;
	size_t n;

	if (!kallsyms_named(symbols, "linux_banner", &at))
		return NULL;
	for (n = 0; n < BANNER_MAX; n++)
		if (space_read(s, at + n, &text[n], 1) != DUMP_OK ||
		    !isprint((unsigned char)text[n]))
			break;
	text[n] = '\0';
	return text_starts(text, "Linux version ") ? text : NULL;
}

static bool is_it(struct core_table *t, const struct layout_table *found)
{
	const struct kallsyms *symbols = t->symbols;
	struct build_id id;
	const char *banner;

	core_build_id(t->space, symbols, &id);
	if (strcmp(found->release, t->release) != 0 ||
	    build_id_differs(&id, &found->parts.v[0].build_id))
		return false;
	if (!kallsyms_is_all(symbols)) {
		t->joined = core_symbols_join(t->arena, symbols,
					      &found->parts.v[0].symbols, NULL);
		symbols = t->joined;
	}
	banner = symbols ? core_banner(t->arena, t->space, symbols) : NULL;
	return banner && !strcmp(banner, found->banner);
}

/* ---- where to look -------------------------------------------------------------- */

static bool take(struct core_table *t, const struct layout_table *found, const char *path)
{
	if (!found || !is_it(t, found))
		return false;
	t->it = found;
	t->path = path;
	return true;
}

static bool try_file(struct core_table *t, const char *path)
{
	return take(t, layout_table_read(t->arena, path, NULL), path);
}

static bool try_own(struct core_table *t)
{
	return t->own.bytes &&
	       take(t, layout_table_parse(t->arena, t->own.bytes, t->own.size, NULL), "");
}

static bool is_named(const struct core_table *t, const char *name)
{
	size_t n = strlen(name), release = strlen(t->release);

	return n > strlen(SUFFIX) && !strcmp(name + n - strlen(SUFFIX), SUFFIX) &&
	       text_starts(name, t->release) && name[release] == '.';
}

/* The same one whenever several would do. */
static bool look_in(struct core_table *t, const char *folder)
{
	struct dirent **entries;
	bool found = false;
	struct stat st;
	int n, i;

	if (!stat(folder, &st) && S_ISREG(st.st_mode))
		return try_file(t, arena_printf(t->arena, "%s", folder));
	n = scandir(folder, &entries, NULL, alphasort);
	for (i = 0; i < n; i++) {
		if (!found && is_named(t, entries[i]->d_name))
			found = try_file(t, arena_printf(t->arena, "%s/%s", folder,
							 entries[i]->d_name));
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return found;
}

static bool look_in_all(struct core_table *t, const char *folders)
{
	char *list = arena_printf(t->arena, "%s", folders ? folders : ""), *folder;

	while ((folder = strsep(&list, ":")))
		if (*folder && look_in(t, folder))
			return true;
	return false;
}

const char *core_table_cache(struct arena *a)
{
	const char *home = getenv("HOME");

	return home && *home ? arena_printf(a, "%s/.cache/vgpu/layouts", home) : NULL;
}

const struct layout_table *core_table_find(struct core_table *t)
{
	if (t->tried)
		return t->it;
	t->tried = true;
	if (!look_in_all(t, t->folders) && !try_own(t) &&
	    !look_in_all(t, getenv("VGPU_LAYOUTS")) &&
	    !look_in_all(t, "/usr/share/vgpu/layouts"))
		look_in_all(t, core_table_cache(t->arena));
	return t->it;
}
