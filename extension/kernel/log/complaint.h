/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel complains of in its log.  Most of it a switch can make a panic of;
 * the log tells of it whether that switch is on or off.
 *
 * The log also repeats what others chose: the name of a task, of a file, of a USB
 * device.  So only lines that the kernel itself began count, and of those the words
 * that it puts where no such name can be.
 */
#ifndef VGPU_COMPLAINT_H
#define VGPU_COMPLAINT_H

#include "printk.h"

enum complaint {
	COMPLAINT_HUNG_TASK,
	COMPLAINT_SOFTLOCKUP,
	COMPLAINT_HARDLOCKUP,
	COMPLAINT_WARN,
	COMPLAINT_SANITIZER,  /* KASAN, KCSAN, KFENCE, KMSAN, UBSAN */
	COMPLAINT_ATOMIC,     /* scheduling while atomic */
	COMPLAINT_CORRUPTION, /* a list, a copy, a string: what BUG() follows */
	COMPLAINT_OOM,
	COMPLAINT_RCU_STALL,
	COMPLAINT_RCU_STARVED, /* the kthread of a grace period does not run */
	COMPLAINT_NMI,
	COMPLAINT_UNKNOWN_NMI, /* one of these: for no reason that the kernel knows */
	COMPLAINT_WORKQUEUE_STALL,
	COMPLAINT_SYSRQ_CRASH,	/* somebody asked for it */
	COMPLAINT_OOPS,		/* what die() prints */
	COMPLAINT_LAST_FAULT,	/* a fault that panics and need not come to die() */
	COMPLAINT_HARDWARE,	/* what a machine check, firmware or bus reports */
	COMPLAINT_STORAGE,	/* a disk, or a file system that finds its data wrong */
	COMPLAINT_SYSRQ_OOM,	/* somebody had the OOM killer run */
	COMPLAINT_CHECK,	/* its checks of locks, pages and counters; it goes on */
	COMPLAINT_DISPLAY,	/* a GPU's driver waited in vain, or resets it */
	COMPLAINT_RT_THROTTLED, /* real-time tasks took all of a CPU */
	COMPLAINT_CLOCK,	/* clocks and timers that are late */
	COMPLAINT_NOBODY_CARED, /* an interrupt that nobody handles, now disabled */
	COMPLAINTS,
};

/* Several of them: SAYS(WARN) | SAYS(SANITIZER). */
#define SAYS(what) (1u << COMPLAINT_##what)

/*
 * The beginning of a record of the kernel's own.  Anybody may write to /dev/kmsg, as
 * another facility; what follows a newline in a record may be a name that holds one.
 */
bool is_kernels_own(const struct log_line *line);

/*
 * Its words: what a console or another kernel's printk() puts before them is left out,
 * "<4>", "[  123.456789]", "[ T99]".
 */
const char *words_of(const struct log_line *line);

/*
 * What panic() was called with, behind "Kernel panic - not syncing: "; NULL: the line says
 * no panic.
 */
const char *panic_words_of(const struct log_line *line);
/*
 * The same of its last line, "---[ end Kernel panic - not syncing: … ]---", which may be all
 * that a screen has of it; with what ends it.
 */
const char *panic_end_of(const struct log_line *line);

bool complains_of(const struct log_line *line, enum complaint what);
bool complains_of_any(const struct log_line *line, unsigned int what); /* SAYS() */
/* The last line that is one of these, of SAYS(); NULL: there is none. */
const struct log_line *last_complaint(const struct klog *log, unsigned int what);

/*
 * The one of these, of SAYS(), that `said` follows: the nearest before index end, and
 * near to `said` in time and lines.  Where lines know by whom they were written, one of
 * the same writer goes first: two CPUs may speak at once.  With a word that it must
 * have, or NULL.  NULL: there is none.
 */
const struct log_line *nearest_complaint(const struct klog *log, size_t end,
					 const struct log_line *said, unsigned int what,
					 const char *word);
/* Are they so near that one may have led to the other? */
bool is_near(const struct klog *log, const struct log_line *before,
	     const struct log_line *said);
/* By the same task or CPU, as far as both say. */
bool same_writer(const struct log_line *a, const struct log_line *b);

size_t klog_index(const struct klog *log, const struct log_line *line);

/* The CPU that a hard lockup is of, by a line or a panic's words; -1: not told. */
int locked_cpu_of(const char *words);

/* The number behind the label, from 0 to INT32_MAX; false when there is none. */
bool read_number(const char *text, const char *label, long *v);

#endif
