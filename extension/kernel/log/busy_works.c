// SPDX-License-Identifier: GPL-2.0-or-later
#include "busy_works.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "complaint.h"

#define WORKS_MAX 4096
#define POOLS_MAX 256

struct reading {
	struct arena *a;
	struct busy_works *out;
	const char *queue; /* whose list this is; NULL: none has begun */
	int pool, cpu;
	enum told_is is; /* in a line that goes on */
};

static int number_of(const char *words, const char *label)
{
	long v;

	return read_number(words, label, &v) ? (int)v : -1;
}

/* " cpus=1 ": of one CPU; "cpus=0-3" is of none. */
static int cpu_of(const char *words)
{
	static const char label[] = "cpus=";
	const char *p = strstr(words, label);

	if (!p || !isdigit((unsigned char)p[strlen(label)]))
		return -1;
	p += strlen(label);
	return p[strspn(p, "0123456789")] == ' ' ? number_of(p - strlen(label), label)
						 : -1;
}

/* ---- a list of works ------------------------------------------------------------- */

/*
 * pr_cont_work(), print_worker(): "55:drain_local_pages_wq", with "(RESCUER)" or "*" behind
 * the pid, " BAR(243)" behind a function; "3*fn" since 6.3 where many are alike.
 */
static void take_work(struct reading *r, const char *word, size_t n,
		      const struct log_line *line)
{
	const char *p = word, *end = word + n, *bar;
	struct told_work *w;
	long pid = -1;

	if (r->out->works.n == WORKS_MAX)
		return;
	if (r->is == TOLD_IN_FLIGHT && isdigit((unsigned char)*p)) {
		pid = strtol(p, NULL, 10);
		while (p < end && *p != ':')
			p++;
		p += p < end;
	} else if (isdigit((unsigned char)*p)) {
		p += strspn(p, "0123456789");
		p += p < end && *p == '*';
	}
	if (p >= end)
		return;
	bar = strstr(p, " BAR(");
	w = vec_push(r->a, &r->out->works);
	w->queue = r->queue;
	w->function = arena_printf(r->a, "%.*s",
				   (int)(bar && bar < end ? bar - p : end - p), p);
	w->is = r->is;
	w->pool = r->pool;
	w->cpu = r->cpu;
	w->pid = pid > 0 && pid <= INT_MAX ? (int)pid : -1;
	w->flusher = bar && bar < end ? number_of(bar, " BAR(") : -1;
	w->line = line;
}

/* "a, b BAR(1) ,c" */
static void take_works(struct reading *r, const char *list, const struct log_line *line)
{
	size_t n;

	while (*list) {
		list += strspn(list, " ,");
		for (n = strcspn(list, ","); n && list[n - 1] == ' '; n--)
			;
		if (n)
			take_work(r, list, n, line);
		list += strcspn(list, ",");
	}
}

static bool take_list(struct reading *r, const char *words, const struct log_line *line)
{
	static const struct {
		const char *label;
		enum told_is is;
	} lists[] = {{"in-flight:", TOLD_IN_FLIGHT},
		     {"pending:", TOLD_PENDING},
		     {"inactive:", TOLD_INACTIVE},
		     {"delayed:", TOLD_INACTIVE}}; /* until 5.15 */
	size_t i;

	for (i = 0; r->queue && i < ARRAY_SIZE(lists); i++)
		if (text_starts(words, lists[i].label)) {
			r->is = lists[i].is;
			take_works(r, words + strlen(lists[i].label), line);
			return true;
		}
	return false;
}

/* ---- lines ------------------------------------------------------------------------ */

static void take_stuck(struct reading *r, const char *words, const struct log_line *line)
{
	struct told_pool *p;
	long s;

	if (!complains_of(line, COMPLAINT_WORKQUEUE_STALL) ||
	    r->out->stuck.n == POOLS_MAX || !read_number(words, " stuck for ", &s))
		return;
	p = vec_push(r->a, &r->out->stuck);
	p->cpu = cpu_of(words);
	p->stuck_s = s;
	p->line = line;
}

/* "workqueue mm_percpu_wq: flags=0x8" */
static bool take_queue(struct reading *r, const char *words)
{
	static const char label[] = "workqueue ";
	const char *end = strstr(words, ": flags=0x");

	if (!text_starts(words, label) || !end)
		return false;
	words += strlen(label);
	r->queue = arena_printf(r->a, "%.*s", (int)(end - words), words);
	r->pool = r->cpu = -1;
	return true;
}

static void take_line(struct reading *r, const char *words, const struct log_line *line)
{
	if (text_starts(words, "Showing busy workqueues and worker pools")) {
		r->out->works.n = 0;
		r->queue = NULL;
	} else if (take_queue(r, words) || take_list(r, words, line)) {
		;
	} else if (text_starts(words, "pwq ")) {
		r->pool = number_of(words, "pwq ");
		r->cpu = cpu_of(words);
	} else if (text_starts(words, "pool ")) {
		r->queue = NULL; /* pools are listed behind the last queue */
	} else {
		take_stuck(r, words, line);
	}
}

void busy_works_read(struct arena *a, const struct klog *log, struct busy_works *b)
{
	struct reading r = {.a = a, .out = b};
	const char *words;
	size_t i;

	memset(b, 0, sizeof(*b));
	for (i = 0; i < log->lines.n; i++) {
		if (!is_kernels_own(&log->lines.v[i]))
			continue;
		words = words_of(&log->lines.v[i]);
		take_line(&r, words + strspn(words, " "), &log->lines.v[i]);
	}
}
