// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "judged.h"
#include "report/spelling.h"
#include "triage/edges.h"

#define LOCK_A 0xffff888009990000
#define LOCK_B 0xffff888009991000

/* ---- locks that nobody holds ------------------------------------------------ */

/* Two wait for a lock that is free; the first of them sleeps. */
static struct wait *lost(struct scene *s, enum wait_kind kind, struct task *first)
{
	struct task *t[2] = {first, scene_task(s, 401, "second")};
	struct wait *w = NULL;
	int i;

	for (i = 1; i >= 0; i--) {
		w = scene_waits(s, t[i], 18 - i, kind, LOCK_A, NULL);
		w->owner.known = w->owner.free = true;
		w->first = first;
	}
	return w;
}

static void nobody_was_woken(void **state)
{
	static const enum wait_kind kinds[] = {WAIT_MUTEX, WAIT_RWSEM, WAIT_SEMAPHORE};
	struct task *first = scene_task(*state, 400, "first");
	const struct verdict *v;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct wait *w = lost(*state, kinds[i], first);

		v = only(*state, CAUSE_LOST_WAKEUP);
		assert_int_equal(v->culprit.kind, CULPRIT_LOCK);
		assert_int_equal(v->culprit.address, LOCK_A);
		assert_true(v->confidence >= CONFIDENCE_SURE);
		assert_int_equal(v->victims.n, 2);
		assert_non_null(strstr(v->summary, "first (pid 400), was not woken"));
		w->kind = WAIT_NOTHING;
		((struct scene *)*state)->facts.nblocked = 0;
		((struct scene *)*state)->facts.studied.n = 0;
	}
}

/* Let go of a moment ago: whoever was first is on his way. */
static void a_lock_that_was_just_let_go(void **state)
{
	struct scene *s = *state;
	struct task *first = scene_task(s, 400, "first");

	lost(s, WAIT_MUTEX, first);
	scene_queued(s, first, 1, 0.001);
	scene_runs(s, scene_task(s, 410, "busy"), 1, 0.5);
	judge_all(s);
	assert_int_not_equal(verdict(0)->cause, CAUSE_LOST_WAKEUP);
	assert_int_not_equal(verdict(0)->culprit.kind, CULPRIT_TASK);
}

/* Woken long ago, and kept from the CPU: that is no lost wake-up either. */
static void the_first_waiter_is_starved(void **state)
{
	struct scene *s = *state;
	struct task *first = scene_task(s, 400, "first");
	struct task *hog = scene_task(s, 411, "hog");

	lost(s, WAIT_MUTEX, first);
	scene_queued(s, first, 1, 17);
	scene_rt(s, hog, 50);
	scene_runs(s, hog, 1, 30);
	hog->sum_exec = 30000000000ull;
	judge_all(s);
	assert_int_equal(verdict(0)->cause, CAUSE_CPU_MONOPOLISED);
	assert_blames(verdict(0), hog);
}

static void somebody_is_letting_go(void **state)
{
	struct scene *s = *state;
	struct task *late = scene_task(s, 420, "late");

	lost(s, WAIT_MUTEX, scene_task(s, 400, "first"));
	scene_runs(s, late, 2, 0.001);
	scene_study(s, late);
	scene_stack(s, late, "__mutex_unlock_slowpath", "do_something");
	assert_true(only(s, CAUSE_LOST_WAKEUP)->confidence < CONFIDENCE_LIKELY);
	assert_true(says(&verdict(0)->against, "late (pid 420) is letting go"));
}

static void the_owner_of_a_lock_is_gone(void **state)
{
	struct scene *s = *state;
	struct wait *w =
		scene_waits(s, scene_task(s, 400, "first"), 18, WAIT_MUTEX, LOCK_A, NULL);
	int sure;

	w->owner = (struct lock_owner){.known = true,
				       .task = 0xffff888009000000,
				       .gone_pid = 321,
				       .gone_comm = "left"};
	s->facts.tasks.complete = true;
	sure = only(s, CAUSE_LOST_WAKEUP)->confidence;
	assert_true(sure >= CONFIDENCE_LIKELY);
	assert_non_null(
		strstr(verdict(0)->summary, "taken by left (pid 321), who is gone"));
	s->facts.tasks.complete = false;
	assert_true(only(s, CAUSE_LOST_WAKEUP)->confidence < sure);
	/* Off the list of tasks already, and on its last way. */
	s->facts.rqs.all.v[1].curr_addr = w->owner.task;
	only(s, CAUSE_UNEXPLAINED);
}

/* Another task has its place in memory now, and never had the lock. */
static void who_is_in_the_owners_place_is_not_blamed(void **state)
{
	struct scene *s = *state;
	struct task *later = scene_task(s, 401, "later");
	struct wait *w =
		scene_waits(s, scene_task(s, 400, "first"), 18, WAIT_MUTEX, LOCK_A, NULL);
	int sure;

	later->age_s = 5;
	w->owner =
		(struct lock_owner){.known = true, .task = later->addr, .reused = later};
	s->facts.tasks.complete = true;
	/* Whatever that one does. */
	s->facts.rqs.all.v[1].curr_addr = later->addr;
	sure = only(s, CAUSE_LOST_WAKEUP)->confidence;
	assert_int_equal(verdict(0)->culprit.kind, CULPRIT_LOCK);
	assert_true(says(&verdict(0)->evidence,
			 "which is later (pid 401) now: it was made "
			 "5.0 s ago, and who waits first has slept"));
	w->owner.never_took = true;
	assert_true(only(s, CAUSE_LOST_WAKEUP)->confidence < sure);
	assert_true(says(&verdict(0)->evidence, "has taken one before"));
}

/* ---- whoever waits for works and threads ------------------------------------ */

