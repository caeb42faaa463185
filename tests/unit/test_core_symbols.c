// SPDX-License-Identifier: GPL-2.0-or-later
/* symtab.c, core_symbols.c: symbols of a vmlinux, beside functions that a core has. */
#include "test.h"

#include <elf.h>
#include <unistd.h>

#include "made_kallsyms.h"
#include "readers/core/core_symbols.h"
#include "scratch.h"

#define LINKED 0xffff800010000000ull
#define RAN 0xffffd5a112340000ull

struct given {
	struct arena a;
	struct error why;
	struct symtab file;
	struct kallsyms *core, *joined;
	struct made *made;
};

static int begin(void **state)
{
	static struct given g;

	memset(&g, 0, sizeof(g));
	*state = &g;
	return 0;
}

static int end(void **state)
{
	struct given *g = *state;

	arena_free(&g->a);
	return 0;
}

/* ---- a kernel's functions, and its vmlinux ------------------------------------ */

static void in_file(struct given *g, const char *name, uint64_t offset, char type)
{
	*vec_push(&g->a, &g->file.all) =
		(struct symtab_symbol){{LINKED + offset, name, type}, NULL};
}

/* Of the image that ran: [_stext, _etext) and [_sinittext, _einittext). */
static void make_core(struct given *g)
{
	struct kallsyms_symbol symbols[] = {
		{RAN + 0x10000, "_stext", 'T'},	  {RAN + 0x20000, "schedule", 'T'},
		{RAN + 0x21000, "local", 't'},	  {RAN + 0x22000, "wake_up", 'T'},
		{RAN + 0x30000, "_etext", 'D'},	  {RAN + 0x50000, "_sinittext", 'T'},
		{RAN + 0x50000, "start_it", 'T'}, {RAN + 0x51000, "_einittext", 'T'},
	};

	g->core = kallsyms_make(&g->a, NULL, symbols, ARRAY_SIZE(symbols));
}

static void make_file(struct given *g)
{
	in_file(g, "_text", 0, 'T');
	in_file(g, "_stext", 0x10000, 'T');
	in_file(g, "schedule", 0x20000, 'T');
	in_file(g, "schedule_alias", 0x20000, 'T');
	in_file(g, "wake_up", 0x22000, 'T');
	in_file(g, "_etext", 0x30000, 'D');
	in_file(g, "start_it", 0x50000, 'T');
	in_file(g, "init_task", 0x60000, 'D');
	in_file(g, "_end", 0x70000, 'B');
}

static bool join(struct given *g)
{
	g->joined = core_symbols_join(&g->a, g->core, &g->file, &g->why);
	return g->joined;
}

static kaddr_t named(const struct given *g, const char *name)
{
	kaddr_t addr;

	return kallsyms_named(g->joined, name, &addr) ? addr : 0;
}

static size_t count(const struct given *g)
{
	struct kallsyms_symbol s;
	size_t i = 0;

	while (kallsyms_get(g->joined, i, &s))
		i++;
	return i;
}

/* KASLR: all that is in the image is as far from _stext as in the file. */
static void data_beside_functions(void **state)
{
	struct given *g = *state;

	make_core(g);
	make_file(g);
	assert_true(join(g));
	assert_true(kallsyms_is_all(g->joined));
	assert_int_equal(named(g, "init_task"), RAN + 0x60000);
	assert_int_equal(named(g, "_text"), RAN);
	assert_int_equal(named(g, "_end"), RAN + 0x70000);
	assert_int_equal(named(g, "local"), RAN + 0x21000);
}

/* What is at an address of text has the name that the core has for it. */
static void text_is_the_cores_own(void **state)
{
	struct given *g = *state;
	kaddr_t start;

	make_core(g);
	make_file(g);
	assert_true(join(g));
	assert_int_equal(named(g, "schedule_alias"), 0);
	assert_string_equal(kallsyms_at(g->joined, RAN + 0x20004, &start), "schedule");
	assert_int_equal(count(g), 8 + 3);
}

