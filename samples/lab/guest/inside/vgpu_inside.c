// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vgpu_inside: locks of an object on the heap. Who writes the name of a part to
 * /proc/vgpu_inside plays it himself; see the table at the end.
 */
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/rwsem.h>
#include <linux/sched/signal.h>
#include <linux/semaphore.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

struct depot {
	char label[48];
	int items;
	struct rw_semaphore door;
	struct semaphore ramps;
	wait_queue_head_t refill;
};
static struct depot *depot;

/* Asleep for something that never comes, with the depot in hand. */
static noinline int depot_await(struct depot *d)
{
	while (!signal_pending(current))
		wait_event_interruptible_timeout(d->refill, READ_ONCE(d->items), HZ);
	return d->items;
}

static noinline int depot_count(struct depot *d)
{
	int items;

	down_read(&d->door);
	items = depot_await(d);
	up_read(&d->door);
	return items;
}

/* Takes the lock last of all, and leaves; then it sleeps like the others. */
static noinline int depot_pass(struct depot *d)
{
	int items;

	down_read(&d->door);
	items = d->items;
	up_read(&d->door);
	return items + depot_await(d);
}

static noinline int depot_close(struct depot *d)
{
	down_write(&d->door);
	d->items = 0;
	up_write(&d->door);
	return 0;
}

static noinline int depot_load(struct depot *d)
{
	int items;

	if (down_interruptible(&d->ramps))
		return -EINTR;
	items = depot_await(d);
	up(&d->ramps);
	return items;
}

static noinline int depot_unload(struct depot *d)
{
	down(&d->ramps);
	d->items++;
	up(&d->ramps);
	return 0;
}

#define PILE 20000

static noinline void depot_turn(struct work_struct *work)
{
	depot_close(depot);
}

/* Works without end, of which none ends. */
static noinline int depot_pile(struct depot *d)
{
	struct work_struct *works = kvcalloc(PILE, sizeof(*works), GFP_KERNEL);
	size_t i;

	for (i = 0; works && i < PILE; i++) {
		INIT_WORK(&works[i], depot_turn);
		schedule_work(&works[i]);
	}
	return works ? 0 : -ENOMEM;
}

static const struct {
	const char *name;
	int (*play)(struct depot *d);
} parts[] = {
	{"count", depot_count}, {"pass", depot_pass},	  {"close", depot_close},
	{"load", depot_load},	{"unload", depot_unload}, {"pile", depot_pile},
};

static ssize_t inside_write(struct file *file, const char __user *text, size_t size,
			    loff_t *at)
{
	char name[32] = "";
	size_t i;

	if (size >= sizeof(name) || copy_from_user(name, text, size))
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(parts); i++)
		if (sysfs_streq(name, parts[i].name))
			return parts[i].play(depot) < 0 ? -EINTR : size;
	return -EINVAL;
}

static const struct proc_ops inside_ops = {
	.proc_write = inside_write,
};

static int __init inside_init(void)
{
	depot = kzalloc(sizeof(*depot), GFP_KERNEL);
	if (!depot)
		return -ENOMEM;
	init_rwsem(&depot->door);
	sema_init(&depot->ramps, 1);
	init_waitqueue_head(&depot->refill);
	if (!proc_create("vgpu_inside", 0200, NULL, &inside_ops))
		return -ENOMEM;
	return 0;
}
/* There is no exit: nobody could tell when those who wait are gone. */
module_init(inside_init);

MODULE_DESCRIPTION("Locks of an object on the heap, for test cores");
MODULE_LICENSE("GPL");
