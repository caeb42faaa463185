/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What panic() was called with: what it is of, which switch let it, whom it accuses. */
#ifndef VGPU_SAYING_H
#define VGPU_SAYING_H

#include "printk.h"

enum trigger_kind {
	TRIGGER_NONE, /* a dump of a kernel that had not panicked */
	TRIGGER_HUNG_TASK,
	TRIGGER_SOFTLOCKUP,
	TRIGGER_HARDLOCKUP,
	TRIGGER_OOPS,
	TRIGGER_BUG,
	TRIGGER_WARN,
	TRIGGER_OOM,
	TRIGGER_SYSRQ,
	TRIGGER_NMI,
	TRIGGER_OTHER,	 /* it panicked; .message says why */
	TRIGGER_UNKNOWN, /* whether it panicked: what would tell cannot be read */
};

/* Outside the kernel: whoever panics for these says so. */
enum accused {
	ACCUSED_NOBODY,
	ACCUSED_HARDWARE,
	ACCUSED_STORAGE,  /* a disk, a file system on it, or what should be there */
	ACCUSED_WATCHDOG, /* nobody fed it: not why */
};

enum match {
	AT_START,
	WITHIN,
	ANY_CASE, /* within, in capitals or not */
	BY_EXIT,  /* at the start, of a task that an oops ended or that went by itself */
};

struct saying {
	const char *words;
	enum match match;
	enum trigger_kind kind;
	const char *sysctl;
	unsigned int led_by; /* complaints, SAYS(), that lead to it */
	enum accused accused;
};

/* NULL: no saying that is known here. */
const struct saying *find_saying(const char *message);

/* The complaint that a panic in these words follows (nearest_complaint()); or NULL. */
const struct log_line *find_forerunner(const struct saying *saying, const char *message,
				       const struct klog *log, size_t end,
				       const struct log_line *said);

/*
 * Which disk or file system it is, as the words have it: "sda1" of "EXT4-fs (device
 * sda1): panic forced after error"; "" when they do not say.
 */
const char *accused_name(struct arena *a, const char *message);

/* "hung_task", as in the JSON (docs/json.md). */
const char *trigger_kind_name(enum trigger_kind kind);
/* "hardware"; NULL for nobody. */
const char *accused_kind_name(enum accused accused);

#endif
