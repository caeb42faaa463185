/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which functions a function may come to, by the instructions in the dump.
 *
 * The text is what ran: relocated, with its alternatives, calls of static_call() and
 * tracing's sites as the kernel had patched them.  Only what names its target is
 * followed; where that does not do, the answer is that one cannot tell.
 */
#ifndef VGPU_FLOW_H
#define VGPU_FLOW_H

#include "dump/dump.h"

enum flow {
	FLOW_UNKNOWN,
	FLOW_LEADS,
	FLOW_NEVER,
};

struct flow_question {
	const char *function;
	/* Behind each call of one of these, to a NULL; [0] NULL: from the beginning. */
	const char *after[4];
	/* Does it call, or jump to, one of these? */
	const char *to[4];
	/* What it calls of its own is looked into, by this beginning of their names. */
	const char *own;
};

struct flow_answer {
	enum flow flow;
	const char *why;   /* of FLOW_UNKNOWN: one sentence, static */
	kaddr_t function;  /* 0: there is none */
	kaddr_t at;	   /* of FLOW_LEADS: the call, or jump */
	const char *to;	   /* and of what */
	const char *after; /* whose call it was asked behind; NULL: none */
};

void flow_ask(struct dump *d, const struct flow_question *q, struct flow_answer *a);

#endif