/* Of the works that run it is the one that was in flight when the flush began. */
static void a_flush_waits_for_a_work(void **state)
{
	struct scene *s = *state;
	struct task *flusher = scene_task(s, 430, "umount");
	struct task *keeper = scene_task(s, 431, "keeper");
	struct task *old = scene_kthread(s, 440, "kworker/0:1");
	struct task *young = scene_kthread(s, 441, "kworker/0:2");
	struct workqueue *wq = arena_alloc(&s->arena, sizeof(*wq));
	struct pool *pool = scene_pool(s, 0, 0);

	wq->addr = scene_address(s);
	snprintf(wq->name, sizeof(wq->name), "xfs-sync");
	*vec_push(&s->arena, &s->facts.wqs.queues) = wq;
	scene_busy(s, scene_worker(s, pool, young), "later")->wq = wq->addr;
	scene_busy(s, scene_worker(s, pool, old), "earlier")->wq = wq->addr;
	scene_waits(s, flusher, 15, WAIT_FLUSH, scene_address(s), NULL)->flushed = wq;
	scene_waits(s, old, 16, WAIT_MUTEX, LOCK_A, keeper);
	scene_waits(s, young, 6, WAIT_MUTEX, LOCK_B, scene_task(s, 432, "other"));
	judge_all(s);
	assert_int_equal(verdict(0)->cause, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_blames(verdict(0), keeper);
	assert_ptr_equal(verdict(0)->victims.v[0]->task, flusher);
}

static void a_thread_that_does_not_stop(void **state)
{
	struct scene *s = *state;
	struct task *keeper = scene_task(s, 431, "keeper");
	struct task *thread = scene_kthread(s, 450, "scrub");

	scene_waits(s, scene_task(s, 430, "umount"), 15, WAIT_COMPLETION,
		    scene_address(s), NULL)
		->thread = thread;
	scene_waits(s, thread, 16, WAIT_MUTEX, LOCK_A, keeper);
	assert_blames(only(s, CAUSE_LOCK_HOLDER_BLOCKED), keeper);
	assert_int_equal(verdict(0)->victims.n, 2);
}

/* ---- RCU ------------------------------------------------------------------ */

/*
 * A grace period that began 20 s ago waits for CPU 1, which the task has had for so long;
 * another process waits for its end.
 */
static struct task *rcu_hang(struct scene *s, double kept_s)
{
	struct task *waiter = scene_task(s, 300, "ip");
	struct task *hog = scene_task(s, 301, "looper");
	struct rcu *rcu = &s->facts.rcu;

	rcu->addr = scene_address(s);
	rcu->normal = (struct grace_period){.seq_addr = rcu->addr + 8,
					    .seq = 5,
					    .running = true};
	rcu->normal.started = s->facts.jiffies - 20 * s->facts.hz;
	*vec_push(&s->arena, &rcu->normal.cpus) = 1;
	rcu->kthread = scene_kthread(s, 15, "rcu_preempt");
	scene_waits(s, waiter, 18, WAIT_RCU, scene_address(s), NULL)->rcu =
		RCU_WAIT_NORMAL;
	scene_runs(s, hog, 1, kept_s);
	hog->sum_exec = (uint64_t)(kept_s * 1e9);
	hog->need_resched = true;
	scene_study(s, hog);
	scene_stack(s, hog, "loops");
	return hog;
}

static void a_cpu_keeps_rcu_from_ending(void **state)
{
	struct task *hog = rcu_hang(*state, 21);
	const struct verdict *v = only(*state, CAUSE_CPU_MONOPOLISED);

	assert_blames(v, hog);
	assert_int_equal(v->culprit.cpu, 1);
	assert_true(v->confidence >= 85);
	assert_int_equal(v->chain.n, 4);
	assert_int_equal(v->chain.v[1]->kind, NODE_GRACE);
	assert_true(says(&v->evidence, "asked to yield"));
	assert_true(says(&v->evidence, "began 20.0 s before the end"));
	assert_true(says(&v->evidence, "has had CPU 1 for 21.0 s"));
	assert_non_null(strstr(v->summary, "an RCU grace period, which CPU 1 does not"));
	/* Whoever waits there for his turn has had it said already, and once is enough. */
	scene_queued(*state, scene_task(*state, 302, "waiter"), 1, 20);
	v = only(*state, CAUSE_CPU_MONOPOLISED);
	assert_true(says(&v->evidence, "has had CPU 1 for 21.0 s"));
	assert_true(says(&v->evidence, "began 20.0 s before the end"));
	assert_false(says(&v->evidence, "before the end; "));
}

/* Who came to the CPU a moment ago has passed a quiescent state on his way. */
static void whoever_runs_there_is_not_blamed_for_rcu(void **state)
{
	const struct verdict *v;

	rcu_hang(*state, 0.3);
	v = only(*state, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_non_null(strstr(v->summary, "should have passed a quiescent state"));
}

/* He polls for the host of a device, which was not found, and is a victim. */
static void who_polls_for_a_host_is_not_blamed_for_rcu(void **state)
{
	struct task *hog = rcu_hang(*state, 21);
	const struct verdict *v;

	scene_stack(*state, hog, "virtnet_send_command");
	v = only(*state, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_non_null(strstr(v->summary, "which CPU 1 does not let end"));
	assert_true(lacks(v, "virtnet_send_command()"));
}

/* It is on the CPU, and its host does not run that. */
static void a_stopped_cpu_keeps_rcu_from_ending(void **state)
{
	struct task *hog = rcu_hang(*state, 21);

	hog->sum_exec = 1000000000;
	assert_int_equal(only(*state, CAUSE_UNEXPLAINED)->culprit.kind, CULPRIT_CPU);
}

static void user_mode_is_quiescent(void **state)
{
	struct task *hog = rcu_hang(*state, 21);

	scene_study(*state, hog)->stack.user = true;
	assert_true(only(*state, CAUSE_CPU_MONOPOLISED)->confidence < CONFIDENCE_LIKELY);
	assert_true(says(&verdict(0)->against, "in user mode"));
}

/* What has just begun is not what a long wait is for. */
static void a_young_grace_period_blames_nobody(void **state)
{
	struct scene *s = *state;

	rcu_hang(s, 21);
	s->facts.rcu.normal.started = s->facts.jiffies - s->facts.hz;
	assert_int_equal(only(s, CAUSE_UNEXPLAINED)->culprit.kind, CULPRIT_NONE);
	s->facts.rcu.normal.running = false;
	assert_int_equal(only(s, CAUSE_UNEXPLAINED)->culprit.kind, CULPRIT_NONE);
}

/* Its CPUs mean little while the thread that should ask them cannot run. */
static void the_thread_that_ends_it_is_starved(void **state)
{
	struct scene *s = *state;
	struct task *hog, *other = scene_task(s, 310, "fifo");

	rcu_hang(s, 21);
	hog = other;
	scene_rt(s, hog, 50);
	scene_runs(s, hog, 2, 30);
	hog->sum_exec = 30000000000ull;
	scene_queued(s, s->facts.rcu.kthread, 2, 19);
	assert_blames(only(s, CAUSE_CPU_MONOPOLISED), hog);
}

static void a_reader_that_sleeps(void **state)
{
	struct scene *s = *state;
	struct task *reader = scene_task(s, 320, "reader");
	const struct verdict *v;

	rcu_hang(s, 0.3);
	s->facts.rcu.normal.cpus.n = 0;
	reader->since_s = 21;
	*vec_push(&s->arena, &s->facts.rcu.normal.readers) = reader;
	scene_study(s, reader);
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_blames(v, reader);
	assert_non_null(strstr(v->summary, "an RCU grace period"));
}

/* ---- a CPU that one task keeps ------------------------------------------ */

/* sched_info shows less than that: it begins again behind each of them. */
static void a_hog_that_stop_threads_broke_in_upon(void **state)
{
	struct scene *s = *state;
	struct scene_hang h = scene_drain_hang(s, SCENE_MACHINE);

	h.hog->last_arrival = s->facts.rqs.now - 2900000000;
	assert_true(
		says(&only(s, CAUSE_CPU_MONOPOLISED)->evidence,
		     "has had CPU 1 for 19.0 s (2.9 s since a stop thread ran there); "
		     "it"));
	/* Somebody else was there before: that is all that it has had. */
	h.hog->last_arrival = s->facts.rqs.now - 18950000000;
	assert_true(says(&only(s, CAUSE_CPU_MONOPOLISED)->evidence,
			 "has had CPU 1 for 19.0 s; it"));
}

static void the_drain_hang(void **state)
{
	struct scene_hang h = scene_drain_hang(*state, SCENE_MACHINE);
	const struct verdict *v = only(*state, CAUSE_CPU_MONOPOLISED);

	assert_blames(v, h.hog);
	assert_int_equal(v->culprit.cpu, 1);
	assert_true(v->confidence >= 85);
	/* A process before a kernel thread, though that waits longer. */
	assert_int_equal(v->victims.n, 2);
	assert_ptr_equal(v->victims.v[0]->task, h.xorg);
	assert_ptr_equal(v->victims.v[1]->task, h.khugepaged);
	assert_int_equal(v->chain.n, 7);
	assert_ptr_equal(v->chain.v[6]->task, h.hog);
	assert_int_equal(v->against.n, 0);
	assert_int_equal(v->missing.n, 0);
	assert_true(v->fired);
	assert_true(says(&v->evidence, "SCHED_FIFO priority 99"));
	assert_true(says(&v->evidence, "sched_rt_runtime_us is -1"));
	assert_true(says(&v->evidence, "has had CPU 1 for 19.0 s; it"));
	assert_true(says(&v->evidence, "without running for 18.0 s"));
	assert_non_null(strstr(v->summary, "Xorg (pid 196) and 1 more task wait"));
	assert_non_null(strstr(v->next.v[0].text, "real-time throttling"));
}

static int confidence(struct scene *s)
{
	const struct verdict *v = only(s, CAUSE_CPU_MONOPOLISED);

	return v->confidence;
}

/* Others ran there while the victim waited. */
static void hog_that_came_late(void **state)
{
	struct scene_hang h = scene_drain_hang(*state, SCENE_MACHINE);
	int sure = confidence(*state);

	h.hog->since_s = 5;
	assert_true(confidence(*state) < sure);
	assert_true(says(&verdict(0)->against, "for only 5.0 s, less than the wait"));
	h.hog->since_s = 17.5; /* within a second of the wait is no difference */
	assert_int_equal(confidence(*state), sure);
}

static void times_not_known(void **state)
{
	struct scene_hang h = scene_drain_hang(*state, SCENE_MACHINE);
	int sure = confidence(*state);

	h.hog->since_s = -1;
	assert_true(confidence(*state) < sure);
	assert_true(lacks(verdict(0), "since when rt-hog (pid 191) has had the CPU"));
	assert_int_equal(verdict(0)->against.n, 0);
	h.hog->since_s = 19;
	h.kworker->since_s = -1;
	assert_true(confidence(*state) < sure);
	assert_true(lacks(verdict(0), "since when kworker/1:0"));
}

static void throttling(void **state)
{
	struct scene *s = *state;
	struct scene_hang h = scene_drain_hang(s, SCENE_MACHINE);
	int off = confidence(s), on, unknown;

	s->facts.rqs.rt_bandwidth_off = false;
	on = confidence(s);
	assert_true(says(&verdict(0)->against, "throttling is on"));
	s->facts.rqs.rt_bandwidth_known = false;
	unknown = confidence(s);
	assert_true(lacks(verdict(0), "sysctl_sched_rt_runtime"));
	assert_true(on < unknown && unknown < off);
	h.rq->fair_server = true;
	assert_true(confidence(s) < unknown);
	assert_true(says(&verdict(0)->against, "deadline server"));
	/* Until 5.10 other CPUs lend theirs, and nothing of a period is left. */
	h.rq->fair_server = false;
	s->facts.rqs.rt_bandwidth_known = true;
	s->facts.rqs.rt_period = 1000000000;
	s->facts.rqs.rt_share = 950000000;
	h.rq->rt_runtime = 999000000;
	assert_int_equal(confidence(s), on);
	h.rq->rt_runtime = 1000000000;
	assert_int_equal(confidence(s), off);
	assert_true(says(&verdict(0)->evidence, "RT_RUNTIME_SHARE"));
	assert_int_equal(verdict(0)->against.n, 0);
	/* Off, it leaves what was lent where that is: only the other switch takes it back. */
	assert_non_null(strstr(verdict(0)->next.v[0].text, "NO_RT_RUNTIME_SHARE"));
	assert_non_null(strstr(verdict(0)->next.v[0].text, "sched_rt_runtime_us=950000"));
	s->facts.rqs.rt_share = 1000000000; /* nobody had to */
	assert_int_equal(confidence(s), on);
	h.rq->fair_server = true;
	/* Switched off, it gives nobody a share whatever the server does. */
	s->facts.rqs.rt_bandwidth_known = s->facts.rqs.rt_bandwidth_off = true;
	assert_int_equal(confidence(s), off);
}

static bool advises(const char *what)
{
	return strstr(verdict(0)->next.v[0].text, what) != NULL;
}

/* Throttling holds back all of the real-time class; and where it is on it did not help. */
static void throttling_that_does_not_help(void **state)
{
	struct scene *s = *state;
	struct scene_hang h = scene_drain_hang(s, SCENE_MACHINE);

	only(s, CAUSE_CPU_MONOPOLISED);
	assert_true(advises("real-time throttling back"));
	scene_rt(s, h.kworker, 50);
	only(s, CAUSE_CPU_MONOPOLISED);
	assert_true(advises("a lower priority or another CPU."));
	assert_false(advises("throttling"));
	h.kworker->sched = SCHED_KIND_FAIR;
	s->facts.rqs.rt_bandwidth_off = false;
	only(s, CAUSE_CPU_MONOPOLISED);
	assert_false(advises("throttling"));
	s->facts.rqs.rt_bandwidth_known = false;
	only(s, CAUSE_CPU_MONOPOLISED);
	assert_true(advises("real-time throttling back"));
}

/* A virtual CPU that the host stopped: whoever is on it is innocent. */
static void clock_behind(void **state)
{
	struct scene_hang h = scene_drain_hang(*state, SCENE_MACHINE);

	h.rq->clock -= 10 * 1000000000ull;
	only(*state, CAUSE_UNEXPLAINED);
	assert_int_equal(verdict(0)->culprit.kind, CULPRIT_CPU);
	assert_true(says(&verdict(0)->evidence, "has taken no tick for 10.0 s"));
}

/* On the CPU for long, and no time has passed for it: the same. */
static void no_time_passed(void **state)
{
	struct scene_hang h = scene_drain_hang(*state, SCENE_MACHINE);

	h.hog->sum_exec = 300000000;
	only(*state, CAUSE_UNEXPLAINED);
	assert_int_equal(verdict(0)->culprit.kind, CULPRIT_CPU);
	assert_true(says(&verdict(0)->evidence, "has used 0.3 s of CPU time"));
}

/* Who took the hog's place a moment ago has kept nothing from anybody. */
static void hog_preempted_just_now(void **state)
{
	struct scene *s = *state;
	struct scene_hang h = scene_drain_hang(s, SCENE_MACHINE);
	struct task *irq = scene_task(s, 555, "irq/31-nvme");

	scene_runs(s, irq, (int)h.rq->cpu, 0.001);
	h.rq->curr = irq;
	irq->sched = SCHED_KIND_RT;
	irq->policy = 1;
	irq->rt_priority = 99;
	h.hog->on_cpu = false;
	h.hog->on_rq = true;
	h.hog->rt_priority = 50;
	h.hog->since_s = 0.001;
	h.hog->exec_start = s->facts.rqs.now - 1000000;
	*vec_push(&s->arena, &h.rq->waiting) = h.hog;
	assert_blames(only(s, CAUSE_CPU_MONOPOLISED), h.hog);
	assert_true(
		says(&verdict(0)->evidence, "took its place a moment before the end"));
	/* Interrupts and the host have taken 50 s since the boot. */
	h.rq->clock_task = h.rq->clock - 50000000000;
	h.hog->exec_start -= 50000000000;
	assert_blames(only(s, CAUSE_CPU_MONOPOLISED), h.hog);
	/* Without a hog to be found nobody is blamed. */
	h.hog->sum_exec = 1000000;
	only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(verdict(0)->culprit.kind, CULPRIT_NONE);
}

/* Others took the CPU from it for a moment each: the time that it has used tells. */
static void hog_interrupted(void **state)
{
	struct scene *s = *state;
	struct scene_hang h = scene_drain_hang(s, SCENE_MACHINE);

	h.hog->since_s = 1.4;
	h.hog->sum_exec = 60000000000;
	assert_blames(only(s, CAUSE_CPU_MONOPOLISED), h.hog);
	assert_true(verdict(0)->confidence >= CONFIDENCE_SURE);
	/* It has not used it; or it is the waiter's equal, whose turn comes. */
	h.hog->sum_exec = 1400000000;
	only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(verdict(0)->culprit.kind, CULPRIT_NONE);
	h.hog->sum_exec = 60000000000;
	h.hog->sched = SCHED_KIND_FAIR;
	only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(verdict(0)->culprit.kind, CULPRIT_NONE);
}

/* Within the real-time class the priority decides. */
static void rt_against_rt(void **state)
{
	struct scene *s = *state;
	struct scene_hang h = scene_drain_hang(s, SCENE_MACHINE);
	struct task *waiter = h.rq->waiting.v[0];

	waiter->sched = SCHED_KIND_RT;
	waiter->policy = 1;
	waiter->rt_priority = h.hog->rt_priority - 1;
	assert_true(confidence(s) >= 85);
	assert_true(says(&verdict(0)->evidence, "never prefers"));
	waiter->rt_priority = h.hog->rt_priority + 1 > 99 ? 99 : h.hog->rt_priority + 1;
	h.hog->rt_priority = 1;
	assert_true(confidence(s) < 60);
	assert_true(says(&verdict(0)->against, "ranks below"));
}

/* Not of a higher class: it ought to share, unless it does not look. */
static void fair_hog(void **state)
{
	struct scene_hang h = scene_drain_hang(*state, SCENE_MACHINE);
	int sure = confidence(*state), shares;
	struct studied *st;

	h.hog->sched = SCHED_KIND_FAIR;
	h.hog->policy = 0;
	shares = confidence(*state);
	assert_true(shares < sure);
	assert_true(says(&verdict(0)->against, "has no precedence"));
	assert_null(strstr(verdict(0)->next.v[0].text, "real-time"));
	h.hog->need_resched = true;
	/* Where it was is not known: no registers of it. */
	assert_int_equal(confidence(*state), shares);
	/* In user mode it need not look: the next tick takes the CPU from it. */
	st = scene_study(*state, h.hog);
	scene_stack(*state, h.hog, "loops");
	st->stack.user = true;
	assert_int_equal(confidence(*state), shares);
	st->stack.user = false;
	assert_true(confidence(*state) > shares);
	assert_true(says(&verdict(0)->evidence, "TIF_NEED_RESCHED"));
	assert_blames(verdict(0), h.hog);
}

/* Not even a stop thread preempts who does not look. */
static void outranked_hog(void **state)
{
	struct scene_hang h = scene_drain_hang(*state, SCENE_MACHINE);
	int outranked;

	h.hog->sched = SCHED_KIND_FAIR;
	h.hog->policy = 0;
	h.kworker->sched = SCHED_KIND_STOP;
	outranked = confidence(*state);
	assert_true(says(&verdict(0)->against, "should have preempted it"));
	scene_study(*state, h.hog);
	scene_stack(*state, h.hog, "loops");
	h.hog->need_resched = true;
	assert_true(confidence(*state) > outranked);
	assert_true(says(&verdict(0)->evidence, "TIF_NEED_RESCHED"));
	assert_blames(verdict(0), h.hog);
}

static void hog_in_user_mode(void **state)
{
	struct scene_hang h = scene_drain_hang(*state, SCENE_MACHINE);

	scene_study(*state, h.hog)->stack.user = true;
	only(*state, CAUSE_CPU_MONOPOLISED);
	assert_true(says(&verdict(0)->evidence, "was in user mode"));
}

/* It has kept CPU 2 for longer than this one wants it. */
static struct task *keeps_cpu_2_from(struct scene *s, struct task *waiter)
{
	struct task *hog = scene_task(s, 702, "hog");

	scene_queued(s, waiter, 2, 20);
	scene_rt(s, hog, 1);
	scene_runs(s, hog, 2, 21);
	return hog;
}

/* Nobody sleeps: a process that could run is given no CPU, and that is all. */
static void who_gets_no_cpu_is_a_victim(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg");
	struct task *hog = keeps_cpu_2_from(s, xorg);
	const struct verdict *v;

	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_blames(v, hog);
	assert_ptr_equal(v->victims.v[0]->task, xorg);
	xorg->since_s = STUCK_S - 1;
	assert_int_equal(only(s, CAUSE_UNEXPLAINED)->confidence, 10);
	xorg->since_s = 20;
	xorg->policy = 5; /* SCHED_IDLE: he asked for no more */
	assert_int_equal(only(s, CAUSE_UNEXPLAINED)->confidence, 10);
}

/* A program that polls a device has its CPU for itself. */
static void a_cpu_that_was_given_away_is_no_sure_hang(void **state)
{
	struct scene *s = *state;
	struct task *hog = keeps_cpu_2_from(s, scene_kthread(s, 700, "kworker/2:1"));

	/* of a machine that runs, nothing tells where it is */
	assert_int_equal(confidence(s), SURE_CPU_GIVEN);
	scene_study(s, hog)->stack.user = true;
	assert_int_equal(confidence(s), SURE_CPU_GIVEN);
	scene_study(s, hog)->stack.user = false;
	scene_stack(s, hog, "loops");
	assert_true(confidence(s) >= CONFIDENCE_LIKELY);
	scene_study(s, hog)->stack.user = true;
	only(s, CAUSE_CPU_MONOPOLISED);
	assert_true(says(&verdict(0)->against, "may have been given it for itself"));
}

/* Who sleeps for long has the word: of him people speak. */
static void a_sleeper_is_a_victim_before_who_gets_no_cpu(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg");

	keeps_cpu_2_from(s, scene_task(s, 701, "a"));
	scene_waits(s, xorg, 20, WAIT_MUTEX, LOCK_A, NULL);
	judge_all(s);
	assert_int_equal(judged.verdicts.all.n, 1);
	assert_ptr_equal(verdict(0)->victims.v[0]->task, xorg);
}

/* The owner of a lock is the one that does not get the CPU. */
static void holder_preempted(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg"), *owner = scene_task(s, 701, "a");
	struct task *hog = scene_task(s, 702, "hog");

	scene_waits(s, xorg, 20, WAIT_MUTEX, LOCK_A, owner);
	scene_queued(s, owner, 2, 20);
	scene_rt(s, hog, 1);
	scene_runs(s, hog, 2, 21);
	assert_blames(only(s, CAUSE_CPU_MONOPOLISED), hog);
	assert_int_equal(verdict(0)->culprit.cpu, 2);
}

/* Runnable for a moment is no starvation: nobody is blamed. */
static void runnable_for_a_moment(void **state)
{
	struct scene_hang h = scene_drain_hang(*state, SCENE_MACHINE);
	const struct verdict *v;

	h.kworker->since_s = 0.1;
	v = only(*state, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_true(v->confidence <= 30);
	assert_null(strstr(v->summary, "has kept"));
	assert_null(strstr(v->next.v[0].text, "rt-hog"));
	h.kworker->since_s = 2.1;
	only(*state, CAUSE_CPU_MONOPOLISED);
}

/* Who looks each second whether it has come, with a lock, was just woken to look. */
static void awake_for_a_moment_with_a_lock(void **state)
{
	struct scene *s = *state;
	struct task *holder = scene_task(s, 10, "holder");
	struct task *waiter = scene_task(s, 11, "waiter");
	struct task *other = scene_task(s, 12, "other");
	const struct verdict *v;

	scene_waits(s, waiter, 30, WAIT_MUTEX, scene_address(s), holder);
	scene_runs(s, other, 1, 0.1);
	scene_queued(s, holder, 1, 0.0);
	holder->last_queued = (uint64_t)(SCENE_NOW * 1e9);
	holder->last_arrival = holder->last_queued - 1000000000;
	scene_study(s, holder);
	scene_stack(s, holder, "__schedule", "schedule", "schedule_timeout",
		    "depot_await");
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_blames(v, holder);
	assert_true(v->confidence < CONFIDENCE_LIKELY);
	assert_true(says(&v->evidence, "slept in depot_await for 1.0 s"));
	/* Preempted there, it may have just come. */
	scene_stack(s, holder, "__schedule", "preempt_schedule_common", "depot_await");
	only(s, CAUSE_UNEXPLAINED);
	scene_stack(s, holder, "__schedule", "schedule", "__do_sys_sched_yield");
	only(s, CAUSE_UNEXPLAINED);
	scene_stack(s, holder, "__schedule", "schedule", "__x64_sys_sched_yield");
	only(s, CAUSE_UNEXPLAINED);
	scene_stack(s, holder, "__schedule", "schedule", "__arm64_sys_sched_yield");
	only(s, CAUSE_UNEXPLAINED);
	/* When it came to its CPU is not known. */
	scene_stack(s, holder, "__schedule", "schedule", "depot_await");
	holder->last_arrival = 0;
	only(s, CAUSE_UNEXPLAINED);
}

/* Runnable on a CPU that runs nobody: no worker sleeps there. */
static void cpu_that_is_idle(void **state)
{
	struct scene *s = *state;
	struct scene_hang h = scene_drain_hang(s, SCENE_MACHINE);
	const struct verdict *v;

	h.rq->curr = task_by_addr(&s->facts.tasks, h.rq->curr->addr);
	h.rq->curr->idle = true;
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_CPU);
	assert_int_equal(v->culprit.cpu, 1);
	assert_non_null(strstr(v->summary, "is idle"));
	h.rq->curr = NULL;
	v = only(s, CAUSE_UNEXPLAINED);
	assert_non_null(strstr(v->summary, "cannot be read"));
	assert_true(lacks(v, "the task that CPU 1 runs"));
}

/* The run queue, or its number, cannot be read: the worker that waits is not to blame. */
static void cpu_that_is_not_known(void **state)
{
	struct scene *s = *state;
	struct scene_hang h = scene_drain_hang(s, SCENE_MACHINE);
	const struct verdict *v;

	h.kworker->cpu = -1;
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_non_null(strstr(v->summary, "for a CPU;"));
	assert_true(lacks(v, "which CPU kworker/1:0"));
}

/* ---- locks -------------------------------------------------------------- */

static void abba(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 701, "a"), *b = scene_task(s, 702, "b");
	struct task *c = scene_task(s, 703, "c");
	const struct verdict *v;

	scene_waits(s, a, 20, WAIT_MUTEX, LOCK_A, b);
	scene_waits(s, b, 20, WAIT_MUTEX, LOCK_B, a);
	scene_waits(s, c, 30, WAIT_MUTEX, LOCK_B, a); /* from outside */
	v = only(s, CAUSE_LOCK_CYCLE);
	assert_true(v->confidence >= 90);
	assert_int_equal(v->victims.n, 3);
	assert_true(v->chain.cycle < v->chain.n);
	assert_int_equal(v->culprit.kind, CULPRIT_LOCK);
	assert_true(v->culprit.address == LOCK_A || v->culprit.address == LOCK_B);
	/* Round, and back to where it began. */
	assert_non_null(
		strstr(v->summary,
		       ": a mutex at 0xffff888009991000 -> a (pid 701) -> a mutex "
		       "at 0xffff888009990000 -> b (pid 702) -> a mutex at "
		       "0xffff888009991000."));
}

/* The last known reader may have left: he closes no circle. */
static void circle_through_a_reader(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 701, "a"), *b = scene_task(s, 702, "b");
	const struct verdict *v;

	scene_waits(s, a, 20, WAIT_RWSEM, LOCK_A, b)->owner.readers = true;
	scene_waits(s, b, 20, WAIT_MUTEX, LOCK_B, a);
	/* b's lock is held by a, who sleeps: that much is so. */
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_true(lacks(v, "who holds"));
}

static void holder_asleep(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg"), *owner = scene_task(s, 701, "a");
	const struct verdict *v;

	scene_waits(s, xorg, 20, WAIT_MUTEX, LOCK_A, owner);
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_blames(v, owner);
	assert_int_equal(v->victims.n, 1);
	assert_non_null(strstr(v->summary, "held by a (pid 701), which itself sleeps."));
}

/* The holder went to sleep first, so it is the victim that waits longest. */
static void holder_blocked_for_longer(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg"), *owner = scene_task(s, 701, "a");
	struct task *other = scene_kthread(s, 702, "b");
	const struct verdict *v;

	scene_waits(s, xorg, 20, WAIT_MUTEX, LOCK_A, owner);
	scene_waits(s, owner, 25, WAIT_COMPLETION, LOCK_B, NULL);
	scene_waits(s, other, 22, WAIT_COMPLETION, LOCK_B, NULL);
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_blames(v, owner);
	assert_int_equal(v->victims.n, 3);
	assert_ptr_equal(v->victims.v[0]->task, xorg);
	assert_ptr_equal(v->victims.v[1]->task, owner);
	assert_ptr_equal(v->victims.v[2]->task, other);
	assert_int_equal(v->chain.n, 4);
	assert_non_null(strstr(v->summary, "which itself sleeps on a completion at 0x"));
}

/* Who sleeps until somebody wakes him is held up as well, unless he only lets time pass. */
static void holder_waits_for_a_wakeup(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg"), *owner = scene_task(s, 701, "a");
	struct wait *wait;
	const struct verdict *v;

	scene_waits(s, xorg, 20, WAIT_MUTEX, LOCK_A, owner);
	wait = scene_waits(s, owner, 25, WAIT_COMPLETION, LOCK_B, NULL);
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_true(v->confidence < CONFIDENCE_LIKELY);
	assert_true(says(&v->against, "it may be a victim itself"));
	owner->state = TASK_STATE_INTERRUPTIBLE;
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_int_equal(v->confidence, CONFIDENCE_LIKELY);
	owner->state = TASK_STATE_UNINTERRUPTIBLE;
	wait->kind = WAIT_TIMER;
	wait->object = 0;
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_int_equal(v->confidence, CONFIDENCE_LIKELY);
	assert_int_equal(v->against.n, 0);
	/* He has let time pass before, since the other waits for longer: he polls. */
	owner->since_s = 0.1;
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_blames(v, owner);
	assert_true(v->confidence < CONFIDENCE_LIKELY);
	assert_true(says(&v->against, "looks for something again and again"));
	/* As who waits for a user or a network does. */
	owner->state = TASK_STATE_INTERRUPTIBLE;
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_int_equal(v->confidence, CONFIDENCE_LIKELY);
}

static void holder_for_reading(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg"), *owner = scene_task(s, 701, "a");
	const struct verdict *v;

	scene_waits(s, xorg, 20, WAIT_RWSEM, LOCK_A, owner)->owner.readers = true;
	v = only(s, CAUSE_UNEXPLAINED);
	assert_true(v->confidence < 50);
	assert_true(lacks(v, "the last who took it, a (pid 701)"));
}

/* ---- who is inside a lock that names nobody --------------------------------- */

#define SEEN (INSIDE_TAKES | INSIDE_CODE)

/* Xorg wants to write, and so many read. */
static struct inside *read_by(struct scene *s, int64_t holders)
{
	struct task *xorg = scene_task(s, 700, "Xorg");

	scene_waits(s, xorg, 20, WAIT_RWSEM, LOCK_A, NULL)->owner.readers = true;
	return scene_inside(s, WAIT_RWSEM, LOCK_A, holders);
}

static void one_reader_is_seen(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 701, "a");
	const struct verdict *v;

	scene_insider(s, read_by(s, 1), a, SEEN, true);
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_blames(v, a);
	assert_true(v->confidence >= 60 && v->confidence <= 85);
	assert_int_equal(v->candidates.n, 0);
	assert_true(
		says(&v->evidence,
		     "count_items() on its stack, whose code has this lock's address, "
		     "has called down_read()"));
	assert_false(lacks(v, "who holds"));
}

