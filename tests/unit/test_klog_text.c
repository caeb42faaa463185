// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's log where it is a text: what stands before a line, boots, and damage. */
#include "test.h"

#include "fake_dump.h"
#include "kernel/log/complaint.h"
#include "kernel/log/klog_text.h"

static struct fake *fake;
static struct dump_text text;
static struct klog klog;

static int begin(void **state)
{
	*state = fake = fake_create();
	return 0;
}

static int end(void **state)
{
	fake_destroy(*state);
	return 0;
}

#define text_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

static void read_bytes(const char *bytes, size_t n)
{
	struct dump *d = fake_dump(fake);

	text = (struct dump_text){.bytes = bytes, .size = n};
	d->info.text = &text;
	klog_read(d, &klog);
}

#define READ(words) read_bytes((words), sizeof(words) - 1)

static const struct log_line *line(size_t i)
{
	assert_in_range(i, 0, klog.lines.n - 1);
	return &klog.lines.v[i];
}

static void is_line(size_t i, double ts_s, const char *words)
{
	assert_string_equal(line(i)->text, words);
	assert_true(is_kernels_own(line(i)));
	assert_float_equal(line(i)->ts_s, ts_s, 1e-6);
}

static void a_console_has_times_and_writers(void **state)
{
	(void)state;
	READ("[    1.500000] first\n[   20.250000][  T35] by a task\n"
	     "[   20.250001] [    C1]  indented+0x1/0x2\n<4>[   21.000000] with a level\n");
	assert_int_equal(klog.lines.n, 4);
	is_line(0, 1.5, "first");
	is_line(1, 20.25, "by a task");
	assert_string_equal(line(1)->caller, "T35");
	is_line(2, 20.250001, " indented+0x1/0x2");
	assert_string_equal(line(2)->caller, "C1");
	is_line(3, 21, "with a level");
	assert_int_equal(line(3)->level, 4);
	assert_int_equal(line(3)->number, 4);
}

static void what_programs_wrote_is_not_the_kernels(void **state)
{
	(void)state;
	READ("[    5.000000] the kernel's\nKernel panic - not syncing: a program's\n");
	assert_int_equal(klog.lines.n, 2);
	assert_true(is_kernels_own(line(0)));
	assert_false(is_kernels_own(line(1)));
}

static void without_any_time_all_is_the_kernels(void **state)
{
	(void)state;
	READ("INFO: task a:1 blocked for more than 120 seconds.\n words of it\n");
	assert_false(klog.stamped);
	is_line(0, 0, "INFO: task a:1 blocked for more than 120 seconds.");
	assert_string_equal(line(0)->stamp, "");
}

static void a_journal_names_the_host_and_who_wrote(void **state)
{
	(void)state;
	READ("-- Boot 5f0c --\n"
	     "Nov 29 17:18:01 desk kernel: usb 1-1: new device\n"
	     "Nov 29 17:18:03 desk systemd[1]: Kernel panic - not syncing: no\n"
	     "Nov 29 17:18:05.500000 desk kernel:  frame+0x1/0x2\n");
	assert_string_equal(klog.host, "desk");
	assert_int_equal(klog.lines.n, 4);
	is_line(1, 0, "usb 1-1: new device");
	assert_false(is_kernels_own(line(2)));
	is_line(3, 4.5, " frame+0x1/0x2");
	assert_string_equal(line(3)->stamp, "Nov 29 17:18:05.500000");
}

static void a_year_ends_within_a_journal(void **state)
{
	(void)state;
	READ("Dec 31 23:59:59 desk kernel: old\nJan  1 00:00:01 desk kernel: new\n");
	is_line(1, 2, "new");
}

static void syslog_has_both_times(void **state)
{
	(void)state;
	READ("Nov 29 17:18:01 desk kernel: [  812.000001] one\n"
	     "2026-11-29T17:18:01.123456+00:00 desk kernel: [  813.000000] [T7] two\n");
	is_line(0, 812.000001, "one");
	is_line(1, 813, "two");
	assert_string_equal(line(1)->caller, "T7");
	assert_null(line(1)->stamp);
}

