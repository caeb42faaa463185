/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of CPUs, and which of them take part in what the machine does. */
#ifndef VGPU_CPUS_H
#define VGPU_CPUS_H

#include "dump/dump.h"

#define CPUS_WORDS 128 /* 8192 CPUs */

struct cpus {
	uint64_t word[CPUS_WORDS];
	unsigned int n; /* one more than the highest that the machine may have */
};

bool cpus_have(const struct cpus *c, unsigned int cpu);
/* The struct cpumask at this address. */
bool cpus_read(struct dump *d, kaddr_t mask, struct cpus *c);
/*
 * Those that had not been taken out, by hotplug or since they never began: the last moment
 * counts in which the kernel was at work.  False: not known.
 */
bool cpus_read_working(struct dump *d, struct cpus *c);

#endif
