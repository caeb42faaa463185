/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interrupts of virtio-gpu devices, from the kernel's own descriptors.
 *
 * Which are a device's says who is called: a handler's dev_id is the virtqueue or, where
 * queues share a vector and for changes of the configuration, the transport's device,
 * which begins with the virtio_device.  So no type of virtio_pci or virtio_mmio is needed.
 */
#ifndef VGPU_VIRTIO_IRQ_H
#define VGPU_VIRTIO_IRQ_H

#include "virtio_gpu.h"

struct gpu_irq {
	kaddr_t vdev; /* whose: struct virtio_device */
	kaddr_t addr; /* struct irq_desc */
	unsigned int irq;
	char name[64];	    /* its handler's, "virtio1-control", escaped */
	uint64_t count;	    /* how often it came, on all CPUs */
	unsigned int depth; /* of disable_irq(): 0: enabled */
	bool disabled, masked, in_progress;
	/* CPUs that it may come on, and does, "0-3,8"; NULL: not known */
	const char *affinity, *effective;
	bool offline; /* none of these CPUs is online */
	bool threaded;
	const struct task *thread; /* of a threaded handler; NULL: it was not found */
};

struct gpu_irqs {
	VEC(struct gpu_irq) all; /* by number */
	bool complete;		 /* every descriptor could be read */
};

void gpu_irqs_read(struct dump *d, const struct tasks *tasks, const struct gpus *gpus,
		   struct gpu_irqs *irqs);

#endif
