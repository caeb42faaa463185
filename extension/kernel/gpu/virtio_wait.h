/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A wait for the answer of a virtio device that is no GPU, by a driver that asks and does
 * nothing else until the host has answered: some sleep, some spin.
 */
#ifndef VGPU_VIRTIO_WAIT_H
#define VGPU_VIRTIO_WAIT_H

#include "kernel/sched/spin.h"
#include "kernel/sched/unwind.h"
#include "virtio_ring.h"

struct virtio_wait {
	const char *function; /* the driver's, that waits */
	const char *driver;   /* "virtio_net" */
	char device[32];      /* "virtio1", escaped */
	kaddr_t vdev;
	struct virtqueue vq; /* what it was asked for is in there, and no answer */
};

#define VIRTIO_ASKERS 7

/* What was found for each kind, once; zero: nothing yet. */
struct virtio_waits {
	bool sought[VIRTIO_ASKERS];
	const struct virtio_wait *found[VIRTIO_ASKERS];
};

/* The function on the stack that waits for such an answer, of whichever device; or NULL. */
const char *virtio_wait_function(const struct stack *stack);

/*
 * NULL: no such function is on the stack; or no queue of that kind owes an answer, or
 * those of several devices do.  runs: whose stack it is has a CPU, and so does not sleep for
 * it; there are functions that look for the answer in a loop, and others that sleep.
 */
const struct virtio_wait *virtio_wait_find(struct dump *d, struct virtio_waits *waits,
					   const struct stack *stack, bool runs);

/*
 * The same of a task that runs and has no registers to unwind from: a function that looks in
 * a loop calls what looks again and again, and so has a return address on its stack.  That of
 * one that sleeps is of an earlier call.
 */
const struct virtio_wait *virtio_wait_unseen(struct dump *d, struct virtio_waits *waits,
					     const struct task *t,
					     const struct spin_trace **trace);

#endif
