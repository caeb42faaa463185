// SPDX-License-Identifier: GPL-2.0-or-later
#include "waiter_kind.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "kthread.h"
#include "percpu_rwsem.h"
#include "srcu.h"
#include "superblock.h"

bool wait_is_io(const struct stack *stack)
{
	static const char *const functions[] = {
		"io_schedule",
		"io_schedule_timeout",
		"bit_wait_io",
		"bit_wait_io_timeout",
	};

	return stack_find_any(stack, functions, ARRAY_SIZE(functions));
}

/* ---- names --------------------------------------------------------------- */

void wait_name_object(struct dump *d, struct wait *wait)
{
	struct dump_symbol sym;

	if (!wait->object || !dump_symbol_at(d, wait->object, &sym))
		return;
	/* Past a few pages it is another thing that merely lies behind a symbol. */
	if (sym.offset > 4096)
		return;
	wait->symbol = sym.offset ? arena_printf(d->arena, "%s+0x%llx", sym.name,
						 HEX(sym.offset))
				  : arena_printf(d->arena, "%s", sym.name);
}

/* Locks of drm have no symbols; who takes them says what they are. */
void wait_name_ww_mutex(const struct stack *stack, struct wait *wait)
{
	static const char *const modeset[] = {"drm_modeset_lock",
					      "drm_modeset_lock_single_interruptible"};
	/* reservation_object_lock() until 5.4; of TTM's objects until 5.6 */
	static const char *const reservation[] = {"dma_resv_lock",
						  "dma_resv_lock_interruptible",
						  "drm_gem_lock_reservations",
						  "virtio_gpu_array_lock_resv",
						  "reservation_object_lock",
						  "reservation_object_lock_interruptible",
						  "ttm_eu_reserve_buffers"};

	if (wait->kind != WAIT_MUTEX || wait->symbol || !wait->where ||
	    !strstr(wait->where, "ww_mutex"))
		return;
	if (stack_find_any(stack, modeset, ARRAY_SIZE(modeset)))
		wait->symbol = "modeset lock";
	else if (stack_find_any(stack, reservation, ARRAY_SIZE(reservation)))
		wait->symbol = "reservation lock";
}

/* ---- completions ---------------------------------------------------------- */

