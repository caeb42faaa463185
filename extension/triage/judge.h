/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the judges share: each file cause_*.c judges one kind of root, and says what
 * it found in the words below.  causes.c brings roots and judges together.
 */
#ifndef VGPU_JUDGE_H
#define VGPU_JUDGE_H

#include "base/keyed.h"
#include "verdict.h"

/* The time in which a CPU, or all of them, did not run: see cause_stopped.c. */
struct stop {
	const struct watchdog *seen_by; /* NULL: none was found */
	double s, from, to;		/* of the run queues' clock */
	bool in_kernel;			/* the CPU was neither idle nor in user mode */
	bool whole;			/* no CPU did anything */
	size_t watched;			/* CPUs whose watchdogs tell so */
};

struct judge {
	struct stop stop;
	struct graph *g;
	const struct facts *f;
	struct verdicts *out;
	struct arena *a;
	struct keyed of_root; /* verdicts, by the node that is their root */
};

/* ---- saying things: judge.c ---------------------------------------------- */

#define say(j, ...) arena_printf((j)->a, __VA_ARGS__)
void evidence_add(struct judge *j, struct evidences *list, const char *claim,
		  kaddr_t address, struct look look);
/* add_for(j, v, claim, address, look); the texts are in the arena, or static. */
#define add_for(j, v, ...) evidence_add((j), &(v)->evidence, __VA_ARGS__)
#define add_against(j, v, ...) evidence_add((j), &(v)->against, __VA_ARGS__)
#define say_next(j, v, ...) advice_add((j), (v), say((j), __VA_ARGS__))
#define say_missing(j, v, ...) (*vec_push((j)->a, &(v)->missing) = say((j), __VA_ARGS__))
void advice_add(struct judge *j, struct verdict *v, const char *text);
/* What stands at the next LOOK_HERE, or LOOK_ASIDE, of the last say_next(). */
void say_look(struct judge *j, struct verdict *v, struct look look);
/* The same of a command of vgpu's own: "bt -a". */
void say_command(struct judge *j, struct verdict *v, const char *command);

struct verdict *verdict_new(struct judge *j, enum cause cause, int confidence);
void blame_task(struct judge *j, struct verdict *v, const struct task *t, int cpu);
void blame_cpu(struct judge *j, struct verdict *v, const struct runqueue *rq);
/* "Xorg (pid 723)" */
const char *who(struct judge *j, const struct task *t);
/* Of its task_struct: "task_struct.on_rq,on_cpu". */
struct look look_task(const struct task *t, const char *members);
/* What counts its time in softirqs. */
struct look look_softirqs(const struct runqueue *rq);
/* How to get debuginfo of modules, and to ask again. */
void say_debuginfo(struct judge *j, struct verdict *v);
/* "12.3 s" */
const char *span(struct judge *j, double s);
/*
 * For how long it has had the CPU that it runs on, with what its sched_info shows where stop
 * threads came between: "17.5 s (2.9 s since a stop thread ran there)".
 */
const char *span_kept(struct judge *j, const struct task *t);
/* "Xorg (pid 723) and 2 more tasks wait" */
const char *wait_words(struct judge *j, const struct verdict *v);
/* The same of so many, of whom the first victim is one. */
const char *wait_words_of(struct judge *j, const struct verdict *v, size_t n);

/*
 * The last lock or pool in the chain that somebody keeps from the others.  The
 * holder of a lock is often blocked for longest, so that its own chain, which does
 * not pass the lock, is the first: then the chain of a victim that does pass it
 * becomes v's, and that victim the first.  NULL: nobody keeps one.
 */
const struct node *take_victim_of_kept(struct judge *j, struct verdict *v);

/* ---- the judges: v->chain ends in what they judge ------------------------ */

/* cause_cpu.c: waiter is runnable on a CPU, and does not run. */
void judge_cpu(struct judge *j, struct verdict *v, const struct node *root,
	       const struct task *waiter);
void judge_busy(struct judge *j, struct verdict *v, const struct node *cpu,
		const struct task *waiter);
void judge_moment(struct judge *j, struct verdict *v, const struct node *cpu,
		  const struct task *waiter);
