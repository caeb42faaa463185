// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vgpu_lab: faults on request. Write the name of one to the module's parameter
 * "fault". Each has a function of its own, which is what a stack then shows.
 */
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/string.h>

/* ---- a CPU that lets nobody else run ------------------------------------- */

#define SPIN_CPU 1

/* Interrupts stay on: the watchdog's timer must tick to see it. */
static noinline int lab_spin(void *unused)
{
	preempt_disable();
	for (;;)
		cpu_relax();
	return 0;
}

static int start_spin(void)
{
	struct task_struct *task = kthread_create(lab_spin, NULL, "lab-spin");

	if (IS_ERR(task))
		return PTR_ERR(task);
	kthread_bind(task, SPIN_CPU);
	wake_up_process(task);
	return 0;
}

/* ---- bugs of the kernel's own -------------------------------------------- */

static noinline int lab_oops(void)
{
	int *nothing = NULL;

	/* The compiler would put a trap in place of a write that it knows is wrong. */
	OPTIMIZER_HIDE_VAR(nothing);
	WRITE_ONCE(*nothing, 1);
	return 0;
}

static noinline int lab_bug(void)
{
	BUG();
	return 0;
}

static noinline int lab_warn(void)
{
	WARN(1, "the lab asked for a warning\n");
	return 0;
}

/* ---- two tasks, two locks, in opposite order ----------------------------- */

static DEFINE_MUTEX(lab_lock_a);
static DEFINE_MUTEX(lab_lock_b);

static struct lab_order {
	struct mutex *first, *second;
	struct completion has_first;
	struct lab_order *other;
} lab_ab, lab_ba;

static noinline int lab_take_both(void *data)
{
	struct lab_order *order = data;

	mutex_lock(order->first);
	complete(&order->has_first);
	wait_for_completion(&order->other->has_first);
	mutex_lock(order->second);
	/* Not reached. */
	mutex_unlock(order->second);
	mutex_unlock(order->first);
	return 0;
}

static void init_order(struct lab_order *order, struct mutex *first, struct mutex *second,
		       struct lab_order *other)
{
	order->first = first;
	order->second = second;
	order->other = other;
	init_completion(&order->has_first);
}

static int start_abba(void)
{
	struct task_struct *task;

	init_order(&lab_ab, &lab_lock_a, &lab_lock_b, &lab_ba);
	init_order(&lab_ba, &lab_lock_b, &lab_lock_a, &lab_ab);
	task = kthread_run(lab_take_both, &lab_ab, "lab-ab");
	if (IS_ERR(task))
		return PTR_ERR(task);
	task = kthread_run(lab_take_both, &lab_ba, "lab-ba");
	return PTR_ERR_OR_ZERO(task);
}

/* ---- the parameter ------------------------------------------------------- */

static const struct {
	const char *name;
	int (*start)(void);
} faults[] = {
	{"spin", start_spin}, {"oops", lab_oops},   {"bug", lab_bug},
	{"warn", lab_warn},   {"abba", start_abba},
};

static int set_fault(const char *value, const struct kernel_param *param)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(faults); i++)
		if (sysfs_streq(value, faults[i].name))
			return faults[i].start();
	return -EINVAL;
}

static const struct kernel_param_ops fault_ops = {
	.set = set_fault,
};
module_param_cb(fault, &fault_ops, NULL, 0200);
MODULE_PARM_DESC(fault, "spin, oops, bug, warn or abba: happens when written");

MODULE_DESCRIPTION("Faults on request, for test cores");
MODULE_LICENSE("GPL");
