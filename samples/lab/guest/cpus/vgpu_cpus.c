// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vgpu_cpus: takes CPU 1, or an interrupt, away from the kernel.  Written to the module's
 * parameter "fault":
 *
 *	timer	a timer's function on CPU 1 never ends: softirqs, interrupts on
 *	hrtimer	the same of a high resolution timer: in the interrupt itself
 *	irqoff	a kernel thread on CPU 1 loops with interrupts off
 *	irq N	disable_irq(N)
 *	flush	waits for a work on CPU 1
 */
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/version.h>
#include <linux/workqueue.h>

#define LAB_CPU 1

/* The condition is one that the compiler cannot see: a loop without an end is undefined. */
static int lab_never;

static noinline void lab_poll_register(void)
{
	while (!READ_ONCE(lab_never))
		cpu_relax();
}

static void lab_timer_poll(struct timer_list *unused)
{
	lab_poll_register();
	WRITE_ONCE(lab_never, 2);
}

static struct timer_list lab_timer;
static struct hrtimer lab_hrtimer;

static int start_timer(void)
{
	timer_setup(&lab_timer, lab_timer_poll, 0);
	lab_timer.expires = jiffies + HZ / 4;
	add_timer_on(&lab_timer, LAB_CPU);
	return 0;
}

static enum hrtimer_restart lab_hrtimer_poll(struct hrtimer *unused)
{
	lab_poll_register();
	WRITE_ONCE(lab_never, 2);
	return HRTIMER_NORESTART;
}

static void start_hrtimer_here(void *unused)
{
	hrtimer_start(&lab_hrtimer, ms_to_ktime(250), HRTIMER_MODE_REL_PINNED_HARD);
}

static int start_hrtimer(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	hrtimer_setup(&lab_hrtimer, lab_hrtimer_poll, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL_PINNED_HARD);
#else
	hrtimer_init(&lab_hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	lab_hrtimer.function = lab_hrtimer_poll;
#endif
	return smp_call_function_single(LAB_CPU, start_hrtimer_here, NULL, 1);
}

static int lab_irqoff(void *unused)
{
	local_irq_disable();
	lab_poll_register();
	local_irq_enable();
	return 0;
}

static int start_irqoff(void)
{
	struct task_struct *task = kthread_create(lab_irqoff, NULL, "lab-irqoff");

	if (IS_ERR(task))
		return PTR_ERR(task);
	kthread_bind(task, LAB_CPU);
	wake_up_process(task);
	return 0;
}

static void lab_touch(struct work_struct *work)
{
}

static DECLARE_WORK(lab_work, lab_touch);

static int flush(void)
{
	queue_work_on(LAB_CPU, system_wq, &lab_work);
	flush_work(&lab_work);
	return 0;
}

static const struct {
	const char *name;
	int (*start)(void);
} faults[] = {
	{"timer", start_timer},
	{"hrtimer", start_hrtimer},
	{"irqoff", start_irqoff},
	{"flush", flush},
};

static int set_fault(const char *value, const struct kernel_param *param)
{
	unsigned int irq;
	size_t i;

	if (sscanf(value, "irq %u", &irq) == 1) {
		disable_irq(irq);
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(faults); i++)
		if (sysfs_streq(value, faults[i].name))
			return faults[i].start();
	return -EINVAL;
}

static const struct kernel_param_ops fault_ops = {
	.set = set_fault,
};
module_param_cb(fault, &fault_ops, NULL, 0200);
MODULE_PARM_DESC(fault, "timer, hrtimer, irqoff, irq N or flush: happens when written");

MODULE_DESCRIPTION("A CPU or an interrupt that is gone, for test cores");
MODULE_LICENSE("GPL");
