// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_down),
		cmocka_unit_test(what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
