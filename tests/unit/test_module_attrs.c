// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel keeps for /sys/module/NAME/sections and notes: where a module's sections
 * are, and its build id.  Until 6.13 a number says how many; by 7.2 an array with NULL at
 * its end does, and both are plain bin_attributes.
 */
#include "test.h"

#include "dump/module.h"

#define ID_SIZE 20

/* Of Debian's 7.2.13, amd64. */
static const struct fake_row rows_7_2[] = {
	FAKE_T("module_sect_attrs", 48),
	FAKE_M("module_sect_attrs.grp.bin_attrs", 40, 8),
	FAKE_M("module_sect_attrs.attrs", 48, 0),
	FAKE_T("module_notes_attrs", 48),
	FAKE_M("module_notes_attrs.grp.bin_attrs", 40, 8),
	FAKE_M("module_notes_attrs.attrs", 48, 0),
	FAKE_T("bin_attribute", 72),
	FAKE_M("bin_attribute.attr.name", 0, 8),
	FAKE_M("bin_attribute.private", 24, 8),
};

static struct fake *types_7_2(struct fake *f)
{
	fake_absent(f, "module_sect_attrs");
	fake_absent(f, "module_sect_attr");
	fake_absent(f, "module_notes_attrs");
	fake_absent(f, "bin_attribute");
	fake_rows(f, rows_7_2, ARRAY_SIZE(rows_7_2));
	return f;
}

static kaddr_t word(struct fake *f, const char *s)
{
	kaddr_t at = fake_alloc(f, strlen(s) + 1);

	fake_string(f, at, s);
	return at;
}

/* A head with attributes of these names; each one's private is its number, from 0x1000. */
static kaddr_t new_attrs(struct fake *f, const char *const *names, size_t n)
{
	kaddr_t head = fake_alloc(f, 48 + n * 72), list = fake_alloc(f, (n + 1) * 8);
	size_t i;

	for (i = 0; i < n; i++) {
		fake_set(f, head + 48 + i * 72, "bin_attribute.attr.name",
			 word(f, names[i]));
		fake_set(f, head + 48 + i * 72, "bin_attribute.private",
			 0x1000 * (i + 1));
		fake_ptr(f, list + i * 8, head + 48 + i * 72);
	}
	fake_set(f, head, "module_sect_attrs.grp.bin_attrs", list);
	return head;
}

static size_t sections(struct fake *f, kaddr_t head, struct module_sections *s)
{
	struct module m = {.addr = fake_new(f, "module")};

	fake_set(f, m.addr, "module.sect_attrs", head);
	module_sections_read(fake_dump(f), &m, s);
	return s->all.n;
}

static void sections_to_the_end(void **state)
{
	static const char *const names[] = {".text", ".data", ".bss"};
	struct fake *f = types_7_2(*state);
	struct module_sections s;
	kaddr_t head = new_attrs(f, names, 3);

	assert_int_equal(sections(f, head, &s), 3);
	assert_string_equal(s.all.v[0].name, ".text");
	assert_int_equal(s.all.v[0].start, 0x1000);
	assert_string_equal(s.all.v[2].name, ".bss");
	assert_int_equal(s.all.v[2].start, 0x3000);
	/* No array, or one that is not there. */
	fake_set(f, head, "module_sect_attrs.grp.bin_attrs", 0);
	assert_int_equal(sections(f, head, &s), 0);
	fake_set(f, head, "module_sect_attrs.grp.bin_attrs", FAKE_NOWHERE);
	assert_int_equal(sections(f, head, &s), 0);
	assert_int_equal(sections(f, 0, &s), 0);
}

/* The array's end is lost: no more than there can be, and what is there. */
static void sections_without_end(void **state)
{
	static const char *const names[] = {".text"};
	struct fake *f = types_7_2(*state);
	struct module_sections s;
	kaddr_t head = new_attrs(f, names, 1), list = fake_alloc(f, 0x100000);
	size_t i;

	for (i = 0; i < 0x100000; i += 8)
		fake_ptr(f, list + i, 1);
	fake_set(f, head, "module_sect_attrs.grp.bin_attrs", list);
	assert_true(sections(f, head, &s) < 0x10000);
	assert_string_equal(s.all.v[0].name, ".text");
}

static void build_id_of_a_note(void **state)
{
	static const char *const names[] = {".note.Linux", ".note.gnu.build-id"};
	static const unsigned char note[] = {4,	 0,  0,	 0,   ID_SIZE, 0,   0,	0,  3,
					     0,	 0,  0,	 'G', 'N',     'U', 0,	1,  2,
					     3,	 4,  5,	 6,   7,       8,   9,	10, 11,
					     12, 13, 14, 15,  16,      17,  18, 19, 20};
	unsigned char id[ID_SIZE];
	struct fake *f = types_7_2(*state);
	kaddr_t module = fake_new(f, "module"), head = new_attrs(f, names, 2);
	kaddr_t at = fake_alloc(f, sizeof(note));

	fake_bytes(f, at, note, sizeof(note));
	fake_set(f, head + 48 + 72, "bin_attribute.private", at);
	fake_set(f, module, "module.notes_attrs", head);
	assert_int_equal(module_build_id(fake_dump(f), module, id, sizeof(id)), ID_SIZE);
	assert_memory_equal(id, note + 16, ID_SIZE);
	/* It is not there, or is another one. */
	fake_ptr(f, fake_get(f, head, "module_notes_attrs.grp.bin_attrs") + 8, 0);
	assert_int_equal(module_build_id(fake_dump(f), module, id, sizeof(id)), 0);
}

/* As it was: a number, and section attributes of a type of their own. */
static void sections_by_number(void **state)
{
	struct fake *f = *state;
	struct module_sections s;
	kaddr_t head = fake_alloc(f, 4096), at;
	size_t i, size = fake_size(f, "module_sect_attr");

	at = fake_at(f, head, "module_sect_attrs.attrs");
	for (i = 0; i < 2; i++) {
		fake_set(f, at + i * size, "module_sect_attr.battr.attr.name",
			 word(f, i ? ".data" : ".text"));
		fake_set(f, at + i * size, "module_sect_attr.address", 0x1000 * (i + 1));
	}
	fake_set(f, head, "module_sect_attrs.nsections", 2);
	assert_int_equal(sections(f, head, &s), 2);
	assert_string_equal(s.all.v[1].name, ".data");
	assert_int_equal(s.all.v[1].start, 0x2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(sections_to_the_end),
		fake_test(sections_without_end),
		fake_test(build_id_of_a_note),
		fake_test(sections_by_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
