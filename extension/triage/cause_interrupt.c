// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What stands between a device and its driver in the guest: an interrupt that is disabled,
 * masked, or goes to a CPU that is not there.  What waits for a thread or for a CPU that
 * takes none is judged by whoever keeps these.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "judge.h"
#include "kernel/log/complaint.h"
#include "lost_cpu.h"

/* "irq 26: nobody cared (try booting with the "irqpoll" option)" */
static const struct log_line *nobody_cared(const struct facts *f,
					   const struct gpu_irq *irq)
{
	char words[64];
	size_t i;

	snprintf(words, sizeof(words), "irq %u: nobody cared", irq->irq);
	for (i = f->log.lines.n; i-- > 0;)
		if (is_kernels_own(&f->log.lines.v[i]) &&
		    !strncmp(f->log.lines.v[i].text, words, strlen(words)))
			return &f->log.lines.v[i];
	return NULL;
}

/* What the guest has done to it, for a sentence; and the evidence. */
static const char *how_off(struct judge *j, struct verdict *v, const struct gpu_irq *irq)
{
	const struct log_line *line = nobody_cared(j->f, irq);

	if (irq->nobody_cared || (line && irq_is_off(irq))) {
		if (irq->nobody_cared)
			add_for(j, v,
				"the kernel marks it as disabled for being spurious",
				irq->addr, LOOK_AT("irq_desc", irq->addr));
		if (line)
			add_for(j, v,
				say(j, "the log: %s", text_tabs(j->a, line->text, " ")),
				0, LOOK(LOG));
		return "was disabled by the kernel, since no handler took what came";
	}
	if (irq->disabled || irq->depth)
		return say(j, "is disabled in the guest (depth %u)", irq->depth);
	return irq_is_off(irq) ? "is masked in the guest, while nobody handles it"
			       : say(j, "goes to CPU %s, and none of these is online",
				     irq->effective);
}

static void off_next(struct judge *j, struct verdict *v, const struct gpu_irq *irq)
{
	if (!irq_is_off(irq))
		say_next(j, v,
			 "See why it was not moved when its CPU went, and set its "
			 "affinity: /proc/irq/%u/smp_affinity_list.",
			 irq->irq);
	else
		say_next(j, v,
			 "Look for who disabled it: the kernel keeps no name, but what "
			 "came just before may tell: " LOOK_HERE ".");
	if (irq_is_off(irq))
		say_look(j, v, LOOK(LOG));
}

void judge_irq(struct judge *j, struct verdict *v, const struct node *root)
{
	const struct gpu_irq *irq = root->irq;
	struct look look = LOOK_AT("irq_desc", irq->addr);
	const char *how = how_off(j, v, irq);

	v->cause = CAUSE_INTERRUPT_LOST;
	v->confidence = SURE_INTERRUPT_OFF;
	v->culprit.kind = CULPRIT_DEVICE; /* act in the guest */
	v->culprit.name = root->gpu->name;
	v->culprit.address = root->gpu->vdev;
	add_for(j, v,
		say(j, "%s: depth %u%s%s%s; it came %llu times", root->name, irq->depth,
		    irq->disabled ? ", disabled" : "", irq->masked ? ", masked" : "",
		    irq->effective ? say(j, ", for CPU %s", irq->effective) : "",
		    COUNT(irq->count)),
		irq->addr, look);
	if (irq->pending) {
		add_for(j, v,
			"one came while it was disabled, and is kept (IRQS_PENDING): the "
			"device has done its part",
			irq->addr, look);
		v->confidence += SURE_INTERRUPT_PENDING;
	}
	v->summary = say(
		j,
		"%s for answers that %s has given and its driver does not know of: its %s %s.",
		wait_words(j, v), root->gpu->name, root->name, how);
	off_next(j, v, irq);
}

/* ---- a lost interrupt: is its way free? ------------------------------------ */

