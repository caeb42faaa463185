// SPDX-License-Identifier: GPL-2.0-or-later
/* btf.c: what a kernel's BTF says of types, and what it refuses to believe. */
#include "test.h"

#include "made_btf.h"
#include "readers/core/types.h"

struct given {
	struct arena arena;
	struct made_btf *kernel, *module;
	struct types *types;
	struct error why;
};

static int begin(void **state)
{
	static struct given g;

	memset(&g, 0, sizeof(g));
	g.kernel = made_btf(NULL);
	g.types = types_create(&g.arena);
	*state = &g;
	return 0;
}

static int end(void **state)
{
	struct given *g = *state;

	types_destroy(g->types);
	arena_free(&g->arena);
	made_btf_free(g->kernel);
	made_btf_free(g->module);
	return 0;
}

#define btf_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

static bool open_kernel(struct given *g)
{
	size_t size;
	const unsigned char *bytes = made_btf_bytes(g->kernel, &size);

	return types_add_btf(g->types, NULL, bytes, size, &g->why);
}

static void kernel_is_read(struct given *g)
{
	assert_true(open_kernel(g));
}

static void module_is_read(struct given *g)
{
	size_t size;
	const unsigned char *bytes = made_btf_bytes(g->module, &size);

	assert_true(types_add_btf(g->types, "mod", bytes, size, &g->why));
}

static void expect_size(struct given *g, const char *type, long size)
{
	long found = -1;

	assert_true(types_size(g->types, type, &found));
	assert_int_equal(found, size);
}

static void expect_member(struct given *g, const char *type, const char *path,
			  long offset, long size)
{
	long at = -1, found = -1;

	assert_true(types_member(g->types, type, path, &at, &found));
	assert_int_equal(at, offset);
	assert_int_equal(found, size);
}

static void expect_no_member(struct given *g, const char *type, const char *path)
{
	long at, size;

	assert_false(types_member(g->types, type, path, &at, &size));
}

static void expect_enumerator(struct given *g, const char *name, long value)
{
	long found = 0;

	assert_true(types_enumerator(g->types, name, &found));
	assert_int_equal(found, value);
}

static void expect_refused(struct given *g, const char *why)
{
	assert_false(open_kernel(g));
	assert_string_equal(g->why.text, why);
}

/* A type by its id, as a member's type is given. */
static bool about(struct given *g, uint64_t id, struct dump_type_about *about)
{
	struct dump_type type;

	made_struct(g->kernel, "any", 1, MEMBER("member", (uint32_t)id, 0));
	kernel_is_read(g);
	assert_true(types_find(g->types, "struct any", &type));
	type.id = id;
	return types_about(g->types, type, about);
}

/* ---- sizes ---------------------------------------------------------------- */

static void sizes_of_each_kind(void **state)
{
	struct given *g = *state;
	struct made_btf *m = g->kernel;
	uint32_t byte = made_int(m, "char", 1, MADE_SIGNED);

	made_struct(m, "s", 24, MEMBER("a", byte, 0));
	made_union(m, "u", 16, MEMBER("a", byte, 0));
	made_enum(m, MADE_ENUM, "e", false, {"A", 0});
	made_enum(m, MADE_ENUM64, "e64", false, {"B", 0});
	made_typedef(m, "number_t", byte);
	made_typedef(m, "pointer_t", made_pointer(m, byte));
	made_typedef(m, "float_t", made_plain(m, MADE_FLOAT, "double", 8));
	made_typedef(m, "array_t", made_array(m, made_array(m, byte, 5), 3));
	made_typedef(m, "marked_t", made_plain(m, MADE_TYPE_TAG, "user", byte));
	kernel_is_read(g);
	expect_size(g, "s", 24);
	expect_size(g, "u", 16);
	expect_size(g, "e", 4);
	expect_size(g, "e64", 8);
	expect_size(g, "number_t", 1);
	expect_size(g, "pointer_t", 8);
	expect_size(g, "float_t", 8);
	expect_size(g, "array_t", 15);
	expect_size(g, "marked_t", 1);
}

