// SPDX-License-Identifier: GPL-2.0-or-later
#include "rcu_words.h"

#include "report.h"
#include "triage/graph.h"
#include "triage/lost_cpu.h"

const char *rcu_interrupter(const struct facts *f, const struct grace_period *gp,
			    const struct runqueue *rq, const char **what)
{
	bool late = facts_since_jiffies(f, gp->started) >= STARVED_S;
	char place[FRAME_WORDS];
	struct lost l;
	double since_s;

	*what = "a timer's function";
	if (cpu_is_lost(f, rq, gp->running && late, &l) &&
	    l.context.kind != CONTEXT_TASK) {
		*what = l.context.what;
		frame_words(place, l.function);
		return arena_printf(f->arena, "%s", place);
	}
	return cpu_is_in_timer(f, rq, &since_s) ? rq->timer.name : NULL;
}
