// SPDX-License-Identifier: GPL-2.0-or-later
/* A host that stopped the machine, and tasks that look as if they had kept a CPU. */
#include "judged.h"

#define NS(s) ((uint64_t)((s)*1e9))
#define SAID 99.9    /* s: the lockup was noticed */
#define STOPPED 40.0 /* s: the machine was stopped */

/*
 * CPU 1 was in user mode, in sh, when the machine was stopped for a minute; the others
 * were idle, and have run their stop threads since.
 */
static struct stopped {
	struct task *sh, *stoppers[4];
	struct studied *st;
} at;

static struct task *stopper(struct scene *s, unsigned int cpu)
{
	struct task *t = scene_kthread(s, 20 + (int)cpu, "migration");
	struct watchdog *w;

	t->sched = SCHED_KIND_STOP;
	t->cpu = (int)cpu;
	w = vec_push(&s->arena, &s->facts.watchdogs.all);
	w->cpu = cpu;
	w->thread = t;
	w->ran_s = SAID;
	w->woken_s = -1;
	w->counted = true;
	w->timers = 15;
	t->last_arrival = NS(SAID);
	return t;
}

static struct watchdog *watchdog(struct scene *s, unsigned int cpu)
{
	return &s->facts.watchdogs.all.v[cpu];
}

/* When its timers came last, and when the one came that noticed the lockup. */
static void woken(struct scene *s, unsigned int cpu, double ran_s, double woken_s)
{
	at.stoppers[cpu]->on_rq = true;
	at.stoppers[cpu]->last_arrival = NS(ran_s);
	at.stoppers[cpu]->last_queued = NS(woken_s);
	watchdog(s, cpu)->ran_s = ran_s;
	watchdog(s, cpu)->woken_s = woken_s;
}

static struct scene *stopped(struct scene *s)
{
	unsigned int cpu;

	for (cpu = 0; cpu < 4; cpu++)
		at.stoppers[cpu] = stopper(s, cpu);
	woken(s, 1, 39, SAID);
	at.sh = scene_task(s, 700, "sh");
	scene_runs(s, at.sh, 1, 60);
	at.sh->last_arrival = NS(STOPPED);
	at.st = scene_study(s, at.sh);
	scene_stack(s, at.sh, "panic", "watchdog_timer_fn",
		    "asm_sysvec_apic_timer_interrupt");
	at.st->stack.complete = true;
	scene_fired(s, TRIGGER_SOFTLOCKUP, "softlockup: hung tasks");
	s->facts.panic.trigger.cpu = 1;
	s->facts.panic.trigger.begins_s = SAID;
	return s;
}

/* As find_stop() has it: one frame of the kernel was interrupted. */
static void in_kernel(struct scene *s)
{
	scene_stack(s, at.sh, "panic", "watchdog_timer_fn",
		    "asm_sysvec_apic_timer_interrupt", "vfs_read", "ksys_read");
	at.st->stack.complete = true;
	at.st->stack.v[3].kind = FRAME_INTERRUPT;
}

static const struct verdict *assert_stopped(struct scene *s)
{
	const struct verdict *v = only(s, CAUSE_HOST_STOPPED);

	assert_int_equal(v->culprit.kind, CULPRIT_HOST);
	assert_int_equal(v->culprit.pid, -1);
	assert_true(v->fired);
	return v;
}

/* ---- the host's doing ------------------------------------------------------------- */

static void in_user_mode(void **state)
{
	const struct verdict *v = assert_stopped(stopped(*state));

	assert_true(v->confidence >= CONFIDENCE_SURE);
	assert_int_equal(v->culprit.cpu, -1);
	assert_non_null(strstr(v->summary, "59.9 s the machine"));
	assert_true(says(&v->evidence, "from 40.000 s to 99.900 s"));
	assert_true(says(&v->evidence, "was in user mode"));
	assert_true(says(&v->evidence, "the watchdog of CPU 1 has had 15 timers"));
	assert_true(says(&v->evidence,
			 "those of all 4 CPUs have had as many, or 1 more or "
			 "less: CPU 0's 15"));
}

static void in_the_idle_loop(void **state)
{
	struct scene *s = stopped(*state);
	const struct verdict *v;

	at.sh->idle = true;
	scene_stack(s, at.sh, "panic", "asm_sysvec_apic_timer_interrupt",
		    "native_safe_halt", "default_idle_call", "do_idle");
	at.st->stack.v[2].kind = FRAME_INTERRUPT;
	v = assert_stopped(s);
	assert_true(v->confidence >= CONFIDENCE_SURE);
	assert_true(says(&v->evidence, "was idle"));
}

/* Interrupts can be off there: but not on all CPUs at once. */
static void in_the_kernel(void **state)
{
	const struct verdict *v;

	in_kernel(stopped(*state));
	v = assert_stopped(*state);
	assert_true(v->confidence < CONFIDENCE_SURE);
	assert_true(says(&v->against, "where interrupts can be off"));
}