static void dmesg_has_other_spellings(void **state)
{
	(void)state;
	READ("[Sun Nov 29 17:18:01 2026] by -T\n"
	     "2026-11-29T17:18:03,000000+00:00 usb 1-1: by iso\n"
	     "[Sun Nov 29 17:18:05 2026] WARNING: late\n");
	is_line(0, 0, "by -T");
	is_line(1, 2, "usb 1-1: by iso");
	is_line(2, 4, "WARNING: late");
	READ("kern  :warn  : [    1.000000] by -x\nuser  :info  : [    2.000000] hers\n");
	is_line(0, 1, "by -x");
	assert_int_equal(line(0)->level, 4);
	assert_false(is_kernels_own(line(1)));
}

static void a_monotonic_journal_is_no_dmesg(void **state)
{
	(void)state;
	READ("[   12.000000] desk kernel: words\n[   13.000000] desk init[1]: hers\n"
	     "[   14.000000] audit: type=1400\n");
	is_line(0, 12, "words");
	assert_false(is_kernels_own(line(1)));
	is_line(2, 14, "audit: type=1400");
}

static void a_date_of_another_language_is_a_date(void **state)
{
	(void)state;
	READ("11月 30 17:18:01 desk kernel: one\n12月  1 17:18:01 desk kernel: two\n");
	is_line(0, 0, "one");
	is_line(1, 86400, "two");
	assert_string_equal(klog.host, "desk");
	READ("[五 11月 29 17:18:01 2030] by -T\n[Do Mär  7 10:00:00 2030] early\n");
	is_line(0, 0, "by -T");
	READ("кві 30 10:00:00 desk kernel: a\nтра 01 10:00:00 desk kernel: b\n"
	     "тра 01 10:00:01 desk sshd[9]: c\n");
	is_line(0, 0, "a");
	assert_true(line(1)->ts_s > line(0)->ts_s);
	assert_false(is_kernels_own(line(2)));
	assert_int_equal(klog.boots, 1);
}

static void dmesg_for_people_has_minutes_and_steps(void **state)
{
	(void)state;
	READ("[Nov29 15:18] one\n[ +10,214451] two\n[  +0.000010] three\n"
	     "[Nov29 15:19] four\n[ +20.000000] five\n[Nov29 15:19] late\n");
	is_line(0, 0, "one");
	is_line(1, 10.214451, "two");
	is_line(2, 10.214461, "three");
	is_line(3, 60, "four");
	is_line(5, 80, "late");
	assert_string_equal(line(3)->stamp, "[Nov29 15:19]");
	assert_string_equal(line(1)->stamp, "");
}

static void small_syslogs_name_a_facility(void **state)
{
	(void)state;
	READ("Sep 13 14:34:10 box user.warn kernel: [   43.000001] one\n"
	     "Sep 13 14:34:11 box daemon.info ntpd[7]: no\n"
	     "Thu Sep 13 14:34:12 2029 kern.err kernel: [   44.000000] two\n");
	is_line(0, 43.000001, "one");
	assert_false(is_kernels_own(line(1)));
	is_line(2, 44, "two");
	assert_string_equal(klog.host, "box");
}

static void records_are_read_as_dev_kmsg_has_them(void **state)
{
	(void)state;
	READ("4,1234,5678901,-;one\n SUBSYSTEM=pci\n3,1235,6000000,-,caller=T35;two\n"
	     "14,1236,6000001,-;hers\nMay 25 07:29:42 box 0,9,7000000,-,caller=C1;sent\n");
	is_line(0, 5.678901, "one");
	assert_int_equal(line(0)->level, 4);
	assert_false(is_kernels_own(line(1)));
	is_line(2, 6, "two");
	assert_string_equal(line(2)->caller, "T35");
	assert_false(is_kernels_own(line(3)));
	is_line(4, 7, "sent");
	assert_string_equal(line(4)->caller, "C1");
	assert_string_equal(klog.host, "box");
}

static void what_was_copied_has_blanks_around_it(void **state)
{
	(void)state;
	READ("      [   12.000000] one   \n   [   12.000001]  deeper+0x1/0x2  \r\n");
	is_line(0, 12, "one");
	is_line(1, 12.000001, " deeper+0x1/0x2");
}

