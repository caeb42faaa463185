/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SRCU: a grace period of each srcu_struct waits for its readers alone, who may sleep. They
 * count themselves on their CPUs, and leave no name.
 */
#ifndef VGPU_SRCU_H
#define VGPU_SRCU_H

#include "lock.h"

/* The srcu_struct that a task which waits for readers has on its stack; 0: none. */
kaddr_t srcu_of_waiter(struct dump *d, const struct task *t, const uint64_t *stack,
		       size_t n);
/* .readers and .holders: how many are in, by all CPUs together. */
void srcu_owner(struct dump *d, kaddr_t srcu, struct lock_owner *o);

#endif
