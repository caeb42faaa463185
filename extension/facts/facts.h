/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that was read from the dump, for triage/ and report/, which never do. */
#ifndef VGPU_FACTS_H
#define VGPU_FACTS_H

#include "dump/dump.h"
#include "dump/module.h"
#include "asked.h"
#include "earlier.h"
#include "gpu_wait.h"
#include "host_state.h"
#include "io_wait.h"
#include "leak_watch.h"
#include "memory.h"
#include "text_facts.h"
#include "kernel/log/machine.h"
#include "kernel/sched/service.h"
#include "kernel/sched/inside.h"
#include "kernel/sched/rcu.h"
#include "kernel/sched/runqueue.h"
#include "kernel/sched/spin.h"
#include "kernel/sched/task.h"
#include "kernel/sched/unwind.h"
#include "kernel/gpu/virtio_gpu.h"
#include "kernel/gpu/virtio_wait.h"
#include "kernel/sched/waiter.h"
#include "kernel/sched/workqueue.h"
#define FACT_HEADERS
#include "facts.def"
#undef FACT_HEADERS

/* A task that was looked at closely: its stack, and what it waits for. */
struct studied {
	struct task *task;
	struct stack stack;
	struct wait wait;
	struct gpu_wait gpu;
	struct io_wait io;
	struct service_wait service;
	const struct virtio_wait *virtio; /* NULL: it waits for no such device */
	struct asked asked;
	/* It runs, and no registers tell: it may spin for a lock, or for .virtio; or NULL. */
	const struct spin_trace *may_spin, *may_ask;
};

/* What to read: each command asks for what it shows. */
#define FACTS_TASKS 0x1u   /* tasks and run queues */
#define FACTS_WORK 0x2u	   /* workqueues */
#define FACTS_BLOCKED 0x4u /* stacks and waits of blocked tasks and of their blockers */
#define FACTS_PANIC 0x8u   /* log, trigger, sysctls */
#define FACTS_DEVICES                                                                    \
	0x10u		/* virtio-gpu; beside FACTS_BLOCKED: if a task may wait for it */
#define FACTS_USE 0x20u /* with tasks and devices: scanouts, opens, commands, objects */
#define FACTS_FENCES 0x40u /* with these: fences that nothing leads to, from slabs */
#define FACTS_MEMORY 0x80u /* who holds it, and what leaked; with tasks and panic */
#define FACTS_DRAIN 0x100u /* the page allocator's, with work */
#define FACTS_LOG 0x200u   /* the log alone; FACTS_PANIC has it too */
#define FACTS_ALL 0x3ffu
/* What a wait graph is made of. */
#define FACTS_WAITS (FACTS_TASKS | FACTS_WORK | FACTS_BLOCKED)

struct facts {
	/* Of the look before at what runs on, and how many seconds ago; NULL: a core. */
	const struct earlier *before;
	double before_s;
	const struct dump_info *info;
	struct arena *arena;
	struct machine machine;
	struct modules modules;
	struct tasks tasks;
	struct runqueues rqs;
	struct workqueues wqs;
	struct rcu rcu;
	struct drm_commits commits;
	struct services services;      /* where a studied task waits for one */
	struct disks disks;	       /* where a studied task waits for I/O */
	struct insides insides;	       /* of the locks that studied tasks wait for */
	VEC(struct studied *) studied; /* tasks in uninterruptible sleep first */
	size_t nblocked;	       /* how many of them */
	VEC(struct studied *) of_task; /* the same, by place in tasks.all; NULL: not */
#define FACT(what, type, member, call) type member;
#include "facts.def"
#undef FACT
	struct gpus gpus;
	struct memory memory;
	struct leak_watch leak_watch;
	const struct text_facts *text; /* it is no dump but a text; NULL: it is one */
	const struct host_state *host; /* that was brought along, and fits; NULL: none */
	bool vring_unread; /* somebody waits for a queue, whose types were not found */
	bool gpus_read;	   /* facts_gpus() was asked */
	int gpu_driver;	   /* virtio-gpu's, in the kernel or as a module; -1: not known */
	uint64_t jiffies;  /* 0: not known */
	unsigned int hz;   /* of them a second; info->hz may be the reader's guess */
	bool interrupted;
	/* The dump's own: a command that goes on reading may add to them. */
	const struct notes *notes;
};

/* owners.c: whom locks name that never had them: .owner becomes .reused. */
void facts_doubt_owners(struct dump *d, struct facts *f);

/* Everything is in the dump's arena. */
void facts_read(struct dump *d, unsigned int what, struct facts *f);
/* The devices, with what kernel/gpu calls gpus_read(): when first asked for, and once. */
const struct gpus *facts_gpus(struct dump *d, struct facts *f);
/* A task of f->tasks has been studied. */
void facts_add_studied(struct facts *f, struct studied *st);
/* The close look at this task, NULL when it was not needed. */
struct studied *facts_studied(const struct facts *f, const struct task *t);
/*
 * Where a task that has a CPU was interrupted. A machine that runs keeps nobody's registers,
 * and neither does a dump of a CPU that nothing could stop.
 */
enum task_mode { MODE_NOT_KNOWN, MODE_USER, MODE_KERNEL };
enum task_mode facts_mode(const struct facts *f, const struct task *t);
/* Asleep because it was told to: the freezer's, for suspend or a cgroup. */
bool facts_is_frozen(const struct facts *f, const struct task *t);
/* On a machine that runs: one of this process, or a child of it. */
bool facts_is_ours(const struct facts *f, const struct task *t);
/* From boot to the end, and not less than its log says; < 0 when not known. */
double facts_uptime(const struct facts *f);
/* When it booted, in seconds since the epoch, to a second; 0 when not known. */
double facts_boot_time(const struct facts *f);
/*
 * A switch as it was before the end: panic() clears panic_on_warn, so that a WARN() on its
 * way does not begin another.  False: not known.
 */
bool facts_switch(const struct facts *f, const struct sysctl_value *s, int64_t *value);
/* Seconds from a time in jiffies to the end; < 0 when not known. */
double facts_since_jiffies(const struct facts *f, uint64_t then);
/* The end by the monotonic clock, in ns; and seconds from a time of it to the end. */
uint64_t facts_monotonic(const struct facts *f);
double facts_since_monotonic(const struct facts *f, double at_s);

/* What became of a task that the log calls blocked. */
enum since_report {
	SINCE_NOT_KNOWN, /* a text does not tell */
	SINCE_GONE,	 /* no task has its pid, or another one has */
	SINCE_MOVED_ON,	 /* it is not blocked */
	SINCE_AGAIN,	 /* it is blocked, but has had a CPU since the report */
	SINCE_BLOCKED,	 /* it has slept all the time */
};

enum since_report facts_since_report(const struct facts *f, const struct hung_report *r);
/* "gone", "moved on", "blocked again", "blocked" */
const char *since_report_name(enum since_report since);

#endif
