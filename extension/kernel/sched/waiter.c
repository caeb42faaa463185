// SPDX-License-Identifier: GPL-2.0-or-later
#include "waiter.h"

#include <stdio.h>
#include <string.h>

#include "arch/arch.h"
#include "base/text.h"
#include "dump/layout.h"
#include "dump/list.h"
#include "waiter_kind.h"

/* More waiters on one lock than this is a list that lies. */
#define WAITERS_MAX 65536
/* A waiter's record is smaller. */
#define RECORD_MAX 64

const char *wait_kind_name(enum wait_kind kind)
{
	static const char *const names[] = {
		[WAIT_NOTHING] = "unknown",
		[WAIT_WORK] = "work",
		[WAIT_FLUSH] = "workqueue",
		[WAIT_MUTEX] = "mutex",
		[WAIT_RWSEM] = "rwsem",
		[WAIT_SEMAPHORE] = "semaphore",
		[WAIT_COMPLETION] = "completion",
		[WAIT_QUEUE] = "wait queue",
		[WAIT_FENCE] = "fence",
		[WAIT_IO] = "I/O",
		[WAIT_BIT] = "bit",
		[WAIT_TIMER] = "timer",
		[WAIT_RCU] = "RCU",
		[WAIT_SRCU] = "SRCU",
		[WAIT_PERCPU_RWSEM] = "percpu rwsem",
		[WAIT_SPINLOCK] = "spinlock",
	};

	return names[kind];
}

/*
 * The kinds of record that name their task.  mutex_waiter, rwsem_waiter and
 * semaphore_waiter look the same (list, task): the function on the stack that
 * made the record tells them apart.
 */
static const struct record_kind {
	enum wait_kind kind;
	enum layout_id task, list; /* members of the record */
	enum layout_id head;	   /* the list's place in the thing waited for */
	unsigned int blockers;	   /* by bit: the kinds of lock in blocker that it is */
	const char *functions[10]; /* one of them is on the stack; none: any */
} kinds[] = {
	{WAIT_MUTEX,
	 MUTEX_WAITER_TASK,
	 MUTEX_WAITER_LIST,
	 MUTEX_WAIT_LIST,
	 1u << 0,
	 {"__mutex_lock", "__mutex_lock_common", "__ww_mutex_lock",
	  "__mutex_lock_slowpath", "__mutex_lock_interruptible_slowpath",
	  "__mutex_lock_killable_slowpath", "__ww_mutex_lock_slowpath",
	  "__ww_mutex_lock_interruptible_slowpath", "mutex_lock"}},
	{WAIT_RWSEM,
	 RWSEM_WAITER_TASK,
	 RWSEM_WAITER_LIST,
	 RWSEM_WAIT_LIST,
	 1u << BLOCKER_READER | 1u << 3,
	 {"rwsem_down_write_slowpath", "rwsem_down_read_slowpath",
	  /* until 5.3; in the common ones only where they were not inlined */
	  "rwsem_down_write_failed", "rwsem_down_read_failed",
	  "rwsem_down_write_failed_killable", "rwsem_down_read_failed_killable",
	  "__rwsem_down_write_failed_common", "__rwsem_down_read_failed_common"}},
	{WAIT_SEMAPHORE,
	 SEMAPHORE_WAITER_TASK,
	 SEMAPHORE_WAITER_LIST,
	 SEMAPHORE_WAIT_LIST,
	 1u << 1,
	 {"__down", "__down_common", "___down_common", "__down_interruptible",
	  "__down_killable", "__down_timeout"}},
	/* swait_queue carries struct completion's waiters since a5c6234e1028, 5.7 */
	{WAIT_COMPLETION, SWAIT_TASK, SWAIT_LIST, COMPLETION_SWAIT_LIST, 0, {NULL}},
	{WAIT_QUEUE, WAIT_ENTRY_PRIVATE, WAIT_ENTRY_LIST, WAIT_HEAD_LIST, 0, {NULL}},
};

