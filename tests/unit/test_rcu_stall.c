// SPDX-License-Identifier: GPL-2.0-or-later
/* The CPUs that RCU waits for, in the words of several kernels. */
#include "test.h"

#include "kernel/log/rcu_stall.h"

static struct arena arena;
static struct klog log;
static struct rcu_stall stall;

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	memset(&log, 0, sizeof(log));
	return 0;
}

static void line(const char *text)
{
	*vec_push(&arena, &log.lines) = (struct log_line){.text = text, .first = true};
}

static void read_all(void)
{
	rcu_stall_read(&arena, &log, &stall);
}

static void by_others(void **state)
{
	(void)state;
	line("rcu: INFO: rcu_sched detected stalls on CPUs/tasks:");
	line("rcu: \\x091-...0: (1 GPs behind) idle=1a2/1/0x4000000000000000 softirq=1/2 fqs=3");
	line("some driver: 2-...: (no stall)");
	line("rcu: \\x0912-....: (5249 ticks this GP) idle=1");
	line("\\x09(detected by 0, t=5252 jiffies, g=1, q=2)");
	line("Sending NMI from CPU 0 to CPUs 1:");
	read_all();
	assert_non_null(stall.line);
	assert_int_equal(stall.cpus.n, 2);
	assert_int_equal(stall.cpus.v[0].cpu, 1);
	assert_int_equal(stall.cpus.v[1].cpu, 12);
}

/* Before 4.19 the lines had no prefix; and the last complaint is what counts. */
static void older_words(void **state)
{
	(void)state;
	line("INFO: rcu_sched self-detected stall on CPU");
	line("\\x090-...: (5249 ticks this GP) idle=1");
	line("INFO: rcu_sched self-detected stall on CPU");
	line("\\x093-...!: (1 GPs behind) idle=1");
	read_all();
	assert_int_equal(stall.cpus.n, 1);
	assert_int_equal(stall.cpus.v[0].cpu, 3);
}

/* On the line itself: expedited grace periods, and all of them once. */
static void on_one_line(void **state)
{
	(void)state;
	line("rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 0-...D 12-.... P77 } 21 jiffies s: 85 root: 0x1/.");
	read_all();
	assert_int_equal(stall.cpus.n, 2);
	assert_int_equal(stall.cpus.v[0].cpu, 0);
	assert_int_equal(stall.cpus.v[1].cpu, 12);
	line("INFO: rcu_sched detected stalls on CPUs/tasks: { 2 5} (detected by 7, t=15002 jiffies)");
	read_all();
	assert_int_equal(stall.cpus.n, 2);
	assert_int_equal(stall.cpus.v[1].cpu, 5);
	line("INFO: rcu_sched_state detected stall on CPU 7 (t=15000 jiffies)");
	read_all();
	assert_int_equal(stall.cpus.n, 1);
	assert_int_equal(stall.cpus.v[0].cpu, 7);
	line("INFO: rcu_sched detected stalls on CPUs/tasks: { 2");
	line("rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: {{{ 99999999999 - ");
	read_all();
	assert_int_equal(stall.cpus.n, 0);
}

/* A journal has blanks in the place of a tab. */
static void with_blanks(void **state)
{
	(void)state;
	line("rcu: INFO: rcu_preempt self-detected stall on CPU");
	line("rcu:         3-....: (1 GPs behind) idle=3514/0/0x3 softirq=1/2 fqs=3");
	line("rcu:         (t=21002 jiffies g=1292137 q=85 ncpus=2)");
	read_all();
	assert_int_equal(stall.cpus.n, 1);
	assert_int_equal(stall.cpus.v[0].cpu, 3);
}

static void none(void **state)
{
	(void)state;
	line("rcu: \\x091-...0: (1 GPs behind)");
	read_all();
	assert_null(stall.line);
	assert_int_equal(stall.cpus.n, 0);
	line("rcu: INFO: rcu_sched detected stalls on CPUs/tasks:");
	line("rcu: \\x0999999999999-...0: (1 GPs behind)");
	line("rcu: \\x09Tasks blocked on level-0 rcu_node (CPUs 0-1): P123/1:b..l");
	line("rcu: \\x091-");
	line("");
	read_all();
	assert_int_equal(stall.cpus.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(by_others, tear_down),
		cmocka_unit_test_teardown(older_words, tear_down),
		cmocka_unit_test_teardown(on_one_line, tear_down),
		cmocka_unit_test_teardown(with_blanks, tear_down),
		cmocka_unit_test_teardown(none, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