/* A stack in words shows no word of it: where the lock's address is says the check. */
static void each_clue_is_shown_where_it_is(void **state)
{
	static const struct {
		unsigned int clues;
		const char *check;
	} clues[] = {
		{SEEN, "bt 701"},
		{SEEN | INSIDE_STACK, "bt 701"},
		{INSIDE_TAKES | INSIDE_STACK, "rd 0xffffc90000123e58 1"},
		{INSIDE_TAKES | INSIDE_NEAR | INSIDE_MAP, "rd 0xffffc90000123e58 1"},
		{INSIDE_STACK, "rd 0xffffc90000123e58 1"},
		{INSIDE_TAKES | INSIDE_MAP, "struct task_struct.mm 0xffff888001230000"},
		{INSIDE_TAKES | INSIDE_LAST,
		 "struct -x rw_semaphore.count,owner 0xffff888009990000"},
		{INSIDE_LAST | INSIDE_STACK,
		 "struct -x rw_semaphore.count,owner 0xffff888009990000"},
		{SEEN | INSIDE_LAST | INSIDE_TOLD,
		 "struct -x rw_semaphore.count,owner 0xffff888009990000"},
	};
	struct scene *s = *state;
	struct task *a = scene_task(s, 701, "a");
	struct inside *in = read_by(s, 1);
	struct look look;
	size_t i;

	a->addr = 0xffff888001230000;
	s->about.door = DOOR_PROGRAM;
	in->look = LOOK_BITS("rw_semaphore.count,owner", LOCK_A);
	scene_insider(s, in, a, SEEN, true);
	in->all.v[0].at = 0xffffc90000123e58;
	for (i = 0; i < ARRAY_SIZE(clues); i++) {
		in->all.v[0].clues = clues[i].clues;
		look = insider_look(in, &in->all.v[0]);
		assert_string_equal(look_text(&s->facts, &look), clues[i].check);
	}
}

/* A chain that goes on beyond him is no surer than he is. */
static void reader_behind_a_hog(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 701, "a"), *hog = scene_task(s, 702, "hog");
	const struct verdict *v;

	scene_insider(s, read_by(s, -1), a, SEEN, true);
	scene_rt(s, hog, 99);
	scene_runs(s, hog, 1, 30);
	scene_queued(s, a, 1, 25);
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_blames(v, hog);
	assert_int_equal(v->confidence, 75);
}

static void all_readers_are_seen(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 701, "a"), *b = scene_task(s, 702, "b");
	struct inside *in = read_by(s, 2);
	const struct verdict *v;

	scene_insider(s, in, a, SEEN, true);
	scene_insider(s, in, b, INSIDE_TAKES | INSIDE_STACK, true);
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_blames(v, a);
	assert_true(v->confidence <= 60);
	assert_int_equal(v->candidates.n, 2);
	assert_ptr_equal(v->candidates.v[1].task, b);
}

/* One of them is not inside: nobody is blamed. */
static void more_are_seen_than_are_in(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 701, "a"), *b = scene_task(s, 702, "b");
	struct inside *in = read_by(s, 1);
	const struct verdict *v;

	scene_insider(s, in, a, SEEN, true);
	scene_insider(s, in, b, SEEN, true);
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_int_equal(v->culprit.kind, CULPRIT_LOCK);
	assert_true(v->confidence < 50);
	assert_int_equal(v->candidates.n, 2);
	assert_contains(v->summary,
			"held for reading by 1 task; it does not say by whom. "
			"These may be inside: a (pid 701), b (pid 702).");
	assert_true(lacks(v, "who holds"));
}

static void the_last_reader_may_have_left(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 701, "a");
	const struct verdict *v;

	scene_insider(s, read_by(s, 1), a, INSIDE_LAST, false);
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_int_equal(v->culprit.kind, CULPRIT_LOCK);
	assert_true(v->confidence < 50);
	assert_int_equal(v->candidates.n, 1);
	assert_true(says(&v->evidence, "it may have left"));
}

static void circle_through_one_who_is_seen(void **state)
{
	struct scene *s = *state;
	struct task *b = scene_task(s, 702, "b");
	const struct verdict *v;

	scene_insider(s, read_by(s, 1), b, SEEN, true);
	scene_waits(s, b, 20, WAIT_MUTEX, LOCK_B, task_by_pid(&s->facts.tasks, 700));
	v = only(s, CAUSE_LOCK_CYCLE);
	assert_int_equal(v->confidence, 85);
}

static void semaphore_that_one_is_seen_inside(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg"), *a = scene_task(s, 701, "a");
	struct inside *in;
	const struct verdict *v;

	scene_waits(s, xorg, 20, WAIT_SEMAPHORE, LOCK_A, NULL);
	in = scene_inside(s, WAIT_SEMAPHORE, LOCK_A, -1);
	scene_insider(s, in, a, SEEN, true);
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_blames(v, a);
	assert_true(v->confidence <= 75);
}

/* The looper was interrupted in these functions, innermost first. */
#define interrupted_in(s, task, ...)                                                     \
	interrupted_in_functions(s, task, (const char *const[]){__VA_ARGS__, NULL})
static void interrupted_in_functions(struct scene *s, struct task *task,
				     const char *const *functions)
{
	struct studied *st = scene_study(s, task);

	scene_stack_of(s, task, functions);
	st->stack.v[0].kind = FRAME_INTERRUPT;
}

static void holder_runs(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg"), *owner = scene_task(s, 701, "a");
	const struct verdict *v;

	scene_waits(s, xorg, 20, WAIT_MUTEX, LOCK_A, owner);
	scene_runs(s, owner, 3, 15);
	/* It may poll for what does not come. */
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_true(lacks(v, "what a (pid 701) does"));
	interrupted_in(s, owner, "loop");
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_blames(v, owner);
	assert_int_equal(v->culprit.cpu, 3);
	assert_non_null(strstr(v->summary, "which is running"));
}

/* One that can be killed is no victim by itself; behind the same lock it is. */
static void who_can_be_killed_waits_too(void **state)
{
	struct scene *s = *state;
	struct task *owner = scene_task(s, 701, "a"),
		    *mapper = scene_task(s, 702, "mapper");

	scene_waits(s, mapper, 30, WAIT_RWSEM, LOCK_A, owner);
	mapper->state = TASK_STATE_UNINTERRUPTIBLE | 0x100; /* TASK_WAKEKILL */
	judge_all(s);
	assert_int_equal(verdict(0)->victims.n, 0);
	scene_waits(s, scene_task(s, 700, "Xorg"), 20, WAIT_RWSEM, LOCK_A, owner);
	scene_waits(s, owner, 40, WAIT_COMPLETION, LOCK_B, NULL);
	judge_all(s);
	assert_int_equal(verdict(0)->victims.n, 3);
}

/* It is another driver's to signal: who has a lock meanwhile waits like the others. */
static void lock_of_who_waits_for_a_fence(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg"), *owner = scene_task(s, 701, "a");
	const struct verdict *v;

	scene_waits(s, xorg, 20, WAIT_MUTEX, LOCK_A, owner);
	scene_waits(s, owner, 21, WAIT_FENCE, LOCK_B, NULL);
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_int_equal(v->victims.n, 2);
	assert_non_null(strstr(v->summary, "nothing in the dump says who should"));
}

static void lock_of_nobody(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg");
	const struct verdict *v;

	scene_waits(s, xorg, 20, WAIT_MUTEX, LOCK_A, NULL);
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_non_null(
		strstr(v->summary, "for a mutex at 0xffff888009990000; nothing in "));
}

/* ---- pools -------------------------------------------------------------- */

static void all_workers_asleep(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg");
	struct task *kworker = scene_kthread(s, 17, "kworker/1:0");
	struct pool *pool = scene_pool(s, 2, 1);
	const struct verdict *v;

	scene_busy(s, scene_worker(s, pool, kworker), "waits_for_something");
	scene_waits(s, kworker, 25, WAIT_COMPLETION, LOCK_A, NULL);
	scene_flushes(s, xorg, 20, scene_pending(s, pool, "wanted"));
	v = only(s, CAUSE_WORKERS_BLOCKED);
	assert_blames(v, kworker);
	assert_non_null(strstr(v->summary, "all of whose workers sleep"));
	assert_int_equal(v->against.n, 0);
	/* One is idle, and nobody woke it: then they are not all to blame. */
	scene_worker(s, pool, scene_kthread(s, 18, "kworker/1:1"));
	assert_true(only(s, CAUSE_WORKERS_BLOCKED)->confidence < 50);
	assert_non_null(strstr(verdict(0)->summary, "some of whose workers"));
	assert_true(says(&verdict(0)->against, "is idle and should have been woken"));
}

/* The flusher is a kthread too, and the worker sleeps for longer than it. */
static void worker_asleep_for_longer(void **state)
{
	struct scene *s = *state;
	struct task *kswapd = scene_kthread(s, 30, "kswapd0");
	struct task *kworker = scene_kthread(s, 17, "kworker/1:0");
	struct pool *pool = scene_pool(s, 2, 1);

	scene_busy(s, scene_worker(s, pool, kworker), "waits_for_something");
	scene_waits(s, kworker, 25, WAIT_COMPLETION, LOCK_A, NULL);
	scene_flushes(s, kswapd, 20, scene_pending(s, pool, "wanted"));
	assert_blames(only(s, CAUSE_WORKERS_BLOCKED), kworker);
	assert_ptr_equal(verdict(0)->victims.v[0]->task, kswapd);
}

/* The pool's worker waits for a lock whose holder sleeps: that is nearer the root. */
static void worker_behind_a_lock(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg"), *owner = scene_task(s, 701, "a");
	struct task *kworker = scene_kthread(s, 17, "kworker/1:0");
	struct pool *pool = scene_pool(s, 2, 1);

	scene_busy(s, scene_worker(s, pool, kworker), "takes_a_lock");
	scene_waits(s, kworker, 25, WAIT_MUTEX, LOCK_A, owner);
	scene_flushes(s, xorg, 20, scene_pending(s, pool, "wanted"));
	assert_blames(only(s, CAUSE_LOCK_HOLDER_BLOCKED), owner);
}

/* Who removes a sysfs file waits for its reader, and so does who wants its locks. */
static void reader_of_a_removed_file(void **state)
{
	struct scene *s = *state;
	struct task *rmmod = scene_task(s, 700, "rmmod"),
		    *cat = scene_task(s, 701, "cat");
	struct task *udevd = scene_task(s, 702, "udevd");
	struct kernfs_user user = {.task = cat, .open = LOCK_B};
	struct wait *wait;

	wait = scene_waits(s, rmmod, 30, WAIT_QUEUE, LOCK_A, NULL);
	wait->symbol = "kernfs node slow";
	wait->kernfs = (struct kernfs_wait){.node = LOCK_A + 64, .inside = 1};
	/* Nobody is seen there. */
	assert_int_equal(only(s, CAUSE_UNEXPLAINED)->missing.n, 1);
	scene_waits(s, udevd, 20, WAIT_MUTEX, LOCK_B + 64, rmmod);
	*vec_push(&s->arena, &wait->kernfs.users) = user;
	assert_blames(only(s, CAUSE_LOCK_HOLDER_BLOCKED), cat);
	assert_int_equal(verdict(0)->missing.n, 0);
	assert_non_null(strstr(verdict(0)->summary,
			       "for kernfs node slow, in use by cat (pid 701)"));
	/* One more is counted. */
	wait->kernfs.inside = 2;
	assert_int_equal(only(s, CAUSE_LOCK_HOLDER_BLOCKED)->missing.n, 1);
}

/* Who flushes holds the lock that the work wants: a circle through a pool. */
static void flush_under_a_lock(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg");
	struct task *kworker = scene_kthread(s, 17, "kworker/1:0");
	struct pool *pool = scene_pool(s, 2, 1);

	scene_waits(s, kworker, 25, WAIT_MUTEX, LOCK_A, xorg);
	scene_flushes(s, xorg, 20,
		      scene_busy(s, scene_worker(s, pool, kworker), "takes_a_lock"));
	only(s, CAUSE_LOCK_CYCLE);
	assert_int_equal(verdict(0)->culprit.kind, CULPRIT_LOCK);
	assert_int_equal(verdict(0)->culprit.address, LOCK_A);
	/* No order of locks ends it: there is one. */
	assert_true(advises("Who waits for work takes_a_lock must not hold what that"));
	assert_false(advises("the order"));
}

/* Two works that flush each other: there is no lock, it is their code. */
static void works_in_a_circle(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_kthread(s, 17, "kworker/1:0"),
		    *b = scene_kthread(s, 18, "kworker/1:1");
	struct pool *pool = scene_pool(s, 2, 1);
	struct work *first = scene_busy(s, scene_worker(s, pool, a), "first"),
		    *second = scene_busy(s, scene_worker(s, pool, b), "second");
	const struct verdict *v;

	scene_flushes(s, a, 20, second);
	scene_flushes(s, b, 20, first);
	first->module = second->module = "lab";
	v = only(s, CAUSE_LOCK_CYCLE);
	assert_int_equal(v->culprit.kind, CULPRIT_FUNCTION);
	assert_string_equal(v->culprit.name, "second [lab]");
	assert_true(advises("None of these works may wait for one that waits for it"));
	assert_false(advises("locks"));
}

/* As many works as the queue may run sleep; the one that is flushed cannot begin. */
static void queue_full(void **state)
{
	struct scene *s = *state;
	struct task *dd = scene_task(s, 700, "dd");
	struct task *kworker = scene_kthread(s, 17, "kworker/1:0");
	struct pool *pool = scene_pool(s, 2, 1);
	struct work *busy = scene_busy(s, scene_worker(s, pool, kworker), "sleeps");
	struct work *behind = scene_pending(s, pool, "wanted");
	const struct verdict *v;

	busy->wq = behind->wq = LOCK_B;
	behind->place = WORK_INACTIVE;
	scene_waits(s, kworker, 25, WAIT_COMPLETION, LOCK_A, NULL);
	scene_flushes(s, dd, 20, behind);
	v = only(s, CAUSE_WORKERS_BLOCKED);
	assert_blames(v, kworker);
	assert_int_equal(v->confidence, SURE_QUEUE_FULL);
	assert_ptr_equal(v->victims.v[0]->task, dd);
	assert_non_null(strstr(v->summary, "and work wanted cannot begin"));
	assert_true(says(&v->evidence, "1 work has a place in it on CPU 1"));
	assert_false(says(&v->evidence, "of them"));
	assert_non_null(strstr(v->summary, "runs but one work at a time, which sleeps"));
	/* One more has a place, and no worker. */
	scene_pending(s, pool, "next")->wq = LOCK_B;
	v = only(s, CAUSE_WORKERS_BLOCKED);
	assert_non_null(strstr(v->summary, "is full of works that sleep"));
	/* Who is in the first of them may do it on a CPU: then that is what happens. */
	scene_runs(s, kworker, 2, 30);
	assert_blames(only(s, CAUSE_WORKERS_BLOCKED), kworker);
	assert_non_null(strstr(verdict(0)->summary, "which is running"));
}

static void worker_busy(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg");
	struct task *kworker = scene_kthread(s, 17, "kworker/1:0");
	struct pool *pool = scene_pool(s, 2, 1);
	struct worker *w = scene_worker(s, pool, kworker);
	const struct verdict *v;

	scene_busy(s, w, "loops");
	scene_runs(s, kworker, 1, 25);
	scene_flushes(s, xorg, 20, scene_pending(s, pool, "wanted"));
	v = only(s, CAUSE_WORKERS_BLOCKED);
	assert_blames(v, kworker);
	assert_int_equal(v->confidence, SURE_WORK_ENDLESS);
	assert_non_null(strstr(v->summary, "has been in loops for 30.0 s, and does not"));
	/* It lets others have the CPU now and then, and has it not at this moment. */
	kworker->on_cpu = false;
	scene_queued(s, kworker, 1, 0.1);
	scene_runs(s, scene_task(s, 701, "sh"), 1, 0.1);
	v = only(s, CAUSE_WORKERS_BLOCKED);
	assert_blames(v, kworker);
	assert_int_equal(v->confidence, SURE_WORK_ENDLESS);
	/* Who has the CPU for that moment is at the root of nothing. */
	assert_ptr_equal(v->chain.v[v->chain.n - 1]->task, kworker);
	assert_false(says(&v->evidence, "runs it"));
	/* Others of its pool may run beside it. */
	w->not_running = true;
	only(s, CAUSE_UNEXPLAINED);
}

/* It begins a work every now and then: the one that runs is not what is waited for. */
static void pool_that_goes_on(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg");
	struct task *kworker = scene_kthread(s, 17, "kworker/1:0");
	struct pool *pool = scene_pool(s, 2, 1);
	const struct verdict *v;

	scene_busy(s, scene_worker(s, pool, kworker), "loops");
	pool->watchdog_ts = s->facts.jiffies - s->facts.hz;
	scene_runs(s, kworker, 1, 1);
	scene_flushes(s, xorg, 20, scene_pending(s, pool, "wanted"));
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_non_null(strstr(v->summary, "has begun a work 1.0 s ago"));
	/* When it did is not known. */
	pool->watchdog_ts = s->facts.jiffies - 3 * s->facts.hz;
	assert_int_equal(only(s, CAUSE_WORKERS_BLOCKED)->confidence, SURE_HOLDER_RUNS);
}

static void nobody_woken(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg");
	struct pool *pool = scene_pool(s, 2, 1);
	const struct verdict *v;

	scene_flushes(s, xorg, 20, scene_pending(s, pool, "wanted"));
	v = only(s, CAUSE_UNEXPLAINED);
	assert_non_null(strstr(v->summary, "no worker is there for"));
	assert_true(says(&v->evidence, "its last progress was 30.0 s ago, at 42949"));
	assert_true(says(&v->evidence, "at the end it was 42949"));
	scene_worker(s, pool, scene_kthread(s, 18, "kworker/1:1"));
	v = only(s, CAUSE_UNEXPLAINED);
	assert_non_null(strstr(v->summary, "idle workers nobody woke"));
	assert_int_equal(v->missing.n, 0);
	/* A worker whose task is unknown may be the one that runs. */
	scene_worker(s, pool, NULL);
	v = only(s, CAUSE_UNEXPLAINED);
	assert_true(v->confidence < 40);
	assert_true(lacks(v, "the tasks of 1 of its workers"));
}

