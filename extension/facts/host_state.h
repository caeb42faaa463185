/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host's side of a virtqueue: what QEMU said of it while the guest hung, in a file
 * that somebody brought along with the core (docs/host.md).
 */
#ifndef VGPU_HOST_STATE_H
#define VGPU_HOST_STATE_H

#include "kernel/gpu/virtio_gpu.h"

#define HOST_STATE_MAX (1u << 20) /* bytes of such a file */

/* As `x-query-virtio-queue-status` has it. */
struct host_queue {
	char device[32]; /* "virtio-gpu", escaped; "": not said */
	unsigned int index, num;
	uint64_t desc;	     /* physical address of the ring, in the guest */
	unsigned int inuse;  /* commands that it has fetched and not answered */
	uint16_t last_avail; /* how far it has fetched */
	uint16_t used;	     /* how far it has answered */
	uint16_t seen;	     /* the available index, when it looked at it last */
	uint16_t signalled;  /* the used index, when it last thought of an interrupt */
	bool signalled_known;
	/* The guest's queue that this is, and since then: NULL: none of the dump's. */
	const struct virtqueue *vq;
	unsigned int answered_since; /* in a split ring */
};

struct host_state {
	const char *file; /* escaped */
	/* Of virtio-gpus `x-query-virtio-status` said so much, and of one of them: */
	unsigned int devices;
	bool disabled; /* it may not reach the guest's memory */
	VEC(struct host_queue) all;
};

/* QMP's answers one after another, HMP's text, or both mixed.  False: *why is a sentence. */
bool host_state_parse(struct arena *a, const char *text, size_t size,
		      struct host_state *s, const char **why);
/*
 * Find each of them among the dump's queues, by where its ring lies.  False: none is, or
 * what one says cannot be of this dump.
 */
bool host_state_fit(struct dump *d, const struct gpus *gpus, struct host_state *s,
		    const char **why);
/* What the host says of this queue; NULL: nothing. */
const struct host_queue *host_queue(const struct host_state *s,
				    const struct virtqueue *vq);

#endif