/* Is this node a waiter's, that is, on the stack of the task that it names? */
static bool is_waiter(struct wait_finder *f, const struct record_kind *k, kaddr_t node)
{
	kaddr_t base = member_base(f->d, node, k->list), task;
	const struct task *t;

	if (!member_ptr(f->d, base, k->task, &task))
		return false;
	t = task_by_addr(f->tasks, task);
	return t && node >= t->stack && node < t->stack + t->stack_size;
}

/* ---- heads of lists ------------------------------------------------------ */

static struct waiter_head *head_slot(const struct wait_finder *f,
				     const struct record_kind *k, kaddr_t node)
{
	size_t i = (size_t)((node * 0x9e3779b97f4a7c15ull) >> 32) % f->room;

	while (f->heads[i].node && (f->heads[i].node != node || f->heads[i].kind != k))
		i = (i + 1) % f->room;
	return &f->heads[i];
}

static void grow_heads(struct wait_finder *f)
{
	struct waiter_head *old = f->heads;
	size_t i, n = f->room;

	f->room = n ? n * 2 : 256;
	f->heads = arena_alloc(f->d->arena, f->room * sizeof(*f->heads));
	for (i = 0; i < n; i++)
		if (old[i].node)
			*head_slot(f, old[i].kind, old[i].node) = old[i];
	arena_drop(f->d->arena, old);
}

static void keep_heads(struct wait_finder *f, const struct record_kind *k, kaddr_t head)
{
	size_t i;

	for (i = 0; i < f->passed.n; i++) {
		if (f->nheads * 2 >= f->room)
			grow_heads(f);
		*head_slot(f, k, f->passed.v[i]) =
			(struct waiter_head){f->passed.v[i], head, k};
		f->nheads++;
	}
}

/* Along the list until a node that is no waiter, or one whose head is known. */
static kaddr_t walk_to_head(struct wait_finder *f, const struct record_kind *k,
			    kaddr_t node)
{
	struct list_walk w;
	kaddr_t at = node;

	list_begin(&w, f->d, node, WAITERS_MAX);
	do {
		if (f->room && head_slot(f, k, at)->node)
			return head_slot(f, k, at)->head;
		if (at != node && !is_waiter(f, k, at))
			return at;
		*vec_push(f->d->arena, &f->passed) = at;
	} while (list_next(&w, &at));
	return 0;
}

/*
 * From our node along the list to the node that is no waiter: the head.  A list
 * of waiters alone, or a broken one, has none.  Each node is walked past once,
 * however many of its list are asked for.
 */
static kaddr_t list_head_of(struct wait_finder *f, const struct record_kind *k,
			    kaddr_t node)
{
	kaddr_t head;

	f->passed.n = 0;
	head = walk_to_head(f, k, node);
	keep_heads(f, k, head);
	return head;
}

/* ---- rings without a head ------------------------------------------------- */

/*
 * By 7.2 a lock has a pointer to its first waiter, and the waiters are a ring of their
 * own, one alone with itself.  Nothing leads from them to the lock: the task's own word
 * does, or one on its stack, where what the lock calls its first waiter is of this ring.
 */
static bool is_ring(struct dump *d, const struct record_kind *k)
{
	return layout_has(d, k->head) && layout_size(d, k->head) == sizeof(kaddr_t);
}

/* The waiters of the ring are in f->passed. */
static bool is_lock_of_ring(struct wait_finder *f, const struct record_kind *k,
			    kaddr_t lock)
{
	kaddr_t first, node;
	bool found = false;
	size_t i;

	if (lock % sizeof(kaddr_t) || lock <= f->d->info.page_size ||
	    !member_ptr(f->d, lock, k->head, &first))
		return false;
	node = member_addr(f->d, first, k->list);
	for (i = 0; i < f->passed.n; i++) {
		/* A waiter's links look like this, too. */
		if (lock + RECORD_MAX > f->passed.v[i] &&
		    lock < f->passed.v[i] + RECORD_MAX)
			return false;
		found |= node == f->passed.v[i];
	}
	return found;
}

/* The lock that the task says it is blocked on, if it is of this kind. */
static kaddr_t blocker_of(struct wait_finder *f, const struct record_kind *k,
			  const struct task *t)
{
	uint64_t word;

	if (!member_u64(f->d, t->addr, TASK_BLOCKER, &word) ||
	    !(k->blockers >> (word & BLOCKER_KIND) & 1))
		return 0;
	return word & ~BLOCKER_KIND;
}

