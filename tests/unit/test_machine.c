// SPDX-License-Identifier: GPL-2.0-or-later
/* Which machine it was: node, memory, taint, and how long it ran. */
#include "test.h"

#include "fake_dump.h"
#include "kernel/log/machine.h"

static struct machine machine;

static void uts(struct fake *f, size_t at, const char *node)
{
	char bytes[400] = "";

	memcpy(bytes + at, "Linux", sizeof("Linux"));
	memcpy(bytes + at + 65, node, strlen(node) + 1);
	fake_bytes(f, fake_variable(f, "init_uts_ns", sizeof(bytes)), bytes,
		   sizeof(bytes));
}

static void read_all(void **state)
{
	struct fake *f = *state;

	uts(f, 0, "desk7");
	fake_u64(f, fake_variable(f, "_totalram_pages", 8), 1000);
	fake_u64(f, fake_variable(f, "tainted_mask", 8), 0x3000);
	fake_u64(f, fake_variable(f, "jiffies_64", 8), 0xffffffff - 300 * 250 + 1 + 2500);
	machine_read(fake_dump(f), 250, &machine);
	assert_string_equal(machine.node, "desk7");
	assert_int_equal(machine.memory, 1000 * 4096);
	assert_true(machine.taint_known);
	assert_int_equal(machine.taint, 0x3000);
	assert_float_equal(machine.uptime_s, 10, 0.01);
}

/* Until 5.10 a count stood before the names; a name may hold anything. */
static void behind_a_count(void **state)
{
	struct fake *f = *state;

	uts(f, 4, "a\033[2Jb");
	machine_read(fake_dump(f), 250, &machine);
	assert_string_equal(machine.node, "a\\x1b[2Jb");
}

static void nothing_known(void **state)
{
	struct fake *f = *state;

	machine_read(fake_dump(f), 250, &machine);
	assert_string_equal(machine.node, "");
	assert_int_equal(machine.memory, 0);
	assert_false(machine.taint_known);
	assert_true(machine.uptime_s < 0);
	uts(f, 40, "elsewhere");
	machine_read(fake_dump(f), 250, &machine);
	assert_string_equal(machine.node, "");
}

/* The letters of include/linux/panic.h, in its order. */
static void letters(void **state)
{
	const char *known = "PFSRMBUDAWCIOELKXTNJ";
	unsigned int bit;

	for (bit = 0; known[bit]; bit++) {
		assert_int_equal(taint_letter(bit), known[bit]);
		assert_true(taint_words(bit)[0]);
	}
	assert_int_equal(taint_letter(bit), 0);
	assert_null(taint_words(63));
	/* A kernel that has warned before is no module's doing. */
	assert_string_equal(taints_of_module(fake_dump(*state)->arena,
					     1 << 0 | 1 << 9 | 1 << 12 | 1ull << 63),
			    "proprietary (P), out of tree (O)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(read_all, test_5_10, test_end),
		cmocka_unit_test_setup_teardown(behind_a_count, test_5_10, test_end),
		cmocka_unit_test_setup_teardown(nothing_known, test_5_10, test_end),
		fake_test(letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
