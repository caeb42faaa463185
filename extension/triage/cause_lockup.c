// SPDX-License-Identifier: GPL-2.0-or-later
/* Lockups: a CPU that the kernel's watchdogs have named. */
#include <string.h>

#include "base/text.h"
#include "judge.h"
#include "lost_cpu.h"

enum spin { SPIN_NOT, SPIN_LOCK, SPIN_ANSWER, SPIN_STOP };

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
		/* CONFIG_NUMA_AWARE_SPINLOCKS, which openEuler has */
		{"__cna_queued_spin_lock_slowpath", SPIN_LOCK},
		/* A guest halts until the lock's holder kicks it. */
		{"kvm_wait", SPIN_LOCK},
		{"hv_qlock_wait", SPIN_LOCK},
		{"xen_qlock_wait", SPIN_LOCK},
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

/*
 * All CPUs are to stop, and each spins until the last one has come.  What is to run then is
 * called from the same loop.  at: goes to the loop's own frame; which of its functions the
 * interrupt met is chance.
 */
static bool spins_to_stop(const struct stack *s, size_t *at)
{
	static const char *const in_loop[] = {
		"stop_machine_yield",	      /* 5.3 */
		"rcu_momentary_dyntick_idle", /* renamed by 32a9f26e5e26, 6.12 */
		"rcu_momentary_eqs",
	};
	size_t loop = *at, i;

	for (i = 0; i < ARRAY_SIZE(in_loop); i++)
		if (frame_is(&s->v[loop], in_loop[i])) {
			loop++;
			break;
		}
	if (loop == s->n || !frame_is(&s->v[loop], "multi_cpu_stop"))
		return false;
	*at = loop;
	return true;
}

/* Frames from the interrupted one on where the loop itself may be. */
#define SPIN_FRAMES 3

static enum spin find_spin(struct verdict *v, const struct frame **in)
{
	enum spin spin = SPIN_NOT;
	size_t i;

	if (v->fault) {
		*in = &v->fault->v[v->fault_at];
		if (spins_to_stop(v->fault, &v->fault_at))
			return SPIN_STOP;
	}
	for (i = v->fault_at;
	     v->fault && i < v->fault->n && !spin && i < v->fault_at + SPIN_FRAMES; i++) {
		*in = &v->fault->v[i];
		spin = spin_of(*in);
	}
	return spin;
}

/*
 * An idle CPU's clock may stand still: it must be in an interrupt that does not end.  One in
 * user mode takes each interrupt: if that one is silent, its host does not let it run.
 */
static bool is_deaf(const struct facts *f, const struct runqueue *rq)
{
	const struct studied *st = rq->curr ? facts_studied(f, rq->curr) : NULL;
	struct lost l;

	return rq->curr && cpu_is_silent(f, rq) && !(st && st->stack.user) &&
	       (!rq->curr->idle || cpu_is_lost(f, rq, true, &l));
}

/* The only other CPU whose clock stands still; NULL when there is none, or two. */
static const struct runqueue *find_silent(struct judge *j, const struct runqueue *but)
{
	const struct runqueue *rq, *found = NULL;
	size_t i;

	for (i = 0; i < j->f->rqs.all.n; i++) {
		rq = &j->f->rqs.all.v[i];
		if (rq == but || !is_deaf(j->f, rq))
			continue;
		if (found)
			return NULL;
		found = rq;
	}
	return found;
}

static const char *spin_words(enum spin spin)
{
	static const char *const words[] = {
		[SPIN_LOCK] = "for a spinlock",
		[SPIN_ANSWER] = "for another CPU to answer its interrupt",
		[SPIN_STOP] = "for another CPU to stop with it",
	};

	return words[spin];
}

/* ", and spins for a spinlock in ..."; "": it does not spin. */
static const char *also_spins(struct judge *j, const struct runqueue *rq, enum spin *spin)
{
	const struct frame *in = NULL;
	struct verdict seen = {0};

	find_fault(j, &seen, (int)rq->cpu);
	*spin = find_spin(&seen, &in);
	return *spin ? say(j, ", and spins %s in %s", spin_words(*spin), in->function)
		     : "";
}

