// SPDX-License-Identifier: GPL-2.0-or-later
/* Whole commands, as a user types them, over a fake dump. */
#define _GNU_SOURCE /* open_memstream() */
#include "test.h"

#include "commands/command.h"
#include "fake_session.h"
#include "fake_slab.h"

static struct fake_session session;

static int begin(void **state)
{
	session.fake = fake_5_10();
	*state = &session;
	fake_pages(session.fake);
	fake_cache(session.fake, "kmalloc-128", 128, 128);
	fake_drain_hang(session.fake);
	return 0;
}

static int end(void **state)
{
	fake_session_end(*state);
	return 0;
}

#define session_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

static void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in: %s", part, text);
}

/* What a command line prints has this in it. */
static void says(const char *line, const char *part)
{
	assert_contains(type(&session, line), part);
}

/* ---- every command ------------------------------------------------------- */

static void each_answers_in_text_and_in_json(void **state)
{
	const struct command *const *c;
	char line[64];

	(void)state;
	for (c = commands; *c; c++) {
		snprintf(line, sizeof(line), "vgpu %s", (*c)->name);
		assert_true(strlen(type(&session, line)) > 0);
		snprintf(line, sizeof(line), "vgpu %s -j", (*c)->name);
		if (strcmp((*c)->name, "leak"))
			assert_int_equal(strncmp(type(&session, line), "{\"vgpu\":", 8),
					 0);
	}
	assert_int_equal(session.begun, session.ended);
}

static void none_has_two_options_of_a_letter(void **state)
{
	const struct command *const *c;
	const struct command_option *o;
	size_t i;

	(void)state;
	for (c = commands; *c; c++)
		for (i = 0; i < COMMAND_OPTIONS_MAX && (*c)->options[i].letter; i++) {
			o = &(*c)->options[i];
			assert_int_not_equal(o->letter, 'j');
			assert_ptr_equal(command_option(*c, o->letter), o);
		}
}

static void the_triage_is_what_vgpu_alone_runs(void **state)
{
	char *first;

	(void)state;
	first = strdup(type(&session, "vgpu"));
	assert_contains(first, "cpu-monopolised");
	assert_string_equal(type(&session, "vgpu triage"), first);
	free(first);
}

static void a_command_asks_only_its_own_options(void **state)
{
	(void)state;
	says("vgpu hung -f", "Xorg");
	says("vgpu bt 196", "Xorg");
	says("vgpu wq -c 1", "CPU 1");
	says("vgpu graph -d", "digraph");
	says("vgpu slab -t kmalloc-128", "objects in use were looked at");
}

/* ---- what it has no answer to ------------------------------------------- */

static void says_what_is_not_there(void **state)
{
	(void)state;
	says("vgpu bt 9999", "vgpu bt: no task with pid 9999 in this dump\n");
	says("vgpu bt 0", "vgpu bt: pid 0 is each CPU's idle task: vgpu bt -a\n");
	says("vgpu bt zebra", "vgpu bt: \"zebra\" is neither");
	says("vgpu wq -c 99", "vgpu wq: no CPU 99: this dump has 2\n");
	says("vgpu slab zebra", "vgpu slab: no cache \"zebra\" in this dump");
}

static void says_what_is_wrong_with_a_line(void **state)
{
	(void)state;
	says("vgpu zebra", "vgpu: there is no sub-command \"zebra\"\n");
	says("vgpu hung -z", "vgpu hung: ");
	says("vgpu wq -c x", "-c takes a CPU's number, not \"x\"\n");
	says("vgpu drain this", "vgpu drain: \"this\" is one argument too many\n");
	assert_int_equal(session.begun, 0);
}

static void a_refused_dump_is_not_begun(void **state)
{
	(void)state;
	session.refusal = "it is on fire";
	assert_string_equal(type(&session, "vgpu"), "vgpu: it is on fire.\n");
	assert_int_equal(session.begun, 0);
}

/* At every read, Ctrl-C ends a command with one sentence or with its whole answer. */
static void interrupted_anywhere(void **state)
{
	static const char *const lines[] = {"vgpu", "vgpu bt -a", "vgpu slab", "vgpu wq"};
	size_t i, n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		for (n = 0; n < 400; n += 7) {
			fake_interrupt_after(session.fake, n);
			type(&session, lines[i]);
			assert_int_equal(session.begun, session.ended);
			if (n < 20)
				assert_contains(session.text, "interrupted");
		}
}

/* ---- help ---------------------------------------------------------------- */

static void help_has_every_command(void **state)
{
	const struct command *const *c;
	char *text = NULL, line[64];
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_non_null(out);
	commands_help(out);
	fclose(out);
	for (c = commands + 1; *c; c++) {
		snprintf(line, sizeof(line), "\n  vgpu %s [-j", (*c)->name);
		assert_contains(text, line);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		session_test(each_answers_in_text_and_in_json),
		session_test(none_has_two_options_of_a_letter),
		session_test(the_triage_is_what_vgpu_alone_runs),
		session_test(a_command_asks_only_its_own_options),
		session_test(says_what_is_not_there),
		session_test(says_what_is_wrong_with_a_line),
		session_test(a_refused_dump_is_not_begun),
		session_test(interrupted_anywhere),
		session_test(help_has_every_command),
	};

	return cmocka_run_group_tests_name("commands", tests, NULL, NULL);
}
