// SPDX-License-Identifier: GPL-2.0-or-later
/* Whole commands, as a user types them, over a fake dump. */
#define _GNU_SOURCE /* open_memstream() */
#include "test.h"

#include <sys/stat.h>
#include <yajl/yajl_tree.h>

#include "base/nearest.h"
#include "commands/command.h"
#include "fake_session.h"
#include "fake_slab.h"
#include "scratch.h"

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

/* What a command line prints has this in it. */
static void says(const char *line, const char *part)
{
	assert_contains(type(&session, line), part);
}

/* It is an error of this kind, told as text and with -j as a document. */
static void fails(const char *line, enum result result, const char *part)
{
	char json[128];
	yajl_val doc;

	says(line, part);
	assert_int_equal(session.result, result);
	snprintf(json, sizeof(json), "%s -j", line);
	type(&session, json);
	assert_int_equal(session.result, result);
	doc = yajl_tree_parse(session.text, NULL, 0);
	if (!doc)
		fail_msg("no document: %s", session.text);
	assert_int_equal(strncmp(session.text, "{\"vgpu\":1,\"program\":", 20), 0);
	assert_contains(YAJL_GET_STRING(yajl_tree_get(doc,
						      (const char *[]){"error", NULL},
						      yajl_t_string)),
			part);
	assert_non_null(
		yajl_tree_get(doc, (const char *[]){"incomplete", NULL}, yajl_t_array));
	assert_non_null(
		yajl_tree_get(doc, (const char *[]){"kernel", NULL}, yajl_t_object));
	yajl_tree_free(doc);
}

/* ---- every command ------------------------------------------------------- */

