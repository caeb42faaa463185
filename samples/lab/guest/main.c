// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lab-load: the workload of the lab's guests. One program, one sub-command
 * for each role; see the files beside this one.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "lab.h"

static struct command *commands;

void command_register(struct command *command)
{
	command->next = commands;
	commands = command;
}

/*
 * One write() for each line: several roles write to the same file, and a
 * role must not need the allocator once the guest is short of memory.
 */
static void put_line(const char *path, const char *prefix, const char *format,
		     va_list args)
{
	char line[1024];
	size_t used;
	int fd;

	used = (size_t)snprintf(line, sizeof(line), "%s", prefix);
	vsnprintf(line + used, sizeof(line) - used - 1, format, args);
	strcat(line, "\n");
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0644);
	if (fd < 0)
		return;
	if (write(fd, line, strlen(line)) < 0)
		perror(path);
	close(fd);
}

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_line("/dev/console", "lab: ", format, args);
	va_end(args);
}

void record(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_line("/share/record", "", format, args);
	va_end(args);
}

void die(const char *format, ...)
{
	const char *why = errno ? strerror(errno) : "no error";
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	say("failed: %s (%s)", text, why);
	exit(1);
}

void set_comm(const char *comm)
{
	prctl(PR_SET_NAME, comm, 0, 0, 0);
}

void pin_to_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("cannot run on CPU %d", cpu);
}

long number(const char *text)
{
	char *end;
	long value;

	value = strtol(text, &end, 0);
	if (end == text || *end) {
		errno = EINVAL;
		die("not a number: %s", text);
	}
	return value;
}

void sleep_ms(long ms)
{
	struct timespec ts = {ms / 1000, (ms % 1000) * 1000000};

	nanosleep(&ts, NULL);
}

bool read_text(const char *path, char *text, size_t size)
{
	size_t used = 0;
	ssize_t got = 0;
	int fd;

	fd = open(path, O_RDONLY);
	if (fd < 0)
		return false;
	while (used < size - 1) {
		got = read(fd, text + used, size - 1 - used);
		if (got <= 0)
			break;
		used += (size_t)got;
	}
	close(fd);
	text[used] = '\0';
	return got >= 0;
}

bool write_text(const char *path, const char *text)
{
	ssize_t put;
	int fd;

	fd = open(path, O_WRONLY);
	if (fd < 0)
		return false;
	put = write(fd, text, strlen(text));
	close(fd);
	return put == (ssize_t)strlen(text);
}

long meminfo_kb(const char *name)
{
	char text[8192];
	char *line;

	if (!read_text("/proc/meminfo", text, sizeof(text)))
		return -1;
	line = strstr(text, name);
	if (!line || line[strlen(name)] != ':')
		return -1;
	return strtol(line + strlen(name) + 1, NULL, 10);
}

static int usage(void)
{
	struct command *command;

	fprintf(stderr, "usage:\n");
	for (command = commands; command; command = command->next)
		fprintf(stderr, "  lab-load %s %s\n", command->name, command->args);
	return 2;
}

int main(int argc, char **argv)
{
	struct command *command;

	if (argc < 2)
		return usage();
	for (command = commands; command; command = command->next)
		if (!strcmp(command->name, argv[1]))
			return command->run(argc - 1, argv + 1);
	return usage();
}
