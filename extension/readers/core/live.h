/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `vgpu --live`: the machine that we run on, which hangs.
 *
 * It must not become worse by being looked at.  Nothing is written to it, no file of
 * another task's is opened in /proc, and no lock that a hung task may hold is taken:
 * memory is read through /proc/kcore, as if it were a core.  What we need of the machine is
 * bounded, and had before the first look: memory is not to be asked for where nobody gets
 * any, and no page of ours comes from a disk that hangs.
 */
#ifndef VGPU_CORE_LIVE_H
#define VGPU_CORE_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

#define LIVE_FILE "/proc/kcore"
/* Of what a look may take: bytes, seconds. */
#define LIVE_MEMORY (64ull << 20)
#define LIVE_SECONDS 10

/* May its memory be read?  False and why, with the way out; path is LIVE_FILE. */
bool live_may_read(const char *path, struct error *why);

/*
 * From here on we are polite, and what memory we have stays ours.  here: we stay on the CPU
 * that lets us run; whoever waits for a hang does not know yet which CPU that will be.
 * Where this cannot be had, the look is worth more than the care: it goes on without.
 */
void live_settle(uint64_t memory, bool here);

/* Wait, for what changes to change.  False: a signal came. */
bool live_wait(double seconds);

#endif
