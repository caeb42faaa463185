/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's log where it is a text: what a serial console, dmesg, journalctl, syslog or
 * kdump left, each with what it puts before a line.  What programs wrote to the same
 * console or journal is among the lines, with another facility than the kernel's.
 *
 * A file may have the logs of several boots: the lines are those of the last one in which
 * the kernel panicked or complained, and of the last one where it never did.
 */
#ifndef VGPU_KLOG_TEXT_H
#define VGPU_KLOG_TEXT_H

#include "printk.h"

/* False when there is no line.  What is left out is noted in the dump. */
bool klog_read_text(struct dump *d, struct klog *log);

#endif
