/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flips that wait for a fence, for clients that are master. */
#ifndef LAB_ATOMIC_H
#define LAB_ATOMIC_H

#include <stdint.h>

/* The properties of a plane that a flip sets. */
#define FLIP_PROPS 2

struct plane {
	uint32_t id;
	uint32_t props[FLIP_PROPS];
};

/* The kernel lets no client whose name begins with an X be an atomic one. */
void use_atomic(int fd);
/* The first primary plane that can wait for a fence. */
void find_plane(int fd, struct plane *plane);
/* Returns at once; the buffer is shown when the fence is signalled. */
void flip_after(int fd, const struct plane *plane, uint32_t fb, int fence);

#endif
