/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Workqueues, pools, workers, works and barriers.
 *
 * The records point at each other: a work knows its pool and, when one runs it,
 * its worker; a barrier knows the work that it waits behind.
 */
#ifndef VGPU_WORKQUEUE_H
#define VGPU_WORKQUEUE_H

#include "base/keyed.h"
#include "dump/dump.h"
#include "task.h"

struct pool;

/* Where a work item was found. */
enum work_place {
	WORK_PENDING,	/* on a pool's worklist: may run, does not yet */
	WORK_SCHEDULED, /* on a worker's own list: runs after its current work */
	WORK_RUNNING,	/* some worker's current_work */
	WORK_INACTIVE,	/* held back by max_active */
};

struct work {
	kaddr_t addr; /* struct work_struct */
	kaddr_t func;
	const char *function; /* escaped; "" when no symbol starts at func */
	const char *module;   /* whose; "" of the kernel's */
	enum work_place place;
	struct pool *pool;
	struct worker *worker; /* that runs it or has it scheduled */
	kaddr_t wq;	       /* struct workqueue_struct, 0 when not known */
	size_t position;       /* in its list, from 0 */
	bool linked;	       /* a barrier follows it */

	/* A struct wq_barrier on a flusher's stack, behind the work it waits for. */
	bool barrier;
	kaddr_t barrier_task;	   /* who waits */
	const struct work *target; /* the work waited for; NULL when not found */
};

struct worker {
	kaddr_t addr;
	int id;
	kaddr_t task_addr;
	/* NULL when it could not be read, or it has none: pool_is_bh() */
	struct task *task;
	unsigned int flags;
	bool idle;	  /* WORKER_IDLE: it says so itself, once it runs */
	bool not_running; /* does not count against the pool's concurrency */
	bool rescuer;
	struct pool *pool;
	struct work *current; /* NULL when it runs none */
	char desc[32];	      /* what it works for, escaped */
	uint64_t last_active; /* jiffies */
};

struct pool {
	kaddr_t addr;
	int id, cpu, node, nice; /* cpu < 0: unbound */
	unsigned int flags;
	bool disassociated, manager_active;
	int nr_workers, nr_idle, nr_running;
	uint64_t watchdog_ts; /* jiffies: last progress, of a pool with works */
	VEC(struct worker *) workers;
	VEC(struct work *) works; /* running, scheduled, pending, inactive */
	size_t pending;
};

struct workqueue {
	kaddr_t addr;
	char name[64]; /* escaped; not unique: two queues are called "events" */
	unsigned int flags;
	bool mem_reclaim, unbound;
	struct worker *rescuer; /* NULL when it has none */
	bool mayday;		/* the rescuer has been called for */
	size_t pwqs, active, inactive;
};

struct workqueues {
	VEC(struct pool *) pools;
	VEC(struct workqueue *) queues;
	struct pool **by_cpu;	     /* normal pools, info.cpus of them; may be NULL */
	VEC(struct work *) barriers; /* of all pools, by the task that waits */
	struct keyed by_addr;	     /* the pools */
	struct keyed by_flusher; /* queues: wq_flusher on the stack of who flushes it */
	struct keyed by_task;	 /* workers of pools, then rescuers: task_struct */
};

bool workqueues_read(struct dump *d, struct tasks *tasks, struct workqueues *wqs);

/*
 * Works run in softirqs of its CPU: tasklets' heirs (4cb1ef64609f, 6.9).  Its only worker has
 * no task.
 */
bool pool_is_bh(const struct pool *p);
struct workqueue *workqueue_by_addr(const struct workqueues *wqs, kaddr_t addr);
/* Whose struct wq_flusher this is; NULL: nobody's. */
const struct workqueue *workqueue_of_flusher(const struct workqueues *wqs,
					     kaddr_t flusher);
/* The work item at this address, wherever it is; NULL when idle. */
struct work *work_by_addr(const struct workqueues *wqs, kaddr_t addr);
/* The barrier that this task waits on in flush_work(); NULL when none. */
struct work *barrier_of_task(const struct workqueues *wqs, kaddr_t task);
/* The worker that is this task; NULL when it is none. */
struct worker *worker_of_task(const struct workqueues *wqs, kaddr_t task);

#endif
