// SPDX-License-Identifier: GPL-2.0-or-later
/* The triage of a machine that runs on, as a user types it: look after look. */
#include "test.h"

#include <malloc.h>

#include "fake_session.h"
#include "fake_work.h"
#include "kernel/sched/task.h"

#define LOOKS 4 /* at most, the first among them */
#define CROWD 300

static struct fake_session session;
static struct fake_hang hang;

static int begin(void **state)
{
	session.fake = fake_5_10();
	session.again = 1;
	hang = fake_drain_hang(session.fake);
	*state = &session;
	return 0;
}

static int end(void **state)
{
	fake_session_end(*state);
	return 0;
}

#define looks_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

/* Another one is to blame each time. */
static void blame_another(struct fake_session *s)
{
	fake_id_set(s->fake, hang.hog, TASK_PID, (uint64_t)(1000 + s->looks));
}

static void what_is_said_twice_stands(void **state)
{
	(void)state;
	type(&session, "vgpu");
	assert_int_equal(session.looks, 1);
	assert_contains(session.text, "cpu-monopolised");
	assert_contains(session.text, "it runs: looked at again after 1.0 s");
	assert_contains(session.text,
			"Xorg (pid 196) has not run in the 1.0 s between two looks");
}

static void what_differs_is_looked_at_again(void **state)
{
	(void)state;
	session.between = blame_another;
	type(&session, "vgpu");
	assert_int_equal(session.looks, LOOKS - 1);
	assert_int_equal(session.result, RESULT_UNEXPLAINED);
	assert_contains(session.text, "differs from one look to the next");
}

static void a_page_of_the_last_look(void **state)
{
	(void)state;
	type(&session, "vgpu --html -");
	assert_int_equal(session.result, RESULT_DONE);
	assert_contains(session.text, "looked at again after 1.0 s");
}

/* ---- Ctrl-C ------------------------------------------------------------------------ */

static void interrupted_between_looks(void **state)
{
	(void)state;
	session.again = -1;
	assert_string_equal(type(&session, "vgpu"),
			    "vgpu: interrupted; nothing is left behind\n");
	assert_int_equal(session.result, RESULT_INTERRUPTED);
	/* Told of the kernel that the first look has read. */
	type(&session, "vgpu -j");
	assert_contains(session.text, "\"error\":\"interrupted;");
	assert_contains(session.text, "\"release\":\"5.10");
	assert_int_equal(session.begun, session.ended);
}

static void interrupt_soon(struct fake_session *s)
{
	fake_interrupt_after(s->fake, (size_t)s->begun * 7);
}

static void interrupted_anywhere_in_the_second_look(void **state)
{
	int i;

	(void)state;
	session.between = interrupt_soon;
	for (i = 0; i < 20; i++) {
		fake_interrupt_after(session.fake, SIZE_MAX / 2);
		type(&session, "vgpu -j");
		assert_int_equal(session.result, RESULT_INTERRUPTED);
		assert_contains(session.text, "\"error\":\"interrupted;");
	}
	assert_int_equal(session.begun, session.ended);
}

/* ---- memory ------------------------------------------------------------------------ */

static size_t one_look, most;

/* Sanitizers have another malloc(), whose figures this does not have: then all are 0. */
static size_t taken(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

static void note_most(kaddr_t addr, size_t size)
{
	(void)addr;
	(void)size;
	if (taken() > most)
		most = taken();
}

static void note_one(struct fake_session *s)
{
	if (s->looks == 1)
		one_look = taken();
	note_most(0, 0);
	blame_another(s);
}

/* Many are stuck, each of which takes its part of a look. */
static void looks_take_the_memory_of_one(void **state)
{
	size_t before;
	int i;

	(void)state;
	for (i = 0; i < CROWD; i++)
		fake_task_state(session.fake, fake_task(session.fake, 2000 + i, "crowd"),
				TASK_STATE_UNINTERRUPTIBLE);
	session.between = note_one;
	fake_watch_reads(session.fake, note_most);
	before = taken();
	type(&session, "vgpu");
	assert_int_equal(session.looks, LOOKS - 1);
	assert_true(most - before <= (one_look - before) / 8 * 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		looks_test(what_is_said_twice_stands),
		looks_test(what_differs_is_looked_at_again),
		looks_test(a_page_of_the_last_look),
		looks_test(interrupted_between_looks),
		looks_test(interrupted_anywhere_in_the_second_look),
		looks_test(looks_take_the_memory_of_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
