// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vgpu_beside: faults beside a GPU that is well.  Who writes the name of a part to
 * /proc/vgpu_beside plays it himself; see the table at the end.
 */
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

/* What the compiler cannot see: a loop without an end is undefined. */
static int beside_never;

/* As a process that waits for its network: no detector looks at it. */
static noinline void beside_doze(void)
{
	while (!signal_pending(current))
		schedule_timeout_interruptible(HZ);
}

/* ---- memory -------------------------------------------------------------- */

/* Pages that nothing refers to: no cache, no task has them. */
static noinline int beside_pages(void)
{
	while (alloc_pages(GFP_KERNEL, 2))
		;
	return -ENOMEM;
}

/* ---- spinlocks ----------------------------------------------------------- */

static DEFINE_SPINLOCK(beside_lock);

/* Sleeps with it, which nobody may. */
static noinline int beside_spin_sleep(void)
{
	spin_lock(&beside_lock);
	beside_doze();
	spin_unlock(&beside_lock);
	return 0;
}

static noinline int beside_spin(void)
{
	spin_lock(&beside_lock);
	spin_unlock(&beside_lock);
	return 0;
}

/* ---- works --------------------------------------------------------------- */

#define BESIDE_CPU 1

static void beside_nothing(struct work_struct *unused)
{
}
static DECLARE_WORK(beside_small, beside_nothing);

static noinline int beside_work_flush(void)
{
	queue_work_on(BESIDE_CPU, system_wq, &beside_small);
	flush_work(&beside_small);
	return 0;
}

static struct workqueue_struct *beside_line;
static DECLARE_WAIT_QUEUE_HEAD(beside_news);

static noinline void beside_first(struct work_struct *unused)
{
	wait_event(beside_news, READ_ONCE(beside_never));
}
static DECLARE_WORK(beside_head, beside_first);

/* Two works of an ordered queue, of which the first sleeps. */
static noinline int beside_ordered(void)
{
	queue_work(beside_line, &beside_head);
	queue_work(beside_line, &beside_small);
	flush_work(&beside_small);
	return 0;
}

/* ---- a file of sysfs ----------------------------------------------------- */

static struct kobject *beside_device;

static ssize_t slow_show(struct kobject *device, struct kobj_attribute *attr, char *text)
{
	beside_doze();
	return 0;
}
static struct kobj_attribute beside_slow = __ATTR_RO(slow);

/* Waits until nobody is in a method of its files. */
static noinline int beside_remove(void)
{
	kobject_put(beside_device);
	return 0;
}

static int beside_add(void)
{
	beside_device = kobject_create_and_add("vgpu_beside", kernel_kobj);
	if (!beside_device)
		return -ENOMEM;
	return sysfs_create_file(beside_device, &beside_slow.attr);
}

/* ---- the file ------------------------------------------------------------ */

static const struct {
	const char *name;
	int (*play)(void);
} parts[] = {
	{"pages", beside_pages},     {"spin-sleep", beside_spin_sleep},
	{"spin", beside_spin},	     {"work-flush", beside_work_flush},
	{"ordered", beside_ordered}, {"remove", beside_remove},
};

static ssize_t beside_write(struct file *file, const char __user *text, size_t size,
			    loff_t *at)
{
	char name[32] = "";
	size_t i;
	int err;

	if (size >= sizeof(name) || copy_from_user(name, text, size))
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(parts); i++)
		if (sysfs_streq(name, parts[i].name)) {
			err = parts[i].play();
			return err ? err : size;
		}
	return -EINVAL;
}

static const struct proc_ops beside_ops = {
	.proc_write = beside_write,
};

static int __init beside_init(void)
{
	beside_line = alloc_ordered_workqueue("beside", 0);
	if (!beside_line || beside_add() ||
	    !proc_create("vgpu_beside", 0200, NULL, &beside_ops))
		return -ENOMEM;
	return 0;
}
/* There is no exit: nobody could tell when those who wait are gone. */
module_init(beside_init);

MODULE_DESCRIPTION("Faults beside a GPU that is well, for test cores");
MODULE_LICENSE("GPL");
