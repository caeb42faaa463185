// SPDX-License-Identifier: GPL-2.0-or-later
#include "complaint.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

bool is_kernels_own(const struct log_line *line)
{
	return line->facility == 0 && line->first;
}

bool read_number(const char *text, const char *label, long *v)
{
	const char *p = strstr(text, label);
	char *end;

	if (!p)
		return false;
	p += strlen(label);
	*v = strtol(p, &end, 10);
	return end != p && *v >= 0 && *v <= INT32_MAX;
}

/* ---- an oops ------------------------------------------------------------- */

/* " SMP PTI", " PREEMPT(full) SMP KASAN": how this kernel was built, and no more. */
static bool is_build(const char *p)
{
	bool inside = false;

	for (; *p; p++) {
		inside = *p == '(' || (inside && *p != ')');
		if (!isupper((unsigned char)*p) && !isdigit((unsigned char)*p) &&
		    !strchr(" _,(){}", *p) && !(inside && islower((unsigned char)*p)))
			return false;
	}
	return true;
}

/*
 * "general protection fault, maybe for address 0x8: 0000", "int3: 0000": what a trap is
 * called and the error code, as __die_header() prints them.
 */
static bool is_trap(const char *p, const char *end)
{
	const char *code = end;

	while (code > p && isxdigit((unsigned char)code[-1]))
		code--;
	if (end - code < 4 || code - p < 3 || code[-1] != ' ' || code[-2] != ':')
		return false;
	if (!isalpha((unsigned char)*p))
		return false;
	for (; p < code - 2; p++) {
		if (text_starts(p, "0x"))
			p += 2 + strspn(p + 2, "0123456789abcdef");
		if (p < code - 2 && !isalnum((unsigned char)*p) && !strchr(" ,()-", *p))
			return false;
	}
	return true;
}

/*
 * What die() prints: "Oops: 0002 [#1] SMP PTI"; the number counts oopses.  A task may
 * be called "a: 0002 [#1]" and stand at the end of a line, but not of one like these.
 */
static bool is_die_line(const char *text)
{
	const char *p = strstr(text, " [#"), *end;

	if (!p || !isdigit((unsigned char)p[3]))
		return false;
	for (end = p + 3; isdigit((unsigned char)*end); end++)
		;
	return *end == ']' && is_build(end + 1) &&
	       (text_starts(text, "Internal error: ") || text_starts(text, "Oops") ||
		is_trap(text, p));
}

/* ---- the others ----------------------------------------------------------- */

static bool says_hung(const char *text)
{
	return text_starts(text, "INFO: task ") && strstr(text, " for more than ");
}

/* Behind it stands the name of the task. */
static bool says_softlockup(const char *text)
{
	return text_starts(text, "watchdog: BUG: soft lockup - CPU#") ||
	       text_starts(text, "BUG: soft lockup - CPU#");
}

#define HARD_LOCKUP "atchdog detected hard LOCKUP on cpu "

/* "NMI watchdog: Watchdog detected …" to 6.4, then "watchdog: ", then the CPU too. */
static bool says_hardlockup(const char *text)
{
	return (text_starts(text, "NMI watchdog: ") || text_starts(text, "watchdog: ") ||
		text_starts(text, "Watchdog ")) &&
	       strstr(text, HARD_LOCKUP);
}

int complaint_locked_cpu(const struct log_line *line)
{
	long cpu;

	return read_number(line->text, HARD_LOCKUP, &cpu) ? (int)cpu : -1;
}

/* "WARNING: CPU: 1 PID: 9 at FILE:LINE FUNCTION"; since 7.0 "at FUNCTION, CPU#1: NAME/9". */
static bool says_warning(const char *text)
{
	const char *at = strstr(text, " at ");

	return at && (text_starts(text, "WARNING: CPU: ") ||
		      (text_starts(text, "WARNING: ") && strstr(at, ", CPU#")));
}

/* "NAME invoked oom-killer: gfp_mask=… order=0, oom_score_adj=0", and nothing else. */
static bool says_oom(const char *text)
{
	static const char last[] = ", oom_score_adj=";
	const char *p = strstr(text, " invoked oom-killer: gfp_mask=");

	p = p ? strstr(p, last) : NULL;
	if (!p)
		return false;
	p += strlen(last);
	p += *p == '-';
	return isdigit((unsigned char)*p) && !p[strspn(p, "0123456789")];
}

static bool says_rcu_stall(const char *text)
{
	return (text_starts(text, "rcu: INFO: ") || text_starts(text, "INFO: rcu")) &&
	       (strstr(text, "self-detected stall on CPU") ||
		strstr(text, "detected stalls on CPUs/tasks") ||
		strstr(text, "detected expedited stalls on CPUs/tasks"));
}

static bool says_unknown_nmi(const char *text)
{
	return text_starts(text, "Uhhuh. NMI received for unknown reason");
}

static bool says_nmi(const char *text)
{
	return says_unknown_nmi(text) ||
	       text_starts(text, "NMI: PCI system error (SERR)") ||
	       text_starts(text, "NMI: IOCK error");
}

static bool says_workqueue_stall(const char *text)
{
	return text_starts(text, "BUG: workqueue lockup ");
}

/* "SysRq : " until 5.0. */
static bool says_sysrq_crash(const char *text)
{
	return text_starts(text, "sysrq: Trigger a crash") ||
	       text_starts(text, "SysRq : Trigger a crash");
}

bool complains_of(const struct log_line *line, enum complaint what)
{
	static bool (*const says[])(const char *text) = {
		[COMPLAINT_HUNG_TASK] = says_hung,
		[COMPLAINT_SOFTLOCKUP] = says_softlockup,
		[COMPLAINT_HARDLOCKUP] = says_hardlockup,
		[COMPLAINT_WARN] = says_warning,
		[COMPLAINT_OOM] = says_oom,
		[COMPLAINT_RCU_STALL] = says_rcu_stall,
		[COMPLAINT_NMI] = says_nmi,
		[COMPLAINT_UNKNOWN_NMI] = says_unknown_nmi,
		[COMPLAINT_WORKQUEUE_STALL] = says_workqueue_stall,
		[COMPLAINT_SYSRQ_CRASH] = says_sysrq_crash,
		[COMPLAINT_OOPS] = is_die_line,
	};

	return is_kernels_own(line) && says[what](line->text);
}

const struct log_line *last_complaint(const struct klog *log, size_t end,
				      enum complaint what)
{
	while (end-- > 0)
		if (complains_of(&log->lines.v[end], what))
			return &log->lines.v[end];
	return NULL;
}

size_t klog_index(const struct klog *log, const struct log_line *line)
{
	return (size_t)(line - log->lines.v);
}
