// SPDX-License-Identifier: GPL-2.0-or-later
#include "task.h"

#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "base/keyed.h"
#include "base/text.h"
#include "dump/layout.h"
#include "dump/list.h"

/* More tasks than pid_max (2^22) allows are a list that lies. */
#define TASKS_MAX (1u << 22)
#define THREADS_MAX (1u << 20)

/* include/linux/sched.h: the bits have kept their places since 4.14. */
#define STATE_STOPPED 0x4
#define STATE_TRACED 0x8
#define STATE_DEAD 0x10
#define STATE_ZOMBIE 0x20
#define STATE_PARKED 0x40
#define STATE_WAKEKILL 0x100
#define STATE_NOLOAD 0x400

#define POLICY_IDLE 5 /* SCHED_IDLE, include/uapi/linux/sched.h */

/* asleep for a spinlock of PREEMPT_RT: 5f220be21418, 5.16 */
#define STATE_RTLOCK_WAIT 0x1000
/* frozen where it sleeps, or in __refrigerator(): f5d39b020809, 6.1 */
#define STATE_FROZEN 0x8000
#define FLAGS_KTHREAD 0x00200000 /* PF_KTHREAD */

static char state_letter(const struct task *t)
{
	uint32_t s = t->state | t->exit_state;

	if ((s & (TASK_STATE_UNINTERRUPTIBLE | STATE_NOLOAD)) ==
	    (TASK_STATE_UNINTERRUPTIBLE | STATE_NOLOAD))
		return 'I';
	if (s & STATE_ZOMBIE)
		return 'Z';
	if (s & STATE_DEAD)
		return 'X';
	if (s & (TASK_STATE_UNINTERRUPTIBLE | STATE_RTLOCK_WAIT | STATE_FROZEN))
		return 'D';
	if (s & TASK_STATE_INTERRUPTIBLE)
		return 'S';
	if (s & STATE_STOPPED)
		return 'T';
	if (s & STATE_TRACED)
		return 't';
	if (s & STATE_PARKED)
		return 'P';
	return s & ~(uint32_t)TASK_STATE_WAKING ? '?' : 'R';
}

bool task_is_waking(const struct task *t)
{
	return t->state & TASK_STATE_WAKING && !t->exit_state && !t->on_rq && !t->on_cpu;
}

bool task_is_hung_state(const struct task *t)
{
	return (t->state & TASK_STATE_UNINTERRUPTIBLE) &&
	       !(t->state & (STATE_WAKEKILL | STATE_NOLOAD));
}

bool task_is_frozen(const struct task *t)
{
	return t->state & STATE_FROZEN;
}

bool task_is_killable(const struct task *t)
{
	return t->state & TASK_STATE_UNINTERRUPTIBLE && t->state & STATE_WAKEKILL;
}

bool task_wants_cpu(const struct task *t)
{
	return t->on_rq && !t->on_cpu && !t->idle && !t->throttle &&
	       t->state == TASK_STATE_RUNNING && t->sched != SCHED_KIND_EXT &&
	       t->policy != POLICY_IDLE;
}

const char *sched_kind_name(enum sched_kind kind)
{
	static const char *const names[] = {
		[SCHED_KIND_UNKNOWN] = "unknown",   [SCHED_KIND_IDLE] = "idle",
		[SCHED_KIND_FAIR] = "fair",	    [SCHED_KIND_RT] = "rt",
		[SCHED_KIND_DEADLINE] = "deadline", [SCHED_KIND_STOP] = "stop",
		[SCHED_KIND_EXT] = "ext",
	};

	return names[kind];
}

struct task *task_of_stack(const struct tasks *tasks, kaddr_t addr)
{
	struct task *t;
	size_t i;

	for (i = 0; i < tasks->all.n && addr; i++) {
		t = &tasks->all.v[i];
		if (t->stack && addr >= t->stack && addr - t->stack < t->stack_size)
			return t;
	}
	return NULL;
}

kaddr_t task_stack_used(const struct task *t)
{
	bool known = !t->on_cpu && t->sp > t->stack && t->sp < t->stack + t->stack_size;

	return known ? t->sp & ~(kaddr_t)7 : t->stack;
}

const char *policy_name(int policy)
{
	/* include/uapi/linux/sched.h */
	static const char *const names[] = {"NORMAL", "FIFO", "RR",	  "BATCH",
					    "?",      "IDLE", "DEADLINE", "EXT"};

	return policy >= 0 && policy < 8 ? names[policy] : "?";
}

/*
 * What sched_class may point at; the names have not changed since 2.6.25.  By name, not
 * by the symbol at an address: since 5.10 the linker script has others there, such as
 * __sched_class_highest.
 */
