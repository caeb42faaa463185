// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vgpu_aside: what stands beside a GPU's driver, or in its way.  Who writes the name of a
 * part to /proc/vgpu_aside plays it himself; see the table at the end.
 */
#include <linux/delay.h>
#include <linux/dma-fence.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/nmi.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/stop_machine.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

/* What the compiler cannot see: a loop without an end is undefined. */
static int aside_never;

/* ---- a work that keeps the others of its pool from running ---------------- */

/* Looks for what never comes, as a driver for a bit of its hardware; others may run. */
static noinline void aside_poll(struct work_struct *unused)
{
	while (!READ_ONCE(aside_never)) {
		udelay(100);
		cond_resched();
	}
}
static DECLARE_WORK(aside_poller, aside_poll);

/* The pool of the GPU's dequeue work, whose interrupts are CPU 0's. */
static noinline int aside_poll_work(void)
{
	queue_work_on(0, system_wq, &aside_poller);
	return 0;
}

/* ---- a fence of another driver, under a lock ------------------------------ */

static const char *aside_name(struct dma_fence *fence)
{
	return "aside";
}

static const struct dma_fence_ops aside_ops = {
	.get_driver_name = aside_name,
	.get_timeline_name = aside_name,
};

static DEFINE_SPINLOCK(aside_fence_lock);
static struct dma_fence aside_fence;
static DEFINE_MUTEX(aside_reservation);

/* As who is to draw into a buffer: has it reserved, and waits for the last one to be done. */
static noinline int aside_wait_fence(void)
{
	mutex_lock(&aside_reservation);
	dma_fence_wait(&aside_fence, false);
	mutex_unlock(&aside_reservation);
	return 0;
}

/* Who would signal it wants the buffer, too. */
static noinline int aside_signal_fence(void)
{
	mutex_lock(&aside_reservation);
	dma_fence_signal(&aside_fence);
	mutex_unlock(&aside_reservation);
	return 0;
}

/* ---- a CPU that does not stop -------------------------------------------- */

/* Polls as a driver that knows that it takes long, and keeps the watchdog quiet. */
static noinline int aside_keep_cpu(void)
{
	preempt_disable();
	while (!READ_ONCE(aside_never)) {
		touch_softlockup_watchdog();
		udelay(10);
	}
	preempt_enable();
	return 0;
}

static int aside_patch(void *unused)
{
	return 0;
}

/*
 * As who patches a running kernel.  No CPU runs anything else from then on: first there is
 * time to write down who asked.
 */
static noinline int aside_stop(void)
{
	msleep(1000);
	return stop_machine(aside_patch, NULL, NULL);
}

/* ---- works that wait in a circle ----------------------------------------- */

/* Until others have begun, too. */
#define ASIDE_BEGIN_MS 500

static void aside_reset(struct work_struct *unused);
static void aside_probe(struct work_struct *unused);
static DECLARE_WORK(aside_resetter, aside_reset);
static DECLARE_WORK(aside_prober, aside_probe);

/* Each may go on once the other is done. */
static noinline void aside_reset(struct work_struct *unused)
{
	msleep(ASIDE_BEGIN_MS);
	flush_work(&aside_prober);
	pr_info("reset\n");
}

static noinline void aside_probe(struct work_struct *unused)
{
	msleep(ASIDE_BEGIN_MS);
	flush_work(&aside_resetter);
	pr_info("probed\n");
}

static noinline int aside_flush(void)
{
	queue_work(system_unbound_wq, &aside_resetter);
	queue_work(system_unbound_wq, &aside_prober);
	flush_work(&aside_resetter);
	return 0;
}

static DEFINE_MUTEX(aside_state);

static noinline void aside_refresh(struct work_struct *unused)
{
	mutex_lock(&aside_state);
	mutex_unlock(&aside_state);
}
static DECLARE_DELAYED_WORK(aside_refresher, aside_refresh);

/* As who closes a device: has what its work wants, and waits until that is done. */
static noinline int aside_cancel(void)
{
	mutex_lock(&aside_state);
	schedule_delayed_work(&aside_refresher, 0);
	msleep(ASIDE_BEGIN_MS);
	cancel_delayed_work_sync(&aside_refresher);
	mutex_unlock(&aside_state);
	return 0;
}

/* ---- the file ------------------------------------------------------------- */

static const struct {
	const char *name;
	int (*play)(void);
} parts[] = {
	{"poll", aside_poll_work},
	{"wait-fence", aside_wait_fence},
	{"signal-fence", aside_signal_fence},
	{"keep-cpu", aside_keep_cpu},
	{"stop", aside_stop},
	{"flush", aside_flush},
	{"cancel", aside_cancel},
};

static ssize_t aside_write(struct file *file, const char __user *text, size_t size,
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

static const struct proc_ops aside_proc = {
	.proc_write = aside_write,
};

static int __init aside_init(void)
{
	dma_fence_init(&aside_fence, &aside_ops, &aside_fence_lock,
		       dma_fence_context_alloc(1), 1);
	return proc_create("vgpu_aside", 0200, NULL, &aside_proc) ? 0 : -ENOMEM;
}
/* There is no exit: nobody could tell when those who wait are gone. */
module_init(aside_init);

MODULE_DESCRIPTION("What stands beside a GPU's driver, for test cores");
MODULE_LICENSE("GPL");
