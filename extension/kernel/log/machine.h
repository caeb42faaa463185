/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which machine it was, and how it was: what heads a report. */
#ifndef VGPU_MACHINE_H
#define VGPU_MACHINE_H

#include "dump/dump.h"

struct machine {
	double uptime_s;   /* by jiffies; < 0: not known */
	char node[132];	   /* uname -n, escaped; "" when not known */
	char version[260]; /* uname -v, escaped: "#1 SMP Debian ..."; "" when not known */
	uint64_t memory;   /* bytes that the page allocator has; 0: not known */
	bool load_known;
	double load[3]; /* of 1, 5 and 15 minutes, as uptime prints it */
	bool taint_known;
	uint64_t taint; /* bits, as /proc/sys/kernel/tainted shows them */
};

void machine_read(struct dump *d, unsigned int hz, struct machine *m);

/* The letter of a bit of the taint, and what it stands for; NULL: no such bit is known. */
char taint_letter(unsigned int bit);
const char *taint_words(unsigned int bit);
/* Those that a module brought: "out of tree (O), unsigned (E)"; "" when there are none. */
const char *taints_of_module(struct arena *a, uint64_t bits);

#endif
