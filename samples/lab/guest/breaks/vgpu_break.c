// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vgpu_break: marks the virtio-gpu's queues broken, as virtio_ring does itself when a
 * device answers nonsense, at a moment when the control queue is full. What sleeps for
 * room in it then sleeps for good.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>

#define LAB_GPU_ID 0x1050 /* of a modern virtio device: 0x1040 and VIRTIO_ID_GPU */
#define LAB_FEW 3	  /* descriptors that one command may need */
#define LAB_SECONDS 10

static int lab_is_virtio(struct device *dev, void *unused)
{
	return dev->bus && !strcmp(dev->bus->name, "virtio");
}

static int lab_break_when_full(struct virtio_device *vdev)
{
	struct virtqueue *control =
		list_first_entry(&vdev->vqs, struct virtqueue, list);
	unsigned long end = jiffies + LAB_SECONDS * HZ;

	while (READ_ONCE(control->num_free) >= LAB_FEW) {
		if (time_after(jiffies, end))
			return -ETIMEDOUT;
		cpu_relax();
	}
	virtio_break_device(vdev);
	return 0;
}

static int lab_set(const char *value, const struct kernel_param *param)
{
	struct pci_dev *pci = pci_get_device(PCI_VENDOR_ID_REDHAT_QUMRANET, LAB_GPU_ID,
					     NULL);
	struct device *dev;
	int ret;

	if (!pci)
		return -ENODEV;
	dev = device_find_child(&pci->dev, NULL, lab_is_virtio);
	ret = dev ? lab_break_when_full(dev_to_virtio(dev)) : -ENODEV;
	put_device(dev);
	pci_dev_put(pci);
	return ret;
}

static const struct kernel_param_ops lab_ops = {
	.set = lab_set,
};
module_param_cb(when_full, &lab_ops, NULL, 0200);
MODULE_PARM_DESC(when_full, "written: break the virtio-gpu once its ring is full");

MODULE_DESCRIPTION("A virtio-gpu out of service, for test cores");
MODULE_LICENSE("GPL");
