// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vgpu_waits: waits that name no owner. Who writes the name of one to /proc/vgpu_waits
 * plays that part himself, in his own process; see the table at the end.
 */
#include <linux/bitops.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu-rwsem.h>
#include <linux/preempt.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/sched/signal.h>
#include <linux/semaphore.h>
#include <linux/srcu.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>

/* Asleep as a process that waits for its network: no detector looks at it. */
static noinline void waits_doze(void)
{
	while (!signal_pending(current))
		schedule_timeout_interruptible(HZ);
}

/* ---- RCU ----------------------------------------------------------------- */

DEFINE_STATIC_SRCU(waits_srcu);

/* Interrupts stay on: only the scheduler is kept from this CPU. */
static noinline int waits_spin(void)
{
	preempt_disable();
	for (;;)
		cpu_relax();
	return 0;
}

/* A reader that sleeps: a bug, which a preemptible RCU lets happen. */
static noinline int waits_rcu_read(void)
{
	rcu_read_lock();
	waits_doze();
	rcu_read_unlock();
	return 0;
}

static noinline int waits_rcu(void)
{
	synchronize_rcu();
	return 0;
}

static noinline int waits_rcu_expedited(void)
{
	synchronize_rcu_expedited();
	return 0;
}

static noinline int waits_rcu_barrier(void)
{
	rcu_barrier();
	return 0;
}

static noinline int waits_srcu_read(void)
{
	int idx = srcu_read_lock(&waits_srcu);

	waits_doze();
	srcu_read_unlock(&waits_srcu, idx);
	return 0;
}

static noinline int waits_srcu_sync(void)
{
	synchronize_srcu(&waits_srcu);
	return 0;
}

/* ---- locks that nobody holds --------------------------------------------- */

static DEFINE_MUTEX(waits_mutex);
static DECLARE_RWSEM(waits_rwsem);
/* DEFINE_SEMAPHORE() took one argument until 48380368dec1, 6.4. */
static struct semaphore waits_semaphore = __SEMAPHORE_INITIALIZER(waits_semaphore, 1);

static noinline int waits_mutex_lock(void)
{
	mutex_lock(&waits_mutex);
	mutex_unlock(&waits_mutex);
	return 0;
}

static noinline int waits_mutex_hold(void)
{
	mutex_lock(&waits_mutex);
	waits_doze();
	mutex_unlock(&waits_mutex);
	return 0;
}

/* Lets go without a word to those who wait: MUTEX_FLAG_WAITERS is left. */
static noinline int waits_mutex_lose(void)
{
	mutex_lock(&waits_mutex);
	while (list_empty(&waits_mutex.wait_list))
		msleep(100);
	msleep(1000);
	atomic_long_set(&waits_mutex.owner, 1);
	return 0;
}

/* Exits with the lock. */
static noinline int waits_mutex_keep(void)
{
	mutex_lock(&waits_mutex);
	return 0;
}

static noinline int waits_rwsem_write(void)
{
	down_write(&waits_rwsem);
	up_write(&waits_rwsem);
	return 0;
}

static noinline int waits_rwsem_read(void)
{
	down_read(&waits_rwsem);
	up_read(&waits_rwsem);
	return 0;
}

static noinline int waits_rwsem_hold_read(void)
{
	down_read(&waits_rwsem);
	waits_doze();
	up_read(&waits_rwsem);
	return 0;
}

/* RWSEM_FLAG_WAITERS is left, and nobody is in. */
static noinline int waits_rwsem_lose(void)
{
	down_write(&waits_rwsem);
	while (list_empty(&waits_rwsem.wait_list))
		msleep(100);
	msleep(1000);
	atomic_long_set(&waits_rwsem.owner, 0);
	atomic_long_set(&waits_rwsem.count, 2);
	return 0;
}

static noinline int waits_down(void)
{
	down(&waits_semaphore);
	up(&waits_semaphore);
	return 0;
}

static noinline int waits_down_hold(void)
{
	down(&waits_semaphore);
	waits_doze();
	up(&waits_semaphore);
	return 0;
}

static noinline int waits_down_lose(void)
{
	down(&waits_semaphore);
	while (list_empty(&waits_semaphore.wait_list))
		msleep(100);
	msleep(1000);
	waits_semaphore.count = 1;
	return 0;
}