static kaddr_t lock_of_ring(struct wait_finder *f, const struct record_kind *k,
			    const struct task *t)
{
	kaddr_t lock = blocker_of(f, k, t);
	size_t at;

	if (is_lock_of_ring(f, k, lock))
		return lock;
	for (at = 0; at + sizeof(lock) <= f->stack.size; at += sizeof(lock)) {
		memcpy(&lock, f->stack.bytes + at, sizeof(lock));
		if ((lock < t->stack || lock >= t->stack + t->stack_size) &&
		    is_lock_of_ring(f, k, lock))
			return lock;
	}
	return 0;
}

/* All of the ring are waiters, or it is none. */
static bool walk_ring(struct wait_finder *f, const struct record_kind *k, kaddr_t node)
{
	struct list_walk w;
	kaddr_t at = node;

	f->passed.n = 0;
	list_begin(&w, f->d, node, WAITERS_MAX);
	do {
		if (!is_waiter(f, k, at))
			return false;
		*vec_push(f->d->arena, &f->passed) = at;
	} while (list_next(&w, &at));
	return w.end == WALK_DONE;
}

/* The place in the lock that points to its first waiter, as of a list its head. */
static kaddr_t ring_head_of(struct wait_finder *f, const struct record_kind *k,
			    const struct task *t, kaddr_t node)
{
	kaddr_t lock = 0;

	if (f->room && head_slot(f, k, node)->node)
		return head_slot(f, k, node)->head;
	if (walk_ring(f, k, node))
		lock = lock_of_ring(f, k, t);
	if (lock)
		lock = member_addr(f->d, lock, k->head);
	keep_heads(f, k, lock);
	return lock;
}

static const struct task *first_waiter(struct wait_finder *f, const struct record_kind *k,
				       kaddr_t head)
{
	kaddr_t first, task;

	if (!dump_ptr(f->d, head, &first))
		return NULL;
	if (!is_ring(f->d, k))
		first = member_base(f->d, first, k->list);
	if (!member_ptr(f->d, first, k->task, &task))
		return NULL;
	return task_by_addr(f->tasks, task);
}

/* Do the neighbours agree that node is on a list? */
static bool is_linked(struct dump *d, kaddr_t node)
{
	kaddr_t link[2], back;

	if (dump_read(d, node, link, sizeof(link)) != DUMP_OK)
		return false;
	return dump_ptr(d, link[1], &back) && back == node &&
	       dump_ptr(d, link[0] + 8, &back) && back == node;
}

/* The same, and with others. */
static bool is_queued(struct dump *d, kaddr_t node)
{
	kaddr_t next;

	return is_linked(d, node) && dump_ptr(d, node, &next) && next != node;
}

/* Where the stack cannot say what made the record, a mutex can be told by its owner. */
static bool may_be_mutex(const struct record_kind *k, const struct stack *stack)
{
	return k->kind == WAIT_MUTEX && !stack->complete;
}

/*
 * Is this a waiter in a queue?  *head is then where the queue begins, or 0.  One that is
 * alone with itself may be a left-over: only its lock says that it waits.
 */
static bool find_head(struct wait_finder *f, const struct record_kind *k,
		      const struct task *t, kaddr_t node, kaddr_t *head)
{
	bool ring = is_ring(f->d, k);

	*head = 0;
	if (!(ring ? is_linked(f->d, node) : is_queued(f->d, node)))
		return false;
	*head = ring ? ring_head_of(f, k, t, node) : list_head_of(f, k, node);
	return *head || is_queued(f->d, node);
}