static const char *symbol_at(const struct given *g, uint64_t offset, uint64_t *behind)
{
	kaddr_t start = 0;
	const char *name = kallsyms_at(g->joined, RAN + offset, &start);

	*behind = RAN + offset - start;
	return name;
}

/* What is asked of two lists is answered as by one. */
static void two_lists_answer_as_one(void **state)
{
	struct given *g = *state;
	uint64_t behind;
	kaddr_t next;

	make_core(g);
	make_file(g);
	in_file(g, "in_front", 0x100, 'd');
	in_file(g, "a_second_init_task", 0x60000, 'd');
	in_file(g, "first_of_two", 0x51000, 'd'); /* and _einittext, a function's */
	assert_true(join(g));
	assert_int_equal(count(g), 8 + 3 + 3);
	assert_string_equal(symbol_at(g, 0x108, &behind), "in_front");
	assert_int_equal(behind, 8);
	assert_string_equal(symbol_at(g, 0x21008, &behind), "local");
	assert_string_equal(symbol_at(g, 0x60000, &behind), "a_second_init_task");
	assert_string_equal(symbol_at(g, 0x51000, &behind), "_einittext");
	assert_string_equal(symbol_at(g, 0x51008, &behind), "first_of_two");
	assert_int_equal(behind, 8);
	assert_true(kallsyms_above(g->joined, RAN + 0x100, &next));
	assert_int_equal(next, RAN + 0x10000);
	assert_true(kallsyms_above(g->joined, RAN + 0x51000, &next));
	assert_int_equal(next, RAN + 0x60000);
	assert_false(kallsyms_above(g->joined, RAN + 0x70000, &next));
}

/* A name of both is at the first of its places; one with a number only where there is one. */
static void names_that_both_have(void **state)
{
	struct given *g = *state;
	kaddr_t addr;

	make_core(g);
	make_file(g);
	in_file(g, "local", 0x60100, 'd');
	in_file(g, "work.1", 0x60200, 'd');
	in_file(g, "twice.1", 0x60300, 'd');
	in_file(g, "twice.2", 0x60400, 'd');
	assert_true(join(g));
	assert_int_equal(named(g, "local"), RAN + 0x21000);
	assert_true(kallsyms_local(g->joined, "work", &addr));
	assert_int_equal(addr, RAN + 0x60200);
	assert_false(kallsyms_local(g->joined, "twice", &addr));
	assert_false(kallsyms_local(g->joined, "none", &addr));
}

static void percpu_offsets_stay(void **state)
{
	struct given *g = *state;

	make_core(g);
	make_file(g);
	*vec_push(&g->a, &g->file.all) =
		(struct symtab_symbol){{0x1f000, "runqueues", 'D'}, NULL};
	assert_true(join(g));
	assert_int_equal(named(g, "runqueues"), 0x1f000);
}

static void of_another_build(void **state)
{
	struct given *g = *state;

	make_core(g);
	in_file(g, "_stext", 0x10000, 'T');
	in_file(g, "schedule", 0x20010, 'T');
	in_file(g, "wake_up", 0x22010, 'T');
	in_file(g, "init_task", 0x60000, 'D');
	assert_false(join(g));
	assert_string_equal(g->why.text, "it is of another build of this kernel");
}

static void without_stext(void **state)
{
	struct given *g = *state;

	make_core(g);
	in_file(g, "schedule", 0x20000, 'T');
	assert_false(join(g));
	assert_string_equal(g->why.text, "it has no symbol _stext");
}

/* ---- which build of the kernel ------------------------------------------------- */

#define NOTES (MADE_RODATA + 0x800)

static const struct {
	Elf64_Nhdr head;
	char name[4];
	unsigned char id[20];
} note = {{4, 20, NT_GNU_BUILD_ID}, "GNU", "\x01\x02\x03"};

