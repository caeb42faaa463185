// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vary: the driver of the lab's variations. Before it is built, "vary" becomes a name that
 * was drawn, here as in the file's name, and VARY_HEAP one or zero. Who writes words to
 * /proc/vary plays that part himself; see the table at the end.
 */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu-rwsem.h>
#include <linux/preempt.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/sched/signal.h>
#include <linux/semaphore.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <linux/workqueue.h>

#define WORDS 6

/* A part, as it was asked for: its name is the first word. */
struct vary_ask {
	char *word[WORDS];
};

struct vary_unit {
	char label[24];
	struct mutex mutex;
	struct rw_semaphore rwsem;
	struct semaphore gate;
	struct percpu_rw_semaphore percpu;
	spinlock_t spin;
};

#define UNITS 5
static struct vary_unit vary_static[UNITS];
static struct vary_unit *vary_units[UNITS];

static int vary_number(const char *text)
{
	int value;

	return text && !kstrtoint(text, 0, &value) ? value : 0;
}

static struct vary_unit *vary_unit(const char *text)
{
	return vary_units[(unsigned int)vary_number(text) % UNITS];
}

/* ---- with something in hand ---------------------------------------------- */

/* What the compiler cannot see: a loop without an end is undefined. */
static int vary_never;
static DECLARE_COMPLETION(vary_event);

static noinline void vary_poll(void)
{
	while (!READ_ONCE(vary_never))
		cpu_relax();
}

/* As a process that waits for its network: no detector looks at it. */
static noinline void vary_doze(void)
{
	while (!signal_pending(current))
		schedule_timeout_interruptible(HZ);
}

static noinline void vary_spin(void)
{
	preempt_disable();
	vary_poll();
	preempt_enable();
}

/* Gives way to whoever wants the CPU, and never ends. */
static noinline void vary_grind(void)
{
	while (!READ_ONCE(vary_never))
		cond_resched();
}

static noinline void vary_irqoff(void)
{
	local_irq_disable();
	vary_poll();
	local_irq_enable();
}

static noinline void vary_rest(const char *how)
{
	if (!strcmp(how, "doze"))
		vary_doze();
	else if (!strcmp(how, "spin"))
		vary_spin();
	else if (!strcmp(how, "irqoff"))
		vary_irqoff();
	else if (!strcmp(how, "grind"))
		vary_grind();
	else if (!strcmp(how, "event"))
		wait_for_completion(&vary_event);
}

/* ---- locks: hold KIND UNIT REST, use KIND UNIT, cycle KIND UNIT KIND UNIT TASKS --- */

#define VARY_LOCK(kind, member, take, drop)                                              \
	static noinline int vary_hold_##kind(struct vary_unit *unit, const char *how)    \
	{                                                                                \
		take(&unit->member);                                                     \
		vary_rest(how);                                                          \
		drop(&unit->member);                                                     \
		return 0;                                                                \
	}

VARY_LOCK(mutex, mutex, mutex_lock, mutex_unlock)
VARY_LOCK(write, rwsem, down_write, up_write)
VARY_LOCK(read, rwsem, down_read, up_read)
VARY_LOCK(gate, gate, down, up)
VARY_LOCK(pwrite, percpu, percpu_down_write, percpu_up_write)
VARY_LOCK(pread, percpu, percpu_down_read, percpu_up_read)
VARY_LOCK(spinlock, spin, spin_lock, spin_unlock)

static const struct vary_kind {
	const char *name;
	int (*hold)(struct vary_unit *unit, const char *how);
} vary_kinds[] = {
	{"mutex", vary_hold_mutex},	  {"write", vary_hold_write},
	{"read", vary_hold_read},	  {"gate", vary_hold_gate},
	{"pwrite", vary_hold_pwrite},	  {"pread", vary_hold_pread},
	{"spinlock", vary_hold_spinlock},
};

static int vary_with(const char *kind, const char *unit, const char *how)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vary_kinds); i++)
		if (kind && !strcmp(kind, vary_kinds[i].name))
			return vary_kinds[i].hold(vary_unit(unit), how);
	return -EINVAL;
}