static void a_console_may_stand_in_the_middle_of_a_line(void **state)
{
	(void)state;
	READ("box login: [   12.000000] one\nguest_1  | [   12.500000][  T9] two\n"
	     "counting to te[   13.000000] three\nn\n  41 [   14.000000] four\n");
	is_line(0, 12, "one");
	is_line(1, 12.5, "two");
	assert_string_equal(line(1)->caller, "T9");
	is_line(2, 13, "three");
	assert_false(is_kernels_own(line(3)));
	is_line(4, 14, "four");
}

static void dates_may_stand_before_the_kernels_time(void **state)
{
	(void)state;
	READ("2029-05-01T10:00:00.1234567Z [   53.000000] INFO: task a:1 waits\n"
	     "[2029-05-01 10:00:01] [   54.000000] watchdog: two\n"
	     "2029-05-01T10:00:02Z pool[7]: Kernel panic - not syncing: no\n");
	is_line(0, 53, "INFO: task a:1 waits");
	is_line(1, 54, "watchdog: two");
	assert_false(is_kernels_own(line(2)));
}

static void a_broadcast_is_tagged_and_no_more(void **state)
{
	(void)state;
	READ("Message from syslogd@box at Aug 9 ...\nkernel:[   71.000000] watchdog: x\n");
	is_line(1, 71, "watchdog: x");
	READ("kernel: one\nkernel:  frame+0x1/0x2\nmore: two\n");
	is_line(0, 0, "one");
	is_line(1, 0, " frame+0x1/0x2");
	assert_false(is_kernels_own(line(2)));
}

static void a_consoles_server_quotes_another_kernel(void **state)
{
	static const char quoted[] =
		"Feb 16 11:00:22 host runner[75]: UART: [   57.000000] one\n"
		"Feb 16 11:00:23 host runner[75]: done\n";
	static const char beside[] =
		"Feb 16 11:00:22 host runner[75]: UART: [   57.000000] one\n"
		"Feb 16 11:00:23 host kernel: [  900.000000] its own\n";

	(void)state;
	read_bytes(quoted, sizeof(quoted) - 1);
	is_line(0, 57, "one");
	assert_false(is_kernels_own(line(1)));
	read_bytes(beside, sizeof(beside) - 1);
	assert_false(is_kernels_own(line(0)));
	is_line(1, 900, "its own");
}

static void vendors_name_the_writer_in_their_own_ways(void **state)
{
	(void)state;
	READ("[    5.000000] [pid:35,cpu1,a name]one\n[    6.000000] (2)[48:a.b]two\n"
	     "<4>[    7.000000] I[3:      swapper/3:    0] three\n"
	     "[    8.000000] [1: [x] y:7:   12] four\n[    9.000000] [1:2] five\n");
	is_line(0, 5, "one");
	assert_string_equal(line(0)->caller, "T35");
	is_line(1, 6, "two");
	assert_string_equal(line(1)->caller, "T48");
	is_line(2, 7, "three");
	assert_string_equal(line(2)->caller, "C3");
	is_line(4, 9, "[1:2] five");
}

static void ends_of_lines_colours_and_zeros_are_left_out(void **state)
{
	(void)state;
	READ("\033c\033[0;1m[    1.000000] bold\033[0m words\r\n\0\0[    2.000000] "
	     "a\001b\r\n[    3.000000] cut");
	assert_int_equal(klog.lines.n, 3);
	is_line(0, 1, "bold words");
	is_line(1, 2, "a\\x01b");
	is_line(2, 3, "cut");
}

static void a_line_may_be_of_any_length(void **state)
{
	static const char head[] = "[    1.000000] ";
	size_t n = 1 << 20, i;
	char *bytes = malloc(n);

	(void)state;
	assert_non_null(bytes);
	memset(bytes, 'x', n);
	for (i = 0; head[i]; i++)
		bytes[i] = head[i];
	read_bytes(bytes, n);
	assert_int_equal(klog.lines.n, 1);
	assert_true(line(0)->clipped);
	assert_in_range(strlen(line(0)->text), 1000, 4096);
	free(bytes);
}

static void the_newest_of_too_many_lines_are_kept(void **state)
{
	size_t lines = 3 * LOG_LINES_MAX, each = 19, i;
	char *bytes = malloc(lines * each + 16);

	(void)state;
	assert_non_null(bytes);
	for (i = 0; i < lines; i++)
		snprintf(bytes + i * each, each + 16, "[%5zu.000000] abc\n", i % 90000);
	read_bytes(bytes, lines * each);
	assert_in_range(klog.lines.n, 1, LOG_LINES_MAX);
	assert_int_equal(klog.lines.v[klog.lines.n - 1].number, lines);
	free(bytes);
}

