// SPDX-License-Identifier: GPL-2.0-or-later
#include "complaint.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "hung_log.h"

bool is_kernels_own(const struct log_line *line)
{
	return line->facility == 0 && line->first;
}

/* ---- what stands before the words ------------------------------------------ */

/* Behind "<4>", or "\\x014" as it looks once escaped: a level. */
static const char *behind_level(const char *p)
{
	if (text_starts(p, "\\x01") && isalnum((unsigned char)p[4]))
		return p + 5;
	if (*p == '<' && isdigit((unsigned char)p[1])) {
		p += 1 + strspn(p + 1, "0123456789");
		if (*p == '>')
			return p + 1;
	}
	return NULL;
}

/* Behind "[  123.456789] ", a time, or "[  T99] ", "[    C1] ", who wrote it. */
static const char *behind_stamp(const char *p)
{
	const char *word;
	bool writer;

	if (*p != '[')
		return NULL;
	word = p + 1 + strspn(p + 1, " ");
	writer = *word == 'T' || *word == 'C';
	p = word + writer;
	if (!isdigit((unsigned char)*p))
		return NULL;
	p += strspn(p, "0123456789");
	if (!writer) {
		if (*p != '.' || strspn(p + 1, "0123456789") != 6)
			return NULL;
		p += 7;
	}
	if (*p != ']')
		return NULL;
	return p + 1 + strspn(p + 1, " ");
}

const char *words_of(const struct log_line *line)
{
	const char *p = line->text, *next;

	while ((next = behind_level(p)) || (next = behind_stamp(p)))
		p = next;
	return p;
}

const char *panic_words_of(const struct log_line *line)
{
	const char *words = words_of(line);

	words += strspn(words, " ");
	return is_kernels_own(line) && text_starts(words, KLOG_PANIC)
		       ? words + strlen(KLOG_PANIC)
		       : NULL;
}

const char *panic_end_of(const struct log_line *line)
{
	static const char begin[] = "---[ end " KLOG_PANIC;
	const char *words = words_of(line);

	return is_kernels_own(line) && text_starts(words, begin) ? words + strlen(begin)
								 : NULL;
}