/* Its worker has no task: there is none that could not be read, or that nobody woke. */
static void pool_of_softirqs(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg");
	struct pool *pool = scene_pool(s, 2, 1);
	struct worker *w = scene_worker(s, pool, NULL);
	struct work *work = scene_pending(s, pool, "wanted");
	const struct verdict *v;

	w->task_addr = 0;
	scene_flushes(s, xorg, 20, work);
	v = only(s, CAUSE_UNEXPLAINED);
	assert_contains(v->summary, "whose works run in softirqs of CPU 1");
	assert_true(says(&v->evidence, "which softirqs of CPU 1 run"));
	assert_false(lacks(v, "the tasks of"));
	assert_contains(v->chain.v[2]->out.v[0]->why, "no worker has begun it");
	/* Or they have begun it. */
	work->place = WORK_RUNNING;
	work->worker = w;
	v = only(s, CAUSE_UNEXPLAINED);
	assert_string_equal(v->chain.v[2]->out.v[0]->why, "being run by a worker of it");
}

/* ---- others ------------------------------------------------------------- */

static void io(void **state)
{
	struct scene *s = *state;
	const struct verdict *v;

	scene_waits(s, scene_task(s, 700, "a"), 20, WAIT_IO, 0, NULL);
	scene_waits(s, scene_task(s, 701, "b"), 30, WAIT_IO, 0, NULL);
	v = only(s, CAUSE_IO_WAIT);
	assert_int_equal(v->victims.n, 2);
	assert_int_equal(v->victims.v[0]->task->pid, 701);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
}

/* The request that carries what is waited for is with a disk: it is that disk. */
static void request_of_a_disk(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 700, "a"), *b = scene_task(s, 701, "b");
	struct disk *vda = scene_disk(s, "vda");
	const struct verdict *v;

	scene_waits(s, a, 20, WAIT_IO, scene_address(s), NULL);
	scene_waits(s, b, 30, WAIT_IO, scene_address(s), NULL);
	scene_carried(s, a, vda, 20);
	scene_carried(s, b, vda, 30);
	v = only(s, CAUSE_IO_WAIT);
	assert_int_equal(v->victims.n, 2);
	assert_int_equal(v->culprit.kind, CULPRIT_DEVICE);
	assert_string_equal(v->culprit.name, "vda");
	assert_true(v->confidence >= CONFIDENCE_LIKELY);
	assert_contains(v->summary, "disk vda");
	assert_true(says(&v->evidence, "vda has had its oldest request, and has not "));
	/* That of a disk that has several: since when, and how many are in the summary. */
	vda->in_flight = 8;
	vda->oldest_ns = s->facts.rqs.now - 28000000000;
	v = only(s, CAUSE_IO_WAIT);
	assert_contains(v->summary,
			"its oldest request, of 8, has been with it for 28.0 s");
	assert_true(
		says(&v->evidence, arena_printf(&s->arena,
						"vda has had its oldest request since "
						"%.3f s, and has not finished it",
						(double)vda->oldest_ns / 1e9)));
	assert_contains(next_step(s, v, 0), "its host or its hardware, and its driver");
	snprintf(vda->name, sizeof(vda->name), "nbd0");
	assert_contains(next_step(s, only(s, CAUSE_IO_WAIT), 0), "its server, a process");
	vda->of_file = true;
	assert_contains(next_step(s, only(s, CAUSE_IO_WAIT), 0),
			"the file that it is made of");
}

/* It answers others, or nobody knows since when it has it. */
static void request_that_is_young(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 700, "a");
	struct disk *vda = scene_disk(s, "vda");
	const struct verdict *v;

	scene_waits(s, a, 20, WAIT_IO, scene_address(s), NULL);
	scene_carried(s, a, vda, 0.5);
	v = only(s, CAUSE_IO_WAIT);
	assert_true(v->confidence < CONFIDENCE_LIKELY);
	assert_true(says(&v->against, "for only 0.5 s"));
	scene_carried(s, a, vda, -1);
	v = only(s, CAUSE_IO_WAIT);
	assert_true(v->confidence < 70);
	assert_true(lacks(v, "since when its driver has the request"));
}

/* fsync() -> the journal's thread -> a buffer -> the disk; and a handle keeps it open. */
static void journal_behind_a_disk(void **state)
{
	struct scene *s = *state;
	struct task *app = scene_task(s, 700, "fsync"),
		    *holder = scene_task(s, 702, "rm");
	struct task *thread = scene_kthread(s, 701, "jbd2/vda-8");
	struct disk *vda = scene_disk(s, "vda");
	struct wait *wait;
	const struct verdict *v;

	scene_waits(s, app, 20, WAIT_QUEUE, scene_address(s), NULL)->thread = thread;
	wait = scene_waits(s, thread, 30, WAIT_QUEUE, scene_address(s), NULL);
	*vec_push(&s->arena, &wait->handles.all) = holder;
	scene_waits(s, holder, 25, WAIT_IO, scene_address(s), NULL);
	scene_carried(s, holder, vda, 25);
	v = only(s, CAUSE_IO_WAIT);
	assert_string_equal(v->culprit.name, "vda");
	assert_int_equal(v->victims.n, 3);
}

/* A name that another one looks up, on a disk that does not answer. */
static void name_that_is_looked_up(void **state)
{
	struct scene *s = *state;
	struct task *app = scene_task(s, 700, "stat"), *looker = scene_task(s, 701, "ls");
	struct disk *vda = scene_disk(s, "vda");
	const struct verdict *v;

	scene_waits(s, app, 20, WAIT_QUEUE, scene_address(s), NULL)->looker = looker;
	scene_waits(s, looker, 30, WAIT_IO, scene_address(s), NULL);
	scene_carried(s, looker, vda, 30);
	v = only(s, CAUSE_IO_WAIT);
	assert_string_equal(v->culprit.name, "vda");
	assert_int_equal(v->victims.n, 2);
}

/* A page is locked, and no request carries it: who has it by what he does. */
static void page_that_a_task_has(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 700, "a"), *holder = scene_task(s, 701, "holder");
	kaddr_t page = scene_address(s);
	struct inside *in;
	struct wait *w;
	const struct verdict *v;

	w = scene_waits(s, a, 20, WAIT_IO, page, NULL);
	w->bit = (struct bit_wait){.of = BIT_OF_PAGE, .addr = page, .locked = true};
	in = scene_inside(s, WAIT_IO, page, 1);
	scene_study(s, holder);
	scene_insider(s, in, holder, INSIDE_TAKES | INSIDE_STACK | INSIDE_IN_PLACE, true);
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_blames(v, holder);
	assert_true(v->confidence <= 60);
	/* One hint: he may be inside. */
	in->all.v[0].sure = false;
	in->all.v[0].clues = INSIDE_STACK;
	in->nsure = 0;
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_int_equal(v->culprit.kind, CULPRIT_LOCK);
	assert_int_equal(v->candidates.n, 1);
}

/* No request that was found has what they wait for: but they wait for the same disk. */
static void somewhere_on_a_disk(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 700, "a"), *b = scene_task(s, 701, "b");
	struct disk *vda = scene_disk(s, "vda");
	const struct verdict *v;

	scene_waits(s, a, 20, WAIT_IO, scene_address(s), NULL);
	scene_waits(s, b, 30, WAIT_IO, scene_address(s), NULL);
	facts_studied(&s->facts, a)->io.disk = vda;
	facts_studied(&s->facts, b)->io.disk = vda;
	v = only(s, CAUSE_IO_WAIT);
	assert_int_equal(v->victims.n, 2);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_true(lacks(v, "the request that carries what is waited for"));
	/* It does not finish what others gave it. */
	vda->oldest_ns = (uint64_t)((SCENE_NOW - 30) * 1e9);
	v = only(s, CAUSE_IO_WAIT);
	assert_string_equal(v->culprit.name, "vda");
	assert_true(v->confidence < CONFIDENCE_LIKELY);
	assert_contains(v->summary, "30.0 s");
	assert_contains(next_step(s, v, 0), "what serves the disk");
	/* A disk that works has requests, too: they are as old as their own clock says. */
	s->facts.rqs.monotonic_ahead = -29000000000;
	v = only(s, CAUSE_IO_WAIT);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_contains(v->summary, "1.0 s");
	assert_contains(next_step(s, v, 0), "what keeps it from vda");
	s->facts.rqs.monotonic_ahead = 0;
	/* What one of them waits for is in such a request: so it is for all. */
	scene_carried(s, a, vda, 30);
	v = only(s, CAUSE_IO_WAIT);
	assert_true(v->confidence >= CONFIDENCE_LIKELY);
}

/* A disk that others have the requests of, and one that does not finish its own. */
static void disk_of_another(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 700, "a");
	struct disk *dm = scene_disk(s, "dm-0"), *vda = scene_disk(s, "vda");
	const struct verdict *v;

	scene_waits(s, a, 20, WAIT_IO, scene_address(s), NULL);
	facts_studied(&s->facts, a)->io.disk = dm;
	dm->in_flight = 0;
	dm->passes_on = true;
	vda->oldest_ns = (uint64_t)((SCENE_NOW - 30) * 1e9);
	*vec_push(&s->arena, &s->facts.disks.all) = *vda;
	v = only(s, CAUSE_IO_WAIT);
	/* It may have nothing to do with it. */
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_contains(next_step(s, v, 0), "whether dm-0 lies on vda");
	assert_true(says(&v->evidence, "vda has had its oldest request since"));
	/* One with requests of its own lies on none. */
	dm->passes_on = false;
	v = only(s, CAUSE_IO_WAIT);
	assert_contains(next_step(s, v, 0), "what keeps it from dm-0");
	assert_false(says(&v->evidence, "vda"));
	dm->passes_on = true;
	s->facts.disks.all.v[0].oldest_ns = (uint64_t)((SCENE_NOW - 2) * 1e9);
	v = only(s, CAUSE_IO_WAIT);
	assert_contains(next_step(s, v, 0), "what keeps it from dm-0");
}

/* There is no room for its request on a disk that finishes none. */
static void room_on_a_disk(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 700, "a"), *b = scene_task(s, 701, "b");
	struct disk *vda = scene_disk(s, "vda");
	const struct verdict *v;

	scene_waits(s, a, 20, WAIT_IO, 0, NULL);
	facts_studied(&s->facts, a)->io.disk = vda;
	facts_studied(&s->facts, a)->io.room = scene_address(s);
	vda->oldest_ns = (uint64_t)((SCENE_NOW - 30) * 1e9);
	v = only(s, CAUSE_IO_WAIT);
	assert_string_equal(v->culprit.name, "vda");
	assert_true(v->confidence < CONFIDENCE_LIKELY);
	assert_int_equal(v->missing.n, 0);
	assert_true(says(&v->evidence, "has a request for it and waits"));
	/* What another one waits for is not known: it is not this. */
	scene_waits(s, b, 30, WAIT_IO, 0, NULL);
	judge_all(s);
	assert_int_equal(verdict(0)->victims.n, 1);
	assert_int_equal(verdict(1)->victims.n, 1);
}

/* Who writes to the file that a disk is made of cannot: the disk below has nothing to do. */
static void file_of_a_disk_is_frozen(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 700, "a"),
		    *thread = scene_kthread(s, 701, "loop0");
	struct disk *loop = scene_disk(s, "loop0"), *vda = scene_disk(s, "vda");
	struct io_wait below = {.disk = vda, .since_s = -1};
	struct workqueue *wq;
	struct wait *frozen;
	const struct verdict *v;

	loop->of_file = true;
	scene_waits(s, a, 30, WAIT_IO, scene_address(s), NULL);
	scene_carried(s, a, loop, 30);
	facts_studied(&s->facts, a)->io.below = &below;
	frozen = scene_waits(s, thread, 29, WAIT_IO, scene_address(s), NULL);
	frozen->frozen = scene_address(s);
	frozen->symbol = "frozen file system vda";
	v = only(s, CAUSE_IO_WAIT);
	assert_contains(v->summary, "a frozen file system vda");
	assert_int_equal(v->victims.n, 2);
	/* Of another disk. */
	snprintf(thread->comm, sizeof(thread->comm), "loop1");
	judge_all(s);
	assert_contains(verdict(1)->summary, "I/O on disk vda");
	/* Since 5.14 a worker does it, by a work of the disk's own queue. */
	wq = arena_alloc(&s->arena, sizeof(*wq));
	memset(wq, 0, sizeof(*wq));
	wq->addr = scene_address(s);
	snprintf(wq->name, sizeof(wq->name), "loop0");
	*vec_push(&s->arena, &s->facts.wqs.queues) = wq;
	scene_busy(s, scene_worker(s, scene_pool(s, 4, -1), thread), "loop_workfn")->wq =
		wq->addr;
	v = only(s, CAUSE_IO_WAIT);
	assert_int_equal(v->victims.n, 2);
}

/* Of those who do a disk's requests one sleeps, and what is below has some to do. */
static void worker_of_a_disk(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 700, "a"), *x = scene_task(s, 702, "x"),
		    *thread = scene_kthread(s, 701, "loop0");
	struct disk *loop = scene_disk(s, "loop0"), *vda = scene_disk(s, "vda");
	struct disk_request young = {.addr = scene_address(s)};
	struct io_wait below = {.disk = vda, .request = &young, .since_s = 0.1};
	const struct verdict *v;

	loop->of_file = true;
	scene_waits(s, a, 30, WAIT_IO, scene_address(s), NULL);
	scene_carried(s, a, loop, 30);
	facts_studied(&s->facts, a)->io.below = &below;
	scene_waits(s, thread, 29, WAIT_MUTEX, scene_address(s), x);
	/* The disk below is at work: it is not that one. */
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_blames(v, x);
	assert_int_equal(v->victims.n, 2);
	/* It has something as long as that. */
	below.since_s = 30;
	judge_all(s);
	assert_contains(verdict(0)->summary, "I/O on disk vda");
	/* Who sleeps for a moment is not who keeps it, nor is who he sleeps for. */
	below.request = NULL;
	thread->since_s = 0.01;
	v = only(s, CAUSE_IO_WAIT);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
}

/* A file system that is on no disk: a network's. */
static void somewhere_in_a_file_system(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 700, "a"), *b = scene_task(s, 701, "b");
	kaddr_t sb = scene_address(s);
	const struct verdict *v;
	struct io_wait *wait;
	int i;

	scene_waits(s, a, 20, WAIT_IO, scene_address(s), NULL);
	scene_waits(s, b, 30, WAIT_IO, scene_address(s), NULL);
	for (i = 0; i < 2; i++) {
		wait = &facts_studied(&s->facts, i ? a : b)->io;
		wait->file_system = sb;
		wait->file_system_id = "0:45";
	}
	v = only(s, CAUSE_IO_WAIT);
	assert_int_equal(v->victims.n, 2);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_contains(v->summary, "I/O of file system 0:45");
}

/* Who freezes a queue waits for its requests, and all who have one to add for him. */
static void frozen_queue_of_a_disk(void **state)
{
	struct scene *s = *state;
	struct task *freezer = scene_task(s, 700, "udevd"), *b = scene_task(s, 701, "b");
	struct disk *vda = scene_disk(s, "vda");
	kaddr_t queue = scene_address(s);
	const struct verdict *v;

	scene_waits(s, freezer, 20, WAIT_QUEUE, queue, NULL);
	scene_carried(s, freezer, vda, 25);
	facts_studied(&s->facts, freezer)->io.frozen = FROZEN_BY_IT;
	scene_waits(s, b, 10, WAIT_QUEUE, queue, NULL);
	facts_studied(&s->facts, b)->io.disk = vda;
	facts_studied(&s->facts, b)->io.frozen = FROZEN_TO_IT;
	v = only(s, CAUSE_IO_WAIT);
	assert_string_equal(v->culprit.name, "vda");
	assert_int_equal(v->victims.n, 2);
	/* All of its requests have ended, as far as is seen: nobody is to blame. */
	facts_studied(&s->facts, freezer)->io.request = NULL;
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->victims.n, 2);
}

/* A reader of SRCU that sleeps. */
static void reader_of_srcu(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 700, "a"), *reader = scene_task(s, 701, "reader");
	kaddr_t srcu = scene_address(s);
	struct wait *w = scene_waits(s, a, 20, WAIT_SRCU, srcu, NULL);
	const struct verdict *v;

	w->owner = (struct lock_owner){.known = true, .readers = true, .holders = 1};
	scene_study(s, reader);
	scene_insider(s, scene_inside(s, WAIT_SRCU, srcu, 1), reader,
		      INSIDE_TAKES | INSIDE_CODE, true);
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_blames(v, reader);
	assert_contains(v->summary, "SRCU domain");
	assert_int_equal(v->missing.n, 0);
	/* Two are in, by its own count, and neither is seen. */
	s->facts.insides.all.v[0].holders = 2;
	s->facts.insides.all.v[0].all.n = s->facts.insides.all.v[0].nsure = 0;
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->missing.n, 1);
	assert_true(lacks(v, "held for reading by 2 tasks, and keeps no names"));
}

/* An inode that a worker writes back, which waits for a daemon: it is that one. */
static void inode_that_is_written_back(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 700, "sync"),
		    *worker = scene_kthread(s, 701, "kworker/u4:1");
	kaddr_t inode = scene_address(s);
	struct wait *w = scene_waits(s, a, 20, WAIT_BIT, inode, NULL);
	const struct verdict *v;

	w->symbol = "state of inode 2 on fuse";
	w->bit = (struct bit_wait){.of = BIT_OF_INODE,
				   .addr = inode,
				   .keeper = "__writeback_single_inode"};
	only(s, CAUSE_UNEXPLAINED);
	scene_waits(s, worker, 30, WAIT_QUEUE, scene_address(s), NULL);
	scene_insider(s, scene_inside(s, WAIT_BIT, inode, 1), worker,
		      INSIDE_TAKES | INSIDE_STACK, true);
	s->facts.insides.all.v[0].all.v[0].taker = NULL;
	v = only(s, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_blames(v, worker);
	assert_contains(v->summary, "for state of inode 2 on fuse, held by kworker/u4:1");
	assert_int_equal(v->victims.n, 2);
	assert_true(says(&v->evidence,
			 "it is in count_items(), and the address of the inode"));
}

static void nothing_recognised(void **state)
{
	struct scene *s = *state;
	const struct verdict *v;

	scene_waits(s, scene_task(s, 700, "a"), 20, WAIT_NOTHING, 0, NULL);
	scene_fired(s, TRIGGER_HUNG_TASK, "hung_task: blocked tasks");
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_true(lacks(v, "what a (pid 700) waits for: it was made so"));
	assert_true(v->confidence <= 30);
}

static void completion(void **state)
{
	struct scene *s = *state;

	scene_waits(s, scene_task(s, 700, "a"), 20, WAIT_COMPLETION, LOCK_A, NULL);
	assert_non_null(
		strstr(only(s, CAUSE_UNEXPLAINED)->summary, "for a completion at 0x"));
}

