/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long a tick is, and how many there were. */
#ifndef VGPU_JIFFIES_H
#define VGPU_JIFFIES_H

#include "dump/dump.h"

/* Ticks a second from the kernel's own clock; info.hz when it cannot be read. */
unsigned int kernel_hz(struct dump *d);

/* Seconds since boot by jiffies_64; < 0 when they cannot be read or cannot be. */
double uptime_of_jiffies(struct dump *d, unsigned int hz);

#endif
