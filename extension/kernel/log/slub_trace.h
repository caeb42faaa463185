/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What SLUB writes to the log of a cache that is traced (/sys/kernel/slab/CACHE/trace,
 * slub_debug=T): each object that is allocated or freed, with the stack that did.  Paired by
 * address and counted by the stack that allocated.
 */
#ifndef VGPU_SLUB_TRACE_H
#define VGPU_SLUB_TRACE_H

#include "trace.h"

struct slub_stack {
	const char *cache,
		*stack; /* escaped; "": it was not printed, or may be another CPU's */
	size_t allocs, frees;	     /* frees: of these objects, seen or not */
	const struct log_line *line; /* the first that was allocated so */
};

struct slub_trace {
	VEC(struct slub_stack) all; /* most objects that were not freed first */
	size_t allocs, frees,
		other;	/* other: frees of what was allocated before the trace */
	size_t unseen;	/* frees that the log lacks: the address was allocated again */
	size_t dropped; /* lines that the log says it lacks, since the trace began */
	bool cut;	/* there is more than is kept */
};

void slub_trace_read(struct arena *a, const struct klog *log, const struct traces *traces,
		     struct slub_trace *s);

#endif