/* ---- who is a victim ---------------------------------------------------- */

static void half_a_second(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 700, "a");
	const struct verdict *v;

	scene_waits(s, a, 0.5, WAIT_IO, 0, NULL);
	scene_fired(s, TRIGGER_SYSRQ, "sysrq triggered crash");
	v = only(s, CAUSE_PANIC_BY_REQUEST);
	assert_int_equal(v->victims.n, 0);
	s->facts.gpu_driver = 1;
	assert_contains(next_step(s, only(s, CAUSE_PANIC_BY_REQUEST), 0),
			"obj; if it did");
	s->facts.gpu_driver = 0; /* there is nothing to see of it */
	v = only(s, CAUSE_PANIC_BY_REQUEST);
	assert_contains(next_step(s, v, 0), "leak; if it did not answer: ");
	assert_null(strstr(next_step(s, v, 0), "dev"));
	a->since_s = 4.9;
	only(s, CAUSE_PANIC_BY_REQUEST);
	a->since_s = 5.1;
	only(s, CAUSE_IO_WAIT);
}

/* Since when it is blocked is not known: khungtaskd's word counts. */
static void blocked_since_nobody_knows(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 700, "a");

	scene_waits(s, a, -1, WAIT_IO, 0, NULL);
	scene_fired(s, TRIGGER_SYSRQ, "sysrq triggered crash");
	only(s, CAUSE_PANIC_BY_REQUEST);
	scene_fired(s, TRIGGER_HUNG_TASK, "hung_task: blocked tasks");
	scene_reported(s, a);
	only(s, CAUSE_IO_WAIT);
}

/* ---- what leaked -------------------------------------------------------- */

static struct slab_cache fences_cache = {.name = "kmalloc-96", .family = "kmalloc-96"};

/* One lost fence for each submission of a 5.4, who allocated them unknown. */
static struct leak_group *lost_fences(struct scene *s)
{
	static struct leaks leaks;
	struct leak_watch *w = &s->facts.leak_watch;
	struct leak_group *g = vec_push(&s->arena, &w->groups.all);

	memset(&leaks, 0, sizeof(leaks));
	w->leaks = &leaks;
	w->age.execbuffer = 0xffffffffc0123000;
	*g = (struct leak_group){
		.cache = &fences_cache,
		.kind = KIND_GPU_FENCE,
		.type = "virtio_gpu_fence",
		.n = 20000,
		.bytes = 20000 * 96,
		.example = 0xffff888001234000,
	};
	g->fences = (struct fence_census){.n = 20000,
					  .signalled = 20000,
					  .alone = 20000,
					  .unlinked = 20000,
					  .lowest = 2,
					  .highest = 20001};
	return g;
}

static void fences_of_each_submission(void **state)
{
	struct scene *s = *state;
	const struct verdict *v;

	lost_fences(s);
	v = only(s, CAUSE_FENCE_LEAK);
	assert_string_equal(v->fix, "8b6ec999b198");
	assert_non_null(strstr(v->summary, "The fix is 8b6ec999b198"));
	assert_non_null(strstr(v->summary, "they are signalled"));
	assert_int_equal(v->against.n, 0);
	/* A driver of later than the fix. */
	s->facts.leak_watch.age.uuid = true;
	v = only(s, CAUSE_FENCE_LEAK);
	assert_non_null(strstr(v->summary, "The fix is likely 8b6ec999b198"));
	assert_true(says(&v->against, "since 5.9"));
}

/* No fence that the fixes are about: not signalled, or held more than once. */
static void fences_of_no_known_fault(void **state)
{
	struct scene *s = *state;
	struct leak_group *g = lost_fences(s);
	const struct verdict *v;

	g->fences.signalled = 5000;
	v = only(s, CAUSE_FENCE_LEAK);
	assert_null(v->fix);
	assert_null(strstr(v->summary, "8b6ec999b198"));
	assert_non_null(strstr(v->summary, "5000 of them are signalled"));
	assert_true(lacks(v, "which fix"));
	g->fences.signalled = 19990; /* some were in flight */
	assert_non_null(only(s, CAUSE_FENCE_LEAK)->fix);
	g->fences.alone = 0;
	assert_null(only(s, CAUSE_FENCE_LEAK)->fix);
}

static void fences_of_another_path(void **state)
{
	static const char *execbuffer[] = {
		"kmem_cache_alloc_trace+0x1dd",
		"virtio_gpu_fence_alloc+0x20 [virtio_gpu]",
		"virtio_gpu_execbuffer_ioctl+0x215 [virtio_gpu]",
	};
	static const char *plane[] = {
		"kmem_cache_alloc_trace+0x1dd",
		"virtio_gpu_fence_alloc+0x20 [virtio_gpu]",
		"virtio_gpu_plane_prepare_fb+0x5c [virtio_gpu]",
	};
	struct scene *s = *state;
	struct leak_group *g = lost_fences(s);
	const struct verdict *v;

	g->tracked = true;
	g->site = plane[1];
	g->frames = execbuffer;
	g->owner.n = 3;
	g->owner.stack[2] = 0xffffffffc012405c;
	v = only(s, CAUSE_FENCE_LEAK);
	assert_string_equal(v->culprit.name, "virtio_gpu_execbuffer_ioctl [virtio_gpu]");
	assert_non_null(v->fix);
	s->facts.gpus.builtin = true;
	v = only(s, CAUSE_FENCE_LEAK);
	assert_string_equal(v->culprit.name, "virtio_gpu_execbuffer_ioctl");
	s->facts.gpus.builtin = false;
	g->frames = plane;
	v = only(s, CAUSE_FENCE_LEAK);
	assert_string_equal(v->culprit.name, "virtio_gpu_plane_prepare_fb [virtio_gpu]");
	assert_int_equal(v->culprit.address, 0xffffffffc012405c);
	assert_null(v->fix);
	g->owner.n = 2; /* the stack ends before it says who asked */
	assert_non_null(only(s, CAUSE_FENCE_LEAK)->fix);
}

/* So many are why somebody wanted to look; few are found because he did. */
static void a_leak_in_a_dump_that_was_asked_for(void **state)
{
	struct scene *s = *state;
	struct leak_group *g = lost_fences(s);

	s->facts.leak_watch.reason = true;
	scene_fired(s, TRIGGER_SYSRQ, "sysrq triggered crash");
	only(s, CAUSE_FENCE_LEAK);
	s->facts.leak_watch.reason = false;
	g->n = g->fences.n = g->fences.signalled = g->fences.alone = 300;
	scene_fired(s, TRIGGER_SYSRQ, "sysrq triggered crash");
	judge_all(s);
	assert_int_equal(judged.verdicts.all.n, 2);
	assert_int_equal(verdict(0)->cause, CAUSE_PANIC_BY_REQUEST);
	assert_int_equal(verdict(1)->cause, CAUSE_FENCE_LEAK);
	/* Nobody asked for it: then what is found is all that there is to say. */
	scene_fired(s, TRIGGER_NONE, "");
	only(s, CAUSE_FENCE_LEAK);
}

/* Too large to be searched: what was counted is said, and by what command the rest is found. */
static void fences_of_a_dump_too_large(void **state)
{
	struct scene *s = *state;
	struct leak_watch *w = &s->facts.leak_watch;
	const struct verdict *v;

	s->facts.memory.caches.all.v = &fences_cache;
	s->facts.memory.caches.all.n = 1;
	s->facts.memory.slab = 1ull << 30;
	w->large = SLAB_NO_CACHE;
	w->fences = (struct fence_census){.n = 5000, .signalled = 4990, .alone = 4980};
	scene_fired(s, TRIGGER_SYSRQ, "sysrq triggered crash");
	v = only(s, CAUSE_PANIC_BY_REQUEST);
	assert_non_null(
		strstr(v->next.v[v->next.n - 1].text, "Of 5000 virtio-gpu fences"));
	w->fences.alone = 20;
	v = only(s, CAUSE_PANIC_BY_REQUEST);
	assert_null(strstr(v->next.v[v->next.n - 1].text, "virtio-gpu fences"));
}

/* What the kernel is known to keep so is no verdict. */
static void what_is_kept_on_purpose(void **state)
{
	struct scene *s = *state;
	struct leak_group *g = lost_fences(s);

	g->kind = KIND_TEXT;
	g->type = "text";
	memset(&g->fences, 0, sizeof(g->fences));
	only(s, CAUSE_SLAB_LEAK);
	g->kept = KEPT_NFS_NAMES;
	only(s, CAUSE_UNEXPLAINED);
}

/* ---- what fired --------------------------------------------------------- */

/* That nobody was found stuck says nothing where not all was looked at. */
static void what_could_not_be_looked_at(void **state)
{
	struct scene *s = *state;
	const struct verdict *v;

	scene_fired(s, TRIGGER_SYSRQ, "sysrq triggered crash");
	v = only(s, CAUSE_PANIC_BY_REQUEST);
	assert_int_equal(v->confidence, SURE_REQUESTED);
	s->facts.tasks.complete = false;
	v = only(s, CAUSE_PANIC_BY_REQUEST);
	assert_true(v->confidence < CONFIDENCE_LIKELY);
	assert_non_null(strstr(v->summary, "whether a task was stuck is not known"));
	assert_non_null(strstr(v->missing.v[0], "some tasks"));
	s->facts.tasks.complete = true;
	s->facts.rqs.complete = false;
	v = only(s, CAUSE_PANIC_BY_REQUEST);
	assert_non_null(strstr(v->missing.v[0], "run queues"));
	s->facts.rqs.complete = true;
	s->facts.gpu_driver = -1;
	v = only(s, CAUSE_PANIC_BY_REQUEST);
	assert_non_null(strstr(v->missing.v[0], "virtio-gpu may be loaded"));
	scene_fired(s, TRIGGER_NONE, "");
	v = only(s, CAUSE_UNEXPLAINED);
	assert_string_equal(v->summary,
			    "No panic; whether a task was stuck is not known.");
	scene_fired(s, TRIGGER_UNKNOWN, "");
	v = only(s, CAUSE_UNEXPLAINED);
	assert_string_equal(v->summary,
			    "Whether it panicked, and whether a task was stuck, "
			    "is not known.");
	s->facts.gpu_driver = 0;
	v = only(s, CAUSE_UNEXPLAINED);
	assert_string_equal(v->summary,
			    "Whether it panicked is not known; no task was found stuck.");
}

static void triggers(void **state)
{
	static const struct {
		enum trigger_kind kind;
		enum cause cause;
	} cases[] = {
		{TRIGGER_NONE, CAUSE_UNEXPLAINED},
		{TRIGGER_HUNG_TASK, CAUSE_UNEXPLAINED},
		{TRIGGER_SOFTLOCKUP, CAUSE_UNEXPLAINED}, /* of no known CPU */
		{TRIGGER_HARDLOCKUP, CAUSE_UNEXPLAINED},
		{TRIGGER_OOPS, CAUSE_KERNEL_BUG},
		{TRIGGER_BUG, CAUSE_KERNEL_BUG},
		{TRIGGER_WARN, CAUSE_KERNEL_BUG},
		{TRIGGER_OOM, CAUSE_MEMORY_EXHAUSTED},
		{TRIGGER_SYSRQ, CAUSE_PANIC_BY_REQUEST},
		{TRIGGER_NMI, CAUSE_PANIC_BY_REQUEST},
		{TRIGGER_OTHER, CAUSE_UNEXPLAINED},
		{TRIGGER_UNKNOWN, CAUSE_UNEXPLAINED},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		scene_fired(*state, cases[i].kind, "the words");
		only(*state, cases[i].cause);
		scene_fired(*state, cases[i].kind, "");
		only(*state, cases[i].cause);
	}
}

/* Of a bus that says what is wrong, or of anybody. */
static void nmis(void **state)
{
	struct scene *s = *state;
	const struct verdict *v;

	scene_fired(s, TRIGGER_NMI, "NMI: Not continuing");
	v = only(s, CAUSE_PANIC_BY_REQUEST);
	assert_non_null(strstr(v->summary, "or a watchdog did"));
	assert_int_equal(v->confidence, SURE_REQUESTED + SURE_NMI_OF_ANYBODY);
	s->facts.panic.trigger.accused = ACCUSED_HARDWARE;
	only(s, CAUSE_HARDWARE_ERROR);
	/* It stopped the machine, whoever was stuck there. */
	scene_waits(s, scene_task(s, 701, "sh"), 200, WAIT_MUTEX, scene_address(s),
		    scene_task(s, 700, "dd"));
	judge_all(s);
	assert_int_equal(verdict(0)->cause, CAUSE_HARDWARE_ERROR);
	assert_true(verdict(0)->fired);
	s->facts.panic.trigger.accused = ACCUSED_NOBODY;
	judge_all(s);
	assert_int_equal(verdict(0)->victims.n, 1);
}

/* A cache that holds so many bytes, the first one made being index 0. */
static struct slab_cache *add_slab_cache(struct scene *s, const char *name,
					 uint64_t bytes)
{
	struct memory *m = &s->facts.memory;
	struct slab_cache *c = vec_push(&s->arena, &m->caches.all);
	uint64_t *old = m->cache_bytes;

	c->name = c->family = name;
	c->counted = true;
	m->cache_bytes =
		arena_alloc(&s->arena, m->caches.all.n * sizeof(*m->cache_bytes));
	if (old)
		memcpy(m->cache_bytes, old, (m->caches.all.n - 1) * sizeof(*old));
	m->cache_bytes[m->caches.all.n - 1] = bytes;
	m->slab += bytes;
	return c;
}

/* What a kernel that was built to find faults pays for it is nobody's fault. */
static void memory_of_debugging_tools(void **state)
{
	struct scene *s = *state;

	s->facts.memory.counted = true;
	s->facts.memory.total = 1000u << 20;
	scene_fired(s, TRIGGER_OOM, "Out of memory");
	add_slab_cache(s, "kmemleak_object", 600u << 20);
	only(s, CAUSE_MEMORY_EXHAUSTED);
	assert_int_equal(verdict(0)->culprit.kind, CULPRIT_NONE);
	assert_true(says(&verdict(0)->against, "kmemleak_object holds 600.0 MiB"));
	add_slab_cache(s, "dentry", 250u << 20);
	only(s, CAUSE_MEMORY_EXHAUSTED);
	assert_string_equal(verdict(0)->culprit.name, "dentry");
	assert_true(says(&verdict(0)->against, "kmemleak_object holds"));
}

static struct memory_user *add_memory_user(struct scene *s, int pid, uint64_t anon)
{
	struct memory_user *u = vec_push(&s->arena, &s->facts.memory.users);

	memset(u, 0, sizeof(*u));
	u->task = scene_task(s, pid, "browser");
	u->anon = anon;
	return u;
}

/* A quarter of memory is named where it is the most that anybody has, and else not. */
static void memory_that_nobody_is_seen_to_have(void **state)
{
	struct scene *s = *state;
	struct memory *m = &s->facts.memory;

	m->counted = true;
	m->total = 1000u << 20;
	m->anon = m->vmalloc = 250u << 20;
	add_slab_cache(s, "dentry", 20u << 20);
	add_memory_user(s, 700, 240u << 20);
	scene_fired(s, TRIGGER_OOM, "Out of memory");
	only(s, CAUSE_MEMORY_EXHAUSTED);
	assert_int_equal(verdict(0)->culprit.kind, CULPRIT_NONE);
	assert_non_null(
		strstr(verdict(0)->summary, "730.0 MiB of 1000.0 MiB are the kernel's"));
	assert_true(says(&verdict(0)->evidence, "vmalloc (250.0 MiB)"));
	assert_true(says(&verdict(0)->against, "browser (pid 700) holds 240.0 MiB too"));
	assert_true(lacks(verdict(0), "page_owner=on"));
	/* Most of it is files that are not his. */
	m->file = m->shmem = 600u << 20;
	only(s, CAUSE_MEMORY_EXHAUSTED);
	assert_int_equal(verdict(0)->culprit.kind, CULPRIT_NONE);
	assert_non_null(
		strstr(verdict(0)->summary, "600.0 MiB of 1000.0 MiB are shared memory"));
	/* Or of a disk that does not take them. */
	m->shmem = 10u << 20;
	only(s, CAUSE_MEMORY_EXHAUSTED);
	assert_non_null(strstr(verdict(0)->summary,
			       "600.0 MiB of 1000.0 MiB are files that were not given"));
	m->shmem = m->file;
	/* They are his: what a GPU's objects are in are files, too. */
	m->users.v[0].gem = 580u << 20;
	only(s, CAUSE_MEMORY_EXHAUSTED);
	assert_string_equal(verdict(0)->culprit.name, "browser");
	/* Without all counters nobody knows what is left. */
	m->users.v[0].gem = m->slab = m->file = 0;
	only(s, CAUSE_MEMORY_EXHAUSTED);
	assert_string_equal(verdict(0)->culprit.name, "browser");
}

/* Of CONFIG_SLAB no cache is known: who has less than all of them is not to blame. */
static void memory_in_slabs_of_no_known_cache(void **state)
{
	struct scene *s = *state;
	struct memory *m = &s->facts.memory;

	m->counted = true;
	m->total = 1000u << 20;
	m->anon = 250u << 20;
	m->slab = 600u << 20;
	s->facts.leak_watch.large = SLAB_NO_CACHE;
	add_memory_user(s, 700, 240u << 20);
	scene_fired(s, TRIGGER_OOM, "Out of memory");
	only(s, CAUSE_MEMORY_EXHAUSTED);
	assert_int_equal(verdict(0)->culprit.kind, CULPRIT_NONE);
	assert_non_null(
		strstr(verdict(0)->summary, "600.0 MiB of 1000.0 MiB are in slabs"));
	assert_true(lacks(verdict(0), "which slab cache has them"));
	assert_true(says(&verdict(0)->against, "browser (pid 700) holds 240.0 MiB too"));
	/* Nor is it where they are known and cannot be counted. */
	add_slab_cache(s, "dentry", 0);
	only(s, CAUSE_MEMORY_EXHAUSTED);
	assert_int_equal(verdict(0)->culprit.kind, CULPRIT_NONE);
	m->slab = 200u << 20;
	m->free = 310u << 20;
	only(s, CAUSE_MEMORY_EXHAUSTED);
	assert_string_equal(verdict(0)->culprit.name, "browser");
}

