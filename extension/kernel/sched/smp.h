/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls from CPU to CPU (kernel/smp.c): who sends one often spins until it is done, and a
 * CPU with interrupts off does none.  The called CPU's queue has it until it begins.
 */
#ifndef VGPU_SMP_H
#define VGPU_SMP_H

#include "dump/dump.h"
#include "runqueue.h"

/* Fills in each run queue's calls. */
void smp_calls_read(struct dump *d, struct runqueues *rqs);

#endif