static void find_classes(struct dump *d, struct tasks *tasks)
{
	static const char *const symbols[SCHED_KINDS] = {
		[SCHED_KIND_FAIR] = "fair_sched_class",
		[SCHED_KIND_RT] = "rt_sched_class",
		[SCHED_KIND_IDLE] = "idle_sched_class",
		[SCHED_KIND_DEADLINE] = "dl_sched_class",
		[SCHED_KIND_STOP] = "stop_sched_class",
		[SCHED_KIND_EXT] = "ext_sched_class",
	};
	size_t i;

	for (i = 0; i < SCHED_KINDS; i++)
		if (symbols[i] && !dump_symbol(d, symbols[i], &tasks->classes[i]))
			tasks->classes[i] = 0;
}

static enum sched_kind class_kind(const struct tasks *tasks, kaddr_t class)
{
	int kind;

	for (kind = SCHED_KIND_UNKNOWN + 1; kind < SCHED_KINDS; kind++)
		if (class && tasks->classes[kind] == class)
			return (enum sched_kind)kind;
	return SCHED_KIND_UNKNOWN;
}

/* A kernel for one CPU has no such member. */
static int cpu_of(const struct object *o)
{
	if (layout_has(o->d, TASK_CPU))
		return (int)obj_s64(o, TASK_CPU);
	return o->d->info.cpus == 1 ? 0 : -1;
}

static void decode_sched(const struct tasks *tasks, const struct object *o,
			 struct task *t)
{
	t->cpu = cpu_of(o);
	t->on_cpu = obj_u64(o, TASK_ON_CPU);
	t->on_rq = obj_u64(o, TASK_ON_RQ) && !obj_u64(o, TASK_SCHED_DELAYED);
	t->prio = (int)obj_s64(o, TASK_PRIO);
	t->rt_priority = (int)obj_s64(o, TASK_RT_PRIORITY);
	t->policy = (int)obj_s64(o, TASK_POLICY);
	t->sched = class_kind(tasks, obj_u64(o, TASK_SCHED_CLASS));
	t->last_arrival = obj_u64(o, TASK_LAST_ARRIVAL);
	t->last_queued = obj_u64(o, TASK_LAST_QUEUED);
	t->exec_start = obj_u64(o, TASK_EXEC_START);
	t->sum_exec = obj_u64(o, TASK_SUM_EXEC);
	t->utime = obj_u64(o, TASK_UTIME);
	t->utime_known = layout_has(o->d, TASK_UTIME);
	t->nvcsw = obj_u64(o, TASK_NVCSW);
	t->nivcsw = obj_u64(o, TASK_NIVCSW);
	t->start_time = obj_u64(o, TASK_START_TIME);
	t->last_switch_count = obj_u64(o, TASK_LAST_SWITCH_COUNT);
	t->last_switch_time = obj_u64(o, TASK_LAST_SWITCH_TIME);
	t->since_s = -1;
	t->age_s = -1;
}

/* An exiting process has no mm any more, and a kthread may borrow one. */
static bool is_kthread(const struct object *o)
{
	if (layout_has(o->d, TASK_FLAGS))
		return obj_u64(o, TASK_FLAGS) & FLAGS_KTHREAD;
	return !obj_u64(o, TASK_MM);
}

/*
 * THREAD_SIZE is a #define.  union thread_union is that large, but 5.10's
 * debuginfo has none; the linker script keeps that much room for init's stack.
 */
static size_t stack_size(struct dump *d)
{
	static const char *const bounds[][2] = {
		{"__start_init_task", "__end_init_task"},
		{"__start_init_stack", "__end_init_stack"},
	};
	kaddr_t start, end;
	size_t i;

	/* The symbols first: no debuginfo of today has the type, and its absence is slow. */
	for (i = 0; i < ARRAY_SIZE(bounds); i++)
		if (dump_symbol(d, bounds[i][0], &start) &&
		    dump_symbol(d, bounds[i][1], &end) && end > start &&
		    end - start <= TASK_STACK_MAX)
			return end - start;
	if (layout_has(d, THREAD_UNION))
		return (size_t)layout_size(d, THREAD_UNION);
	dump_note(d, "the size of kernel stacks is not known: no stack can be read");
	return 0;
}

static void decode(const struct tasks *tasks, const struct object *o, struct task *t)
{
	char comm[32];

	t->addr = o->addr;
	t->pid = (int)obj_s64(o, TASK_PID);
	t->tgid = (int)obj_s64(o, TASK_TGID);
	t->parent = obj_u64(o, TASK_PARENT);
	obj_string(o, TASK_COMM, comm, sizeof(comm));
	text_escape(t->comm, sizeof(t->comm), comm);
	t->state = (uint32_t)obj_u64(o, TASK_STATE);
	t->exit_state = (uint32_t)obj_u64(o, TASK_EXIT_STATE);
	t->state_letter = state_letter(t);
	t->kthread = is_kthread(o);
	t->stack = obj_u64(o, TASK_STACK);
	t->sp = obj_u64(o, TASK_THREAD_SP);
	t->ti_flags = (uint32_t)obj_u64(o, TASK_TI_FLAGS);
	decode_sched(tasks, o, t);
}

