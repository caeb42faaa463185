// SPDX-License-Identifier: GPL-2.0-or-later
/* types.c, type_names.c: several sources of types, asked in their order. */
#include "test.h"

#include <setjmp.h>

#include "made_btf.h"
#include "readers/type_names.h"
#include "readers/core/types.h"

struct given {
	struct arena arena;
	struct made_btf *kernel, *first, *second;
	struct types *types;
};

/* A kernel, and two modules. */
static int begin(void **state)
{
	static struct given g;

	memset(&g, 0, sizeof(g));
	g.types = types_create(&g.arena);
	g.kernel = made_btf(NULL);
	made_int(g.kernel, "int", 4, MADE_SIGNED);
	g.first = made_btf(g.kernel);
	g.second = made_btf(g.kernel);
	*state = &g;
	return 0;
}

static int end(void **state)
{
	struct given *g = *state;

	types_destroy(g->types);
	arena_free(&g->arena);
	made_btf_free(g->kernel);
	made_btf_free(g->first);
	made_btf_free(g->second);
	return 0;
}

static void add(struct given *g, const char *module, struct made_btf *m)
{
	size_t size;
	const unsigned char *bytes = made_btf_bytes(m, &size);

	assert_true(types_add_btf(g->types, module, bytes, size, NULL));
}

static void add_all(struct given *g)
{
	add(g, NULL, g->kernel);
	add(g, "first", g->first);
	add(g, "second", g->second);
}

static void expect_size(struct given *g, const char *type, long size)
{
	long found = -1;

	assert_true(types_size(g->types, type, &found));
	assert_int_equal(found, size);
}

/* ---- their order ----------------------------------------------------------- */

static void first_source_that_knows(void **state)
{
	struct given *g = *state;
	long value;

	made_struct(g->first, "s", 8, MEMBER("a", 1, 32));
	made_struct(g->second, "s", 16, MEMBER("a", 1, 64), MEMBER("b", 1, 96));
	made_enum(g->first, MADE_ENUM, "", false, {"E", 1});
	made_enum(g->second, MADE_ENUM, "", false, {"E", 2}, {"F", 3});
	add_all(g);
	expect_size(g, "s", 8);
	assert_true(types_enumerator(g->types, "E", &value));
	assert_int_equal(value, 1);
	assert_true(types_enumerator(g->types, "F", &value));
	assert_int_equal(value, 3);
}

static void tag_of_any_source_before_a_typedef(void **state)
{
	struct given *g = *state;

	made_typedef(g->kernel, "s", 1);
	made_btf_free(g->second);
	g->second = made_btf(g->kernel);
	made_struct(g->second, "s", 16, MEMBER("a", 1, 64));
	add(g, NULL, g->kernel);
	add(g, "second", g->second);
	expect_size(g, "s", 16);
}

static void whose_they_are(void **state)
{
	struct given *g = *state;

	assert_false(types_have(g->types, NULL));
	add(g, NULL, g->kernel);
	assert_true(types_have(g->types, NULL));
	assert_false(types_have(g->types, "first"));
	add(g, "first", g->first);
	assert_true(types_have(g->types, "first"));
	assert_false(types_have(g->types, "firs"));
}

/* ---- one by its name ------------------------------------------------------- */

static enum dump_type_class class_of(struct given *g, const char *name)
{
	struct dump_type_about about;
	struct dump_type type;

	if (!types_find(g->types, name, &type))
		return TYPE_VOID;
	assert_true(types_about(g->types, type, &about));
	return about.class;
}

static void with_and_without_its_keyword(void **state)
{
	struct given *g = *state;

	made_struct(g->first, "s", 8, MEMBER("a", 1, 0));
	made_union(g->first, "u", 8, MEMBER("a", 1, 0));
	made_enum(g->first, MADE_ENUM, "e", false, {"E", 1});
	made_typedef(g->first, "t", 1);
	add_all(g);
	assert_int_equal(class_of(g, "s"), TYPE_STRUCT);
	assert_int_equal(class_of(g, "struct s"), TYPE_STRUCT);
	assert_int_equal(class_of(g, "union u"), TYPE_UNION);
	assert_int_equal(class_of(g, "enum e"), TYPE_ENUM);
	assert_int_equal(class_of(g, "t"), TYPE_INT);
	assert_int_equal(class_of(g, "union s"), TYPE_VOID);
	assert_int_equal(class_of(g, "struct t"), TYPE_VOID);
	assert_int_equal(class_of(g, "struct "), TYPE_VOID);
}

