// SPDX-License-Identifier: GPL-2.0-or-later
/* What is kept of a look for the next one: without the facts that it was made from. */
#include "judged.h"

static struct earlier look;

/* The look is over: what is read is another's from here on. */
static void look_on(struct scene *s)
{
	earlier_keep(&s->facts, &s->arena, &look);
	s->facts.before = &look;
}

static void a_first_look_has_none_before(void **state)
{
	struct scene *s = *state;
	struct task *t = scene_task(s, 196, "Xorg");
	struct gpu *gpu = scene_gpu(s);

	assert_null(earlier_task(&s->facts, t));
	assert_null(earlier_cpu(&s->facts, &s->facts.rqs.all.v[1]));
	assert_null(earlier_queue(&s->facts, &gpu->vqs.all.v[0]));
}

static void a_task_is_as_it_was(void **state)
{
	struct scene *s = *state;
	struct task *t = scene_task(s, 196, "Xorg");
	const struct earlier_task *then;

	scene_runs(s, t, 1, 3);
	t->sum_exec = 7;
	t->nvcsw = 8;
	t->nivcsw = 9;
	t->need_resched = true;
	look_on(s);
	t->sum_exec = t->nvcsw = t->nivcsw = 0;
	t->on_cpu = t->need_resched = false;
	then = earlier_task(&s->facts, t);
	assert_non_null(then);
	assert_int_equal(then->sum_exec, 7);
	assert_int_equal(then->nvcsw, 8);
	assert_int_equal(then->nivcsw, 9);
	assert_true(then->on_cpu && then->need_resched);
	/* Another, in its place. */
	t->start_time++;
	assert_null(earlier_task(&s->facts, t));
	t->start_time--;
	t->pid++;
	assert_null(earlier_task(&s->facts, t));
	/* It was not there. */
	assert_null(earlier_task(&s->facts, scene_task(s, 300, "new")));
}

static void a_cpu_is_found_by_its_number(void **state)
{
	struct scene *s = *state;
	struct runqueues *rqs = &s->facts.rqs;
	struct runqueue unread = {.cpu = 77};

	rqs->all.v[1].softirq_s = 12;
	rqs->all.v[1].timer.timer = 0xffffffffc0574400;
	rqs->all.v[1].timer.clk = 99;
	look_on(s);
	rqs->all.v[1].softirq_s = 0;
	rqs->all.v[1].timer.clk = 0;
	assert_true(earlier_cpu(&s->facts, &rqs->all.v[1])->softirq_s == 12);
	assert_int_equal(earlier_cpu(&s->facts, &rqs->all.v[1])->timer,
			 0xffffffffc0574400);
	assert_int_equal(earlier_cpu(&s->facts, &rqs->all.v[1])->clk, 99);
	assert_null(earlier_cpu(&s->facts, &unread));
}

static void a_queue_whose_ring_was_not_read_tells_nothing(void **state)
{
	struct scene *s = *state;
	struct virtqueue *vqs = scene_gpu(s)->vqs.all.v;

	vqs[0].used_idx = 5;
	vqs[1].ring_read = false;
	look_on(s);
	vqs[0].used_idx = 6;
	assert_int_equal(earlier_queue(&s->facts, &vqs[0])->used_idx, 5);
	assert_null(earlier_queue(&s->facts, &vqs[1]));
	scene_packed(&vqs[0]);
	assert_null(earlier_queue(&s->facts, &vqs[0]));
}

static void only_the_last_look_is_kept(void **state)
{
	struct scene *s = *state;
	struct task *t = scene_task(s, 196, "Xorg");
	struct virtqueue *vq = &scene_gpu(s)->vqs.all.v[0];
	struct earlier first;

	look_on(s);
	first = look;
	t->sum_exec = 7;
	vq->used_idx = 8;
	s->facts.rqs.all.v[1].softirq_s = 9;
	look_on(s);
	assert_int_equal(earlier_task(&s->facts, t)->sum_exec, 7);
	assert_int_equal(earlier_queue(&s->facts, vq)->used_idx, 8);
	assert_true(earlier_cpu(&s->facts, &s->facts.rqs.all.v[1])->softirq_s == 9);
	/* In the same memory. */
	assert_ptr_equal(look.tasks.v, first.tasks.v);
	assert_ptr_equal(look.queues.v, first.queues.v);
	assert_ptr_equal(look.cpus.v, first.cpus.v);
}

static int begin(void **state)
{
	memset(&look, 0, sizeof(look));
	return scene_begin(state);
}

#define earlier_test(f) cmocka_unit_test_setup_teardown(f, begin, scene_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		earlier_test(a_first_look_has_none_before),
		earlier_test(a_task_is_as_it_was),
		earlier_test(a_cpu_is_found_by_its_number),
		earlier_test(a_queue_whose_ring_was_not_read_tells_nothing),
		earlier_test(only_the_last_look_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
