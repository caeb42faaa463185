/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dates before a log's lines, as journalctl, syslog, dmesg and consoles' servers write them. */
#ifndef VGPU_LOG_DATE_H
#define VGPU_LOG_DATE_H

#include <stdbool.h>
#include <stddef.h>

#define MONTH_MAX 24

/* Months whose names are no English: they are numbered in the order in which they come. */
struct log_months {
	char names[12][MONTH_MAX];
	size_t n;
};

struct log_date {
	double s;   /* of some year */
	bool rough; /* to the minute */
	bool may_name; /* behind it stand the host and who wrote, as in syslog's and a journal */
	const char *to; /* the end of the date, before a blank */
};

/* Behind the date and a blank; NULL: there is none. */
const char *behind_date(const char *p, struct log_months *m, struct log_date *date);
/* Behind "[  +0.000010] ", since the line before: dmesg -H. */
const char *behind_delta(const char *p, double *s);

#endif