/* Runnable there and not let run for long: the thread that all others make way for. */
static const struct task *held_back_stopper(const struct runqueue *rq)
{
	size_t i;

	for (i = 0; i < rq->waiting.n; i++)
		if (rq->waiting.v[i]->sched == SCHED_KIND_STOP &&
		    rq->waiting.v[i]->since_s >= STARVED_S)
			return rq->waiting.v[i];
	return NULL;
}

/*
 * Who keeps it back: he cannot be preempted.  Not who spins for a third; one in user mode, who
 * has no stack here, can be: his host does not let him run.
 */
static bool keeps_back(struct judge *j, const struct runqueue *rq,
		       const struct task *stopper)
{
	const struct studied *st = rq->curr ? facts_studied(j->f, rq->curr) : NULL;
	enum spin spin;

	if (!st || rq->curr->idle || !st->stack.n || rq->curr->since_s < stopper->since_s)
		return false;
	also_spins(j, rq, &spin);
	return !spin;
}

/* The only other CPU that does not stop, and that somebody keeps from it; or NULL. */
static const struct runqueue *find_unstopped(struct judge *j, const struct runqueue *but)
{
	const struct runqueue *rq, *found = NULL;
	size_t i;

	for (i = 0; i < j->f->rqs.all.n; i++) {
		rq = &j->f->rqs.all.v[i];
		if (rq == but || !held_back_stopper(rq))
			continue;
		if (found)
			return NULL;
		found = rq;
	}
	return found && keeps_back(j, found, held_back_stopper(found)) ? found : NULL;
}

/* The CPU that keeps one spinning, where that is known; NULL: it is not. */
static const struct runqueue *find_kept(struct judge *j, const struct runqueue *rq,
					enum spin spin)
{
	const struct runqueue *silent = find_silent(j, rq);

	return silent || spin != SPIN_STOP ? silent : find_unstopped(j, rq);
}

/*
 * Who has run elsewhere for long, and may be what the spinning one waits for.  Returns the
 * first of them that spins for a lock itself; NULL: none does.
 */
static const struct runqueue *list_others(struct judge *j, struct verdict *v,
					  const struct runqueue *but)
{
	const struct runqueue *rq, *first = NULL;
	const char *spins;
	enum spin spin;
	size_t i;

	for (i = 0; i < j->f->rqs.all.n; i++) {
		rq = &j->f->rqs.all.v[i];
		if (rq == but || !rq->curr || rq->curr->idle ||
		    (rq->curr->since_s >= 0 && rq->curr->since_s < STARVED_S))
			continue;
		spins = also_spins(j, rq, &spin);
		if (spin == SPIN_LOCK && !first)
			first = rq;
		add_for(j, v,
			say(j, "%s has been on CPU %u for %s%s", who(j, rq->curr),
			    rq->cpu, span(j, rq->curr->since_s), spins),
			rq->curr->addr,
			spin ? LOOK(CPU_STACK, .n = (int)rq->cpu)
			     : look_task(rq->curr, "task_struct.sched_info"));
	}
	return first;
}

/* What is known of whose victim it is.  No spinlock says who has it, nor which others. */
static const char *victim_words(struct judge *j, enum spin spin,
				const struct runqueue *other)
{
	if (spin != SPIN_LOCK || !other)
		return ": it is a victim, and whose is not known";
	return say(j,
		   ", and so does %s on CPU %u: they may wait for each other, or for a "
		   "third",
		   who(j, other->curr), other->cpu);
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
		    : spin == SPIN_STOP ? "which CPU did not stop"
					: "which CPU did not answer");
}

