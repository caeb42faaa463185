/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts made by hand, for the tests of triage/ and report/: no dump behind.
 *
 *	struct scene *s = scene_create();
 *	struct task *xorg = scene_task(s, 196, "Xorg");
 *
 *	scene_waits(s, xorg, 30, WAIT_MUTEX, 0xffff888001230000, owner);
 *	triage_make(&s->facts, &t);
 *
 * A machine of 4 CPUs, 100 s after the boot, that runs nothing and has not
 * panicked.  Tasks, pools and so on stay where they are once they are made.
 */
#ifndef VGPU_SCENE_H
#define VGPU_SCENE_H

#include "facts/facts.h"

#define SCENE_NOW 100.0 /* s: all clocks */

struct scene {
	struct facts facts;
	struct arena arena;
	struct dump_about about; /* .door: who asks */
	struct dump_info info;
	struct notes notes;
	kaddr_t next; /* the next free address */
};

struct scene *scene_create(void);
void scene_destroy(struct scene *s);
/* An address that nothing else has. */
kaddr_t scene_address(struct scene *s);

/* ---- tasks -------------------------------------------------------------- */

/* Asleep interruptibly, fair class, of CPU 0. */
struct task *scene_task(struct scene *s, int pid, const char *comm);
struct task *scene_kthread(struct scene *s, int pid, const char *comm);
/* SCHED_FIFO at this priority. */
void scene_rt(struct scene *s, struct task *t, int rt_priority);
/* The run queue of that CPU could not be read. */
void scene_no_queue(struct scene *s, unsigned int cpu);
/* It has had the CPU, or waits for it, for so long. */
void scene_runs(struct scene *s, struct task *t, unsigned int cpu, double seconds);
void scene_queued(struct scene *s, struct task *t, unsigned int cpu, double seconds);
/*
 * A cgroup's quota, in ms of CPU time in each period, of which nothing is left, holds it
 * back; a group of its own, with its path.
 */
struct quota_group *scene_throttled(struct scene *s, struct task *t, unsigned int cpu,
				    double seconds, const char *path, double quota_ms,
				    double period_ms);
/* Look closely at a task that is not blocked: its stack is empty, it waits for nothing. */
struct studied *scene_study(struct scene *s, struct task *t);
/* Its stack, innermost first: "a", "b".  It must have been studied. */
#define scene_stack(s, t, ...)                                                           \
	scene_stack_of(s, t, (const char *const[]){__VA_ARGS__, NULL})
void scene_stack_of(struct scene *s, const struct task *t, const char *const *functions);

/*
 * In uninterruptible sleep for so long, on this.  object 0: not found; owner
 * NULL: none, or none that has any.
 */
struct wait *scene_waits(struct scene *s, struct task *t, double seconds,
			 enum wait_kind kind, kaddr_t object, struct task *owner);

/*
 * Of a lock that does not say who has it: so many are in, which < 0 it does not count; and
 * one who may be.
 */
struct inside *scene_inside(struct scene *s, enum wait_kind kind, kaddr_t lock,
			    int64_t holders);
void scene_insider(struct scene *s, struct inside *in, struct task *t, unsigned int clues,
		   bool sure);

/* A disk with one request in flight, since so many seconds; < 0: not known. */
struct disk *scene_disk(struct scene *s, const char *name);
/* What the task waits for is in that request. */
void scene_carried(struct scene *s, const struct task *t, const struct disk *disk,
		   double seconds);

/* ---- workqueues --------------------------------------------------------- */

/* cpu -1: unbound. */
struct pool *scene_pool(struct scene *s, int id, int cpu);
/* Idle. */
struct worker *scene_worker(struct scene *s, struct pool *pool, struct task *t);
struct work *scene_pending(struct scene *s, struct pool *pool, const char *function);
struct work *scene_busy(struct scene *s, struct worker *w, const char *function);
/* The task sleeps in flush_work() behind a work. */
struct work *scene_flushes(struct scene *s, struct task *t, double seconds,
			   struct work *target);

/* ---- devices ------------------------------------------------------------ */

/*
 * "virtio1": split rings of 64 and 16 with an event index, all idle; an interrupt for each
 * on CPU 0, in facts.irqs.
 */
struct gpu *scene_gpu(struct scene *s);
/*
 * Its control queue: commands in flight, so many of which the device has answered.
 * The driver asked to be told of the first answer, and has kicked all.
 */
struct virtqueue *scene_commands(struct gpu *gpu, unsigned int in_flight,
				 unsigned int answered);
/* The same in a packed ring. */
void scene_packed(struct virtqueue *vq);
/* The task sleeps for room in the control queue, or for a fence of the device. */
struct wait *scene_waits_room(struct scene *s, struct task *t, double seconds,
			      const struct gpu *gpu);
struct wait *scene_waits_fence(struct scene *s, struct task *t, double seconds,
			       const struct gpu *gpu);
/* The work that fetches the control queue's answers, pending in the pool. */
struct work *scene_dequeue(struct scene *s, struct gpu *gpu, struct pool *pool);

/* ---- what fired --------------------------------------------------------- */

void scene_fired(struct scene *s, enum trigger_kind kind, const char *message);
/* khungtaskd named it. */
void scene_reported(struct scene *s, const struct task *t);

/* ---- the drain hang ------------------------------------------------------ */

/* What differs between two machines with the same fault. */
struct scene_machine {
	int pids;	    /* added to each */
	unsigned int cpu;   /* that is kept */
	const char *suffix; /* of functions: ".isra.0" */
	const char *hog, *victim;
};

/*
 * The drain hang: the victim and khugepaged in flush_work() of the drain work of
 * a CPU, whose kworker is runnable and does not run, because a SCHED_FIFO task keeps
 * the CPU; khungtaskd panicked.
 */
struct scene_hang {
	struct task *xorg, *khugepaged, *kworker, *hog;
	struct pool *pool;
	struct work *work;
	struct runqueue *rq;
};
#define SCENE_MACHINE ((struct scene_machine){0, 1, "", "rt-hog", "Xorg"})

struct scene_hang scene_drain_hang(struct scene *s, struct scene_machine m);

#endif
