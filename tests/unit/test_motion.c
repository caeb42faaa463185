// SPDX-License-Identifier: GPL-2.0-or-later
/* Two looks at a machine that runs on: what moved in between, and what both say. */
#include "judged.h"

#include <stdlib.h>

static struct task *xorg;

#define HOG_CPU 1 /* of scene_drain_hang() */

/* The scene as it was a second ago: what a test changes in it moved since. */
static struct earlier *earlier(struct scene *s)
{
	struct earlier *e = arena_alloc(&s->arena, sizeof(*e));

	earlier_keep(&s->facts, &s->arena, e);
	s->facts.before = e;
	s->facts.before_s = 1;
	return e;
}

static struct gpu *stuck(struct scene *s)
{
	struct gpu *gpu = scene_gpu(s);

	xorg = scene_task(s, 196, "Xorg");
	scene_waits_room(s, xorg, 30, gpu);
	scene_commands(gpu, 64, 0);
	return gpu;
}

static void a_ring_that_stood_still_speaks_for_the_verdict(void **state)
{
	const struct verdict *v;
	int alone;

	stuck(*state);
	alone = only(*state, CAUSE_HOST_NOT_CONSUMING)->confidence;
	earlier(*state);
	v = only(*state, CAUSE_HOST_NOT_CONSUMING);
	assert_true(v->confidence > alone);
	assert_true(says(&v->evidence, "used index of the control queue has not moved"));
	assert_true(says(&v->evidence, "Xorg (pid 196) has not run in the 1.0 s"));
}

static void a_ring_that_moves_is_of_a_device_that_is_slow(void **state)
{
	struct gpu *gpu = stuck(*state);
	const struct verdict *v;

	earlier(*state);
	gpu->vqs.all.v[0].used_idx += 1;
	gpu->vqs.all.v[0].last_used_idx += 1;
	v = only(*state, CAUSE_HOST_NOT_CONSUMING);
	assert_true(v->confidence < CONFIDENCE_POSSIBLE);
	assert_true(says(&v->against, "slow, not stopped"));
}

static void packed_rings_tell_it_too(void **state)
{
	struct gpu *gpu = stuck(*state);

	scene_packed(&gpu->vqs.all.v[0]);
	earlier(*state);
	assert_true(says(&only(*state, CAUSE_HOST_NOT_CONSUMING)->evidence,
			 "control queue has not moved"));
	gpu->vqs.all.v[0].last_used_idx ^= 1;
	assert_true(says(&only(*state, CAUSE_HOST_NOT_CONSUMING)->against,
			 "slow, not stopped"));
}

static void a_victim_that_has_run_speaks_against_it(void **state)
{
	const struct verdict *v;

	stuck(*state);
	earlier(*state);
	xorg->nvcsw++;
	v = only(*state, CAUSE_HOST_NOT_CONSUMING);
	assert_true(says(&v->against, "Xorg (pid 196) has run between two looks"));
	assert_true(v->confidence < CONFIDENCE_LIKELY);
}

static void another_task_in_its_place_says_nothing(void **state)
{
	struct earlier *before;
	size_t i;

	stuck(*state);
	before = earlier(*state);
	for (i = 0; i < before->tasks.n; i++)
		before->tasks.v[i].pid += 1000;
	assert_false(says(&only(*state, CAUSE_HOST_NOT_CONSUMING)->evidence,
			  "Xorg (pid 196) has not run"));
}

static void a_hog_is_told_by_what_it_used(void **state)
{
	struct scene_hang h;
	const struct verdict *v;

	h = scene_drain_hang(*state, SCENE_MACHINE);
	earlier(*state);
	h.hog->sum_exec += 990000000;
	v = only(*state, CAUSE_CPU_MONOPOLISED);
	assert_blames(v, h.hog);
	assert_true(says(&v->evidence, "has used 0.99 s of CPU 1 in the 1.00 s"));
}

/* No registers tell what he does, and little of his time was in user mode. */
static void who_loops_unseen_may_be_a_victim(void **state)
{
	struct scene *s = *state;
	struct scene_hang h = scene_drain_hang(s, SCENE_MACHINE);
	static const struct spin_trace trace = {"_raw_spin_lock", 0xffffc90000208000};
	struct studied *st = scene_study(s, h.hog);
	const struct verdict *v;

	assert_true(only(s, CAUSE_CPU_MONOPOLISED)->confidence > SURE_HOG_UNSEEN);
	h.hog->utime_known = true;
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_blames(v, h.hog);
	assert_int_equal(v->confidence, SURE_HOG_UNSEEN);
	assert_true(says(&v->against, "it may wait for a device or for another CPU"));
	st->may_spin = &trace;
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_true(
		says(&v->evidence, "return address in _raw_spin_lock() on its stack"));
	/* In user mode nobody spins for one. */
	h.hog->utime = h.hog->sum_exec;
	assert_blames(only(s, CAUSE_CPU_MONOPOLISED), h.hog);
}