/* In an interrupt or softirqs it is the code that is at fault, whoever was interrupted. */
static void blame_lost(struct judge *j, struct verdict *v, const struct runqueue *rq,
		       const struct lost *l)
{
	if (l->context.kind == CONTEXT_TASK) {
		blame_task(j, v, rq->curr, (int)rq->cpu);
		return;
	}
	v->culprit.kind = CULPRIT_FUNCTION;
	v->culprit.name = place(j, l->function);
	v->culprit.cpu = (int)rq->cpu;
	v->culprit.address = l->function->ip;
	add_for(j, v,
		say(j, "%s, %s, is what runs on CPU %u: %s was interrupted by it",
		    v->culprit.name, l->context.what, rq->cpu, who(j, rq->curr)),
		l->function->ip, LOOK(CPU_STACK, .n = (int)rq->cpu));
}

/*
 * Who does not answer: the task that runs there, or what it was interrupted by. Where
 * nobody's registers tell which of them it is, the CPU.
 */
static void judge_silent(struct judge *j, struct verdict *v,
			 const struct runqueue *silent, bool alone)
{
	const struct studied *st = facts_studied(j->f, silent->curr);
	const char *there = say(j, "where %s runs", who(j, silent->curr));
	struct lost l;

	v->cause = CAUSE_CPU_MONOPOLISED;
	v->confidence = SURE_SPINS_FOR_SILENT_CPU;
	if (cpu_is_lost(j->f, silent, true, &l)) {
		blame_lost(j, v, silent, &l);
		there = say(j, "which is in %s", place(j, l.function));
	} else if (st && st->stack.n) {
		blame_task(j, v, silent->curr, (int)silent->cpu);
	} else {
		v->cause = CAUSE_UNEXPLAINED;
		v->confidence = SURE_CPU_STOPPED;
		blame_cpu(j, v, silent);
		say_missing(j, v,
			    "what CPU %u does: its registers were not saved, and whoever "
			    "runs there may have been interrupted",
			    silent->cpu);
	}
	add_for(j, v,
		say(j, "CPU %u has taken no tick for %.1f s%s: %s runs there",
		    silent->cpu, cpu_silent_s(j->f, silent),
		    alone ? ", and no other CPU is so far behind" : "",
		    who(j, silent->curr)),
		silent->addr, cpu_look_silent(j->f, silent));
	v->summary = say(j, "%s; CPU %u, %s, takes no interrupts.", v->summary,
			 silent->cpu, there);
	say_next(j, v, "See what CPU %u does: " LOOK_HERE ".", silent->cpu);
	say_look(j, v, LOOK(CPU_STACK, .n = (int)silent->cpu));
}

/* There it has been queued that the CPU stop, and who runs there does not let go. */
static void judge_unstopped(struct judge *j, struct verdict *v, const struct runqueue *rq)
{
	const struct task *stopper = held_back_stopper(rq);
	struct lost l;

	v->cause = CAUSE_CPU_MONOPOLISED;
	v->confidence = SURE_KEEPS_FROM_STOPPING;
	add_for(j, v,
		say(j,
		    "%s, whom every task makes way for, has been runnable on CPU %u "
		    "without running for %s, and on no other CPU is that so",
		    who(j, stopper), rq->cpu, span(j, stopper->since_s)),
		stopper->addr, look_task(stopper, "task_struct.on_rq,on_cpu,sched_info"));
	if (judge_polling(j, v, rq))
		return;
	if (cpu_is_lost(j->f, rq, false, &l)) {
		blame_lost(j, v, rq, &l);
	} else {
		blame_task(j, v, rq->curr, (int)rq->cpu);
		add_for(j, v,
			say(j, "%s has had CPU %u for %s", who(j, rq->curr), rq->cpu,
			    span_kept(j, rq->curr)),
			rq->curr->addr, look_task(rq->curr, "task_struct.sched_info"));
	}
	v->summary = say(j, "%s: CPU %u, where %s runs, does not stop.", v->summary,
			 rq->cpu, who(j, rq->curr));
	say_next(j, v, "See what CPU %u does: " LOOK_HERE ".", rq->cpu);
	say_look(j, v, LOOK(CPU_STACK, .n = (int)rq->cpu));
}

