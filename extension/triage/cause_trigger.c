// SPDX-License-Identifier: GPL-2.0-or-later
/* What fired: faults, requests, and what no victim explains. */
#include "judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "functions.h"
#include "kernel/sched/context.h"

/*
 * die() hands the registers of the fault to kdump, so that the stack begins there; from
 * panic() on it is the first frame that was interrupted.
 */
const struct frame *find_fault(struct judge *j, struct verdict *v, int cpu)
{
	const struct runqueue *rq = runqueue_of_cpu(&j->f->rqs, cpu);
	const struct studied *st = rq && rq->curr ? facts_studied(j->f, rq->curr) : NULL;
	size_t at = st ? stack_interrupted(&st->stack) : 0;

	if (!st || at == st->stack.n)
		return NULL;
	v->fault = &st->stack;
	v->fault_at = at;
	return &st->stack.v[at];
}

const char *place_words(struct judge *j, const char *function, uint64_t offset,
			const char *module)
{
	return say(j, "%s+0x%llx%s%s%s", function, HEX(offset), module[0] ? " [" : "",
		   module, module[0] ? "]" : "");
}

const char *place(struct judge *j, const struct frame *fr)
{
	return place_words(j, fr->function, fr->offset, fr->module);
}

/* panic() says only "Fatal exception", "panic_on_warn set"; of what the log has. */
static const char *warning(const struct trigger *t)
{
	return t->begins[0] ? t->begins : t->message;
}

