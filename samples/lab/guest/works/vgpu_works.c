// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vgpu_works: a workqueue full of works that never end. "fill", written to the module's
 * parameter "fault", queues more of them than the workqueue "events" runs at a time, on
 * every CPU; "flush" waits for the last.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/workqueue.h>

/* "events" runs 256 at a time on a CPU, or 1024 (since 6.16). */
#define WORKS 600

static DECLARE_COMPLETION(lab_never);
static struct work_struct lab_works[WORKS];

static noinline void lab_wait_for_ever(struct work_struct *work)
{
	wait_for_completion(&lab_never);
}

static void fill(void)
{
	int i;

	for (i = 0; i < WORKS; i++) {
		INIT_WORK(&lab_works[i], lab_wait_for_ever);
		queue_work_on(i % num_online_cpus(), system_wq, &lab_works[i]);
	}
}

static int set_fault(const char *value, const struct kernel_param *param)
{
	if (sysfs_streq(value, "fill"))
		fill();
	else if (sysfs_streq(value, "flush"))
		flush_work(&lab_works[WORKS - 1]);
	else
		return -EINVAL;
	return 0;
}

static const struct kernel_param_ops fault_ops = {
	.set = set_fault,
};
module_param_cb(fault, &fault_ops, NULL, 0200);
MODULE_PARM_DESC(fault, "fill or flush: happens when written");

MODULE_DESCRIPTION("A workqueue full of works that never end, for test cores");
MODULE_LICENSE("GPL");
