// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A machine that did not run for a while: its host stopped it, or gave a virtual CPU no
 * time.  The clocks went on, so that the first timer that comes finds a soft lockup, of
 * whoever had the CPU when it was stopped.
 *
 * A task that keeps a CPU leaves its timers alone: the watchdog's first one wakes the
 * stop thread, which waits from then on.  Here it was woken only now.  Interrupts that
 * were off would look the same, but neither in user mode nor in an idle CPU are they.
 */
#include "judge.h"

#include <string.h>

/* Several periods of the watchdog: 4 s, where its threshold is not changed. */
#define LOST_S 10.0
/* What a timer does first, and what it says of it, are so near each other. */
#define AT_ONCE_S 1.0
/* Each CPU's watchdog was started at another time. */
#define COUNTS_DIFFER 1

/* ---- where the CPU was ------------------------------------------------------- */

/* What do_idle() calls; what else it does, it does for others. */
static bool is_idling(const struct frame *fr)
{
	static const char *const functions[] = {
		"default_idle_call", "cpuidle_enter", "call_cpuidle",
		"cpuidle_idle_call", "cpu_idle_poll", "default_idle",
		"arch_cpu_idle",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(functions); i++)
		if (frame_is(fr, functions[i]))
			return true;
	return false;
}

/* One interrupt, and below it the idle loop at rest: not another one, nor a softirq. */
static bool was_idle(const struct stack *s)
{
	size_t i, interrupts = 0;

	for (i = 0; i < s->n; i++)
		interrupts += s->v[i].kind == FRAME_INTERRUPT;
	for (i = 1; i < s->n; i++)
		if (frame_is(&s->v[i], "do_idle"))
			return interrupts == 1 && is_idling(&s->v[i - 1]);
	return false;
}

/* The timer interrupted no frame of the kernel. */
static bool was_in_user_mode(const struct task *t, const struct stack *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->v[i].kind == FRAME_INTERRUPT)
			return false;
	return !t->kthread && !t->idle && s->complete && (s->n || s->user);
}

static bool was_in_kernel(struct judge *j, const struct task *t)
{
	const struct studied *st = facts_studied(j->f, t);

	return !st || !(t->idle ? was_idle(&st->stack) : was_in_user_mode(t, &st->stack));
}

/* ---- what the others did ------------------------------------------------------- */

/* stop_machine(): all CPUs stand still because one of them was told to. */
static bool in_stop_machine(const struct facts *f)
{
	size_t i;

	for (i = 0; i < f->rqs.all.n; i++)
		if (f->rqs.all.v[i].curr &&
		    f->rqs.all.v[i].curr->sched == SCHED_KIND_STOP)
			return true;
	return false;
}

static void count_time(struct stop *s, double before, uint64_t ns)
{
	double at = (double)ns / 1e9;

	if (at < before && at > s->from)
		s->from = at;
}

/* Since when no task got a CPU or was woken; stop->to is when the stop thread was. */
static void find_last_sign(struct judge *j)
{
	const struct task *t;
	size_t i;

	for (i = 0; i < j->f->tasks.all.n; i++) {
		t = &j->f->tasks.all.v[i];
		count_time(&j->stop, j->stop.to - AT_ONCE_S, t->last_arrival);
		count_time(&j->stop, j->stop.to - AT_ONCE_S, t->last_queued);
	}
}

/* The log's clock is that of the run queues. */
static bool log_is_silent(const struct judge *j)
{
	const struct stop *s = &j->stop;
	const struct log_line *line;
	size_t i;

	for (i = 0; i < j->f->log.lines.n; i++) {
		line = &j->f->log.lines.v[i];
		if (line->ts_s > s->from + AT_ONCE_S && line->ts_s < s->to - AT_ONCE_S)
			return false;
	}
	return true;
}

/*
 * Has each CPU's watchdog missed as many of its timers as this one's?  A CPU that was taken
 * out has its stop thread still, and one that never began has none.
 */
static bool all_missed_as_many(struct judge *j)
{
	const struct watchdog *w, *seen = j->stop.seen_by;
	const struct runqueue *rq;
	size_t i;

	j->stop.watched = 0;
	for (i = 0; i < j->f->watchdogs.all.n; i++) {
		w = &j->f->watchdogs.all.v[i];
		rq = runqueue_of_cpu(&j->f->rqs, (int)w->cpu);
		if (!rq || rq->offline)
			continue;
		j->stop.watched++;
		if (!w->counted || !seen->counted ||
		    w->timers > seen->timers + COUNTS_DIFFER ||
		    w->timers + COUNTS_DIFFER < seen->timers)
			return false;
	}
	return j->f->rqs.complete && j->stop.watched == runqueues_working(&j->f->rqs);
}

/* ---- the stop ------------------------------------------------------------------- */

/* Did the first timer of many come only now? */
static bool timers_were_missed(const struct facts *f, const struct watchdog *w)
{
	const struct trigger *t = &f->panic.trigger;
	double said = t->begins_s >= 0 ? t->begins_s : t->ts_s;

	return w && w->woken_s >= 0 && w->woken_s - w->ran_s >= LOST_S &&
	       said >= w->woken_s - AT_ONCE_S && said <= w->woken_s + AT_ONCE_S;
}

