// SPDX-License-Identifier: GPL-2.0-or-later
/* core_table.c: where the layout table of a core's kernel is found. */
#define _GNU_SOURCE
#include "test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "made_kallsyms.h"
#include "readers/core/core_table.h"
#include "readers/core/table_make.h"
#include "scratch.h"

#define BANNER "Linux version 5.10.0-32-arm64 (builder) #1 SMP Debian"
#define ID "7b04272cd589e762"

struct given {
	struct made_kallsyms k;
	struct arena a;
	struct error why;
	struct core_table table;
};

static int begin(void **state)
{
	static struct given g;

	memset(&g, 0, sizeof(g));
	setenv("HOME", "/nonexistent", 1);
	unsetenv("VGPU_LAYOUTS");
	*state = &g;
	return 0;
}

static int end(void **state)
{
	struct given *g = *state;

	made_destroy(g->k.m);
	arena_free(&g->a);
	return 0;
}

/* ---- a core --------------------------------------------------------------------- */

static kaddr_t text(void)
{
	return made_image("x86_64") + MADE_TEXT;
}

/* Which keeps all symbols, or functions only. */
static void make_core(struct given *g, bool all)
{
	static char names[600][16];
	struct made_symbol symbols[605] = {{text(), 'T', "_stext"}};
	size_t i, n = 1;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(names[i], sizeof(names[i]), "function_%zu", i);
		symbols[n++] = (struct made_symbol){text() + 64 * (i + 1), 'T', names[i]};
	}
	if (all)
		symbols[n++] = (struct made_symbol){made_image("x86_64") + MADE_BANNER,
						    'D', "linux_banner"};
	made_kallsyms(&g->k, made_format("5.10"), symbols, n);
	made_put_at(&g->k, g->k.image + MADE_BANNER, BANNER "\n", sizeof(BANNER "\n"));
	made_info(g->k.m, "BUILD-ID=%s", ID);
}

static const struct layout_table *find(struct given *g, const char *folders)
{
	struct space *s = space_open(&g->a, made_open(g->k.m), &g->why);
	struct kallsyms *symbols = kallsyms_read(&g->a, s, &g->why);

	if (!symbols)
		fail_msg("%s", g->why.text);
	g->table = (struct core_table){.arena = &g->a,
				       .space = s,
				       .folders = folders,
				       .release = "5.10.0-32-arm64",
				       .symbols = symbols};
	return core_table_find(&g->table);
}

/* ---- tables ---------------------------------------------------------------------- */

static struct layout_table *table_of(struct given *g, const char *banner, const char *id)
{
	struct build_id bytes = {.n = 0};

	bytes.n = build_id_parse(id, bytes.bytes, sizeof(bytes.bytes));
	return table_create(&g->a, banner, &bytes);
}

/* Its banner's place, as far from _stext. */
static void add_symbols(struct given *g, struct layout_table *t, uint64_t banner)
{
	struct symtab *s = &t->parts.v[0].symbols;

	*vec_push(&g->a, &s->all) =
		(struct symtab_symbol){{1ull << 63, "_stext", 'T'}, NULL};
	*vec_push(&g->a, &s->all) =
		(struct symtab_symbol){{(1ull << 63) + banner, "linux_banner", 'D'},
				       NULL};
}

static const char *folder(struct given *g, const char *name)
{
	const char *path = arena_printf(&g->a, "%s/%s", scratch, name);

	mkdir(path, 0700);
	return path;
}

static void put(struct given *g, const struct layout_table *t, const char *path)
{
	const struct table_place place = {.path = path};
	const char *written;

	if (!table_put(&g->a, t, &place, &written, &g->why))
		fail_msg("%s", g->why.text);
}

/* ---- found ------------------------------------------------------------------------- */

static void in_each_place_where_tables_lie(void **state)
{
	struct given *g = *state;
	const char *a = folder(g, "a"), *home = folder(g, "home"), *folders;

	make_core(g, true);
	put(g, table_of(g, BANNER, ID), a);
	folders = arena_printf(&g->a, "%s:%s", folder(g, "empty"), a);
	assert_non_null(find(g, folders));
	assert_null(g->table.joined);
	assert_non_null(strstr(g->table.path, "/a/5.10.0-32-arm64.7b04272cd589.layout"));
	/* By its file's own name, whatever that is. */
	put(g, table_of(g, BANNER, ID), arena_printf(&g->a, "%s/any", scratch));
	assert_non_null(find(g, arena_printf(&g->a, "%s/any", scratch)));

	assert_null(find(g, NULL));
	setenv("VGPU_LAYOUTS", folders, 1);
	assert_non_null(find(g, ""));
	unsetenv("VGPU_LAYOUTS");
	setenv("HOME", home, 1);
	assert_null(find(g, NULL));
	folder(g, "home/.cache");
	folder(g, "home/.cache/vgpu");
	put(g, table_of(g, BANNER, ID), folder(g, "home/.cache/vgpu/layouts"));
	assert_non_null(find(g, NULL));
	unsetenv("HOME");
	assert_null(find(g, NULL));
}

