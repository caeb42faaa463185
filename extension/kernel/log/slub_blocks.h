/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of SLUB's traces are not whole.  A trace is several records: TRACE, "CPU: ..." and a
 * stack.  Two CPUs may print theirs at once, and a log whose lines do not say who wrote
 * them then tells of no frame whose it is.
 */
#ifndef VGPU_SLUB_BLOCKS_H
#define VGPU_SLUB_BLOCKS_H

#include "printk.h"

/* Of each line of the log: the trace that begins there may have another's frames. */
bool *slub_mixed(struct arena *a, const struct klog *log);
/* dump_stack() and what calls it: where each of these stacks begins. */
bool slub_prints(const char *function);

#endif
