// SPDX-License-Identifier: GPL-2.0-or-later
/* Which cgroup's quota holds a runnable task back. */
#include "test.h"

#include "kernel/sched/runqueue.h"

#define MS 1000000ull
#define SEC 1000000000ull

static struct tasks tasks;
static struct runqueues rqs;

/* Debian's 6.12.118. */
static const struct fake_row types_6_12[] = {
	FAKE_M("task_struct.se.cfs_rq", 288, 8),
	FAKE_M("task_struct.se.parent", 280, 8),
	FAKE_M("sched_entity.cfs_rq", 160, 8),
	FAKE_M("sched_entity.parent", 152, 8),
	FAKE_T("cfs_rq", 512),
	FAKE_M("cfs_rq.rq", 312, 8),
	FAKE_M("cfs_rq.tg", 344, 8),
	FAKE_M("cfs_rq.throttle_count", 420, 4),
	FAKE_M("cfs_rq.runtime_remaining", 360, 8),
	FAKE_M("cfs_rq.throttled_clock", 376, 8),
	FAKE_M("cgroup.kn", 256, 8),
};

/* By the source of 7.2: tasks are held back one by one, and parents are named anew. */
static const struct fake_row types_7_2[] = {
	FAKE_M("task_struct.throttled", 1000, 1),
	FAKE_M("kernfs_node.__parent", 8, 8),
};

static struct fake *fake_throttled_6_12(void)
{
	struct fake *f = fake_6_1();

	fake_rows(f, types_6_12, ARRAY_SIZE(types_6_12));
	return f;
}

static struct fake *fake_throttled_7_2(void)
{
	struct fake *f = fake_throttled_6_12();

	fake_absent(f, "kernfs_node.parent");
	fake_rows(f, types_7_2, ARRAY_SIZE(types_7_2));
	return f;
}

static const struct kernel {
	struct fake *(*create)(void);
} kernels[] = {{fake_4_19_arm64},
	       {fake_5_10},
	       {fake_6_1},
	       {fake_throttled_6_12},
	       {fake_throttled_7_2}};

static int setup(void **state)
{
	const struct kernel *k = *state;

	*state = k->create();
	return 0;
}

/* ---- groups ---------------------------------------------------------------- */

struct group {
	kaddr_t tg, kn;	    /* task_group, kernfs_node */
	kaddr_t cfs_rq, se; /* on CPU 1 */
};

static void queue_of(struct fake *f, struct group *g)
{
	g->cfs_rq = fake_new(f, "cfs_rq");
	g->se = fake_new(f, "sched_entity");
	fake_id_set(f, g->cfs_rq, CFS_RQ_RQ, fake_rq(f, 1));
	fake_id_set(f, g->cfs_rq, CFS_RQ_TG, g->tg);
}

static void name(struct fake *f, struct group *g, const char *text)
{
	kaddr_t string = fake_alloc(f, 512);

	fake_string(f, string, text);
	fake_id_set(f, g->kn, KN_NAME, string);
}

/* A cgroup below another one; above NULL: the root.  It has no quota. */
static struct group group(struct fake *f, const struct group *above, const char *text)
{
	struct group g = {.tg = fake_new(f, "task_group")};
	kaddr_t cgroup = fake_new(f, "cgroup");

	g.kn = fake_new(f, "kernfs_node");
	fake_id_set(f, g.tg, TG_CGROUP, cgroup);
	fake_id_set(f, cgroup, CGROUP_KN, g.kn);
	fake_id_set(f, g.tg, TG_QUOTA, UINT64_MAX);
	fake_id_set(f, g.tg, TG_PERIOD, 100 * MS);
	name(f, &g, text);
	queue_of(f, &g);
	if (above) {
		fake_id_set(f, g.kn, KN_PARENT, above->kn);
		fake_id_set(f, g.se, SE_CFS_RQ, above->cfs_rq);
		fake_id_set(f, g.se, SE_PARENT, above->se);
	}
	return g;
}

static void quota(struct fake *f, const struct group *g, uint64_t ms, uint64_t period_ms)
{
	fake_id_set(f, g->tg, TG_QUOTA, ms * MS);
	fake_id_set(f, g->tg, TG_PERIOD, period_ms * MS);
}

static void throttle_count(struct fake *f, const struct group *g, unsigned int count)
{
	fake_id_set(f, g->cfs_rq, CFS_RQ_THROTTLE_COUNT, count);
}

/* Runnable on CPU 1, in this group. */
static kaddr_t member(struct fake *f, int pid, const struct group *g)
{
	kaddr_t task = fake_task(f, pid, "holder");

	fake_task_queued(f, task, 1);
	fake_id_set(f, task, TASK_SE_CFS_RQ, g->cfs_rq);
	fake_id_set(f, task, TASK_SE_PARENT, g->se);
	fake_id_set(f, task, TASK_THROTTLED, 1);
	return task;
}