static const char *warner(const struct trigger *t)
{
	return t->exception || !t->begins[0] ? "WARN()" : "report of its own";
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

/*
 * A frame that is not where the kernel says it was is of something else: the exception's
 * own was not found.  Names differ where two symbols share a place, offsets do not.
 */
static bool contradicts(const struct frame *fr, const struct said_at *at)
{
	return at->line && fr->function[0] && fr->offset != at->offset &&
	       !text_is_function(fr->function, at->function) &&
	       !text_is_function(at->function, fr->function);
}

/* Who called panic(), or what reports for others: a sanitizer, WARN(). */
static const struct frame *find_reporter(struct judge *j)
{
	static const char *const own[] = {"nmi_panic", "check_panic_on_warn",
					  "ubsan_epilogue", "end_report", "report_bug"};
	static const char *const families[] = {"__ubsan_handle_", "kasan_",
					       "__kasan_",	  "__asan_",
					       "__hwasan_",	  "__msan_",
					       "kmsan_",	  "kfence_",
					       "print_report",	  "__tsan_",
					       "kcsan_",	  "__warn",
					       "warn_slowpath"};
	const struct runqueue *rq = runqueue_of_cpu(&j->f->rqs, j->f->panic.trigger.cpu);
	const struct studied *st = rq && rq->curr ? facts_studied(j->f, rq->curr) : NULL;
	size_t at = st ? stack_behind_panic(&st->stack) : 0, i, k;
	bool reports = at > 0;

	for (i = at; reports && i < st->stack.n; i++) {
		reports = false;
		for (k = 0; k < ARRAY_SIZE(own); k++)
			reports |= frame_is(&st->stack.v[i], own[k]);
		for (k = 0; k < ARRAY_SIZE(families); k++)
			reports |= text_starts(st->stack.v[i].function, families[k]);
		if (!reports)
			return &st->stack.v[i];
	}
	return NULL;
}

/* Does the panic's own caller tell whose fault it is?  Whoever checks stacks does not. */
static bool reports_at_fault(const struct trigger *t)
{
	return t->kind == TRIGGER_WARN &&
	       !text_starts(t->begins, "BUG: scheduling while atomic");
}

static const char *no_function(struct judge *j)
{
	const struct trigger *t = &j->f->panic.trigger;

	if (j->f->text && (t->exception || t->kind == TRIGGER_OOPS))
		return "the function that was running: the log does not name it";
	return t->exception ? "the function that was running: no exception frame was "
			      "found on the stack of the CPU that panicked"
			    : "whose fault it is: who panicked only found it";
}

/* By the frame, or else by the line in which the kernel itself said where it was. */
static void find_function(struct judge *j, struct verdict *v)
{
	const struct trigger *t = &j->f->panic.trigger;
	const struct said_at *at = &t->at;
	const struct frame *fr = t->exception ? find_fault(j, v, t->cpu) : NULL;
	const char *how = "the exception was raised in";

	if (fr && contradicts(fr, at)) {
		v->fault = NULL;
		fr = NULL;
	}
	if (!fr && !at->line && reports_at_fault(t)) {
		fr = find_reporter(j);
		how = "it was reported from";
	}
	if (fr && fr->function[0]) {
		blame_function(j, v, place(j, fr), fr->ip);
		add_for(j, v, say(j, "%s %s", how, v->culprit.name), fr->regs,
			LOOK(CPU_STACK, .n = t->cpu));
		add_taints(j, v, fr->module);
	} else if (at->line) {
		blame_function(j, v, place_words(j, at->function, at->offset, at->module),
			       fr ? fr->ip : 0);
		add_for(j, v,
			say(j, "the kernel's own words for where it was: %s",
			    text_tabs(j->a, at->line->text, " ")),
			0, LOOK(LOG));
		add_taints(j, v, at->module);
	} else {
		say_missing(j, v, "%s", no_function(j));
	}
}

/* An oops, a BUG or a WARN: the function that it was raised in. */
static void judge_bug(struct judge *j, struct verdict *v)
{
	const struct trigger *t = &j->f->panic.trigger;

	v->summary =
		t->kind == TRIGGER_WARN
			? say(j, "A %s stopped the kernel: %s", warner(t), warning(t))
			: say(j, "The kernel stopped at a fault of its own: %s",
			      warning(t));
	say_next(j, v,
		 t->pid >= 0 || t->cpu >= 0 ? "Read the log around it (" LOOK_HERE
					      ") and the stack (" LOOK_HERE ")."
					    : "Read the log around it (" LOOK_HERE ").");
	say_command(j, v, "panic");
	if (t->pid >= 0)
		say_look(j, v, LOOK(STACK, .n = t->pid));
	else if (t->cpu >= 0)
		say_look(j, v, LOOK(CPU_STACK, .n = t->cpu));
	find_function(j, v);
}

/* Nothing is stuck among what was read.  Was all of it? */
static bool is_stuck_known(struct judge *j, struct verdict *v)
{
	const struct facts *f = j->f;
	bool gpu_known = f->gpu_driver >= 0;

	if (f->text || (f->tasks.complete && f->rqs.complete && gpu_known))
		return true;
	if (!f->tasks.complete)
		say_missing(j, v, "some tasks: one of them may be stuck");
	if (!f->rqs.complete)
		say_missing(j, v, "run queues: since when tasks sleep or wait for a CPU");
	if (!gpu_known)
		say_missing(j, v,
			    "modules: virtio-gpu may be loaded, and its host not answer");
	return false;
}

/*
 * Nothing fired, and nothing is stuck: where else it may be seen.  Objects that a look which
 * costs nothing found lost have verdicts of their own, after this one.
 */
static void judge_request(struct judge *j, struct verdict *v)
{
	bool gpu = j->f->gpu_driver != 0;

	bool nmi = j->f->panic.trigger.kind == TRIGGER_NMI;
	const char *asked =
		nmi ? "An NMI without a reason stopped this machine: somebody "
		      "asked for a dump, or a watchdog did"
		    : "Somebody asked for this dump";

	v->summary = say(j, "%s; no task was found stuck.", asked);
	if (nmi)
		v->confidence += SURE_NMI_OF_ANYBODY;
	if (!is_stuck_known(j, v)) {
		v->summary = say(j, "%s; whether a task was stuck is not known.", asked);
		v->confidence += SURE_STUCK_UNREAD;
	}
	say_next(j, v,
		 "Ask why it was taken. If the machine was slow or full: " LOOK_HERE
		 ", " LOOK_HERE "%s; if it did not answer: " LOOK_HERE "%s.",
		 gpu ? ", " LOOK_HERE : "", gpu ? ", " LOOK_HERE : "");
	say_command(j, v, "slab");
	say_command(j, v, "leak");
	if (gpu)
		say_command(j, v, "obj");
	say_command(j, v, "bt -a");
	if (gpu)
		say_command(j, v, "dev");
}

/* Numbers that no device has (init/do_mounts.c): it found none, and so none is to blame. */
static bool found_no_root(const struct trigger *t)
{
	return strstr(t->message, "unknown-block(0,0)") != NULL;
}

static void judge_no_root(struct judge *j, struct verdict *v)
{
	v->summary = say(
		j,
		"The kernel found no device for its root file system: root= names none "
		"that was there, or its driver or the initramfs is missing. %s",
		j->f->panic.trigger.message);
	say_next(j, v,
		 "Compare root= of the command line with the disks that the log lists "
		 "(" LOOK_HERE "), and see whether an initramfs was loaded.");
	say_look(j, v, LOOK(LOG));
}

/* What whoever panicked says is to blame, outside the kernel. */
static void judge_accused(struct judge *j, struct verdict *v)
{
	const struct trigger *t = &j->f->panic.trigger;
	const char *name = t->accused_name[0] ? t->accused_name : "a file system or disk";

	if (found_no_root(t)) {
		judge_no_root(j, v);
		return;
	}
	v->culprit.kind = CULPRIT_DEVICE;
	if (t->accused == ACCUSED_HARDWARE) {
		v->culprit.name = "hardware";
		v->culprit.cpu = t->cpu;
		v->summary =
			say(j, "The hardware reported an error that ends the machine: %s",
			    t->begins[0] ? t->begins : t->message);
		say_next(j, v,
			 "Read the log around it (" LOOK_HERE
			 "); in a virtual machine it is the host's hardware, or its "
			 "administrator's doing.");
	} else {
		v->culprit.name = name;
		v->summary = say(j,
				 "The kernel was to go no further with what it found on "
				 "%s: %s",
				 name, t->begins[0] ? t->begins : t->message);
		say_next(j, v,
			 "Read the log around it (" LOOK_HERE
			 "); check the disk, and the file system from another one.");
	}
	say_command(j, v, "panic");
}

/* "exitcode=0x0000000b": what wait() would have told of init. */
static void add_exit_code(struct judge *j, struct verdict *v)
{
	static const char label[] = "Attempted to kill init! exitcode=0x";
	const char *message = j->f->panic.trigger.message;
	unsigned long code;

	if (!text_starts(message, label))
		return;
	code = strtoul(message + strlen(label), NULL, 16);
	add_for(j, v,
		code & 0x7f ? say(j, "signal %lu ended init", code & 0x7f)
			    : say(j, "init exited by itself, with status %lu",
				  code >> 8 & 0xff),
		0, LOOK(LOG));
}

/* The grace period's kthread is ready to run there. */
static void add_rcu_cpu(struct judge *j, struct verdict *v)
{
	int cpu = j->f->panic.trigger.rcu_cpu;
	const struct runqueue *rq = runqueue_of_cpu(&j->f->rqs, cpu);

	if (cpu < 0 || !rq || !rq->curr)
		return;
	add_for(j, v,
		say(j,
		    "the kthread that ends grace periods is to run on CPU %d: %s has had it "
		    "for %s",
		    cpu, rq->curr->idle ? "nobody" : who(j, rq->curr),
		    span(j, rq->curr->since_s)),
		rq->curr->addr, LOOK(CPU_STACK, .n = cpu));
}

static const char *other_words(struct judge *j, bool stuck_known)
{
	const struct trigger *t = &j->f->panic.trigger;
	const char *whole = j->f->text ? "log" : "dump";

	if (t->kind == TRIGGER_UNKNOWN)
		return stuck_known
			       ? "Whether it panicked is not known; no task was found "
				 "stuck."
			       : "Whether it panicked, and whether a task was stuck, is "
				 "not known.";
	if (t->kind == TRIGGER_NONE)
		return stuck_known ? "No panic, and no task was found stuck."
				   : "No panic; whether a task was stuck is not known.";
	if (t->accused == ACCUSED_WATCHDOG)
		return say(
			j,
			"Nobody fed a watchdog for as long as it waits: %s. Nothing in "
			"the %s says why.",
			t->message, whole);
	return say(j, "%s: nothing in the %s explains it.",
		   t->message[0] ? t->message : "The kernel panicked", whole);
}

static void judge_other(struct judge *j, struct verdict *v)
{
	const struct trigger *t = &j->f->panic.trigger;
	const struct frame *by = t->kind == TRIGGER_OTHER ? find_reporter(j) : NULL;

	v->summary = other_words(j, is_stuck_known(j, v));
	if (by && by->function[0])
		add_for(j, v, say(j, "panic() was called from %s", place(j, by)), 0,
			LOOK(CPU_STACK, .n = t->cpu));
	add_exit_code(j, v);
	add_rcu_cpu(j, v);
}

static struct verdict *verdict_of_trigger(struct judge *j, bool why_asked)
{
	const struct trigger *t = &j->f->panic.trigger;
	struct verdict *v;

	switch (t->kind) {
	case TRIGGER_SYSRQ:
	case TRIGGER_NMI:
		if (t->accused == ACCUSED_HARDWARE) /* nobody asked */
			break;
		if (why_asked)
			return NULL;
		v = verdict_new(j, CAUSE_PANIC_BY_REQUEST, SURE_REQUESTED);
		judge_request(j, v);
		return v;
	case TRIGGER_OOPS:
	case TRIGGER_BUG:
	case TRIGGER_WARN:
		v = verdict_new(j, CAUSE_KERNEL_BUG, SURE_FAULT);
		judge_bug(j, v);
		return v;
	case TRIGGER_OOM:
		v = verdict_new(j, CAUSE_MEMORY_EXHAUSTED, SURE_OUT_OF_MEMORY);
		judge_exhausted(j, v);
		return v;
	default:
		break;
	}
	if (t->accused == ACCUSED_HARDWARE || t->accused == ACCUSED_STORAGE) {
		v = t->accused == ACCUSED_HARDWARE
			    ? verdict_new(j, CAUSE_HARDWARE_ERROR, SURE_HARDWARE_SAYS)
			    : verdict_new(j, CAUSE_STORAGE_ERROR, SURE_STORAGE_SAYS);
		judge_accused(j, v);
		return v;
	}
	if (j->out->all.n)
		return NULL;
	v = verdict_new(j, CAUSE_UNEXPLAINED, SURE_ONLY_FIRED);
	judge_other(j, v);
	return v;
}

void add_fired(struct judge *j, struct verdict *v)
{
	const struct trigger *t = &j->f->panic.trigger;
	size_t i;

	v->fired = true;
	for (i = 0; i < t->evidence.n; i++) {
		add_for(j, v, t->evidence.v[i].claim, t->evidence.v[i].addr,
			t->evidence.v[i].look);
		v->evidence.v[v->evidence.n - 1].shown = true;
	}
}

void judge_trigger(struct judge *j, bool why_asked)
{
	struct verdict *v = verdict_of_trigger(j, why_asked);

	if (v)
		add_fired(j, v);
}
