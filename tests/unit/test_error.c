// SPDX-License-Identifier: GPL-2.0-or-later
/* error.c: why something could not be done, in words. */
#include "test.h"

#include "base/error.h"

static void a_reason(void **state)
{
	struct error why = {"another"};

	(void)state;
	assert_false(error_set(&why, "page %d is damaged", 5));
	assert_string_equal(why.text, "page 5 is damaged");
}

static void what_was_tried_comes_first(void **state)
{
	struct error why = {""};

	(void)state;
	error_set(&why, "page 5 is damaged");
	assert_false(error_within(&why, "its types"));
	error_within(&why, "%s", "the module");
	assert_string_equal(why.text, "the module: its types: page 5 is damaged");
}

/* A core says what its symbols are called. */
static void it_is_escaped_once(void **state)
{
	struct error why = {""};

	(void)state;
	error_set(&why, "\033[2J");
	error_within(&why, "a\n");
	assert_string_equal(why.text, "a\\x0a: \\x1b[2J");
}

static void what_is_too_long_is_cut(void **state)
{
	struct error why = {""};
	int i;

	(void)state;
	error_set(&why, "end");
	for (i = 0; i < 100; i++)
		error_within(&why, "while this was tried %d", i);
	assert_int_equal(strlen(why.text), sizeof(why.text) - 1);
	assert_memory_equal(why.text, "while this was tried 99: ", 25);
}

static void nobody_has_to_ask(void **state)
{
	(void)state;
	assert_false(error_set(NULL, "%d", 1));
	assert_false(error_within(NULL, "%d", 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reason),
		cmocka_unit_test(what_was_tried_comes_first),
		cmocka_unit_test(it_is_escaped_once),
		cmocka_unit_test(what_is_too_long_is_cut),
		cmocka_unit_test(nobody_has_to_ask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