/*
 * /desk has 1 ms in each second, and has used it; the task is in /desk/session, which
 * has no quota of its own.
 */
static struct scenery {
	struct group root, desk, session;
	kaddr_t task;
} at;

static struct fake *scenery(struct fake *f)
{
	fake_kernel(f);
	at.root = group(f, NULL, "");
	at.desk = group(f, &at.root, "desk");
	/* The root has no entity: it is in nobody's queue. */
	fake_id_set(f, at.desk.se, SE_PARENT, 0);
	at.session = group(f, &at.desk, "session");
	quota(f, &at.desk, 1, 1000);
	fake_id_set(f, at.desk.tg, TG_NR_PERIODS, 30);
	fake_id_set(f, at.desk.tg, TG_NR_THROTTLED, 29);
	fake_id_set(f, at.desk.cfs_rq, CFS_RQ_REMAINING, (uint64_t)-3 * MS);
	fake_id_set(f, at.desk.cfs_rq, CFS_RQ_THROTTLED_CLOCK, 99 * SEC);
	throttle_count(f, &at.desk, 1);
	throttle_count(f, &at.session, 1);
	at.task = member(f, 700, &at.session);
	return f;
}

static const struct throttle *find(struct fake *f, int pid)
{
	assert_true(tasks_read(fake_dump(f), &tasks));
	assert_true(runqueues_read(fake_dump(f), &tasks, &rqs));
	return task_by_pid(&tasks, pid)->throttle;
}

/* ---- who is held back -------------------------------------------------------- */

static void by_the_group_above(void **state)
{
	const struct throttle *th = find(scenery(*state), 700);

	assert_non_null(th);
	assert_true(rqs.quotas.known);
	assert_int_equal(th->group->addr, at.desk.tg);
	assert_string_equal(th->group->path, "/desk");
	assert_int_equal(th->group->quota, MS);
	assert_int_equal(th->group->period, SEC);
	assert_int_equal(th->group->periods, 30);
	assert_int_equal(th->group->throttled, 29);
	assert_int_equal(th->group->tasks, 1);
	assert_int_equal(th->cfs_rq, at.desk.cfs_rq);
	assert_true(th->remaining == -3 * (int64_t)MS);
	assert_int_equal(th->clock, 99 * SEC);
}

/* It does not wait for the CPU, and nobody who runs there keeps it from it. */
static void not_among_those_who_wait(void **state)
{
	const struct runqueue *rq;

	scenery(*state);
	fake_task_queued(*state, fake_task(*state, 701, "ordinary"), 1);
	find(*state, 700);
	rq = runqueue_of_cpu(&rqs, 1);
	assert_int_equal(rq->waiting.n, 1);
	assert_int_equal(rq->waiting.v[0]->pid, 701);
	assert_int_equal(rq->throttled.n, 1);
	assert_int_equal(rq->throttled.v[0]->pid, 700);
}

static void by_its_own_group(void **state)
{
	const struct throttle *th;

	scenery(*state);
	throttle_count(*state, &at.desk, 0);
	quota(*state, &at.session, 20, 100);
	th = find(*state, 700);
	assert_int_equal(th->group->addr, at.session.tg);
	assert_string_equal(th->group->path, "/desk/session");
}

/* Two quotas are used up: the narrower one is what makes it wait. */
static void by_the_narrower_of_two(void **state)
{
	scenery(*state);
	throttle_count(*state, &at.session, 2);
	quota(*state, &at.session, 20, 100);
	assert_int_equal(find(*state, 700)->group->addr, at.desk.tg);
	quota(*state, &at.desk, 90, 100);
	assert_int_equal(find(*state, 700)->group->addr, at.session.tg);
}

static void one_group_for_all_its_tasks(void **state)
{
	scenery(*state);
	member(*state, 701, &at.desk);
	find(*state, 700);
	assert_ptr_equal(task_by_pid(&tasks, 700)->throttle->group,
			 task_by_pid(&tasks, 701)->throttle->group);
	assert_int_equal(rqs.quotas.groups.n, 1);
	assert_int_equal(rqs.quotas.groups.v[0]->tasks, 2);
}

static void has_its_share_yet(void **state)
{
	scenery(*state);
	throttle_count(*state, &at.desk, 0);
	throttle_count(*state, &at.session, 0);
	assert_null(find(*state, 700));
	assert_int_equal(runqueue_of_cpu(&rqs, 1)->waiting.n, 1);
}

/* Until its next scheduling point who runs is not held back. */
static void who_runs(void **state)
{
	scenery(*state);
	fake_task_runs(*state, at.task, 1);
	assert_null(find(*state, 700));
}

/* A quota is of the fair class: who was boosted, or is real-time, is not held back. */
static void other_classes(void **state)
{
	scenery(*state);
	fake_task_rt(*state, at.task, 1, 50);
	assert_null(find(*state, 700));
	assert_int_equal(runqueue_of_cpu(&rqs, 1)->waiting.n, 1);
}

