// SPDX-License-Identifier: GPL-2.0-or-later
#include "score.h"

#include <string.h>

#include "judge.h"
#include "base/text.h"

/* Victims of a verdict whose stacks are looked at: the first tell enough. */
#define LOOKED_AT 64

static int at_most(size_t points, int most)
{
	return points > (size_t)most ? most : (int)points;
}

static void part(const struct facts *f, struct score *s, const char *name, size_t points,
		 int most, const char *why)
{
	struct score_part *p = vec_push(f->arena, &s->parts);

	p->name = name;
	p->points = at_most(points, most);
	p->most = most;
	p->why = why;
	s->total += p->points;
}

/* ---- trigger ------------------------------------------------------------- */

#define STILL_ALIVE 5

/* What stopped the machine: by itself, or because somebody asked. */
static int trigger_points(enum trigger_kind kind)
{
	switch (kind) {
	case TRIGGER_OOPS:
	case TRIGGER_BUG:
	case TRIGGER_HARDLOCKUP:
		return 30;
	case TRIGGER_HUNG_TASK:
	case TRIGGER_SOFTLOCKUP:
	case TRIGGER_OOM:
		return 25;
	case TRIGGER_OTHER:
		return 20;
	case TRIGGER_WARN:
		return 15;
	case TRIGGER_NONE: /* the host took the dump, for some reason */
	case TRIGGER_UNKNOWN:
		return STILL_ALIVE;
	case TRIGGER_SYSRQ:
	case TRIGGER_NMI:
		return 0;
	}
	return 0;
}

/* ---- who is blocked ------------------------------------------------------ */

/* A process that stands in the graphics layer draws what somebody looks at. */
static bool draws(const char *function)
{
	return text_starts(function, "drm_");
}