/* Read one task_struct; false costs that record alone. */
static bool read_task(struct tasks *tasks, struct object *o, kaddr_t addr)
{
	struct task *t;

	if (!obj_read_bytes(o, addr, tasks->span)) {
		if (!dump_interrupted(o->d))
			dump_unread(o->d, "task_struct at 0x%llx", HEX(addr));
		tasks->complete = false;
		return false;
	}
	t = vec_push(o->d->arena, &tasks->all);
	decode(tasks, o, t);
	t->stack_size = tasks->stack_size;
	return true;
}

/* The other threads of the group whose leader is in o. */
static void read_threads(struct tasks *tasks, struct object *o, kaddr_t leader)
{
	kaddr_t signal = obj_u64(o, TASK_SIGNAL), node, addr;
	struct list_walk w;

	if (!signal || !layout_has(o->d, SIGNAL_THREAD_HEAD))
		return;
	list_begin(&w, o->d, member_addr(o->d, signal, SIGNAL_THREAD_HEAD), THREADS_MAX);
	while (tasks->all.n < TASKS_MAX && list_next(&w, &node)) {
		addr = member_base(o->d, node, TASK_THREAD_NODE);
		if (addr != leader)
			read_task(tasks, o, addr);
	}
	if (w.end != WALK_DONE)
		tasks->complete = false;
	list_end_note(&w, "threads of a process");
}

static void read_swappers(struct dump *d, struct tasks *tasks, struct object *o)
{
	unsigned int cpu;
	kaddr_t rq, idle;

	if (!layout_has(d, RQ_IDLE))
		return;
	for (cpu = 0; cpu < d->info.cpus; cpu++) {
		if (!dump_percpu_symbol(d, cpu, "runqueues", &rq) ||
		    !member_ptr(d, rq, RQ_IDLE, &idle) || !read_task(tasks, o, idle))
			continue;
		tasks->all.v[tasks->all.n - 1].idle = true;
	}
}

static int by_addr(const void *a, const void *b)
{
	const kaddr_t x = ((const struct task *)a)->addr,
		      y = ((const struct task *)b)->addr;

	return compare(x, y);
}

/* By address, and each once: two groups may claim the same thread. */
static void sort(struct tasks *tasks)
{
	struct task *v = tasks->all.v;
	size_t i, kept = 0;

	if (!tasks->all.n)
		return;
	qsort(v, tasks->all.n, sizeof(*v), by_addr);
	for (i = 1; i < tasks->all.n; i++) {
		if (v[i].addr != v[kept].addr)
			v[++kept] = v[i];
		v[kept].idle |= v[i].idle;
	}
	tasks->all.n = kept + 1;
}

static int by_pid(const void *a, const void *b)
{
	const struct task *x = *(const struct task *const *)a,
			  *y = *(const struct task *const *)b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	if (x->cpu != y->cpu)
		return x->cpu < y->cpu ? -1 : 1;
	return compare(x->addr, y->addr);
}

/* Lists of fences and objects name a task each. */
static void sort_by_pid(struct arena *a, struct tasks *tasks)
{
	size_t i;

	for (i = 0; i < tasks->all.n; i++)
		if (!tasks->all.v[i].idle)
			*vec_push(a, &tasks->by_pid) = &tasks->all.v[i];
	if (tasks->by_pid.n)
		qsort(tasks->by_pid.v, tasks->by_pid.n, sizeof(struct task *), by_pid);
}

/*
 * Bit 3 of x86 is TIF_MEMDIE in the common order, and bit 4 was TIF_NEED_RESCHED_LAZY in
 * x86's own: no debuginfo has these numbers, so processes that do not run must tell.
 * Before syscall_work the bits that tell had been others' too (TIF_NOHZ).
 */
static bool is_common_order(struct dump *d, const struct tasks *tasks)
{
	size_t own = 0, common = 0, i;
	const struct task *t;

	if (!d->arch->common_need_resched || !layout_has(d, TASK_TI_SYSCALL_WORK))
		return false;
	for (i = 0; i < tasks->all.n; i++) {
		t = &tasks->all.v[i];
		if (t->kthread || t->on_cpu)
			continue;
		own += (t->ti_flags & d->arch->away) != 0;
		common += (t->ti_flags & d->arch->common_away) != 0;
	}
	return common > own;
}

