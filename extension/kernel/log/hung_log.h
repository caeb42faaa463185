/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What khungtaskd says in the log: who is blocked, and by whom it thinks. */
#ifndef VGPU_HUNG_LOG_H
#define VGPU_HUNG_LOG_H

#include <stdbool.h>

struct log_line;

/* "INFO: task Xorg:723 blocked for more than 120 seconds." */
struct hung_report {
	char comm[64]; /* escaped */
	int pid;
	long seconds; /* as printed; before 5.1 the timeout, not the blocked time */
	double ts_s;
	const struct log_line *line;
};

/*
 * "INFO: task Xorg:723 is blocked on a mutex likely owned by task cat:99.": since
 * 3cf67d61ff98, "hung_task: show the blocker task if the task is hung on mutex" (6.16).
 * Semaphores and rw-semaphores came after; of these the last one is a guess.
 */
struct hung_blocker {
	char comm[64], owner_comm[64]; /* escaped */
	int pid, owner_pid;
	const char *text; /* the line's */
	double ts_s;
	const struct log_line *line;
};

/* Both fill all but the time, the line and the text, from a line's words; false: it is none. */
bool parse_hung(const char *words, struct hung_report *r);
bool parse_blocker(const char *words, struct hung_blocker *b);

#endif
