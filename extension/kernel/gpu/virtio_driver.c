// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio_driver.h"

#include <string.h>

#include "base/text.h"
#include "dump/layout.h"
#include "dump/list.h"

#define DEVICES_MAX 256

static bool layout_known(struct dump *d, const char *words)
{
	if (layout_has_all(d, VIRTIO_DEVICE, VIRTIO_DEVICE_DEV, DEVICE_DRIVER_P,
			   DRIVER_PRIVATE_DEVICES, KLIST_LIST, DEVICE_PRIVATE_KNODE,
			   KLIST_NODE_NODE, DEVICE_PRIVATE_DEVICE))
		return true;
	dump_note(d, "%s: no debuginfo for the lists of struct device_driver", words);
	return false;
}

static void add_device(struct dump *d, kaddr_t node, const char *words,
		       struct virtio_devices *devices)
{
	kaddr_t knode = member_base(d, node, KLIST_NODE_NODE), device;
	kaddr_t private = member_base(d, knode, DEVICE_PRIVATE_KNODE);

	if (member_ptr(d, private, DEVICE_PRIVATE_DEVICE, &device)) {
		*vec_push(d->arena, &devices->all) =
			member_base(d, device, VIRTIO_DEVICE_DEV);
		return;
	}
	devices->complete = false;
	dump_unread(d, "%s: the device of device_private 0x%llx", words, HEX(private));
}

/*
 * driver.p is the driver core's; its list is of device_private.knode_driver.
 * struct virtio_driver begins with its device_driver in every kernel, so that
 * the offset is right, as 0, where debuginfo of virtio modules is missing.
 */
bool virtio_devices_read(struct dump *d, kaddr_t driver, const char *words,
			 struct virtio_devices *devices)
{
	struct list_walk w;
	kaddr_t p, klist, node;

	memset(devices, 0, sizeof(*devices));
	if (!layout_known(d, words))
		return false;
	driver = member_addr(d, driver, VIRTIO_DRIVER_DRIVER);
	if (!member_ptr(d, driver, DEVICE_DRIVER_P, &p)) {
		dump_unread(d, "%s: its driver at 0x%llx", words, HEX(driver));
		return false;
	}
	devices->complete = true;
	if (!p)
		return true; /* being registered, or unregistered */
	klist = member_addr(d, p, DRIVER_PRIVATE_DEVICES);
	list_begin(&w, d, member_addr(d, klist, KLIST_LIST), DEVICES_MAX);
	while (list_next(&w, &node))
		add_device(d, node, words, devices);
	list_end_note(&w, arena_printf(d->arena, "%s devices", words));
	devices->complete &= w.end == WALK_DONE;
	return true;
}

bool virtio_device_name(struct dump *d, kaddr_t vdev, char *name, size_t size)
{
	kaddr_t device = member_addr(d, vdev, VIRTIO_DEVICE_DEV), addr;
	char raw[32];

	if (!member_ptr(d, member_addr(d, device, DEVICE_KOBJ), KOBJECT_NAME, &addr) ||
	    !dump_string(d, addr, raw, sizeof(raw)))
		return false;
	text_escape(name, size, raw);
	return true;
}
