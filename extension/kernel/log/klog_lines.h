/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all stores of the log end in: its lines. */
#ifndef VGPU_KLOG_LINES_H
#define VGPU_KLOG_LINES_H

#include "printk.h"

#define LINE_TEXT_MAX 2048

/* Forget the oldest, so that log->most are left, when there are more than so many. */
void klog_keep_newest(struct klog *log, size_t more_than);
/* A line that is like this but for its text, which is cut where it is too long. */
void klog_add(struct arena *a, struct klog *log, const struct log_line *like, char *text,
	      size_t len);

#endif
