/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a text tells that a dump would be asked for: stacks that the kernel printed, and
 * its workqueues and locks.  What a log tells in both cases is among the other facts.
 */
#ifndef VGPU_TEXT_FACTS_H
#define VGPU_TEXT_FACTS_H

#include "kernel/log/busy_works.h"
#include "kernel/log/complaint.h"
#include "kernel/log/held_locks.h"
#include "kernel/log/kmemleak_text.h"
#include "kernel/log/memory_text.h"
#include "kernel/log/panic.h"
#include "kernel/log/slub_trace.h"
#include "kernel/log/trace.h"
#include "slab_growth.h"

/*
 * A task that khungtaskd named, once: by its last report.  Or one of a list of blocked tasks
 * (sysrq-w, sysrq-t), which does not tell for how long.
 */
struct told_hung {
	const struct hung_report *report; /* .seconds 0: of a list */
	size_t reports;			  /* 0: of a list */
	const struct trace *trace;	  /* NULL: its stack was not printed */
};

/* Behind the last report, what khungtaskd said so long before is of another hang. */
#define ONE_HANG_S 600.0

struct text_facts {
	struct traces traces;
	struct busy_works works;
	struct held_locks held;
	VEC(struct told_hung) hung; /* in the log's order */
	/* Who hung long before the last report: khungtaskd would have named them again. */
	VEC(struct told_hung) recovered;
	struct kmemleak_told kmemleak;
	struct slub_trace slub;
	struct memory_told memory;
	struct slab_growths growths; /* of memory.caches */
	bool of_kernel;		     /* something in it is a kernel's */
	bool of_here;		     /* it is what the machine that we run on tells */
};

/* What watchdogs say of a CPU. */
#define SAYS_LOCKUP (SAYS(SOFTLOCKUP) | SAYS(HARDLOCKUP))

struct facts;
/* When the log and the panic have been read. */
void text_facts_read(const struct dump_text *text, struct facts *f);
/* The stack of what stopped the kernel, or of the CPU that hangs; NULL: none was printed. */
const struct trace *text_fault(const struct facts *f);

#endif