static void no_size_of_what_has_none(void **state)
{
	struct given *g = *state;
	struct made_btf *m = g->kernel;
	uint32_t function = made_raw(m, "", MADE_FUNC_PROTO << 24, 0);
	long size;

	made_plain(m, MADE_FWD, "declared", 0);
	made_typedef(m, "void_t", 0);
	made_typedef(m, "function_t", made_plain(m, MADE_FUNC, "f", function));
	made_typedef(m, "nowhere_t", 4711);
	kernel_is_read(g);
	assert_false(types_size(g->types, "declared", &size));
	assert_false(types_size(g->types, "void_t", &size));
	assert_false(types_size(g->types, "function_t", &size));
	assert_false(types_size(g->types, "nowhere_t", &size));
	assert_false(types_size(g->types, "absent", &size));
	assert_false(types_size(g->types, "", &size));
}

/* The first definition of a name is the one, as it is for gdb. */
static void first_of_a_name(void **state)
{
	struct given *g = *state;

	made_struct(g->kernel, "twice", 8, MEMBER("a", 0, 0));
	made_struct(g->kernel, "twice", 16, MEMBER("a", 0, 0));
	kernel_is_read(g);
	expect_size(g, "twice", 8);
}

static void tag_before_typedef(void **state)
{
	struct given *g = *state;
	struct made_btf *m = g->kernel;

	made_typedef(m, "both", made_int(m, "int", 4, MADE_SIGNED));
	made_struct(m, "both", 40, MEMBER("a", 1, 0));
	kernel_is_read(g);
	expect_size(g, "both", 40);
}

static void variables_of_each_cpu(void **state)
{
	struct given *g = *state;
	struct made_btf *m = g->kernel;
	uint32_t number = made_int(m, "int", 4, MADE_SIGNED);
	uint32_t var = made_var(m, "runqueues", made_array(m, number, 6));
	uint32_t section = made_raw(m, ".data..percpu", MADE_DATASEC << 24 | 1, 24);
	long size = 0;

	assert_true(section > var);
	made_words(m, (const uint32_t[]){var, 0, 24}, 3);
	made_struct(m, "behind", 4, MEMBER("a", number, 0));
	kernel_is_read(g);
	assert_true(types_variable_size(g->types, "runqueues", &size));
	assert_int_equal(size, 24);
	assert_false(types_variable_size(g->types, "behind", &size));
	assert_false(types_size(g->types, "runqueues", &size));
	expect_size(g, "behind", 4);
}

/* ---- members -------------------------------------------------------------- */

static void members_by_path(void **state)
{
	struct given *g = *state;
	struct made_btf *m = g->kernel;
	uint32_t number = made_int(m, "int", 4, MADE_SIGNED), inner, outer;

	inner = made_struct(m, "inner", 8, MEMBER("a", number, 0),
			    MEMBER("b", number, 32));
	inner = made_plain(m, MADE_CONST, "", made_typedef(m, "inner_t", inner));
	outer = made_struct(m, "outer", 32, MEMBER("first", number, 0),
			    MEMBER("in", inner, 64),
			    MEMBER("all", made_array(m, inner, 2), 128));
	made_typedef(m, "outer_t", outer);
	kernel_is_read(g);
	expect_member(g, "outer", "first", 0, 4);
	expect_member(g, "outer", "in", 8, 8);
	expect_member(g, "outer", "in.b", 12, 4);
	expect_member(g, "outer", "all", 16, 16);
	expect_member(g, "outer", "all.b", 20, 4);
	expect_member(g, "outer_t", "in.b", 12, 4);
	expect_no_member(g, "outer", "fir");
	expect_no_member(g, "outer", "first.a");
	expect_no_member(g, "outer", "in.");
	expect_no_member(g, "outer", "");
	expect_no_member(g, "absent", "a");
}

static void anonymous_members(void **state)
{
	struct given *g = *state;
	struct made_btf *m = g->kernel;
	uint32_t number = made_int(m, "int", 4, MADE_SIGNED), pair, choice;

	pair = made_struct(m, "", 8, MEMBER("a", number, 0), MEMBER("b", number, 32));
	choice = made_union(m, "", 8, MEMBER("x", number, 0), MEMBER("", pair, 0));
	made_struct(m, "page", 24, MEMBER("flags", number, 0), MEMBER("", choice, 64),
		    MEMBER("", number, 128), MEMBER("last", number, 160));
	kernel_is_read(g);
	expect_member(g, "page", "x", 8, 4);
	expect_member(g, "page", "b", 12, 4);
	expect_member(g, "page", "last", 20, 4);
	expect_no_member(g, "page", "c");
}

static struct dump_type_member part(struct given *g, const char *type, size_t i)
{
	struct dump_type_member member;
	struct dump_type t;

	assert_true(types_find(g->types, type, &t));
	assert_true(types_part(g->types, t, i, &member));
	return member;
}

