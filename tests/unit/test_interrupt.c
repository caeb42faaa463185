// SPDX-License-Identifier: GPL-2.0-or-later
/* What ends a command: signals, and the time that it may take. */
#include "test.h"

#include <signal.h>
#include <unistd.h>

#include "base/seconds.h"
#include "readers/core/interrupt.h"

#define SOON_S 1

static void a_signal_interrupts(void **state)
{
	(void)state;
	interrupt_begin();
	assert_false(interrupted());
	kill(getpid(), SIGINT);
	assert_true(interrupted());
	assert_false(interrupted_late());
	assert_int_equal(interrupt_pending(), 0);
	interrupt_end();
	interrupt_begin();
	assert_false(interrupted());
	interrupt_end();
}

static void so_does_the_time_whoever_keeps_alarms(void **state)
{
	double begin = seconds_now();

	(void)state;
	signal(SIGALRM, SIG_IGN);
	interrupt_begin();
	interrupt_after(SOON_S);
	assert_false(interrupted());
	while (!interrupted() && seconds_now() - begin < 10 * SOON_S)
		;
	assert_true(interrupted());
	assert_true(interrupted_late());
	assert_true(seconds_now() - begin >= SOON_S);
	interrupt_end();
	signal(SIGALRM, SIG_DFL);
}

static void a_look_has_its_own_time(void **state)
{
	(void)state;
	interrupt_begin();
	interrupt_after(1);
	interrupt_begin(); /* a reader within another's look */
	interrupt_after(0);
	interrupt_end();
	assert_false(interrupted_late());
	interrupt_end();
	interrupt_begin();
	assert_false(interrupted());
	interrupt_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signal_interrupts),
		cmocka_unit_test(so_does_the_time_whoever_keeps_alarms),
		cmocka_unit_test(a_look_has_its_own_time),
	};

	/* A shell that starts us in the background has it ignored. */
	signal(SIGINT, SIG_DFL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
