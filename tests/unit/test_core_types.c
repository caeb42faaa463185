// SPDX-License-Identifier: GPL-2.0-or-later
/* core_btf.c, core_types.c: where the types of a kernel and its modules come from. */
#define _GNU_SOURCE
#include "test.h"

#include <elf.h>
#include <unistd.h>

#include "made_btf.h"
#include "readers/core/core_btf.h"
#include "readers/core/core_types.h"
#include "scratch.h"

#define MODULE 0xffffffffc0001000ull
#define OTHER 0xffffffffc0002000ull

struct given {
	struct fake *dump;
	struct build_id id; /* of the kernel */
	struct made_btf *kernel, *module;
	struct arena arena;
	struct types *types;
	struct types_origin origin;
	struct core_table table; /* of what was found already */
	struct layout_table found;
	struct error why;
};

static int begin(void **state)
{
	static struct given g;

	memset(&g, 0, sizeof(g));
	g.dump = fake_create();
	fake_dump(g.dump)->arena = &g.arena;
	g.types = types_create(&g.arena);
	g.table.tried = true;
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
	fake_destroy(g->dump);
	return 0;
}

/* A kernel's, with what it keeps of its modules': include/linux/btf.h, kernel/bpf/btf.c */
static void make_kernel(struct given *g)
{
	struct made_btf *m = g->kernel = made_btf(NULL);
	uint32_t size = made_int(m, "unsigned int", 4, MADE_UNSIGNED);
	uint32_t pointer = made_pointer(m, 0);
	uint32_t list = made_struct(m, "list_head", 16, MEMBER("next", pointer, 0),
				    MEMBER("prev", pointer, 64));

	made_struct(m, "btf", 32, MEMBER("data", pointer, 64),
		    MEMBER("data_size", size, 160));
	made_struct(m, "btf_module", 32, MEMBER("list", list, 0),
		    MEMBER("module", pointer, 128), MEMBER("btf", pointer, 192));
}

static void put_kernel(struct given *g)
{
	size_t size;
	const unsigned char *bytes = made_btf_bytes(g->kernel, &size);
	kaddr_t at = fake_alloc_pages(g->dump, size);

	fake_bytes(g->dump, at, bytes, size);
	fake_symbol(g->dump, "__start_BTF", at);
	fake_symbol(g->dump, "__stop_BTF", at + size);
	fake_list_head(g->dump, fake_variable(g->dump, "btf_modules", 16));
}

/* Its entry in the list of modules' BTF, of which its data is returned. */
static kaddr_t put_module(struct given *g, kaddr_t module)
{
	size_t size;
	const unsigned char *bytes;
	kaddr_t entry = fake_alloc(g->dump, 32), btf = fake_alloc(g->dump, 32), at;

	if (!g->module)
		g->module = made_btf(g->kernel);
	made_struct(g->module, "gpu", 64, MEMBER("list", 3, 0));
	bytes = made_btf_bytes(g->module, &size);
	at = fake_alloc_pages(g->dump, size);
	fake_bytes(g->dump, at, bytes, size);
	fake_list_add_tail(g->dump, fake_value(g->dump, "btf_modules"), entry);
	fake_u64(g->dump, entry + 16, module);
	fake_u64(g->dump, entry + 24, btf);
	fake_u64(g->dump, btf + 8, at);
	fake_u32(g->dump, btf + 20, (uint32_t)size);
	return entry;
}

static bool read_kernel(struct given *g)
{
	return core_btf_kernel(&g->arena, fake_dump(g->dump), g->types, &g->why);
}

static bool read_module(struct given *g)
{
	return core_btf_module(&g->arena, fake_dump(g->dump), g->types, "mod", MODULE,
			       &g->why);
}

/* A kernel that is sound, and one module. */
static kaddr_t make_both(struct given *g)
{
	make_kernel(g);
	put_kernel(g);
	return put_module(g, MODULE);
}

