/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VGPU_FUZZ_SEED_H
#define VGPU_FUZZ_SEED_H

#include "../unit/fake_slab.h"
#include "../unit/fake_work.h"

/*
 * A sound dump with something in it for every reader: the drain hang, a log,
 * ORC tables and a stack that they unwind, a slab, and a virtio-gpu device with an
 * interrupt.
 */
struct fake *seed_dump(void);

#endif
