/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices that a virtio driver has. */
#ifndef VGPU_VIRTIO_DRIVER_H
#define VGPU_VIRTIO_DRIVER_H

#include "dump/dump.h"

struct virtio_devices {
	VEC(kaddr_t) all; /* struct virtio_device */
	bool complete;
};

/*
 * Those of the struct virtio_driver at driver; words: "virtio-gpu".  False: the driver
 * cannot be read: noted.
 */
bool virtio_devices_read(struct dump *d, kaddr_t driver, const char *words,
			 struct virtio_devices *devices);
/* "virtio1", escaped; false: it cannot be read. */
bool virtio_device_name(struct dump *d, kaddr_t vdev, char *name, size_t size);

#endif
