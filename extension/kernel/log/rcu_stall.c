// SPDX-License-Identifier: GPL-2.0-or-later
#include "rcu_stall.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "complaint.h"

/* Other CPUs' words may come between; a stall names each CPU once. */
#define LINES_MAX 512
#define CPUS_MAX 8192

static void take(struct arena *a, struct rcu_stall *stall, unsigned long cpu,
		 const struct log_line *line)
{
	if (cpu < CPUS_MAX && stall->cpus.n < CPUS_MAX)
		*vec_push(a, &stall->cpus) =
			(struct rcu_stall_cpu){(unsigned int)cpu, line};
}

/*
 * CPUs on the complaint's own line: "... { 0-... 3 P77 } 21 jiffies", as of expedited grace
 * periods, and of all until 4.0; until 3.2 "detected stall on CPU 2 (t=15000 jiffies)".  P
 * is a task.
 */
static void take_listed(struct arena *a, struct rcu_stall *stall)
{
	const char *p = strchr(stall->line->text, '{');
	char *end;
	long cpu;

	if (!p && read_number(stall->line->text, "detected stall on CPU ", &cpu))
		take(a, stall, (unsigned long)cpu, stall->line);
	while (p && *p && *p != '}') {
		p += strspn(p, "{ ");
		if (*p >= '0' && *p <= '9')
			take(a, stall, strtoul(p, &end, 10), stall->line);
		p += strcspn(p, " }");
	}
}

/*
 * print_cpu_stall_info(): "rcu: \t1-....: (5249 ticks this GP) idle=...", before 4.19
 * without "rcu: ".  Behind the hyphen stand four letters, or as many as there were then.
 */
static bool names_cpu(const char *text, unsigned int *cpu)
{
	char *end;

	if (text_starts(text, "rcu: "))
		text += strlen("rcu: ");
	/* A tab, as the log's lines are escaped; a journal has blanks for it. */
	text += strspn(text, " ");
	if (text_starts(text, "\\x09"))
		text += strlen("\\x09");
	if (*text < '0' || *text > '9')
		return false;
	*cpu = (unsigned int)strtoul(text, &end, 10);
	if (*end != '-' || *cpu >= CPUS_MAX)
		return false;
	end += 1 + strcspn(end + 1, ": ");
	return text_starts(end, ": (");
}

static const struct log_line *last_stall(const struct klog *log)
{
	size_t i;

	for (i = log->lines.n; i-- > 0;)
		if (complains_of(&log->lines.v[i], COMPLAINT_RCU_STALL))
			return &log->lines.v[i];
	return NULL;
}

void rcu_stall_read(struct arena *a, const struct klog *log, struct rcu_stall *stall)
{
	const struct log_line *end;
	struct rcu_stall_cpu found;

	memset(stall, 0, sizeof(*stall));
	stall->line = last_stall(log);
	if (!stall->line)
		return;
	take_listed(a, stall);
	end = log->lines.v + log->lines.n;
	if (end - stall->line > LINES_MAX)
		end = stall->line + LINES_MAX;
	for (found.line = stall->line + 1; found.line < end; found.line++)
		if (is_kernels_own(found.line) && names_cpu(found.line->text, &found.cpu))
			take(a, stall, found.cpu, found.line);
}
