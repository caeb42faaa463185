/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stacks of x86_64, which are unwound in one of two ways: by ORC, or by frame pointers where
 * the kernel keeps them and has no ORC.
 */
#ifndef VGPU_X86_64_WALK_H
#define VGPU_X86_64_WALK_H

#include "walk.h"

/* Above the registers, for what FRED pushes: 65c9cc9e2c14, 6.9. */
#define FRED_PADDING 16

/* To what was interrupted, whose registers lie at sp: of partial ones what the CPU pushed. */
bool x86_64_take_regs(struct walk *w, kaddr_t sp, bool partial);
/* By the registers of the frame that was found last. */
bool x86_64_user_mode(struct walk *w);
/* Where a new task begins, which has not run yet? */
bool x86_64_is_fork(const struct place *p);
/* Is v what a call of the function at start pushed? */
bool x86_64_returns_from(struct walk *w, kaddr_t v, kaddr_t start);

/* Do this kernel's functions keep one?  By how they begin. */
bool x86_64_has_frame_pointers(struct dump *d);
/* next_frame() of struct arch, by them. */
bool x86_64_next_by_frame_pointer(struct walk *w);

#endif