/* ---- works and threads --------------------------------------------------- */

static struct workqueue_struct *waits_wq;

static noinline void waits_work(struct work_struct *work)
{
	waits_mutex_lock();
}
static DECLARE_WORK(waits_item, waits_work);

static int queue_item(void)
{
	queue_work(waits_wq, &waits_item);
	msleep(500);
	return 0;
}

static noinline int waits_flush(void)
{
	flush_workqueue(waits_wq);
	return 0;
}

static noinline int waits_drain(void)
{
	drain_workqueue(waits_wq);
	return 0;
}

static noinline int waits_cancel(void)
{
	cancel_work_sync(&waits_item);
	return 0;
}

static struct task_struct *waits_thread;

static noinline int waits_thread_main(void *unused)
{
	waits_mutex_lock();
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ);
	return 0;
}

static int run_thread(void)
{
	waits_thread = kthread_run(waits_thread_main, NULL, "waits-thread");
	msleep(500);
	return PTR_ERR_OR_ZERO(waits_thread);
}

static noinline int waits_stop(void)
{
	return kthread_stop(waits_thread);
}

/* ---- readers ------------------------------------------------------------- */

DEFINE_STATIC_PERCPU_RWSEM(waits_percpu);

static noinline int waits_mmap_read(void)
{
	struct mm_struct *mm = current->mm;

	mmap_read_lock(mm);
	waits_doze();
	mmap_read_unlock(mm);
	return 0;
}

static noinline int waits_percpu_read(void)
{
	percpu_down_read(&waits_percpu);
	waits_doze();
	percpu_up_read(&waits_percpu);
	return 0;
}

static noinline int waits_percpu_write(void)
{
	percpu_down_write(&waits_percpu);
	percpu_up_write(&waits_percpu);
	return 0;
}

static noinline int waits_hotplug_read(void)
{
	cpus_read_lock();
	waits_doze();
	cpus_read_unlock();
	return 0;
}

/* ---- bits ---------------------------------------------------------------- */

static unsigned long waits_bits = 1;

static noinline int waits_bit(void)
{
	wait_on_bit(&waits_bits, 0, TASK_UNINTERRUPTIBLE);
	return 0;
}

/* ---- the file ------------------------------------------------------------ */

static const struct {
	const char *name;
	int (*play)(void);
} parts[] = {
	{"spin", waits_spin},
	{"rcu-read", waits_rcu_read},
	{"rcu", waits_rcu},
	{"rcu-expedited", waits_rcu_expedited},
	{"rcu-barrier", waits_rcu_barrier},
	{"srcu-read", waits_srcu_read},
	{"srcu", waits_srcu_sync},
	{"mutex", waits_mutex_lock},
	{"mutex-hold", waits_mutex_hold},
	{"mutex-lose", waits_mutex_lose},
	{"mutex-keep", waits_mutex_keep},
	{"rwsem-write", waits_rwsem_write},
	{"rwsem-read", waits_rwsem_read},
	{"rwsem-hold-read", waits_rwsem_hold_read},
	{"rwsem-lose", waits_rwsem_lose},
	{"down", waits_down},
	{"down-hold", waits_down_hold},
	{"down-lose", waits_down_lose},
	{"queue", queue_item},
	{"flush", waits_flush},
	{"drain", waits_drain},
	{"cancel", waits_cancel},
	{"thread", run_thread},
	{"stop", waits_stop},
	{"mmap-read", waits_mmap_read},
	{"percpu-read", waits_percpu_read},
	{"percpu-write", waits_percpu_write},
	{"hotplug-read", waits_hotplug_read},
	{"bit", waits_bit},
};

static ssize_t waits_write(struct file *file, const char __user *text, size_t size,
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

static const struct proc_ops waits_ops = {
	.proc_write = waits_write,
};

static int __init waits_init(void)
{
	waits_wq = alloc_workqueue("waits", 0, 0);
	if (!waits_wq)
		return -ENOMEM;
	if (!proc_create("vgpu_waits", 0200, NULL, &waits_ops)) {
		destroy_workqueue(waits_wq);
		return -ENOMEM;
	}
	return 0;
}
/* There is no exit: nobody could tell when those who wait are gone. */
module_init(waits_init);

MODULE_DESCRIPTION("Waits that name no owner, for test cores");
MODULE_LICENSE("GPL");
