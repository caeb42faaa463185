// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "kernel/log/sysctl.h"

static struct sysctls sysctls;

static const struct sysctl_value *find(const char *name)
{
	const struct sysctl_value *v = sysctl_find(&sysctls, name);

	assert_non_null(v);
	return v;
}

static void usual_ones_first(void **state)
{
	static const char *const names[] = {
		"kernel.sysrq",
		"kernel.panic",
		"kernel.panic_on_oops",
		"kernel.hung_task_panic",
		"kernel.hung_task_timeout_secs",
		"kernel.softlockup_panic",
		"kernel.panic_on_warn",
		"vm.panic_on_oom",
	};
	size_t i;

	sysctls_read(fake_dump(*state), &sysctls);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		assert_string_equal(sysctls.all.v[i].name, names[i]);
}

static void widths_and_signs(void **state)
{
	struct fake *f = *state;

	fake_u64(f, fake_variable(f, "panic_timeout", 8), 0x55555555fffffff6);
	fake_u64(f, fake_variable(f, "softlockup_panic", 8), 0x55555555fffffff6);
	fake_u64(f, fake_variable(f, "sysctl_hung_task_timeout_secs", 8), 120);
	fake_u64(f, fake_variable(f, "crash_kexec_post_notifiers", 8), 0x5501);
	fake_u64(f, fake_variable(f, "panic_print", 8), UINT64_MAX);
	fake_u32(f, fake_variable(f, "sysctl_sched_rt_runtime", 4), 0xffffffff);
	sysctls_read(fake_dump(f), &sysctls);
	assert_int_equal(find("kernel.panic")->value, -10);
	assert_int_equal(find("kernel.panic")->width, 4);
	assert_int_equal(find("kernel.softlockup_panic")->value, 0xfffffff6);
	assert_int_equal(find("kernel.hung_task_timeout_secs")->value, 120);
	assert_int_equal(find("kernel.hung_task_timeout_secs")->width, 8);
	assert_int_equal(find("crash_kexec_post_notifiers")->value, 1);
	assert_true(find("kernel.panic_print")->value == INT64_MAX);
	assert_int_equal(find("kernel.sched_rt_runtime_us")->value, -1);
	assert_int_equal(sysctl_get(&sysctls, "kernel.sched_rt_runtime_us", 5), -1);
}

static void absent(void **state)
{
	struct fake *f = *state;

	sysctls_read(fake_dump(f), &sysctls);
	assert_int_equal(find("kernel.warn_limit")->state, SYSCTL_ABSENT);
	assert_null(find("kernel.warn_limit")->symbol);
	assert_int_equal(sysctl_get(&sysctls, "kernel.warn_limit", 7), 7);
	assert_int_equal(sysctl_get(&sysctls, "kernel.no_such_switch", 8), 8);
	assert_null(sysctl_find(&sysctls, "kernel.no_such_switch"));
	assert_int_equal(fake_dump(f)->notes.n, 0);
}

static void page_missing(void **state)
{
	struct fake *f = *state;
	kaddr_t page = fake_alloc_pages(f, 16);

	fake_symbol(f, "panic_on_oops", page);
	fake_u32(f, fake_variable(f, "panic_timeout", 4), 10);
	fake_exclude(f, page, 4);
	sysctls_read(fake_dump(f), &sysctls);
	assert_int_equal(find("kernel.panic_on_oops")->state, SYSCTL_UNREADABLE);
	assert_int_equal(find("kernel.panic_on_oops")->value, 0);
	assert_int_equal(find("kernel.panic_on_oops")->addr, page);
	assert_int_equal(find("kernel.panic")->value, 10);
	assert_true(fake_has_note(f, "kernel.panic_on_oops"));
}

static void two_spellings(void **state)
{
	struct fake *f = *state;

	fake_u32(f, fake_variable(f, "soft_watchdog_user_enabled", 4), 1);
	sysctls_read(fake_dump(f), &sysctls);
	assert_int_equal(find("kernel.soft_watchdog")->value, 1);
	assert_string_equal(find("kernel.soft_watchdog")->symbol,
			    "soft_watchdog_user_enabled");
	fake_u32(f, fake_variable(f, "watchdog_softlockup_user_enabled", 4), 0);
	sysctls_read(fake_dump(f), &sysctls);
	assert_int_equal(find("kernel.soft_watchdog")->value, 0);
}

/* sysrq_always_enabled on the command line outdoes kernel.sysrq. */
static void sysrq(void **state)
{
	struct fake *f = *state;
	kaddr_t always = fake_variable(f, "sysrq_always_enabled", 1);

	fake_u32(f, fake_variable(f, "sysrq_enabled", 4), 438);
	sysctls_read(fake_dump(f), &sysctls);
	assert_int_equal(find("kernel.sysrq")->value, 438);
	fake_u8(f, always, 1);
	sysctls_read(fake_dump(f), &sysctls);
	assert_int_equal(find("kernel.sysrq")->value, 1);
	assert_string_equal(find("kernel.sysrq")->symbol, "sysrq_always_enabled");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(usual_ones_first), fake_test(widths_and_signs),
		fake_test(absent),	     fake_test(page_missing),
		fake_test(two_spellings),    fake_test(sysrq),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
