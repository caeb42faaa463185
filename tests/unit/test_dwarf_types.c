// SPDX-License-Identifier: GPL-2.0-or-later
/* dwarf_types.c: the types of what a compiler made, in each form in which it may be. */
#define _GNU_SOURCE
#include "test.h"

#include <elf.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "readers/core/interrupt.h"
#include "readers/core/types.h"
#include "scratch.h"

static char object[64];

static const char *at(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%s", scratch, name);
	return path;
}

/* The units of a kernel in small: what the one declares, the other defines. */
static const char first_unit[] =
	"struct later;\n"
	"struct user { struct later *later; };\n"
	"struct twice { int a; };\n"
	"typedef struct twice twice_t;\n"
	"typedef int number_t;\n"
	"typedef _Bool yes_t;\n"
	"typedef double real_t;\n"
	"typedef unsigned char byte_t;\n"
	"typedef const volatile number_t fixed_t;\n"
	"typedef void nothing_t;\n"
	"typedef int function_t(int);\n"
	"typedef function_t *pointer_t;\n"
	"typedef short grid_t[3][5];\n"
	"struct inner { int a, b; };\n"
	"union choice { int number; struct inner in; };\n"
	"struct outer {\n"
	"	char first;\n"
	"	const struct inner in;\n"
	"	struct inner all[2];\n"
	"	union { long x; struct { int y, z; }; };\n"
	"	unsigned plain : 3, wide : 7;\n"
	"	int zero[0];\n"
	"	char end[];\n"
	"};\n"
	"enum plain { ZERO, FIVE = 5 };\n"
	"enum { MINUS = -1, BYTE = 200 };\n"
	"enum { HIGH = 0xffffffff };\n"
	"enum wide { WIDE = 1ll << 40 };\n"
	"extern struct inner elsewhere[] __attribute__((weak));\n"
	"static struct outer outer;\n"
	"struct inner table[6];\n"
	"struct user user; union choice choice; twice_t twice; yes_t yes; real_t real;\n"
	"byte_t byte; fixed_t fixed; nothing_t *nothing; pointer_t pointer; grid_t grid;\n"
	"enum plain plain; enum wide wide = WIDE;\n"
	"int f(void) { struct inside { int i; } s = {ZERO}; return MINUS + BYTE + (int)HIGH +\n"
	"	outer.first + elsewhere[1].a + s.i; }\n";

static const char second_unit[] =
	"struct later { long a, b, c; };\n"
	"struct twice { int a, b; };\n"
	"struct later later; struct twice second;\n"
	"enum { IN_SECOND = 7 }; int g(void) { return IN_SECOND; }\n";

