/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wait graph: who waits for whom, each edge with what it was read from.
 *
 * Root causes are its sinks and its cycles; victims are what reaches them.
 */
#ifndef VGPU_GRAPH_H
#define VGPU_GRAPH_H

#include "dump/look.h"
#include "facts/facts.h"

/*
 * A task that sleeps uninterruptibly for less is doing ordinary work: disks and
 * hosts answer within seconds.  khungtaskd's own default is 120 s.
 */
#define STUCK_S 5.0
/* A runnable task that waits longer for its CPU is starved, not scheduled. */
#define STARVED_S 2.0

enum node_kind {
	NODE_TASK,
	NODE_MUTEX,
	NODE_RWSEM,
	NODE_SEMAPHORE,
	NODE_PERCPU_RWSEM,
	NODE_SPINLOCK, /* of PREEMPT_RT */
	NODE_SRCU,     /* srcu_struct: what its readers keep */
	NODE_COMPLETION,
	NODE_WAIT_QUEUE,
	NODE_FENCE,
	NODE_IO,
	NODE_BIT, /* of a word: its address is the word's, or of what that is in */
	NODE_DISK,
	NODE_WORK,
	NODE_POOL,
	NODE_WORKER, /* a task too: .task */
	NODE_CPU,
	NODE_CGROUP, /* whose quota holds a task back; its address is the task_group's */
	NODE_VIRTQUEUE,
	NODE_INTERRUPT,
	NODE_GRACE, /* a grace period of RCU; its address is that of its sequence */
	NODE_HOST,  /* what serves a virtio device; its address is the virtio_device's */
};

struct node {
	const char *id; /* unique and stable within the dump: "task:0xffff…" */
	enum node_kind kind;
	const char *name;
	const char *title; /* for a sentence: the name with its kind, "mutex left" */
	size_t place;	   /* in the graph's nodes */
	bool variable;	   /* the name is that of a variable */
	kaddr_t address;
	const struct task *task; /* NODE_TASK, NODE_WORKER */
	const struct work *work;
	const struct pool *pool;
	const struct runqueue *rq;
	const struct grace_period *grace;
	const struct quota_group *group;
	const struct gpu *gpu; /* NODE_VIRTQUEUE, NODE_HOST; NODE_FENCE: it is lost */
	const struct virtqueue *vq;
	const struct awaited_fence *fence; /* NODE_FENCE of a device */
	const struct service_wait
		*service; /* of who serves it, else NODE_WAIT_QUEUE: what is waited for */
	const struct kernfs_wait *kernfs; /* NODE_WAIT_QUEUE: of what is to be left */
	const struct virtio_wait *virtio; /* NODE_HOST of a device that is no GPU */
	const struct gpu_irq *irq;
	const struct disk *disk;
	const struct io_wait *io; /* NODE_DISK: of the first that waits for it */
	const struct wait *wait;  /* of a task: what it waits for */
	/* Of a lock that does not name who has it: who may be inside. */
	const struct inside *inside;
	VEC(struct edge *) out; /* the one that matters most first */
	/* Where the way along the first edges ends: of a circle, its lowest address. */
	const struct node *root;
	bool in_circle; /* that way comes back to it */
	unsigned int mark;
};

struct edge {
	struct node *from, *to;
	const char *why;
	kaddr_t address; /* where it was read */
	struct look look;
	/* It was not read, but follows from what one does: no more is sure; 0: it was read. */
	int at_most;
};

struct graph {
	struct arena *arena;
	VEC(struct node *) nodes;
	VEC(struct edge *) edges;
	struct node **table; /* by kind and address */
	size_t room;
	unsigned int mark;
};

/* It is not ours, and has been kept from its CPU for as long as a sleeper is called stuck. */
bool graph_is_starved(const struct facts *f, const struct task *t);

/*
 * Nodes for all blocked tasks and everything that they reach; where none of them sleeps for
 * long, for those as well that are kept from a CPU.
 */
void graph_build(struct graph *g, const struct facts *f);
struct node *graph_task(const struct graph *g, const struct task *t);
const char *node_kind_name(enum node_kind kind);

/*
 * Who removes or suspends the device, and sleeps before the driver has reset it: until
 * then the device works on.  NULL: nobody does, or whose device it is is not known.
 */
const struct task *gpu_remover(const struct facts *f, const struct gpu *gpu);
/* The same is over, or nobody is seen at it: the device may answer no more. */
bool gpu_is_withdrawn(const struct facts *f, const struct gpu *gpu);
/* The driver uses it no more, or cannot. */
bool queue_is_out_of_service(const struct gpu *gpu, const struct virtqueue *vq);
/* Commands are in the ring, and the device, which asked for it, was told of none. */
bool queue_is_unkicked(const struct virtqueue *vq);
/* Not one that comes would reach its handler. */
bool irq_is_off(const struct gpu_irq *irq);
/* How its sleepers are woken; NULL when that could not be read. */
const struct gpu_queue_waits *queue_waits(const struct gpu *gpu,
					  const struct virtqueue *vq);

/* A way along the most important edges. */
struct chain {
	struct node **v;
	size_t n, room; /* as in VEC() */
	size_t cycle;	/* index where it comes back to; n: it ends in a sink */
};

/*
 * c is zero, or an earlier chain, whose memory is used again: there may be thousands.  Of
 * a chain longer than max only its beginning.
 */
void graph_chain(struct graph *g, struct node *from, size_t max, struct chain *c);
/* The edge between two neighbours of a chain; NULL when there is none. */
const struct edge *graph_edge(const struct node *from, const struct node *to);

#endif
