// SPDX-License-Identifier: GPL-2.0-or-later
/* What /proc tells where memory may not be read; of a folder that looks like it. */
#include "test.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "readers/core/live_text.h"
#include "scratch.h"

static char *text;

static void put(const char *name, const char *content)
{
	char path[512];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", scratch, name);
	out = fopen(path, "w");
	assert_non_null(out);
	fputs(content, out);
	assert_int_equal(fclose(out), 0);
}

static void folder(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", scratch, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

/* The files of a task, whose process is itself. */
static void task(int pid, const char *stat, const char *stack, const char *schedstat)
{
	const struct {
		const char *name, *content;
	} files[] = {{"stat", stat}, {"stack", stack}, {"schedstat", schedstat}};
	char name[128];
	size_t i;

	snprintf(name, sizeof(name), "%d", pid);
	folder(name);
	snprintf(name, sizeof(name), "%d/task", pid);
	folder(name);
	snprintf(name, sizeof(name), "%d/task/%d", pid, pid);
	folder(name);
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(name, sizeof(name), "%d/task/%d/%s", pid, pid, files[i].name);
		if (files[i].content)
			put(name, files[i].content);
	}
}

/* Whoever opens it waits, as for a lock that is never let go of. */
static void silent(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", scratch, name);
	assert_int_equal(mkfifo(path, 0600), 0);
}

static struct live_text read_it(void)
{
	static char kmsg[512];
	struct arena arena = {0};
	struct live_text l = {.arena = &arena,
			      .proc = scratch,
			      .kmsg = kmsg,
			      .silent_ms = 300};
	struct error why = {""};
	size_t n = 0;
	FILE *in;
	int fd;

	snprintf(kmsg, sizeof(kmsg), "%s/kmsg", scratch);
	fd = live_text_open(&l, &why);
	assert_true(fd >= 0);
	free(text);
	text = NULL;
	in = fdopen(fd, "r");
	if (getdelim(&text, &n, '\0', in) < 0)
		text[0] = '\0';
	fclose(in);
	arena_free(&arena);
	return l;
}

/* The text without the times of its lines. */
static const char *words(void)
{
	char *to = text;
	const char *from, *end;

	for (from = text; *from; from++) {
		end = *from == '[' ? strchr(from, ']') : NULL;
		if (end && (from == text || from[-1] == '\n'))
			from = end + 2;
		*to++ = *from;
	}
	*to = '\0';
	return text;
}

static int forget(void **state)
{
	free(text);
	text = NULL;
	return scratch_remove(state);
}

#define live_text_test(f) cmocka_unit_test_setup_teardown(f, scratch_make, forget)

#define XORG_STACK "[<0>] flush_work+0x139/0x1f0\n[<0>] __drain_all_pages+0x1a0/0x1d0\n"

static void a_blocked_task_is_told_in_the_kernels_words(void **state)
{
	struct live_text l;

	(void)state;
	put("meminfo", "MemTotal:        1000 kB\n");
	put("slabinfo", "slabinfo - version: 2.1\n");
	put("uptime", "12517.25 20000.00\n");
	task(1458, "1458 (Xorg :0) D 1 1458 1458 0 -1 4194560 1 2\n", XORG_STACK,
	     "10 20 30\n");
	task(7, "7 (sleeper) S 1 7 7 0 -1 4194560 1 2\n", XORG_STACK, "1 1 1\n");
	l = read_it();
	assert_int_equal(l.left_out, 0);
	assert_true(l.uptime_s == 12517.25);
	assert_contains(words(), "task:Xorg :0         state:D stack:    0 pid: 1458 "
				 "ppid:     1 flags:0x00400100\nCall Trace:\n"
				 " flush_work+0x139/0x1f0\n"
				 " __drain_all_pages+0x1a0/0x1d0\n");
	assert_null(strstr(text, "sleeper"));
	assert_contains(text, "MemTotal:        1000 kB\nslabinfo - version: 2.1\n");
}

static void where_stacks_are_not_shown_there_is_a_function(void **state)
{
	(void)state;
	task(9, "9 (a) ) D 1 9 9 0 -1 0 1 2\n", NULL, "1 1 1\n");
	put("9/task/9/wchan", "io_schedule");
	read_it();
	assert_contains(text, "task:a)              state:D");
	assert_contains(words(), "Call Trace:\n io_schedule+0x0/0x0\n");
}

static void a_file_that_does_not_answer_costs_its_task_alone(void **state)
{
	unsigned int left_out;

	(void)state;
	task(11, "11 (first) D 1 9 9 0 -1 0 1 2\n", XORG_STACK, "1 1 1\n");
	task(12, "12 (stuck) D 1 9 9 0 -1 0 1 2\n", NULL, "1 1 1\n");
	silent("12/task/12/stack");
	task(13, "13 (last) D 1 9 9 0 -1 0 1 2\n", XORG_STACK, "1 1 1\n");
	silent("slabinfo");
	left_out = read_it().left_out;
	assert_int_equal(left_out, 2);
	assert_contains(text, "task:first");
	assert_contains(text, "task:last");
	assert_null(strstr(text, "task:stuck"));
}

static void messages_of_the_kernel_alone(void **state)
{
	(void)state;
	put("kmsg",
	    "6,339,5140900,-;INFO: task Xorg:1458 blocked for more than 10 seconds.\n"
	    " SUBSYSTEM=acpi\n");
	read_it();
	assert_contains(text,
			"[    5.140900] INFO: task Xorg:1458 blocked for more than 10 "
			"seconds.\n");
	assert_null(strstr(text, "SUBSYSTEM"));
	put("kmsg", "30,340,5140901,-;systemd[1]: Kernel panic - not syncing\n");
	read_it();
	assert_null(strstr(text, "panic"));
	put("kmsg", "what is this");
	read_it();
	assert_string_equal(text, "");
}

static void the_kernel_is_told_though_its_first_message_is_gone(void **state)
{
	(void)state;
	put("version", "Linux version 6.1.0-1-amd64 (x@y) #1 SMP\n");
	put("kmsg", "6,339,5140900,-;something\n");
	read_it();
	assert_string_equal(text,
			    "[    0.000000] Linux version 6.1.0-1-amd64 (x@y) #1 SMP\n"
			    "[    5.140900] something\n");
}

static void lies_in_its_files_are_no_tasks(void **state)
{
	static const char *const lies[] = {"",	       "21",
					   "21 (x",    "21 )x( D 1",
					   "21 (x) D", "21 (x) D 1 2 3 4 5"};
	size_t i;

	(void)state;
	task(21, lies[0], XORG_STACK, "");
	for (i = 0; i < ARRAY_SIZE(lies); i++) {
		put("21/task/21/stat", lies[i]);
		read_it();
		assert_string_equal(text, "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_text_test(a_blocked_task_is_told_in_the_kernels_words),
		live_text_test(where_stacks_are_not_shown_there_is_a_function),
		live_text_test(a_file_that_does_not_answer_costs_its_task_alone),
		live_text_test(messages_of_the_kernel_alone),
		live_text_test(the_kernel_is_told_though_its_first_message_is_gone),
		live_text_test(lies_in_its_files_are_no_tasks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
