// SPDX-License-Identifier: GPL-2.0-or-later
#include "functions.h"

#include <string.h>

#include "base/base.h"
#include "base/text.h"

static const char *const scheduler[] = {
	"__switch_to", /* arm64's own: x86_64 leaves the CPU in __schedule() */
	"__schedule",
	"schedule",
	"schedule_timeout",
	"schedule_preempt_disabled",
	"schedule_preempt_disabled_post",
	"__schedule_loop",
	"io_schedule",
	"io_schedule_timeout",
	"preempt_schedule_common",
};

bool function_is_scheduler(const char *function)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(scheduler); i++)
		if (!strcmp(function, scheduler[i]))
			return true;
	return false;
}

static const char *const ways[][2] = {
	{"__mutex_lock", "mutex_lock"},
	{"__mutex_lock_slowpath", "mutex_lock"},
	{"__mutex_lock_common", "mutex_lock"},
	{"__ww_mutex_lock", "ww_mutex_lock"},
	{"__ww_mutex_lock_slowpath", "ww_mutex_lock"},
	{"rt_mutex_slowlock_block", "mutex_lock"},
	{"__rt_mutex_slowlock", "mutex_lock"},
	{"__rt_mutex_slowlock_locked", "mutex_lock"},
	{"rt_mutex_slowlock", "mutex_lock"},
	{"__rwbase_read_lock", "down_read"},
	{"rwbase_read_lock", "down_read"},
	{"rwbase_write_lock", "down_write"},
	{"rwsem_down_read_slowpath", "down_read"},
	{"rwsem_down_read_failed", "down_read"},
	{"rwsem_down_read_failed_killable", "down_read_killable"},
	{"__down_read", "down_read"},
	{"__down_read_common", "down_read"},
	{"rwsem_down_write_slowpath", "down_write"},
	{"rwsem_down_write_failed", "down_write"},
	{"rwsem_down_write_failed_killable", "down_write_killable"},
	{"__down_write", "down_write"},
	{"__down_write_common", "down_write"},
	{"percpu_rwsem_wait", "percpu_down_read"},
	{"__percpu_down_read", "percpu_down_read"},
	{"__down", "down"},
	{"__down_common", "down"},
	{"___down_common", "down"},
	{"wait_for_common", "wait_for_completion"},
	{"__wait_for_common", "wait_for_completion"},
	{"do_wait_for_common", "wait_for_completion"},
	{"__flush_work", "flush_work"},
	{"__wait_rcu_gp", "synchronize_rcu"},
	/* Until 4.20, where tasks are not preempted, RCU's are the scheduler's. */
	{"synchronize_sched", "synchronize_rcu"},
	{"_synchronize_rcu_expedited", "synchronize_rcu_expedited"},
	{"synchronize_sched_expedited", "synchronize_rcu_expedited"},
	{"_rcu_barrier", "rcu_barrier"},
	{"rcu_barrier_sched", "rcu_barrier"},
};

const char *function_way_to_wait(const char *function)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ways); i++)
		if (!strcmp(function, ways[i][0]))
			return ways[i][1];
	return function;
}

static bool only_waits(const struct frame *fr)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(scheduler); i++)
		if (frame_is(fr, scheduler[i]))
			return true;
	for (i = 0; i < ARRAY_SIZE(ways); i++)
		if (frame_is(fr, ways[i][0]) || frame_is(fr, ways[i][1]))
			return true;
	return text_starts(fr->function, "wait_for_completion");
}

/* The frame of the work itself is not there where it ends in a jump to what waits. */
static const char *work_of(const struct facts *f, const struct task *t)
{
	const struct worker *w = worker_of_task(&f->wqs, t->addr);

	return w && w->current && w->current->function[0] ? w->current->function : NULL;
}

const char *function_of_task(const struct facts *f, const struct task *t)
{
	const struct studied *st = facts_studied(f, t);
	const struct frame *fr;
	const char *work;
	size_t i;

	for (i = 0; st && i < st->stack.n; i++) {
		fr = &st->stack.v[i];
		if (!fr->function[0] || only_waits(fr))
			continue;
		work = frame_is(fr, "process_one_work") ? work_of(f, t) : NULL;
		return work ? work : fr->function;
	}
	return NULL;
}

bool task_is_in(const struct facts *f, const struct task *t, const char *function)
{
	const struct studied *st = facts_studied(f, t);
	const char *work = work_of(f, t);

	return (st && stack_find(&st->stack, function)) ||
	       (work && text_is_function(work, function));
}

size_t stack_behind_panic(const struct stack *stack)
{
	size_t i;

	for (i = stack->n; i > 0; i--)
		if (frame_is(&stack->v[i - 1], "panic") ||
		    frame_is(&stack->v[i - 1], "vpanic"))
			return i;
	return 0;
}