void wait_for_barrier(struct wait_finder *f, struct work *barrier, struct wait *wait)
{
	wait->kind = WAIT_WORK;
	wait->barrier = barrier;
	wait->object = member_base(f->d, barrier->addr, BARRIER_WORK);
	wait->where = "flush_work";
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
	if (stack_find_any(stack, flushers, 3)) {
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

	return stack_find_any(stack, srcu, ARRAY_SIZE(srcu));
}

static bool is_of_tasks(const struct stack *stack)
{
	static const char *const tracing[] = {"synchronize_rcu_tasks",
					      "synchronize_rcu_tasks_rude",
					      "synchronize_rcu_tasks_trace",
					      "synchronize_rcu_tasks_generic"};

	return stack_find_any(stack, tracing, ARRAY_SIZE(tracing));
}

/*
 * Until 4.19 RCU has flavours, each with grace periods of its own: what was read is that of
 * synchronize_rcu(), which is the scheduler's where tasks are not preempted.
 */
static bool is_of_another_flavour(struct wait_finder *f, const struct stack *stack)
{
	static const char *const others[] = {"synchronize_rcu_bh",
					     "synchronize_rcu_bh_expedited",
					     "synchronize_sched",
					     "synchronize_sched_expedited"};
	kaddr_t preempt, sched;

	if (dump_symbol(f->d, "rcu_preempt_state", &preempt) && preempt == f->rcu->addr)
		return stack_find_any(stack, others, ARRAY_SIZE(others));
	return dump_symbol(f->d, "rcu_sched_state", &sched) && sched == f->rcu->addr &&
	       stack_find_any(stack, others, 2);
}

static void refine_srcu(struct wait_finder *f, const struct task *t, struct wait *wait)
{
	kaddr_t srcu = srcu_of_waiter(f->d, t, (const uint64_t *)f->stack.bytes,
				      f->stack.size / sizeof(uint64_t));

	wait->rcu = RCU_WAIT_NONE;
	if (!srcu) {
		wait->symbol = "SRCU grace period";
		return;
	}
	wait->kind = WAIT_SRCU;
	wait->object = srcu;
	srcu_owner(f->d, srcu, &wait->owner);
}

/*
 * Since 988f569ae041 (6.10) RCU's kthread may wake who waits itself, without a callback:
 * rcutree.rcu_normal_wake_from_gp, which is on by default for up to 16 CPUs by 6.18.  The
 * completion is on the waiter's stack, and synchronize_rcu() waits for no other.
 */
static bool is_woken_from_gp(const struct wait_finder *f, const struct task *t,
			     const struct stack *stack, kaddr_t completion)
{
	return f->rcu->addr && completion && completion >= t->stack &&
	       completion - t->stack < t->stack_size &&
	       (stack_find(stack, "synchronize_rcu_normal") ||
		(stack_find(stack, "synchronize_rcu") &&
		 !stack_find(stack, "synchronize_rcu_expedited")));
}

static void refine_grace_period(struct wait_finder *f, const struct task *t,
				const struct stack *stack, struct wait *wait)
{
	kaddr_t completion = wait_completion(f->d, wait);

	wait->rcu = rcu_wait_of(f->d, f->rcu, completion, wait->object);
	if (wait->rcu == RCU_WAIT_NONE && is_woken_from_gp(f, t, stack, completion))
		wait->rcu = RCU_WAIT_NORMAL;
	if (wait->rcu == RCU_WAIT_NORMAL && is_of_srcu(stack)) {
		refine_srcu(f, t, wait);
	} else if (wait->rcu == RCU_WAIT_NORMAL && is_of_tasks(stack)) {
		wait->rcu = RCU_WAIT_NONE;
		wait->symbol = "RCU-tasks grace period";
	} else if (wait->rcu == RCU_WAIT_NORMAL && is_of_another_flavour(f, stack)) {
		wait->rcu = RCU_WAIT_NONE;
		wait->symbol = "grace period of another RCU";
	} else if (wait->rcu != RCU_WAIT_NONE) {
		wait->kind = WAIT_RCU;
	}
}

/* Thousands may wait for the end of a thread each. */
static struct task *stopped_thread(struct wait_finder *f, kaddr_t completion)
{
	if (!f->threads_read)
		kthreads_by_completion(f->d, f->tasks, &f->threads);
	f->threads_read = true;
	return keyed_get(&f->threads, completion);
}

static void refine_thread(struct wait_finder *f, const struct stack *stack,
			  struct wait *wait)
{
	static const char *const stops[] = {"kthread_stop", "kthread_park"};
	kaddr_t done = wait_completion(f->d, wait);

	if (done && stack_find_any(stack, stops, ARRAY_SIZE(stops)))
		wait->thread = stopped_thread(f, done);
	if (wait->thread)
		wait->symbol = arena_printf(f->d->arena, "end of %s", wait->thread->comm);
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

	if (!stack_find_any(stack, below, ARRAY_SIZE(below)) ||
	    !journal_around(f->d, f->tasks, wait->object, &j))
		return;
	if (j.thread->addr == t->addr)
		journal_handles(f->d, f->tasks, &j, &wait->handles);
	else
		wait->thread = j.thread;
	wait->symbol = arena_printf(f->d->arena, "journal of %s", j.thread->comm);
}

/*
 * A name that is being looked up already: who does has the queue on his stack, and wakes all
 * there when he has come to an end.
 */
static void refine_lookup(struct wait_finder *f, const struct task *t,
			  const struct stack *stack, struct wait *wait)
{
	static const char *const waits[] = {"d_alloc_parallel", "d_wait_lookup"};
	struct task *looker;

	if (!stack_find_any(stack, waits, ARRAY_SIZE(waits)))
		return;
	looker = task_of_stack(f->tasks, wait->object);
	if (!looker || looker->addr == t->addr)
		return;
	wait->looker = looker;
	wait->symbol = arena_printf(f->d->arena, "lookup of a name by %s", looker->comm);
}

/* All files share the queue: which one it is for is on the stack. */
static void refine_kernfs(struct wait_finder *f, const struct task *t,
			  const struct stack *stack, struct wait *wait)
{
	static const char *const removes[] = {"kernfs_drain", "__kernfs_remove"};

	if (!stack_find_any(stack, removes, ARRAY_SIZE(removes)))
		return;
	kernfs_wait_find(f->d, f->tasks, t, wait->object,
			 (const uint64_t *)f->stack.bytes,
			 f->stack.size / sizeof(uint64_t), &wait->kernfs);
	if (wait->kernfs.node)
		wait->symbol =
			arena_printf(f->d->arena, "kernfs node %s", wait->kernfs.name);
}

/* One bit of many that share the queue. */
static bool refine_bit(struct wait_finder *f, const struct stack *stack,
		       struct wait *wait)
{
	bit_wait_find(f->d, wait->record, stack, &wait->bit);
	if (wait->bit.of == BIT_OF_NOTHING)
		return false;
	wait->kind = wait->bit.of == BIT_OF_PAGE || wait->bit.of == BIT_OF_BUFFER ||
				     wait_is_io(stack)
			     ? WAIT_IO
			     : WAIT_BIT;
	wait->object = wait->bit.addr;
	wait->symbol = bit_wait_words(f->d, &wait->bit);
	return true;
}

/*
 * super_block.s_writers: who would write to a frozen file system waits in there.  Until 5.7
 * on an rw_semaphore, as do those who wait for s_umount: by what they are in.
 */
static bool refine_frozen(struct wait_finder *f, const struct stack *stack,
			  struct wait *wait)
{
	static const char *const writes[] = {"__percpu_down_read", "__sb_start_write"};
	struct superblock sb;

	if (wait->kind == WAIT_RWSEM &&
	    !stack_find_any(stack, writes, ARRAY_SIZE(writes)))
		return false;

	if (!wait->object || !superblock_around(f->d, wait->object, &sb) || !sb.frozen)
		return false;
	wait->kind = WAIT_IO;
	wait->frozen = sb.addr;
	wait->symbol = arena_printf(f->d->arena, "frozen file system %s", sb.id);
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
	    !stack_find_any(stack, waits, ARRAY_SIZE(waits)))
		return false;
	rwsem = member_base(f->d, wait->object, PERCPU_RWSEM_WAITERS);
	percpu_rwsem_owner(f->d, f->tasks, rwsem, &wait->owner);
	if (!wait->owner.known)
		return false;
	wait->kind = WAIT_PERCPU_RWSEM;
	wait->object = rwsem;
	wait->reader = !stack_find_any(stack, waits + 2, 1);
	return true;
}