/* On the way to a disk, with data that is not there yet. */
static bool writes(const char *function)
{
	static const char *const names[] = {"generic_perform_write",
					    "generic_file_write_iter",
					    "iomap_file_buffered_write",
					    "vfs_fsync_range",
					    "sync_filesystem",
					    "do_writepages",
					    "wb_writeback",
					    "__writeback_single_inode"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (text_is_function(function, names[i]))
			return true;
	return text_starts(function, "jbd2_") || text_starts(function, "xlog_") ||
	       text_starts(function, "btrfs_commit_");
}

struct crowd {
	size_t processes, threads;
	const char *drawing, *writing; /* one of them, or NULL */
	bool init;
};

static void look_at(const struct stack *s, const char *comm, bool kthread,
		    struct crowd *c)
{
	size_t i;

	for (i = 0; s && i < s->n; i++) {
		if (draws(s->v[i].function) && !kthread)
			c->drawing = comm;
		if (writes(s->v[i].function))
			c->writing = comm;
	}
}

/* Of a text: whom khungtaskd named; of the kernel's threads each begins in kthread(). */
static void count_told(const struct text_facts *text, struct crowd *c)
{
	const struct told_hung *h;
	const struct stack *s;
	bool kthread;
	size_t i;

	for (i = 0; i < text->hung.n; i++) {
		h = &text->hung.v[i];
		s = h->trace ? &h->trace->stack : NULL;
		kthread = s && stack_find(s, "kthread");
		c->processes += !kthread;
		c->threads += kthread;
		c->init |= h->report->pid == 1;
		if (i < LOOKED_AT)
			look_at(s, h->report->comm, kthread, c);
	}
}

static void count(const struct facts *f, const struct verdict *v, struct crowd *c)
{
	const struct studied *st;
	const struct task *t;
	size_t i;

	for (i = 0; i < v->victims.n; i++) {
		t = v->victims.v[i]->task;
		c->processes += !t->kthread;
		c->threads += t->kthread;
		c->init |= t->tgid == 1;
		st = i < LOOKED_AT ? facts_studied(f, t) : NULL;
		if (st)
			look_at(&st->stack, t->comm, t->kthread, c);
	}
}

static void blocked_part(const struct facts *f, const struct crowd *c, struct score *s)
{
	const char *first = c->drawing;
	size_t points = (size_t)at_most(c->processes, 5) * 5 +
			(size_t)at_most(c->threads, 5) * 2 + (first ? 10 : 0) +
			(c->init ? 10 : 0);

	part(f, s, "blocked", points, 25,
	     arena_printf(f->arena, "%zu process%s, %zu kernel thread%s%s%s%s",
			  c->processes, c->processes == 1 ? "" : "es", c->threads,
			  c->threads == 1 ? "" : "s", first ? "; in graphics: " : "",
			  first ? first : "", c->init ? "; init" : ""));
}

/* ---- how far it spreads -------------------------------------------------- */

#define SPREAD 10

/* CPUs where somebody has waited for his turn for too long. */
static size_t starved_cpus(const struct facts *f)
{
	size_t n = 0, i;

	for (i = 0; i < f->rqs.all.n; i++)
		n += f->rqs.all.v[i].waiting.n &&
		     f->rqs.all.v[i].waiting.v[0]->since_s >= STARVED_S;
	return n;
}

static void spread_part(const struct facts *f, const struct verdict *best,
			struct score *s)
{
	size_t starved = starved_cpus(f), cpus = runqueues_working(&f->rqs);
	size_t share = cpus ? SPREAD * starved / cpus : 0;
	const char *why;
	size_t points = (size_t)cause_reach(best->cause, &why);

	if (share > points)
		part(f, s, "spread", share, SPREAD,
		     arena_printf(f->arena, "%zu of %zu CPUs let nobody else run",
				  starved, cpus));
	else
		part(f, s, "spread", points, SPREAD, why);
}

/* ---- data ---------------------------------------------------------------- */

static void data_part(const struct facts *f, const struct verdict *best,
		      const struct crowd *c, struct score *s)
{
	enum trigger_kind fired = f->panic.trigger.kind;

	if (c->writing || best->cause == CAUSE_IO_WAIT)
		part(f, s, "data", 10, 10,
		     c->writing ? arena_printf(f->arena, "%s was writing", c->writing)
				: "I/O was under way");
	else if (fired == TRIGGER_OOPS || fired == TRIGGER_BUG)
		part(f, s, "data", 7, 10, "the kernel's own may be damaged");
	else if (trigger_points(fired) > STILL_ALIVE)
		part(f, s, "data", 5, 10, "what was not saved");
	else
		part(f, s, "data", 0, 10, "none that is known");
}

/* ---- what is known ------------------------------------------------------- */

/*
 * By the words that a reader is told, not by the percent: a piece of evidence that one
 * dump happens to lack must not move the score of the same fault.
 */
static size_t confidence_points(int confidence)
{
	return confidence >= CONFIDENCE_SURE	   ? 15
	       : confidence >= CONFIDENCE_LIKELY   ? 11
	       : confidence >= CONFIDENCE_POSSIBLE ? 7
						   : 3;
}

static void confidence_part(const struct facts *f, const struct verdict *best,
			    struct score *s)
{
	bool found = best->cause != CAUSE_PANIC_BY_REQUEST &&
		     best->cause != CAUSE_UNEXPLAINED;

	part(f, s, "confidence", found ? confidence_points(best->confidence) : 0, 15,
	     found ? arena_printf(f->arena, "%d %% that it is %s", best->confidence,
				  cause_name(best->cause))
		   : cause_name(best->cause));
}

/* In the verdict that comes first, or in another beside it. */
static void fix_part(const struct facts *f, const struct verdicts *vs, struct score *s)
{
	size_t i;

	for (i = 0; i < vs->all.n && !vs->all.v[i]->fix; i++)
		;
	if (i == vs->all.n)
		part(f, s, "fix", 0, 10, "none is known");
	else
		part(f, s, "fix", i ? 6 : 10, 10, vs->all.v[i]->fix);
}

void score_make(const struct facts *f, const struct verdicts *vs, struct score *s)
{
	const struct verdict *best = vs->all.v[0];
	enum trigger_kind fired = f->panic.trigger.kind;
	struct crowd crowd = {0};
	size_t i;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < vs->all.n; i++)
		count(f, vs->all.v[i], &crowd);
	if (f->text)
		count_told(f->text, &crowd);
	part(f, s, "trigger", (size_t)trigger_points(fired), 30,
	     trigger_kind_name(fired));
	blocked_part(f, &crowd, s);
	spread_part(f, best, s);
	data_part(f, best, &crowd, s);
	confidence_part(f, best, s);
	fix_part(f, vs, s);
}