static int vary_hold(struct vary_ask *ask)
{
	return vary_with(ask->word[1], ask->word[2], ask->word[3] ? ask->word[3] : "");
}

static atomic_t vary_met;

static noinline int vary_second(struct vary_ask *ask, bool mutex)
{
	struct vary_unit *unit = vary_unit(ask->word[4]);

	atomic_inc(&vary_met);
	while (atomic_read(&vary_met) < vary_number(ask->word[5]))
		msleep(20);
	if (mutex)
		return vary_hold_mutex(unit, "");
	return vary_hold_write(unit, "");
}

/* cycle KIND UNIT KIND UNIT TASKS: all have their first before one asks for its second. */
static noinline int vary_cycle(struct vary_ask *ask)
{
	struct vary_unit *unit = vary_unit(ask->word[2]);
	bool mutex = ask->word[3] && !strcmp(ask->word[3], "mutex");

	if (!ask->word[1] || strcmp(ask->word[1], "mutex")) {
		down_write(&unit->rwsem);
		vary_second(ask, mutex);
		up_write(&unit->rwsem);
	} else {
		mutex_lock(&unit->mutex);
		vary_second(ask, mutex);
		mutex_unlock(&unit->mutex);
	}
	return 0;
}

/* lose KIND UNIT: lets go once somebody waits, and wakes nobody. */
static noinline int vary_lose(struct vary_ask *ask)
{
	struct vary_unit *unit = vary_unit(ask->word[2]);

	if (!ask->word[1])
		return -EINVAL;
	if (!strcmp(ask->word[1], "mutex")) {
		mutex_lock(&unit->mutex);
		while (list_empty(&unit->mutex.wait_list))
			msleep(100);
		msleep(1000);
		atomic_long_set(&unit->mutex.owner, 1); /* MUTEX_FLAG_WAITERS */
	} else if (!strcmp(ask->word[1], "write")) {
		down_write(&unit->rwsem);
		while (list_empty(&unit->rwsem.wait_list))
			msleep(100);
		msleep(1000);
		atomic_long_set(&unit->rwsem.owner, 0);
		atomic_long_set(&unit->rwsem.count, 2); /* RWSEM_FLAG_WAITERS */
	} else {
		down(&unit->gate);
		while (list_empty(&unit->gate.wait_list))
			msleep(100);
		msleep(1000);
		unit->gate.count = 1;
	}
	return 0;
}

/* keep UNIT: goes, and the mutex stays taken. */
static noinline int vary_keep(struct vary_ask *ask)
{
	mutex_lock(&vary_unit(ask->word[1])->mutex);
	return 0;
}

/* ---- a CPU that is lost: spin, irqoff; thread NAME CPU REST; timer, hrtimer, tasklet CPU */

static int vary_here(struct vary_ask *ask)
{
	vary_rest(ask->word[0]);
	return 0;
}

static char vary_how[16];

static noinline int vary_thread_main(void *unused)
{
	vary_rest(vary_how);
	return 0;
}

static int vary_thread(struct vary_ask *ask)
{
	struct task_struct *task;

	if (!ask->word[3])
		return -EINVAL;
	strscpy(vary_how, ask->word[3], sizeof(vary_how));
	task = kthread_create(vary_thread_main, NULL, "%s", ask->word[1]);
	if (IS_ERR(task))
		return PTR_ERR(task);
	kthread_bind(task, vary_number(ask->word[2]));
	wake_up_process(task);
	return task->pid;
}

static void vary_fault(const char *how);
static char vary_timed[16];

static noinline void vary_due(void)
{
	if (!strcmp(vary_timed, "poll"))
		vary_poll();
	vary_fault(vary_timed);
}

static void vary_timer_due(struct timer_list *unused)
{
	vary_due();
	WRITE_ONCE(vary_never, 2);
}

static enum hrtimer_restart vary_hrtimer_due(struct hrtimer *unused)
{
	vary_due();
	WRITE_ONCE(vary_never, 2);
	return HRTIMER_NORESTART;
}