/* The first of the CPUs that rq's waits for and that takes no interrupts; NULL: none. */
static const struct runqueue *called_in_vain(const struct facts *f,
					     const struct runqueue *rq,
					     const struct cpu_call **call)
{
	const struct runqueue *to;
	size_t i;

	for (i = 0; i < rq->calls.n; i++) {
		to = runqueue_of_cpu(&f->rqs, (int)rq->calls.v[i].to);
		*call = &rq->calls.v[i];
		if (to && is_deaf(f, to))
			return to;
	}
	return NULL;
}

static void say_call(struct judge *j, struct verdict *v, const struct runqueue *rq,
		     const struct cpu_call *call)
{
	add_for(j, v,
		say(j,
		    "%s on CPU %u has called CPU %u to run %s and waits for it: the call "
		    "still lies in that CPU's queue",
		    who(j, rq->curr), rq->cpu, call->to, call->function),
		call->addr, LOOK_AT("__call_single_data", call->addr));
}

/* Its CPU is locked up because another one does not let go, or does not answer. */
static void judge_spinner(struct judge *j, struct verdict *v, const struct runqueue *rq,
			  enum spin spin, const struct frame *in)
{
	const struct cpu_call *call;
	const struct runqueue *called =
		spin == SPIN_ANSWER ? called_in_vain(j->f, rq, &call) : NULL;
	const struct runqueue *silent = called		    ? called
					: spin == SPIN_LOCK ? NULL
							    : find_silent(j, rq);
	const struct runqueue *kept = silent || spin != SPIN_STOP ? NULL
								  : find_unstopped(j, rq);
	const char *waits = spin_words(spin);
	const struct runqueue *other;

	add_for(j, v, spin_claim(j, rq, spin, in), in->regs,
		LOOK(CPU_STACK, .n = (int)rq->cpu));
	if (called)
		say_call(j, v, rq, call);
	if (silent || kept) {
		v->summary =
			say(j, "%s on CPU %u spins %s", who(j, rq->curr), rq->cpu, waits);
		if (silent)
			judge_silent(j, v, silent, !called);
		else
			judge_unstopped(j, v, kept);
		return;
	}
	v->cause = CAUSE_UNEXPLAINED;
	v->confidence = SURE_SPINS;
	other = list_others(j, v, rq);
	miss_spin(j, v, spin);
	v->summary = say(j, "%s%s on CPU %u spins %s%s.",
			 v->victims.n
				 ? say(j, "%s behind another victim: ", wait_words(j, v))
				 : "",
			 who(j, rq->curr), rq->cpu, waits, victim_words(j, spin, other));
	say_next(j, v, "Compare what the other CPUs do: " LOOK_HERE ".");
	say_command(j, v, "bt -a");
}

static void judge_looper(struct judge *j, struct verdict *v, const struct runqueue *rq)
{
	const struct frame *at = v->fault ? &v->fault->v[v->fault_at] : NULL;

	blame_task(j, v, rq->curr, (int)rq->cpu);
	add_for(j, v,
		say(j, "%s has had CPU %u for %s", who(j, rq->curr), rq->cpu,
		    span_kept(j, rq->curr)),
		rq->curr->addr, look_task(rq->curr, "task_struct.sched_info"));
	if (at && at->function[0])
		add_for(j, v, say(j, "it was interrupted in %s", place(j, at)), at->regs,
			LOOK(CPU_STACK, .n = (int)rq->cpu));
	v->summary = say(j, "%s kept CPU %u and let nothing else run.", who(j, rq->curr),
			 rq->cpu);
	say_next(j, v, "See where it loops: " LOOK_HERE ".");
	say_look(j, v, LOOK(STACK, .n = rq->curr->pid));
	judge_asker(j, v, rq->curr);
}