static void bitfields_by_the_struct(void **state)
{
	struct given *g = *state;
	struct made_btf *m = g->kernel;
	uint32_t number = made_int(m, "int", 4, MADE_SIGNED);

	made_struct(m, "flags", 8, MEMBER("plain", number, 0),
		    BITFIELD("one", number, 32, 1), BITFIELD("two", number, 41, 2));
	kernel_is_read(g);
	expect_member(g, "flags", "plain", 0, 4);
	expect_member(g, "flags", "two", 5, 4);
	assert_int_equal(part(g, "flags", 0).bits, 0);
	assert_int_equal(part(g, "flags", 2).bits, 2);
	assert_int_equal(part(g, "flags", 2).bit_offset, 41);
}

static void bitfields_by_their_ints(void **state)
{
	struct given *g = *state;
	struct made_btf *m = g->kernel;
	uint32_t number = made_int(m, "int", 4, MADE_SIGNED);
	uint32_t narrow = made_typedef(m, "narrow_t", made_bits(m, "int", 4, 3, 2));

	made_struct(m, "flags", 8, MEMBER("plain", number, 0), MEMBER("two", narrow, 32));
	kernel_is_read(g);
	assert_int_equal(part(g, "flags", 0).bits, 0);
	assert_int_equal(part(g, "flags", 1).bits, 2);
	assert_int_equal(part(g, "flags", 1).bit_offset, 35);
	expect_member(g, "flags", "two", 4, 4);
}

/* ---- enumerators ---------------------------------------------------------- */

static void enumerators_by_name(void **state)
{
	struct given *g = *state;
	long value;

	made_enum(g->kernel, MADE_ENUM, "", false, {"ZERO", 0}, {"ONE", 1});
	made_enum(g->kernel, MADE_ENUM, "more", false, {"TWO", 2}, {"ONE", 7});
	kernel_is_read(g);
	expect_enumerator(g, "ZERO", 0);
	expect_enumerator(g, "TWO", 2);
	expect_enumerator(g, "ONE", 1);
	assert_false(types_enumerator(g->types, "more", &value));
	assert_false(types_enumerator(g->types, "THREE", &value));
}

/* BTF of before pahole 1.24 does not say which enums are signed. */
static void signs_that_are_not_told(void **state)
{
	struct given *g = *state;

	made_enum(g->kernel, MADE_ENUM, "e", false, {"MINUS", -1});
	kernel_is_read(g);
	expect_enumerator(g, "MINUS", -1);
}

static void signs_that_are_told(void **state)
{
	struct given *g = *state;

	made_enum(g->kernel, MADE_ENUM, "u", false, {"HIGH", 0xffffffff});
	made_enum(g->kernel, MADE_ENUM, "s", true, {"MINUS", -1});
	made_enum(g->kernel, MADE_ENUM64, "w", false, {"WIDE", 1ll << 40});
	kernel_is_read(g);
	expect_enumerator(g, "HIGH", 0xffffffff);
	expect_enumerator(g, "MINUS", -1);
	expect_enumerator(g, "WIDE", 1l << 40);
}

static void values_of_an_enum(void **state)
{
	struct given *g = *state;
	struct dump_type_value v;
	struct dump_type type;

	made_enum(g->kernel, MADE_ENUM, "e", false, {"ZERO", 0}, {"FIVE", 5});
	kernel_is_read(g);
	assert_true(types_find(g->types, "enum e", &type));
	assert_true(types_value(g->types, type, 1, &v));
	assert_string_equal(v.name, "FIVE");
	assert_int_equal(v.value, 5);
	assert_false(types_value(g->types, type, 2, &v));
	assert_false(types_part(g->types, type, 0, &(struct dump_type_member){0}));
}

/* ---- what types are ------------------------------------------------------- */

static void classes_of_numbers(void **state)
{
	struct given *g = *state;
	struct made_btf *m = g->kernel;
	uint32_t byte = made_int(m, "unsigned char", 1, MADE_UNSIGNED);
	uint32_t yes = made_int(m, "_Bool", 1, MADE_BOOL);
	uint32_t number = made_int(m, "long", 8, MADE_SIGNED);
	struct dump_type_about a;

	assert_true(about(g, byte, &a));
	assert_int_equal(a.class, TYPE_CHAR);
	assert_false(a.is_signed);
	assert_true(about(g, yes, &a));
	assert_int_equal(a.class, TYPE_BOOL);
	assert_true(about(g, number, &a));
	assert_int_equal(a.class, TYPE_INT);
	assert_string_equal(a.name, "long");
	assert_true(a.is_signed);
	assert_int_equal(a.size, 8);
}

