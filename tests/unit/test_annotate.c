// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <ctype.h>

#include "report/annotate.h"

static void names_are_in_order(void **state)
{
	size_t i;

	(void)state;
	assert_true(annotate_count() > 100);
	for (i = 1; i < annotate_count(); i++)
		if (strcmp(annotate_name(i - 1), annotate_name(i)) >= 0)
			fail_msg("%s stands before %s", annotate_name(i - 1),
				 annotate_name(i));
}

static void every_note_is_one_short_line(void **state)
{
	const char *text, *s;
	size_t i;

	(void)state;
	for (i = 0; i < annotate_count(); i++) {
		text = annotate(annotate_name(i));
		assert_non_null(text);
		assert_in_range(strlen(text), 4, 60);
		for (s = text; *s; s++)
			assert_true(isprint((unsigned char)*s));
	}
}

static void no_name_has_a_suffix(void **state)
{
	size_t i;

	(void)state;
	/* annotate() cuts what follows a dot off before it looks. */
	for (i = 0; i < annotate_count(); i++)
		assert_null(strchr(annotate_name(i), '.'));
}

/* Who has lost the CPU to another is there, too, and who has been woken. */
static void to_be_switched_out_is_not_to_sleep(void **state)
{
	(void)state;
	assert_null(strstr(annotate("__schedule"), "sleep"));
	assert_null(strstr(annotate("schedule"), "sleep"));
}

static void the_stack_of_the_drain_hang_has_notes(void **state)
{
	static const char *const stack[] = {
		"__flush_work",
		"flush_work",
		"drain_all_pages",
		"__alloc_pages_nodemask",
		"ttm_pool_populate",
		"ttm_tt_populate",
		"ttm_tt_bind",
		"ttm_bo_handle_move_mem",
		"ttm_bo_validate",
		"ttm_bo_init_reserved",
		"ttm_bo_init",
		"virtio_gpu_object_create",
		"virtio_gpu_alloc_object",
		"virtio_gpu_resource_create_ioctl",
		"drm_ioctl_kernel",
		"drm_ioctl",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(stack); i++)
		assert_non_null(annotate(stack[i]));
}

static void parts_that_gcc_split_off_count_as_the_whole(void **state)
{
	(void)state;
	assert_ptr_equal(annotate("flush_work.part.0"), annotate("flush_work"));
	assert_ptr_equal(annotate("drain_all_pages.constprop.0.isra.0"),
			 annotate("drain_all_pages"));
}

static void others_have_none(void **state)
{
	static const char *const names[] = {"",		 ".",		"flush",
					    "flush_wor", "flush_works", "zzz",
					    "\xff",	 "\t",		"0x1234"};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		assert_null(annotate(names[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_in_order),
		cmocka_unit_test(every_note_is_one_short_line),
		cmocka_unit_test(no_name_has_a_suffix),
		cmocka_unit_test(to_be_switched_out_is_not_to_sleep),
		cmocka_unit_test(the_stack_of_the_drain_hang_has_notes),
		cmocka_unit_test(parts_that_gcc_split_off_count_as_the_whole),
		cmocka_unit_test(others_have_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