/* What a process has is little of what the machine was given. */
static void memory_that_the_host_took(void **state)
{
	struct scene *s = *state;
	struct memory *m = &s->facts.memory;

	m->counted = true;
	m->total = 300u << 20;
	m->balloon = 500u << 20;
	m->balloon_at = LOCK_A;
	add_memory_user(s, 700, 180u << 20);
	scene_fired(s, TRIGGER_OOM, "Out of memory");
	only(s, CAUSE_MEMORY_EXHAUSTED);
	assert_int_equal(verdict(0)->culprit.kind, CULPRIT_HOST);
	assert_string_equal(verdict(0)->culprit.name, "balloon");
	assert_non_null(strstr(verdict(0)->summary, "has taken 500.0 MiB back"));
	assert_true(
		says(&verdict(0)->evidence, "the balloon has 500.0 MiB, 128000 pages, "));
	assert_true(says(&verdict(0)->against,
			 "browser (pid 700) holds 180.0 MiB too: 46080 anonymous pages, "
			 "rss_stat[1], and 0 of shared memory, rss_stat[3]"));
	/* A check shows no more than what all CPUs share. */
	m->users.v[0].of_cpus = true;
	only(s, CAUSE_MEMORY_EXHAUSTED);
	assert_true(says(&verdict(0)->against,
			 "rss_stat[3] and what each CPU counts beside it"));
	/* It took some, and he has more. */
	m->balloon = 100u << 20;
	only(s, CAUSE_MEMORY_EXHAUSTED);
	assert_string_equal(verdict(0)->culprit.name, "browser");
	assert_true(says(&verdict(0)->against, "the host has taken 100.0 MiB back"));
}

static void trigger_evidence(void **state)
{
	struct scene *s = *state;
	struct trigger_evidence *e;

	scene_fired(s, TRIGGER_OOPS, "BUG: kernel NULL pointer dereference");
	e = vec_push(&s->arena, &s->facts.panic.trigger.evidence);
	e->claim = "the log says so";
	e->look = LOOK(LOG);
	only(s, CAUSE_KERNEL_BUG);
	assert_true(says(&verdict(0)->evidence, "the log says so"));
	assert_non_null(strstr(verdict(0)->summary, "NULL pointer"));
	assert_int_equal(verdict(0)->culprit.kind, CULPRIT_NONE);
	assert_true(lacks(verdict(0), "the function that was running"));
	/* panic() does not say what was warned of. */
	scene_fired(s, TRIGGER_WARN, "panic_on_warn set ...");
	only(s, CAUSE_KERNEL_BUG);
	assert_non_null(strstr(verdict(0)->summary, "panic_on_warn set"));
	s->facts.panic.trigger.begins = "WARNING: CPU: 1 PID: 159 at drm.c:60 x+0x1/0x2";
	only(s, CAUSE_KERNEL_BUG);
	assert_non_null(
		strstr(verdict(0)->summary, ": WARNING: CPU: 1 PID: 159 at drm.c:60"));
}

/* What the panicking task was at when the exception came, on its interrupted stack. */
static void fault_in_a_function(void **state)
{
	struct scene *s = *state;
	struct task *task = scene_task(s, 321, "insmod");
	const struct verdict *v;
	struct studied *st;
	char before[17];

	scene_runs(s, task, 2, 1);
	st = scene_study(s, task);
	scene_stack(s, task, "panic", "oops_end", "page_fault_oops", "buggy_probe.isra.0",
		    "driver_attach");
	scene_fired(s, TRIGGER_OOPS, "Oops");
	s->facts.panic.trigger.cpu = 2;
	s->facts.panic.trigger.pid = 321;
	v = only(s, CAUSE_KERNEL_BUG); /* no frame was interrupted */
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	memcpy(before, judged.signature.hash, sizeof(before));
	st->stack.v[3].kind = FRAME_INTERRUPT;
	st->stack.v[3].module = "buggy";
	v = only(s, CAUSE_KERNEL_BUG);
	assert_int_equal(v->culprit.kind, CULPRIT_FUNCTION);
	assert_string_equal(v->culprit.name, "buggy_probe.isra.0+0x10 [buggy]");
	assert_int_equal(v->culprit.cpu, 2);
	assert_int_equal(v->missing.n, 0);
	assert_string_not_equal(before, judged.signature.hash);
	assert_non_null(strstr(judged.signature.text, "buggy_probe<driver_attach"));
	assert_null(strstr(judged.signature.text, "oops_end"));
	/* Nothing is known of where it was. */
	st->stack.v[3].function = "";
	v = only(s, CAUSE_KERNEL_BUG);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	s->facts.panic.trigger.cpu = -1;
	only(s, CAUSE_KERNEL_BUG);
}

/* Where the stack does not say it, the kernel's own words do. */
static void fault_by_the_kernels_own_words(void **state)
{
	struct log_line line = {.text = "RIP: 0010:probe+0x20c/0x1000 [buggy]"};
	struct scene *s = *state;
	struct trigger *t = &s->facts.panic.trigger;
	const struct verdict *v;
	struct studied *st;

	scene_fired(s, TRIGGER_OOPS, "Oops");
	t->at = (struct said_at){&line, "probe", 0x20c, "buggy"};
	v = only(s, CAUSE_KERNEL_BUG);
	assert_int_equal(v->culprit.kind, CULPRIT_FUNCTION);
	assert_string_equal(v->culprit.name, "probe+0x20c [buggy]");
	assert_true(says(&v->evidence, "RIP: 0010:probe+0x20c/0x1000 [buggy]"));
	assert_int_equal(v->missing.n, 0);
	assert_non_null(strstr(judged.signature.text, "function:probe [buggy]"));
	/* The frame is there, and its name is not. */
	scene_runs(s, scene_task(s, 321, "insmod"), 2, 1);
	st = scene_study(s, task_by_pid(&s->facts.tasks, 321));
	scene_stack(s, st->task, "", "do_one_initcall");
	st->stack.v[0].kind = FRAME_INTERRUPT;
	t->cpu = 2;
	v = only(s, CAUSE_KERNEL_BUG);
	assert_string_equal(v->culprit.name, "probe+0x20c [buggy]");
	assert_int_equal(v->culprit.address, st->stack.v[0].ip);
	assert_non_null(strstr(judged.signature.text,
			       "function:probe [buggy] | do_one_initcall"));
}

/* What a sanitizer reports raises no exception: whoever was interrupted is innocent. */
static void fault_that_was_reported(void **state)
{
	struct log_line line = {.text = "BUG: KASAN: use-after-free in guilty+0x1/0x2"};
	struct scene *s = *state;
	struct task *task = scene_task(s, 321, "cat");
	struct trigger *t = &s->facts.panic.trigger;
	const struct verdict *v;
	struct studied *st;

	scene_runs(s, task, 2, 1);
	st = scene_study(s, task);
	scene_stack(s, task, "panic", "check_panic_on_warn", "end_report", "kasan_report",
		    "__asan_load8", "guilty.isra.0", "asm_timer", "innocent");
	st->stack.v[7].kind = FRAME_INTERRUPT;
	scene_fired(s, TRIGGER_WARN, "KASAN: panic_on_warn set ...");
	t->exception = false;
	t->cpu = 2;
	t->begins = line.text;
	v = only(s, CAUSE_KERNEL_BUG);
	assert_string_equal(v->culprit.name, "guilty.isra.0+0x10");
	assert_non_null(strstr(v->summary, line.text));
	t->at = (struct said_at){&line, "guilty", 0x1, ""};
	v = only(s, CAUSE_KERNEL_BUG);
	assert_string_equal(v->culprit.name, "guilty+0x1");
	/* An exception, but the frame is of another one. */
	t->exception = true;
	v = only(s, CAUSE_KERNEL_BUG);
	assert_string_equal(v->culprit.name, "guilty+0x1");
	/* Who finds a stack damaged, or sleeps where he must not, has not done it alone. */
	memset(&t->at, 0, sizeof(t->at));
	t->exception = false;
	t->begins = "BUG: scheduling while atomic: cat/321/0x2";
	v = only(s, CAUSE_KERNEL_BUG);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	scene_fired(s, TRIGGER_BUG, "corrupted stack end detected inside scheduler");
	t->exception = false;
	t->cpu = 2;
	v = only(s, CAUSE_KERNEL_BUG);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_true(lacks(v, "whose fault it is"));
}

/* Whom the words of a panic accuse; a watchdog accuses nobody. */
static void accused_by_words(void **state)
{
	struct scene *s = *state;
	struct trigger *t = &s->facts.panic.trigger;
	struct task *task = scene_task(s, 321, "cat");
	const struct verdict *v;

	scene_fired(s, TRIGGER_OTHER, "EXT4-fs (device sda1): panic forced after error");
	t->accused = ACCUSED_STORAGE;
	t->accused_name = "sda1";
	v = only(s, CAUSE_STORAGE_ERROR);
	assert_string_equal(v->culprit.name, "sda1");
	assert_true(v->fired);
	/* Of no device: none is to blame. */
	scene_fired(s, TRIGGER_OTHER,
		    "VFS: Unable to mount root fs on unknown-block(0,0)");
	t->accused = ACCUSED_STORAGE;
	t->accused_name = "unknown-block(0,0)";
	v = only(s, CAUSE_STORAGE_ERROR);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	scene_fired(s, TRIGGER_OTHER, "Fatal machine check");
	t->accused = ACCUSED_HARDWARE;
	v = only(s, CAUSE_HARDWARE_ERROR);
	assert_string_equal(v->culprit.name, "hardware");
	scene_fired(s, TRIGGER_OTHER, "Software Watchdog Timer expired");
	t->accused = ACCUSED_WATCHDOG;
	v = only(s, CAUSE_UNEXPLAINED);
	assert_non_null(strstr(v->summary, "Nobody fed a watchdog"));
	scene_fired(s, TRIGGER_OTHER, "Attempted to kill init! exitcode=0x00000100");
	v = only(s, CAUSE_UNEXPLAINED);
	assert_true(says(&v->evidence, "with status 1"));
	scene_fired(s, TRIGGER_OTHER, "Attempted to kill init! exitcode=0x0000000b");
	v = only(s, CAUSE_UNEXPLAINED);
	assert_true(says(&v->evidence, "signal 11"));
	/* A module's own panic(): who called it is told, and not blamed. */
	scene_runs(s, task, 2, 1);
	scene_study(s, task);
	scene_stack(s, task, "panic", "give_up", "do_work");
	scene_fired(s, TRIGGER_OTHER, "LBUG");
	t->cpu = 2;
	v = only(s, CAUSE_UNEXPLAINED);
	assert_true(says(&v->evidence, "panic() was called from give_up"));
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	scene_fired(s, TRIGGER_OTHER, "RCU Stall");
	t->rcu_cpu = 2;
	v = only(s, CAUSE_UNEXPLAINED);
	assert_true(says(&v->evidence, "to run on CPU 2: cat (pid 321)"));
}

/* Two drivers may call it "init": the module is part of the fault's name. */
static void fault_in_a_modules_init(void **state)
{
	struct scene *s = *state;
	struct task *task = scene_task(s, 321, "insmod");
	struct module *module;
	const struct verdict *v;
	struct studied *st;

	scene_runs(s, task, 2, 1);
	st = scene_study(s, task);
	scene_stack(s, task, "init", "do_one_initcall");
	st->stack.v[0].kind = FRAME_REGISTERS;
	st->stack.v[0].module = "buggy";
	st->stack.v[0].init = true;
	scene_fired(s, TRIGGER_OOPS, "Oops");
	s->facts.panic.trigger.cpu = 2;
	module = vec_push(&s->arena, &s->facts.modules.all);
	strcpy(module->name, "other");
	module->taints = 1;
	module = vec_push(&s->arena, &s->facts.modules.all);
	strcpy(module->name, "buggy");
	module->taints = 1 << 12 | 1 << 13;
	v = only(s, CAUSE_KERNEL_BUG);
	assert_true(says(&v->evidence, "module buggy: out of tree (O), unsigned (E)"));
	assert_false(says(&v->evidence, "proprietary"));
	assert_non_null(strstr(judged.signature.text, " | init [buggy]<do_one_initcall"));
}

/* Asked for, but there was a reason: the reason is the verdict. */
static void request_with_a_victim(void **state)
{
	scene_drain_hang(*state, SCENE_MACHINE);
	scene_fired(*state, TRIGGER_SYSRQ, "sysrq triggered crash");
	only(*state, CAUSE_CPU_MONOPOLISED);
}

static struct task *lockup(struct scene *s, enum trigger_kind kind)
{
	struct task *looper = scene_task(s, 800, "looper");

	scene_runs(s, looper, 3, 30);
	scene_fired(s, kind, "softlockup: hung tasks");
	s->facts.panic.trigger.cpu = 3;
	return looper;
}

static void lockups(void **state)
{
	struct task *looper = lockup(*state, TRIGGER_SOFTLOCKUP);

	assert_blames(only(*state, CAUSE_CPU_MONOPOLISED), looper);
	assert_int_equal(verdict(0)->culprit.cpu, 3);
	lockup(*state, TRIGGER_HARDLOCKUP);
	only(*state, CAUSE_CPU_MONOPOLISED);
	looper = lockup(*state, TRIGGER_SOFTLOCKUP);
	looper->idle = true;
	only(*state, CAUSE_UNEXPLAINED);
}

/* Two take two locks, in two orders, it may be: both are told, and nobody is named. */
static void lockup_of_two_that_spin(void **state)
{
	struct scene *s = *state;
	struct task *victim = lockup(s, TRIGGER_SOFTLOCKUP);
	struct task *other = scene_task(s, 801, "other");
	struct task *looper = scene_task(s, 802, "third");
	const struct verdict *v;

	interrupted_in(s, victim, "native_queued_spin_lock_slowpath", "_raw_spin_lock");
	scene_runs(s, looper, 0, 40);
	scene_runs(s, other, 1, 30);
	interrupted_in(s, other, "native_queued_spin_lock_slowpath", "_raw_spin_lock");
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_true(v->fired);
	assert_non_null(
		strstr(v->summary, "and so does other (pid 801) on CPU 1: they may"));
	assert_true(says(&v->evidence,
			 "other (pid 801) has been on CPU 1 for 30.0 s, and "
			 "spins for a spinlock in native_queued"));
	assert_false(says(&v->evidence, "for 40.0 s, and"));
	/* One that has only just come there is none of them. */
	other->since_s = 0.1;
	v = only(s, CAUSE_UNEXPLAINED);
	assert_non_null(strstr(v->summary, "it is a victim, and whose is not known"));
}

/* It spins because another CPU holds the lock: it is a victim, and nobody is named. */
static void lockup_of_a_victim(void **state)
{
	struct scene *s = *state;
	struct task *victim = lockup(s, TRIGGER_SOFTLOCKUP);
	struct task *other = scene_task(s, 801, "holder");
	const struct verdict *v;

	interrupted_in(s, victim, "native_queued_spin_lock_slowpath", "_raw_spin_lock",
		       "ext4_do_it");
	scene_runs(s, other, 1, 40);
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_true(v->fired);
	assert_true(says(&v->evidence, "holder (pid 801) has been on CPU 1 for 40.0 s"));
	assert_true(says(&v->evidence, "looper (pid 800) on CPU 3 spins for a spinlock"));
	assert_true(lacks(v, "who holds the lock"));
	assert_non_null(
		strstr(judged.signature.text, "spin_lock_slowpath<_raw_spin_lock"));
}

/*
 * Nobody was named by a watchdog: who waits for a lock of one that spins, or for its CPU,
 * waits for whoever that one waits for.
 */
static void victims_of_a_victim(void **state)
{
	struct scene *s = *state;
	struct task *spins = scene_task(s, 800, "asker"),
		    *other = scene_task(s, 801, "holder");
	struct task *waits = scene_task(s, 802, "waits");
	const struct verdict *v;

	scene_waits(s, waits, 20, WAIT_MUTEX, LOCK_A, spins);
	scene_runs(s, spins, 3, 30);
	interrupted_in(s, spins, "native_queued_spin_lock_slowpath", "_raw_spin_lock",
		       "ext4_do_it");
	scene_runs(s, other, 1, 40);
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_int_equal(v->victims.n, 1);
	assert_non_null(strstr(v->summary,
			       "waits (pid 802) waits behind another victim: "
			       "asker (pid 800) on CPU 3 spins for a spinlock"));
	assert_true(says(&v->evidence, "holder (pid 801) has been on CPU 1 for 40.0 s"));
	/* A watchdog names that CPU: it is the same that fired. */
	scene_fired(s, TRIGGER_SOFTLOCKUP, "softlockup: hung tasks");
	s->facts.panic.trigger.cpu = 3;
	v = only(s, CAUSE_UNEXPLAINED);
	assert_true(v->fired);
	/* It waits for an answer, and one CPU gives none. */
	interrupted_in(s, spins, "smp_call_function_many_cond", "on_each_cpu");
	interrupted_in(s, other, "loop");
	s->facts.rqs.all.v[1].clock -= 5000000000;
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_blames(v, other);
	assert_int_equal(v->victims.n, 1);
	/* For this moment anybody may spin. */
	scene_fired(s, TRIGGER_HUNG_TASK, "hung_task: blocked tasks");
	spins->since_s = 0.5;
	only(s, CAUSE_LOCK_HOLDER_BLOCKED);
}

/* Who keeps a CPU from a worker, and spins there, keeps it for another. */
static void cpu_of_a_victim(void **state)
{
	struct scene *s = *state;
	struct scene_hang h = scene_drain_hang(s, SCENE_MACHINE);
	struct task *hog = h.hog;

	assert_blames(only(s, CAUSE_CPU_MONOPOLISED), hog);
	interrupted_in(s, hog, "native_queued_spin_lock_slowpath", "_raw_spin_lock");
	only(s, CAUSE_UNEXPLAINED);
	interrupted_in(s, hog, "__cna_queued_spin_lock_slowpath", "_raw_spin_lock");
	only(s, CAUSE_UNEXPLAINED);
	interrupted_in(s, hog, "native_safe_halt", "kvm_wait", "pv_wait_head_or_lock",
		       "__pv_queued_spin_lock_slowpath", "_raw_spin_lock");
	only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(verdict(0)->culprit.kind, CULPRIT_NONE);
	assert_true(lacks(verdict(0), "who holds the lock"));
}

/* What spins deeper down is not what was interrupted. */
static void lockup_with_a_lock_far_below(void **state)
{
	struct task *looper = lockup(*state, TRIGGER_SOFTLOCKUP);

	interrupted_in(*state, looper, "a", "b", "c", "queued_spin_lock_slowpath");
	assert_blames(only(*state, CAUSE_CPU_MONOPOLISED), looper);
	assert_true(says(&verdict(0)->evidence, "it was interrupted in "));
}

