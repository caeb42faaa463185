// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake_kernel.h"

#include <stdio.h>
#include <string.h>

#define STACK_SIZE 16384
#define PRIO_DEFAULT 120
#define RT_PRIO_MAX 100
#define KTHREAD 0x00200000 /* PF_KTHREAD */

static void set_stack(struct fake *f, kaddr_t task)
{
	kaddr_t stack = fake_alloc_pages(f, STACK_SIZE);

	fake_id_set(f, task, TASK_STACK, stack);
	fake_id_set(f, task, TASK_THREAD_SP, stack + STACK_SIZE - 0x100);
}

static void set_comm(struct fake *f, kaddr_t task, const char *comm)
{
	if (layout_has(fake_dump(f), TASK_COMM))
		fake_set_string(f, task, layout_name(fake_dump(f), TASK_COMM), comm);
}

static void set_common(struct fake *f, kaddr_t task, int pid, const char *comm)
{
	fake_id_set(f, task, TASK_PID, (uint64_t)pid);
	fake_id_set(f, task, TASK_TGID, (uint64_t)pid);
	fake_id_set(f, task, TASK_PRIO, PRIO_DEFAULT);
	fake_id_set(f, task, TASK_SCHED_CLASS, fake_value(f, "fair_sched_class"));
	fake_task_state(f, task, 1);
	set_comm(f, task, comm);
	set_stack(f, task);
}

static kaddr_t new_signal(struct fake *f)
{
	struct dump *d = fake_dump(f);
	kaddr_t signal = fake_alloc(f, 2048);

	if (layout_has(d, SIGNAL_THREAD_HEAD))
		fake_list_head(f, member_addr(d, signal, SIGNAL_THREAD_HEAD));
	return signal;
}

static void link_thread(struct fake *f, kaddr_t task, kaddr_t signal)
{
	struct dump *d = fake_dump(f);

	fake_id_set(f, task, TASK_SIGNAL, signal);
	if (layout_has_all(d, SIGNAL_THREAD_HEAD, TASK_THREAD_NODE))
		fake_list_add_tail(f, member_addr(d, signal, SIGNAL_THREAD_HEAD),
				   member_addr(d, task, TASK_THREAD_NODE));
}

static void swapper(struct fake *f, unsigned int cpu, kaddr_t idle)
{
	char comm[16];
	kaddr_t rq = fake_rq(f, cpu);

	snprintf(comm, sizeof(comm), "swapper/%u", cpu);
	set_common(f, idle, 0, comm);
	fake_id_set(f, idle, TASK_FLAGS, KTHREAD);
	fake_id_set(f, idle, TASK_SCHED_CLASS, fake_value(f, "idle_sched_class"));
	fake_id_set(f, rq, RQ_IDLE, idle);
	fake_task_runs(f, idle, cpu);
	fake_id_set(f, rq, RQ_NR_RUNNING, 0);
}

void fake_kernel(struct fake *f)
{
	/* The first is the linker script's, since 5.10: stop_sched_class lies there, too. */
	static const char *const classes[] = {"__sched_class_highest", "dl_sched_class",
					      "rt_sched_class", "fair_sched_class",
					      "idle_sched_class"};
	struct dump *d = fake_dump(f);
	kaddr_t init;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(classes); i++)
		fake_variable(f, classes[i], 216);
	fake_symbol(f, "stop_sched_class", fake_value(f, classes[0]));
	/* The linker script's: the only trace of THREAD_SIZE in a 5.10 dump. */
	init = fake_variable(f, "__start_init_task", STACK_SIZE);
	fake_symbol(f, "__end_init_task", init + STACK_SIZE);
	fake_percpu_variable(f, "runqueues", (size_t)layout_size(d, RQ));
	init = fake_variable(f, "init_task", (size_t)layout_size(d, TASK));
	fake_list_head(f, member_addr(d, init, TASK_TASKS));
	swapper(f, 0, init);
	link_thread(f, init, new_signal(f));
	for (i = 1; i < d->info.cpus; i++)
		swapper(f, i, fake_alloc(f, (size_t)layout_size(d, TASK)));
}