/* What a small core brings along is its own, but for what the user names. */
static void in_the_core(void **state)
{
	struct given *g = *state;
	const struct layout_table *named;
	struct file_bytes own;
	size_t i;

	make_core(g, true);
	own.bytes = layout_table_pack(&g->a, table_of(g, BANNER, ID), &own.size, &g->why);
	assert_non_null(own.bytes);
	assert_null(find(g, NULL));
	g->table.tried = false;
	g->table.own = own;
	assert_non_null(core_table_find(&g->table));
	assert_string_equal(g->table.path, "");

	put(g, table_of(g, BANNER, ID), folder(g, "user"));
	named = find(g, folder(g, "user"));
	assert_non_null(named);
	g->table.tried = false;
	g->table.own = own;
	assert_non_null(core_table_find(&g->table));
	assert_non_null(strstr(g->table.path, "/user/"));

	/* It lies: half of it, or of another kernel. */
	g->table.folders = NULL;
	for (i = 0; i < 2; i++) {
		g->table.it = NULL;
		g->table.tried = false;
		g->table.own.size /= 2;
		if (i)
			g->table.own.bytes =
				layout_table_pack(&g->a,
						  table_of(g, BANNER, "7b04272cd589e763"),
						  &g->table.own.size, &g->why);
		assert_null(core_table_find(&g->table));
	}
}

static void it_is_looked_for_once(void **state)
{
	struct given *g = *state;
	const char *path = folder(g, "once");

	make_core(g, true);
	assert_null(find(g, path));
	put(g, table_of(g, BANNER, ID), path);
	assert_null(core_table_find(&g->table));
	assert_non_null(find(g, path));
}

static void by_its_build(void **state)
{
	static const struct {
		const char *banner, *id;
		bool found;
	} builds[] = {
		{BANNER, ID, true},
		{BANNER, "", true},
		{BANNER, "7b04272cd589e763", false},
		{BANNER, "7b04", false},
		{"Linux version 5.10.0-32-arm64 (builder) #2 SMP Debian", ID, false},
		{"Linux version 5.10.0-32-arm64 (builder) #2 SMP Debian", "", false},
		{"Linux version 5.10.0-31-arm64 (builder) #1 SMP Debian", ID, false},
	};
	struct given *g = *state;
	const char *path = arena_printf(&g->a, "%s/t", scratch);
	size_t i;

	make_core(g, true);
	for (i = 0; i < ARRAY_SIZE(builds); i++) {
		put(g, table_of(g, builds[i].banner, builds[i].id), path);
		assert_int_equal(find(g, path) != NULL, builds[i].found);
	}
}

/* Others, and what is no table, are passed over. */
static void among_others(void **state)
{
	struct given *g = *state;
	const char *path = folder(g, "many");
	FILE *f;

	make_core(g, true);
	f = fopen(arena_printf(&g->a, "%s/5.10.0-32-arm64.0.layout", path), "w");
	assert_non_null(f);
	assert_int_equal(fclose(f), 0);
	folder(g, "many/5.10.0-32-arm64.1.layout");
	put(g, table_of(g, BANNER, "00"), path);
	put(g, table_of(g, BANNER, ID), path);
	assert_non_null(find(g, path));
	/* In a folder only what is named after the release. */
	path = folder(g, "named");
	put(g, table_of(g, BANNER, ID), arena_printf(&g->a, "%s/other.layout", path));
	put(g, table_of(g, BANNER, ID),
	    arena_printf(&g->a, "%s/5.10.0-32-arm64x.layout", path));
	put(g, table_of(g, BANNER, ID),
	    arena_printf(&g->a, "%s/5.10.0-32-arm64.gz", path));
	assert_null(find(g, path));
}

static void with_the_symbols_that_the_core_lacks(void **state)
{
	struct given *g = *state;
	const char *path = arena_printf(&g->a, "%s/s", scratch);
	struct layout_table *t = table_of(g, BANNER, "");
	kaddr_t addr;

	make_core(g, false);
	put(g, t, path);
	assert_null(find(g, path));
	add_symbols(g, t, MADE_BANNER - MADE_TEXT);
	put(g, t, path);
	assert_non_null(find(g, path));
	assert_non_null(g->table.joined);
	assert_true(kallsyms_named(g->table.joined, "linux_banner", &addr));
	assert_int_equal(addr, g->k.image + MADE_BANNER);
	assert_true(kallsyms_named(g->table.joined, "function_7", &addr));
	/* Whose banner is elsewhere. */
	t = table_of(g, BANNER, "");
	add_symbols(g, t, MADE_BANNER - MADE_TEXT + 8);
	put(g, t, path);
	assert_null(find(g, path));
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(in_each_place_where_tables_lie),
		T(in_the_core),
		T(it_is_looked_for_once),
		T(by_its_build),
		T(among_others),
		T(with_the_symbols_that_the_core_lacks),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
