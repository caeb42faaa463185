/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The timer whose function a CPU is in: kernel/time/timer.c. */
#ifndef VGPU_TIMERS_H
#define VGPU_TIMERS_H

#include "dump/dump.h"

struct timer_run {
	kaddr_t base, timer, function; /* struct timer_base, timer_list; 0: in none */
	const char *name;	       /* "lab_timer_poll [vgpu_cpus]", escaped */
	uint64_t clk;		       /* jiffies, up to which this base has run timers */
};

/*
 * Of what expire_timers() runs, in softirqs.  That of a CPU which runs on may have come back
 * since: see how long clk stands.
 */
void timer_run_of_cpu(struct dump *d, unsigned int cpu, struct timer_run *run);

#endif