/* The word at address a is the task: which kind of record holds it there? */
static bool try_record(struct wait_finder *f, const struct record_kind *k, kaddr_t a,
		       const struct task *t, const struct stack *stack, struct wait *wait)
{
	kaddr_t base, node, head, object;

	wait->where = stack_find_any(stack, k->functions, ARRAY_SIZE(k->functions));
	/* Of PREEMPT_RT's locks the records are others: rt_mutex.h. */
	if ((k->kind == WAIT_MUTEX || k->kind == WAIT_RWSEM) &&
	    layout_has(f->d, MUTEX_RT))
		return false;
	/* First: types that no stack asks for need not be looked up. */
	if (k->functions[0] && !wait->where && !may_be_mutex(k, stack) &&
	    !blocker_of(f, k, t))
		return false;
	if (!layout_has_all(f->d, k->task, k->list, k->head))
		return false;
	base = member_base(f->d, a, k->task);
	node = member_addr(f->d, base, k->list);
	if (!find_head(f, k, t, node, &head))
		return false;
	object = head ? member_base(f->d, head, k->head) : 0;
	if (k->functions[0] && !wait->where &&
	    (!object || object != blocker_of(f, k, t)) &&
	    !(may_be_mutex(k, stack) && mutex_is_one(f->d, f->tasks, object)))
		return false;
	wait->kind = k->kind;
	wait->record = base;
	wait->object = object;
	wait->first = head ? first_waiter(f, k, head) : NULL;
	return true;
}

/*
 * The fence whose cb_list this node is on.  Its other callbacks need not be
 * waiters, so the head is the node with a fence around it, told by its ops.
 */
static kaddr_t fence_of(struct dump *d, kaddr_t node, struct wait *wait)
{
	struct dump_symbol sym;
	struct list_walk w;
	kaddr_t at, fence, ops;

	list_begin(&w, d, node, WAITERS_MAX);
	while (list_next(&w, &at)) {
		fence = member_base(d, at, DMA_FENCE_CB_LIST);
		if (member_ptr(d, fence, DMA_FENCE_OPS, &ops) &&
		    dump_symbol_at(d, ops, &sym) && !sym.offset &&
		    strstr(sym.name, "ops")) {
			wait->fence_ops = arena_printf(d->arena, "%s", sym.name);
			return fence;
		}
	}
	return 0;
}

static bool try_fence(struct wait_finder *f, kaddr_t a, struct wait *wait)
{
	kaddr_t base = member_base(f->d, a, DMA_FENCE_CB_FUNC), node;

	if (!layout_has_all(f->d, DMA_FENCE_CB_FUNC, DMA_FENCE_CB_NODE, DMA_FENCE_CB_LIST,
			    DMA_FENCE_OPS))
		return false;
	node = member_addr(f->d, base, DMA_FENCE_CB_NODE);
	if (!is_queued(f->d, node))
		return false;
	wait->kind = WAIT_FENCE;
	wait->record = base;
	wait->object = fence_of(f->d, node, wait);
	return true;
}

/* known: kinds whose function is on the stack; else those that any may have made. */
static bool scan_for(struct wait_finder *f, const struct task *t,
		     const struct stack *stack, bool known, struct wait *wait)
{
	kaddr_t start = f->stack.addr, word;
	size_t at, i;

	for (at = 0; at + 8 <= f->stack.size; at += 8) {
		memcpy(&word, f->stack.bytes + at, sizeof(word));
		if (!known && f->fence_cb && word == f->fence_cb &&
		    try_fence(f, start + at, wait))
			return true;
		if (word != t->addr)
			continue;
		for (i = 0; i < ARRAY_SIZE(kinds); i++)
			if ((kinds[i].functions[0] != NULL) == known &&
			    try_record(f, &kinds[i], start + at, t, stack, wait))
				return true;
	}
	return false;
}

/*
 * A task's address that was saved two words before a semaphore's waiter makes a wait queue's
 * entry of it: whose function is on the stack comes first.
 */
static bool scan(struct wait_finder *f, const struct task *t, const struct stack *stack,
		 struct wait *wait)
{
	return scan_for(f, t, stack, true, wait) || scan_for(f, t, stack, false, wait);
}

/*
 * Who has made too many pages dirty sleeps for a moment, again and again, on no record.  The
 * bdi_writeback that he is held back for is on his stack: it leads to what knows one, too.
 */
