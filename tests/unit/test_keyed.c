// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "base/keyed.h"

static void nothing_is_in_an_empty_one(void **state)
{
	const struct keyed t = {0};

	(void)state;
	assert_null(keyed_get(&t, 0));
	assert_null(keyed_get(&t, 1));
}

static void many_are_found(void **state)
{
	static int things[5000];
	struct arena a = {0};
	struct keyed t = {0};
	size_t i;

	(void)state;
	/* 0 is a key like any other. */
	for (i = 0; i < 5000; i++)
		keyed_put(&a, &t, i * 4096, &things[i]);
	for (i = 0; i < 5000; i++) {
		assert_ptr_equal(keyed_get(&t, i * 4096), &things[i]);
		assert_null(keyed_get(&t, i * 4096 + 8));
	}
	assert_int_equal(t.n, 5000);
	arena_free(&a);
}

static void the_last_counts(void **state)
{
	struct arena a = {0};
	struct keyed t = {0};
	int first, last;

	(void)state;
	keyed_put(&a, &t, 7, &first);
	keyed_put(&a, &t, 7, &last);
	assert_ptr_equal(keyed_get(&t, 7), &last);
	assert_int_equal(t.n, 1);
	arena_free(&a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_in_an_empty_one),
		cmocka_unit_test(many_are_found),
		cmocka_unit_test(the_last_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
