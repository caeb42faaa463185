// SPDX-License-Identifier: GPL-2.0-or-later
/* What fired: faults, requests, and what no victim explains. */
#include "judge.h"

#include <string.h>

/* Where panic() itself saves the registers, when nobody hands it those of a fault. */
static bool is_panic_itself(const struct frame *fr)
{
	static const char *const functions[] = {"__crash_kexec", "crash_kexec",
						"panic",	 "vpanic",
						"nmi_panic",	 "machine_kexec"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(functions); i++)
		if (frame_is(fr, functions[i]))
			return true;
	return false;
}

/*
 * die() hands the registers of the fault to kdump, so that the stack begins there; from
 * panic() on it is the first frame that was interrupted.
 */
const struct frame *find_fault(struct judge *j, struct verdict *v, int cpu)
{
	const struct runqueue *rq = runqueue_of_cpu(&j->f->rqs, cpu);
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

/* "lab_spin+0xe [vgpu_lab]" */
static const char *place_words(struct judge *j, const char *function, uint64_t offset,
			       const char *module)
{
	return say(j, "%s+0x%llx%s%s%s", function, HEX(offset), module[0] ? " [" : "",
		   module, module[0] ? "]" : "");
}

const char *place(struct judge *j, const struct frame *fr)
{
	return place_words(j, fr->function, fr->offset, fr->module);
}

/* panic() says only that panic_on_warn is set; what was warned of the log has. */
static const char *warning(const struct trigger *t)
{
	return t->begins[0] ? t->begins : t->message;
}

static void blame_function(struct judge *j, struct verdict *v, const char *name,
			   kaddr_t address)
{
	v->culprit.kind = CULPRIT_FUNCTION;
	v->culprit.name = name;
	v->culprit.pid = j->f->panic.trigger.pid;
	v->culprit.cpu = j->f->panic.trigger.cpu;
	v->culprit.address = address;
}

/* What the kernel itself holds against the module. */
static void add_taints(struct judge *j, struct verdict *v, const char *module)
{
	const struct module *m;
	const char *words;
	size_t i;

	for (i = 0; i < j->f->modules.all.n; i++) {
		m = &j->f->modules.all.v[i];
		words = taints_of_module(j->a, m->taints);
		if (words[0] && !strcmp(m->name, module))
			add_for(j, v, say(j, "module %s: %s", module, words), m->addr,
				LOOK_AT("module.taints", m->addr));
	}
}

/* By the frame, or else by the line in which the kernel itself said where it was. */
static void find_function(struct judge *j, struct verdict *v, const struct frame *fr)
{
	const struct trigger *t = &j->f->panic.trigger;
	const struct said_at *at = &t->at;

	if (fr && fr->function[0]) {
		blame_function(j, v, place(j, fr), fr->ip);
		add_for(j, v, say(j, "the exception was raised in %s", v->culprit.name),
			fr->regs, LOOK(CPU_STACK, .n = t->cpu));
		add_taints(j, v, fr->module);
	} else if (at->line) {
		blame_function(j, v, place_words(j, at->function, at->offset, at->module),
			       fr ? fr->ip : 0);
		add_for(j, v,
			say(j, "the kernel's own words for where it was: %s",
			    at->line->text),
			0, LOOK(LOG));
		add_taints(j, v, at->module);
	} else {
		say_missing(j, v,
			    "the function that was running: no exception frame was found "
			    "on the stack of the CPU that panicked");
	}
}

/* An oops, a BUG or a WARN: the function that it was raised in. */
static void judge_bug(struct judge *j, struct verdict *v)
{
	const struct trigger *t = &j->f->panic.trigger;
	const struct frame *fr = find_fault(j, v, t->cpu);

	v->summary = t->kind == TRIGGER_WARN
			     ? say(j, "A WARN() stopped the kernel: %s", warning(t))
			     : say(j, "The kernel stopped at a fault of its own: %s",
				   t->message);
	say_next(j, v,
		 t->pid >= 0 || t->cpu >= 0 ? "Read the log around it (" LOOK_HERE
					      ") and the stack (" LOOK_HERE ")."
					    : "Read the log around it (" LOOK_HERE ").");
	say_command(j, v, "panic");
	if (t->pid >= 0)
		say_look(j, v, LOOK(STACK, .n = t->pid));
	else if (t->cpu >= 0)
		say_look(j, v, LOOK(CPU_STACK, .n = t->cpu));
	find_function(j, v, fr);
}

/* Nothing fired, and nothing is stuck: where else it may be seen. */
static void judge_request(struct judge *j, struct verdict *v)
{
	v->summary = "Somebody asked for this dump; no task was found stuck.";
	say_next(j, v,
		 "Ask why it was taken. If the machine was slow or full: " LOOK_HERE
		 ", " LOOK_HERE ", " LOOK_HERE "; if it did not answer: " LOOK_HERE
		 ", " LOOK_HERE ".");
	say_command(j, v, "slab");
	say_command(j, v, "leak");
	say_command(j, v, "obj");
	say_command(j, v, "bt -a");
	say_command(j, v, "dev");
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
		v = verdict_new(j, CAUSE_PANIC_BY_REQUEST, SURE_REQUESTED);
		judge_request(j, v);
		break;
	case TRIGGER_OOPS:
	case TRIGGER_BUG:
	case TRIGGER_WARN:
		v = verdict_new(j, CAUSE_KERNEL_BUG, SURE_FAULT);
		judge_bug(j, v);
		break;
	case TRIGGER_OOM:
		v = verdict_new(j, CAUSE_MEMORY_EXHAUSTED, SURE_OUT_OF_MEMORY);
		judge_exhausted(j, v);
		break;
	default:
		if (explained)
			return;
		v = verdict_new(j, CAUSE_UNEXPLAINED, SURE_ONLY_FIRED);
		v->summary =
			t->kind == TRIGGER_NONE
				? "No panic, and no task was found stuck."
				: say(j, "%s: nothing in the dump explains it.",
				      t->message[0] ? t->message : "The kernel panicked");
		break;
	}
	v->fired = true;
	for (i = 0; i < t->evidence.n; i++) {
		add_for(j, v, t->evidence.v[i].claim, t->evidence.v[i].addr,
			t->evidence.v[i].look);
		v->evidence.v[v->evidence.n - 1].shown = true;
	}
}