static void expect_size(struct given *g, const char *type, long size)
{
	long found = -1;

	assert_true(types_size(g->types, type, &found));
	assert_int_equal(found, size);
}

/* ---- BTF in the core ------------------------------------------------------- */

static void kernel_and_module(void **state)
{
	struct given *g = *state;

	make_kernel(g);
	put_kernel(g);
	put_module(g, OTHER);
	made_btf_free(g->module);
	g->module = made_btf(g->kernel);
	made_struct(g->module, "mine", 8, MEMBER("a", 1, 0));
	put_module(g, MODULE);
	assert_true(read_kernel(g));
	assert_true(read_module(g));
	assert_true(types_have(g->types, "mod"));
	expect_size(g, "list_head", 16);
	expect_size(g, "mine", 8);
	expect_size(g, "gpu", 64);
}

static void kernel_without(void **state)
{
	struct given *g = *state;

	assert_false(read_kernel(g));
	assert_string_equal(g->why.text, "the kernel was built without BTF");
}

static void kernel_excluded(void **state)
{
	struct given *g = *state;

	make_both(g);
	fake_exclude(g->dump, fake_value(g->dump, "__start_BTF"), 8);
	assert_false(read_kernel(g));
	assert_string_equal(g->why.text,
			    "the kernel's BTF: it cannot be read: page excluded "
			    "from the dump");
}

static void kernel_too_large(void **state)
{
	struct given *g = *state;

	make_both(g);
	fake_no_symbol(g->dump, "__stop_BTF");
	fake_symbol(g->dump, "__stop_BTF", fake_value(g->dump, "__start_BTF") - 1);
	assert_false(read_kernel(g));
	assert_string_equal(g->why.text, "the kernel's BTF: it says that it has "
					 "18446744073709551615 bytes");
}

static void expect_no_module(struct given *g, const char *why)
{
	char text[256];

	snprintf(text, sizeof(text), "BTF of the module mod: %s", why);
	assert_false(read_module(g));
	assert_string_equal(g->why.text, text);
	assert_false(types_have(g->types, "mod"));
}

/* Until 5.11, or without CONFIG_DEBUG_INFO_BTF_MODULES. */
static void kernel_keeps_none_of_modules(void **state)
{
	struct given *g = *state;

	make_both(g);
	assert_true(read_kernel(g));
	fake_no_symbol(g->dump, "btf_modules");
	expect_no_module(g, "this kernel keeps no BTF of modules");
}

static void module_without(void **state)
{
	struct given *g = *state;

	make_kernel(g);
	put_kernel(g);
	put_module(g, OTHER);
	assert_true(read_kernel(g));
	expect_no_module(g, "the kernel has none of it");
}

static void list_in_a_circle(void **state)
{
	struct given *g = *state;
	kaddr_t entry;

	make_kernel(g);
	put_kernel(g);
	entry = put_module(g, OTHER);
	fake_u64(g->dump, entry, entry);
	fake_u64(g->dump, entry + 8, entry);
	assert_true(read_kernel(g));
	expect_no_module(g, "the kernel has none of it");
	assert_true(fake_has_note(g->dump, "the modules' BTF"));
}

static void records_that_cannot_be_read(void **state)
{
	struct given *g = *state;
	kaddr_t entry = make_both(g);

	assert_true(read_kernel(g));
	fake_u64(g->dump, entry + 24, FAKE_NOWHERE);
	expect_no_module(g, "the kernel's record of it cannot be read");
}

static void module_too_large(void **state)
{
	struct given *g = *state;
	kaddr_t entry = make_both(g);

	assert_true(read_kernel(g));
	fake_u32(g->dump, fake_peek_u64(g->dump, entry + 24) + 20, 0x10000000);
	expect_no_module(g, "it says that it has 268435456 bytes");
}