/* Of a CPU for which no time passes; false: it is none. */
bool judge_stopped(struct judge *j, struct verdict *v, const struct node *cpu);
/*
 * Behind a verdict on who is at the end of the chain: he waits for a host, and what that
 * does was not seen, since types are missing.  Then he is a victim, and nobody is blamed.
 */
void judge_unread(struct judge *j, struct verdict *v, const struct node *root);
/* The same of who keeps a CPU, for it may be such a host that he polls for. */
void judge_asker(struct judge *j, struct verdict *v, const struct task *t);
/* A CPU that no registers are of, and a timer's function there that does not come back. */
bool judge_timer(struct judge *j, struct verdict *v, const struct node *cpu);
/* Of a task that keeps a CPU: what speaks for that, and what it adds. */
int judge_clock(struct judge *j, struct verdict *v, const struct runqueue *rq);
/* It loops in the kernel, although it was told to yield; 0: not so. */
int judge_stubborn(struct judge *j, struct verdict *v, const struct task *hog);
/* waiter: of those who want the CPU; NULL: nobody does. */
void hog_next(struct judge *j, struct verdict *v, const struct runqueue *rq,
	      const struct task *hog, const struct task *waiter);

/* cause_rcu.c: the CPU does not let the grace period end. */
void judge_grace(struct judge *j, struct verdict *v, const struct node *grace,
		 const struct node *cpu);

/* motion.c: what the look before, if there was one, says of it. */
void judge_motion(struct judge *j, struct verdict *v);

/* cause_lost.c: a lock that nobody holds; false: this is none. */
bool judge_lost(struct judge *j, struct verdict *v, const struct node *root);
/* cause_throttle.c: root is a NODE_CGROUP, and waiter is what its quota holds back. */
void judge_throttled(struct judge *j, struct verdict *v, const struct node *root,
		     const struct task *waiter);

/* cause_stopped.c: before the others, since no wait is older than what the clocks say. */
void find_stop(struct judge *j);
void judge_stop(struct judge *j);

/* cause_lock.c: locks, pools and their workers. */
void judge_cycle(struct judge *j, struct verdict *v);
void judge_pool(struct judge *j, struct verdict *v, const struct node *root);
void judge_asleep(struct judge *j, struct verdict *v, const struct node *root);
void judge_running(struct judge *j, struct verdict *v, const struct node *root);
/* A worker that keeps its pool, by a work that neither ends nor sleeps; false: n is none. */
bool judge_endless_work(struct judge *j, struct verdict *v, const struct node *n);
/* Who has a lock, sleeps with it, and is awake for this moment; false: he does not. */
bool judge_roused(struct judge *j, struct verdict *v, const struct node *holder);

/* cause_io.c: root is a NODE_IO; a NODE_DISK; a task. */
void judge_io(struct judge *j, struct verdict *v, const struct node *root);
void judge_disk(struct judge *j, struct verdict *v, const struct node *root);
/* The same of a daemon that serves a file system. */
void judge_daemon(struct judge *j, struct verdict *v, const struct node *root);

/* cause_inside.c: a lock that names nobody; false: nobody is seen inside. */
bool judge_inside(struct judge *j, struct verdict *v, const struct node *root);
/* What of it is not known; and how sure a chain can be that passes such a lock. */
void judge_readers(struct judge *j, struct verdict *v, const struct node *root);
void judge_concluded(struct judge *j, struct verdict *v);

/* cause_device.c: root is a NODE_HOST or a NODE_VIRTQUEUE. */
void judge_device(struct judge *j, struct verdict *v, const struct node *root);
/* cause_virtio.c: root is a NODE_HOST of a device that is no GPU. */
void judge_virtio(struct judge *j, struct verdict *v, const struct node *root);
/* The same of who spins for it, whom nobody waits for; false: he does not. */
bool judge_polling(struct judge *j, struct verdict *v, const struct runqueue *rq);

/*
 * cause_host.c: what the host says of the queue itself, if it was asked: of commands that it
 * owes, of answers that the driver has not fetched, of commands that were not kicked.
 * Points of confidence; *slow: it has answered since.
 */
int host_says_unanswered(struct judge *j, struct verdict *v, const struct virtqueue *vq,
			 bool *slow);
