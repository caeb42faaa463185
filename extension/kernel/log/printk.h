/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's log, out of the dump.
 *
 * Two stores: the ring of descriptors and text (printk_ringbuffer, 5.10) and the
 * byte ring of struct printk_log before it.  Which one a dump has is told by the
 * symbols that are there.
 */
#ifndef VGPU_PRINTK_H
#define VGPU_PRINTK_H

#include "dump/dump.h"

#define LOG_LINES_MAX 65536

/* One line.  A record whose text has several is several lines with one time. */
struct log_line {
	double ts_s;	  /* since boot */
	uint64_t seq;	  /* of the record */
	int level;	  /* 0 emerg … 7 debug */
	int facility;	  /* 0: the kernel's own words; else written by user space */
	char caller[16];  /* "T123": task 123; "C1": CPU 1; "" where not recorded */
	bool first;	  /* the record begins here */
	bool clipped;	  /* longer than is kept */
	const char *text; /* escaped, without its newline; never NULL */
};

enum klog_store { KLOG_NONE, KLOG_RINGBUFFER, KLOG_BYTES };

struct klog {
	enum klog_store store;
	VEC(struct log_line) lines; /* oldest first, the last LOG_LINES_MAX */
	size_t records;		    /* read */
	size_t damaged; /* records that could not be read or contradict themselves */
	size_t older;	/* records left out because they are too many */
};

/* False when the dump has no log at all; what is lost is noted in the dump. */
bool klog_read(struct dump *d, struct klog *log);

/* "[  123.456789]", as dmesg shows it, so that a reader can search for it. */
#define LOG_STAMP 32
const char *log_stamp(char to[LOG_STAMP], double ts_s);

#endif
