// SPDX-License-Identifier: GPL-2.0-or-later
/* Who is to blame for a task that a cgroup's quota holds back. */
#include "judged.h"

#define LOCK_A 0xffff888001230000

/* Xorg waits for a lock; its holder may use 1 ms of each second, on CPU 2. */
struct held {
	struct task *xorg, *holder;
	struct quota_group *group;
};

static struct held held_back(struct scene *s, double since_s)
{
	struct held h = {scene_task(s, 700, "Xorg"), scene_task(s, 701, "holder"), NULL};

	scene_waits(s, h.xorg, 30, WAIT_MUTEX, LOCK_A, h.holder);
	h.group = scene_throttled(s, h.holder, 2, since_s, "/desk", 1, 1000);
	h.group->periods = 30;
	h.group->throttled = 29;
	scene_fired(s, TRIGGER_HUNG_TASK, "hung_task: blocked tasks");
	scene_reported(s, h.xorg);
	return h;
}

/* Whatever else happens on that CPU: the group is the culprit, and nobody is named. */
static const struct verdict *assert_throttled(struct scene *s, const struct held *h)
{
	const struct verdict *v = only(s, CAUSE_THROTTLED);

	assert_int_equal(v->culprit.kind, CULPRIT_CGROUP);
	assert_string_equal(v->culprit.name, "/desk");
	assert_int_equal(v->culprit.address, h->group->addr);
	assert_int_equal(v->culprit.pid, -1);
	assert_int_equal(v->culprit.cpu, -1);
	assert_true(v->fired);
	assert_true(says(&v->evidence, "1 ms of CPU time in each 1000 ms"));
	return v;
}

static void on_an_idle_cpu(void **state)
{
	struct held h = held_back(*state, 3);
	const struct verdict *v = assert_throttled(*state, &h);

	assert_true(v->confidence >= CONFIDENCE_SURE);
	assert_true(says(&v->evidence, "29 of the 30 periods"));
	assert_true(says(&v->evidence, "its share is overdrawn by 3 ms"));
	assert_non_null(strstr(v->summary, "/desk"));
}

/* Its turn comes once in a period, so it has not waited for long by itself. */
static void that_ran_a_moment_ago(void **state)
{
	struct held h = held_back(*state, 0.4);

	assert_throttled(*state, &h);
}

static void beside_a_busy_innocent(void **state)
{
	struct scene *s = *state;
	struct held h = held_back(s, 3);
	struct task *busy = scene_task(s, 702, "busy");
	const struct verdict *v;
	size_t i;

	scene_runs(s, busy, 2, 60);
	v = assert_throttled(s, &h);
	assert_null(strstr(v->summary, "busy"));
	for (i = 0; i < v->evidence.n; i++)
		assert_null(strstr(v->evidence.v[i].claim, "busy"));
}

/* A real-time hog is there as well: without its quota the holder would wait for it. */
static void beside_a_hog(void **state)
{
	struct scene *s = *state;
	struct held h = held_back(s, 30);
	struct task *hog = scene_task(s, 702, "rt-hog"), *other = scene_task(s, 703, "o");

	scene_rt(s, hog, 99);
	scene_runs(s, hog, 2, 60);
	assert_throttled(s, &h);
	/* But who is in no such group is kept by the hog, and by nothing else. */
	scene_waits(s, scene_task(s, 704, "dd"), 30, WAIT_MUTEX, LOCK_A + 64, other);
	scene_queued(s, other, 2, 30);
	triage_make(&s->facts, &judged);
	assert_int_equal(judged.verdicts.all.n, 2);
	assert_blames(judged.verdicts.all.v[1]->cause == CAUSE_CPU_MONOPOLISED
			      ? judged.verdicts.all.v[1]
			      : judged.verdicts.all.v[0],
		      hog);
}

/* Nor is it counted among those whom a task keeps from running. */
static void not_counted_as_starved(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg"), *owner = scene_task(s, 701, "a");
	struct task *hog = scene_task(s, 702, "hog");

	scene_waits(s, xorg, 20, WAIT_MUTEX, LOCK_A, owner);
	scene_queued(s, owner, 2, 20);
	scene_throttled(s, scene_task(s, 703, "held"), 2, 20, "/desk", 1, 1000);
	scene_rt(s, hog, 1);
	scene_runs(s, hog, 2, 21);
	assert_true(
		says(&only(s, CAUSE_CPU_MONOPOLISED)->evidence, "(1 task waits there)"));
}

/* Half a CPU is enough: what takes the holder so long is another matter. */
static void generous_quota(void **state)
{
	struct scene *s = *state;
	struct held h = held_back(s, 0.05);
	const struct verdict *v;

	h.group->quota = 80000000;
	h.group->period = 100000000;
	v = only(s, CAUSE_UNEXPLAINED);
	assert_int_equal(v->culprit.kind, CULPRIT_NONE);
	assert_true(v->confidence <= 30);
	/* Not when it is for many. */
	h.group->tasks = 20;
	v = only(s, CAUSE_THROTTLED);
	assert_int_equal(v->culprit.kind, CULPRIT_CGROUP);
	assert_true(says(&v->evidence, "20 runnable tasks"));
}

static void rarely_held_back(void **state)
{
	struct held h = held_back(*state, 3);
	int most = only(*state, CAUSE_THROTTLED)->confidence;

	h.group->throttled = 3;
	assert_true(only(*state, CAUSE_THROTTLED)->confidence < most);
	/* 0.3 of a CPU. */
	h.group->quota = 300000000;
	assert_true(only(*state, CAUSE_THROTTLED)->confidence < CONFIDENCE_SURE);
}

/* A cgroup whose name cannot be read is known by its address. */
static void no_path(void **state)
{
	struct held h = held_back(*state, 3);
	const struct verdict *v;

	h.group->path = "";
	v = only(*state, CAUSE_THROTTLED);
	assert_string_equal(v->culprit.name, "cgroup");
	assert_non_null(strstr(v->summary, "task_group 0x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scene_test(on_an_idle_cpu),	    scene_test(that_ran_a_moment_ago),
		scene_test(beside_a_busy_innocent), scene_test(beside_a_hog),
		scene_test(not_counted_as_starved), scene_test(generous_quota),
		scene_test(rarely_held_back),	    scene_test(no_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