static void find_need_resched(struct dump *d, struct tasks *tasks)
{
	unsigned int flag = is_common_order(d, tasks) ? d->arch->common_need_resched
						      : d->arch->need_resched;
	size_t i;

	for (i = 0; i < tasks->all.n; i++)
		tasks->all.v[i].need_resched = tasks->all.v[i].ti_flags & flag;
}

/* seen: tasks that another walk has read, and that end this one; or NULL. */
static void read_processes(struct tasks *tasks, struct object *o, struct list_walk *w,
			   const struct keyed *seen)
{
	kaddr_t node, addr;

	while (tasks->all.n < TASKS_MAX && list_next(w, &node)) {
		addr = member_base(o->d, node, TASK_TASKS);
		if (seen && keyed_get(seen, addr))
			return;
		if (read_task(tasks, o, addr))
			read_threads(tasks, o, addr);
	}
	if (w->end != WALK_DONE)
		tasks->complete = false;
	list_end_note(w, w->back ? "tasks from the last on" : "tasks");
}

/* A link that cannot be read hides all that is behind it: but not from the other end. */
static void read_from_the_end(struct tasks *tasks, struct object *o, kaddr_t head)
{
	struct keyed seen = {0};
	struct list_walk w;
	size_t i;

	for (i = 0; i < tasks->all.n; i++)
		keyed_put(o->d->arena, &seen, tasks->all.v[i].addr, tasks);
	list_begin_back(&w, o->d, head, TASKS_MAX);
	read_processes(tasks, o, &w, &seen);
}

bool tasks_read(struct dump *d, struct tasks *tasks)
{
	struct list_walk w;
	struct object o;
	kaddr_t init, head;

	memset(tasks, 0, sizeof(*tasks));
	if (!layout_has_all(d, TASK, TASK_TASKS, TASK_PID, TASK_COMM, TASK_STATE) ||
	    !dump_symbol(d, "init_task", &init)) {
		dump_note(d,
			  "tasks: no init_task or no debuginfo for struct task_struct");
		return false;
	}
	tasks->complete = true;
	tasks->stack_size = stack_size(d);
	find_classes(d, tasks);
	tasks->span = layout_span(d, TASK_STATE);
	obj_init(&o, d);
	read_swappers(d, tasks, &o);
	head = member_addr(d, init, TASK_TASKS);
	list_begin(&w, d, head, TASKS_MAX);
	read_processes(tasks, &o, &w, NULL);
	if (w.end != WALK_DONE)
		read_from_the_end(tasks, &o, head);
	if (tasks->all.n >= TASKS_MAX) {
		dump_note(d, "tasks: more than there can be; the rest is not read");
		tasks->complete = false;
	}
	sort(tasks);
	sort_by_pid(d->arena, tasks);
	find_need_resched(d, tasks);
	return tasks->all.n > 0;
}

struct task *task_by_addr(const struct tasks *tasks, kaddr_t addr)
{
	struct task key = {.addr = addr};

	if (!tasks->all.n)
		return NULL;
	return bsearch(&key, tasks->all.v, tasks->all.n, sizeof(key), by_addr);
}

/* Of tasks that somebody else has listed. */
static struct task *search_pid(const struct tasks *tasks, int pid)
{
	size_t i;

	for (i = 0; i < tasks->all.n; i++)
		if (tasks->all.v[i].pid == pid && !tasks->all.v[i].idle)
			return &tasks->all.v[i];
	return NULL;
}

struct task *task_by_pid(const struct tasks *tasks, int pid)
{
	size_t low = 0, high = tasks->by_pid.n, middle;
	struct task *const *v = tasks->by_pid.v;

	if (!high)
		return search_pid(tasks, pid);
	while (low < high) {
		middle = low + (high - low) / 2;
		if (v[middle]->pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < tasks->by_pid.n && v[low]->pid == pid ? v[low] : NULL;
}

const struct task **tasks_by_pid(const struct tasks *tasks, struct arena *a, int tgid,
				 size_t *n)
{
	const struct task **v =
		arena_alloc(a, (tasks->all.n + 1) * sizeof(struct task *));
	size_t i;

	*n = 0;
	for (i = 0; i < tasks->all.n; i++)
		if (tgid < 0 || (tasks->all.v[i].tgid == tgid && !tasks->all.v[i].idle))
			v[(*n)++] = &tasks->all.v[i];
	qsort(v, *n, sizeof(struct task *), by_pid);
	return v;
}

int task_ppid(const struct tasks *tasks, const struct task *t)
{
	const struct task *parent = task_by_addr(tasks, t->parent);

	/* An idle task is nobody's child, whoever started its CPU. */
	if (t->idle)
		return 0;
	return parent ? parent->tgid : -1;
}
