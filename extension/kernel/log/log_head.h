/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands before the words of a line of a text: times, levels, hosts, who wrote it. */
#ifndef VGPU_LOG_HEAD_H
#define VGPU_LOG_HEAD_H

#include "log_date.h"

#define LOG_STAMP_MAX 40
#define LOG_HOST_MAX 64

/* What is found of a whole text while its lines are read. */
struct log_habits {
	struct log_months months;
	bool names_kernel; /* the kernel's lines are tagged "kernel:" */
	bool quotes; /* all that it has of a kernel was written by a program: a console's server */
};

struct log_head {
	struct log_habits *habits;
	const char *words;
	bool told;	    /* that it is of a log: a time, a level, a tag */
	bool tagged;	    /* with who wrote it */
	bool own;	    /* the kernel did */
	double boot_s;	    /* < 0: none */
	double date_s;	    /* of some year; < 0: none */
	double delta_s;	    /* since the line before; < 0: none */
	bool rough;	    /* the date is told to the minute */
	bool may_name_host; /* behind such a date journalctl and syslog name it */
	int level;
	char stamp[LOG_STAMP_MAX], host[LOG_HOST_MAX], caller[16];
};

void log_head_read(const char *line, struct log_habits *habits, struct log_head *h);
/* The first "[  123.456789]" in it with words behind; NULL: there is none. */
const char *log_stamp_within(const char *words);

#endif