/* ---- a CPU that is lost ---------------------------------------------------- */

static void say_lost_times(struct judge *j, struct verdict *v, const struct runqueue *rq,
			   const struct lost *l)
{
	if (cpu_is_silent(j->f, rq))
		add_for(j, v,
			say(j, "CPU %u has taken no tick for %.1f s", rq->cpu,
			    cpu_silent_s(j->f, rq)),
			rq->addr, cpu_look_silent(j->f, rq));
	else if (rq->softirq_s >=
		 l->since_s / 2) /* ticks count it: an idle CPU's may stand */
		add_for(j, v,
			say(j,
			    "CPU %u has been in softirqs for %.1f s since the boot, as "
			    "its ticks count it: not those that it missed",
			    rq->cpu, rq->softirq_s),
			rq->softirq_at, look_softirqs(rq));
	if (l->waiter)
		add_for(j, v,
			say(j, "%s has been runnable on CPU %u without running for %s",
			    who(j, l->waiter), rq->cpu, span(j, l->waiter->since_s)),
			l->waiter->addr,
			look_task(l->waiter, "task_struct.on_rq,on_cpu,sched_info"));
}

static const char *lost_words(struct judge *j, const struct runqueue *rq,
			      const struct lost *l)
{
	const char *off = l->context.irqs_off ? ", with interrupts off," : "";
	const char *then = l->context.irqs_off ? off : ",";

	if (l->context.kind == CONTEXT_TASK)
		return say(j, "%s has kept it%s for %s, in %s", who(j, rq->curr), off,
			   span(j, l->since_s), place(j, l->at));
	return say(j, "it has been in %s, %s%s for %s", place(j, l->function),
		   l->context.what, then, span(j, l->since_s));
}

/* Nobody stops the CPU that panics: a watchdog's interrupt came upon what it was in. */
static const char *seen_words(struct judge *j, const struct runqueue *rq)
{
	const struct panic *p = &j->f->panic;

	return p->panic_cpu_known && p->cpu == (int)rq->cpu
		       ? "when the interrupt came in which it panicked"
		       : "when the kernel stopped it";
}

static void lost(struct judge *j, struct verdict *v, const struct runqueue *rq,
		 const struct lost *l)
{
	v->cause = CAUSE_CPU_MONOPOLISED;
	v->confidence = SURE_LOST_CPU;
	v->fault = l->stack;
	v->fault_at = l->context.at;
	blame_lost(j, v, rq, l);
	add_for(j, v,
		say(j, "CPU %u was in %s %s%s", rq->cpu, place(j, l->at),
		    seen_words(j, rq),
		    l->context.irqs_off ? ", with interrupts off" : ""),
		l->at->regs, LOOK(CPU_STACK, .n = (int)rq->cpu));
	say_lost_times(j, v, rq, l);
	v->summary = v->victims.n ? say(j, "%s for CPU %u: %s.", wait_words(j, v),
					rq->cpu, lost_words(j, rq, l))
				  : say(j, "CPU %u lets nothing else run: %s.", rq->cpu,
					lost_words(j, rq, l));
	say_next(j, v, "See where it loops: " LOOK_HERE ".");
	say_look(j, v, LOOK(CPU_STACK, .n = (int)rq->cpu));
}

/* Who spins there for another is a victim itself. */
static void lost_or_spins(struct judge *j, struct verdict *v, const struct runqueue *rq,
			  const struct lost *l)
{
	const struct frame *in = NULL;
	enum spin spin;

	v->fault = l->stack;
	v->fault_at = l->context.at;
	spin = find_spin(v, &in);
	if (spin)
		judge_spinner(j, v, rq, spin, in);
	else
		lost(j, v, rq, l);
}

bool judge_lost_cpu(struct judge *j, struct verdict *v, const struct node *cpu)
{
	struct lost l;

	if (!cpu_is_lost(j->f, cpu->rq, false, &l))
		return false;
	lost_or_spins(j, v, cpu->rq, &l);
	return true;
}

