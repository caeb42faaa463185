/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which machine it was, by what its log says: all that there is of a text. */
#ifndef VGPU_MACHINE_LOG_H
#define VGPU_MACHINE_LOG_H

#include "machine.h"
#include "printk.h"

/* Fills what the log tells: of info its release, machine and CPUs. */
void machine_read_log(const struct klog *log, struct dump_info *info, struct machine *m);

#endif