static void classes_of_the_rest(void **state)
{
	struct given *g = *state;
	struct made_btf *m = g->kernel;
	uint32_t declared = made_raw(m, "later", MADE_FWD << 24 | 1u << 31, 0);
	uint32_t function = made_raw(m, "", MADE_FUNC_PROTO << 24, 0);
	uint32_t pointer = made_pointer(m, declared), array = made_array(m, pointer, 9);
	struct dump_type_about a;

	assert_true(about(g, 0, &a));
	assert_int_equal(a.class, TYPE_VOID);
	assert_string_equal(a.name, "");
	assert_true(about(g, declared, &a));
	assert_int_equal(a.class, TYPE_UNION);
	assert_string_equal(a.name, "later");
	assert_int_equal(a.size, 0);
	assert_int_equal(a.count, 0);
	assert_true(about(g, function, &a));
	assert_int_equal(a.class, TYPE_FUNCTION);
	assert_true(about(g, pointer, &a));
	assert_int_equal(a.class, TYPE_POINTER);
	assert_int_equal(a.of.id, declared);
	assert_true(about(g, array, &a));
	assert_int_equal(a.class, TYPE_ARRAY);
	assert_int_equal(a.of.id, pointer);
	assert_int_equal(a.count, 9);
	assert_int_equal(a.size, 72);
	assert_false(about(g, made_var(m, "variable", array), &a));
	assert_false(about(g, 1ull << 32, &a));
}

/* ---- modules -------------------------------------------------------------- */

static void module_goes_on_from_its_kernel(void **state)
{
	struct given *g = *state;
	uint32_t number = made_int(g->kernel, "int", 4, MADE_SIGNED), device;

	device = made_struct(g->kernel, "device", 16, MEMBER("id", number, 64));
	g->module = made_btf(g->kernel);
	made_struct(g->module, "gpu", 24, MEMBER("dev", device, 64));
	made_enum(g->module, MADE_ENUM, "", false, {"GPU_READY", 3});
	kernel_is_read(g);
	assert_false(types_have(g->types, "mod"));
	module_is_read(g);
	assert_true(types_have(g->types, "mod"));
	expect_member(g, "gpu", "dev.id", 16, 4);
	expect_enumerator(g, "GPU_READY", 3);
	expect_size(g, "device", 16);
	assert_string_equal(part(g, "device", 0).name, "id");
	assert_string_equal(part(g, "gpu", 0).name, "dev");
}

static void module_needs_its_kernel(void **state)
{
	struct given *g = *state;
	size_t size;
	const unsigned char *bytes = made_btf_bytes(g->kernel, &size);

	assert_false(types_add_btf(g->types, "mod", bytes, size, &g->why));
	assert_string_equal(g->why.text, "BTF of a module needs that of its kernel");
}

/* ---- damage --------------------------------------------------------------- */

/* The word of the header, or of what follows it, is another. */
static void expect_refused_with(struct given *g, size_t word, uint32_t value,
				const char *why)
{
	unsigned char bytes[4096];
	size_t size;

	memcpy(bytes, made_btf_bytes(g->kernel, &size), sizeof(bytes));
	memcpy(bytes + word * 4, &value, sizeof(value));
	assert_false(types_add_btf(g->types, NULL, bytes, size, &g->why));
	assert_string_equal(g->why.text, why);
}

static void headers_that_lie(void **state)
{
	static const char *const more = "its header says more than is there";
	struct given *g = *state;
	size_t size;
	const unsigned char *bytes;

	made_int(g->kernel, "int", 4, MADE_SIGNED);
	expect_refused_with(g, 0, 0x01abcd, "it does not begin as BTF does");
	expect_refused_with(g, 0, 0x019feb, "it is of a big-endian machine");
	expect_refused_with(g, 0, 0x02eb9f, "its version is 2, and 1 is known");
	expect_refused_with(g, 1, 8, more);
	expect_refused_with(g, 1, UINT32_MAX, more);
	expect_refused_with(g, 2, UINT32_MAX, more);
	expect_refused_with(g, 3, UINT32_MAX, more);
	expect_refused_with(g, 4, UINT32_MAX, more);
	expect_refused_with(g, 5, UINT32_MAX, more);
	expect_refused_with(g, 5, 0, "its last string does not end");
	expect_refused_with(g, 5, 2, "its last string does not end");
	expect_refused_with(g, 3, 8, "its last type is cut off");
	expect_refused_with(g, 3, 12, "its type 1 is cut off");
	bytes = made_btf_bytes(g->kernel, &size);
	assert_false(types_add_btf(g->types, NULL, bytes, 23, &g->why));
	assert_string_equal(g->why.text, "it is shorter than a header");
}