static kaddr_t dirty_device(struct wait_finder *f, const struct task *t,
			    const struct stack *stack)
{
	static const char *const below[] = {"balance_dirty_pages",
					    "balance_dirty_pages_ratelimited_flags",
					    "balance_dirty_pages_ratelimited"};
	kaddr_t word, bdi, of;
	size_t at;

	if (!stack_find_any(stack, below, ARRAY_SIZE(below)) ||
	    !layout_has_all(f->d, WB_BDI, BDI_WB))
		return 0;
	for (at = 0; at + sizeof(word) <= f->stack.size; at += sizeof(word)) {
		memcpy(&word, f->stack.bytes + at, sizeof(word));
		if (word % sizeof(word) || !arch_is_kernel(f->d->arch, word) ||
		    (word >= t->stack && word - t->stack < t->stack_size))
			continue;
		if (member_ptr(f->d, word, WB_BDI, &bdi) && bdi &&
		    member_ptr(f->d, member_addr(f->d, bdi, BDI_WB), WB_BDI, &of) &&
		    of == bdi)
			return bdi;
	}
	return 0;
}

/*
 * No record: its barrier, which names it, may be queued all the same; the stack may still
 * say.
 */
static void guess(struct wait_finder *f, const struct task *t, const struct stack *stack,
		  struct wait *wait)
{
	static const char *const timers[] = {"schedule_hrtimeout_range_clock",
					     "do_nanosleep", "msleep", "usleep_range"};
	struct work *barrier = barrier_of_task(f->wqs, t->addr);
	const char *why = wait->why;

	memset(wait, 0, sizeof(*wait));
	if (barrier && layout_has(f->d, BARRIER_WORK))
		wait_for_barrier(f, barrier, wait);
	else if (wait_is_io(stack)) {
		wait->kind = WAIT_IO;
		wait->dirty = f->stack.size ? dirty_device(f, t, stack) : 0;
		wait->object = wait->dirty;
	} else if (stack_find_any(stack, timers, 4))
		wait->kind = WAIT_TIMER;
	else
		wait->why = why;
}

/* All of it where the stack pointer is not known: what is stale there is on no list. */
static bool read_stack(struct wait_finder *f, const struct task *t, struct wait *wait)
{
	kaddr_t start = task_stack_used(t), top = t->stack + t->stack_size;

	if (!t->stack || t->stack_size > TASK_STACK_MAX) {
		wait->why = "where its stack lies is not known";
		return false;
	}
	if (obj_read_bytes(&f->stack, start, (size_t)(top - start)))
		return true;
	wait->why = arena_printf(f->d->arena, "its stack cannot be read%s",
				 dump_why_unread(f->d));
	return false;
}

void wait_find(struct wait_finder *f, const struct task *t, const struct stack *stack,
	       struct wait *wait)
{
	memset(wait, 0, sizeof(*wait));
	if (t->on_cpu || t->on_rq || t->state == TASK_STATE_RUNNING) {
		wait->why = "it is runnable";
		return;
	}
	if (read_stack(f, t, wait)) {
		if (wait_find_rt_mutex(f, t, stack, wait))
			return;
		if (scan(f, t, stack, wait)) {
			wait_refine(f, t, stack, wait);
			return;
		}
		if (wait_find_percpu_rwsem(f, t, stack, wait) ||
		    wait_find_rt_rwsem(f, t, stack, wait))
			return;
		wait->why = "no waiter record on its stack that its list agrees with";
	}
	guess(f, t, stack, wait);
}

kaddr_t wait_completion(struct dump *d, const struct wait *wait)
{
	if (wait->kind == WAIT_COMPLETION)
		return wait->object;
	/* With swait_queue no wait_queue_head is a completion's any more. */
	if (wait->kind == WAIT_QUEUE && wait->object && layout_has(d, COMPLETION_WAIT) &&
	    !layout_has(d, COMPLETION_SWAIT_LIST))
		return member_base(d, wait->object, COMPLETION_WAIT);
	return 0;
}

void wait_finder_init(struct wait_finder *f, struct dump *d, struct tasks *tasks,
		      struct workqueues *wqs, const struct rcu *rcu)
{
	memset(f, 0, sizeof(*f));
	f->d = d;
	f->tasks = tasks;
	f->wqs = wqs;
	f->rcu = rcu;
	obj_init(&f->stack, d);
	dump_symbol(d, "dma_fence_default_wait_cb", &f->fence_cb);
}
