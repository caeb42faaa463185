// SPDX-License-Identifier: GPL-2.0-or-later
#include "text_facts.h"

#include <string.h>

#include "base/text.h"
#include "facts.h"
#include "kernel/log/complaint.h"

static struct told_hung *hung_of(struct text_facts *t, const struct hung_report *r)
{
	size_t i;

	for (i = 0; i < t->hung.n; i++)
		if (t->hung.v[i].report->pid == r->pid &&
		    !strcmp(t->hung.v[i].report->comm, r->comm))
			return &t->hung.v[i];
	return NULL;
}

static void read_hung(struct facts *f, struct text_facts *t)
{
	const struct hung_report *r;
	const struct trace *trace;
	struct told_hung *h;
	size_t i;

	for (i = 0; i < f->panic.hung.n; i++) {
		r = &f->panic.hung.v[i];
		h = hung_of(t, r);
		if (!h)
			h = vec_push(f->arena, &t->hung);
		h->report = r;
		h->reports++;
		trace = trace_of_line(&t->traces, r->line);
		h->trace = trace ? trace : h->trace;
	}
}

/* Each period it names who still hangs. */
static bool is_of_last_hang(const struct hung_report *r, const struct hung_report *last)
{
	double periods = 3.0 * (double)r->seconds;

	return last->ts_s - r->ts_s <= (periods > ONE_HANG_S ? periods : ONE_HANG_S);
}

static void part_recovered(struct facts *f, struct text_facts *t)
{
	size_t i, n = 0;

	for (i = 0; i < t->hung.n; i++)
		if (is_of_last_hang(t->hung.v[i].report,
				    &f->panic.hung.v[f->panic.hung.n - 1]))
			t->hung.v[n++] = t->hung.v[i];
		else
			*vec_push(f->arena, &t->recovered) = t->hung.v[i];
	t->hung.n = n;
}

/* Where the last list of tasks begins: who is in an earlier one may have moved on. */
static const struct log_line *last_list(const struct klog *log)
{
	const char *words;
	size_t i;

	for (i = log->lines.n; i-- > 0;) {
		words = words_of(&log->lines.v[i]);
		if (is_kernels_own(&log->lines.v[i]) &&
		    (text_starts(words, "sysrq: ") || text_starts(words, "SysRq")) &&
		    (strstr(words, "Show Blocked State") || strstr(words, "Show State")))
			return &log->lines.v[i];
	}
	return NULL;
}

static void read_listed(struct facts *f, struct text_facts *t)
{
	const struct log_line *list = last_list(&f->log);
	const struct trace *trace;
	struct hung_report *r;
	struct told_hung *h;
	size_t i;

	for (i = 0; i < t->traces.all.n; i++) {
		trace = &t->traces.all.v[i];
		if (trace->of != TRACE_TASK || trace->state != 'D' ||
		    (list && trace->line < list))
			continue;
		r = arena_alloc(f->arena, sizeof(*r));
		*r = (struct hung_report){.pid = trace->pid,
					  .ts_s = trace->line->ts_s,
					  .line = trace->line};
		memcpy(r->comm, trace->comm, sizeof(r->comm));
		if (hung_of(t, r))
			continue;
		h = vec_push(f->arena, &t->hung);
		*h = (struct told_hung){.report = r, .trace = trace};
	}
}

void text_facts_read(const struct dump_text *text, struct facts *f)
{
	struct text_facts *t = arena_alloc(f->arena, sizeof(*t));

	t->of_here = text->uptime_s > 0;
	traces_read(f->arena, &f->log, &t->traces);
	busy_works_read(f->arena, &f->log, &t->works);
	held_locks_read(f->arena, &f->log, &t->held);
	read_hung(f, t);
	part_recovered(f, t);
	read_listed(f, t);
	kmemleak_text_read(f->arena, text, &t->kmemleak);
	slub_trace_read(f->arena, &f->log, &t->traces, &t->slub);
	memory_text_read(f->arena, text, &t->memory);
	slab_growth_of_text(f->arena, &t->memory, &t->growths);
	t->of_kernel = f->log.stamped || last_complaint(&f->log, ~0u) ||
		       t->traces.all.n || t->hung.n ||
		       f->panic.trigger.kind != TRIGGER_NONE || t->kmemleak.objects ||
		       t->slub.allocs || t->memory.ncaches || t->memory.nmeminfos;
	f->text = t;
}

/* Behind the complaint, which may itself be one or two lines before the stack's head. */
static const struct trace *trace_behind(const struct facts *f,
					const struct log_line *line)
{
	const struct traces *t = &f->text->traces;
	size_t i;

	for (i = 0; line && i < t->all.n; i++)
		if (t->all.v[i].of == TRACE_CPU && t->all.v[i].line >= line &&
		    is_near(&f->log, line, t->all.v[i].line) &&
		    same_writer(line, t->all.v[i].line))
			return &t->all.v[i];
	return NULL;
}

const struct trace *text_fault(const struct facts *f)
{
	const struct log_line *story = f->panic.trigger.story;

	if (!story && f->panic.last_oops.part)
		return NULL;
	if (!story)
		story = f->panic.last_oops.opener;
	/* Or a CPU that a watchdog found, and that ended nothing. */
	return trace_behind(f, story ? story : last_complaint(&f->log, SAYS_LOCKUP));
}