/* A struct btf of another shape than any kernel's. */
static void members_that_are_no_words(void **state)
{
	struct given *g = *state;
	struct made_btf *m = g->kernel = made_btf(NULL);
	uint32_t wide = made_int(m, "wide", 16, MADE_UNSIGNED);

	made_struct(m, "btf_module", 48, MEMBER("list", wide, 0),
		    MEMBER("module", wide, 128));
	put_kernel(g);
	put_module(g, MODULE);
	assert_true(read_kernel(g));
	expect_no_module(g, "the kernel has none of it");
}

/* ---- files ----------------------------------------------------------------- */

static struct module_search files(void)
{
	return (struct module_search){.release = "4.19.0-1-test", .folders = scratch};
}

static void put_build_id(struct given *g, unsigned char byte)
{
	g->id.n = 20;
	memset(g->id.bytes, byte, g->id.n);
}

static bool find_kernel(struct given *g)
{
	struct module_search where = files();

	memcpy(where.build_id, g->id.bytes, g->id.n);
	where.nbuild_id = g->id.n;
	return core_types_kernel(&g->arena, fake_dump(g->dump), g->types, &where,
				 &g->table, &g->origin, &g->why);
}

static bool find_module(struct given *g, const char *name)
{
	struct module_search where = files();
	struct module m = {.addr = MODULE};

	snprintf(m.name, sizeof(m.name), "%s", name);
	return core_types_module(&g->arena, fake_dump(g->dump), g->types, &m, &where,
				 &g->table, &g->origin, &g->why);
}

static void core_comes_first(void **state)
{
	struct given *g = *state;

	make_both(g);
	assert_true(find_kernel(g));
	assert_string_equal(g->origin.kind, "btf");
	assert_string_equal(g->origin.file, "");
	assert_true(find_module(g, "mod"));
	assert_string_equal(g->origin.kind, "btf");
}

static void files_of_a_kernel_without(void **state)
{
	struct given *g = *state;
	char path[64];

	put_build_id(g, 0);
	assert_true(find_kernel(g));
	assert_string_equal(g->origin.kind, "dwarf");
	snprintf(path, sizeof(path), "%s/vmlinux", scratch);
	assert_string_equal(g->origin.file, path);
	assert_true(find_module(g, "mod"));
	snprintf(path, sizeof(path), "%s/mod.ko", scratch);
	assert_string_equal(g->origin.file, path);
	expect_size(g, "task", 16);
	expect_size(g, "ring", 4);
}

static void expect_no_kernel(struct given *g)
{
	assert_false(find_kernel(g));
	assert_string_equal(
		g->why.text,
		"the types of this kernel are not known: the kernel was built without "
		"BTF. Its vmlinux with debugging information (--debug-dir DIR says where "
		"to look) and a layout table (--layouts) have them too, and neither has "
		"been found");
}

static void file_of_another_kernel(void **state)
{
	struct given *g = *state;

	put_build_id(g, 0xcd);
	expect_no_kernel(g);
}

/* Whose build-id is not known, and whose banner the file does not have: its place counts. */
static void kernel_of_an_unknown_build(void **state)
{
	assert_true(find_kernel(*state));
}

static void no_file_of_a_module(void **state)
{
	struct given *g = *state;

	make_kernel(g);
	put_kernel(g);
	assert_true(find_kernel(g));
	assert_false(find_module(g, "gone"));
	assert_string_equal(g->why.text,
			    "BTF of the module gone: the kernel has none of it");
}

/* ---- layout tables ----------------------------------------------------------- */

static void put_row(struct given *g, struct table_part *part, enum layout_kind kind,
		    const char *name, long offset, long size)
{
	*vec_push(&g->arena, &part->rows) = (struct table_row){kind, name, offset, size};
}

/* Of a kernel, and of its module "ring". */
static struct table_part *put_table(struct given *g)
{
	struct table_part *kernel = vec_push(&g->arena, &g->found.parts), *module;

