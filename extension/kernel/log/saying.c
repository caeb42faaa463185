// SPDX-License-Identifier: GPL-2.0-or-later
#include "saying.h"

#include <string.h>
#include <strings.h>

#include "base/base.h"
#include "base/text.h"
#include "complaint.h"

#define WARNED (SAYS(WARN) | SAYS(SANITIZER) | SAYS(ATOMIC))
#define FAULTED (SAYS(OOPS) | SAYS(LAST_FAULT))
#define BROKE (SAYS(HARDWARE) | SAYS(NMI))

/* The first that fits: the words of some are in those of others. */
static const struct saying sayings[] = {
	{"hung_task: blocked tasks", AT_START, TRIGGER_HUNG_TASK,
	 "kernel.hung_task_panic", SAYS(HUNG_TASK), 0},
	{"softlockup: hung tasks", AT_START, TRIGGER_SOFTLOCKUP,
	 "kernel.softlockup_panic", SAYS(SOFTLOCKUP), 0},
	{"Hard LOCKUP", AT_START, TRIGGER_HARDLOCKUP, "kernel.hardlockup_panic",
	 SAYS(HARDLOCKUP), 0},
	/* until 4.6 */
	{"Watchdog detected hard LOCKUP", AT_START, TRIGGER_HARDLOCKUP,
	 "kernel.hardlockup_panic", SAYS(HARDLOCKUP), 0},
	{"panic_on_warn set", WITHIN, TRIGGER_WARN, "kernel.panic_on_warn", WARNED, 0},
	{"system warned too often", WITHIN, TRIGGER_WARN, "kernel.warn_limit", WARNED, 0},
	/* These are parameters of the command line. */
	{"kasan.fault=panic", AT_START, TRIGGER_WARN, "kasan.fault", SAYS(SANITIZER), 0},
	{"kfence.fault=panic", AT_START, TRIGGER_WARN, "kfence.fault", SAYS(SANITIZER),
	 0},
	{"kmsan.panic set", AT_START, TRIGGER_WARN, "kmsan.panic", SAYS(SANITIZER), 0},
	{"panic_on_kmsan set", WITHIN, TRIGGER_WARN, "kmsan.panic", SAYS(SANITIZER), 0},
	{"Oopsed too often", AT_START, TRIGGER_OOPS, "kernel.oops_limit", FAULTED, 0},
	{"panic_on_taint set", AT_START, TRIGGER_OTHER, "panic_on_taint", 0, 0},
	{"RCU Stall", AT_START, TRIGGER_OTHER, "kernel.panic_on_rcu_stall",
	 SAYS(RCU_STALL), 0},
	{"panic_on_oom is enabled", WITHIN, TRIGGER_OOM, "vm.panic_on_oom", SAYS(OOM), 0},
	{"System is deadlocked on memory", AT_START, TRIGGER_OOM, NULL, SAYS(OOM), 0},
	{"Out of memory", AT_START, TRIGGER_OOM, NULL, SAYS(OOM), 0},
	{"NMI IOCK error: Not continuing", AT_START, TRIGGER_NMI,
	 "kernel.panic_on_io_nmi", SAYS(NMI), ACCUSED_HARDWARE},
	/* one of two switches: see nmi_switch() */
	{"NMI: Not continuing", AT_START, TRIGGER_NMI, NULL, SAYS(NMI), 0},
	{"sysrq triggered crash", AT_START, TRIGGER_SYSRQ, NULL, SAYS(SYSRQ_CRASH), 0},
	{"Fatal exception in interrupt", WITHIN, TRIGGER_OOPS, NULL, FAULTED, 0},
	{"Fatal exception", WITHIN, TRIGGER_OOPS, "kernel.panic_on_oops", FAULTED, 0},
	{"exceeded threshold", WITHIN, TRIGGER_OTHER, "workqueue.panic_on_stall",
	 SAYS(WORKQUEUE_STALL), 0},
	{"Machine halted.", AT_START, TRIGGER_OOPS, NULL, FAULTED, 0},
	{"kernel stack overflow", AT_START, TRIGGER_OOPS, NULL, FAULTED, 0},
	{"bad mode", AT_START, TRIGGER_OOPS, NULL, FAULTED, 0},
	{"Unhandled exception", AT_START, TRIGGER_OOPS, NULL, FAULTED, 0},
	/* The kernel finds its own state wrong, with no exception. */
	{"corrupted stack end detected", AT_START, TRIGGER_BUG, NULL, 0, 0},
	{"stack-protector: Kernel stack is corrupted", AT_START, TRIGGER_BUG, NULL, 0, 0},
	{"CFI failure", AT_START, TRIGGER_BUG, NULL, 0, 0},
	/* What do_exit() says of a task that nobody can do without. */
	{"Attempted to kill init!", BY_EXIT, TRIGGER_OTHER, NULL, 0, 0},
	{"Attempted to kill the idle task!", BY_EXIT, TRIGGER_OTHER, NULL, 0, 0},
	{"Aiee, killing interrupt handler!", BY_EXIT, TRIGGER_OTHER, NULL, 0, 0},
	{"machine check", ANY_CASE, TRIGGER_OTHER, NULL, BROKE, ACCUSED_HARDWARE},
	{"hardware error", ANY_CASE, TRIGGER_OTHER, NULL, BROKE, ACCUSED_HARDWARE},
	{"memory error", ANY_CASE, TRIGGER_OTHER, NULL, BROKE, ACCUSED_HARDWARE},
	{"Memory failure", AT_START, TRIGGER_OTHER, NULL, BROKE, ACCUSED_HARDWARE},
	{"SError Interrupt", WITHIN, TRIGGER_OTHER, NULL, BROKE, ACCUSED_HARDWARE},
	{"Timeout: Not all CPUs entered", AT_START, TRIGGER_OTHER, NULL, BROKE,
	 ACCUSED_HARDWARE},
	{"EDAC ", AT_START, TRIGGER_OTHER, NULL, BROKE, ACCUSED_HARDWARE},
	{"hardware is malfunctioning", WITHIN, TRIGGER_OTHER, NULL, BROKE,
	 ACCUSED_HARDWARE},
	{"panic forced after error", WITHIN, TRIGGER_OTHER, NULL, SAYS(STORAGE),
	 ACCUSED_STORAGE},
	{"panic from previous error", WITHIN, TRIGGER_OTHER, NULL, SAYS(STORAGE),
	 ACCUSED_STORAGE},
	{"GFS2: fsid=", AT_START, TRIGGER_OTHER, NULL, SAYS(STORAGE), ACCUSED_STORAGE},
	{"BTRFS panic (device ", WITHIN, TRIGGER_OTHER, NULL, SAYS(STORAGE),
	 ACCUSED_STORAGE},
	{"REISERFS", WITHIN, TRIGGER_OTHER, NULL, SAYS(STORAGE), ACCUSED_STORAGE},
	{"squashfs read failed", AT_START, TRIGGER_OTHER, NULL, SAYS(STORAGE),
	 ACCUSED_STORAGE},
	{"dm-verity device ", AT_START, TRIGGER_OTHER, NULL, SAYS(STORAGE),
	 ACCUSED_STORAGE},
	{"VFS: Unable to mount root fs", AT_START, TRIGGER_OTHER, NULL, SAYS(STORAGE),
	 ACCUSED_STORAGE},
	{"No working init found", AT_START, TRIGGER_OTHER, NULL, 0, ACCUSED_STORAGE},
	{"No init found", AT_START, TRIGGER_OTHER, NULL, 0, ACCUSED_STORAGE},
	{"Requested init ", AT_START, TRIGGER_OTHER, NULL, 0, ACCUSED_STORAGE},
	{"watchdog", ANY_CASE, TRIGGER_OTHER, NULL, 0, ACCUSED_WATCHDOG},
	/* HP's, whose NMI says why in a log of the machine's own */
	{"An NMI occurred", AT_START, TRIGGER_OTHER, NULL, 0, ACCUSED_WATCHDOG},
};

