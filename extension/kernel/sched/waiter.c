// SPDX-License-Identifier: GPL-2.0-or-later
#include "waiter.h"

#include <stdio.h>
#include <string.h>

#include "arch/arch.h"
#include "base/text.h"
#include "dump/layout.h"
#include "dump/list.h"
#include "kthread.h"
#include "percpu_rwsem.h"
#include "rt_mutex.h"
#include "srcu.h"
#include "superblock.h"

/* More waiters on one lock than this is a list that lies. */
#define WAITERS_MAX 65536
#define STACK_MAX (64 * 1024)
/* A waiter's record is smaller. */
#define RECORD_MAX 64
/* include/linux/hung_task.h: the kind of lock, in the low bits of task_struct.blocker. */
#define BLOCKER_KIND 3ull
#define BLOCKER_READER 2ull

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
	  "rwsem_down_write_failed", "rwsem_down_read_failed",
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

static const char *const io_functions[] = {
	"io_schedule",
	"io_schedule_timeout",
	"bit_wait_io",
	"bit_wait_io_timeout",
};

static const char *on_stack(const struct stack *stack, const char *const *names, size_t n)
{
	size_t i, k;

	for (i = 0; i < stack->n; i++)
		for (k = 0; k < n && names[k]; k++)
			if (frame_is(&stack->v[i], names[k]))
				return names[k];
	return NULL;
}

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

