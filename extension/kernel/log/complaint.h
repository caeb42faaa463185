/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel complains of in its log.  Most of it a switch can make a panic of;
 * the log tells of it whether that switch is on or off.
 *
 * The log also repeats what others chose: the name of a task, of a file, of a USB
 * device.  So only lines that the kernel itself began count, and of those the words
 * that it puts where no such name can be.
 */
#ifndef VGPU_COMPLAINT_H
#define VGPU_COMPLAINT_H

#include "printk.h"

enum complaint {
	COMPLAINT_HUNG_TASK,
	COMPLAINT_SOFTLOCKUP,
	COMPLAINT_HARDLOCKUP,
	COMPLAINT_WARN,
	COMPLAINT_OOM,
	COMPLAINT_RCU_STALL,
	COMPLAINT_NMI,
	COMPLAINT_UNKNOWN_NMI, /* one of these: for no reason that the kernel knows */
	COMPLAINT_WORKQUEUE_STALL,
	COMPLAINT_SYSRQ_CRASH, /* somebody asked for it */
	COMPLAINT_OOPS,	       /* what die() prints */
};

/*
 * The beginning of a record of the kernel's own.  Anybody may write to /dev/kmsg, as
 * another facility; what follows a newline in a record may be a name that holds one.
 */
bool is_kernels_own(const struct log_line *line);

bool complains_of(const struct log_line *line, enum complaint what);

/* The last such line before index end; NULL when there is none. */
const struct log_line *last_complaint(const struct klog *log, size_t end,
				      enum complaint what);

size_t klog_index(const struct klog *log, const struct log_line *line);

/* The CPU that a hard lockup is of, as its line says; -1 when it does not. */
int complaint_locked_cpu(const struct log_line *line);

/* The number behind the label, from 0 to INT32_MAX; false when there is none. */
bool read_number(const char *text, const char *label, long *v);

#endif