/* All CPUs are to stop at once, for which each spins until the last of them has come. */
static void lockup_of_who_stops(void **state)
{
	struct scene *s = *state;
	struct task *victim = lockup(s, TRIGGER_SOFTLOCKUP);
	struct task *other = scene_task(s, 801, "other");
	const struct verdict *v;

	scene_runs(s, other, 1, 40);
	interrupted_in(s, victim, "multi_cpu_stop", "cpu_stopper_thread");
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_non_null(strstr(v->summary, "spins for another CPU to stop with it"));
	assert_true(says(&v->evidence, "other (pid 801) has been on CPU 1 for 40.0 s"));
	assert_true(lacks(v, "which CPU did not stop"));
	interrupted_in(s, other, "loop");
	s->facts.rqs.all.v[1].clock -= 5000000000;
	interrupted_in(s, victim, "rcu_momentary_dyntick_idle", "multi_cpu_stop");
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_blames(v, other);
	/* The signature begins at the loop, whichever of its functions was interrupted. */
	assert_string_equal(v->fault->v[v->fault_at].function, "multi_cpu_stop");
	/* It is in what the others have stopped for. */
	s->facts.rqs.all.v[1].clock += 5000000000;
	interrupted_in(s, victim, "change_clocksource", "multi_cpu_stop");
	assert_blames(only(s, CAUSE_CPU_MONOPOLISED), victim);
	interrupted_in(s, victim, "rcu_momentary_eqs", "run_osnoise");
	assert_blames(only(s, CAUSE_CPU_MONOPOLISED), victim);
}

/* The stop thread of one CPU is runnable there and does not run: who has it does not let go. */
static void lockup_by_who_does_not_stop(void **state)
{
	struct scene *s = *state;
	struct task *victim = lockup(s, TRIGGER_SOFTLOCKUP);
	struct task *keeps = scene_task(s, 801, "keeps"),
		    *too = scene_task(s, 802, "too");
	struct task *stopper = scene_kthread(s, 20, "migration/1"),
		    *second = scene_kthread(s, 25, "migration/2");
	const struct verdict *v;

	victim->sched = stopper->sched = second->sched = SCHED_KIND_STOP;
	interrupted_in(s, victim, "multi_cpu_stop", "cpu_stopper_thread");
	scene_runs(s, keeps, 1, 40);
	scene_runs(s, too, 2, 40);
	scene_queued(s, stopper, 1, 29);
	/* No registers tell whether he spins for another, or is in user mode. */
	only(s, CAUSE_UNEXPLAINED);
	interrupted_in(s, keeps, "loop");
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_blames(v, keeps);
	assert_int_equal(v->culprit.cpu, 1);
	assert_true(says(&v->evidence, "migration/1 (pid 20), whom every task makes way "
				       "for, has been runnable on CPU 1 without running "
				       "for 29.0 s"));
	interrupted_in(s, keeps, "native_queued_spin_lock_slowpath", "_raw_spin_lock");
	only(s, CAUSE_UNEXPLAINED);
	interrupted_in(s, keeps, "loop");
	/* He has come later: it was not he who kept the thread back. */
	keeps->since_s = 10;
	only(s, CAUSE_UNEXPLAINED);
	keeps->since_s = 40;
	/* The host was asked for the dump. */
	scene_fired(s, TRIGGER_NMI, "NMI");
	assert_blames(only(s, CAUSE_CPU_MONOPOLISED), keeps);
	/* Of two that do not stop, either may be the one. */
	scene_queued(s, second, 2, 29);
	scene_fired(s, TRIGGER_SOFTLOCKUP, "softlockup: hung tasks");
	s->facts.panic.trigger.cpu = 3;
	only(s, CAUSE_UNEXPLAINED);
}

/* It waits for an answer, and one CPU has taken no tick: that one is at fault. */
static void lockup_without_an_answer(void **state)
{
	struct scene *s = *state;
	struct task *victim = lockup(s, TRIGGER_SOFTLOCKUP);
	struct task *deaf = scene_task(s, 801, "deaf"), *too = scene_task(s, 802, "too");
	const struct verdict *v;

	interrupted_in(s, victim, "smp_call_function_many_cond", "on_each_cpu");
	scene_runs(s, deaf, 1, 40);
	v = only(s, CAUSE_UNEXPLAINED); /* all CPUs take ticks */
	assert_true(lacks(v, "which CPU did not answer"));
	s->facts.rqs.all.v[1].clock -= 5000000000;
	/* Whoever runs there may have been interrupted. */
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_CPU);
	assert_int_equal(v->culprit.cpu, 1);
	assert_true(lacks(v, "what CPU 1 does"));
	interrupted_in(s, deaf, "loop");
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_blames(v, deaf);
	assert_int_equal(v->culprit.cpu, 1);
	assert_true(says(&v->evidence, "CPU 1 has taken no tick for 5.0 s"));
	/* Two that are silent: either may be the one. */
	scene_runs(s, too, 2, 40);
	s->facts.rqs.all.v[2].clock -= 5000000000;
	only(s, CAUSE_UNEXPLAINED);
}

/* No registers tell what the one who keeps a CPU does; a queue tells whom he waits for. */
static void who_keeps_a_cpu_waits_for_a_deaf_one(void **state)
{
	struct scene *s = *state;
	struct scene_hang h = scene_drain_hang(s, SCENE_MACHINE);
	struct runqueue *rqs = s->facts.rqs.all.v;
	struct task *deaf = scene_task(s, 801, "deaf");
	unsigned int cpu = (unsigned int)h.hog->cpu, to = cpu == 2 ? 3 : 2;
	struct cpu_call call = {.to = to, .function = "do_flush_tlb_all"};
	const struct verdict *v;

	scene_runs(s, deaf, to, 40);
	*vec_push(&s->arena, &rqs[cpu].calls) = call;
	assert_blames(only(s, CAUSE_CPU_MONOPOLISED), h.hog); /* it takes ticks */
	rqs[to].clock -= 5000000000;
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_CPU);
	assert_int_equal(v->culprit.cpu, to);
	assert_true(says(&v->evidence, "to run do_flush_tlb_all and waits for it"));
	interrupted_in(s, deaf, "loop");
	assert_blames(only(s, CAUSE_CPU_MONOPOLISED), deaf);
}

/* Nobody sleeps, and no watchdog has spoken: somebody asked for the dump. */
static void a_dump_was_asked_for_while_one_spins_for_an_answer(void **state)
{
	struct scene *s = *state;
	struct task *victim = lockup(s, TRIGGER_SYSRQ);
	struct task *deaf = scene_task(s, 801, "deaf");
	const struct verdict *v;

	interrupted_in(s, victim, "smp_call_function_single", "my_call");
	scene_runs(s, deaf, 1, 40);
	only(s, CAUSE_PANIC_BY_REQUEST); /* all CPUs take ticks */
	interrupted_in(s, deaf, "loop");
	s->facts.rqs.all.v[1].clock -= 5000000000;
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_blames(v, deaf);
	assert_int_equal(v->culprit.cpu, 1);
	victim->since_s = 0.1;
	only(s, CAUSE_PANIC_BY_REQUEST);
}

/* In user mode each interrupt is taken: it is the host that does not let that CPU run. */
static void who_is_silent_in_user_mode_is_not_to_blame(void **state)
{
	struct scene *s = *state;
	struct task *victim = lockup(s, TRIGGER_SYSRQ);
	struct task *program = scene_task(s, 801, "program");

	interrupted_in(s, victim, "smp_call_function_single", "my_call");
	scene_runs(s, program, 1, 40);
	s->facts.rqs.all.v[1].clock -= 5000000000;
	scene_study(s, program)->stack.user = true;
	only(s, CAUSE_PANIC_BY_REQUEST);
}

/* A buddy noticed, and panicked: the CPU that is locked up is judged, not its own. */
static void hard_lockup_seen_by_a_buddy(void **state)
{
	struct scene *s = *state;
	struct task *looper = scene_task(s, 800, "looper");
	const struct verdict *v;

	scene_runs(s, looper, 3, 30);
	scene_runs(s, scene_task(s, 801, "innocent"), 1, 50);
	scene_fired(s, TRIGGER_HARDLOCKUP, "Hard LOCKUP");
	s->facts.panic.trigger.cpu = 1;
	s->facts.panic.trigger.locked_cpu = 3;
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_blames(v, looper);
	assert_int_equal(v->culprit.cpu, 3);
	assert_true(says(&v->evidence, "CPU 1 panicked, because CPU 3 did not move"));
	looper->since_s = 0.1; /* by its own clock, which stands */
	assert_blames(only(s, CAUSE_CPU_MONOPOLISED), looper);
	s->facts.panic.trigger.locked_cpu = 77; /* there is none */
	only(s, CAUSE_UNEXPLAINED);
}

/* ---- CPUs that are lost --------------------------------------------------- */

/* CPU 3 was in these functions, on top of that task; somebody waits there. */
#define lost_in(s, task, ...)                                                            \
	lost_in_functions(s, task, (const char *const[]){__VA_ARGS__, NULL})
static struct frame *lost_in_functions(struct scene *s, struct task *task,
				       const char *const *functions)
{
	struct studied *st = scene_study(s, task);

	scene_stack_of(s, task, functions);
	st->stack.v[0].kind = FRAME_REGISTERS;
	scene_queued(s, scene_kthread(s, 19, "kworker/3:0"), 3, 30);
	return st->stack.v;
}

#define TIMER                                                                            \
	"deep", "my_timer", "call_timer_fn", "run_timer_softirq", "__do_softirq",        \
		"irq_exit_rcu", "sysvec_apic_timer_interrupt"

static void hangs_on_cpu_3(struct scene *s)
{
	struct task *dd = scene_task(s, 700, "dd");
	struct pool *pool = scene_pool(s, 6, 3);

	scene_worker(s, pool, task_by_pid(&s->facts.tasks, 19));
	scene_flushes(s, dd, 30, scene_pending(s, pool, "drain"));
}

/* Nobody but the function is at fault, and least of all the task that it came upon. */
static void lost_in_a_timer(void **state)
{
	struct scene *s = *state;
	const struct verdict *v;

	lost_in(s, s->facts.rqs.all.v[3].curr, TIMER);
	hangs_on_cpu_3(s);
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_int_equal(v->culprit.kind, CULPRIT_FUNCTION);
	assert_int_equal(v->culprit.cpu, 3);
	assert_int_equal(strncmp(v->culprit.name, "my_timer+", 9), 0);
	assert_non_null(strstr(v->summary, "a timer's function"));
	assert_true(says(&v->evidence, "swapper/3 (pid 0) was interrupted by it"));
	assert_true(says(&v->evidence, " when the kernel stopped it"));
	/* Where its own watchdog panicked, nobody stopped it. */
	s->facts.panic.panic_cpu_known = true;
	s->facts.panic.cpu = 3;
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_true(says(&v->evidence, " when the interrupt came in which it panicked"));
}

/* A task that is busy with softirqs at this moment need not have been all the time. */
static void softirqs_for_a_moment(void **state)
{
	struct scene *s = *state;
	struct task *hog = scene_task(s, 78, "hog");
	struct runqueue *rq = &s->facts.rqs.all.v[3];
	struct studied *st;

	scene_rt(s, hog, 99);
	scene_runs(s, hog, 3, 31);
	lost_in(s, hog, TIMER);
	hangs_on_cpu_3(s);
	rq->softirq_s = 2;
	assert_blames(only(s, CAUSE_CPU_MONOPOLISED), hog);
	rq->softirq_s = 29;
	assert_int_equal(only(s, CAUSE_CPU_MONOPOLISED)->culprit.kind, CULPRIT_FUNCTION);
	assert_true(says(&verdict(0)->evidence,
			 "has been in softirqs for 29.0 s since the "
			 "boot, as its ticks count it"));
	/* From user mode: all of its time was its own, and softirqs' that since the boot. */
	st = facts_studied(&s->facts, hog);
	st->asked.from_user = true;
	hog->utime_known = true;
	hog->utime = hog->sum_exec;
	assert_blames(only(s, CAUSE_CPU_MONOPOLISED), hog);
	/* A busy host loses ticks: a third is nobody's. */
	hog->utime = 1000000000;
	rq->softirq_s = 20;
	assert_int_equal(only(s, CAUSE_CPU_MONOPOLISED)->culprit.kind, CULPRIT_FUNCTION);
	st->asked.call.regs.call = true; /* it was in the kernel */
	assert_blames(only(s, CAUSE_CPU_MONOPOLISED), hog);
}

/* Of an idle CPU the first interrupt for long may just have come. */
static void idle_with_interrupts_off(void **state)
{
	struct scene *s = *state;
	struct runqueue *rq = &s->facts.rqs.all.v[3];
	struct studied *st = scene_study(s, rq->curr);

	scene_stack(s, rq->curr, "handler", "__handle_irq_event_percpu",
		    "common_interrupt");
	st->stack.v[0].kind = FRAME_REGISTERS;
	st->stack.v[0].irqs_off = true;
	rq->clock -= 10000000000;
	scene_fired(s, TRIGGER_HARDLOCKUP, "Hard LOCKUP");
	s->facts.panic.trigger.locked_cpu = 2;
	assert_int_not_equal(only(s, CAUSE_UNEXPLAINED)->culprit.kind, CULPRIT_FUNCTION);
	s->facts.panic.trigger.locked_cpu = 3;
	assert_int_equal(only(s, CAUSE_CPU_MONOPOLISED)->culprit.kind, CULPRIT_FUNCTION);
}

static void stalls(struct scene *s, unsigned int cpu)
{
	static const struct log_line line = {
		.text = "rcu: \\x093-....: (9 ticks this GP)"};
	struct rcu_stall_cpu *c;

	s->facts.rcu_stall.cpus.n = 0;
	c = vec_push(&s->arena, &s->facts.rcu_stall.cpus);
	c->cpu = cpu;
	c->line = s->facts.rcu_stall.line = &line;
	scene_fired(s, TRIGGER_OTHER, "RCU Stall");
	s->facts.panic.trigger.sysctl = "kernel.panic_on_rcu_stall";
}

static void rcu_waits_for_a_cpu(void **state)
{
	struct scene *s = *state;
	struct task *looper = scene_task(s, 78, "looper");
	const struct verdict *v;
	struct frame *at;

	scene_runs(s, looper, 3, 31);
	stalls(s, 3);
	only(s, CAUSE_UNEXPLAINED); /* what it does is not known */
	at = lost_in(s, looper, "poll", "ioctl");
	assert_blames(only(s, CAUSE_CPU_MONOPOLISED), looper); /* a kworker gets no CPU */
	task_by_pid(&s->facts.tasks, 19)->since_s = 1;
	only(s, CAUSE_UNEXPLAINED); /* nobody has asked it to yield */
	looper->need_resched = true;
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_blames(v, looper);
	assert_true(v->fired);
	assert_true(says(&v->evidence, "RCU waits for CPU 3: 3-....: (9"));
	facts_studied(&s->facts, looper)->stack.user = true;
	only(s, CAUSE_UNEXPLAINED);
	facts_studied(&s->facts, looper)->stack.user = false;
	/* With interrupts off nobody can ask it. */
	looper->need_resched = false;
	at->irqs_off = true;
	s->facts.rqs.all.v[3].clock -= 10000000000;
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_blames(v, looper);
	assert_non_null(strstr(v->summary, "with interrupts off, for 10.0 s, in poll"));
	stalls(s, 77);
	only(s, CAUSE_UNEXPLAINED);
}

#define HRTIMER                                                                          \
	"deep", "my_timer", "__hrtimer_run_queues", "hrtimer_interrupt",                 \
		"sysvec_apic_timer_interrupt", "default_idle_call", "do_idle"

/* The CPU's task was interrupted by a timer that does not end, with interrupts off. */
static void in_hrtimer(struct scene *s, struct runqueue *rq)
{
	struct studied *st = scene_study(s, rq->curr);

	scene_stack(s, rq->curr, HRTIMER);
	st->stack.v[0].kind = FRAME_REGISTERS;
	st->stack.v[0].irqs_off = true;
	st->stack.v[5].kind = FRAME_INTERRUPT;
	rq->clock -= 15000000000;
}

static void watched(struct scene *s, unsigned int cpu, double ago, uint32_t timers)
{
	struct watchdog w = {.cpu = cpu,
			     .woken_s = -1,
			     .timers = timers,
			     .counted = true};

	w.ran_s = (double)s->facts.rqs.now / 1e9 - ago;
	*vec_push(&s->arena, &s->facts.watchdogs.all) = w;
}

/* Its pool's worker was woken, and the idle CPU has not taken the interrupt that says so. */
static void a_worker_is_woken_for_a_lost_cpu(void **state)
{
	struct scene *s = *state;
	struct task *worker = scene_kthread(s, 19, "kworker/3:0");
	struct pool *pool = scene_pool(s, 6, 3);
	const struct verdict *v;

	scene_worker(s, pool, worker)->idle = true;
	worker->state = TASK_STATE_WAKING;
	worker->cpu = 3;
	scene_flushes(s, scene_task(s, 700, "dd"), 30, scene_pending(s, pool, "drain"));
	only(s, CAUSE_UNEXPLAINED); /* its CPU takes interrupts: about to run */
	in_hrtimer(s, &s->facts.rqs.all.v[3]);
	watched(s, 0, 2, 20);
	watched(s, 3, 15, 16);
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_int_equal(v->culprit.kind, CULPRIT_FUNCTION);
	assert_int_equal(v->culprit.cpu, 3);
	worker->state = 0x400 | TASK_STATE_UNINTERRUPTIBLE;
	only(s, CAUSE_UNEXPLAINED);
}

/* Who wakes somebody there sets its clock, too; an idle task gives way to the first at once. */
static void lost_for_longer_than_its_clock_stands(void **state)
{
	struct scene *s = *state;
	struct runqueue *rq = &s->facts.rqs.all.v[3];
	const struct verdict *v;

	in_hrtimer(s, rq);
	scene_queued(s, scene_kthread(s, 19, "kworker/3:0"), 3, 20);
	hangs_on_cpu_3(s);
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_non_null(strstr(v->summary, "with interrupts off, for 20.0 s"));
	assert_true(says(&v->evidence, "CPU 3 has taken no tick for 15.0 s"));
	/* Another task may have had the CPU while that one waited. */
	scene_runs(s, scene_task(s, 801, "innocent"), 3, 40);
	rq->clock += 15000000000;
	in_hrtimer(s, rq);
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_non_null(strstr(v->summary, "with interrupts off, for 15.0 s"));
}

/* Who does not answer was interrupted himself, by code that is at fault. */
static void lockup_for_an_answer_of_an_interrupted_cpu(void **state)
{
	struct scene *s = *state;
	struct task *victim = lockup(s, TRIGGER_SOFTLOCKUP);
	struct runqueue *rq = &s->facts.rqs.all.v[1];
	const struct verdict *v;

	interrupted_in(s, victim, "smp_call_function_many_cond", "on_each_cpu");
	in_hrtimer(s, rq); /* idle */
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_int_equal(v->culprit.kind, CULPRIT_FUNCTION);
	assert_int_equal(v->culprit.cpu, 1);
	assert_non_null(strstr(v->summary, "CPU 1, which is in my_timer"));
	rq->clock += 15000000000;
	scene_runs(s, scene_task(s, 801, "innocent"), 1, 40);
	in_hrtimer(s, rq);
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_int_equal(v->culprit.kind, CULPRIT_FUNCTION);
}