static void name_object(struct dump *d, struct wait *wait)
{
	struct dump_symbol sym;

	if (!wait->object || !dump_symbol_at(d, wait->object, &sym))
		return;
	/* Past a few pages it is another thing that merely lies behind a symbol. */
	if (sym.offset > 4096)
		return;
	if (sym.offset)
		snprintf(wait->symbol, sizeof(wait->symbol), "%s+0x%llx", sym.name,
			 HEX(sym.offset));
	else
		snprintf(wait->symbol, sizeof(wait->symbol), "%s", sym.name);
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

	wait->where = on_stack(stack, k->functions, ARRAY_SIZE(k->functions));
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
			snprintf(wait->fence_ops, sizeof(wait->fence_ops), "%.*s",
				 (int)sizeof(wait->fence_ops) - 1, sym.name);
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

/*
 * Is what was found the completion in a barrier?  It is the wait_queue_head in
 * there until 5.7, the completion itself since.
 */
static bool is_done_of(struct dump *d, kaddr_t barrier, kaddr_t object)
{
	kaddr_t done = member_addr(d, barrier, BARRIER_DONE);

	return !object ||
	       (object >= done && object - done < (kaddr_t)layout_size(d, BARRIER_DONE));
}

static void wait_for_barrier(struct wait_finder *f, struct work *barrier,
			     struct wait *wait)
{
	wait->kind = WAIT_WORK;
	wait->barrier = barrier;
	wait->object = member_base(f->d, barrier->addr, BARRIER_WORK);
	wait->where = "flush_work";
}

static const struct workqueue *flushed_workqueue(struct wait_finder *f,
						 const struct wait *wait)
{
	kaddr_t done = wait_completion(f->d, wait);

	if (!done || !layout_has(f->d, FLUSHER_DONE))
		return NULL;
	return workqueue_of_flusher(f->wqs, member_base(f->d, done, FLUSHER_DONE));
}

/* The completion that was found is often part of something better known. */
static void refine_completion(struct wait_finder *f, const struct task *t,
			      const struct stack *stack, struct wait *wait)
{
	static const char *const flushers[] = {"flush_workqueue", "__flush_workqueue",
					       "drain_workqueue"};
	struct work *barrier = barrier_of_task(f->wqs, t->addr);

	if (barrier && layout_has_all(f->d, BARRIER_WORK, BARRIER_DONE) &&
	    is_done_of(f->d, member_base(f->d, barrier->addr, BARRIER_WORK),
		       wait->object)) {
		wait_for_barrier(f, barrier, wait);
		return;
	}
	if (on_stack(stack, flushers, 3)) {
		wait->flushed = flushed_workqueue(f, wait);
		wait->kind = WAIT_FLUSH;
		wait->where = "flush_workqueue";
	}
}

/* Woken in the same way: by a grace period of another kind. */
static bool is_of_srcu(const struct stack *stack)
{
	static const char *const srcu[] = {"__synchronize_srcu", "synchronize_srcu",
					   "synchronize_srcu_expedited"};

	return on_stack(stack, srcu, ARRAY_SIZE(srcu));
}

static bool is_of_tasks(const struct stack *stack)
{
	static const char *const tracing[] = {"synchronize_rcu_tasks",
					      "synchronize_rcu_tasks_rude",
					      "synchronize_rcu_tasks_trace",
					      "synchronize_rcu_tasks_generic"};

	return on_stack(stack, tracing, ARRAY_SIZE(tracing));
}

static void refine_srcu(struct wait_finder *f, const struct task *t, struct wait *wait)
{
	kaddr_t srcu = srcu_of_waiter(f->d, t, (const uint64_t *)f->stack.bytes,
				      f->stack.size / sizeof(uint64_t));

	wait->rcu = RCU_WAIT_NONE;
	if (!srcu) {
		snprintf(wait->symbol, sizeof(wait->symbol), "SRCU grace period");
		return;
	}
	wait->kind = WAIT_SRCU;
	wait->object = srcu;
	srcu_owner(f->d, srcu, &wait->owner);
}

static void refine_grace_period(struct wait_finder *f, const struct task *t,
				const struct stack *stack, struct wait *wait)
{
	kaddr_t completion = wait_completion(f->d, wait);

	wait->rcu = rcu_wait_of(f->d, f->rcu, completion, wait->object);
	if (wait->rcu == RCU_WAIT_NORMAL && is_of_srcu(stack)) {
		refine_srcu(f, t, wait);
	} else if (wait->rcu == RCU_WAIT_NORMAL && is_of_tasks(stack)) {
		wait->rcu = RCU_WAIT_NONE;
		snprintf(wait->symbol, sizeof(wait->symbol), "RCU-tasks grace period");
	} else if (wait->rcu != RCU_WAIT_NONE) {
		wait->kind = WAIT_RCU;
	}
}

static void refine_thread(struct wait_finder *f, const struct stack *stack,
			  struct wait *wait)
{
	static const char *const stops[] = {"kthread_stop", "kthread_park"};
	kaddr_t done = wait_completion(f->d, wait);

	if (done && on_stack(stack, stops, ARRAY_SIZE(stops)))
		wait->thread = kthread_by_completion(f->d, f->tasks, done);
	if (wait->thread)
		snprintf(wait->symbol, sizeof(wait->symbol), "end of %s",
			 wait->thread->comm);
}

/* A queue of a journal: its thread wakes those there, and waits there itself for others. */
static void refine_journal(struct wait_finder *f, const struct task *t,
			   const struct stack *stack, struct wait *wait)
{
	static const char *const below[] =
		{"jbd2_log_wait_commit",       "jbd2_complete_transaction",
		 "jbd2_journal_force_commit",  "wait_transaction_locked",
		 "wait_transaction_switching", "add_transaction_credits",
		 "start_this_handle",	       "jbd2_journal_wait_updates",
		 "jbd2_journal_lock_updates",  "jbd2_journal_commit_transaction"};
	struct journal j;

	if (!on_stack(stack, below, ARRAY_SIZE(below)) ||
	    !journal_around(f->d, f->tasks, wait->object, &j))
		return;
	if (j.thread->addr == t->addr)
		journal_handles(f->d, f->tasks, &j, &wait->handles);
	else
		wait->thread = j.thread;
	snprintf(wait->symbol, sizeof(wait->symbol), "journal of %s", j.thread->comm);
}

/* All files share the queue: which one it is for is on the stack. */
static void refine_kernfs(struct wait_finder *f, const struct task *t,
			  const struct stack *stack, struct wait *wait)
{
	static const char *const removes[] = {"kernfs_drain", "__kernfs_remove"};

	if (!on_stack(stack, removes, ARRAY_SIZE(removes)))
		return;
	kernfs_wait_find(f->d, f->tasks, t, wait->object,
			 (const uint64_t *)f->stack.bytes,
			 f->stack.size / sizeof(uint64_t), &wait->kernfs);
	if (wait->kernfs.node)
		snprintf(wait->symbol, sizeof(wait->symbol), "kernfs node %s",
			 wait->kernfs.name);
}

/* One bit of many that share the queue. */
static bool refine_bit(struct wait_finder *f, const struct stack *stack,
		       struct wait *wait)
{
	bit_wait_find(f->d, wait->record, stack, &wait->bit);
	if (wait->bit.of == BIT_OF_NOTHING)
		return false;
	wait->kind = wait->bit.of == BIT_OF_PAGE || wait->bit.of == BIT_OF_BUFFER ||
				     on_stack(stack, io_functions, 4)
			     ? WAIT_IO
			     : WAIT_BIT;
	wait->object = wait->bit.addr;
	snprintf(wait->symbol, sizeof(wait->symbol), "%s",
		 bit_wait_words(f->d, &wait->bit));
	return true;
}

/* super_block.s_writers: who would write to a frozen file system waits in there. */
static bool refine_frozen(struct wait_finder *f, struct wait *wait)
{
	struct superblock sb;

	if (!wait->object || !superblock_around(f->d, wait->object, &sb) || !sb.frozen)
		return false;
	wait->kind = WAIT_IO;
	wait->frozen = sb.addr;
	snprintf(wait->symbol, sizeof(wait->symbol), "frozen file system %s", sb.id);
	return true;
}

/* A reader, or a writer behind another one, waits in the lock's own queue since 5.7. */
static bool refine_percpu_rwsem(struct wait_finder *f, const struct stack *stack,
				struct wait *wait)
{
	static const char *const waits[] = {"percpu_rwsem_wait", "__percpu_down_read",
					    "percpu_down_write"};
	kaddr_t rwsem;

	if (!wait->object || !layout_has(f->d, PERCPU_RWSEM_WAITERS) ||
	    !on_stack(stack, waits, ARRAY_SIZE(waits)))
		return false;
	rwsem = member_base(f->d, wait->object, PERCPU_RWSEM_WAITERS);
	percpu_rwsem_owner(f->d, f->tasks, rwsem, &wait->owner);
	if (!wait->owner.known)
		return false;
	wait->kind = WAIT_PERCPU_RWSEM;
	wait->object = rwsem;
	wait->reader = !on_stack(stack, waits + 2, 1);
	return true;
}

/* A writer waits for the readers without any record: the lock has his name. */
static bool find_percpu_rwsem(struct wait_finder *f, const struct task *t,
			      const struct stack *stack, struct wait *wait)
{
	static const char *const writes[] = {"percpu_down_write"};
	kaddr_t rwsem;

	wait->where = on_stack(stack, writes, 1);
	if (!wait->where)
		return false;
	rwsem = percpu_rwsem_of_writer(f->d, t, (const uint64_t *)f->stack.bytes,
				       f->stack.size / sizeof(uint64_t));
	if (!rwsem)
		return false;
	wait->kind = WAIT_PERCPU_RWSEM;
	wait->object = rwsem;
	percpu_rwsem_owner(f->d, f->tasks, rwsem, &wait->owner);
	name_object(f->d, wait);
	return true;
}

/* Locks of drm have no symbols; who takes them says what they are. */
static void name_ww_mutex(const struct stack *stack, struct wait *wait)
{
	static const char *const modeset[] = {"drm_modeset_lock",
					      "drm_modeset_lock_single_interruptible"};
	static const char *const reservation[] = {"dma_resv_lock",
						  "dma_resv_lock_interruptible",
						  "drm_gem_lock_reservations",
						  "virtio_gpu_array_lock_resv"};

	if (wait->kind != WAIT_MUTEX || wait->symbol[0] || !wait->where ||
	    !strstr(wait->where, "ww_mutex"))
		return;
	if (on_stack(stack, modeset, 2))
		snprintf(wait->symbol, sizeof(wait->symbol), "modeset lock");
	else if (on_stack(stack, reservation, 4))
		snprintf(wait->symbol, sizeof(wait->symbol), "reservation lock");
}

/* Of PREEMPT_RT: which kind of lock a function takes; the one furthest in counts. */
static enum wait_kind rt_kind(const struct stack *stack, const char **where)
{
	static const struct {
		const char *begin;
		enum wait_kind kind;
	} takes[] = {{"rt_spin_lock", WAIT_SPINLOCK}, {"rtlock_", WAIT_SPINLOCK},
		     {"rt_read_lock", WAIT_RWSEM},    {"rt_write_lock", WAIT_RWSEM},
		     {"rwbase_", WAIT_RWSEM},	      {"__rwbase_", WAIT_RWSEM},
		     {"down_read", WAIT_RWSEM},	      {"down_write", WAIT_RWSEM},
		     {"__down_read", WAIT_RWSEM},     {"__down_write", WAIT_RWSEM},
		     {"mutex_lock", WAIT_MUTEX},      {"__mutex_lock", WAIT_MUTEX},
		     {"ww_mutex_lock", WAIT_MUTEX},   {"__ww_mutex_lock", WAIT_MUTEX},
		     {"_mutex_lock", WAIT_MUTEX}};
	size_t i, k;

	for (i = 0; i < stack->n; i++)
		for (k = 0; k < ARRAY_SIZE(takes); k++)
			if (text_starts(stack->v[i].function, takes[k].begin)) {
				*where = stack->v[i].function;
				return takes[k].kind;
			}
	return WAIT_MUTEX;
}

/* The writer who has it waits for its readers himself: so they are who keep it. */
static void refine_rt_readers(struct wait_finder *f, struct wait *wait)
{
	int64_t readers = layout_has(f->d, RWSEM_RT_READERS)
				  ? rt_rwsem_readers(f->d, wait->object)
				  : 0;

	if (readers > 0)
		wait->owner = (struct lock_owner){.known = true,
						  .readers = true,
						  .holders = readers};
}

/* An rt_mutex, or what PREEMPT_RT makes of one. */
static bool find_rt_mutex(struct wait_finder *f, const struct task *t,
			  const struct stack *stack, struct wait *wait)
{
	kaddr_t lock = rt_mutex_of_waiter(f->d, t, &wait->record);

	if (!lock)
		return false;
	wait->kind = rt_kind(stack, &wait->where);
	wait->object = lock;
	if (wait->kind == WAIT_RWSEM && layout_has(f->d, RWSEM_RT_MUTEX))
		wait->object = member_base(f->d, lock, RWSEM_RT_MUTEX);
	wait->reader = wait->where && strstr(wait->where, "read");
	wait->first = rt_mutex_first(f->d, f->tasks, lock);
	rt_mutex_owner(f->d, f->tasks, lock, &wait->owner);
	if (wait->kind == WAIT_RWSEM)
		refine_rt_readers(f, wait);
	name_object(f->d, wait);
	name_ww_mutex(stack, wait);
	return true;
}

static bool find_rt_rwsem(struct wait_finder *f, const struct task *t,
			  const struct stack *stack, struct wait *wait)
{
	if (!layout_has(f->d, RWSEM_RT_MUTEX) ||
	    rt_kind(stack, &wait->where) != WAIT_RWSEM)
		return false;
	wait->object = rt_rwsem_of_writer(f->d, t, (const uint64_t *)f->stack.bytes,
					  f->stack.size / sizeof(uint64_t), &wait->owner);
	if (!wait->object)
		return false;
	wait->kind = WAIT_RWSEM;
	name_object(f->d, wait);
	return true;
}

/* Its own word says so where the stack does not. */
static bool is_reader(struct wait_finder *f, const struct task *t,
		      const struct wait *wait)
{
	uint64_t word;

	if (wait->where)
		return strstr(wait->where, "read");
	return member_u64(f->d, t->addr, TASK_BLOCKER, &word) &&
	       (word & BLOCKER_KIND) == BLOCKER_READER;
}

static void refine(struct wait_finder *f, const struct task *t, const struct stack *stack,
		   struct wait *wait)
{
	switch (wait->kind) {
	case WAIT_MUTEX:
		if (wait->object)
			mutex_owner(f->d, f->tasks, wait->object, &wait->owner);
		break;
	case WAIT_RWSEM:
		wait->reader = is_reader(f, t, wait);
		if (wait->object)
			rwsem_owner(f->d, f->tasks, wait->object, &wait->owner);
		break;
	case WAIT_SEMAPHORE:
		if (wait->object)
			semaphore_owner(f->d, f->tasks, wait->object, &wait->owner);
		break;
	case WAIT_COMPLETION:
		refine_completion(f, t, stack, wait);
		break;
	case WAIT_FENCE:
		if (wait->object)
			member_ptr(f->d, wait->object, DMA_FENCE_LOCK, &wait->fence_lock);
		break;
	case WAIT_QUEUE:
		if (refine_bit(f, stack, wait))
			break;
		if (on_stack(stack, io_functions, 4))
			wait->kind = WAIT_IO;
		else if (!refine_frozen(f, wait) && !refine_percpu_rwsem(f, stack, wait))
			refine_completion(f, t, stack, wait);
		break;
	default:
		break;
	}
	if (wait->kind == WAIT_COMPLETION || wait->kind == WAIT_QUEUE) {
		/* RCU's own thread is idle there: it waits for nobody's end. */
		if (!f->rcu->kthread || f->rcu->kthread->addr != t->addr)
			refine_grace_period(f, t, stack, wait);
		refine_thread(f, stack, wait);
	}
	if (wait->kind == WAIT_QUEUE) {
		refine_journal(f, t, stack, wait);
		refine_kernfs(f, t, stack, wait);
	}
	if (wait->kind != WAIT_WORK && !wait->frozen && !wait->symbol[0])
		name_object(f->d, wait);
	name_ww_mutex(stack, wait);
}

static bool scan(struct wait_finder *f, const struct task *t, const struct stack *stack,
		 struct wait *wait)
{
	kaddr_t start = f->stack.addr, word;
	size_t at, i;

	for (at = 0; at + 8 <= f->stack.size; at += 8) {
		memcpy(&word, f->stack.bytes + at, sizeof(word));
		if (f->fence_cb && word == f->fence_cb && try_fence(f, start + at, wait))
			return true;
		if (word != t->addr)
			continue;
		for (i = 0; i < ARRAY_SIZE(kinds); i++)
			if (try_record(f, &kinds[i], start + at, t, stack, wait))
				return true;
	}
	return false;
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

	if (!on_stack(stack, below, ARRAY_SIZE(below)) ||
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
	else if (on_stack(stack, io_functions, 4)) {
		wait->kind = WAIT_IO;
		wait->dirty = f->stack.size ? dirty_device(f, t, stack) : 0;
		wait->object = wait->dirty;
	} else if (on_stack(stack, timers, 4))
		wait->kind = WAIT_TIMER;
	else
		wait->why = why;
}

/* All of it where the stack pointer is not known: what is stale there is on no list. */
static bool read_stack(struct wait_finder *f, const struct task *t, struct wait *wait)
{
	kaddr_t start = task_stack_used(t), top = t->stack + t->stack_size;

	if (!t->stack || t->stack_size > STACK_MAX) {
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
		if (find_rt_mutex(f, t, stack, wait))
			return;
		if (scan(f, t, stack, wait)) {
			refine(f, t, stack, wait);
			return;
		}
		if (find_percpu_rwsem(f, t, stack, wait) ||
		    find_rt_rwsem(f, t, stack, wait))
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