int host_says_answered(struct judge *j, struct verdict *v, const struct virtqueue *vq);
int host_says_unseen(struct judge *j, struct verdict *v, const struct virtqueue *vq);
/* What it has done, when it was asked, with n: "64 commands in the control queue". */
const char *host_has_done(struct judge *j, const struct virtqueue *vq, const char *n);
/* Where to look there, which depends on whether the commands have come to it. */
void look_on_host(struct judge *j, struct verdict *v, const struct virtqueue *vq);

/* cause_interrupt.c: root is a NODE_INTERRUPT. */
void judge_irq(struct judge *j, struct verdict *v, const struct node *root);
/* Of an interrupt that is lost: is its way to the driver free?  Points of confidence. */
int judge_way(struct judge *j, struct verdict *v, kaddr_t vdev, kaddr_t vq);

/* cause_memory.c: what leaked; what holds the memory when it ran out. */
void judge_leaks(struct judge *j);
void judge_exhausted(struct judge *j, struct verdict *v);
/* Something is out of proportion, and nobody has searched: how to. */
void advise_search(struct judge *j);

/* cause_lockup.c: a CPU that a watchdog has named; one that is lost: false: it is not. */
void judge_lockup(struct judge *j);
bool judge_lost_cpu(struct judge *j, struct verdict *v, const struct node *cpu);
/* Of a CPU where somebody waits for another CPU, which takes no interrupts; false: none. */
bool judge_caller(struct judge *j, struct verdict *v, const struct node *cpu);
/* Of who has spun for long for a lock, or for another CPU; false: root does not. */
bool judge_spins(struct judge *j, struct verdict *v, const struct node *root);

/*
 * cause_trigger.c: what fired, where no victim's chain explains it.  why_asked: what was found
 * may be why somebody asked for the dump.
 */
void judge_trigger(struct judge *j, bool why_asked);
/* It fired, and what says so is among the evidence. */
void add_fired(struct judge *j, struct verdict *v);
/* What a CPU was at when the exception or the watchdog's interrupt came; it becomes v's. */
const struct frame *find_fault(struct judge *j, struct verdict *v, int cpu);
/* "lab_spin+0xe [vgpu_lab]" */
const char *place(struct judge *j, const struct frame *fr);
const char *place_words(struct judge *j, const char *function, uint64_t offset,
			const char *module);

/* cause_text.c: of a text, in the place of all of these. */
void judge_text(struct judge *j);
/* What v resembles, and how sure that is; that more lines fit it, if it does resemble it. */
void resemble(struct judge *j, struct verdict *v, enum cause cause, int sure,
	      const char *why);
void resemble_more(struct judge *j, struct verdict *v, enum cause cause, const char *why);
/* Does this stack wait for a lock that this function asked for? */
bool text_waits_for_lock(struct judge *j, const struct stack *stack,
			 const char *asked_by);

/* cause_text_locks.c: whom a task waits for, by what the kernel says of locks. */
struct told_wait {
	const char *comm;
	int pid;
	const char *owner_comm;
	int owner_pid;
	const char *lock;  /* "mutex" */
	const char *words; /* a claim; NULL: a line of its own says it */
};

/* Longer cycles are not looked for. */
#define CYCLE_MAX 16
struct told_waits {
	VEC(struct told_wait) all;
	const struct told_wait *cycle[CYCLE_MAX];
	size_t n; /* in the cycle; 0: there is none */
};

void told_waits_find(struct judge *j, struct told_waits *w);
const char *told_cycle_words(struct judge *j, const struct told_waits *w);
void add_told_waits(struct judge *j, struct verdict *v, const struct told_waits *w);
/*
 * cause_text_lines.c: complaints beside what v is of; false: there are none.  A verdict of
 * memory that ran out while the kernel went on; false: it did not.  Whose memory did, where
 * that stopped it.
 */
bool judge_other_lines(struct judge *j, struct verdict *v);
bool judge_shortage(struct judge *j);
void judge_shortage_words(struct judge *j, struct verdict *v);
/* cause_text_memory.c: of leaks and tables in it. */
bool text_tells_of_memory(const struct facts *f);
void judge_text_memory(struct judge *j);

#endif
