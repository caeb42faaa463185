/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the workload's sub-commands share. Each sub-command is one file that
 * registers itself, so a scenario is linked from just the files it uses and
 * its core does not depend on the others.
 */
#ifndef LAB_H
#define LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct command {
	const char *name;
	const char *args;
	int (*run)(int argc, char **argv);
	struct command *next;
};

/* Where a client that may hang at any time keeps its figures for watch. */
#define GPU_FIGURES "/tmp/gpu"

void command_register(struct command *command);

#define COMMAND(id, arguments, function)                                                 \
	static struct command command_##id = {                                           \
		.name = #id,                                                             \
		.args = (arguments),                                                     \
		.run = (function),                                                       \
	};                                                                               \
	static void __attribute__((constructor)) register_##id(void)                     \
	{                                                                                \
		command_register(&command_##id);                                         \
	}

/* A line on the console that the host follows. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, with errno, and the guest is given up. */
void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
/* A fact for truth.json: a kind, then key=value, tab separated. */
void record(const char *format, ...) __attribute__((format(printf, 1, 2)));

void set_comm(const char *comm);
void pin_to_cpu(int cpu);
long number(const char *text);
void sleep_ms(long ms);
/* Reads a small file, NUL-terminated; false when it can't. */
bool read_text(const char *path, char *text, size_t size);
bool write_text(const char *path, const char *text);
/* A figure of /proc/meminfo in kB, or -1. */
long meminfo_kb(const char *name);

#endif
