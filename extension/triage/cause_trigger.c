// SPDX-License-Identifier: GPL-2.0-or-later
/* What fired: faults, lockups, requests, and what no victim explains. */
#include "judge.h"

#include <string.h>

/* Where panic() itself saves the registers, when nobody hands it those of a fault. */
static bool is_panic_itself(const struct frame *fr)
{
	static const char *const functions[] = {"__crash_kexec", "crash_kexec",
						"panic",	 "vpanic",
						"nmi_panic",	 "machine_kexec"};
	size_t i;

	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (!strcmp(fr->function, functions[i]))
			return true;
	return false;
}

/*
 * What the panicking CPU was at when the exception or the watchdog's interrupt came.
 * die() hands the registers of the fault to kdump, so that the stack begins there;
 * from panic() on it is the first frame that was interrupted.
 */
static const struct frame *find_fault(struct judge *j, struct verdict *v)
{
	const struct runqueue *rq =
		runqueue_of_cpu((struct runqueues *)&j->f->rqs, j->f->panic.trigger.cpu);
	const struct studied *st = rq && rq->curr ? facts_studied(j->f, rq->curr) : NULL;
	size_t i;

	for (i = 0; st && i < st->stack.n; i++) {
		if (st->stack.v[i].kind != FRAME_INTERRUPT &&
		    (st->stack.v[i].kind != FRAME_REGISTERS ||
		     is_panic_itself(&st->stack.v[i])))
			continue;
		v->fault = &st->stack;
		v->fault_at = i;
		return &st->stack.v[i];
	}
	return NULL;
}

/* An oops, a BUG or a WARN: the function that it was raised in. */
static void judge_bug(struct judge *j, struct verdict *v)
{
	const struct trigger *t = &j->f->panic.trigger;
	const struct frame *fr = find_fault(j, v);

	v->summary = say(j, "The kernel stopped at a fault of its own: %s", t->message);
	next_step(j, v,
		  "Read the oops in the log (vgpu panic) and the stack (vgpu bt -a).");
	if (!fr || !fr->function[0]) {
		is_missing(j, v,
			   "the function that was running: no exception frame was found "
			   "on the stack of the CPU that panicked");
		return;
	}
	v->culprit.kind = CULPRIT_FUNCTION;
	v->culprit.name = say(j, "%s+0x%llx%s%s%s", fr->function, HEX(fr->offset),
			      fr->module[0] ? " [" : "", fr->module,
			      fr->module[0] ? "]" : "");
	v->culprit.pid = t->pid;
	v->culprit.cpu = t->cpu;
	v->culprit.address = fr->ip;
	for_it(j, v, say(j, "the exception was raised in %s", v->culprit.name), fr->regs,
	       say(j, "bt -c %d", t->cpu));
}

void judge_trigger(struct judge *j, bool explained)
{
	const struct trigger *t = &j->f->panic.trigger;
	struct verdict *v = NULL;
	size_t i;

	switch (t->kind) {
	case TRIGGER_SYSRQ:
	case TRIGGER_NMI:
		if (explained)
			return;
		v = verdict_new(j, CAUSE_PANIC_BY_REQUEST, 90);
		v->summary = "Somebody asked for this dump; no task was found stuck.";
		break;
	case TRIGGER_OOPS:
	case TRIGGER_BUG:
	case TRIGGER_WARN:
		v = verdict_new(j, CAUSE_KERNEL_BUG, 80);
		judge_bug(j, v);
		break;
	case TRIGGER_OOM:
		v = verdict_new(j, CAUSE_MEMORY_EXHAUSTED, 60);
		judge_exhausted(j, v);
		break;
	default:
		if (explained)
			return;
		v = verdict_new(j, CAUSE_UNEXPLAINED, 10);
		v->summary =
			t->kind == TRIGGER_NONE
				? "No panic, and no task was found stuck."
				: say(j, "%s: nothing in the dump explains it.",
				      t->message[0] ? t->message : "The kernel panicked");
		break;
	}
	v->fired = true;
	for (i = 0; i < t->evidence.n; i++) {
		for_it(j, v, t->evidence.v[i].claim, t->evidence.v[i].addr,
		       t->evidence.v[i].check);
		v->evidence.v[v->evidence.n - 1].shown = true;
	}
}

/* A lockup names its CPU: whoever is on it did not let others run. */
void judge_lockup(struct judge *j)
{
	const struct trigger *t = &j->f->panic.trigger;
	struct runqueue *rq = runqueue_of_cpu((struct runqueues *)&j->f->rqs, t->cpu);
	struct verdict *v;
	size_t i;

	if ((t->kind != TRIGGER_SOFTLOCKUP && t->kind != TRIGGER_HARDLOCKUP) || !rq ||
	    !rq->curr || rq->curr->idle)
		return;
	/* A hard lockup may be reported by another CPU than the one that is locked up. */
	if (rq->curr->since_s >= 0 && rq->curr->since_s < STARVED_S)
		return;
	/* Its victims may have led to it already. */
	for (i = 0; i < j->out->all.n; i++)
		if (j->out->all.v[i]->culprit.address == rq->curr->addr) {
			j->out->all.v[i]->fired = true;
			return;
		}
	v = verdict_new(j, CAUSE_CPU_MONOPOLISED, 75);
	v->fired = true;
	blame_task(j, v, rq->curr, (int)rq->cpu);
	for_it(j, v,
	       say(j, "%s has had CPU %u for %s", who(j, rq->curr), rq->cpu,
		   span(j, rq->curr->since_s)),
	       rq->curr->addr, say(j, "bt -c %u", rq->cpu));
	find_fault(j, v);
	v->summary = say(j, "%s kept CPU %u and let nothing else run.", who(j, rq->curr),
			 rq->cpu);
	next_step(j, v, "See where it loops: vgpu bt %d.", rq->curr->pid);
}
