/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the wait graph is made: each file edges_*.c draws what leads out of one kind of
 * node.  graph.c keeps the nodes, and finds where the ways end.
 */
#ifndef VGPU_EDGES_H
#define VGPU_EDGES_H

#include "base/keyed.h"
#include "graph.h"

struct build {
	struct graph *g;
	const struct facts *f;
	VEC(struct node *) todo; /* of which nothing leads out yet */
	/* Of each queue in each pool the first work that is held back, of those seen. */
	VEC(struct node *) held_back;
	/* Of each queue, by its address, the works that its flushes wait for. */
	struct keyed flushed;
};

/* The node for this thing; *is_new when it has just been made, and is to be named. */
struct node *want(struct build *b, enum node_kind kind, kaddr_t address, bool *is_new);
/* A name that says by itself what it is of. */
void name_node(struct node *n, const char *name);
__attribute__((format(printf, 6, 7))) struct edge *
link_to(struct graph *g, struct node *from, struct node *to, kaddr_t address,
	struct look look, const char *why, ...);

/* edges_task.c */
struct node *want_task(struct build *b, const struct task *t);
struct node *want_cpu(struct build *b, const struct runqueue *rq);
/* A thing waited for that is known by its address alone. */
struct node *want_thing(struct build *b, enum node_kind kind, const struct wait *wait);
/* What shows the thing; where it was not found, the waiter in its list. */
struct look look_thing(const char *type, const struct wait *w);
void out_of_task(struct build *b, struct node *n);
void out_of_cpu(struct build *b, struct node *n);

/* edges_gpu.c: a command as the guest gave it, and its name with the number seen there. */
struct look look_command(const struct gpu_command *c);
const char *numbered_command(struct arena *a, const struct gpu_command *c);

/* edges_lock.c: n is a task that waits for a lock. */
void out_of_lock_wait(struct build *b, struct node *n, enum node_kind kind,
		      const char *type);
/* n is a lock: to who is inside, as what he does shows. */
void out_to_insiders(struct build *b, struct node *n);
/* What shows that he is inside, or may be: a clause; and where to see it. */
struct look insider_look(const struct inside *in, const struct insider *i);
const char *insider_words(struct arena *a, const struct insider *i);

/* edges_work.c */
struct node *want_work(struct build *b, const struct work *w);
/* n stands for the end of a flush of the queue. */
void out_of_flush(struct build *b, struct node *n, const struct task *flusher,
		  const struct workqueue *wq);
void out_of_work(struct build *b, struct node *n);
void out_of_pool(struct build *b, struct node *n);

/* edges_io.c: n is what a task waits for. */
void out_of_io(struct build *b, struct node *n, const struct studied *st);
void out_of_disk(struct build *b, struct node *n);
/* n is a task that waits until a disk's queue is frozen, or is so no more; false: no. */
bool out_of_frozen_queue(struct build *b, struct node *n, const struct studied *st);
bool out_to_full_disk(struct build *b, struct node *n, const struct studied *st);
void out_of_lookup(struct build *b, struct node *n, const struct wait *w);
void out_of_journal(struct build *b, struct node *n, const struct wait *w);
/* To who is in a method of the file that is removed. */
void out_of_kernfs(struct build *b, struct node *n, const struct kernfs_wait *w);
/* To the process that serves what is waited for. */
void out_of_service(struct build *b, struct node *n, const struct studied *st);

/* edges_virtio.c: n is a task that runs, or what it sleeps on. */
void out_of_virtio(struct build *b, struct node *n, const struct studied *st);

/* edges_rcu.c */
struct node *want_grace(struct build *b, const struct wait *w);
const char *rcu_call(enum rcu_wait wait);
void out_of_grace(struct build *b, struct node *n);

/* edges_gpu.c: n is what a task waits for, which may be a device's. */
void out_of_gpu_wait(struct build *b, struct node *n, const struct studied *st);
void out_of_members(struct build *b, struct node *n, const struct gpu_wait *w);
void out_of_unplug(struct build *b, struct node *n, const struct studied *st);
void out_of_commit(struct build *b, struct node *n, const struct drm_commit *c);
void out_of_queue(struct build *b, struct node *n);
void out_of_irq(struct build *b, struct node *n);

#endif