/* A busy CPU that stands still may be the one that the interrupt is for. */
static int any_deaf_cpu(struct judge *j, struct verdict *v)
{
	const struct runqueue *rq;
	size_t i;

	if (j->f->panic.trigger.kind == TRIGGER_HARDLOCKUP) {
		add_against(j, v,
			    "a CPU was locked up with interrupts off: it may be the one "
			    "that the device interrupts",
			    0, LOOK(LOG));
		return SURE_CPU_DEAF;
	}
	for (i = 0; i < j->f->rqs.all.n; i++) {
		rq = &j->f->rqs.all.v[i];
		if (!rq->curr || rq->curr->idle || !cpu_is_silent(j->f, rq))
			continue;
		add_against(
			j, v,
			say(j,
			    "CPU %u has stood still for %.1f s: it takes no interrupts, "
			    "and may be the one that the device interrupts",
			    rq->cpu, cpu_silent_s(j->f, rq)),
			rq->addr, cpu_look_silent(j->f, rq));
		return SURE_CPU_DEAF;
	}
	if (j->f->rqs.complete)
		return 0;
	say_missing(j, v,
		    "run queues: whether a CPU takes no interrupts, perhaps the one that "
		    "the device interrupts");
	return SURE_CPU_UNREAD;
}

/* An idle one may have been in it for long, or for a moment: idle CPUs need no tick. */
static bool is_in_interrupt(const struct facts *f, const struct runqueue *rq)
{
	const struct studied *st = rq && rq->curr ? facts_studied(f, rq->curr) : NULL;
	struct cpu_context c;

	if (!st || !cpu_is_silent(f, rq))
		return false;
	context_find(&st->stack, false, &c);
	return c.kind == CONTEXT_INTERRUPT && c.irqs_off;
}

/* Points of confidence. */
static int judge_its_cpu(struct judge *j, struct verdict *v, const struct gpu_irq *irq)
{
	const struct runqueue *rq = runqueue_of_cpu(&j->f->rqs, irq->cpu);
	bool interrupted = is_in_interrupt(j->f, rq);

	if (!rq || !rq->curr) {
		say_missing(j, v,
			    "the run queue of CPU %d, to which it goes: whether it takes "
			    "interrupts",
			    irq->cpu);
		return SURE_CPU_UNREAD;
	}
	evidence_add(
		j, interrupted ? &v->against : &v->evidence,
		interrupted
			? say(j,
			      "CPU %d, to which it goes, was in an interrupt when the "
			      "machine stopped, perhaps for long",
			      irq->cpu)
			: say(j, "CPU %d, to which it goes, takes interrupts", irq->cpu),
		0, LOOK(RUNQUEUE, .n = irq->cpu));
	return interrupted ? SURE_CPU_DEAF : 0;
}

static void say_thread(struct judge *j, struct verdict *v, const struct gpu_irq *irq)
{
	if (irq->thread)
		add_for(j, v,
			say(j, "its thread %s sleeps, and nothing has woken it",
			    who(j, irq->thread)),
			irq->thread->addr, look_task(irq->thread, "task_struct.on_rq"));
	else if (irq->threaded)
		say_missing(j, v, "the thread that handles the interrupt");
}

int judge_way(struct judge *j, struct verdict *v, kaddr_t vdev, kaddr_t vq)
{
	const struct gpu_irq *irq = gpu_irq_of_queue(&j->f->irqs, vdev, vq);
	struct look look;

	if (!irq) {
		say_missing(j, v,
			    "the interrupt's descriptor: whether the guest itself keeps "
			    "it from the driver");
		return SURE_INTERRUPT_UNREAD + any_deaf_cpu(j, v);
	}
	look = LOOK_AT("irq_desc", irq->addr);
	add_for(j, v,
		say(j,
		    "nothing in the guest holds interrupt %u (%s) up: depth %u, "
		    "not masked; it came %llu times",
		    irq->irq, irq->name, irq->depth, COUNT(irq->count)),
		irq->addr, look);
	say_thread(j, v, irq);
	if (irq->cpu < 0)
		return any_deaf_cpu(j, v);
	return judge_its_cpu(j, v, irq);
}