/* With interrupts off for a spinlock: a victim, and the holder is not known. */
static void lost_for_a_lock(void **state)
{
	struct scene *s = *state;
	struct task *looper = scene_task(s, 78, "looper");
	const struct verdict *v;

	scene_runs(s, looper, 3, 31);
	lost_in(s, looper, "native_queued_spin_lock_slowpath", "_raw_spin_lock_irqsave")
		->irqs_off = true;
	s->facts.rqs.all.v[3].clock -= 10000000000;
	hangs_on_cpu_3(s);
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_true(lacks(v, "who holds the lock"));
}

/* Others wait for a mutex of the one that spins: it has it, and is a victim all the same. */
static void lockup_of_a_victim_with_victims(void **state)
{
	struct scene *s = *state;
	struct task *victim = lockup(s, TRIGGER_SOFTLOCKUP);
	struct task *deaf = scene_task(s, 801, "deaf");
	const struct verdict *v;

	scene_waits(s, scene_task(s, 700, "a"), 20, WAIT_MUTEX, 0x1000, victim);
	interrupted_in(s, victim, "smp_call_function_many_cond", "on_each_cpu");
	scene_runs(s, deaf, 1, 40);
	v = only(s, CAUSE_UNEXPLAINED);
	assert_true(v->fired);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_true(
		says(&v->evidence, "looper (pid 800) on CPU 3 spins for another CPU"));
	assert_true(lacks(v, "which CPU did not answer"));
	/* Whoever does not let it go on is known. */
	interrupted_in(s, deaf, "loop");
	s->facts.rqs.all.v[1].clock -= 5000000000;
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_blames(v, deaf);
	assert_true(v->fired);
	assert_int_equal(v->victims.n, 1);
}

/* ---- the order of verdicts ---------------------------------------------- */

/* A lockup fired, and some disk is slow besides: the lockup comes first. */
static void lockup_before_bystanders(void **state)
{
	struct scene *s = *state;
	struct task *looper = lockup(s, TRIGGER_SOFTLOCKUP);

	scene_waits(s, scene_task(s, 700, "a"), 6, WAIT_IO, 0, NULL);
	judge_all(s);
	assert_int_equal(judged.verdicts.all.n, 2);
	assert_blames(verdict(0), looper);
	assert_int_equal(verdict(0)->cause, CAUSE_CPU_MONOPOLISED);
	assert_int_equal(verdict(1)->cause, CAUSE_IO_WAIT);
}

/* The task that locked the CPU up has victims: one verdict, not two. */
static void lockup_with_victims(void **state)
{
	struct scene_hang h = scene_drain_hang(*state, SCENE_MACHINE);

	scene_fired(*state, TRIGGER_SOFTLOCKUP, "softlockup: hung tasks");
	((struct scene *)*state)->facts.panic.trigger.cpu = 1;
	assert_blames(only(*state, CAUSE_CPU_MONOPOLISED), h.hog);
	assert_int_equal(verdict(0)->victims.n, 2);
}

/* An oops leaves locks behind: what waits for them is not the cause. */
static void oops_before_its_victims(void **state)
{
	struct scene *s = *state;

	scene_waits(s, scene_task(s, 700, "a"), 6, WAIT_MUTEX, LOCK_A, NULL);
	scene_waits(s, scene_task(s, 701, "b"), 6, WAIT_NOTHING, 0, NULL);
	scene_fired(s, TRIGGER_OOPS, "Oops");
	judge_all(s);
	assert_int_equal(judged.verdicts.all.n, 3);
	assert_int_equal(verdict(0)->cause, CAUSE_KERNEL_BUG);
}

/* A mutex at this address, whose holder sleeps on nothing that is known. */
static struct task *behind_a_holder(struct scene *s, struct task *t, kaddr_t mutex)
{
	struct task *holder = scene_task(s, t->pid + 100, "holder");

	scene_waits(s, t, 20, WAIT_MUTEX, mutex, holder);
	scene_study(s, holder);
	return holder;
}

/* khungtaskd named one task: what others wait for may be surer, but did not fire. */
static void reported_first(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg"), *dd = scene_task(s, 701, "dd");
	struct wait *frozen;

	behind_a_holder(s, xorg, LOCK_A);
	frozen = scene_waits(s, dd, 60, WAIT_IO, LOCK_B, NULL);
	frozen->frozen = scene_address(s);
	frozen->symbol = "frozen file system (vda)";
	scene_fired(s, TRIGGER_HUNG_TASK, "hung_task: blocked tasks");
	judge_all(s);
	assert_int_equal(verdict(0)->cause, CAUSE_IO_WAIT); /* nothing fired of either */
	assert_true(says(&verdict(0)->evidence, "waits until it is thawed"));
	scene_reported(s, xorg);
	judge_all(s);
	assert_int_equal(judged.verdicts.all.n, 2);
	assert_int_equal(verdict(0)->cause, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_true(verdict(0)->confidence < verdict(1)->confidence);
}

/* khungtaskd may have no words left: whom it counts, it knows by their switches. */
static void counted_without_words(void **state)
{
	static struct sysctl_value timeout = {.name = "kernel.hung_task_timeout_secs",
					      .state = SYSCTL_READ,
					      .value = 10};
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg"), *dd = scene_task(s, 701, "dd");
	const struct facts *f = &s->facts;

	*vec_push(&s->arena, &s->facts.sysctls.all) = timeout;
	behind_a_holder(s, xorg, LOCK_A);
	scene_waits(s, dd, 8, WAIT_IO, LOCK_B, NULL);
	xorg->since_s = 25;
	xorg->nvcsw = 40;
	xorg->nivcsw = 2;
	xorg->last_switch_count = 42;
	xorg->last_switch_time = f->jiffies - (uint64_t)(20 * f->hz);
	scene_fired(s, TRIGGER_HUNG_TASK, "hung_task: blocked tasks");
	judge_all(s);
	assert_int_equal(verdict(0)->cause, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_true(verdict(0)->fired);
	assert_false(verdict(1)->fired); /* 8 s are not too long */
	xorg->last_switch_time = f->jiffies - (uint64_t)(5 * f->hz);
	judge_all(s);
	assert_false(verdict(0)->fired); /* it looked for the first time 5 s ago */
	xorg->last_switch_time = 0;	 /* a kernel that does not keep it */
	judge_all(s);
	assert_true(verdict(0)->fired);
	xorg->last_switch_count = 41; /* it has had a CPU since */
	judge_all(s);
	assert_false(verdict(0)->fired);
}

/* Whom the kernel takes for the owner is told, where the lock does not lead to him. */
static void blockers_by_the_log(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg"), *holder;
	struct hung_blocker *b;

	holder = behind_a_holder(s, xorg, LOCK_A);
	b = vec_push(&s->arena, &s->facts.panic.blockers);
	*b = (struct hung_blocker){.pid = 700, .owner_pid = 99, .text = "INFO: so"};
	strcpy(b->comm, "Xorg");
	b->ts_s = s->facts.panic.uptime_s - 5;
	judge_all(s);
	assert_true(says(&verdict(0)->evidence, "the log: INFO: so"));
	b->ts_s = s->facts.panic.uptime_s - 50; /* of another wait */
	judge_all(s);
	assert_false(says(&verdict(0)->evidence, "INFO: so"));
	b->ts_s = s->facts.panic.uptime_s - 5;
	b->owner_pid = holder->pid;
	judge_all(s);
	assert_false(says(&verdict(0)->evidence, "INFO: so"));
}

/* What explains nothing is read last, though khungtaskd named it. */
static void unexplained_last(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg");

	scene_waits(s, scene_task(s, 701, "dd"), 60, WAIT_IO, 0, NULL);
	scene_waits(s, xorg, 20, WAIT_COMPLETION, LOCK_A, NULL);
	scene_waits(s, scene_task(s, 702, "cat"), 20, WAIT_COMPLETION, LOCK_A, NULL);
	scene_fired(s, TRIGGER_HUNG_TASK, "hung_task: blocked tasks");
	scene_reported(s, xorg);
	judge_all(s);
	assert_int_equal(judged.verdicts.all.n, 2);
	assert_int_equal(verdict(0)->cause, CAUSE_IO_WAIT);
	assert_int_equal(verdict(1)->cause, CAUSE_UNEXPLAINED);
}

/* Of two that are likely the one that explains a process, though the other is surer. */
static void processes_before_threads(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_kthread(s, 701, "a"), *b = scene_kthread(s, 702, "b");

	behind_a_holder(s, scene_task(s, 700, "Xorg"), LOCK_A);
	scene_waits(s, a, 30, WAIT_MUTEX, LOCK_B, b);
	scene_waits(s, b, 30, WAIT_MUTEX, LOCK_B + 0x100, a);
	judge_all(s);
	assert_int_equal(judged.verdicts.all.n, 2);
	assert_int_equal(verdict(0)->cause, CAUSE_LOCK_HOLDER_BLOCKED);
	assert_int_equal(verdict(1)->cause, CAUSE_LOCK_CYCLE);
	assert_true(verdict(0)->confidence < verdict(1)->confidence);
	/* A mere possibility does not come before what is likely. */
	facts_studied(&s->facts, judged.verdicts.all.v[0]->victims.v[0]->task)
		->wait.owner = (struct lock_owner){0};
	judge_all(s);
	assert_int_equal(verdict(0)->cause, CAUSE_LOCK_CYCLE);
}

static void most_victims_first(void **state)
{
	struct scene *s = *state;
	int i;

	for (i = 0; i < 3; i++)
		scene_waits(s, scene_task(s, 700 + i, "a"), 20, WAIT_COMPLETION, LOCK_A,
			    NULL);
	scene_waits(s, scene_task(s, 710, "b"), 20, WAIT_IO, 0, NULL);
	scene_waits(s, scene_task(s, 720, "c"), 20, WAIT_QUEUE, LOCK_B, NULL);
	judge_all(s);
	assert_int_equal(judged.verdicts.all.n, 3);
	assert_int_equal(verdict(0)->cause, CAUSE_IO_WAIT);
	assert_int_equal(verdict(1)->victims.n, 3);
	assert_int_equal(verdict(2)->victims.n, 1);
}

/* "left" is a lock only for who knows the source: the kind stands before it. */
static void names_with_their_kind(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg");
	struct wait *w = scene_waits(s, xorg, 20, WAIT_COMPLETION, LOCK_A, NULL);

	w->symbol = "never";
	assert_non_null(strstr(only(s, CAUSE_UNEXPLAINED)->summary,
			       "waits for completion never; nothing in the dump"));
	w->kind = WAIT_RWSEM;
	assert_non_null(strstr(only(s, CAUSE_UNEXPLAINED)->summary, "for rwsem never;"));
	/* The JSON's name is the bare one. */
	assert_string_equal(verdict(0)->root->name, "never");
	w->kind = WAIT_QUEUE;
	w->symbol = NULL;
	assert_non_null(strstr(only(s, CAUSE_UNEXPLAINED)->summary,
			       "for a wait queue at 0xffff888009990000;"));
}

/* A variable of a module is no GPU's, whatever debuginfo is missing. */
static void variable_is_no_gpus(void **state)
{
	struct scene *s = *state;
	struct gpu *gpu = scene_gpu(s);
	struct task *xorg = scene_task(s, 700, "Xorg");
	struct wait *w = scene_waits(s, xorg, 20, WAIT_QUEUE, LOCK_A, NULL);
	struct types_missing *m = vec_push(&s->arena, &s->facts.gpus.missing);

	*m = (struct types_missing){.module = "virtio_gpu"};
	gpu->waits.read = false;
	scene_stack(s, xorg, "schedule", "virtio_gpu_notify");
	assert_true(lacks(only(s, CAUSE_UNEXPLAINED), "what the GPU's host does"));
	w->symbol = "bell";
	assert_false(lacks(only(s, CAUSE_UNEXPLAINED), "what the GPU's host does"));
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(cause_name(CAUSE_CPU_MONOPOLISED), "cpu-monopolised");
	assert_string_equal(cause_name(CAUSE_UNEXPLAINED), "unexplained");
	assert_string_equal(culprit_kind_name(CULPRIT_NONE), "none");
	assert_string_equal(culprit_kind_name(CULPRIT_FUNCTION), "function");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scene_test(nobody_was_woken),
		scene_test(a_lock_that_was_just_let_go),
		scene_test(the_first_waiter_is_starved),
		scene_test(somebody_is_letting_go),
		scene_test(the_owner_of_a_lock_is_gone),
		scene_test(who_is_in_the_owners_place_is_not_blamed),
		scene_test(a_flush_waits_for_a_work),
		scene_test(a_thread_that_does_not_stop),
		scene_test(a_cpu_keeps_rcu_from_ending),
		scene_test(whoever_runs_there_is_not_blamed_for_rcu),
		scene_test(who_polls_for_a_host_is_not_blamed_for_rcu),
		scene_test(a_stopped_cpu_keeps_rcu_from_ending),
		scene_test(user_mode_is_quiescent),
		scene_test(a_young_grace_period_blames_nobody),
		scene_test(the_thread_that_ends_it_is_starved),
		scene_test(a_reader_that_sleeps),
		scene_test(the_drain_hang),
		scene_test(a_hog_that_stop_threads_broke_in_upon),
		scene_test(hog_that_came_late),
		scene_test(times_not_known),
		scene_test(throttling),
		scene_test(throttling_that_does_not_help),
		scene_test(clock_behind),
		scene_test(fair_hog),
		scene_test(who_gets_no_cpu_is_a_victim),
		scene_test(a_cpu_that_was_given_away_is_no_sure_hang),
		scene_test(a_sleeper_is_a_victim_before_who_gets_no_cpu),
		scene_test(outranked_hog),
		scene_test(hog_in_user_mode),
		scene_test(holder_preempted),
		scene_test(runnable_for_a_moment),
		scene_test(awake_for_a_moment_with_a_lock),
		scene_test(cpu_that_is_idle),
		scene_test(cpu_that_is_not_known),
		scene_test(abba),
		scene_test(circle_through_a_reader),
		scene_test(one_reader_is_seen),
		scene_test(each_clue_is_shown_where_it_is),
		scene_test(reader_behind_a_hog),
		scene_test(all_readers_are_seen),
		scene_test(more_are_seen_than_are_in),
		scene_test(the_last_reader_may_have_left),
		scene_test(circle_through_one_who_is_seen),
		scene_test(semaphore_that_one_is_seen_inside),
		scene_test(no_time_passed),
		scene_test(hog_preempted_just_now),
		scene_test(hog_interrupted),
		scene_test(rt_against_rt),
		scene_test(holder_asleep),
		scene_test(holder_blocked_for_longer),
		scene_test(holder_waits_for_a_wakeup),
		scene_test(holder_for_reading),
		scene_test(holder_runs),
		scene_test(who_can_be_killed_waits_too),
		scene_test(lock_of_who_waits_for_a_fence),
		scene_test(lock_of_nobody),
		scene_test(all_workers_asleep),
		scene_test(worker_asleep_for_longer),
		scene_test(worker_behind_a_lock),
		scene_test(flush_under_a_lock),
		scene_test(works_in_a_circle),
		scene_test(queue_full),
		scene_test(worker_busy),
		scene_test(pool_that_goes_on),
		scene_test(nobody_woken),
		scene_test(pool_of_softirqs),
		scene_test(io),
		scene_test(request_of_a_disk),
		scene_test(request_that_is_young),
		scene_test(reader_of_a_removed_file),
		scene_test(journal_behind_a_disk),
		scene_test(name_that_is_looked_up),
		scene_test(page_that_a_task_has),
		scene_test(somewhere_on_a_disk),
		scene_test(disk_of_another),
		scene_test(room_on_a_disk),
		scene_test(file_of_a_disk_is_frozen),
		scene_test(worker_of_a_disk),
		scene_test(somewhere_in_a_file_system),
		scene_test(frozen_queue_of_a_disk),
		scene_test(reader_of_srcu),
		scene_test(inode_that_is_written_back),
		scene_test(nothing_recognised),
		scene_test(completion),
		scene_test(half_a_second),
		scene_test(blocked_since_nobody_knows),
		scene_test(fences_of_each_submission),
		scene_test(fences_of_no_known_fault),
		scene_test(fences_of_another_path),
		scene_test(fences_of_a_dump_too_large),
		scene_test(a_leak_in_a_dump_that_was_asked_for),
		scene_test(what_is_kept_on_purpose),
		scene_test(what_could_not_be_looked_at),
		scene_test(triggers),
		scene_test(nmis),
		scene_test(memory_of_debugging_tools),
		scene_test(memory_that_nobody_is_seen_to_have),
		scene_test(memory_in_slabs_of_no_known_cache),
		scene_test(memory_that_the_host_took),
		scene_test(trigger_evidence),
		scene_test(fault_in_a_function),
		scene_test(fault_by_the_kernels_own_words),
		scene_test(fault_that_was_reported),
		scene_test(accused_by_words),
		scene_test(fault_in_a_modules_init),
		scene_test(request_with_a_victim),
		scene_test(lockups),
		scene_test(lockup_of_two_that_spin),
		scene_test(lockup_of_a_victim),
		scene_test(victims_of_a_victim),
		scene_test(cpu_of_a_victim),
		scene_test(lockup_with_a_lock_far_below),
		scene_test(lockup_of_who_stops),
		scene_test(lockup_by_who_does_not_stop),
		scene_test(lockup_without_an_answer),
		scene_test(a_dump_was_asked_for_while_one_spins_for_an_answer),
		scene_test(who_keeps_a_cpu_waits_for_a_deaf_one),
		scene_test(who_is_silent_in_user_mode_is_not_to_blame),
		scene_test(lockup_of_a_victim_with_victims),
		scene_test(lost_in_a_timer),
		scene_test(softirqs_for_a_moment),
		scene_test(idle_with_interrupts_off),
		scene_test(rcu_waits_for_a_cpu),
		scene_test(a_worker_is_woken_for_a_lost_cpu),
		scene_test(lost_for_longer_than_its_clock_stands),
		scene_test(lockup_for_an_answer_of_an_interrupted_cpu),
		scene_test(lost_for_a_lock),
		scene_test(hard_lockup_seen_by_a_buddy),
		scene_test(lockup_before_bystanders),
		scene_test(lockup_with_victims),
		scene_test(oops_before_its_victims),
		scene_test(reported_first),
		scene_test(counted_without_words),
		scene_test(blockers_by_the_log),
		scene_test(unexplained_last),
		scene_test(processes_before_threads),
		scene_test(most_victims_first),
		scene_test(names_with_their_kind),
		scene_test(variable_is_no_gpus),
		scene_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