/* CPUs that could be plugged in, and one that was taken out and has its stop thread still. */
static void with_cpus_that_are_offline(void **state)
{
	struct scene *s = stopped(*state);
	const struct verdict *v;

	s->facts.rqs.all.v[3].offline = true;
	watchdog(s, 3)->timers = 2;
	v = assert_stopped(s);
	assert_int_equal(v->culprit.cpu, -1);
	assert_true(says(&v->evidence, "those of all 3 CPUs"));
	s->facts.watchdogs.all.n = 3;
	assert_int_equal(assert_stopped(s)->culprit.cpu, -1);
}

/* Another CPU had its timers: the host gave this one alone no time. */
static void one_cpu_alone(void **state)
{
	struct scene *s = stopped(*state);
	const struct verdict *v;

	watchdog(s, 2)->timers = 30;
	v = assert_stopped(s);
	assert_int_equal(v->culprit.cpu, 1);
	assert_non_null(strstr(v->summary, "CPU 1 did not run"));
	assert_true(v->confidence < CONFIDENCE_SURE);
}

/* Who slept when the machine was stopped could not be woken. */
static void nobody_is_stuck(void **state)
{
	struct scene *s = stopped(*state);

	scene_waits(s, scene_task(s, 701, "dd"), 61, WAIT_IO, 0, NULL);
	assert_stopped(s);
	scene_waits(s, scene_task(s, 702, "tar"), 70, WAIT_IO, 0, NULL);
	triage_make(&s->facts, &judged);
	assert_int_equal(judged.verdicts.all.n, 2);
	assert_int_equal(judged.verdicts.all.v[1]->victims.n, 1);
	assert_int_equal(judged.verdicts.all.v[1]->victims.v[0]->task->pid, 702);
}

/* ---- not the host's doing ----------------------------------------------------------- */

static void assert_not_excused(struct scene *s)
{
	const struct verdict *v = only(s, CAUSE_CPU_MONOPOLISED);

	assert_blames(v, at.sh);
}

/* Its first timer woke the stop thread, which has waited for the task since. */
static void hog_that_leaves_timers_alone(void **state)
{
	struct scene *s = stopped(*state);

	woken(s, 1, 39, 43);
	assert_not_excused(s);
	in_kernel(s);
	assert_not_excused(s);
}

/* Interrupts were off for a minute: the others had their timers. */
static void hog_with_interrupts_off(void **state)
{
	struct scene *s = stopped(*state);

	in_kernel(s);
	watchdog(s, 0)->timers = 30;
	assert_not_excused(s);
}

static void others_not_counted(void **state)
{
	struct scene *s = stopped(*state);

	in_kernel(s);
	watchdog(s, 3)->counted = false;
	assert_not_excused(s);
	s->facts.watchdogs.all.n = 3;
	assert_not_excused(s);
}

/* Somebody ran meanwhile, or was woken, or the kernel said something. */
static void signs_of_life(void **state)
{
	struct scene *s = stopped(*state);
	struct task *t = scene_task(s, 701, "alive");
	struct log_line *line;

	in_kernel(s);
	t->last_arrival = NS(95);
	assert_not_excused(s);
	t->last_arrival = NS(30);
	t->last_queued = NS(97);
	assert_not_excused(s);
	t->last_queued = 0;
	assert_stopped(s);
	line = vec_push(&s->arena, &s->facts.log.lines);
	line->ts_s = 70;
	line->text = "e1000: link is up";
	assert_not_excused(s);
}

/* All CPUs stand still because one of them was told to. */
static void stop_machine(void **state)
{
	struct scene *s = stopped(*state);

	at.stoppers[2]->on_cpu = true;
	s->facts.rqs.all.v[2].curr = at.stoppers[2];
	assert_not_excused(s);
}

/* An interrupt, or a softirq after one, that kept an idle CPU. */
static void interrupt_on_an_idle_cpu(void **state)
{
	struct scene *s = stopped(*state);

	at.sh->idle = true;
	watchdog(s, 0)->timers = 30;
	scene_stack(s, at.sh, "panic", "poll_card", "asm_common_interrupt",
		    "default_idle", "default_idle_call", "do_idle");
	at.st->stack.v[1].kind = at.st->stack.v[3].kind = FRAME_INTERRUPT;
	only(s, CAUSE_UNEXPLAINED);
	/* What an idle CPU does for others. */
	scene_stack(s, at.sh, "panic", "flush_smp_call_function_queue", "do_idle");
	at.st->stack.v[1].kind = FRAME_INTERRUPT;
	only(s, CAUSE_UNEXPLAINED);
}

/* A lockup that was noticed at another time than that timer came. */
static void another_time(void **state)
{
	struct scene *s = stopped(*state);

	s->facts.panic.trigger.begins_s = 80;
	assert_not_excused(s);
}

static void no_watchdog(void **state)
{
	struct scene *s = stopped(*state);

	s->facts.watchdogs.all.n = 0;
	assert_not_excused(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scene_test(in_user_mode),
		scene_test(in_the_idle_loop),
		scene_test(in_the_kernel),
		scene_test(with_cpus_that_are_offline),
		scene_test(one_cpu_alone),
		scene_test(nobody_is_stuck),
		scene_test(hog_that_leaves_timers_alone),
		scene_test(hog_with_interrupts_off),
		scene_test(others_not_counted),
		scene_test(signs_of_life),
		scene_test(stop_machine),
		scene_test(interrupt_on_an_idle_cpu),
		scene_test(another_time),
		scene_test(no_watchdog),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
