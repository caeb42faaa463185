// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpus.h"

#include <string.h>

bool cpus_have(const struct cpus *c, unsigned int cpu)
{
	return cpu < c->n && c->word[cpu / 64] >> (cpu % 64) & 1;
}

bool cpus_read(struct dump *d, kaddr_t mask, struct cpus *c)
{
	memset(c, 0, sizeof(*c));
	c->n = d->info.cpus < CPUS_WORDS * 64 ? d->info.cpus : CPUS_WORDS * 64;
	return dump_read(d, mask, c->word, (c->n + 63) / 64 * 8) == DUMP_OK;
}

/*
 * panic() stops the other CPUs, and who stops takes itself out of __cpu_online_mask: on
 * x86_64 in stop_this_cpu(), where no kdump kernel is loaded, on arm64 in local_cpu_stop().
 * In a dump that the host takes afterwards one CPU seems to be left.  __cpu_active_mask is
 * hotplug's alone, which clears it first.
 */
bool cpus_read_working(struct dump *d, struct cpus *c)
{
	struct cpus active;
	kaddr_t mask;
	unsigned int i;

	if (!dump_symbol(d, "__cpu_online_mask", &mask) || !cpus_read(d, mask, c))
		return false;
	if (!dump_symbol(d, "__cpu_active_mask", &mask) || !cpus_read(d, mask, &active))
		return true;
	for (i = 0; i < CPUS_WORDS; i++)
		c->word[i] |= active.word[i];
	return true;
}