/* A writer waits for the readers without any record: the lock has his name. */
bool wait_find_percpu_rwsem(struct wait_finder *f, const struct task *t,
			    const struct stack *stack, struct wait *wait)
{
	static const char *const writes[] = {"percpu_down_write"};
	kaddr_t rwsem;

	wait->where = stack_find_any(stack, writes, 1);
	if (!wait->where)
		return false;
	rwsem = percpu_rwsem_of_writer(f->d, t, (const uint64_t *)f->stack.bytes,
				       f->stack.size / sizeof(uint64_t));
	if (!rwsem)
		return false;
	wait->kind = WAIT_PERCPU_RWSEM;
	wait->object = rwsem;
	percpu_rwsem_owner(f->d, f->tasks, rwsem, &wait->owner);
	wait_name_object(f->d, wait);
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

static void refine_rwsem(struct wait_finder *f, const struct task *t,
			 const struct stack *stack, struct wait *wait)
{
	if (refine_frozen(f, stack, wait))
		return;
	wait->reader = is_reader(f, t, wait);
	if (wait->object)
		rwsem_owner(f->d, f->tasks, wait->object, &wait->owner);
}

void wait_refine(struct wait_finder *f, const struct task *t, const struct stack *stack,
		 struct wait *wait)
{
	switch (wait->kind) {
	case WAIT_MUTEX:
		if (wait->object)
			mutex_owner(f->d, f->tasks, wait->object, &wait->owner);
		break;
	case WAIT_RWSEM:
		refine_rwsem(f, t, stack, wait);
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
		if (wait_is_io(stack))
			wait->kind = WAIT_IO;
		else if (!refine_frozen(f, stack, wait) &&
			 !refine_percpu_rwsem(f, stack, wait))
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
		refine_lookup(f, t, stack, wait);
	}
	if (wait->kind != WAIT_WORK && !wait->frozen && !wait->symbol)
		wait_name_object(f->d, wait);
	wait_name_ww_mutex(stack, wait);
}
