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
	kaddr_t vq;   /* whose answers it tells of; 0: of several queues */
	bool config;  /* of changes of the configuration alone */
	kaddr_t addr; /* struct irq_desc */
	unsigned int irq;
	char name[64];	    /* its handler's, "virtio1-control", escaped */
	uint64_t count;	    /* how often it came, on all CPUs */
	unsigned int depth; /* of disable_irq(): 0: enabled */
	bool disabled, masked, in_progress;
	bool pending;	   /* it came while it was disabled */
	bool nobody_cared; /* the kernel disabled it: too many that no handler took */
	/* CPUs that it may come on, and does, "0-3,8"; NULL: not known */
	const char *affinity, *effective;
	int cpu;      /* the one that it goes to; -1: not known, or several */
	bool offline; /* none of these CPUs is online */
	bool threaded;
	bool woken; /* its thread has been woken for it, and has not begun */
	const struct task *thread; /* of a threaded handler; NULL: it was not found */
};

struct gpu_irqs {
	VEC(struct gpu_irq) all; /* by number */
	bool complete;		 /* every descriptor could be read */
};

/* What tells of a queue's answers: its own, or one that queues share; NULL: not found. */
const struct gpu_irq *gpu_irq_of_queue(const struct gpu_irqs *irqs, kaddr_t vdev,
				       kaddr_t vq);

void gpu_irqs_read(struct dump *d, const struct tasks *tasks, const struct gpus *gpus,
		   struct gpu_irqs *irqs);

#endif
