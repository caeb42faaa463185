/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's log, out of the dump.
 *
 * Three stores: a dump that is a text has its lines in a file (klog_text.h).  In memory
 * there are two: the ring of descriptors and text (printk_ringbuffer, 5.10) and the
 * byte ring of struct printk_log before it.  Which one a dump has is told by the
 * symbols that are there.
 */
#ifndef VGPU_PRINTK_H
#define VGPU_PRINTK_H

#include "dump/dump.h"

#define LOG_LINES_MAX 65536
/* Of a text, whose bytes are bounded already: no log has so many. */
#define LOG_TEXT_LINES_MAX (1u << 21)
/* How panic() begins what it was called with. */
#define KLOG_PANIC "Kernel panic - not syncing: "

/* One line.  A record whose text has several is several lines with one time. */
struct log_line {
	double ts_s;	  /* since boot; of a text that has dates only, since its first */
	uint64_t seq;	  /* of the record */
	int level;	  /* 0 emerg … 7 debug; -1: not told */
	int facility;	  /* 0: the kernel's own words; else written by user space */
	char caller[16];  /* "T123": task 123; "C1": CPU 1; "" where not recorded */
	bool first;	  /* the record begins here */
	bool clipped;	  /* longer than is kept */
	const char *text; /* escaped, without its newline; never NULL */
	/* Of a text: which line of the file; and what it has in the place of a time. */
	size_t number;	   /* 0: it is not of a text */
	const char *stamp; /* escaped: a date; "": nothing; NULL: ts_s says it */
};

enum klog_store { KLOG_NONE, KLOG_RINGBUFFER, KLOG_BYTES, KLOG_TEXT };

struct klog {
	enum klog_store store;
	VEC(struct log_line) lines; /* oldest first, the last `most` */
	size_t most;
	size_t records; /* read */
	size_t damaged; /* records that could not be read or contradict themselves */
	size_t older;	/* records left out because they are too many */
	/* Of a text: how many boots it tells of, and which of them the lines are of, from 1. */
	size_t boots, boot;
	bool stamped; /* who wrote it put times or levels before the kernel's lines */
	const char
		*host; /* that it was written on, escaped; "": not told; NULL: no text */
};

/* False when the dump has no log at all; what is lost is noted in the dump. */
bool klog_read(struct dump *d, struct klog *log);

/* "[  123.456789]", as dmesg shows it, so that a reader can search for it. */
#define LOG_STAMP 32
const char *log_stamp(char to[LOG_STAMP], double ts_s);
/* The same of a line, or what its text has in that place. */
const char *log_line_stamp(char to[LOG_STAMP], const struct log_line *line);
/* The line as a claim has it: with its stamp, and with its number where it is of a text. */
const char *log_line_words(struct arena *a, const struct log_line *line);

#endif