static void each_answers_in_text_and_in_json(void **state)
{
	const struct command *const *c;
	const char *word;
	char line[64];

	(void)state;
	session.program = true;
	for (c = commands; *c; c++) {
		word = (*c)->needs_second     ? " one two"
		       : (*c)->needs_argument ? " init_task"
					      : "";
		snprintf(line, sizeof(line), "vgpu %s%s", (*c)->name, word);
		assert_true(strlen(type(&session, line)) > 0);
		if (!strcmp((*c)->name, "help"))
			continue;
		snprintf(line, sizeof(line), "vgpu -j %s%s", (*c)->name, word);
		assert_int_equal(strncmp(type(&session, line), "{\"vgpu\":", 8), 0);
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
		for (i = 0; (o = command_option_at(*c, i)); i++) {
			assert_int_not_equal(o->letter, 'j');
			assert_int_not_equal(o->letter, 'h');
			assert_ptr_equal(command_option(*c, o->letter), o);
		}
}

static void what_an_option_excludes_is_there(void **state)
{
	const struct command *const *c;
	const struct command_option *o;
	const char *p;
	size_t i;

	(void)state;
	for (c = commands; *c; c++)
		for (i = 0; (o = command_option_at(*c, i)); i++)
			for (p = o->excludes; p && *p; p++)
				assert_true(*p == 'j' || (*p == '.' && (*c)->argument) ||
					    command_option(*c, *p));
}

static void the_triage_is_what_vgpu_alone_runs(void **state)
{
	char *first;

	(void)state;
	first = strdup(type(&session, "vgpu"));
	assert_contains(first, "cpu-monopolised");
	assert_int_equal(session.result, RESULT_DONE);
	assert_string_equal(type(&session, "vgpu triage"), first);
	free(first);
}

static kaddr_t list_of_modules;
static size_t lists_read;

static void count_lists(kaddr_t addr, size_t size)
{
	/* A walk over a list begins with the head's next. */
	lists_read += addr == list_of_modules && size == sizeof(kaddr_t);
}

static void modules_are_read_once(void **state)
{
	(void)state;
	list_of_modules = fake_variable(session.fake, "modules", 16);
	fake_list_head(session.fake, list_of_modules);
	fake_watch_reads(session.fake, count_lists);
	lists_read = 0;
	type(&session, "vgpu");
	assert_int_equal(lists_read, 1);
	type(&session, "vgpu bt -a");
	assert_int_equal(lists_read, 2);
}

static void an_honest_triage_of_nothing_is_unexplained(void **state)
{
	(void)state;
	fake_session_end(&session);
	session.fake = fake_create();
	says("vgpu", "unexplained");
	assert_int_equal(session.result, RESULT_UNEXPLAINED);
}

static void options_do_what_they_say(void **state)
{
	(void)state;
	says("vgpu hung -f", "Xorg");
	says("vgpu wq -c 1", "CPU 1");
	says("vgpu wq -c1", "CPU 1");
	says("vgpu graph -d", "digraph");
	says("vgpu slab -t", "kmalloc-128\n");
	says("vgpu slab -jt", "\"cache\":\"kmalloc-128\"");
	says("vgpu slab -u", "objects of kmalloc-128");
}

/* -j and the options stand where they like. */
static void order_does_not_matter(void **state)
{
	static const char *const lines[] = {"vgpu -j bt -a", "vgpu bt -j -a",
					    "vgpu bt -a -j", "vgpu -ja bt",
					    "vgpu bt -aj",   "vgpu -j -a bt --"};
	char *first = strdup(type(&session, lines[0]));
	size_t i;

	(void)state;
	assert_contains(first, "\"stacks\"");
	for (i = 1; i < ARRAY_SIZE(lines); i++)
		assert_string_equal(type(&session, lines[i]), first);
	free(first);
}

/* ---- a report to send -------------------------------------------------------- */

static char *contents(const char *path)
{
	FILE *in = fopen(path, "re");
	char *all = NULL;
	size_t room = 0;
	ssize_t n;

	assert_non_null(in);
	n = getdelim(&all, &room, '\0', in);
	assert_true(n > 0);
	fclose(in);
	return all;
}

/* A line with a file of this test's folder at the end. */
static const char *to_file(const char *line, const char *name)
{
	static char all[PATH_MAX];

	snprintf(all, sizeof(all), "%s%s/%s", line, scratch, name);
	return all;
}

static void the_triage_is_a_page_and_a_ticket_too(void **state)
{
	char path[PATH_MAX], *page, *said;
	struct stat st;

	scratch_make(state);
	said = strdup(type(&session, "vgpu"));
	/* What is said is what is said without. */
	assert_string_equal(type(&session, to_file("vgpu --html ", "page")), said);
	assert_string_equal(type(&session, to_file("vgpu triage --markdown=", "ticket")),
			    said);
	assert_int_equal(session.result, RESULT_DONE);
	snprintf(path, sizeof(path), "%s/page", scratch);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	page = contents(path);
	assert_int_equal(strncmp(page, "<!DOCTYPE html>", 15), 0);
	assert_contains(page, "</html>");
	free(page);
	snprintf(path, sizeof(path), "%s/ticket", scratch);
	page = contents(path);
	assert_int_equal(strncmp(page, "# cpu-monopolised", 17), 0);
	free(page);
	free(said);
	scratch_remove(state);
}

static void a_file_that_cannot_be_written_is_an_error(void **state)
{
	scratch_make(state);
	fails(to_file("vgpu --html ", "no/page"), RESULT_UNREADABLE, "cannot be written");
	assert_int_equal(session.begun, session.ended);
	scratch_remove(state);
}

static void a_report_is_printed_in_the_place_of_the_text(void **state)
{
	(void)state;
	assert_int_equal(strncmp(type(&session, "vgpu --markdown -"), "# cpu-monopolised",
				 17),
			 0);
	assert_null(strstr(type(&session, "vgpu --html -"), "\nVERDICT"));
	assert_int_equal(session.result, RESULT_DONE);
}

static void what_is_no_file_is_not_replaced(void **state)
{
	struct stat st;

	(void)state;
	fails("vgpu --html /dev/null", RESULT_UNREADABLE,
	      "/dev/null cannot be written: it is not a regular file");
	assert_int_equal(stat("/dev/null", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	fails("vgpu --html /", RESULT_UNREADABLE, "/ cannot be written: Is a directory");
}

static void what_is_in_use_is_not_written_over(void **state)
{
	char path[PATH_MAX], line[3 * PATH_MAX];

	scratch_make(state);
	type(&session, to_file("vgpu --html ", "page"));
	snprintf(path, sizeof(path), "%s/page", scratch);
	snprintf(line, sizeof(line), "vgpu --html %s --markdown %s/./page", path,
		 scratch);
	fails(line, RESULT_UNREADABLE, "page is in use here: it is not written over");
	scratch_remove(state);
}

static void a_report_is_of_the_triage(void **state)
{
	(void)state;
	fails("vgpu hung --html x", RESULT_USAGE, "--html is of the triage");
	fails("vgpu --html x hung", RESULT_USAGE, "--html is of the triage");
	says("vgpu --markdown", "--markdown needs its FILE");
	says("vgpu --html - --markdown -",
	     "--html and --markdown would write to the same: -");
	assert_int_equal(session.result, RESULT_USAGE);
	fails("vgpu --html=", RESULT_USAGE, "--html needs its FILE");
	fails("vgpu --html a --html b", RESULT_USAGE, "--html is given twice");
	fails("vgpu --htm", RESULT_USAGE, "did you mean --html?");
	fails("vgpu --help=x", RESULT_USAGE, "there is no option --help=x");
}

/* ---- one process, one task ------------------------------------------------ */

static void bt_takes_a_pid_an_address_or_a_name(void **state)
{
	char line[64];

	(void)state;
	says("vgpu bt 196", "Xorg");
	assert_not_contains(session.text, "kworker");
	says("vgpu bt Xorg", "196");
	assert_not_contains(session.text, "kworker");
	snprintf(line, sizeof(line), "vgpu bt %llx",
		 (unsigned long long)fake_task(session.fake, 777, "abba"));
	says(line, "777");
	says("vgpu bt abba", "777");
	says("vgpu bt -p 777", "777");
	assert_not_contains(session.text, "Xorg");
	says("vgpu bt -c 1", "rt-hog");
	assert_not_contains(session.text, "Xorg");
}

/* A name that the kernel had to cut is found by its whole. */
static void bt_takes_a_long_name(void **state)
{
	(void)state;
	fake_task(session.fake, 777, "systemd-journal");
	says("vgpu bt systemd-journald", "777");
}

static void a_name_is_of_all_that_have_it(void **state)
{
	(void)state;
	fake_task(session.fake, 777, "twin");
	fake_task(session.fake, 778, "twin");
	says("vgpu bt twin", "777");
	assert_contains(session.text, "778");
}

static void hung_of_one_process(void **state)
{
	(void)state;
	says("vgpu hung -p 196", "Xorg");
	fake_task(session.fake, 777, "idler");
	says("vgpu hung -p 777", "no task of process 777 is in uninterruptible sleep\n");
	assert_int_equal(session.result, RESULT_DONE);
	says("vgpu hung -p 777 -j", "\"hung\":[]");
}

static void a_thread_names_its_process(void **state)
{
	kaddr_t leader = fake_task(session.fake, 777, "leader");

	(void)state;
	fake_thread(session.fake, leader, 778, "thread");
	says("vgpu bt -p 777", "thread");
	fails("vgpu bt -p 778", RESULT_NOT_FOUND,
	      "778 is a thread of process 777: -p 777");
}

/* ---- what it has no answer to ------------------------------------------- */

static void says_what_is_not_there(void **state)
{
	(void)state;
	fake_cache(session.fake, "kmalloc-1k", 1024, 1024);
	fails("vgpu bt 9999", RESULT_NOT_FOUND, "no task with pid 9999 in this dump");
	fails("vgpu bt 0", RESULT_NOT_FOUND, "pid 0 is each CPU's idle task: vgpu bt -a");
	fails("vgpu bt -c 99", RESULT_NOT_FOUND, "no CPU 99: this dump has 2");
	fails("vgpu bt zebra", RESULT_NOT_FOUND, "\"zebra\" is neither");
	fails("vgpu bt Xrog", RESULT_NOT_FOUND, "did you mean Xorg?");
	fails("vgpu hung -p 9999", RESULT_NOT_FOUND, "no process with pid 9999");
	fails("vgpu hung -p 0", RESULT_NOT_FOUND, "no process with pid 0");
	fails("vgpu wq -c 99", RESULT_NOT_FOUND, "no CPU 99: this dump has 2");
	fails("vgpu slab zebra", RESULT_NOT_FOUND, "no cache \"zebra\" in this dump;");
	fails("vgpu slab kmalloc-12", RESULT_NOT_FOUND, "did you mean kmalloc-128?");
	fails("vgpu slab kmalloc-12x", RESULT_NOT_FOUND, "did you mean kmalloc-128?");
	/* By its letters it is nearer to 1k. */
	fails("vgpu slab kmalloc-64", RESULT_NOT_FOUND, "did you mean kmalloc-128?");
	fails("vgpu leak kmaloc-128", RESULT_NOT_FOUND, "did you mean kmalloc-128?");
	fails("vgpu slab 10000000000000000", RESULT_NOT_FOUND, "no cache \"1000");
	fails("vgpu slab 0x123", RESULT_NOT_FOUND,
	      "0x123 is too small for an address of the kernel");
}

static void stacks_are_weighed_by_the_time_that_was_looked_on(void **state)
{
	char *one;

	(void)state;
	one = strdup(type(&session, "vgpu hung -f -p 196"));
	session.again = 1.5;
	type(&session, "vgpu hung -f -s 3 -p 196");
	assert_int_equal(session.result, RESULT_DONE);
	assert_int_equal(session.looks, 2);
	/* The same stack, once, and 3 s in place of all that it has waited. */
	assert_memory_equal(session.text, one, (size_t)(strrchr(one, ' ') - one));
	assert_string_equal(strrchr(session.text, ' '), " 3000000\n");
	assert_ptr_equal(strchr(session.text, '\n') + 1, strchr(session.text, '\0'));
	says("vgpu hung -w -s 1", ";--;");
	session.again = -1;
	says("vgpu hung -f -s 1", "vgpu hung: interrupted; nothing is left behind\n");
	session.interrupted_by = "it was too slow";
	says("vgpu hung -f -s 1", "vgpu hung: it was too slow; nothing is left behind\n");
	free(one);
}

static void what_stands_still_is_not_looked_at_for_a_while(void **state)
{
	(void)state;
	says("vgpu hung -f -s 1", "it is for a machine that runs, vgpu --live");
	fails("vgpu hung -s 1", RESULT_USAGE, "-s goes with -f or -w");
	says("vgpu hung -f -s 4000", "-s takes at most 3600 seconds");
}

/* As crash takes the parts of a core: there are none where crash has opened it. */
static void a_file_where_a_command_would_be(void **state)
{
	static const char hint[] = "a further part of a split core is given with --part "
				   "FILE, and two cores are compared by `vgpu compare A "
				   "B`";
	FILE *part;

	scratch_make(state);
	part = fopen(to_file("", "p2"), "we");
	assert_non_null(part);
	fclose(part);
	assert_not_contains(type(&session, to_file("vgpu ", "p2")), hint);
	session.program = true;
	fails(to_file("vgpu ", "p2"), RESULT_USAGE, hint);
	says(to_file("vgpu ", "p2"), "there is no command \"");
	assert_not_contains(type(&session, to_file("vgpu ", "p3")), hint);
	assert_not_contains(type(&session, to_file("vgpu help ", "p2")), hint);
	session.again = 1; /* it runs, and has no parts */
	assert_not_contains(type(&session, to_file("vgpu ", "p2")), hint);
	scratch_remove(state);
}

static void says_which_word_is_wrong(void **state)
{
	(void)state;
	fails("vgpu zebra", RESULT_USAGE, "there is no command \"zebra\"");
	assert_string_equal(type(&session, "vgpu hugn"),
			    "vgpu: there is no command \"hugn\": did you mean hung?\n"
			    "usage: vgpu [-j] [command]; `vgpu help` says which there "
			    "are\n");
	assert_string_equal(type(&session, "vgpu hung -z"),
			    "vgpu hung: there is no option -z\n"
			    "usage: vgpu hung [-j | -f | -w | -v] [-p pid] [-s sec]\n");
	fails("vgpu wq -c x", RESULT_USAGE, "-c cpu takes a number, not \"x\"");
	fails("vgpu wq -c -1", RESULT_USAGE, "-c cpu takes a number, not \"-1\"");
	/* strtoul() makes 1 of it. */
	fails("vgpu wq -c -18446744073709551615", RESULT_USAGE, "takes a number, not");
	says("vgpu wq -c", "-c needs a number: -c cpu");
	assert_string_equal(type(&session, "vgpu drain -- -j"),
			    "vgpu drain: \"-j\" is one argument too many\n"
			    "usage: vgpu drain [-j]\n");
	fails("vgpu drain this", RESULT_USAGE, "\"this\" is one argument too many");
	fails("vgpu --verson", RESULT_USAGE, "did you mean --version?");
	fails("vgpu leak -a", RESULT_USAGE, "there is no option -a");
	assert_int_equal(session.begun, 0);
}

static void options_that_exclude_each_other(void **state)
{
	(void)state;
	says("vgpu slab -t -u", "-t and -u exclude each other\n");
	assert_int_equal(session.result, RESULT_USAGE);
	says("vgpu hung -f -w", "-f and -w exclude each other\n");
	says("vgpu bt -a 196", "-a and \"196\" exclude each other\n");
	says("vgpu bt -a -p 196", "-a and -p exclude each other\n");
	says("vgpu hung -f -j", "\"error\":\"-f and -j exclude each other\"");
	says("vgpu graph -jd", "\"error\":\"-d and -j exclude each other\"");
	says("vgpu slab -t ffff888001000000", "is an address: -e, -t and -u are about");
}

static void a_refused_dump_is_not_begun(void **state)
{
	(void)state;
	session.refusal = "it is on fire";
	assert_string_equal(type(&session, "vgpu hung"), "vgpu hung: it is on fire\n");
	fails("vgpu", RESULT_UNREADABLE, "it is on fire");
	assert_int_equal(session.begun, 0);
}

static void what_was_cut_from_a_small_core_is_said(void **state)
{
	static const struct dump_small triage = {.level = SMALL_TRIAGE,
						 .pages = 25000,
						 .no_types = true},
				       more = {.level = SMALL_COMMANDS};

	(void)state;
	session.small = &triage;
	fails("vgpu slab", RESULT_UNREADABLE,
	      "cut to --level triage: what is read for this was left out; one of --level "
	      "commands has it");
	fails("vgpu leak", RESULT_UNREADABLE, "one of --level leak has it");
	fails("vgpu fence -a", RESULT_UNREADABLE, "one of --level leak has it");
	says("vgpu wq -j",
	     "\"small\":{\"level\":\"triage\",\"blank\":false,\"no_types\":true,"
	     "\"pages\":25000}");
	assert_int_equal(session.result, RESULT_DONE);
	session.small = &more;
	fails("vgpu slab kmalloc-128", RESULT_UNREADABLE, "one of --level leak has it");
	type(&session, "vgpu slab");
	assert_not_contains(session.text, "--level");
}

static void slabs_that_are_not_there(void **state)
{
	(void)state;
	fake_session_end(&session);
	session.fake = fake_5_10();
	fails("vgpu slab", RESULT_UNREADABLE, "cannot be found");
	fails("vgpu leak", RESULT_UNREADABLE, "cannot be read");
}

/* What somebody typed does not break the document. */
static void an_error_is_escaped(void **state)
{
	(void)state;
	says("vgpu -j \"\xff\033", "\"error\":\"there is no command \\\"\\\"");
	assert_not_contains(session.text, "\033");
	assert_not_contains(session.text, "\xff");
}

/* At every read, Ctrl-C ends a command with one sentence or with its whole answer. */
static void interrupted_anywhere(void **state)
{
	static const char *const lines[] = {"vgpu -j", "vgpu bt -a -j", "vgpu slab -j",
					    "vgpu wq -j", "vgpu leak -j"};
	size_t i, n;
	yajl_val doc;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		for (n = 0; n < 400; n += 7) {
			fake_interrupt_after(session.fake, n);
			doc = yajl_tree_parse(type(&session, lines[i]), NULL, 0);
			assert_non_null(doc);
			yajl_tree_free(doc);
			assert_int_equal(session.begun, session.ended);
			assert_int_equal(session.result == RESULT_INTERRUPTED,
					 strstr(session.text,
						"\"error\":\"interrupted;") != NULL);
			if (n < 20)
				assert_int_equal(session.result, RESULT_INTERRUPTED);
		}
}

/* ---- help ---------------------------------------------------------------- */

static void help_has_every_command(void **state)
{
	const struct command *const *c;
	const char *line, *stop;
	char *all, usage[64];

	(void)state;
	session.program = true;
	all = strdup(type(&session, "vgpu help"));
	for (c = commands + 1; *c; c++) {
		snprintf(usage, sizeof(usage), "\n  vgpu %s [-j", (*c)->name);
		assert_contains(all, usage);
	}
	for (line = all; *line; line = stop + 1) {
		stop = line + strcspn(line, "\n");
		if (stop - line > 80)
			fail_msg("too wide: %.*s", (int)(stop - line), line);
	}
	assert_string_equal(type(&session, "vgpu -h"), all);
	assert_string_equal(type(&session, "vgpu --help"), all);
	free(all);
	assert_int_equal(session.begun, 0);
}

static void help_of_one_command(void **state)
{
	char *one;

	(void)state;
	one = strdup(type(&session, "vgpu hung -h"));
	assert_contains(
		one, "  vgpu hung [-j | -f | -w | -v] [-p pid] [-s sec]\n    Tasks in");
	assert_contains(one, "\n    -p pid  only tasks of this process\n");
	assert_not_contains(one, "vgpu wq");
	assert_string_equal(type(&session, "vgpu help hung"), one);
	assert_string_equal(type(&session, "vgpu -h hung"), one);
	free(one);
	says("vgpu help hugn", "did you mean hung?");
}

static void usage_is_made_of_the_tables(void **state)
{
	(void)state;
	says("vgpu bt -h",
	     "  vgpu bt [-j | -v] [-a | -c cpu | -p pid | pid | task | name]\n");
	says("vgpu slab -h", "  vgpu slab [-j] [-e] [-t | -u] [cache | address]\n");
	says("vgpu graph -h", "  vgpu graph [-j | -d | -v]\n");
	says("vgpu triage -h", "  vgpu [-j]\n");
}

static void usage_is_what_is_typed_at_this_door(void **state)
{
	(void)state;
	session.usage = "vgpu CORE";
	says("vgpu hung -z", "usage: vgpu CORE hung [-j");
	says("vgpu -z", "usage: vgpu CORE [-j]");
	says("vgpu hugn", "usage: vgpu CORE [-j] [command]");
	says("vgpu drain -h", "  vgpu CORE drain [-j]\n");
	says("vgpu version x", "usage: vgpu version [-j]");
}

static void a_document_says_which_dump_it_is_of(void **state)
{
	(void)state;
	says("vgpu hung -j",
	     "\"dump\":{\"files\":[\"vmcore\"],\"format\":\"kdump-compressed\","
	     "\"door\":\"crash\",\"live\":false,\"filtered\":{\"level\":31,\"by\":\"makedumpfile\"},"
	     "\"partial\":null,\"small\":null,\"layouts\":["
	     "{\"module\":null,\"kind\":\"dwarf\",\"file\":\"vmlinux\"},"
	     "{\"module\":\"virtio_gpu\",\"kind\":\"btf\",\"file\":null}]}");
	says("vgpu bt 999999 -j", "\"dump\":{\"files\":[\"vmcore\"]");
}

static void version(void **state)
{
	(void)state;
	says("vgpu version", "vgpu " VGPU_VERSION ", reads with fake 1\n");
	says("vgpu --version", "vgpu " VGPU_VERSION);
	says("vgpu version -j", "\"program\":{\"vgpu\":\"" VGPU_VERSION
				"\",\"crash\":\"fake 1\",\"reader\":\"fake\"}");
	assert_int_equal(session.begun, 0);
}

/* ---- the nearest name ----------------------------------------------------- */

static const char *nearest(const char *word)
{
	static const char *const names[] = {"hung", "help", "bt",   "drain",
					    "wq",   "slab", "leak", "kmemleak"};
	struct nearest n = {.word = word};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		nearest_try(&n, names[i]);
	return n.name;
}

static void the_nearest_name(void **state)
{
	char wide[200];

	(void)state;
	assert_string_equal(nearest("hugn"), "hung"); /* two letters swapped */
	assert_string_equal(nearest("hun"), "hung");
	assert_string_equal(nearest("drian"), "drain");
	assert_string_equal(nearest("slabs"), "slab");
	assert_string_equal(nearest("km"), "kmemleak"); /* its beginning */
	assert_null(nearest("zebra"));
	assert_null(nearest("x"));
	assert_null(nearest(""));
	memset(wide, 'h', sizeof(wide));
	wide[sizeof(wide) - 1] = '\0';
	assert_null(nearest(wide));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		session_test(each_answers_in_text_and_in_json),
		session_test(none_has_two_options_of_a_letter),
		session_test(what_an_option_excludes_is_there),
		session_test(the_triage_is_what_vgpu_alone_runs),
		session_test(modules_are_read_once),
		session_test(an_honest_triage_of_nothing_is_unexplained),
		session_test(options_do_what_they_say),
		session_test(order_does_not_matter),
		session_test(the_triage_is_a_page_and_a_ticket_too),
		session_test(a_file_that_cannot_be_written_is_an_error),
		session_test(a_report_is_printed_in_the_place_of_the_text),
		session_test(what_is_no_file_is_not_replaced),
		session_test(what_is_in_use_is_not_written_over),
		session_test(a_report_is_of_the_triage),
		session_test(bt_takes_a_pid_an_address_or_a_name),
		session_test(bt_takes_a_long_name),
		session_test(a_name_is_of_all_that_have_it),
		session_test(hung_of_one_process),
		session_test(a_thread_names_its_process),
		session_test(says_what_is_not_there),
		session_test(stacks_are_weighed_by_the_time_that_was_looked_on),
		session_test(what_stands_still_is_not_looked_at_for_a_while),
		session_test(says_which_word_is_wrong),
		session_test(a_file_where_a_command_would_be),
		session_test(options_that_exclude_each_other),
		session_test(a_refused_dump_is_not_begun),
		session_test(what_was_cut_from_a_small_core_is_said),
		session_test(slabs_that_are_not_there),
		session_test(an_error_is_escaped),
		session_test(interrupted_anywhere),
		session_test(help_has_every_command),
		session_test(help_of_one_command),
		session_test(usage_is_made_of_the_tables),
		session_test(usage_is_what_is_typed_at_this_door),
		session_test(a_document_says_which_dump_it_is_of),
		session_test(version),
		session_test(the_nearest_name),
	};

	return cmocka_run_group_tests_name("commands", tests, NULL, NULL);
}
