/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a machine tells of itself in /proc, where its memory may not be read: the kernel's
 * messages, the tasks that are blocked with their stacks, memory and slabs.  As one text,
 * with tasks in the words in which the kernel prints them (sysrq-w), so that it is read as
 * any log is.
 *
 * A file of a task may not answer, since what hangs holds that task's lock.  So a child
 * reads them; one that is silent is given up, and another goes on behind that task.  Files
 * that take the lock of its memory (cmdline, environ, maps) are not opened at all.
 */
#ifndef VGPU_LIVE_TEXT_H
#define VGPU_LIVE_TEXT_H

#include "base/arena.h"
#include "base/error.h"

struct live_text {
	struct arena *arena;
	const char *proc, *kmsg; /* "/proc", "/dev/kmsg" */
	double apart;  /* seconds between two looks at a task, which has not run */
	int silent_ms; /* a file that has not answered for as long never will */
	unsigned int left_out; /* found: files that did not answer */
	double uptime_s;       /* found; 0: it is not told */
};

/* Its file descriptor, of a file without a name, at its beginning; < 0 and why. */
int live_text_open(struct live_text *l, struct error *why);

#endif
