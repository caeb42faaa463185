// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "base/arena.h"

static bool is_zero(const unsigned char *p, size_t n)
{
	while (n--)
		if (p[n])
			return false;
	return true;
}

static void memory_is_zeroed(void **state)
{
	struct arena a = {0};
	int i;

	(void)state;
	/* More than once, so that freed memory is handed out again. */
	for (i = 0; i < 3; i++) {
		unsigned char *p = arena_alloc(&a, 1000);

		assert_true(is_zero(p, 1000));
		memset(p, 0xff, 1000);
		arena_free(&a);
	}
}

static void nothing_is_something(void **state)
{
	struct arena a = {0};

	(void)state;
	assert_non_null(arena_alloc(&a, 0));
	assert_ptr_not_equal(arena_alloc(&a, 0), arena_alloc(&a, 0));
	arena_free(&a);
}

static void memory_is_aligned(void **state)
{
	struct arena a = {0};
	size_t n;

	(void)state;
	for (n = 0; n < 40; n++)
		assert_int_equal((uintptr_t)arena_alloc(&a, n) % _Alignof(max_align_t),
				 0);
	arena_free(&a);
}

static void grow_keeps_and_zeroes(void **state)
{
	struct arena a = {0};
	unsigned char *p = arena_grow(&a, NULL, 10);

	(void)state;
	memset(p, 7, 10);
	p = arena_grow(&a, p, 100000);
	assert_int_equal(p[0], 7);
	assert_int_equal(p[9], 7);
	assert_true(is_zero(p + 10, 100000 - 10));
	arena_free(&a);
}

/* The first, the last, the only one, and none. */
static void dropped_before_the_end(void **state)
{
	struct arena a = {0};
	void *first = arena_alloc(&a, 10), *middle = arena_alloc(&a, 10),
	     *last = arena_alloc(&a, 10);

	(void)state;
	arena_drop(&a, NULL);
	arena_drop(&a, middle);
	arena_drop(&a, last);
	first = arena_grow(&a, first, 1000);
	last = arena_alloc(&a, 10);
	arena_drop(&a, first);
	arena_drop(&a, last);
	assert_null(a.blocks);
	last = arena_alloc(&a, 10);
	memset(last, 7, 10);
	arena_free(&a);
}

static void shrink_keeps_the_front(void **state)
{
	struct arena a = {0};
	unsigned char *p = arena_alloc(&a, 100);

	(void)state;
	memset(p, 7, 100);
	p = arena_grow(&a, p, 10);
	assert_int_equal(p[9], 7);
	/* What was cut off is forgotten: growing again gives zeros. */
	p = arena_grow(&a, p, 100);
	assert_true(is_zero(p + 10, 90));
	arena_free(&a);
}

/* A block that moves is linked again into the list wherever it stands there. */
static void grow_anywhere_in_the_list(void **state)
{
	struct arena a = {0};
	unsigned char *p[3];
	int i, round;

	(void)state;
	for (i = 0; i < 3; i++)
		p[i] = arena_alloc(&a, 16);
	for (round = 1; round < 12; round++) {
		for (i = 0; i < 3; i++) {
			p[i] = arena_grow(&a, p[i], (size_t)16 << round);
			p[i][0] = (unsigned char)(i + 1);
		}
	}
	for (i = 0; i < 3; i++)
		assert_int_equal(p[i][0], i + 1);
	arena_free(&a); /* LeakSanitizer tells if one was lost */
	assert_null(a.blocks);
}

static void free_twice(void **state)
{
	struct arena a = {0};

	(void)state;
	arena_free(&a);
	arena_alloc(&a, 1);
	arena_free(&a);
	arena_free(&a);
}

static void prints(void **state)
{
	struct arena a = {0};
	char *s = arena_printf(&a, "%s is %d", "seven", 7);

	(void)state;
	assert_string_equal(s, "seven is 7");
	assert_string_equal(arena_printf(&a, "%s", ""), "");
	assert_int_equal(strlen(arena_printf(&a, "%5000s", "x")), 5000);
	assert_string_equal(s, "seven is 7");
	arena_free(&a);
}

static jmp_buf out;

static void no_memory(void)
{
	longjmp(out, 1);
}

/* With no_memory set, a wild size comes back there and loses nothing. */
static void asks_too_much(void **state)
{
	struct arena a = {.no_memory = no_memory};
	size_t volatile huge[] = {SIZE_MAX, SIZE_MAX - 8, SIZE_MAX / 2 + 1};
	size_t volatile i, jumps = 0;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(huge); i++) {
		if (setjmp(out))
			jumps++;
		else
			arena_alloc(&a, huge[i]);
	}
	assert_int_equal(jumps, ARRAY_SIZE(huge));
	assert_null(a.blocks);
	arena_free(&a);
}

/* Whoever goes on after that pushes into what the array still has. */
static void vec_has_the_room_that_it_says(void **state)
{
	struct arena a = {.no_memory = no_memory};
	void *v = NULL;
	size_t room = 0;

	(void)state;
	vec_room(&a, &v, 0, &room, 1);
	assert_int_equal(room, 8);
	if (!setjmp(out))
		vec_room(&a, &v, 8, &room, SIZE_MAX / 16);
	assert_int_equal(room, 8);
	arena_free(&a);
}

static void vec_grows(void **state)
{
	struct arena a = {0};
	struct pair {
		int i, also;
	};
	VEC(struct pair) vec = {0};
	int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		assert_int_equal(vec_push(&a, &vec)->also, 0);
		vec.v[i].i = i;
		vec.v[i].also = 1;
	}
	assert_int_equal(vec.n, 1000);
	for (i = 0; i < 1000; i++)
		assert_int_equal(vec.v[i].i, i);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed),
		cmocka_unit_test(nothing_is_something),
		cmocka_unit_test(memory_is_aligned),
		cmocka_unit_test(grow_keeps_and_zeroes),
		cmocka_unit_test(dropped_before_the_end),
		cmocka_unit_test(shrink_keeps_the_front),
		cmocka_unit_test(grow_anywhere_in_the_list),
		cmocka_unit_test(free_twice),
		cmocka_unit_test(prints),
		cmocka_unit_test(asks_too_much),
		cmocka_unit_test(vec_has_the_room_that_it_says),
		cmocka_unit_test(vec_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