/* Whoever runs there does not: no registers tell of the function that does. */
static void softirqs_all_the_time_are_nobodys(void **state)
{
	struct scene *s = *state;
	struct task *swapper = s->facts.rqs.all.v[HOG_CPU].curr;
	struct scene_hang h = scene_drain_hang(s, SCENE_MACHINE);
	struct runqueue *rq = &s->facts.rqs.all.v[h.hog->cpu];
	const struct verdict *v;

	assert_int_equal(h.hog->cpu, HOG_CPU);
	rq->softirq_s = 4000;
	rq->softirq_at = 0xffff88803ec20000;
	earlier(s);
	h.hog->sum_exec += 990000000;
	assert_blames(only(s, CAUSE_CPU_MONOPOLISED), h.hog);
	rq->softirq_s += 0.97;
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_CPU);
	assert_int_equal(v->culprit.cpu, h.hog->cpu);
	assert_true(says(&v->evidence, "in softirqs for 0.97 of the 1.00 s"));
	/* On top of nobody. */
	rq->curr = swapper;
	h.hog->on_cpu = h.hog->on_rq = false;
	assert_true(says(&only(s, CAUSE_UNEXPLAINED)->evidence, "in softirqs for 0.97"));
}

/* The base of its timers says which function that is, and since when. */
static void a_timer_that_does_not_come_back(void **state)
{
	struct scene *s = *state;
	struct task *swapper = s->facts.rqs.all.v[HOG_CPU].curr;
	struct scene_hang h = scene_drain_hang(s, SCENE_MACHINE);
	struct runqueue *rq = &s->facts.rqs.all.v[h.hog->cpu];
	const struct verdict *v;

	s->facts.hz = 250;
	s->facts.jiffies = 100000;
	rq->timer = (struct timer_run){.base = 0xffff88803ec30000,
				       .timer = 0xffffffffc0574400,
				       .function = 0xffffffffc0572020,
				       .name = "poll_it [some]",
				       .clk = 100000 - 30 * 250};
	earlier(s);
	v = only(s, CAUSE_CPU_MONOPOLISED);
	assert_int_equal(v->culprit.kind, CULPRIT_FUNCTION);
	assert_string_equal(v->culprit.name, "poll_it [some]");
	assert_int_equal(v->culprit.address, rq->timer.function);
	assert_int_equal(v->culprit.cpu, h.hog->cpu);
	assert_int_equal(v->confidence, SURE_CPU_TIMER);
	assert_true(says(&v->evidence, "is in poll_it [some], a timer's function"));
	/* On top of nobody: that CPU needs no tick. */
	rq->curr = swapper;
	h.hog->on_cpu = h.hog->on_rq = false;
	rq->clock = 0;
	assert_string_equal(only(s, CAUSE_CPU_MONOPOLISED)->culprit.name,
			    "poll_it [some]");
	rq->clock = s->facts.rqs.now;
	rq->curr = h.hog;
	h.hog->on_cpu = h.hog->on_rq = true;
	/* It came back between both looks, and is there again. */
	rq->timer.clk++;
	assert_blames(only(s, CAUSE_CPU_MONOPOLISED), h.hog);
	/* A timer that has just begun is nobody's fault. */
	rq->timer.clk = 100000 - 250;
	earlier(s);
	assert_blames(only(s, CAUSE_CPU_MONOPOLISED), h.hog);
}

/* ---- what both looks say --------------------------------------------------- */

static void looks_that_agree_stand(void **state)
{
	struct scene *s = *state;
	struct triage first, second;
	struct gist before = {.all.n = 0};

	stuck(s);
	triage_make(&s->facts, &first);
	triage_gist(&first, &s->arena, &before);
	triage_make(&s->facts, &second);
	assert_true(triage_agrees(&before, &second));
	triage_settle(&s->facts, &before, &second);
	assert_int_equal(second.verdicts.all.n, 1);
	assert_int_equal(second.verdicts.all.v[0]->cause, CAUSE_HOST_NOT_CONSUMING);
	assert_string_equal(first.signature.hash, second.signature.hash);
}

static void what_one_look_says_alone_is_no_verdict(void **state)
{
	struct scene *s = *state;
	struct triage first, second;
	struct gist before = {.all.n = 0};
	struct gpu *gpu = stuck(s);

	triage_make(&s->facts, &first);
	triage_gist(&first, &s->arena, &before);
	scene_commands(gpu, 64, 64);
	triage_make(&s->facts, &second);
	assert_false(triage_agrees(&before, &second));
	triage_settle(&s->facts, &before, &second);
	assert_int_equal(second.verdicts.all.n, 1);
	assert_int_equal(second.verdicts.all.v[0]->cause, CAUSE_UNEXPLAINED);
	assert_int_equal(second.verdicts.all.v[0]->confidence, 0);
	assert_true(lacks(second.verdicts.all.v[0], "two looks in a row that agree"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scene_test(a_ring_that_stood_still_speaks_for_the_verdict),
		scene_test(a_ring_that_moves_is_of_a_device_that_is_slow),
		scene_test(packed_rings_tell_it_too),
		scene_test(a_victim_that_has_run_speaks_against_it),
		scene_test(another_task_in_its_place_says_nothing),
		scene_test(a_hog_is_told_by_what_it_used),
		scene_test(softirqs_all_the_time_are_nobodys),
		scene_test(a_timer_that_does_not_come_back),
		scene_test(who_loops_unseen_may_be_a_victim),
		scene_test(looks_that_agree_stand),
		scene_test(what_one_look_says_alone_is_no_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
