/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An oops as the log tells it: the words, and on behalf of whom. */
#ifndef VGPU_OOPS_H
#define VGPU_OOPS_H

#include "printk.h"

struct oops {
	const struct log_line *die, *opener; /* opener may be the die line */
	bool bug, sysrq;
	bool part; /* no die line follows: die is the opener */
};

/*
 * The oops that `said`, a panic's line or the log's last, follows: it begins before index
 * end, and near.  False, and an empty one, when there is none.
 */
bool find_oops(const struct klog *log, size_t end, const struct log_line *said,
	       struct oops *o);
/*
 * Does the line open an oops, in words that are said of nothing else?  What follows may be
 * lost.
 */
bool opens_fault(const struct log_line *line);
/*
 * A line of registers, or the end of a trace, that follows nothing which would have them
 * printed: of what that was the log has lost the head.  NULL: there is none.
 */
const struct log_line *find_headless(const struct klog *log);
/* The last one, however long ago. */
bool find_last_oops(const struct klog *log, struct oops *o);

/* Whom a complaint is about, as dump_stack() and show_regs() print it. */
struct who {
	int cpu, pid;
	char comm[64]; /* escaped */
};

/* False when no such line follows `said` closely. */
bool find_who(const struct klog *log, const struct log_line *said, struct who *w);

/* Where the CPU was in the kernel: "RIP: 0010:probe+0x1c/0x40 [x]", "pc : probe+…". */
struct said_at {
	const struct log_line *line; /* NULL: it was not said */
	char function[128];	     /* escaped, as all of the log is */
	uint64_t offset;
	char module[64]; /* "": the kernel proper */
};

/* Whom "CPU: 1 PID: 29 Comm: khungtaskd ..." is about; false: the line is none such. */
bool read_who(const char *words, struct who *w);
/* What stands behind "RIP: " in a line of registers; NULL: it is no such line. */
const char *instruction_pointer(const struct log_line *line);
/* "probe+0x1c/0x40 [x]", with an address before it or not; fills all but the line. */
bool read_place(const char *words, struct said_at *at);

/* False, and an empty one, when no such line follows `said` closely. */
bool find_said_at(const struct klog *log, const struct log_line *said,
		  struct said_at *at);
/* The same of the first such place that the line itself names. */
bool find_said_in(const struct log_line *line, struct said_at *at);

#endif
