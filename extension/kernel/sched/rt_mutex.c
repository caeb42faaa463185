// SPDX-License-Identifier: GPL-2.0-or-later
#include "rt_mutex.h"

#include "arch/arch.h"
#include "dump/layout.h"

/* A red-black tree of as many waiters as there can be tasks is not as deep. */
#define DEPTH_MAX 64
/* rb_node.__rb_parent_color: the lowest bits are no part of the pointer. */
#define RB_COLOR 3ull

/* From the record up to the root, which the lock must have as its own. */
static bool is_in_tree(struct dump *d, kaddr_t lock, kaddr_t record)
{
	kaddr_t at = member_addr(d, record, RT_WAITER_NODE), root;
	uint64_t parent;
	int depth;

	if (!member_ptr(d, lock, RT_MUTEX_ROOT, &root))
		return false;
	for (depth = 0; depth < DEPTH_MAX; depth++) {
		if (!member_u64(d, at, RB_PARENT, &parent))
			return false;
		parent &= ~RB_COLOR;
		if (!parent)
			return at == root;
		at = parent;
	}
	return false;
}

kaddr_t rt_mutex_of_waiter(struct dump *d, const struct task *t, kaddr_t *record)
{
	kaddr_t task, lock;

	if (!layout_has_all(d, TASK_PI_BLOCKED_ON, RT_WAITER_TASK, RT_WAITER_LOCK,
			    RT_WAITER_NODE, RT_MUTEX_ROOT, RB_PARENT) ||
	    !member_ptr(d, t->addr, TASK_PI_BLOCKED_ON, record) || *record < t->stack ||
	    *record - t->stack >= t->stack_size ||
	    !member_ptr(d, *record, RT_WAITER_TASK, &task) || task != t->addr ||
	    !member_ptr(d, *record, RT_WAITER_LOCK, &lock))
		return 0;
	return is_in_tree(d, lock, *record) ? lock : 0;
}

const struct task *rt_mutex_first(struct dump *d, struct tasks *tasks, kaddr_t lock)
{
	kaddr_t node, task;

	if (!layout_has_all(d, RT_MUTEX_FIRST, RT_WAITER_NODE, RT_WAITER_TASK) ||
	    !member_ptr(d, lock, RT_MUTEX_FIRST, &node) || !node ||
	    !member_ptr(d, member_base(d, node, RT_WAITER_NODE), RT_WAITER_TASK, &task))
		return NULL;
	return task_by_addr(tasks, task);
}

/*
 * kernel/locking/rwbase_rt.c: how many readers are in, beside one bit while they need not
 * heed a writer, and another one alone once he is in himself.
 */
#define READER_BIAS 0x80000000u
#define WRITER_BIAS 0x40000000u

int64_t rt_rwsem_readers(struct dump *d, kaddr_t rwsem)
{
	uint64_t readers;

	if (!member_u64(d, rwsem, RWSEM_RT_READERS, &readers) ||
	    readers & (READER_BIAS | WRITER_BIAS))
		return 0;
	return (int64_t)readers;
}

static bool is_kept_by(struct dump *d, kaddr_t rwsem, const struct task *t)
{
	uint64_t owner;

	return arch_is_kernel(d->arch, rwsem) &&
	       member_u64(d, member_addr(d, rwsem, RWSEM_RT_MUTEX), RT_MUTEX_OWNER,
			  &owner) &&
	       (owner & ~RT_MUTEX_WAITERS) == t->addr && rt_rwsem_readers(d, rwsem) > 0;
}

kaddr_t rt_rwsem_of_writer(struct dump *d, const struct task *t, const uint64_t *stack,
			   size_t n, struct lock_owner *o)
{
	kaddr_t word, base;
	size_t i;

	if (!layout_has_all(d, RWSEM_RT_READERS, RWSEM_RT_MUTEX, RT_MUTEX_OWNER))
		return 0;
	for (i = 0; i < n && !dump_interrupted(d); i++) {
		word = stack[i];
		if (word % sizeof(kaddr_t) ||
		    (word >= t->stack && word - t->stack < t->stack_size))
			continue;
		/* Or what a function further in was given: the lock in it. */
		base = is_kept_by(d, word, t) ? word
					      : member_base(d, word, RWSEM_RT_MUTEX);
		if (base != word && !is_kept_by(d, base, t))
			continue;
		*o = (struct lock_owner){.known = true,
					 .readers = true,
					 .holders = rt_rwsem_readers(d, base)};
		return base;
	}
	return 0;
}
