/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where in a virtio_gpu_device tasks sleep, and who wakes them: the addresses that a
 * waiter's record leads to.
 */
#ifndef VGPU_VIRTIO_GPU_WAITS_H
#define VGPU_VIRTIO_GPU_WAITS_H

#include "dump/dump.h"

struct gpu_queue_waits {
	kaddr_t vq;	   /* struct virtqueue */
	kaddr_t ack_queue; /* its sleepers want room in the ring */
	kaddr_t work;	   /* dequeue_work: fetches the answers, wakes the sleepers */
	bool work_known;   /* .work_pending could be read */
	bool work_pending; /* the work itself says that it is queued */
};

struct gpu_waits {
	bool read;
	struct gpu_queue_waits ctrl, cursor;
	kaddr_t resp_wq; /* its sleepers want an answer that the control queue carries */
	kaddr_t fence_lock; /* the lock that every fence of the device points to */
};

/* vgdev: a struct virtio_gpu_device that was found sound. */
void gpu_waits_read(struct dump *d, kaddr_t vgdev, struct gpu_waits *w);

#endif
