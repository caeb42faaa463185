/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Time for whoever looks at a machine that hangs.
 *
 * A sleeper's timer is of the CPU on which he fell asleep (kernel/time/hrtimer.c): where that
 * one keeps its interrupts off, he sleeps for as long as it does. So a watch has a clock:
 * children on several CPUs, each with a timer of its own, who write into one pipe. Who reads
 * it is woken by a CPU that lives, and there.
 */
#ifndef VGPU_CORE_LIVE_CLOCK_H
#define VGPU_CORE_LIVE_CLOCK_H

#include <stdbool.h>

/*
 * From here on it is the clock that ends a wait; where there can be none, the timer. The
 * children end with the process. To be called while the machine is well, and before
 * live_settle(): where a CPU is deaf, the kernel waits for it in fork() and whenever a page
 * that we share with a child is written to, which mlockall() does at once.
 */
void live_clock_start(void);

/* False: is_over() said so, which is asked whenever a signal came; NULL: nobody is asked. */
bool live_clock_wait(double seconds, bool (*is_over)(void));

#endif
