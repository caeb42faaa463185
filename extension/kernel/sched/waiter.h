/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a blocked task waits for, found on its own stack.
 *
 * The record that queued it (mutex_waiter, rwsem_waiter, swait_queue,
 * wait_queue_entry, wq_barrier, dma_fence_cb) lies on the stack and points back
 * at the task or at a known function.  Its list neighbours must agree that it is
 * queued; the head of that list is the thing waited for.  No variable locations
 * are needed, so this works in modules without debuginfo.
 */
#ifndef VGPU_WAITER_H
#define VGPU_WAITER_H

#include "dump/dump.h"
#include "dump/layout.h"
#include "bit_wait.h"
#include "journal.h"
#include "kernfs.h"
#include "lock.h"
#include "rcu.h"
#include "task.h"
#include "unwind.h"
#include "workqueue.h"

enum wait_kind {
	WAIT_NOTHING, /* no record was found: see .why */
	WAIT_WORK,    /* flush_work(): .barrier */
	WAIT_FLUSH,   /* flush_workqueue(): .object is the wq_flusher */
	WAIT_MUTEX,
	WAIT_RWSEM,
	WAIT_SEMAPHORE,
	WAIT_PERCPU_RWSEM,
	WAIT_SPINLOCK, /* of PREEMPT_RT, where one sleeps for it */
	WAIT_COMPLETION,
	WAIT_QUEUE, /* a wait_queue_head */
	WAIT_FENCE, /* .object is the dma_fence */
	WAIT_IO,    /* a page or buffer under I/O: .object is that, or 0 */
	WAIT_BIT,   /* another bit: .object is its word, or what that is in */
	WAIT_TIMER, /* sleeps for a time, on nothing else */
	WAIT_SRCU,  /* one of SRCU: .object is the srcu_struct, .owner its readers */
	WAIT_RCU,   /* a grace period: .rcu; .object is the completion or queue */
};

struct wait {
	enum wait_kind kind;
	kaddr_t record; /* the waiter on the stack */
	kaddr_t object; /* the lock, completion, queue head or fence; 0: not found */
	/* "name" or "name+0x8" where object is a variable, or what it is; NULL: nameless */
	const char *symbol;
	struct work *barrier;	 /* WAIT_WORK */
	struct lock_owner owner; /* the kinds of locks */
	/* In its queue: whom the one who lets go of the lock wakes; NULL: not found. */
	const struct task *first;
	bool reader;			 /* WAIT_RWSEM: it wants to read */
	enum rcu_wait rcu;		 /* WAIT_RCU */
	const struct workqueue *flushed; /* WAIT_FLUSH; NULL: not found */
	struct task *thread; /* WAIT_COMPLETION: kthread_stop() of this one, or NULL */
	/* WAIT_QUEUE for a name that another one looks up: who, or NULL */
	struct task *looker;
	struct bit_wait bit; /* WAIT_IO, WAIT_BIT */
	/* WAIT_QUEUE of a journal's thread: who has a handle.  Of others: .thread is it. */
	struct handle_owners handles;
	struct kernfs_wait kernfs; /* WAIT_QUEUE of who removes a file of sysfs */
	kaddr_t dirty;	/* WAIT_IO: the backing_dev_info it may write no more to, or 0 */
	kaddr_t frozen; /* WAIT_IO: the super_block of a frozen file system, or 0 */
	kaddr_t fence_lock; /* WAIT_FENCE: what the fence's lock points to */
	/* Whose fence that is: "virtio_gpu_fence_ops", escaped; NULL: not known. */
	const char *fence_ops;
	const char *where; /* the function that queued it, from the stack; or NULL */
	const char *why;   /* WAIT_NOTHING: one sentence */
};

struct wait_finder {
	struct dump *d;
	struct tasks *tasks;
	struct workqueues *wqs;
	const struct rcu *rcu;
	kaddr_t fence_cb; /* dma_fence_default_wait_cb, 0 when there is none */
	struct object stack;
	/* Waiters that were walked past, and the head of their list. */
	struct waiter_head {
		kaddr_t node, head;
		const void *kind;
	} * heads;
	size_t nheads, room;
	VEC(kaddr_t) passed;
	struct keyed threads; /* see kthread.h: read when somebody stops one */
	bool threads_read;
};

void wait_finder_init(struct wait_finder *f, struct dump *d, struct tasks *tasks,
		      struct workqueues *wqs, const struct rcu *rcu);
/* stack: of this task, as unwound; it tells kinds apart that look alike. */
void wait_find(struct wait_finder *f, const struct task *t, const struct stack *stack,
	       struct wait *wait);
/* The completion that it sleeps on, 0 when it does on none that is found. */
kaddr_t wait_completion(struct dump *d, const struct wait *wait);
const char *wait_kind_name(enum wait_kind kind);

#endif