/* Whose notes end at size. */
static struct made *make_kernel(struct given *g, size_t size)
{
	kaddr_t image = made_image("x86_64");
	const struct made_symbol symbols[] = {
		{image + MADE_TEXT, 'T', "_stext"},
		{image + NOTES, 'R', "__start_notes"},
		{image + NOTES + size, 'R', "__stop_notes"},
		{image + MADE_BANNER, 'D', "linux_banner"},
		{image + 0x1800000, 'D', "init_uts_ns"},
	};
	struct made_kallsyms k;

	made_kallsyms(&k, made_format("6.1"), symbols, ARRAY_SIZE(symbols));
	made_put_at(&k, image + NOTES, &note, sizeof(note));
	g->made = k.m;
	return k.m;
}

static void read_build_id(struct given *g, struct build_id *id)
{
	struct space *s = space_open(&g->a, made_open(g->made), &g->why);

	assert_non_null(s);
	core_build_id(s, NULL, id);
	if (!id->n)
		core_build_id(s, kallsyms_read(&g->a, s, &g->why), id);
	made_destroy(g->made);
}

static void build_id_that_vmcoreinfo_has(void **state)
{
	struct given *g = *state;
	struct build_id id;

	made_info(make_kernel(g, sizeof(note)), "BUILD-ID=abcdef");
	read_build_id(g, &id);
	assert_int_equal(id.n, 3);
	assert_memory_equal(id.bytes, "\xab\xcd\xef", 3);
}

/* Until 5.9 it has none. */
static void build_id_of_the_kernels_notes(void **state)
{
	struct build_id id;

	make_kernel(*state, sizeof(note));
	read_build_id(*state, &id);
	assert_int_equal(id.n, sizeof(note.id));
	assert_memory_equal(id.bytes, note.id, sizeof(note.id));
}

static void notes_without_end_have_none(void **state)
{
	static const size_t sizes[] = {0, 8, sizeof(note) - 1, 1 << 20, SIZE_MAX};
	struct build_id id;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		make_kernel(*state, sizes[i]);
		read_build_id(*state, &id);
		assert_int_equal(id.n, 0);
	}
}

/* ---- its file ---------------------------------------------------------------- */

static const char *at(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%s", scratch, name);
	return path;
}

static void compile(const char *text, const char *flags)
{
	char command[512];
	FILE *f = fopen(at("k.c"), "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	snprintf(command, sizeof(command),
		 "cd %s && gcc -O1 -fno-pic -no-pie -nostdlib %s -o k k.c", scratch,
		 flags);
	/* NOLINTNEXTLINE(cert-env33-c): a test may use the compiler */
	assert_int_equal(system(command), 0);
}

static const char source[] =
	"int data = 1; static int hidden[4] = {2}; int zeros[8]; const int fixed = 3;\n"
	"int f(void); static int __attribute__((noinline)) own(void) { return hidden[data]++; }\n"
	"int f(void) { return own() + zeros[fixed]; }\n"
	"__asm__(\".L1: $x: absolute = 5\\n .globl absolute\");\n";

static const struct symtab_symbol *in(const struct given *g, const char *name)
{
	size_t i;

	for (i = 0; i < g->file.all.n; i++)
		if (!strcmp(g->file.all.v[i].it.name, name))
			return &g->file.all.v[i];
	return NULL;
}

static void symbols_with_their_letters(void **state)
{
	struct given *g = *state;
	static const struct {
		const char *name;
		char type;
	} expected[] = {{"data", 'D'},	{"hidden", 'd'}, {"zeros", 'B'},
			{"fixed", 'R'}, {"own", 't'},	 {"f", 'T'}};
	size_t i;

	compile(source, "-Wl,-e,0 -Wl,-Ttext=0x10000000");
	assert_true(symtab_read(&g->a, at("k"), &g->file, &g->why));
	for (i = 0; i < ARRAY_SIZE(expected); i++) {
		assert_non_null(in(g, expected[i].name));
		assert_int_equal(in(g, expected[i].name)->it.type, expected[i].type);
	}
	assert_true(in(g, "f")->it.addr - 0x10000000 < 0x1000);
	assert_null(in(g, "f")->section);
	assert_null(in(g, "absolute"));
	assert_null(in(g, "$x"));
	assert_null(in(g, "k.c"));
}

