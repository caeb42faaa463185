/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -p: one process of all; -c: one CPU. */
#ifndef VGPU_PROCESS_H
#define VGPU_PROCESS_H

#include "command.h"

#define PROCESS 'p' /* .number = "pid" */

/*
 * *pid: of the process that was asked for, or -1.  False: this dump has none of that pid,
 * which is the session's error.
 */
bool process_wanted(struct session *s, int *pid);

#define CPU 'c' /* .number = "cpu" */

/* The same of a CPU. */
bool cpu_wanted(struct session *s, int *cpu);

#endif