static bool has_any_case(const char *in, const char *words)
{
	size_t n = strlen(words);

	for (; *in; in++)
		if (!strncasecmp(in, words, n))
			return true;
	return false;
}

static bool fits(const struct saying *s, const char *message)
{
	switch (s->match) {
	case WITHIN:
		return strstr(message, s->words) != NULL;
	case ANY_CASE:
		return has_any_case(message, s->words);
	case AT_START:
	case BY_EXIT:
		break;
	}
	return text_starts(message, s->words);
}

/* Less than this of a saying that was cut short could be anything. */
#define CUT_SAYING_MIN 6

const struct saying *find_saying(const char *message)
{
	size_t i, len = strlen(message);

	for (i = 0; i < ARRAY_SIZE(sayings); i++)
		if (fits(&sayings[i], message))
			return &sayings[i];
	for (i = 0; len >= CUT_SAYING_MIN && i < ARRAY_SIZE(sayings); i++)
		if (sayings[i].match == AT_START &&
		    text_starts(sayings[i].words, message))
			return &sayings[i];
	return NULL;
}

/*
 * "KASAN: panic_on_warn set ...": since 79cc1ba7badf, "panic: Consolidate open-coded
 * panic_on_warn checks" (6.2, and stable trees), the one who warned is named, "kernel"
 * for WARN() itself.  His word goes to *word, where his complaint has it.
 */
