// SPDX-License-Identifier: GPL-2.0-or-later
#include "jiffies.h"

#include <math.h>

#include "dump/layout.h"

/* clocksource_jiffies.mult is the length of a tick in ns, shifted by this. */
#define JIFFIES_SHIFT 8

/*
 * The nearest HZ that a kernel can be built with.  tick_nsec follows adjtimex(),
 * by up to a tenth; what is further off is none of them.
 */
static unsigned int hz_of_tick(uint64_t ns)
{
	static const unsigned int built[] = {24,  32,  48,  64,	 100, 128,  200,
					     250, 256, 300, 500, 512, 1000, 1024};
	unsigned int i, best = 0;
	double hz = ns ? 1e9 / (double)ns : 0;

	for (i = 0; i < ARRAY_SIZE(built); i++)
		if (fabs(built[i] - hz) < fabs((double)best - hz))
			best = built[i];
	return fabs(best - hz) <= hz / 10 ? best : 0;
}

unsigned int kernel_hz(struct dump *d)
{
	unsigned int hz = 0;
	kaddr_t addr;
	uint64_t v;

	if (dump_symbol(d, "clocksource_jiffies", &addr) &&
	    member_u64(d, addr, CLOCKSOURCE_MULT, &v))
		hz = hz_of_tick(v >> JIFFIES_SHIFT);
	if (!hz && dump_symbol_u64(d, "tick_nsec", &v))
		hz = hz_of_tick(v);
	return hz ? hz : d->info.hz;
}

/* jiffies start 300 seconds before they wrap at 32 bits (include/linux/jiffies.h). */
double uptime_of_jiffies(struct dump *d, unsigned int hz)
{
	uint64_t jiffies, initial = (uint32_t)(-300 * (int64_t)hz);

	if (!hz || !dump_symbol_u64(d, "jiffies_64", &jiffies) || jiffies < initial)
		return -1;
	return (double)(jiffies - initial) / hz;
}