static kaddr_t new_task(struct fake *f, int pid, const char *comm)
{
	kaddr_t task = fake_alloc(f, (size_t)layout_size(fake_dump(f), TASK));

	set_common(f, task, pid, comm);
	return task;
}

static kaddr_t new_leader(struct fake *f, int pid, const char *comm)
{
	struct dump *d = fake_dump(f);
	kaddr_t task = new_task(f, pid, comm);

	fake_list_add_tail(f, member_addr(d, fake_value(f, "init_task"), TASK_TASKS),
			   member_addr(d, task, TASK_TASKS));
	link_thread(f, task, new_signal(f));
	return task;
}

kaddr_t fake_kthread(struct fake *f, int pid, const char *comm)
{
	kaddr_t task = new_leader(f, pid, comm);

	fake_id_set(f, task, TASK_FLAGS, KTHREAD);
	return task;
}

kaddr_t fake_task(struct fake *f, int pid, const char *comm)
{
	kaddr_t task = new_leader(f, pid, comm);

	fake_id_set(f, task, TASK_MM, fake_alloc(f, 64));
	return task;
}

kaddr_t fake_thread(struct fake *f, kaddr_t leader, int pid, const char *comm)
{
	struct dump *d = fake_dump(f);
	kaddr_t task = new_task(f, pid, comm);

	fake_id_set(f, task, TASK_TGID, fake_get(f, leader, layout_name(d, TASK_TGID)));
	fake_id_set(f, task, TASK_MM, fake_get(f, leader, layout_name(d, TASK_MM)));
	link_thread(f, task, fake_get(f, leader, layout_name(d, TASK_SIGNAL)));
	return task;
}

void fake_task_state(struct fake *f, kaddr_t task, uint64_t state)
{
	fake_id_set(f, task, TASK_STATE, state);
}

void fake_task_rt(struct fake *f, kaddr_t task, int policy, int rt_priority)
{
	fake_id_set(f, task, TASK_POLICY, (uint64_t)policy);
	fake_id_set(f, task, TASK_RT_PRIORITY, (uint64_t)rt_priority);
	fake_id_set(f, task, TASK_PRIO, (uint64_t)(RT_PRIO_MAX - 1 - rt_priority));
	fake_id_set(f, task, TASK_SCHED_CLASS, fake_value(f, "rt_sched_class"));
}

static void count_running(struct fake *f, unsigned int cpu)
{
	const char *member = layout_name(fake_dump(f), RQ_NR_RUNNING);
	kaddr_t rq = fake_rq(f, cpu);

	if (layout_has(fake_dump(f), RQ_NR_RUNNING))
		fake_set(f, rq, member, fake_get(f, rq, member) + 1);
}

void fake_task_queued(struct fake *f, kaddr_t task, unsigned int cpu)
{
	fake_task_state(f, task, 0);
	fake_id_set(f, task, TASK_CPU, cpu);
	fake_id_set(f, task, TASK_ON_RQ, 1);
	fake_id_set(f, task, TASK_ON_CPU, 0);
	count_running(f, cpu);
}

void fake_task_runs(struct fake *f, kaddr_t task, unsigned int cpu)
{
	fake_task_queued(f, task, cpu);
	fake_id_set(f, task, TASK_ON_CPU, 1);
	fake_id_set(f, fake_rq(f, cpu), RQ_CURR, task);
}

kaddr_t fake_rq(struct fake *f, unsigned int cpu)
{
	return fake_percpu(f, cpu, fake_value(f, "runqueues"));
}

kaddr_t fake_stack_top(struct fake *f, kaddr_t task)
{
	return fake_get(f, task, layout_name(fake_dump(f), TASK_STACK)) + STACK_SIZE;
}