static unsigned int warned_by(const char *message, unsigned int led_by, const char **word)
{
	static const char *const sanitizers[] = {"KASAN", "KCSAN", "KFENCE", "KMSAN",
						 "UBSAN"};
	size_t i;

	if (text_starts(message, "kernel: "))
		return SAYS(WARN);
	if (text_starts(message, "scheduling while atomic: "))
		return SAYS(ATOMIC);
	for (i = 0; i < ARRAY_SIZE(sanitizers); i++)
		if (!strncasecmp(message, sanitizers[i], strlen(sanitizers[i]))) {
			*word = sanitizers[i];
			return SAYS(SANITIZER);
		}
	return led_by;
}

/* A report of hardware has several lines: what it is of is the first. */
static const struct log_line *report_begin(const struct klog *log,
					   const struct log_line *line)
{
	while (line && complains_of(line, COMPLAINT_HARDWARE) &&
	       klog_index(log, line) > 0 && same_writer(line - 1, line) &&
	       is_near(log, line - 1, line) && complains_of(line - 1, COMPLAINT_HARDWARE))
		line--;
	return line;
}

const struct log_line *find_forerunner(const struct saying *saying, const char *message,
				       const struct klog *log, size_t end,
				       const struct log_line *said)
{
	const char *word = NULL;
	unsigned int what = saying ? saying->led_by : 0;

	if (what & SAYS(SANITIZER))
		what = warned_by(message, what, &word);
	return report_begin(log, nearest_complaint(log, end, said, what, word));
}

const char *accused_name(struct arena *a, const char *message)
{
	static const char root[] = "root fs on ";
	const char *p = strstr(message, root);

	if (p) {
		p += strlen(root);
		if (*p == '"')
			return arena_printf(a, "%.*s", (int)strcspn(p + 1, "\""), p + 1);
		return arena_printf(a, "%.*s", (int)strcspn(p, " "), p);
	}
	p = strchr(message, '(');
	if (!p++)
		return "";
	p += text_starts(p, "device ") ? strlen("device ") : 0;
	return p[strcspn(p, " )")] == ')'
		       ? arena_printf(a, "%.*s", (int)strcspn(p, ")"), p)
		       : "";
}

const char *trigger_kind_name(enum trigger_kind kind)
{
	static const char *const names[] = {
		[TRIGGER_NONE] = "none",
		[TRIGGER_HUNG_TASK] = "hung_task",
		[TRIGGER_SOFTLOCKUP] = "softlockup",
		[TRIGGER_HARDLOCKUP] = "hardlockup",
		[TRIGGER_OOPS] = "oops",
		[TRIGGER_BUG] = "bug",
		[TRIGGER_WARN] = "warn",
		[TRIGGER_OOM] = "oom",
		[TRIGGER_SYSRQ] = "sysrq",
		[TRIGGER_NMI] = "nmi",
		[TRIGGER_OTHER] = "other",
		[TRIGGER_UNKNOWN] = "unknown",
	};

	return names[kind];
}

const char *accused_kind_name(enum accused accused)
{
	static const char *const names[] = {
		[ACCUSED_HARDWARE] = "hardware",
		[ACCUSED_STORAGE] = "storage",
		[ACCUSED_WATCHDOG] = "watchdog",
	};

	return names[accused];
}
