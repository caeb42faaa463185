/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does a part of a large machine's slabs show what makes leak_watch.h think of a leak?  Half
 * as much of it is enough, since a part may have less than its share.
 */
#ifndef VGPU_LEAK_SAMPLE_H
#define VGPU_LEAK_SAMPLE_H

#include "dump/dump.h"

struct facts;

bool leak_sample_shows(struct dump *d, struct facts *f);

#endif
