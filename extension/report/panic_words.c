// SPDX-License-Identifier: GPL-2.0-or-later
#include "panic_words.h"

#include <string.h>

#define HUNG_TASK_PANIC "kernel.hung_task_panic"
#define SOFTLOCKUP_PANIC "kernel.softlockup_panic"

/*
 * Two switches became counts: 9544f9e6947f, "hung_task: panic when there are more than N
 * hung tasks at the same time" (6.19), and softlockup_panic in 7.2.  Before, no more than
 * 1 could be written; 1 means the same in both.
 */
static const char *counts(const struct sysctl_value *s)
{
	if (s->state != SYSCTL_READ || s->value <= 1)
		return NULL;
	if (!strcmp(s->name, HUNG_TASK_PANIC))
		return "so many tasks in D state";
	if (!strcmp(s->name, SOFTLOCKUP_PANIC))
		return "a CPU so many times too late";
	return NULL;
}

const char *switch_catches(const struct sysctl_value *s)
{
	static const struct {
		const char *name, *words;
	} table[] = {
		{"kernel.sysrq", "sysrq keys; c asks for a dump"},
		{"kernel.panic", "seconds to reboot (0: never)"},
		{"kernel.panic_on_oops", "a fault in the kernel"},
		{HUNG_TASK_PANIC, "a task in D state too long"},
		{"kernel.hung_task_timeout_secs", "too long is this (0: off)"},
		{SOFTLOCKUP_PANIC, "a CPU that never schedules"},
		{"kernel.panic_on_warn", "a WARN (panic() zeroes this)"},
		{"vm.panic_on_oom", "out of memory (2: cgroups too)"},
		{"kernel.hung_task_warnings", "reports left to print"},
		{"kernel.hung_task_check_count", "tasks looked at each time"},
		{"kernel.hung_task_check_interval_secs", "0: the timeout"},
		{"kernel.hung_task_all_cpu_backtrace", "all CPUs' stacks in the log"},
		{"kernel.hung_task_detect_count", "hung tasks so far"},
		{"kernel.hardlockup_panic", "a CPU without interrupts"},
		{"kernel.watchdog_thresh", "seconds of both detectors"},
		{"kernel.watchdog", "both lockup detectors"},
		{"kernel.soft_watchdog", "the soft lockup detector"},
		{"kernel.nmi_watchdog", "the hard lockup detector"},
		{"kernel.panic_on_rcu_stall", "an RCU grace period stuck"},
		{"kernel.max_rcu_stall_to_panic", "after so many stalls"},
		{"kernel.unknown_nmi_panic", "an NMI for no known reason"},
		{"kernel.panic_on_unrecovered_nmi", "an NMI for a memory error"},
		{"kernel.panic_on_io_nmi", "an NMI for an I/O error"},
		{"kernel.warn_limit", "so many WARNs (0: any)"},
		{"kernel.oops_limit", "so many oopses (0: any)"},
		{"kernel.oops_all_cpu_backtrace", "all CPUs' stacks in the log"},
		{"kernel.panic_print", "what else panic() prints"},
		{"panic_on_taint", "these taint flags (boot)"},
		{"crash_kexec_post_notifiers", "notifiers before kdump (boot)"},
		{"workqueue.panic_on_stall", "a worker pool stuck"},
		{"kernel.sched_rt_runtime_us", "RT tasks' share (-1: all)"},
		{"kernel.sched_rt_period_us", "the period of that share"},
	};
	size_t i;

	if (counts(s))
		return counts(s);
	for (i = 0; i < ARRAY_SIZE(table); i++)
		if (!strcmp(table[i].name, s->name))
			return table[i].words;
	return "";
}

const char *switch_value(const struct facts *f, const struct sysctl_value *s)
{
	int64_t value;

	if (facts_switch(f, s, &value))
		return arena_printf(f->arena, "%lld", (long long)value);
	return s->state == SYSCTL_READ || s->state == SYSCTL_UNREADABLE ? "?" : "-";
}

bool switch_fired(const struct facts *f, const struct sysctl_value *s)
{
	const char *fired = f->panic.trigger.sysctl;

	return fired && !strcmp(fired, s->name);
}

/* ---- the log ---------------------------------------------------------------- */

/* The first line of that time or later. */
static size_t line_of(const struct klog *log, double ts_s)
{
	size_t at = log->lines.n;

	while (at > 0 && log->lines.v[at - 1].ts_s >= ts_s)
		at--;
	return at;
}

/* Lines that are shown before what was said and behind it; and of what tells more. */
#define LINES_BEFORE 12
#define LINES_BEHIND 6
#define LINES_OF_STORY 64

/* Where what led to it begins, unless that is too long ago to show all of it. */
static size_t log_begin(const struct klog *log, const struct trigger *t, size_t at)
{
	size_t begin = t->begins_s >= 0 ? line_of(log, t->begins_s) : at;

	if (begin < at && at - begin <= LINES_OF_STORY)
		return begin;
	return at > LINES_BEFORE ? at - LINES_BEFORE : 0;
}

/* A fault's registers and trace stand behind what was said, or the story has them. */
static size_t log_end(const struct klog *log, const struct trigger *t, size_t begin,
		      size_t at)
{
	bool fault = t->kind == TRIGGER_OOPS || t->kind == TRIGGER_BUG ||
		     t->kind == TRIGGER_WARN;
	size_t most = fault && at - begin <= LINES_BEFORE ? LINES_OF_STORY : LINES_BEHIND;
	size_t end = at;

	while (end < log->lines.n && end < at + most)
		if (!strncmp(log->lines.v[end++].text, "---[ end", strlen("---[ end")))
			break;
	return end;
}

struct log_part log_around(const struct facts *f)
{
	const struct trigger *t = &f->panic.trigger;
	const struct klog *log = &f->log;
	struct log_part part = {0, 0};
	size_t at = line_of(log, t->ts_s);

	if (t->ts_s < 0 || at == log->lines.n)
		return part;
	part.begin = log_begin(log, t, at);
	part.end = log_end(log, t, part.begin, at);
	return part;
}

const char *not_fired_words(const struct facts *f)
{
	return f->panic.trigger.kind == TRIGGER_NONE ? "no sign of a panic"
	       : f->panic.trigger.kind == TRIGGER_UNKNOWN
		       ? "neither the log nor panic_cpu can be read"
		       : NULL;
}