static void run(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void run(const char *format, ...)
{
	char command[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(command, sizeof(command), format, ap);
	va_end(ap);
	if (system(command)) /* NOLINT(cert-env33-c): a test may use the compiler */
		fail_msg("%s", command);
}

static void write_file(const char *path, const void *bytes, size_t size)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
}

static unsigned char *read_file(const char *path, size_t *size)
{
	static unsigned char bytes[1 << 20];
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	*size = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	return bytes;
}

/* ---- each form ------------------------------------------------------------ */

/* The parts are put together as a module's are, and as a kernel's are. */
#define MODULE "-r"
#define KERNEL "-Wl,-e,0"

static const struct form {
	const char *name, *compile, *link;
	bool as_arm64; /* it says that it is, with that machine's relocations */
} forms[] = {
	{"DWARF 2", "-gdwarf-2 -gstrict-dwarf", MODULE, false},
	{"DWARF 4", "-gdwarf-4", MODULE, false},
	{"DWARF 5", "-gdwarf-5", MODULE, false},
	{"DWARF 5, arm64", "-gdwarf-5", MODULE, true},
	{"DWARF 5, compressed", "-gdwarf-5 -gz", MODULE, false},
	{"DWARF 4, compressed as GNU did", "-gdwarf-4",
	 MODULE " -Wl,--compress-debug-sections=zlib-gnu", false},
	{"DWARF 5, linked", "-gdwarf-5", KERNEL, false},
	{"DWARF 4, linked and compressed", "-gdwarf-4", KERNEL " -gz", false},
};

static void make_object(const struct form *form)
{
	char folder[64];

	snprintf(folder, sizeof(folder), "%s", at("."));
	run("cd %s && gcc -O0 -fno-pic -fno-eliminate-unused-debug-types %s -c one.c two.c && "
	    "gcc -nostdlib -no-pie %s -o object one.o two.o",
	    folder, form->compile, form->link);
}

/* As if a compiler for arm64 had made it: what is set is the same. */
static void make_arm64(void)
{
	size_t size, i, k;
	unsigned char *bytes = read_file(object, &size);
	Elf64_Ehdr *file = (Elf64_Ehdr *)bytes;
	Elf64_Shdr *s = (Elf64_Shdr *)(bytes + file->e_shoff);
	Elf64_Rela *r;

	file->e_machine = EM_AARCH64;
	for (i = 0; i < file->e_shnum; i++) {
		r = (Elf64_Rela *)(bytes + s[i].sh_offset);
		for (k = 0; s[i].sh_type == SHT_RELA && k < s[i].sh_size / sizeof(*r);
		     k++)
			r[k].r_info =
				ELF64_R_INFO(ELF64_R_SYM(r[k].r_info),
					     ELF64_R_TYPE(r[k].r_info) == R_X86_64_64
						     ? R_AARCH64_ABS64
						     : R_AARCH64_ABS32);
	}
	write_file(object, bytes, size);
}

struct given {
	struct arena arena;
	struct types *types;
	struct error why;
};
static struct given given;

static int begin(void **state)
{
	const struct form *form = *state;

	memset(&given, 0, sizeof(given));
	given.types = types_create(&given.arena);
	if (form) {
		make_object(form);
		if (form->as_arm64)
			make_arm64();
		if (!types_add_dwarf(given.types, "mod", object, &given.why))
			fail_msg("%s", given.why.text);
	}
	return 0;
}

static int end(void **state)
{
	(void)state;
	types_destroy(given.types);
	arena_free(&given.arena);
	return 0;
}

static void expect_size(const char *type, long size)
{
	long found = -1;

	if (!types_size(given.types, type, &found))
		fail_msg("%s is not known", type);
	assert_int_equal(found, size);
}

static void expect_no_size(const char *type)
{
	long size;

	assert_false(types_size(given.types, type, &size));
}

static void expect_member(const char *type, const char *path, long offset, long size)
{
	long place = -1, found = -1;

	if (!types_member(given.types, type, path, &place, &found))
		fail_msg("%s.%s is not known", type, path);
	assert_int_equal(place, offset);
	assert_int_equal(found, size);
}

static void expect_enumerator(const char *name, long value)
{
	long found = 0;

	assert_true(types_enumerator(given.types, name, &found));
	assert_int_equal(found, value);
}

static struct dump_type find(const char *name)
{
	struct dump_type type = {0};

	if (!types_find(given.types, name, &type))
		fail_msg("%s is not known", name);
	return type;
}

static struct dump_type_about about(struct dump_type type)
{
	struct dump_type_about a;

	assert_true(types_about(given.types, type, &a));
	return a;
}

/* ---- what each form says -------------------------------------------------- */

static void sizes(void)
{
	expect_size("outer", 48);
	expect_size("choice", 8);
	expect_size("plain", 4);
	expect_size("wide", 8);
	expect_size("number_t", 4);
	expect_size("fixed_t", 4);
	expect_size("real_t", 8);
	expect_size("pointer_t", 8);
	expect_size("grid_t", 30);
	expect_size("twice_t", 4);
	expect_no_size("nothing_t");
	expect_no_size("function_t");
	expect_no_size("absent");
	expect_no_size("inside"); /* of a function alone */
}

static void units(void)
{
	long value;

	expect_member("user", "later", 0, 8);
	expect_size("later", 24);
	expect_size("twice", 4); /* the first of two */
	expect_enumerator("IN_SECOND", 7);
	assert_false(types_enumerator(given.types, "ABSENT", &value));
}

static void members(void)
{
	expect_member("outer", "first", 0, 1);
	expect_member("outer", "in.b", 8, 4);
	expect_member("outer", "all", 12, 16);
	expect_member("outer", "all.b", 16, 4);
	expect_member("outer", "x", 32, 8);
	expect_member("outer", "z", 36, 4);
	expect_member("outer", "plain", 40, 4);
	expect_member("outer", "zero", 44, 0);
	expect_member("outer", "end", 44, 0);
	expect_member("choice", "in.b", 4, 4);
	assert_false(types_member(given.types, "outer", "y.z", &(long){0}, &(long){0}));
}

static void enumerators(void)
{
	expect_enumerator("FIVE", 5);
	expect_enumerator("MINUS", -1);
	expect_enumerator("BYTE", 200);
	expect_enumerator("HIGH", 0xffffffff);
	expect_enumerator("WIDE", 1l << 40);
}

static void variables(void)
{
	long size = 0;

	assert_true(types_variable_size(given.types, "table", &size));
	assert_int_equal(size, 48);
	assert_true(types_variable_size(given.types, "outer", &size));
	assert_int_equal(size, 48);
	assert_false(types_variable_size(given.types, "elsewhere", &size));
}

static void bitfields(void)
{
	struct dump_type outer = find("outer");
	struct dump_type_member m;

	assert_true(types_part(given.types, outer, 5, &m));
	assert_string_equal(m.name, "wide");
	assert_int_equal(m.bit_offset, 323);
	assert_int_equal(m.bits, 7);
	assert_true(types_part(given.types, outer, 3, &m));
	assert_string_equal(m.name, "");
	assert_int_equal(m.bit_offset, 256);
	assert_int_equal(m.bits, 0);
	assert_false(types_part(given.types, outer, 8, &m));
	assert_false(types_part(given.types, find("plain"), 0, &m));
}

static void classes(void)
{
	struct dump_type_about a = about(find("outer"));
	struct dump_type_member m;

	assert_int_equal(a.class, TYPE_STRUCT);
	assert_string_equal(a.name, "outer");
	assert_int_equal(a.count, 8);
	assert_int_equal(about(find("choice")).class, TYPE_UNION);
	assert_int_equal(about(find("real_t")).class, TYPE_FLOAT);
	assert_int_equal(about(find("yes_t")).class, TYPE_BOOL);
	assert_int_equal(about(find("byte_t")).class, TYPE_CHAR);
	assert_false(about(find("byte_t")).is_signed);
	assert_true(types_part(given.types, find("outer"), 0, &m));
	assert_int_equal(about(m.type).class, TYPE_CHAR);
	assert_true(about(m.type).is_signed);
	a = about(find("fixed_t"));
	assert_int_equal(a.class, TYPE_INT);
	assert_string_equal(a.name, "int");
	assert_true(a.is_signed);
	assert_int_equal(about(find("nothing_t")).class, TYPE_VOID);
	a = about(find("pointer_t"));
	assert_int_equal(a.class, TYPE_POINTER);
	assert_int_equal(about(a.of).class, TYPE_FUNCTION);
}

static void arrays(void)
{
	struct dump_type_about a = about(find("grid_t"));

	assert_int_equal(a.class, TYPE_ARRAY);
	assert_int_equal(a.count, 3);
	assert_int_equal(a.size, 30);
	a = about(a.of);
	assert_int_equal(a.class, TYPE_ARRAY);
	assert_int_equal(a.count, 5);
	assert_int_equal(a.size, 10);
	a = about(a.of);
	assert_int_equal(a.class, TYPE_INT);
	assert_int_equal(a.size, 2);
}

static void values(void)
{
	struct dump_type plain = find("enum plain");
	struct dump_type_about a = about(plain);
	struct dump_type_value v;

	assert_int_equal(a.class, TYPE_ENUM);
	assert_int_equal(a.count, 2);
	assert_true(types_value(given.types, plain, 1, &v));
	assert_string_equal(v.name, "FIVE");
	assert_int_equal(v.value, 5);
	assert_false(types_value(given.types, plain, 2, &v));
	assert_false(types_value(given.types, plain, 3, &v));
	assert_false(types_value(given.types, find("outer"), 0, &v));
}

static void all_is_known(void **state)
{
	(void)state;
	assert_true(types_have(given.types, "mod"));
	sizes();
	units();
	members();
	enumerators();
	variables();
	bitfields();
	classes();
	arrays();
	values();
}

/* ---- files that are none -------------------------------------------------- */

static void expect_refused(const char *path, const char *why)
{
	char text[256];

	snprintf(text, sizeof(text), "%s: %s", path, why);
	assert_false(types_add_dwarf(given.types, NULL, path, &given.why));
	assert_string_equal(given.why.text, text);
	assert_false(types_have(given.types, NULL));
}

static void files_that_are_none(void **state)
{
	static const char *const no_elf =
		"it is no ELF file of a 64-bit little-endian machine";

	(void)state;
	expect_refused(at("absent"), "No such file or directory");
	expect_refused(at("one.c"), no_elf);
	write_file(at("empty"), "", 0);
	expect_refused(at("empty"), no_elf);
	run("cd %s && gcc -g0 -c two.c -o bare.o", at("."));
	expect_refused(
		at("bare.o"),
		"it has no debugging information that can be read (no DWARF information)");
	run("cd %s && gcc -m32 -g -c two.c -o short.o", at("."));
	expect_refused(at("short.o"), no_elf);
}

/* Whatever a byte of it is turned into, it is read to its end, or refused. */
static void damaged_files(void **state)
{
	size_t size, i;
	unsigned char *bytes;
	struct types *types;
	long v, w;

	begin(&(void *){(void *)(uintptr_t)&forms[1]});
	bytes = read_file(object, &size);
	for (i = 0; i < size; i += 97) {
		bytes[i] ^= 0xff;
		write_file(at("damaged"), bytes, size);
		types = types_create(&given.arena);
		if (types_add_dwarf(types, NULL, at("damaged"), &given.why)) {
			types_member(types, "outer", "all.b", &v, &w);
			types_enumerator(types, "ABSENT", &v);
		}
		types_destroy(types);
		bytes[i] ^= 0xff;
	}
	(void)state;
}

/* ---- all ------------------------------------------------------------------ */

static int make_folder(void **state)
{
	if (scratch_make(state))
		return -1;
	snprintf(object, sizeof(object), "%s/object", scratch);
	write_file(at("one.c"), first_unit, strlen(first_unit));
	write_file(at("two.c"), second_unit, strlen(second_unit));
	return 0;
}

/* A kernel has thousands of units. */
static void a_search_that_is_interrupted(void **state)
{
	begin(&(void *){(void *)(uintptr_t)&forms[2]});
	(void)state;
	signal(SIGINT, SIG_DFL); /* a shell's background job has it ignored */
	interrupt_begin();
	expect_size("outer", 48);
	kill(getpid(), SIGINT);
	expect_size("outer", 48);
	assert_false(types_enumerator(given.types, "IN_SECOND", &(long){0}));
	interrupt_end();
	interrupt_begin();
	expect_enumerator("IN_SECOND", 7);
	/* A reader within that one's look neither forgets a signal nor ends the catching. */
	kill(getpid(), SIGINT);
	interrupt_begin();
	assert_true(interrupted());
	interrupt_end();
	kill(getpid(), SIGINT);
	assert_true(interrupted());
	interrupt_end();
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(forms) + 3] = {0};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(forms); i++)
		tests[i] = (struct CMUnitTest){forms[i].name, all_is_known, begin, end,
					       (void *)(uintptr_t)&forms[i]};
	tests[i++] =
		(struct CMUnitTest)cmocka_unit_test_setup_teardown(files_that_are_none,
								   begin, end);
	tests[i++] = (struct CMUnitTest)cmocka_unit_test_teardown(damaged_files, end);
	tests[i] =
		(struct CMUnitTest)cmocka_unit_test_teardown(a_search_that_is_interrupted,
							     end);
	return cmocka_run_group_tests(tests, make_folder, scratch_remove);
}
