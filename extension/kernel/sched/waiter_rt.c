// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/text.h"
#include "rt_mutex.h"
#include "waiter_kind.h"

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
bool wait_find_rt_mutex(struct wait_finder *f, const struct task *t,
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
	wait_name_object(f->d, wait);
	wait_name_ww_mutex(stack, wait);
	return true;
}

bool wait_find_rt_rwsem(struct wait_finder *f, const struct task *t,
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
	wait_name_object(f->d, wait);
	return true;
}
