// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * slabs [panic]: keeps what this kernel says of its slab caches and memory,
 * twice in a row, and then asks for a crash if told so. A cache that is the
 * same in both was quiet: keeping the first is the same work as keeping the
 * second, and nothing else happens before the crash.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lab.h"

#define SYSFS "/sys/kernel/slab"

static const char *const figures[] = {
	"object_size",	   "slab_size", "objs_per_slab",     "order",
	"objects",	   "slabs",	"total_objects",     "partial",
	"objects_partial", "cpu_slabs", "slabs_cpu_partial",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char text[1 << 20];
static size_t used;

static void __attribute__((format(printf, 1, 2))) add(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	used += (size_t)vsnprintf(text + used, sizeof(text) - used, format, args);
	va_end(args);
	if (used >= sizeof(text))
		die("slabs: too many caches");
}

static void keep(const char *name, int round)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/share/keep/%s.%d", name, round);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || close(fd))
		die("slabs: %s", path);
}

static void keep_copy(const char *path, const char *name, int round)
{
	if (!read_text(path, text, sizeof(text)))
		die("slabs: %s", path);
	keep(name, round);
}

static void add_cache(const char *name)
{
	char path[300], value[256];
	size_t i;

	add("%s", name);
	for (i = 0; i < COUNT(figures); i++) {
		snprintf(path, sizeof(path), SYSFS "/%s/%s", name, figures[i]);
		if (!read_text(path, value, sizeof(value)))
			continue;
		value[strcspn(value, "\n")] = '\0';
		add("\t%s=%s", figures[i], value);
	}
	add("\n");
}

/* A cache that was merged is a link to the one it shares. */
static void add_alias(const char *name)
{
	char path[300], target[256];
	ssize_t length;

	snprintf(path, sizeof(path), SYSFS "/%s", name);
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		die("slabs: %s", path);
	target[length] = '\0';
	add("%s\talias=%s\n", name, target);
}

static void keep_sysfs(int round)
{
	struct dirent *entry;
	DIR *folder;

	folder = opendir(SYSFS);
	if (!folder)
		die("slabs: " SYSFS);
	used = 0;
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		if (entry->d_type == DT_LNK)
			add_alias(entry->d_name);
		else
			add_cache(entry->d_name);
	}
	closedir(folder);
	keep("slab", round);
}

static int slabs(int argc, char **argv)
{
	bool panic = argc == 2 && !strcmp(argv[1], "panic");
	int round, trigger;

	if (argc > 1 && !panic)
		return 2;
	mlockall(MCL_CURRENT | MCL_FUTURE);
	trigger = open("/proc/sysrq-trigger", O_WRONLY);
	if (trigger < 0)
		die("slabs: sysrq-trigger");
	for (round = 1; round <= 2; round++) {
		keep_copy("/proc/meminfo", "meminfo", round);
		keep_copy("/proc/slabinfo", "slabinfo", round);
		keep_sysfs(round);
	}
	if (panic && write(trigger, "c", 1) != 1)
		die("slabs: no crash");
	return 0;
}

COMMAND(slabs, "[panic]", slabs)