/* Behind what files of the kernel put before all that they say, and a tab. */
static const char *behind_tags(const char *p)
{
	static const char *const tags[] = {"NMI watchdog: ", "watchdog: ", "rcu: ",
					   "traps: ",	     "mce: ",	   "\\x09"};
	size_t i = 0;

	while (i < ARRAY_SIZE(tags)) {
		if (text_starts(p, tags[i])) {
			p += strlen(tags[i]);
			i = 0;
		} else {
			i++;
		}
	}
	return p;
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

/* " SMP PTI", ": PREEMPT(full) SMP KASAN": how this kernel was built, and no more. */
static bool is_build(const char *p)
{
	bool inside = false;

	for (p += *p == ':'; *p; p++) {
		inside = *p == '(' || (inside && *p != ')');
		if (!isupper((unsigned char)*p) && !isdigit((unsigned char)*p) &&
		    !strchr(" _,(){}", *p) && !(inside && islower((unsigned char)*p)))
			return false;
	}
	return true;
}

/* The error code that ends before `end`: four digits or more, behind ": ". */
static const char *find_code(const char *p, const char *end)
{
	const char *code = end;

	while (code > p && isxdigit((unsigned char)code[-1]))
		code--;
	if (end - code < 4 || code - p < 3 || code[-1] != ' ' || code[-2] != ':')
		return NULL;
	return code - 2;
}

/* s390 has " ilc:2" between the code and the count. */
static const char *before_ilc(const char *p, const char *end)
{
	static const char ilc[] = " ilc:";
	const char *at = end - 1 - strlen(ilc);

	return at > p && isdigit((unsigned char)end[-1]) && text_starts(at, ilc) ? at
										 : end;
}

/*
 * "general protection fault, maybe for address 0x8: 0000", "int3: 0000": what a trap is
 * called and the error code, as __die_header() prints them.
 */
static bool is_trap(const char *p, const char *end)
{
	const char *colon = find_code(p, before_ilc(p, end));

	if (!colon || !isalpha((unsigned char)*p))
		return false;
	for (; p < colon; p++) {
		if (text_starts(p, "0x"))
			p += 2 + strspn(p + 2, "0123456789abcdef");
		if (p < colon && !isalnum((unsigned char)*p) && !strchr(" ,()-", *p))
			return false;
	}
	return true;
}

/*
 * What die() prints: "Oops: 0002 [#1] SMP PTI", "Oops[#1]:"; the number counts oopses.
 * A task may be called "a: 0002 [#1]" and stand at the end of a line, but not of one
 * like these.
 */
static bool says_oops(const char *text)
{
	static const char *const starts[] = {"Internal error: ", "Oops",
					     "Kernel bug detected", "Kernel BUG"};
	const char *p = strstr(text, "[#"), *end;
	size_t i;

	if (!p || p == text || !isdigit((unsigned char)p[2]))
		return false;
	end = p + 2 + strspn(p + 2, "0123456789");
	if (*end != ']' || !is_build(end + 1))
		return false;
	for (i = 0; i < ARRAY_SIZE(starts); i++)
		if (text_starts(text, starts[i]))
			return true;
	return p[-1] == ' ' && is_trap(text, p - 1);
}

/* ---- the others ----------------------------------------------------------- */

/*
 * "INFO: task NAME:PID blocked for more than N seconds.", and not "can't die for", nor
 * "is blocked on a mutex".
 */
static bool says_hung(const char *text)
{
	struct hung_report r;

	return parse_hung(text, &r);
}

#define HARD_LOCKUP "atchdog detected hard LOCKUP on cpu "

/*
 * powerpc: "Watchdog CPU:3 Hard LOCKUP" until 4.17, then "watchdog: CPU 3 …", which may
 * be "self-detected hard LOCKUP @ …", "detected hard LOCKUP on other CPUs 1,2", where it
 * was "detected Hard LOCKUP other CPUS:1,2".
 */
static bool says_powerpc(const char *p, int *cpu)
{
	static const char *const ends[] = {" Hard LOCKUP", " self-detected hard LOCKUP",
					   " detected hard LOCKUP on other CPUs ",
					   " detected Hard LOCKUP other CPUS:"};
	static const char *const starts[] = {"Watchdog CPU:", "watchdog: CPU "};
	size_t i, k, digits;
	const char *end;

	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		if (!text_starts(p, starts[i]))
			continue;
		p += strlen(starts[i]);
		digits = strspn(p, "0123456789");
		for (k = 0; digits && k < ARRAY_SIZE(ends); k++) {
			if (!text_starts(p + digits, ends[k]))
				continue;
			end = p + digits + strlen(ends[k]);
			*cpu = atoi(isdigit((unsigned char)*end) ? end : p);
			return true;
		}
		return false;
	}
	return false;
}

int locked_cpu_of(const char *words)
{
	int named;
	long cpu;

	if (says_powerpc(words, &named))
		return named;
	return read_number(words, HARD_LOCKUP, &cpu) ? (int)cpu : -1;
}

/* "NMI watchdog: Watchdog detected …" to 6.4, then "watchdog: ", then the CPU too. */
static bool says_hardlockup(const char *text)
{
	const char *p = behind_tags(text);
	int cpu;

	if (says_powerpc(text, &cpu))
		return true;

	if (text_starts(p, "CPU")) {
		p += 3 + strspn(p + 3, "0123456789");
		p += text_starts(p, ": ") ? 2 : 0;
	}
	return text_starts(p, "W" HARD_LOCKUP) ||
	       (p != text && text_starts(p, "w" HARD_LOCKUP));
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

/* "SysRq : " until 5.0, and both where a vendor put "sysrq: " before all of the file's. */
static bool says_sysrq_crash(const char *text)
{
	static const char *const tags[] = {"sysrq: ", "SysRq : ", "SysRq: "};
	const char *p = text;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tags); i++)
		p += text_starts(p, tags[i]) ? strlen(tags[i]) : 0;
	return p != text && text_starts(p, "Trigger a crash");
}

