/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tasks, from init_task.tasks and each thread group.
 *
 * Not from crash's task table: crash 8.0.2 finds 3 tasks of 58 on Debian's
 * 6.1.192, because struct pid gained a flexible array.
 */
#ifndef VGPU_TASK_H
#define VGPU_TASK_H

#include "dump/dump.h"

enum sched_kind {
	SCHED_KIND_UNKNOWN,
	SCHED_KIND_IDLE,
	SCHED_KIND_FAIR,
	SCHED_KIND_RT,
	SCHED_KIND_DEADLINE,
	SCHED_KIND_STOP,
	SCHED_KIND_EXT,
	SCHED_KINDS
};

/* Bits of task_struct.__state that the judgement needs (include/linux/sched.h). */
#define TASK_STATE_RUNNING 0
#define TASK_STATE_INTERRUPTIBLE 0x1
#define TASK_STATE_UNINTERRUPTIBLE 0x2
#define TASK_STATE_WAKING 0x200

/*
 * Bytes: no kernel stack is larger.  They are 16 KiB, 32 with KASAN, and 64 on arm64 with
 * pages of that size: who builds one with larger ones has room here.
 */
#define TASK_STACK_MAX (256u << 10)

struct throttle; /* see bandwidth.h */

struct task {
	kaddr_t addr;
	int pid, tgid;
	kaddr_t parent; /* the leader of its parent process */
	char comm[64];	/* escaped for printing */
	uint32_t state; /* __state */
	uint32_t exit_state;
	char state_letter; /* as ps shows it: R S D T t Z X I P ? */
	bool kthread;	   /* by PF_KTHREAD */
	bool idle;	   /* a swapper */
	kaddr_t stack;	   /* lowest address of the kernel stack */
	size_t stack_size; /* bytes */
	kaddr_t sp;	   /* where it was switched out; stale while it runs */
	int cpu;	   /* the CPU that it runs on, waits for, or ran on last */
	bool on_cpu, on_rq;
	int prio, rt_priority, policy;
	enum sched_kind sched;
	uint32_t ti_flags; /* thread_info.flags */
	bool need_resched;
	/* What holds it back while it is runnable: runqueue.c fills it in.  NULL: nothing. */
	const struct throttle *throttle;

	/* ns, of the rq clock of its CPU (runqueue.h turns them into seconds) */
	uint64_t last_arrival, last_queued, exec_start, sum_exec;
	uint64_t utime; /* ns that it was in user mode, as ticks found it */
	bool utime_known;
	uint64_t nvcsw, nivcsw;
	uint64_t start_time; /* the same, but of the kernel's monotonic clock */
	uint64_t last_switch_count, last_switch_time; /* khungtaskd's; jiffies */

	/*
	 * Seconds, filled in by runqueue.c: since when it is what it now is.
	 * Asleep: since it left the CPU.  Runnable: since it was queued.  Running:
	 * since it has had the CPU, but for moments of the stop class.  < 0: not
	 * known.
	 */
	double since_s;
	double age_s; /* since it was made; < 0: not known */
};

struct tasks {
	size_t span;		      /* bytes of task_struct that are read */
	VEC(struct task) all;	      /* by address */
	VEC(struct task *) by_pid;    /* but for the idle ones */
	size_t stack_size;	      /* bytes of each kernel stack; 0: not known */
	kaddr_t classes[SCHED_KINDS]; /* each struct sched_class; 0: not known */
	bool complete;		      /* every list ended where it should */
};

/*
 * Reads every task.  False when there is nothing at all to find them by; what
 * is lost on the way is noted in the dump.
 */
bool tasks_read(struct dump *d, struct tasks *tasks);

struct task *task_by_addr(const struct tasks *tasks, kaddr_t addr);
/* The first task with this pid (a thread's id); NULL when there is none. */
struct task *task_by_pid(const struct tasks *tasks, int pid);

/* All by pid, or those of a process (tgid >= 0), into the arena; swappers by CPU. */
const struct task **tasks_by_pid(const struct tasks *tasks, struct arena *a, int tgid,
				 size_t *n);
/* Of its parent process, 0 for none; < 0: not known. */
int task_ppid(const struct tasks *tasks, const struct task *t);

/* Whose kernel stack an address is on; NULL: nobody's. */
struct task *task_of_stack(const struct tasks *tasks, kaddr_t addr);
/* Where the part of its kernel stack begins that is in use: all of it while it runs. */
kaddr_t task_stack_used(const struct task *t);
/* It was woken, and its CPU has not put it on its queue yet: an interrupt asks for that. */
bool task_is_waking(const struct task *t);
/* In the sense of khungtaskd: UNINTERRUPTIBLE, neither killable nor idle. */
bool task_is_hung_state(const struct task *t);
/* Its state says so, since 6.1: before, it is UNINTERRUPTIBLE in __refrigerator(). */
bool task_is_frozen(const struct task *t);
/* UNINTERRUPTIBLE, but for a signal that kills it: mmap(), a fault. */
bool task_is_killable(const struct task *t);
/*
 * It could run and its CPU does not let it: no quota holds it back, it is not of those who
 * run only where nobody else wants to (SCHED_IDLE), and who runs is not decided elsewhere
 * (sched_ext). With proxy execution (6.17) a task that sleeps may be on the queue.
 */
bool task_wants_cpu(const struct task *t);
const char *sched_kind_name(enum sched_kind kind);
/* "FIFO", "RR", "NORMAL", "BATCH", "IDLE", "DEADLINE" */
const char *policy_name(int policy);

#endif
