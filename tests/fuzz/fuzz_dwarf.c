// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A libFuzzer target: a module that a compiler made, some of its bytes changed, and all
 * that is asked of types.
 *
 * Besides what the sanitizers see: a type has as many parts as it says, each has a name.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/base.h"
#include "readers/core/types.h"

#define ASKED_MAX 100
#define CHANGES_MAX 32
#define CHANGE 4 /* bytes of input: three that say where, and one that is put there */

static const char source[] =
	"struct list_head { struct list_head *next, *prev; };\n"
	"union u { int n; struct { unsigned a : 3, b : 9; } in; };\n"
	"enum e { ZERO, ONE, MINUS = -1 };\n"
	"typedef int grid_t[3][5];\n"
	"struct s { char c; struct list_head list; union { long x; union u u; }; enum e e;\n"
	"	grid_t grid; struct list_head all[4]; int end[]; } s;\n"
	"grid_t variable;\n";

static const char *const names[] = {"s",      "list_head", "u",	  "e",
				    "grid_t", "variable",  "ONE", "absent"};
static const char *const paths[] = {"c",	"list.prev", "u.in.b",
				    "all.next", "end",	     "absent"};

static unsigned char sound[1 << 16];
static size_t length;
static int file; /* in memory, the sound one but for what is changed now */
static char path[32];

static void fail(const char *what)
{
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

static void compile(void)
{
	static const char object[] = "fuzz_dwarf.o";
	FILE *gcc = popen("gcc -g -c -x c - -o fuzz_dwarf.o", "w"), *f;

	if (!gcc || fputs(source, gcc) < 0 || pclose(gcc))
		fail("gcc failed");
	f = fopen(object, "r");
	length = f ? fread(sound, 1, sizeof(sound), f) : 0;
	if (!length || fclose(f) || unlink(object))
		fail("gcc made nothing");
	file = memfd_create("module", MFD_CLOEXEC);
	if (file < 0 || write(file, sound, length) != (ssize_t)length)
		fail("no file in memory");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
}

static size_t place_of(const uint8_t *change)
{
	return load_le(change, 3) % length;
}

static void ask_parts(struct types *t, struct dump_type type,
		      const struct dump_type_about *about)
{
	bool is_struct = about->class == TYPE_STRUCT || about->class == TYPE_UNION;
	struct dump_type_member m;
	struct dump_type_value v;
	size_t i;

	for (i = 0; i < about->count && i < ASKED_MAX; i++) {
		if (is_struct && (!types_part(t, type, i, &m) || !m.name))
			fail("a struct without a member that it counts");
		if (about->class == TYPE_ENUM &&
		    (!types_value(t, type, i, &v) || !v.name))
			fail("an enum without a value that it counts");
	}
}

static void ask(struct types *t)
{
	struct dump_type_about about;
	struct dump_type type;
	long v, size;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		types_size(t, names[i], &size);
		types_enumerator(t, names[i], &v);
		types_variable_size(t, names[i], &size);
		if (types_find(t, names[i], &type) && types_about(t, type, &about))
			ask_parts(t, type, &about);
	}
	for (i = 0; i < ARRAY_SIZE(paths); i++)
		types_member(t, "s", paths[i], &v, &size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = size / CHANGE, i, at;
	struct arena arena = {0};
	struct types *t;

	if (!length)
		compile();
	for (i = 0; i < n && i < CHANGES_MAX; i++)
		if (pwrite(file, &data[i * CHANGE + 3], 1,
			   (off_t)place_of(data + i * CHANGE)) != 1)
			fail("the file cannot be changed");
	t = types_create(&arena);
	if (types_add_dwarf(t, "mod", path, NULL))
		ask(t);
	types_destroy(t);
	arena_free(&arena);
	for (i = 0; i < n && i < CHANGES_MAX; i++) {
		at = place_of(data + i * CHANGE);
		if (pwrite(file, &sound[at], 1, (off_t)at) != 1)
			fail("the file cannot be changed");
	}
	return 0;
}