#define BOOT(words) "[    0.000000] Linux version 5.10.0\n[  100.000000] " words "\n"
#define PANIC "Kernel panic - not syncing: hung_task: blocked tasks"

static void the_last_boot_with_trouble_is_chosen(void **state)
{
	(void)state;
	READ(BOOT("well") BOOT(PANIC) BOOT("well again"));
	assert_int_equal(klog.boots, 3);
	assert_int_equal(klog.boot, 2);
	is_line(1, 100, PANIC);
	READ(BOOT("well") BOOT("well again"));
	assert_int_equal(klog.boot, 2);
	is_line(1, 100, "well again");
}

static void the_kernel_of_kdump_is_not_who_is_asked_for(void **state)
{
	(void)state;
	READ(BOOT(
		PANIC) "[    0.000000] Linux version 5.10.0\n"
		       "[    0.000000] Kernel command line: a elfcorehdr=0x1000 b\n"
		       "[    5.000000] cp invoked oom-killer: gfp_mask=0x1(A), order=0, "
		       "oom_score_adj=0\n");
	assert_int_equal(klog.boots, 2);
	assert_int_equal(klog.boot, 1);
	is_line(1, 100, PANIC);
}

static void nothing_is_no_log(void **state)
{
	(void)state;
	READ("");
	assert_int_equal(klog.lines.n, 0);
	READ("\n\n\r\n");
	assert_int_equal(klog.lines.n, 0);
}

/* Heads that end too early, and numbers that are none. */
static void what_is_almost_a_head_is_words(void **state)
{
	static const char *const words[] = {"[",
					    "[   x",
					    "[12.",
					    "[  1.00000] x",
					    "<",
					    "<4",
					    "<999>x",
					    "[T1] x",
					    "Nov",
					    "Nov 29 17:18:0",
					    "2026-11-29T17",
					    "kern",
					    "kern  :",
					    "kern  :warn",
					    "6,1,",
					    "6,1,2,-",
					    "6,1,2,-x",
					    "[ +1,2] x",
					    "[+0.000001",
					    "[Nov29 15:1] x",
					    "(1)[2 x",
					    "[pid:1,cpu x",
					    "kernelx: y",
					    "x [  1.000000]",
					    "x [ 1.0000",
					    "11月 29",
					    "Sun Nov 29 17:18",
					    "mail:x:8:8:mail"};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		read_bytes(words[i], strlen(words[i]));
		assert_int_equal(klog.lines.n, 1);
		assert_string_equal(line(0)->text, words[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		text_test(a_console_has_times_and_writers),
		text_test(what_programs_wrote_is_not_the_kernels),
		text_test(without_any_time_all_is_the_kernels),
		text_test(a_journal_names_the_host_and_who_wrote),
		text_test(a_year_ends_within_a_journal),
		text_test(syslog_has_both_times),
		text_test(dmesg_has_other_spellings),
		text_test(a_monotonic_journal_is_no_dmesg),
		text_test(a_date_of_another_language_is_a_date),
		text_test(dmesg_for_people_has_minutes_and_steps),
		text_test(small_syslogs_name_a_facility),
		text_test(records_are_read_as_dev_kmsg_has_them),
		text_test(what_was_copied_has_blanks_around_it),
		text_test(a_console_may_stand_in_the_middle_of_a_line),
		text_test(dates_may_stand_before_the_kernels_time),
		text_test(a_broadcast_is_tagged_and_no_more),
		text_test(a_consoles_server_quotes_another_kernel),
		text_test(vendors_name_the_writer_in_their_own_ways),
		text_test(ends_of_lines_colours_and_zeros_are_left_out),
		text_test(a_line_may_be_of_any_length),
		text_test(the_newest_of_too_many_lines_are_kept),
		text_test(the_last_boot_with_trouble_is_chosen),
		text_test(the_kernel_of_kdump_is_not_who_is_asked_for),
		text_test(nothing_is_no_log),
		text_test(what_is_almost_a_head_is_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