/* "{1}[Hardware Error]: …": firmware's reports are numbered. */
static bool says_hardware_error(const char *text)
{
	const char *p = behind_tags(text);

	if (*p == '{' && isdigit((unsigned char)p[1])) {
		p += 1 + strspn(p + 1, "0123456789");
		p += *p == '}';
	}
	return text_starts(p, "[Hardware Error]: ");
}

/* "error", and not "errors=remount-ro", as of how it was mounted. */
static bool has_error(const char *text)
{
	const char *p = text;

	while ((p = strstr(p, "rror"))) {
		p += strlen("rror");
		if (!text_starts(p, "s="))
			return true;
	}
	return strstr(text, "ERROR") != NULL;
}

/*
 * "EXT4-fs error (device sda1): …", "XFS (dm-0): …", "BTRFS critical (device sdb): …",
 * "BTRFS: error (device sdb) in …"
 */
static bool says_file_system_error(const char *text)
{
	static const char *const tags[] = {"EXT2-fs", "EXT3-fs", "EXT4-fs", "XFS",
					   "BTRFS",   "F2FS-fs", "FAT-fs",  "exFAT-fs",
					   "NILFS",   "ERROR: ", "OCFS2",   "UBIFS",
					   "GFS2: "};
	static const char *const words[] = {"orrupt", "critical", "forced readonly",
					    "hutting down filesystem",
					    "Remounting filesystem read-only"};
	bool named = strstr(text, "): ") || strstr(text, ") in ");
	size_t i, k;

	for (i = 0; named && i < ARRAY_SIZE(tags); i++) {
		if (!text_starts(text, tags[i]))
			continue;
		for (k = 0; k < ARRAY_SIZE(words); k++)
			if (strstr(text, words[k]))
				return true;
		return has_error(text);
	}
	return false;
}

/* The OOM killer, asked for: "SysRq : Manual OOM execution", and what it then says. */
static bool says_sysrq_oom(const char *text)
{
	return ((text_starts(text, "sysrq: ") || text_starts(text, "SysRq")) &&
		strstr(text, "Manual OOM execution")) ||
	       (says_oom(text) && strstr(text, ", order=-1, "));
}

/* "BUG: Bad page state in …", "[ BUG: Invalid wait context ]", what lockdep finds. */
static bool says_check(const char *text)
{
	static const char *const starts[] = {"WARNING: possible ",
					     "WARNING: inconsistent lock state",
					     "WARNING: suspicious RCU usage",
					     "WARNING: bad unlock balance",
					     "WARNING: held lock freed",
					     "INFO: possible ",
					     "INFO: suspicious RCU usage",
					     "[ BUG: "};
	/* These are told of in other ways. */
	static const char *const others[] = {"BUG: unable ",
					     "BUG: Unable ",
					     "BUG: kernel NULL",
					     "BUG: Kernel NULL",
					     "BUG: KASAN: ",
					     "BUG: KCSAN: ",
					     "BUG: KFENCE: ",
					     "BUG: KMSAN: ",
					     "BUG: soft lock",
					     "BUG: workqueue lockup ",
					     "BUG: scheduling while atomic: "};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(starts); i++)
		if (text_starts(text, starts[i]))
			return true;
	for (i = 0; i < ARRAY_SIZE(others); i++)
		if (text_starts(text, others[i]))
			return false;
	return text_starts(text, "BUG: ") && !strstr(text, "stack guard page");
}

/* "[drm:fn [mod]] *ERROR* … timed out", "mod 0000:00:02.0: [drm] GPU HANG: …" */
static bool says_display(const char *text)
{
	const char *drm = strstr(text, "[drm"), *error;

	if (text_starts(text, "NVRM: Xid "))
		return true;
	if (strstr(text, ": GPU reset begin") || (drm && strstr(drm, "GPU HANG: ")))
		return true;
	error = drm ? strstr(drm, "*ERROR*") : NULL;
	return error && (strstr(error, "timed out") || strstr(error, "timeout"));
}

