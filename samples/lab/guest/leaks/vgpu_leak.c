// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vgpu_leak: objects that nobody can reach, and others that look the same and
 * are kept. The counts are what is written to its parameters.
 */
#include <linux/list.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

#define LAB_LOST 0x74736f6c
#define LAB_KEPT 0x7470656b

/* In a kmalloc of 128, where a virtio_gpu_fence lands on 6.1. */
struct lab_object {
	u32 magic;
	u32 number;
	struct list_head link;
	u8 payload[80];
};

static LIST_HEAD(lab_kept);

static struct lab_object *lab_alloc(u32 magic, u32 number)
{
	struct lab_object *object = kzalloc(sizeof(*object), GFP_KERNEL);

	if (!object)
		return NULL;
	object->magic = magic;
	object->number = number;
	INIT_LIST_HEAD(&object->link);
	return object;
}

/* Each alone: what points to it is its own list head. */
static noinline int lab_leak_singles(u32 count)
{
	while (count)
		if (!lab_alloc(LAB_LOST, --count))
			return -ENOMEM;
	return 0;
}

/* All in a ring without a head: each is pointed to, none can be reached. */
static noinline int lab_leak_ring(u32 count)
{
	struct lab_object *object, *first = NULL;

	while (count) {
		object = lab_alloc(LAB_LOST, --count);
		if (!object)
			return -ENOMEM;
		if (first)
			list_add(&object->link, &first->link);
		else
			first = object;
	}
	return 0;
}

static noinline int lab_keep(u32 count)
{
	struct lab_object *object;

	while (count) {
		object = lab_alloc(LAB_KEPT, --count);
		if (!object)
			return -ENOMEM;
		list_add(&object->link, &lab_kept);
	}
	return 0;
}

static int lab_set(const char *value, const struct kernel_param *param)
{
	int (*act)(u32 count) = param->arg;
	u32 count;

	return kstrtou32(value, 0, &count) ?: act(count);
}

static const struct kernel_param_ops lab_ops = {
	.set = lab_set,
};
module_param_cb(singles, &lab_ops, lab_leak_singles, 0200);
MODULE_PARM_DESC(singles, "objects to leak one by one");
module_param_cb(ring, &lab_ops, lab_leak_ring, 0200);
MODULE_PARM_DESC(ring, "objects to leak as a ring");
module_param_cb(kept, &lab_ops, lab_keep, 0200);
MODULE_PARM_DESC(kept, "objects to keep on a list");

MODULE_DESCRIPTION("Leaks on request, for test cores");
MODULE_LICENSE("GPL");
