// SPDX-License-Identifier: GPL-2.0-or-later
#include "functions.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

bool function_is_scheduler(const char *function)
{
	static const char *const names[] = {
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
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(function, names[i]))
			return true;
	return false;
}

static const char *const ways[][2] = {
	{"__mutex_lock", "mutex_lock"},
	{"__mutex_lock_slowpath", "mutex_lock"},
	{"__mutex_lock_common", "mutex_lock"},
	{"__ww_mutex_lock", "ww_mutex_lock"},
	{"__ww_mutex_lock_slowpath", "ww_mutex_lock"},
	{"rwsem_down_read_slowpath", "down_read"},
	{"rwsem_down_read_failed", "down_read"},
	{"__down_read", "down_read"},
	{"__down_read_common", "down_read"},
	{"rwsem_down_write_slowpath", "down_write"},
	{"rwsem_down_write_failed", "down_write"},
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
};
#define WAYS ARRAY_SIZE(ways)

const char *function_way_to_wait(const char *function)
{
	size_t i;

	for (i = 0; i < WAYS; i++)
		if (!strcmp(function, ways[i][0]))
			return ways[i][1];
	return function;
}

static bool only_waits(const char *function)
{
	char plain[128];
	size_t i;

	snprintf(plain, sizeof(plain), "%.*s", (int)strcspn(function, "."), function);
	if (function_is_scheduler(plain) || text_starts(plain, "wait_for_completion"))
		return true;
	for (i = 0; i < WAYS; i++)
		if (!strcmp(plain, ways[i][0]) || !strcmp(plain, ways[i][1]))
			return true;
	return false;
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
	const char *function, *work;
	size_t i;

	for (i = 0; st && i < st->stack.n; i++) {
		function = st->stack.v[i].function;
		if (!function[0] || only_waits(function))
			continue;
		work = strcmp(function, "process_one_work") ? NULL : work_of(f, t);
		return work ? work : function;
	}
	return NULL;
}
