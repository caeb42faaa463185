/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * drain_all_pages(): who empties the per-CPU page lists, and which CPU keeps it
 * waiting.
 *
 * Until 443c2accd1b6 (6.0) it queues a work on each CPU that holds pages and
 * flushes them one by one, so one CPU that runs no kworker holds up every page
 * allocation that came to this.  From 6.0 on it takes each CPU's pcp lock itself.
 */
#ifndef VGPU_PERCPU_DRAIN_H
#define VGPU_PERCPU_DRAIN_H

#include "dump/dump.h"
#include "kernel/sched/task.h"
#include "kernel/sched/workqueue.h"

enum drain_shape {
	DRAIN_UNKNOWN, /* no symbols to tell by */
	DRAIN_WORK,    /* per-CPU work_struct: 4.19 */
	DRAIN_STRUCT,  /* per-CPU struct pcpu_drain {zone, work}: 5.0 to 5.19 */
	DRAIN_REMOTE,  /* no work at all: 6.0 and later */
};

struct drain_cpu {
	unsigned int cpu;
	bool waited_for;   /* in cpus_with_pcps: the current drainer's list */
	kaddr_t work_addr; /* 0 when this kernel has no drain work */
	bool queued;	   /* WORK_STRUCT_PENDING: queued and not yet begun */
	struct work *work; /* where it is queued or running; NULL: idle */
	kaddr_t zone;	   /* asked for; 0: all zones */
	bool pcp_known;
	uint64_t pcp_pages; /* pages on this CPU's lists, all zones */
};

struct drain {
	enum drain_shape shape;
	kaddr_t mutex; /* pcpu_drain_mutex, 0 when not found */
	bool mutex_known;
	struct task *owner; /* NULL: free, or its task could not be read */
	kaddr_t owner_addr;
	kaddr_t mask; /* cpus_with_pcps, 0 when not found */
	VEC(struct drain_cpu) cpus;
	kaddr_t mm_percpu_wq;
	struct workqueue *wq; /* that it is; NULL when not found */

	/* lru_add_drain_all()'s works of the same kind, still used after 6.0 */
	VEC(struct work *) lru_works; /* one for each CPU; NULL: idle */
};

void drain_read(struct dump *d, struct tasks *tasks, struct workqueues *wqs,
		struct drain *drain);
const char *drain_shape_name(enum drain_shape shape);

#endif
