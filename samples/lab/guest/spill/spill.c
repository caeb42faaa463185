// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A driver that loses objects, and keeps others that look the same, as many as are written
 * to its parameters.  Its name, SPILL_SIZE, and whether the objects have a cache of their own,
 * SPILL_OWN, are put in by the lab.
 */
#include <linux/list.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

struct spill_object {
	u32 state;
	struct list_head link;
	u8 payload[SPILL_SIZE];
};

static struct kmem_cache *spill_cache;
static LIST_HEAD(spill_kept);

static noinline struct spill_object *spill_make(u32 state)
{
	struct spill_object *object = SPILL_OWN
					      ? kmem_cache_zalloc(spill_cache, GFP_KERNEL)
					      : kzalloc(sizeof(*object), GFP_KERNEL);

	if (!object)
		return NULL;
	object->state = state;
	INIT_LIST_HEAD(&object->link);
	return object;
}

/* Nobody has it. */
static noinline int spill_singly(u32 count)
{
	while (count)
		if (!spill_make(--count))
			return -ENOMEM;
	return 0;
}

/* A ring, whose head is forgotten with this function. */
static noinline int spill_ring(u32 count)
{
	struct spill_object *first = spill_make(0), *object;

	if (!first)
		return -ENOMEM;
	while (--count) {
		object = spill_make(count);
		if (!object)
			return -ENOMEM;
		list_add_tail(&object->link, &first->link);
	}
	return 0;
}

static noinline int spill_keep(u32 count)
{
	struct spill_object *object;

	while (count) {
		object = spill_make(--count);
		if (!object)
			return -ENOMEM;
		list_add_tail(&object->link, &spill_kept);
	}
	return 0;
}

static int spill_set(const char *value, const struct kernel_param *param)
{
	int (*act)(u32 count) = param->arg;
	u32 count;

	return kstrtou32(value, 0, &count) ?: act(count);
}

static const struct kernel_param_ops spill_ops = {
	.set = spill_set,
};
module_param_cb(singly, &spill_ops, spill_singly, 0200);
MODULE_PARM_DESC(singly, "objects to lose one by one");
module_param_cb(ring, &spill_ops, spill_ring, 0200);
MODULE_PARM_DESC(ring, "objects to lose as a ring");
module_param_cb(kept, &spill_ops, spill_keep, 0200);
MODULE_PARM_DESC(kept, "objects to keep on a list");

static int __init spill_init(void)
{
	/* A cache that is like another one is merged with it, unless users may copy from it. */
	spill_cache = kmem_cache_create_usercopy("spill_object",
						 sizeof(struct spill_object), 0, 0, 0,
						 sizeof(u32), NULL);
	return spill_cache ? 0 : -ENOMEM;
}
/* There is no exit: its objects are still there. */
module_init(spill_init);

MODULE_DESCRIPTION("Objects that are lost, for test cores");
MODULE_LICENSE("GPL");