static void what_came_from_elsewhere(void **state)
{
	struct given *g = *state;
	const struct dump_type foreign = {.source = g, .id = 1};

	add_all(g);
	assert_false(types_about(g->types, foreign, &(struct dump_type_about){0}));
	assert_false(types_part(g->types, foreign, 0, &(struct dump_type_member){0}));
	assert_false(types_value(g->types, foreign, 0, &(struct dump_type_value){0}));
}

/* ---- paths without end ----------------------------------------------------- */

/* Anonymous members one in the other, deeper than anybody writes them. */
static void too_deep(void **state)
{
	struct given *g = *state;
	uint32_t in = made_struct(g->first, "", 4, MEMBER("deep", 1, 0));
	long offset, size;
	int i;

	made_struct(g->first, "shallow", 4, MEMBER("", in, 0));
	for (i = 0; i < 20; i++)
		in = made_struct(g->first, i == 19 ? "s" : "", 4, MEMBER("", in, 0));
	add_all(g);
	assert_true(types_member(g->types, "shallow", "deep", &offset, &size));
	assert_false(types_member(g->types, "s", "deep", &offset, &size));
}

/* ---- names ----------------------------------------------------------------- */

static void names_of_each_sort(void **state)
{
	struct given *g = *state;
	struct type_names names;
	uint64_t id = 0;

	type_names_init(&names, &g->arena, 0);
	type_names_add(&names, "x", NAME_STRUCT, 1);
	type_names_add(&names, "x", NAME_TYPEDEF, 2);
	type_names_add(&names, "x", NAME_STRUCT, 3);
	type_names_add(&names, "", NAME_STRUCT, 4);
	assert_true(type_names_find(&names, "x", NAME_TAG, &id));
	assert_int_equal(id, 1);
	assert_true(type_names_find(&names, "x", NAME_TYPEDEF, &id));
	assert_int_equal(id, 2);
	assert_false(type_names_find(&names, "x", NAME_UNION, &id));
	assert_false(type_names_find(&names, "", NAME_TAG, &id));
	assert_int_equal(names.all.n, 2);
}

/* The table's hash: FNV-1a, without its low byte, folded. */
static uint32_t hash_of(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h >> 8 ^ (h & ~0xffu) >> 20;
}

/* A file that is full of names made to collide loses some of them, and costs no more. */
static void names_that_collide(void **state)
{
	struct given *g = *state;
	static char text[400][12];
	struct type_names names;
	size_t n = 0, i, known = 0;
	uint64_t id;

	for (i = 0; n < ARRAY_SIZE(text); i++) {
		snprintf(text[n], sizeof(text[n]), "%zu", i);
		if (!(hash_of(text[n]) & 0x1ff))
			n++;
	}
	type_names_init(&names, &g->arena, 300);
	for (i = 0; i < n; i++)
		type_names_add(&names, text[i], NAME_STRUCT, i);
	for (i = 0; i < n; i++)
		known += type_names_find(&names, text[i], NAME_STRUCT, &id) && id == i;
	assert_in_range(known, 200, 300);
}

static void names_by_the_thousand(void **state)
{
	struct given *g = *state;
	static char text[5000][8];
	struct type_names names;
	uint64_t id, i;

	type_names_init(&names, &g->arena, 10);
	for (i = 0; i < ARRAY_SIZE(text); i++) {
		snprintf(text[i], sizeof(text[i]), "n%llu", COUNT(i));
		type_names_add(&names, text[i], NAME_STRUCT, i);
	}
	for (i = 0; i < ARRAY_SIZE(text); i++) {
		assert_true(type_names_find(&names, text[i], NAME_STRUCT, &id));
		assert_int_equal(id, i);
	}
}

static jmp_buf out;

static void no_memory(void)
{
	longjmp(out, 1);
}

/* The names of a file stay from one command to the next, whatever ended the first. */
static void names_when_there_is_no_memory(void **state)
{
	struct given *g = *state;
	static struct type_names names;
	static uint32_t before[64];

	g->arena.no_memory = no_memory;
	type_names_init(&names, &g->arena, 10);
	type_names_add(&names, "first", NAME_STRUCT, 1);
	memcpy(before, names.first, sizeof(before));
	/* So many that there is no room for one more. */
	names.all.n = names.all.room = SIZE_MAX / 65;
	if (!setjmp(out))
		type_names_add(&names, "second", NAME_STRUCT, 2);
	assert_int_equal(names.all.n, SIZE_MAX / 65);
	assert_memory_equal(before, names.first, sizeof(before));
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(first_source_that_knows),  T(tag_of_any_source_before_a_typedef),
		T(whose_they_are),	     T(with_and_without_its_keyword),
		T(what_came_from_elsewhere), T(too_deep),
		T(names_of_each_sort),	     T(names_that_collide),
		T(names_by_the_thousand),    T(names_when_there_is_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