bool judge_caller(struct judge *j, struct verdict *v, const struct node *cpu)
{
	const struct cpu_call *call;
	const struct runqueue *silent = called_in_vain(j->f, cpu->rq, &call);

	if (!silent)
		return false;
	say_call(j, v, cpu->rq, call);
	v->summary = say(j, "%s for %s, where %s waits for CPU %u to run %s",
			 wait_words(j, v), cpu->name, who(j, cpu->rq->curr), silent->cpu,
			 call->function);
	judge_silent(j, v, silent, false);
	return true;
}

bool judge_spins(struct judge *j, struct verdict *v, const struct node *root)
{
	const struct runqueue *rq =
		root->task ? runqueue_of_cpu(&j->f->rqs, root->task->cpu) : NULL;
	const struct frame *in = NULL;
	struct verdict seen = {0};
	enum spin spin;

	if (!rq || rq->curr != root->task || root->task->since_s < STARVED_S)
		return false;
	find_fault(j, &seen, (int)rq->cpu);
	spin = find_spin(&seen, &in);
	if (!spin)
		return false;
	v->fault = seen.fault;
	v->fault_at = seen.fault_at;
	judge_spinner(j, v, rq, spin, in);
	return true;
}

/* ---- what a watchdog has named --------------------------------------------- */

static bool is_root(const struct verdict *v, const struct task *t)
{
	return v->root && v->root->task == t;
}

/* The verdict that blames that CPU already, since its victims led to it; NULL: none. */
static struct verdict *find_blame(struct judge *j, const struct runqueue *rq)
{
	const struct studied *st = facts_studied(j->f, rq->curr);
	const struct culprit *c;
	size_t i;

	for (i = 0; i < j->out->all.n; i++) {
		c = &j->out->all.v[i]->culprit;
		if (c->address == rq->curr->addr || is_root(j->out->all.v[i], rq->curr) ||
		    (st && st->virtio && c->address == st->virtio->vdev) ||
		    (c->kind == CULPRIT_FUNCTION && c->cpu == (int)rq->cpu))
			return j->out->all.v[i];
	}
	return NULL;
}
/*
 * What fired is among what that verdict explains; but one who spins for another is a
 * victim, whoever waits for him.  False: there is somebody to name in his place.
 */
