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

	for (i = 0; i < ARRAY_SIZE(functions); i++)
		if (frame_is(fr, functions[i]))
			return true;
	return false;
}

static struct runqueue *runqueue_of(const struct judge *j, int cpu)
{
	return runqueue_of_cpu(&j->f->rqs, cpu);
}

/*
 * What a CPU was at when the exception or the watchdog's interrupt came.  die() hands
 * the registers of the fault to kdump, so that the stack begins there; from panic() on
 * it is the first frame that was interrupted.
 */
static const struct frame *find_fault(struct judge *j, struct verdict *v, int cpu)
{
	const struct runqueue *rq = runqueue_of(j, cpu);
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

static const char *place(struct judge *j, const struct frame *fr)
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

/* ---- lockups ------------------------------------------------------------- */

enum spin { SPIN_NOT, SPIN_LOCK, SPIN_ANSWER };

/* A CPU that spins for another one is a victim, however long it has spun. */
static enum spin spin_of(const struct frame *fr)
{
	static const struct {
		const char *function;
		enum spin spin;
	} spins[] = {
		{"queued_spin_lock_slowpath", SPIN_LOCK},
		{"native_queued_spin_lock_slowpath", SPIN_LOCK},
		{"__pv_queued_spin_lock_slowpath", SPIN_LOCK},
		{"queued_read_lock_slowpath", SPIN_LOCK},
		{"queued_write_lock_slowpath", SPIN_LOCK},
		{"smp_call_function_many_cond", SPIN_ANSWER},
		{"smp_call_function_many", SPIN_ANSWER},
		{"smp_call_function_single", SPIN_ANSWER},
		{"csd_lock_wait", SPIN_ANSWER},
		{"csd_lock_wait_toolong", SPIN_ANSWER},
		{"__csd_lock_wait", SPIN_ANSWER},
		{"native_flush_tlb_others", SPIN_ANSWER},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(spins); i++)
		if (frame_is(fr, spins[i].function))
			return spins[i].spin;
	return SPIN_NOT;
}

/* Frames from the interrupted one on where the loop itself may be. */
#define SPIN_FRAMES 3

static enum spin find_spin(const struct verdict *v, const struct frame **in)
{
	enum spin spin = SPIN_NOT;
	size_t i;

	for (i = v->fault_at;
	     v->fault && i < v->fault->n && !spin && i < v->fault_at + SPIN_FRAMES; i++) {
		*in = &v->fault->v[i];
		spin = spin_of(*in);
	}
	return spin;
}

/* No tick has come to it for so long, ns. */
#define SILENT_NS 2000000000

/* The only other CPU whose clock stands still; NULL when there is none, or two. */
static const struct runqueue *find_silent(struct judge *j, const struct runqueue *but)
{
	const struct runqueue *rq, *found = NULL;
	size_t i;

	for (i = 0; i < j->f->rqs.all.n; i++) {
		rq = &j->f->rqs.all.v[i];
		if (rq == but || !rq->curr || rq->curr->idle ||
		    j->f->rqs.now - rq->clock <= SILENT_NS)
			continue;
		if (found)
			return NULL;
		found = rq;
	}
	return found;
}

/* Who runs elsewhere, and may be what the spinning one waits for. */
static void list_others(struct judge *j, struct verdict *v, const struct runqueue *but)
{
	const struct runqueue *rq;
	size_t i;

	for (i = 0; i < j->f->rqs.all.n; i++) {
		rq = &j->f->rqs.all.v[i];
		if (rq != but && rq->curr && !rq->curr->idle)
			add_for(j, v,
				say(j, "%s has been on CPU %u for %s", who(j, rq->curr),
				    rq->cpu, span(j, rq->curr->since_s)),
				rq->curr->addr, LOOK(CPU_STACK, .n = (int)rq->cpu));
	}
}

static const char *spin_words(enum spin spin)
{
	return spin == SPIN_LOCK ? "for a spinlock"
				 : "for another CPU to answer its interrupt";
}

static const char *spin_claim(struct judge *j, const struct runqueue *rq, enum spin spin,
			      const struct frame *in)
{
	return say(j, "%s on CPU %u spins %s, in %s", who(j, rq->curr), rq->cpu,
		   spin_words(spin), in->function);
}

static void miss_spin(struct judge *j, struct verdict *v, enum spin spin)
{
	say_missing(j, v,
		    spin == SPIN_LOCK
			    ? "who holds the lock: a spinlock does not record it"
			    : "which CPU did not answer");
}

/* Its CPU is locked up because another one does not let go, or does not answer. */
static void judge_spinner(struct judge *j, struct verdict *v, const struct runqueue *rq,
			  enum spin spin, const struct frame *in)
{
	const struct runqueue *silent = spin == SPIN_ANSWER ? find_silent(j, rq) : NULL;
	const char *waits = spin_words(spin);

	add_for(j, v, spin_claim(j, rq, spin, in), in->regs,
		LOOK(CPU_STACK, .n = (int)rq->cpu));
	if (silent) {
		v->cause = CAUSE_CPU_MONOPOLISED;
		v->confidence = SURE_SPINS_FOR_SILENT_CPU;
		blame_task(j, v, silent->curr, (int)silent->cpu);
		add_for(j, v,
			say(j,
			    "CPU %u has taken no tick for %.1f s, and no other CPU is so far "
			    "behind: %s runs there",
			    silent->cpu, (double)(j->f->rqs.now - silent->clock) / 1e9,
			    who(j, silent->curr)),
			silent->addr, LOOK_AT("rq.clock", silent->addr));
		v->summary = say(j,
				 "%s on CPU %u spins %s; CPU %u, where %s runs, takes no "
				 "interrupts.",
				 who(j, rq->curr), rq->cpu, waits, silent->cpu,
				 who(j, silent->curr));
		say_next(j, v, "See what CPU %u does: " LOOK_HERE ".", silent->cpu);
		say_look(j, v, LOOK(STACK, .n = silent->curr->pid));
		return;
	}
	v->cause = CAUSE_UNEXPLAINED;
	v->confidence = SURE_SPINS;
	list_others(j, v, rq);
	miss_spin(j, v, spin);
	v->summary = say(j,
			 "%s on CPU %u spins %s: it is a victim, and whose is not known.",
			 who(j, rq->curr), rq->cpu, waits);
	say_next(j, v, "Compare what the other CPUs do: " LOOK_HERE ".");
	say_command(j, v, "bt -a");
}

static void judge_looper(struct judge *j, struct verdict *v, const struct runqueue *rq)
{
	const struct frame *at = v->fault ? &v->fault->v[v->fault_at] : NULL;

	blame_task(j, v, rq->curr, (int)rq->cpu);
	add_for(j, v,
		say(j, "%s has had CPU %u for %s", who(j, rq->curr), rq->cpu,
		    span(j, rq->curr->since_s)),
		rq->curr->addr, LOOK(CPU_STACK, .n = (int)rq->cpu));
	if (at && at->function[0])
		add_for(j, v, say(j, "it was interrupted in %s", place(j, at)), at->regs,
			LOOK(CPU_STACK, .n = (int)rq->cpu));
	v->summary = say(j, "%s kept CPU %u and let nothing else run.", who(j, rq->curr),
			 rq->cpu);
	say_next(j, v, "See where it loops: " LOOK_HERE ".");
	say_look(j, v, LOOK(STACK, .n = rq->curr->pid));
}

/* The verdict that blames it already, since its victims led to it; NULL: none. */
static struct verdict *find_blame(struct judge *j, const struct task *t)
{
	size_t i;

	for (i = 0; i < j->out->all.n; i++)
		if (j->out->all.v[i]->culprit.address == t->addr)
			return j->out->all.v[i];
	return NULL;
}

/*
 * What fired is among what that verdict explains; but one who spins for another is a
 * victim, whoever waits for him.  False: there is somebody to name in his place.
 */
static bool blame_again(struct judge *j, struct verdict *v, const struct runqueue *rq,
			enum spin spin, const struct frame *in)
{
	v->fired = spin != SPIN_ANSWER || !find_silent(j, rq);
	if (!spin)
		return true;
	add_against(j, v, spin_claim(j, rq, spin, in), in->regs,
		    LOOK(CPU_STACK, .n = (int)rq->cpu));
	if (v->confidence > SURE_SPINS)
		v->confidence = SURE_SPINS;
	if (v->fired)
		miss_spin(j, v, spin);
	return v->fired;
}

/*
 * A lockup names its CPU: whoever is on it did not let others run, unless it spins for
 * another.  The CPU meant is the log's, since a buddy may have noticed; where the log
 * does not tell, the one that panicked.
 */
void judge_lockup(struct judge *j)
{
	const struct trigger *t = &j->f->panic.trigger;
	const struct runqueue *rq =
		runqueue_of(j, t->locked_cpu >= 0 ? t->locked_cpu : t->cpu);
	const struct frame *in = NULL;
	struct verdict *v, *blamed, seen = {0};
	enum spin spin;

	if ((t->kind != TRIGGER_SOFTLOCKUP && t->kind != TRIGGER_HARDLOCKUP) || !rq ||
	    !rq->curr || rq->curr->idle)
		return;
	/* Whoever has it came later.  But the clock of a hard locked CPU stands. */
	if (t->locked_cpu < 0 && rq->curr->since_s >= 0 && rq->curr->since_s < STARVED_S)
		return;
	find_fault(j, &seen, (int)rq->cpu);
	spin = find_spin(&seen, &in);
	blamed = find_blame(j, rq->curr);
	if (blamed && blame_again(j, blamed, rq, spin, in))
		return;
	v = verdict_new(j, CAUSE_CPU_MONOPOLISED, SURE_LOCKUP);
	v->fired = true;
	v->fault = seen.fault;
	v->fault_at = seen.fault_at;
	if (t->cpu >= 0 && t->locked_cpu >= 0 && t->cpu != t->locked_cpu)
		add_for(j, v,
			say(j, "CPU %d panicked, because CPU %d did not move", t->cpu,
			    t->locked_cpu),
			0, LOOK(LOG));
	if (spin)
		judge_spinner(j, v, rq, spin, in);
	else
		judge_looper(j, v, rq);
}