static void vary_tasklet_due(struct tasklet_struct *unused)
{
	vary_due();
	WRITE_ONCE(vary_never, 2);
}

static void vary_work_due(struct work_struct *unused)
{
	vary_due();
	WRITE_ONCE(vary_never, 2);
}

static struct timer_list vary_timer;
static struct hrtimer vary_hrtimer;
static DECLARE_TASKLET(vary_tasklet, vary_tasklet_due);
static DECLARE_WORK(vary_due_work, vary_work_due);

static void vary_start_here(void *what)
{
	if (!strcmp(what, "tasklet"))
		tasklet_schedule(&vary_tasklet);
	else
		hrtimer_start(&vary_hrtimer, ms_to_ktime(250),
			      HRTIMER_MODE_REL_PINNED_HARD);
}

/* later timer|hrtimer|tasklet|work CPU poll|oops|bug|warn */
static int vary_later(struct vary_ask *ask)
{
	int cpu = vary_number(ask->word[2]);

	if (!ask->word[3])
		return -EINVAL;
	strscpy(vary_timed, ask->word[3], sizeof(vary_timed));
	if (!strcmp(ask->word[1], "timer")) {
		timer_setup(&vary_timer, vary_timer_due, 0);
		vary_timer.expires = jiffies + HZ / 4;
		add_timer_on(&vary_timer, cpu);
		return 0;
	}
	if (!strcmp(ask->word[1], "work"))
		return queue_work_on(cpu, system_wq, &vary_due_work) ? 0 : -EBUSY;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	hrtimer_setup(&vary_hrtimer, vary_hrtimer_due, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL_PINNED_HARD);
#else
	hrtimer_init(&vary_hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	vary_hrtimer.function = vary_hrtimer_due;
#endif
	return smp_call_function_single(cpu, vary_start_here, ask->word[1], 1);
}

/* ---- who waits for a CPU: flush CPU, call CPU; for RCU: rcu, expedited, barrier --------- */

static void vary_touch(struct work_struct *unused)
{
}

static DECLARE_WORK(vary_work, vary_touch);

static int vary_flush(struct vary_ask *ask)
{
	queue_work_on(vary_number(ask->word[1]), system_wq, &vary_work);
	flush_work(&vary_work);
	return 0;
}

static void vary_called(void *unused)
{
}

static noinline int vary_call(struct vary_ask *ask)
{
	return smp_call_function_single(vary_number(ask->word[1]), vary_called, NULL, 1);
}

static noinline int vary_rcu(struct vary_ask *ask)
{
	synchronize_rcu();
	return 0;
}

static noinline int vary_expedited(struct vary_ask *ask)
{
	synchronize_rcu_expedited();
	return 0;
}

static noinline int vary_barrier(struct vary_ask *ask)
{
	rcu_barrier();
	return 0;
}

static noinline int vary_reader(struct vary_ask *ask)
{
	rcu_read_lock();
	vary_doze();
	rcu_read_unlock();
	return 0;
}

/* ---- works: queue KIND UNIT, drain, fill WORKS ------------------------------------------ */

static struct workqueue_struct *vary_wq;
static char vary_wanted[2][16];

static noinline void vary_item_work(struct work_struct *unused)
{
	vary_with(vary_wanted[0], vary_wanted[1], "");
}
static DECLARE_WORK(vary_item, vary_item_work);

static int vary_queue(struct vary_ask *ask)
{
	if (!ask->word[2])
		return -EINVAL;
	strscpy(vary_wanted[0], ask->word[1], sizeof(vary_wanted[0]));
	strscpy(vary_wanted[1], ask->word[2], sizeof(vary_wanted[1]));
	queue_work(vary_wq, &vary_item);
	msleep(500);
	return 0;
}

static noinline int vary_drain(struct vary_ask *ask)
{
	if (ask->word[1] && !strcmp(ask->word[1], "one"))
		flush_work(&vary_item);
	else if (ask->word[1] && !strcmp(ask->word[1], "cancel"))
		cancel_work_sync(&vary_item);
	else
		flush_workqueue(vary_wq);
	return 0;
}

/* ---- others: irq N, nap, fault oops|bug|warn -------------------------------------------- */

static int vary_irq(struct vary_ask *ask)
{
	disable_irq(vary_number(ask->word[1]));
	return 0;
}

/* Asleep where the detector looks, and never for long. */
static noinline int vary_nap(struct vary_ask *ask)
{
	while (!signal_pending(current))
		msleep(200);
	return 0;
}

static noinline void vary_oops(void)
{
	int *nothing = NULL;

	/* The compiler would put a trap in place of a write that it knows is wrong. */
	OPTIMIZER_HIDE_VAR(nothing);
	WRITE_ONCE(*nothing, 1);
}

static noinline void vary_bug(void)
{
	BUG_ON(!READ_ONCE(vary_never));
}

static noinline void vary_warn(void)
{
	WARN(!READ_ONCE(vary_never), "a state that cannot be\n");
}

static void vary_fault(const char *how)
{
	if (!strcmp(how, "oops"))
		vary_oops();
	else if (!strcmp(how, "bug"))
		vary_bug();
	else if (!strcmp(how, "warn"))
		vary_warn();
}

static int vary_fail(struct vary_ask *ask)
{
	vary_fault(ask->word[1] ? ask->word[1] : "");
	return 0;
}

/* ---- the file --------------------------------------------------------------------------- */

static const struct {
	const char *name;
	int (*play)(struct vary_ask *ask);
} vary_parts[] = {
	{"hold", vary_hold},	   {"cycle", vary_cycle},	  {"lose", vary_lose},
	{"keep", vary_keep},	   {"spin", vary_here},		  {"irqoff", vary_here},
	{"grind", vary_here},	   {"thread", vary_thread},	  {"later", vary_later},
	{"flush", vary_flush},	   {"call", vary_call},		  {"rcu", vary_rcu},
	{"barrier", vary_barrier}, {"expedited", vary_expedited}, {"reader", vary_reader},
	{"queue", vary_queue},	   {"drain", vary_drain},	  {"irq", vary_irq},
	{"nap", vary_nap},	   {"fault", vary_fail},
};

static int vary_play(char *text)
{
	struct vary_ask ask = {};
	char *word;
	size_t i = 0;

	while ((word = strsep(&text, " \n")))
		if (*word && i < WORDS)
			ask.word[i++] = word;
	for (i = 0; ask.word[0] && i < ARRAY_SIZE(vary_parts); i++)
		if (!strcmp(ask.word[0], vary_parts[i].name))
			return vary_parts[i].play(&ask);
	return -EINVAL;
}

static ssize_t vary_asked(struct file *file, const char __user *from, size_t size,
			  loff_t *at)
{
	char text[96] = "";
	int err;

	if (size >= sizeof(text) || copy_from_user(text, from, size))
		return -EINVAL;
	err = vary_play(text);
	return err < 0 ? err : size;
}

static const struct proc_ops vary_ops = {
	.proc_write = vary_asked,
};

static int vary_set_up(struct vary_unit *unit, int number)
{
	snprintf(unit->label, sizeof(unit->label), "unit %d", number);
	mutex_init(&unit->mutex);
	init_rwsem(&unit->rwsem);
	sema_init(&unit->gate, 1);
	spin_lock_init(&unit->spin);
	return percpu_init_rwsem(&unit->percpu);
}

static int __init vary_init(void)
{
	int i, err;

	for (i = 0; i < UNITS; i++) {
		vary_units[i] = VARY_HEAP ? kzalloc(sizeof(**vary_units), GFP_KERNEL)
					  : &vary_static[i];
		err = vary_units[i] ? vary_set_up(vary_units[i], i) : -ENOMEM;
		if (err)
			return err;
	}
	vary_wq = alloc_workqueue("vary", 0, 0);
	if (!vary_wq || !proc_create("vary", 0200, NULL, &vary_ops))
		return -ENOMEM;
	return 0;
}
/* There is no exit: nobody could tell when those who wait are gone. */
module_init(vary_init);

MODULE_DESCRIPTION("Parts that anybody plays, for test cores");
MODULE_LICENSE("GPL");