/* A module's are so far in their sections, which are not placed yet. */
static void symbols_of_a_module(void **state)
{
	struct given *g = *state;

	compile(source, "-c");
	assert_true(symtab_read(&g->a, at("k"), &g->file, &g->why));
	assert_string_equal(in(g, "hidden")->section, ".data");
	assert_string_equal(in(g, "zeros")->section, ".bss");
	assert_string_equal(in(g, "f")->section, ".text");
	assert_true(in(g, "hidden")->it.addr < 0x100);
}

static void files_that_have_none(void **state)
{
	struct given *g = *state;

	assert_false(symtab_read(&g->a, at("absent"), &g->file, &g->why));
	assert_non_null(strstr(g->why.text, "absent: No such file"));
	compile(source, "-Wl,-e,0 -s");
	assert_false(symtab_read(&g->a, at("k"), &g->file, &g->why));
	assert_non_null(strstr(g->why.text, "/k: it has no table of symbols"));
	assert_false(symtab_read(&g->a, at("k.c"), &g->file, &g->why));
	assert_non_null(strstr(g->why.text, "/k.c: it is no ELF file"));
}

/* Each byte of its headers and tables in turn: symbols or a sentence, and no fault. */
static void damaged_files(void **state)
{
	struct given *g = *state;
	static unsigned char bytes[1 << 16];
	size_t size, i;
	FILE *f;

	compile(source, "-Wl,-e,0 -Wl,--build-id=none -Wl,-z,max-page-size=16");
	f = fopen(at("k"), "r");
	assert_non_null(f);
	size = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	for (i = 0; i < size; i++) {
		struct symtab to = {0};

		f = fopen(at("damaged"), "w");
		assert_non_null(f);
		bytes[i] ^= 0xff;
		assert_int_equal(fwrite(bytes, 1, size, f), size);
		assert_int_equal(fclose(f), 0);
		bytes[i] ^= 0xff;
		if (!symtab_read(&g->a, at("damaged"), &to, &g->why))
			assert_string_not_equal(g->why.text, "");
		arena_free(&g->a);
	}
}

/* Of the distribution that the kernel is of; without a name where that is not known. */
static void refused_with_the_package_that_has_it(void **state)
{
	static const struct {
		const char *release, *said;
	} of[] = {
		{"5.10.0-46-arm64",
		 "DIR, from the package linux-image-5.10.0-46-arm64-dbg, or"},
		{"4.19.90-2003.4.0.0036.oe1.aarch64",
		 "DIR, from the package kernel-debuginfo-4.19.90-2003.4.0.0036.oe1.aarch64, or"},
		{"5.14.21-150500.55.39-default",
		 "DIR, from the package kernel-default-debuginfo, or"},
		{"6.6.1-mine", "DIR, or a table"},
		{"$(reboot)-arm64", "DIR, or a table"},
		{"", "DIR, or a table"},
	};
	struct given *g = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(of); i++) {
		assert_false(core_symbols_refuse(&g->a, of[i].release, &g->why));
		assert_non_null(strstr(g->why.text, "names of functions only"));
		if (!strstr(g->why.text, of[i].said))
			fail_msg("%s: %s", of[i].release, g->why.text);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(data_beside_functions),
		TEST(text_is_the_cores_own),
		TEST(two_lists_answer_as_one),
		TEST(names_that_both_have),
		TEST(percpu_offsets_stay),
		TEST(of_another_build),
		TEST(without_stext),
		TEST(refused_with_the_package_that_has_it),
		TEST(build_id_that_vmcoreinfo_has),
		TEST(build_id_of_the_kernels_notes),
		TEST(notes_without_end_have_none),
		TEST(symbols_with_their_letters),
		TEST(symbols_of_a_module),
		TEST(files_that_have_none),
		TEST(damaged_files),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
