// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "arch/arch.h"

static void a_machine_is_known_by_its_name(void **state)
{
	(void)state;
	assert_ptr_equal(arch_of("x86_64"), &arch_x86_64);
	assert_ptr_equal(arch_of("aarch64"), &arch_arm64);
	assert_non_null(arch_of("x86_64")->open);
}

/* Nothing that is not known is taken for known. */
static void another_machine_has_no_stacks(void **state)
{
	(void)state;
	assert_null(arch_of("riscv64")->open);
	assert_null(arch_of("")->open);
	assert_int_equal(arch_of("riscv64")->need_resched, 0);
}

static void addresses_of_x86_64(void **state)
{
	const struct arch *x86 = arch_of("x86_64");

	(void)state;
	assert_true(arch_is_kernel(x86, FAKE_DIRECT_MAP));
	assert_true(arch_is_kernel(x86, FAKE_TEXT));
	/* five levels of page tables */
	assert_true(arch_is_kernel(x86, 0xff11000000000000));
	assert_false(arch_is_kernel(x86, 0x7fffffffe000));
	assert_false(arch_is_kernel(x86, 0xfe00000000000000));
	/* error numbers, and the page that they are in */
	assert_false(arch_is_kernel(x86, -12ull));
	assert_false(arch_is_kernel(x86, -4096ull));
	assert_true(arch_is_kernel(x86, -4097ull));
}

static void a_tag_is_no_part_of_an_address(void **state)
{
	static const struct arch tagged = {.kernel_low = 0xfff0000000000000,
					   .tag_bits = 8};

	(void)state;
	assert_int_equal(arch_untag(&tagged, 0xf4ff000012345678), 0xffff000012345678);
	assert_int_equal(arch_untag(&tagged, 0xffff000012345678), 0xffff000012345678);
	assert_int_equal(arch_untag(&tagged, 0xf400ffff12345678), 0x0000ffff12345678);
	assert_int_equal(arch_untag(&arch_x86_64, 0xf4ff000012345678),
			 0xf4ff000012345678);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_machine_is_known_by_its_name),
		cmocka_unit_test(another_machine_has_no_stacks),
		cmocka_unit_test(addresses_of_x86_64),
		cmocka_unit_test(a_tag_is_no_part_of_an_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
