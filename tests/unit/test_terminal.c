// SPDX-License-Identifier: GPL-2.0-or-later
/* The line that says how far a command is. */
#define _GNU_SOURCE /* posix_openpt() */
#include "test.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/terminal.h"

#define LONG_AGO_US 1100000

static int terminal, was; /* ours, and the stderr that it takes the place of */

static int begin(void **state)
{
	int other;

	(void)state;
	terminal = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(terminal >= 0 && !grantpt(terminal) && !unlockpt(terminal));
	other = open(ptsname(terminal), O_RDWR | O_NOCTTY);
	was = dup(STDERR_FILENO);
	dup2(other, STDERR_FILENO);
	close(other);
	fflush(stdout);
	return 0;
}

static int end(void **state)
{
	(void)state;
	dup2(was, STDERR_FILENO);
	close(was);
	close(terminal);
	return 0;
}

/* What has been shown since the last time; a mark ends it, so that there is no waiting. */
static const char *shown(void)
{
	static char text[512];
	size_t n = 0;
	ssize_t got;

	fflush(stderr);
	assert_int_equal(write(STDERR_FILENO, "#", 1), 1);
	do {
		got = read(terminal, text + n, sizeof(text) - 1 - n);
		assert_true(got > 0);
		n += (size_t)got;
	} while (text[n - 1] != '#');
	text[n - 1] = '\0';
	return text;
}

static void nothing_is_said_in_the_first_second(void **state)
{
	(void)state;
	terminal_begin();
	terminal_tell("reading roots", 1, 2);
	assert_string_equal(shown(), "");
	terminal_clear();
	assert_string_equal(shown(), "");
}

static void a_line_takes_the_place_of_the_one_before(void **state)
{
	const char *text;

	(void)state;
	terminal_begin();
	usleep(LONG_AGO_US);
	terminal_tell("reading pages", 12345, 0);
	assert_string_equal(shown(), "\rvgpu: reading pages, 12345, 1 s");
	/* Not again at once. */
	terminal_tell("reading roots", 1, 4);
	assert_string_equal(shown(), "");
	usleep(LONG_AGO_US / 4);
	terminal_tell("roots", 1, 4);
	assert_string_equal(shown(), "\rvgpu: roots, 25 %, 1 s         ");
	/* It has an end, and so it stays. */
	usleep(LONG_AGO_US / 4);
	terminal_tell("reading pages", 12346, 0);
	assert_string_equal(shown(), "");
	terminal_clear();
	text = shown();
	assert_int_equal(text[0], '\r');
	assert_int_equal(strspn(text + 1, " "), strlen(text) - 2);
	assert_int_equal(text[strlen(text) - 1], '\r');
	terminal_clear();
	assert_string_equal(shown(), "");
}

#define terminal_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		terminal_test(nothing_is_said_in_the_first_second),
		terminal_test(a_line_takes_the_place_of_the_one_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