	put_row(g, kernel, LAYOUT_TYPE, "list_head", 0, 16);
	module = vec_push(&g->arena, &g->found.parts);
	module->module = "ring";
	put_row(g, module, LAYOUT_TYPE, "vring", 0, 32);
	g->table.it = &g->found;
	g->table.path = "/a.layout";
	return module;
}

static void a_table_where_there_is_nothing_else(void **state)
{
	struct given *g = *state;

	put_table(g);
	put_build_id(g, 0xcd);
	assert_true(find_kernel(g));
	assert_string_equal(g->origin.kind, "table");
	assert_string_equal(g->origin.file, "/a.layout");
	expect_size(g, "list_head", 16);
	assert_true(find_module(g, "ring"));
	assert_string_equal(g->origin.kind, "table");
	expect_size(g, "vring", 32);
	assert_false(find_module(g, "gone"));
}

static void a_table_that_the_kernels_own_types_belie(void **state)
{
	struct given *g = *state;

	put_table(g);
	make_kernel(g);
	put_kernel(g);
	assert_true(find_kernel(g));
	assert_string_equal(g->origin.kind, "btf");
	assert_true(find_module(g, "ring"));
	g->found.parts.v[0].rows.v[0].size = 24;
	assert_false(find_module(g, "ring"));
}

static const struct fake_row build_id_rows[] = {
	FAKE_M("module.build_id", 0, 20),
};

static void a_table_of_another_build_of_the_module(void **state)
{
	struct given *g = *state;
	struct module_search where = files();
	struct module m = {.addr = MODULE, .name = "ring"};
	struct table_part *part = put_table(g);

	make_kernel(g);
	put_kernel(g);
	assert_true(find_kernel(g));
	part->build_id = (struct build_id){{1}, 20};
	/* Of which nothing is known it is taken. */
	assert_true(core_types_module(&g->arena, fake_dump(g->dump), g->types, &m, &where,
				      &g->table, &g->origin, &g->why));
	fake_rows(g->dump, build_id_rows, ARRAY_SIZE(build_id_rows));
	fake_u64(g->dump, MODULE, 2);
	fake_map(g->dump, MODULE, 64);
	assert_false(core_types_module(&g->arena, fake_dump(g->dump), g->types, &m,
				       &where, &g->table, &g->origin, &g->why));
}

/* ---- all ------------------------------------------------------------------- */

/* A vmlinux or a module that a compiler made, of a build-id of zeros. */
static void compile(const char *file, const char *source, const char *how)
{
	char command[512];

	snprintf(command, sizeof(command),
		 "cd %s && printf '%%s' '%s' | gcc -g -x c - -nostdlib %s "
		 "-Wl,--build-id=0x%040d -o %s",
		 scratch, source, how, 0, file);
	if (system(command)) /* NOLINT(cert-env33-c): a test may use the compiler */
		fail_msg("%s", command);
}

static int make_folder(void **state)
{
	if (scratch_make(state))
		return -1;
	compile("vmlinux", "struct task { long a, b; } task;", "-no-pie -Wl,-e,0");
	compile("mod.ko", "struct ring { int a; } ring;", "-r");
	return 0;
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_table_where_there_is_nothing_else),
		T(a_table_that_the_kernels_own_types_belie),
		T(a_table_of_another_build_of_the_module),
		T(kernel_and_module),
		T(kernel_without),
		T(kernel_excluded),
		T(kernel_too_large),
		T(kernel_keeps_none_of_modules),
		T(module_without),
		T(list_in_a_circle),
		T(records_that_cannot_be_read),
		T(module_too_large),
		T(members_that_are_no_words),
		T(core_comes_first),
		T(files_of_a_kernel_without),
		T(file_of_another_kernel),
		T(kernel_of_an_unknown_build),
		T(no_file_of_a_module),
	};

	return cmocka_run_group_tests(tests, make_folder, scratch_remove);
}