static bool (*const says[COMPLAINTS])(const char *text) = {
	[COMPLAINT_HUNG_TASK] = says_hung,
	[COMPLAINT_HARDLOCKUP] = says_hardlockup,
	[COMPLAINT_WARN] = says_warning,
	[COMPLAINT_OOM] = says_oom,
	[COMPLAINT_SYSRQ_CRASH] = says_sysrq_crash,
	[COMPLAINT_OOPS] = says_oops,
	[COMPLAINT_HARDWARE] = says_hardware_error,
	[COMPLAINT_STORAGE] = says_file_system_error,
	[COMPLAINT_SYSRQ_OOM] = says_sysrq_oom,
	[COMPLAINT_CHECK] = says_check,
	[COMPLAINT_DISPLAY] = says_display,
};

/* The rest are told by how they begin and, where that is not enough, by what follows. */
static const struct beginning {
	enum complaint what;
	const char *words, *then;
} beginnings[] = {
	{COMPLAINT_SOFTLOCKUP, "BUG: soft lockup - CPU#", NULL},
	{COMPLAINT_RCU_STALL, "INFO: ", "detected stall on CPU"},
	{COMPLAINT_RCU_STALL, "INFO: ", "detected stalls on CPUs/tasks"},
	{COMPLAINT_RCU_STALL, "INFO: ", "detected expedited stalls on CPUs/tasks"},
	{COMPLAINT_RCU_STARVED, "rcu", " kthread starved for "},
	{COMPLAINT_UNKNOWN_NMI, "Uhhuh. NMI received for unknown reason", NULL},
	{COMPLAINT_NMI, "Uhhuh. NMI received for unknown reason", NULL},
	{COMPLAINT_NMI, "NMI: PCI system error (SERR)", NULL},
	{COMPLAINT_NMI, "NMI: IOCK error", NULL},
	{COMPLAINT_WORKQUEUE_STALL, "BUG: workqueue lockup ", NULL},
	{COMPLAINT_SANITIZER, "BUG: KASAN: ", NULL},
	{COMPLAINT_SANITIZER, "BUG: KCSAN: ", NULL},
	{COMPLAINT_SANITIZER, "BUG: KFENCE: ", NULL},
	{COMPLAINT_SANITIZER, "BUG: KMSAN: ", NULL},
	{COMPLAINT_SANITIZER, "UBSAN: ", NULL},
	{COMPLAINT_ATOMIC, "BUG: scheduling while atomic: ", NULL},
	{COMPLAINT_CORRUPTION, "list_add corruption", NULL},
	{COMPLAINT_CORRUPTION, "list_del corruption", NULL},
	{COMPLAINT_CORRUPTION, "usercopy: Kernel memory ", NULL},
	{COMPLAINT_CORRUPTION, "usercopy: kernel memory ", NULL}, /* until 4.15 */
	{COMPLAINT_CORRUPTION, "detected buffer overflow in ", NULL},
	{COMPLAINT_LAST_FAULT, "PANIC: double fault, error_code: ", NULL},
	{COMPLAINT_LAST_FAULT, "Insufficient stack space to handle exception!", NULL},
	{COMPLAINT_LAST_FAULT, "Bad mode in ", " handler detected on CPU"},
	{COMPLAINT_LAST_FAULT, "Unhandled ", " exception on CPU"},
	{COMPLAINT_HARDWARE, "SError Interrupt on CPU", NULL},
	{COMPLAINT_HARDWARE, "EDAC ", " CE "},
	{COMPLAINT_HARDWARE, "EDAC ", " UE "},
	{COMPLAINT_HARDWARE, "EDAC ", "rror"},
	{COMPLAINT_HARDWARE, "EDAC ", "HANDLING MCE"},
	{COMPLAINT_HARDWARE, "EDAC ", "Machine Check"},
	{COMPLAINT_HARDWARE, "Synchronous External Abort: ", NULL},
	{COMPLAINT_HARDWARE, "Memory failure: 0x", NULL},
	{COMPLAINT_HARDWARE, "CPU ", ": Machine Check"},
	{COMPLAINT_HARDWARE, "NMI: ", " error"},
	{COMPLAINT_STORAGE, "Buffer I/O error on dev", NULL},
	{COMPLAINT_STORAGE, "blk_update_request: ", " error, dev "},
	{COMPLAINT_STORAGE, "print_req_error: ", " error, dev "},
	{COMPLAINT_STORAGE, "end_request: ", " error, dev "},
	{COMPLAINT_STORAGE, "I/O error, dev ", NULL},
	{COMPLAINT_STORAGE, "critical ", " error, dev "},
	{COMPLAINT_STORAGE, "Aborting journal on device ", NULL},
	{COMPLAINT_STORAGE, "VFS: Cannot open root device ", NULL},
	{COMPLAINT_CHECK, "PANIC at ", NULL}, /* of ZFS: that thread stays there */
	{COMPLAINT_CHECK, "INFO: rcu_tasks", " detected stalls on tasks"},
	{COMPLAINT_RT_THROTTLED, "sched: RT throttling activated", NULL},
	{COMPLAINT_CLOCK, "clocksource: ", "timekeeping watchdog on CPU"},
	{COMPLAINT_CLOCK, "clocksource: Long readout interval", NULL},
	{COMPLAINT_CLOCK, "rcu", " kthread timer wakeup didn't happen for "},
	{COMPLAINT_NOBODY_CARED, "irq ", ": nobody cared"},
};

