// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of blocked tasks in a text: what sysrq-w prints, of which nobody knows how old. */
#include "test.h"

#include "fake_session.h"

static struct fake_session session;
static struct dump_text text;

static int begin(void **state)
{
	(void)state;
	session = (struct fake_session){.fake = fake_create(), .program = true};
	fake_dump(session.fake)->info.release[0] = '\0';
	fake_dump(session.fake)->info.text = &text;
	return 0;
}

static int end(void **state)
{
	(void)state;
	fake_session_end(&session);
	return 0;
}

#define listed_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

static const char *ask(const char *words, const char *command)
{
	text = (struct dump_text){words, strlen(words), 0};
	return type(&session, command);
}

#define LIST(at) "[" at "0] sysrq: Show Blocked State\n"
#define TASK(at, comm, state, pid, place)                                                \
	"[" at "1] task:" comm "    state:" state " stack:    0 pid:   " pid             \
	" ppid:     1 flags:0x00000000\n"                                                \
	"[" at "2] Call Trace:\n[" at "3]  " place "+0x60/0x80\n"

static void a_blocked_task_is_told_without_a_time(void **state)
{
	const char *answer = ask(LIST("  200.00000") TASK("  200.00001", "Xorg", "D",
							  "723", "drain_all_pages"),
				 "vgpu");

	(void)state;
	assert_contains(answer, "Xorg (pid 723) is blocked.");
	assert_contains(answer, "HUNG      Xorg, pid 723: blocked (line 2)");
	assert_contains(answer, "LIKE      cpu-monopolised, 40 %");
	assert_contains(answer, "unexplained: vgpu blames nobody");
	assert_contains(
		ask(text.bytes, "vgpu -j"),
		"\"comm\":\"Xorg\",\"pid\":723,\"more_than_s\":null,\"reports\":0");
}

static void who_sleeps_otherwise_is_none(void **state)
{
	(void)state;
	assert_null(strstr(ask(LIST("  200.00000") TASK("  200.00001", "sleeper", "S",
							"9", "do_nanosleep"),
			       "vgpu"),
			   "HUNG"));
}

static void who_is_only_in_an_older_list_has_moved_on(void **state)
{
	const char *answer =
		ask(LIST("  200.00000") TASK("  200.00001", "reader", "D", "9",
					     "io_schedule") LIST("  300.00000")
			    TASK("  300.00001", "Xorg", "D", "723", "flush_work"),
		    "vgpu");

	(void)state;
	assert_null(strstr(answer, "HUNG      reader"));
	assert_contains(answer, "HUNG      Xorg, pid 723: blocked (line 6)");
}

static void whom_khungtaskd_named_is_told_once(void **state)
{
	const char *answer = ask(
		"[  100.000001] INFO: task Xorg:723 blocked for more than 120 seconds.\n" LIST(
			"  200.00000")
			TASK("  200.00001", "Xorg", "D", "723", "flush_work")
				TASK("  200.00002", "other", "D", "724", "flush_work"),
		"vgpu");

	(void)state;
	assert_contains(answer, "Xorg (pid 723) and 1 more task hang");
	assert_contains(answer, "Xorg, pid 723: blocked for more than 120 s (line 1)");
	assert_contains(answer, "other, pid 724: blocked (line 6)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		listed_test(a_blocked_task_is_told_without_a_time),
		listed_test(who_sleeps_otherwise_is_none),
		listed_test(who_is_only_in_an_older_list_has_moved_on),
		listed_test(whom_khungtaskd_named_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
