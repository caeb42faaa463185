// SPDX-License-Identifier: GPL-2.0-or-later
#include "score.h"

#include <string.h>

static void part(const struct facts *f, struct score *s, const char *name, int points,
		 int most, const char *why)
{
	struct score_part *p = vec_push(f->arena, &s->parts);

	p->name = name;
	p->points = points > most ? most : points;
	p->most = most;
	p->why = why;
	s->total += p->points;
}

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
	case TRIGGER_WARN:
	case TRIGGER_OTHER:
		return 15;
	case TRIGGER_NONE:
	case TRIGGER_SYSRQ:
	case TRIGGER_NMI:
		return 5;
	}
	return 0;
}

/* Causes after which the machine does not recover by itself. */
static bool is_fatal(enum cause c)
{
	return c != CAUSE_PANIC_BY_REQUEST && c != CAUSE_UNEXPLAINED;
}

void score_make(const struct facts *f, const struct verdicts *vs, struct score *s)
{
	const struct verdict *best = vs->all.v[0];
	const struct trigger *t = &f->panic.trigger;
	size_t processes = 0, threads = 0, i, k;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < vs->all.n; i++)
		for (k = 0; k < vs->all.v[i]->victims.n; k++)
			if (vs->all.v[i]->victims.v[k]->task->kthread)
				threads++;
			else
				processes++;
	part(f, s, "trigger", trigger_points(t->kind), 30, trigger_kind_name(t->kind));
	part(f, s, "blocked",
	     (int)(processes > 3 ? 3 : processes) * 8 +
		     (int)(threads > 3 ? 3 : threads) * 3,
	     30,
	     arena_printf(f->arena, "%zu processes, %zu kernel threads", processes,
			  threads));
	part(f, s, "cause",
	     is_fatal(best->cause) ? 20
	     : best->victims.n	   ? 10
				   : 0,
	     20, cause_name(best->cause));
	part(f, s, "confidence", is_fatal(best->cause) ? best->confidence / 5 : 0, 20,
	     arena_printf(f->arena, "%d %%", best->confidence));
}
