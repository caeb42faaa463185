/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the dying kernel left: who panicked, in which words, and which switch
 * made it.  Everything here is matched in the log's own text and in variables;
 * no stack is looked at.
 */
#ifndef VGPU_PANIC_H
#define VGPU_PANIC_H

#include "dump/look.h"
#include "hung_log.h"
#include "oops.h"
#include "printk.h"
#include "saying.h"
#include "sysctl.h"

/* Why we say so, and where it is seen. */
struct trigger_evidence {
	const char *claim; /* a line of the log with its time, or a variable's value */
	struct look look;  /* the log, a variable, panic()'s buffer */
	kaddr_t addr;	   /* of the variable; 0 for the log */
};

struct trigger {
	enum trigger_kind kind;
	const char
		*message; /* the panic's or the oops's own words, escaped; "" if none */
	double ts_s;	  /* when it was said; < 0: not known */
	const char
		*begins; /* the kernel's complaint that led to it, escaped; "" if none */
	double begins_s; /* when the log told of it; < 0: of nothing */
	/* Where the log's story of it begins: that line, or the oops's; NULL: not in it. */
	const struct log_line *story;
	int cpu;	/* that panicked; -1: not known */
	int locked_cpu; /* that a hard lockup is of; -1: none, or not known */
	int rcu_cpu; /* where the kthread of a stalled grace period waits; -1 likewise */
	int pid;     /* of the task that panicked, as the log names it; -1: not known */
	char comm[64];	    /* the same, escaped; "" when not known */
	struct said_at at;  /* of an oops or a WARN: where, as the kernel put it */
	bool exception;	    /* one was raised, so that its frame is on the stack */
	const char *sysctl; /* the switch that made it a panic, NULL when none did */
	enum accused accused;
	const char *accused_name; /* a disk's, a file system's; "" when not told */
	VEC(struct trigger_evidence) evidence;
};

/* What the log tells of that a switch catches, be the switch on or off. */
struct caught {
	const char *sysctl;
	size_t count;
	const struct log_line *first;
};

/* "irq 11: nobody cared (try booting with the "irqpoll" option)": it is disabled. */
struct irq_report {
	int irq;
	double ts_s;
	const char *text;
};

enum panic_source { PANIC_SAID_NOTHING, PANIC_FROM_LOG, PANIC_FROM_BUFFER };

struct panic {
	/* panic_cpu: cpu is -1 when the kernel says that none has panicked. */
	bool panic_cpu_known;
	int cpu;

	/* What panic() was called with, escaped; "" when it was not or not kept. */
	const char *message;
	enum panic_source source;
	/* The last oops: "BUG: kernel NULL pointer dereference…"; "" when none. */
	const char *oops;
	double oops_ts_s;
	struct oops last_oops;	/* its lines */
	struct said_at oops_at; /* where it was, as the kernel put it */

	struct trigger trigger;
	VEC(struct hung_report) hung; /* in the log's order; a task may be there often */
	VEC(struct hung_blocker) blockers; /* likewise */
	VEC(struct irq_report) irqs;	   /* likewise */
	VEC(struct caught) caught;	   /* a switch that caught nothing is not there */

	double uptime_s; /* < 0: not known */
	/* The end by the log's clock, where that is a little ahead of jiffies'; else 0. */
	double last_said_s;
	const char *
		uptime_source; /* "jiffies", "the last line of the log", "/proc/uptime", "" */
};

/* log and sysctls may be empty.  Never fails: what is not known says so. */
void panic_read(struct dump *d, const struct klog *log, const struct sysctls *sysctls,
		struct panic *p);

#endif
