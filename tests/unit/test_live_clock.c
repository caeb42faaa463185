// SPDX-License-Identifier: GPL-2.0-or-later
/* The clock of a watch: it ticks from several CPUs, and ends with who started it. */
#define _GNU_SOURCE /* pipe2() */
#include "test.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/seconds.h"
#include "readers/core/live_clock.h"

static bool is_over(void)
{
	return true;
}

static bool is_not_over(void)
{
	return false;
}

static void without_a_clock_the_timer_ends_a_wait(void **state)
{
	double begin = seconds_now();

	(void)state;
	assert_true(live_clock_wait(0.05, NULL));
	assert_true(seconds_now() - begin >= 0.05);
	assert_true(live_clock_wait(0.01, is_not_over));
	assert_false(live_clock_wait(3600, is_over));
}

/* The clocks become our children where their parent ends: pids of those that are left. */
static unsigned int children_left(void)
{
	unsigned int n = 0;

	while (waitpid(-1, NULL, 0) > 0)
		n++;
	return n;
}

static void ticks_end_a_wait(void **state)
{
	double begin;
	pid_t pid;
	int status;

	(void)state;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		live_clock_start();
		begin = seconds_now();
		_exit(!live_clock_wait(0.7, NULL) || seconds_now() - begin < 0.7 ||
		      live_clock_wait(3600, is_over));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	/* This returns when all of them have ended. */
	assert_true(children_left() >= 1);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
}

/* As where the machine's memory runs out, and they are killed. */
static void where_all_clocks_die_the_timer_is_left(void **state)
{
	(void)state;
	live_clock_start();
	signal(SIGTERM, SIG_IGN);
	assert_int_equal(getpgrp(),
			 getpid()); /* nobody else is in it: main() saw to that */
	assert_int_equal(kill(0, SIGTERM), 0);
	assert_true(children_left() >= 1);
	assert_true(live_clock_wait(0.05, NULL));
	signal(SIGTERM, SIG_DFL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_clock_the_timer_ends_a_wait),
		cmocka_unit_test(ticks_end_a_wait),
		cmocka_unit_test(where_all_clocks_die_the_timer_is_left),
	};

	setpgid(0, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