bool complains_of(const struct log_line *line, enum complaint what)
{
	const char *text, *words;
	size_t i;

	if (!is_kernels_own(line))
		return false;
	text = words_of(line);
	if (says[what] && says[what](text))
		return true;
	words = behind_tags(text);
	for (i = 0; i < ARRAY_SIZE(beginnings); i++)
		if (beginnings[i].what == what &&
		    text_starts(words, beginnings[i].words) &&
		    (!beginnings[i].then || strstr(words, beginnings[i].then)))
			return true;
	return false;
}

/* ---- what led to it --------------------------------------------------------- */

/*
 * A complaint and the panic it leads to are said in one go, but for the stacks and tasks
 * that are listed between; a slow console makes these take long.
 */
#define NEAR_S 30.0
#define NEAR_LINES 16384

size_t klog_index(const struct klog *log, const struct log_line *line)
{
	return (size_t)(line - log->lines.v);
}

bool is_near(const struct klog *log, const struct log_line *before,
	     const struct log_line *said)
{
	return before <= said && said->ts_s - before->ts_s <= NEAR_S &&
	       klog_index(log, said) - klog_index(log, before) <= NEAR_LINES;
}

bool same_writer(const struct log_line *a, const struct log_line *b)
{
	return !a->caller[0] || !b->caller[0] || !strcmp(a->caller, b->caller);
}

bool complains_of_any(const struct log_line *line, unsigned int what)
{
	unsigned int i;

	for (i = 0; i < COMPLAINTS; i++)
		if (what & 1u << i && complains_of(line, (enum complaint)i))
			return true;
	return false;
}

const struct log_line *last_complaint(const struct klog *log, unsigned int what)
{
	size_t i;

	for (i = log->lines.n; i-- > 0;)
		if (complains_of_any(&log->lines.v[i], what))
			return &log->lines.v[i];
	return NULL;
}

const struct log_line *nearest_complaint(const struct klog *log, size_t end,
					 const struct log_line *said, unsigned int what,
					 const char *word)
{
	const struct log_line *line, *nearest = NULL;

	while (what && end-- > 0) {
		line = &log->lines.v[end];
		if (!is_near(log, line, said))
			break;
		if (!complains_of_any(line, what) || (word && !strstr(line->text, word)))
			continue;
		if (same_writer(line, said))
			return line;
		if (!nearest)
			nearest = line;
	}
	return nearest;
}
