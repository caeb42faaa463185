// SPDX-License-Identifier: GPL-2.0-or-later
#include "timers.h"

#include <string.h>

#include "dump/layout.h"

/* BASE_LOCAL, BASE_GLOBAL and BASE_DEF, since 6.9; before, one or two. */
#define BASES_MAX 3

/* A timer that is no more, in memory that is something else's, has no function there. */
static bool read_function(struct dump *d, struct timer_run *run)
{
	struct dump_symbol sym;

	if (!member_ptr(d, run->timer, TIMER_FUNCTION, &run->function) ||
	    !dump_symbol_at(d, run->function, &sym) || sym.offset)
		return false;
	run->name = sym.module[0]
			    ? arena_printf(d->arena, "%s [%s]", sym.name, sym.module)
			    : arena_printf(d->arena, "%s", sym.name);
	return true;
}

void timer_run_of_cpu(struct dump *d, unsigned int cpu, struct timer_run *run)
{
	kaddr_t bases;
	long size, i;

	memset(run, 0, sizeof(*run));
	if (!layout_has_all(d, TIMER_BASE_RUNNING, TIMER_BASE_CLK, TIMER_FUNCTION) ||
	    !dump_percpu_symbol(d, cpu, "timer_bases", &bases))
		return;
	size = layout_size(d, TIMER_BASE);
	for (i = 0; i < BASES_MAX && (i + 1) * size <= layout_size(d, PERCPU_TIMERS);
	     i++) {
		run->base = bases + (kaddr_t)(i * size);
		if (member_ptr(d, run->base, TIMER_BASE_RUNNING, &run->timer) &&
		    run->timer && member_u64(d, run->base, TIMER_BASE_CLK, &run->clk) &&
		    read_function(d, run))
			return;
	}
	memset(run, 0, sizeof(*run));
}
