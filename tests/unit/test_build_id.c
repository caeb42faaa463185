// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <elf.h>

#include "base/build_id.h"

static void written_down(void **state)
{
	unsigned char id[4] = {0};

	(void)state;
	assert_int_equal(build_id_parse("7b04fFA0", id, sizeof(id)), 4);
	assert_memory_equal(id, "\x7b\x04\xff\xa0", 4);
	assert_int_equal(build_id_parse("7b04", id, sizeof(id)), 2);
}

static void what_is_none(void **state)
{
	static const char *const none[] = {"",	   "7",	   "7b0", "7b04ffa011",
					   "7b 4", "0x7b", "-1"};
	unsigned char id[4];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(none); i++)
		assert_int_equal(build_id_parse(none[i], id, sizeof(id)), 0);
}

/* A note that says it is longer than all that there is, and the last without its padding. */
static void among_notes(void **state)
{
	struct {
		Elf64_Nhdr other;
		char other_name[4], other_desc[4];
		Elf64_Nhdr id;
		char id_name[4], id_desc[3];
	} notes = {{4, 1, 7}, "Xen", "x", {4, 3, NT_GNU_BUILD_ID}, "GNU", {1, 2, 3}};
	const unsigned char *bytes = (const unsigned char *)&notes, *id;
	size_t size = offsetof(__typeof__(notes), id_desc) + 3, n = 0;
	unsigned char copy[sizeof(notes)];
	Elf64_Nhdr lie;

	(void)state;
	id = build_id_in(bytes, size, &n);
	assert_ptr_equal(id, notes.id_desc);
	assert_int_equal(n, 3);
	assert_null(build_id_in(bytes, size - 1, &n));
	assert_null(build_id_in(NULL, 0, &n));
	memcpy(copy, &notes, sizeof(notes));
	lie = notes.other;
	lie.n_descsz = UINT32_MAX;
	memcpy(copy, &lie, sizeof(lie));
	assert_null(build_id_in(copy, sizeof(copy), &n));
	lie.n_namesz = UINT32_MAX - 2;
	memcpy(copy, &lie, sizeof(lie));
	assert_null(build_id_in(copy, sizeof(copy), &n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_down),
		cmocka_unit_test(what_is_none),
		cmocka_unit_test(among_notes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
