// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * watch PID FUNCTION SECONDS: waits until PID sleeps uninterruptibly below
 * FUNCTION, then wakes khugepaged, and writes down who hangs and where: the
 * truth that the core is judged against. It exits when PID hangs for good,
 * and gives up after SECONDS.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lab.h"

#define KHUGEPAGED "/sys/kernel/mm/transparent_hugepage/khugepaged/"
#define POLL_MS 200
#define SURE_POLLS 10
#define VICTIM_MS 5000

static char task_state(int pid, char *comm, size_t size)
{
	char path[64], text[512], *open, *close;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (!read_text(path, text, sizeof(text)))
		return 0;
	/* The name is in brackets and may hold any character. */
	open = strchr(text, '(');
	close = strrchr(text, ')');
	if (!open || !close || !close[1])
		return 0;
	*close = '\0';
	snprintf(comm, size, "%s", open + 1);
	return close[2];
}

/* Function names of a task's kernel stack, innermost first, comma separated. */
static bool task_stack(int pid, char *names, size_t size)
{
	char path[64], text[4096], *line, *next, *name, *end;
	size_t used = 0;

	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	names[0] = '\0';
	if (!read_text(path, text, sizeof(text)))
		return false;
	for (line = text; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		name = strstr(line, "] ");
		if (!name)
			continue;
		name += 2;
		end = strchr(name, '+');
		if (end)
			*end = '\0';
		if (used + strlen(name) + 2 > size)
			break;
		used += (size_t)snprintf(names + used, size - used, "%s%s",
					 used ? "," : "", name);
	}
	return true;
}

static bool hangs_below(int pid, const char *function)
{
	char comm[64], stack[2048];

	return task_state(pid, comm, sizeof(comm)) == 'D' &&
	       task_stack(pid, stack, sizeof(stack)) && strstr(stack, function);
}

static void record_victims(void)
{
	char comm[64], stack[900];
	struct dirent *entry;
	DIR *proc;
	int pid;

	proc = opendir("/proc");
	if (!proc)
		die("watch: /proc");
	while ((entry = readdir(proc))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		pid = atoi(entry->d_name);
		if (task_state(pid, comm, sizeof(comm)) != 'D' ||
		    !task_stack(pid, stack, sizeof(stack)))
			continue;
		record("victim\tpid=%d\tcomm=%s\tstack=%s", pid, comm, stack);
		say("%s (%d) hangs in %.160s", comm, pid, stack);
	}
	closedir(proc);
}

static void record_gpu(void)
{
	char figures[128];

	if (read_text(GPU_FIGURES, figures, sizeof(figures)))
		record("gpu\t%s", figures);
}

static int watch(int argc, char **argv)
{
	int pid, polls, seen = 0;
	char comm[64], stack[400];

	if (argc != 4)
		return 2;
	/* The guest is about to run out of memory: need none from here on. */
	mlockall(MCL_CURRENT | MCL_FUTURE);
	pin_to_cpu(0);
	pid = (int)number(argv[1]);
	for (polls = (int)number(argv[3]) * 1000 / POLL_MS; polls; polls--) {
		if (!task_state(pid, comm, sizeof(comm)))
			die("watch: process %d is gone", pid);
		seen = hangs_below(pid, argv[2]) ? seen + 1 : 0;
		if (seen == SURE_POLLS)
			break;
		sleep_ms(POLL_MS);
	}
	if (seen < SURE_POLLS) {
		task_stack(pid, stack, sizeof(stack));
		die("watch: %s does not hang in %s but is (%c) in %s", comm, argv[2],
		    task_state(pid, comm, sizeof(comm)), stack);
	}
	say("%s hangs in %s", comm, argv[2]);
	/*
	 * khugepaged was told to sleep for long, so that it could not be the
	 * first to hang; now it may look for work, as it does all day on a
	 * desktop.
	 */
	write_text(KHUGEPAGED "scan_sleep_millisecs", "1000");
	sleep_ms(VICTIM_MS);
	record_victims();
	record_gpu();
	return 0;
}

COMMAND(watch, "PID FUNCTION SECONDS", watch)