static bool blame_again(struct judge *j, struct verdict *v, const struct runqueue *rq,
			enum spin spin, const struct frame *in)
{
	v->fired = spin <= SPIN_LOCK || !find_kept(j, rq, spin);
	/* Its victims led to him, and he was seen to spin. */
	v->fired |= v->culprit.address != rq->curr->addr;
	if (!spin || v->culprit.address != rq->curr->addr)
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
 * Whoever has the CPU may have come later, and so may a task that RCU waits for; the clock
 * of a hard locked CPU stands.  RCU waits for nobody in user mode.
 */
static bool came_later(struct judge *j, const struct runqueue *rq, bool rcu)
{
	const struct studied *st = facts_studied(j->f, rq->curr);

	if (rcu && (!rq->curr->need_resched || !st || st->stack.user))
		return true;
	return j->f->panic.trigger.locked_cpu < 0 && rq->curr->since_s >= 0 &&
	       rq->curr->since_s < STARVED_S;
}

/* "1-....: (1 GPs behind) idle=...": what the line is of is said before it. */
static const char *stall_words(struct judge *j, const struct log_line *line)
{
	static const char label[] = "rcu: ";
	const char *text = line->text;

	return text_tabs(j->a, text_starts(text, label) ? text + strlen(label) : text,
			 "");
}

/* The CPU is one that a watchdog named: whoever is on it did not let others run. */
static void judge_named(struct judge *j, const struct runqueue *rq,
			const struct log_line *by_rcu)
{
	const struct trigger *t = &j->f->panic.trigger;
	const struct frame *in = NULL;
	struct verdict *v, *blamed, seen = {0};
	enum spin spin;
	struct lost l;
	bool is_lost;

	if (!rq || !rq->curr)
		return;
	is_lost = cpu_is_lost(j->f, rq, true, &l);
	if (!is_lost && (rq->curr->idle || came_later(j, rq, by_rcu != NULL)))
		return;
	find_fault(j, &seen, (int)rq->cpu);
	spin = find_spin(&seen, &in);
	blamed = find_blame(j, rq);
	if (blamed && blame_again(j, blamed, rq, spin, in))
		return;
	v = verdict_new(j, CAUSE_CPU_MONOPOLISED, SURE_LOCKUP);
	v->fired = true;
	v->fault = seen.fault;
	v->fault_at = seen.fault_at;
	if (by_rcu)
		add_for(j, v,
			say(j, "RCU waits for CPU %u: %s", rq->cpu,
			    stall_words(j, by_rcu)),
			0, LOOK(LOG));
	else if (t->cpu >= 0 && t->locked_cpu >= 0 && t->cpu != t->locked_cpu)
		add_for(j, v,
			say(j, "CPU %d panicked, because CPU %d did not move", t->cpu,
			    t->locked_cpu),
			0, LOOK(LOG));
	if (judge_polling(j, v, rq))
		return;
	if (is_lost)
		lost_or_spins(j, v, rq, &l);
	else if (spin)
		judge_spinner(j, v, rq, spin, in);
	else
		judge_looper(j, v, rq);
}

/*
 * Somebody asked for the dump before a watchdog could speak: a CPU that has spun for long is
 * a victim who does not sleep, if it is known for whom.
 */
static void judge_spinning(struct judge *j)
{
	const struct runqueue *rq, *kept;
	const struct frame *in = NULL;
	struct verdict *v, seen;
	enum spin spin;
	size_t i;

	for (i = 0; i < j->f->rqs.all.n; i++) {
		rq = &j->f->rqs.all.v[i];
		if (!rq->curr || rq->curr->idle || rq->curr->since_s < STARVED_S)
			continue;
		memset(&seen, 0, sizeof(seen));
		find_fault(j, &seen, (int)rq->cpu);
		spin = find_spin(&seen, &in);
		if (spin != SPIN_ANSWER && spin != SPIN_STOP)
			continue;
		kept = find_kept(j, rq, spin);
		if (!kept || find_blame(j, kept))
			continue;
		v = verdict_new(j, CAUSE_CPU_MONOPOLISED, SURE_LOCKUP);
		v->fault = seen.fault;
		v->fault_at = seen.fault_at;
		judge_spinner(j, v, rq, spin, in);
	}
}

/*
 * A lockup names its CPU, unless that spins for another.  The CPU meant is the log's, since
 * a buddy may have noticed; where the log does not tell, the one that panicked.  A stall of
 * RCU names those that it waits for.
 */
void judge_lockup(struct judge *j)
{
	const struct trigger *t = &j->f->panic.trigger;
	const struct rcu_stall *rcu = &j->f->rcu_stall;
	size_t i;

	if (t->kind == TRIGGER_SOFTLOCKUP || t->kind == TRIGGER_HARDLOCKUP)
		judge_named(j,
			    runqueue_of_cpu(&j->f->rqs,
					    t->locked_cpu >= 0 ? t->locked_cpu : t->cpu),
			    NULL);
	if (t->kind == TRIGGER_SYSRQ || t->kind == TRIGGER_NMI ||
	    t->kind == TRIGGER_NONE || t->kind == TRIGGER_UNKNOWN)
		judge_spinning(j);
	if (!t->sysctl || strcmp(t->sysctl, "kernel.panic_on_rcu_stall") != 0)
		return;
	for (i = 0; i < rcu->cpus.n; i++)
		judge_named(j, runqueue_of_cpu(&j->f->rqs, (int)rcu->cpus.v[i].cpu),
			    rcu->cpus.v[i].line);
}