static void kinds_that_are_not_known(void **state)
{
	struct given *g = *state;

	made_int(g->kernel, "int", 4, MADE_SIGNED);
	made_raw(g->kernel, "", 31u << 24, 0);
	expect_refused(g, "its type 2 is of kind 31, which is not known");
}

static void typedefs_in_a_circle(void **state)
{
	struct given *g = *state;
	long size;

	made_typedef(g->kernel, "one_t", 2);
	made_typedef(g->kernel, "other_t", 1);
	kernel_is_read(g);
	assert_false(types_size(g->types, "one_t", &size));
	expect_no_member(g, "one_t", "a");
}

static void arrays_in_a_circle(void **state)
{
	struct given *g = *state;
	long size;

	made_array(g->kernel, 1, 1);
	made_typedef(g->kernel, "array_t", 1);
	made_struct(g->kernel, "s", 8, MEMBER("array", 1, 0));
	kernel_is_read(g);
	assert_false(types_size(g->types, "array_t", &size));
	expect_no_member(g, "s", "array.a");
}

static void sizes_that_overflow(void **state)
{
	struct given *g = *state;
	struct made_btf *m = g->kernel;
	uint32_t id = made_int(m, "long", 8, MADE_SIGNED);
	long size;
	int i;

	made_typedef(m, "large_t", made_array(m, made_array(m, id, 1u << 30), 1u << 30));
	made_typedef(m, "pointers_t",
		     made_array(m, made_array(m, made_pointer(m, id), 1u << 31),
				1u << 31));
	for (i = 0; i < 3; i++)
		id = made_array(m, id, UINT32_MAX);
	made_typedef(m, "huge_t", id);
	kernel_is_read(g);
	assert_false(types_size(g->types, "large_t", &size));
	assert_false(types_size(g->types, "pointers_t", &size));
	assert_false(types_size(g->types, "huge_t", &size));
}

/* Each of its members is the struct again: more ways than atoms. */
static void struct_that_holds_itself(void **state)
{
	struct made_member members[100] = {0};
	struct given *g = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(members); i++)
		members[i] = (struct made_member){"", 1, 0, 0};
	made_members(g->kernel, MADE_STRUCT, "s", 8, members, ARRAY_SIZE(members));
	kernel_is_read(g);
	expect_no_member(g, "s", "a");
}

/* A name that a dump has made up a thousand times costs no more than once. */
static void name_without_end(void **state)
{
	const uint32_t name = 6; /* where the second of them has its name */
	struct given *g = *state;
	struct made_btf *m = g->kernel;
	uint32_t i;

	made_typedef(m, "same", 0);
	made_typedef(m, "same", 0);
	for (i = 0; i < 5000; i++)
		made_words(m, (const uint32_t[]){name, MADE_TYPEDEF << 24, 0}, 3);
	made_words(m, (const uint32_t[]){name, MADE_STRUCT << 24, 4}, 3);
	kernel_is_read(g);
	expect_size(g, "same", 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		btf_test(sizes_of_each_kind),
		btf_test(no_size_of_what_has_none),
		btf_test(first_of_a_name),
		btf_test(tag_before_typedef),
		btf_test(variables_of_each_cpu),
		btf_test(members_by_path),
		btf_test(anonymous_members),
		btf_test(bitfields_by_the_struct),
		btf_test(bitfields_by_their_ints),
		btf_test(enumerators_by_name),
		btf_test(signs_that_are_not_told),
		btf_test(signs_that_are_told),
		btf_test(values_of_an_enum),
		btf_test(classes_of_numbers),
		btf_test(classes_of_the_rest),
		btf_test(module_goes_on_from_its_kernel),
		btf_test(module_needs_its_kernel),
		btf_test(headers_that_lie),
		btf_test(kinds_that_are_not_known),
		btf_test(typedefs_in_a_circle),
		btf_test(arrays_in_a_circle),
		btf_test(sizes_that_overflow),
		btf_test(struct_that_holds_itself),
		btf_test(name_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