void find_stop(struct judge *j)
{
	const struct trigger *t = &j->f->panic.trigger;
	struct stop *s = &j->stop;
	const struct runqueue *rq =
		runqueue_of_cpu(&j->f->rqs, t->locked_cpu >= 0 ? t->locked_cpu : t->cpu);
	const struct watchdog *w = rq ? watchdog_of_cpu(&j->f->watchdogs, rq->cpu) : NULL;

	if (t->kind != TRIGGER_SOFTLOCKUP || !w || !rq->curr ||
	    !timers_were_missed(j->f, w) || in_stop_machine(j->f))
		return;
	s->seen_by = w;
	s->to = w->woken_s;
	s->from = w->ran_s;
	find_last_sign(j);
	s->in_kernel = was_in_kernel(j, rq->curr);
	s->whole = s->to - s->from >= LOST_S && log_is_silent(j) && all_missed_as_many(j);
	if (!s->whole)
		s->from = w->ran_s;
	s->s = s->to - s->from;
	if (s->in_kernel && !s->whole)
		s->seen_by = NULL;
}

static void say_where_it_was(struct judge *j, struct verdict *v, const struct task *t)
{
	const int cpu = (int)j->stop.seen_by->cpu;

	if (j->stop.in_kernel)
		add_against(j, v,
			    say(j,
				"CPU %d was in the kernel, where interrupts can be off",
				cpu),
			    t->addr, LOOK(CPU_STACK, .n = cpu));
	else
		add_for(j, v,
			say(j,
			    "CPU %d was %s, where interrupts are on: a timer would have "
			    "come",
			    cpu, t->idle ? "idle" : "in user mode"),
			t->addr, LOOK(CPU_STACK, .n = cpu));
}

static struct look look_timers(const struct watchdog *w)
{
	return LOOK(NUMBERS, .type = "u32", .address = w->counter, .n = 1);
}

/* Of a CPU that works, beside the one that noticed; NULL: there is but one. */
static const struct watchdog *another_watchdog(const struct judge *j)
{
	const struct watchdog *w;
	const struct runqueue *rq;
	size_t i;

	for (i = 0; i < j->f->watchdogs.all.n; i++) {
		w = &j->f->watchdogs.all.v[i];
		rq = runqueue_of_cpu(&j->f->rqs, (int)w->cpu);
		if (w != j->stop.seen_by && w->counted && rq && !rq->offline)
			return w;
	}
	return NULL;
}

static void say_of_others(struct judge *j, struct verdict *v)
{
	const struct stop *s = &j->stop;
	const struct watchdog *other;

	if (!s->whole) {
		say_missing(j, v, "whether the other CPUs ran meanwhile");
		return;
	}
	add_for(j, v,
		say(j,
		    "on no CPU did a task begin to run, nor was one woken, and nothing was "
		    "logged, from %.3f s to %.3f s",
		    s->from, s->to),
		0, LOOK(LOG));
	add_for(j, v,
		say(j, "the watchdog of CPU %u has had %u timers (hrtimer_interrupts)",
		    s->seen_by->cpu, s->seen_by->timers),
		s->seen_by->counter, look_timers(s->seen_by));
	other = another_watchdog(j);
	if (other)
		add_for(j, v,
			say(j,
			    "those of all %zu CPUs have had as many, or %d more or less: "
			    "CPU %u's %u",
			    s->watched, COUNTS_DIFFER, other->cpu, other->timers),
			other->counter, look_timers(other));
}

void judge_stop(struct judge *j)
{
	const struct stop *s = &j->stop;
	const struct watchdog *w = s->seen_by;
	const struct task *t = runqueue_of_cpu(&j->f->rqs, (int)w->cpu)->curr;
	struct verdict *v =
		verdict_new(j, CAUSE_HOST_STOPPED,
			    s->in_kernel ? SURE_STOPPED_IN_KERNEL : SURE_STOPPED);
	const char *what = s->whole ? "the machine" : say(j, "CPU %u", w->cpu);

	if (s->whole)
		v->confidence += SURE_STOPPED_ALL;
	v->fired = true;
	v->culprit.kind = CULPRIT_HOST;
	v->culprit.name = "hypervisor";
	if (!s->whole)
		v->culprit.cpu = (int)w->cpu;
	add_for(j, v,
		say(j,
		    "no timer of its watchdog came to CPU %u for %.1f s: %s, which each of "
		    "them wakes, ran last at %.3f s and was woken at %.3f s, when the "
		    "lockup was noticed",
		    w->cpu, w->woken_s - w->ran_s, who(j, w->thread), w->ran_s,
		    w->woken_s),
		w->thread->addr, look_task(w->thread, "task_struct.on_rq,sched_info"));
	say_where_it_was(j, v, t);
	say_of_others(j, v);
	v->summary =
		say(j,
		    "For %.1f s %s did not run at all, while its clocks went on. Nobody "
		    "in it kept a CPU: %s had CPU %u when it was stopped.",
		    s->s, what, t->idle ? "its idle task" : who(j, t), w->cpu);
	say_next(j, v,
		 "Look on the host for what it did then: was the guest paused, resumed, "
		 "migrated, or left without a CPU? If that is to be expected, raise "
		 "kernel.watchdog_thresh or leave kernel.softlockup_panic off.");
}