/* Since 6.18 who is in the kernel runs on though its group has used its quota up. */
static void runs_on_in_the_kernel(void **state)
{
	scenery(*state);
	fake_id_set(*state, at.task, TASK_THROTTLED, 0);
	if (layout_has(fake_dump(*state), TASK_THROTTLED))
		assert_null(find(*state, 700));
	else
		assert_non_null(find(*state, 700));
}

/* There it is off its queue, and not queued since any time. */
static void since_when(void **state)
{
	double since;

	scenery(*state);
	fake_id_set(*state, fake_rq(*state, 1), RQ_CLOCK, 100 * SEC);
	fake_id_set(*state, fake_rq(*state, 1), RQ_CLOCK_TASK, 100 * SEC);
	fake_id_set(*state, at.task, TASK_EXEC_START, 97 * SEC);
	find(*state, 700);
	since = task_by_pid(&tasks, 700)->since_s;
	assert_true(since > 2.9 && since < 3.1);
}

/* ---- dumps that lie ------------------------------------------------------------ */

/* throttled, they say, by a group without any quota. */
static void no_quota(void **state)
{
	scenery(*state);
	fake_id_set(*state, at.desk.tg, TG_QUOTA, UINT64_MAX);
	assert_null(find(*state, 700));
	quota(*state, &at.desk, 1, 0);
	assert_null(find(*state, 700));
}

static void pointers_to_nowhere(void **state)
{
	scenery(*state);
	fake_id_set(*state, at.desk.cfs_rq, CFS_RQ_TG, FAKE_NOWHERE);
	assert_null(find(*state, 700));
	assert_true(fake_has_note(*state, "task_group at 0x"));
	fake_id_set(*state, at.session.se, SE_CFS_RQ, FAKE_NOWHERE);
	assert_null(find(*state, 700));
	assert_true(fake_has_note(*state, "cfs_rq at 0x"));
	fake_id_set(*state, at.task, TASK_SE_CFS_RQ, FAKE_NOWHERE);
	assert_null(find(*state, 700));
	fake_id_set(*state, at.task, TASK_SE_CFS_RQ, 0);
	assert_null(find(*state, 700));
}

static void queue_of_another_cpu(void **state)
{
	scenery(*state);
	fake_id_set(*state, at.session.cfs_rq, CFS_RQ_RQ, fake_rq(*state, 0));
	assert_null(find(*state, 700));
	assert_true(fake_has_note(*state, "is not one of the task's CPU"));
}

/* Each group is below itself. */
static void groups_in_a_circle(void **state)
{
	scenery(*state);
	fake_id_set(*state, at.session.se, SE_CFS_RQ, at.session.cfs_rq);
	fake_id_set(*state, at.session.se, SE_PARENT, at.session.se);
	assert_null(find(*state, 700));
}

static void paths_that_do_not_end(void **state)
{
	scenery(*state);
	fake_id_set(*state, at.root.kn, KN_PARENT, at.desk.kn);
	assert_string_equal(find(*state, 700)->group->path, "");
	fake_id_set(*state, at.desk.kn, KN_PARENT, FAKE_NOWHERE);
	assert_string_equal(find(*state, 700)->group->path, "");
	fake_id_set(*state, at.desk.tg, TG_CGROUP, 0);
	assert_string_equal(find(*state, 700)->group->path, "");
}

static void names_are_escaped(void **state)
{
	scenery(*state);
	name(*state, &at.desk, "a\nb\033[2J");
	assert_null(strchr(find(*state, 700)->group->path, '\n'));
	assert_null(strchr(find(*state, 700)->group->path, '\033'));
}

/* A kernel without CONFIG_CFS_BANDWIDTH. */
static void no_groups(void **state)
{
	scenery(*state);
	fake_absent(*state, "cfs_rq.throttle_count");
	assert_null(find(*state, 700));
	assert_false(rqs.quotas.known);
	assert_int_equal(runqueue_of_cpu(&rqs, 1)->waiting.n, 1);
}

#define on(n, f)                                                                         \
	{                                                                                \
#f " on " #n, f, setup, test_end, (void *)&kernels[n]                    \
	}
#define on_all(f) on(0, f), on(1, f), on(2, f), on(3, f), on(4, f)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_all(by_the_group_above),
		on_all(not_among_those_who_wait),
		on_all(by_its_own_group),
		on_all(by_the_narrower_of_two),
		on_all(has_its_share_yet),
		on_all(one_group_for_all_its_tasks),
		on_all(who_runs),
		on_all(other_classes),
		on_all(runs_on_in_the_kernel),
		on_all(since_when),
		on_all(no_quota),
		on_all(pointers_to_nowhere),
		on_all(queue_of_another_cpu),
		on_all(groups_in_a_circle),
		on_all(paths_that_do_not_end),
		on_all(names_are_escaped),
		on_all(no_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
