// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The order that README.md promises: of causes, of triggers, of who is blocked.
 *
 * Verdicts are made by hand here, so that each cause can be compared with the others
 * in the same words: the same task hung, the same trigger, equally sure.
 */
#include "test.h"

#include "scene.h"
#include "triage/triage.h"

static int begin(void **state)
{
	*state = scene_create();
	return 0;
}

static int end(void **state)
{
	scene_destroy(*state);
	return 0;
}

#define scene_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

/* ---- a core, made by hand ------------------------------------------------ */

struct core {
	struct scene *scene;
	struct verdict verdicts[2];
	struct verdicts all;
	struct score score;
};

static struct verdict *add(struct core *c, enum cause cause, int confidence)
{
	struct verdict *v = &c->verdicts[c->all.all.n];

	memset(v, 0, sizeof(*v));
	v->cause = cause;
	v->confidence = confidence;
	*vec_push(&c->scene->arena, &c->all.all) = v;
	return v;
}

static struct verdict *core(struct core *c, enum trigger_kind kind, enum cause cause)
{
	memset(c, 0, sizeof(*c));
	c->scene = scene_create();
	scene_fired(c->scene, kind, "the words");
	return add(c, cause, 90);
}

static void victim(struct core *c, struct verdict *v, struct task *t,
		   const char *const *stack)
{
	struct node *n = arena_alloc(&c->scene->arena, sizeof(*n));

	scene_waits(c->scene, t, 30, WAIT_NOTHING, 0, NULL);
	if (stack)
		scene_stack_of(c->scene, t, stack);
	n->task = t;
	*vec_push(&c->scene->arena, &v->victims) = n;
}

static const char *const in_graphics[] = {"schedule", "virtio_gpu_object_create",
					  "drm_ioctl", NULL};
static const char *const in_writeback[] = {"schedule", "do_writepages", "wb_writeback",
					   NULL};
static const char *const elsewhere[] = {"schedule", "do_wait", NULL};

static void process(struct core *c, struct verdict *v, int pid, const char *const *stack)
{
	victim(c, v, scene_task(c->scene, pid, "a"), stack);
}

/* The total, once the parts have been looked at. */
static int total(struct core *c)
{
	int sum = 0, most = 0;
	size_t i;

	score_make(&c->scene->facts, &c->all, &c->score);
	for (i = 0; i < c->score.parts.n; i++) {
		assert_in_range(c->score.parts.v[i].points, 0, c->score.parts.v[i].most);
		assert_true(c->score.parts.v[i].why[0]);
		sum += c->score.parts.v[i].points;
		most += c->score.parts.v[i].most;
	}
	assert_int_equal(sum, c->score.total);
	assert_int_equal(most, 100);
	return sum;
}

static int finish(struct core *c)
{
	int points = total(c);

	scene_destroy(c->scene);
	return points;
}

static int part(const struct core *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->score.parts.n; i++)
		if (!strcmp(c->score.parts.v[i].name, name))
			return c->score.parts.v[i].points;
	fail_msg("the score has no part %s", name);
	return -1;
}

/* Somebody hangs in graphics, and this is why. */
static int hung(enum cause cause, const char *fix)
{
	struct core c;
	struct verdict *v = core(&c, TRIGGER_HUNG_TASK, cause);

	v->fix = fix;
	process(&c, v, 700, in_graphics);
	return finish(&c);
}

static int alone(enum trigger_kind kind, enum cause cause)
{
	struct core c;

	core(&c, kind, cause);
	return finish(&c);
}

/* ---- causes -------------------------------------------------------------- */

static void leak_with_a_known_fix_over_a_request(void **state)
{
	int leak = hung(CAUSE_FENCE_LEAK, "8b6ec999b198");
	int request = alone(TRIGGER_SYSRQ, CAUSE_PANIC_BY_REQUEST);

	(void)state;
	assert_true(leak >= 70);
	assert_true(request <= 5);
	assert_true(leak > hung(CAUSE_FENCE_LEAK, NULL));
}

/* Everything else being the same, the wider reach comes first. */
static void order_of_causes(void **state)
{
	static const enum cause ranks[][4] = {
		{CAUSE_FENCE_LEAK, CAUSE_OBJECT_LEAK, CAUSE_SLAB_LEAK,
		 CAUSE_MEMORY_EXHAUSTED},
		{CAUSE_HOST_NOT_CONSUMING, CAUSE_INTERRUPT_LOST, CAUSE_NOT_KICKED,
		 CAUSE_DEVICE_BROKEN},
		{CAUSE_CPU_MONOPOLISED, CAUSE_WORKERS_BLOCKED, CAUSE_CPU_MONOPOLISED,
		 CAUSE_WORKERS_BLOCKED},
		{CAUSE_LOCK_CYCLE, CAUSE_LOCK_HOLDER_BLOCKED, CAUSE_LOCK_CYCLE,
		 CAUSE_LOCK_HOLDER_BLOCKED},
		{CAUSE_UNEXPLAINED, CAUSE_UNEXPLAINED, CAUSE_UNEXPLAINED,
		 CAUSE_UNEXPLAINED},
		{CAUSE_PANIC_BY_REQUEST, CAUSE_PANIC_BY_REQUEST, CAUSE_PANIC_BY_REQUEST,
		 CAUSE_PANIC_BY_REQUEST},
	};
	int before = 101, now;
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ranks); i++) {
		now = hung(ranks[i][0], NULL);
		assert_true(now < before);
		for (k = 1; k < 4; k++)
			assert_int_equal(hung(ranks[i][k], NULL), now);
		before = now;
	}
	/* A disk adds the data that has not reached it. */
	assert_true(hung(CAUSE_IO_WAIT, NULL) > hung(CAUSE_LOCK_CYCLE, NULL));
	assert_true(hung(CAUSE_IO_WAIT, NULL) < hung(CAUSE_SLAB_LEAK, NULL));
}

/* What cores of the lab are like, the most urgent first. */
static void order_of_cores(void **state)
{
	int points[9];
	size_t n = 0, i;
	struct core c;
	struct verdict *v;

	(void)state;
	points[n++] = hung(CAUSE_FENCE_LEAK, "8b6ec999b198");
	points[n++] = hung(CAUSE_HOST_NOT_CONSUMING, NULL);
	points[n++] = hung(CAUSE_CPU_MONOPOLISED, NULL);
	points[n++] = alone(TRIGGER_OOPS, CAUSE_KERNEL_BUG);
	v = core(&c, TRIGGER_HUNG_TASK, CAUSE_LOCK_CYCLE);
	victim(&c, v, scene_kthread(c.scene, 700, "lab-ab"), elsewhere);
	victim(&c, v, scene_kthread(c.scene, 701, "lab-ba"), elsewhere);
	points[n++] = finish(&c);
	points[n++] = alone(TRIGGER_WARN, CAUSE_KERNEL_BUG);
	v = core(&c, TRIGGER_NONE, CAUSE_UNEXPLAINED);
	process(&c, v, 700, elsewhere);
	points[n++] = finish(&c);
	points[n++] = alone(TRIGGER_NONE, CAUSE_UNEXPLAINED);
	points[n++] = alone(TRIGGER_SYSRQ, CAUSE_PANIC_BY_REQUEST);
	assert_int_equal(n, ARRAY_SIZE(points));
	for (i = 1; i < n; i++)
		assert_true(points[i - 1] > points[i]);
	assert_int_equal(points[n - 1], 0);
}

/* ---- parts --------------------------------------------------------------- */

static void triggers(void **state)
{
	static const enum trigger_kind ranks[] = {TRIGGER_OOPS,	 TRIGGER_HUNG_TASK,
						  TRIGGER_OTHER, TRIGGER_WARN,
						  TRIGGER_NONE,	 TRIGGER_SYSRQ};
	size_t i;

	(void)state;
	for (i = 1; i < ARRAY_SIZE(ranks); i++)
		assert_true(alone(ranks[i - 1], CAUSE_UNEXPLAINED) >
			    alone(ranks[i], CAUSE_UNEXPLAINED));
	assert_int_equal(alone(TRIGGER_NMI, CAUSE_PANIC_BY_REQUEST),
			 alone(TRIGGER_SYSRQ, CAUSE_PANIC_BY_REQUEST));
}

static int blocked(void (*who)(struct core *, struct verdict *))
{
	struct core c;
	struct verdict *v = core(&c, TRIGGER_HUNG_TASK, CAUSE_LOCK_CYCLE);
	int points;

	who(&c, v);
	total(&c);
	points = part(&c, "blocked");
	scene_destroy(c.scene);
	return points;
}

static void one_thread(struct core *c, struct verdict *v)
{
	victim(c, v, scene_kthread(c->scene, 30, "khugepaged"), NULL);
}

/* A worker in the graphics layer is nobody's screen. */
static void one_thread_in_graphics(struct core *c, struct verdict *v)
{
	victim(c, v, scene_kthread(c->scene, 30, "kworker"), in_graphics);
}

static void one_process(struct core *c, struct verdict *v)
{
	process(c, v, 700, elsewhere);
}

static void three_processes(struct core *c, struct verdict *v)
{
	int i;

	for (i = 0; i < 3; i++)
		process(c, v, 700 + i, elsewhere);
}

static void one_that_draws(struct core *c, struct verdict *v)
{
	process(c, v, 700, in_graphics);
}

static void init(struct core *c, struct verdict *v)
{
	process(c, v, 1, elsewhere);
}

static void crowd(struct core *c, struct verdict *v)
{
	int i;

	for (i = 0; i < 60; i++)
		process(c, v, 700 + i, in_graphics);
}

static void who_is_blocked(void **state)
{
	(void)state;
	assert_int_equal(blocked(one_thread), 2);
	assert_int_equal(blocked(one_thread_in_graphics), 2);
	assert_int_equal(blocked(one_process), 5);
	assert_int_equal(blocked(three_processes), 15);
	assert_int_equal(blocked(one_that_draws), 15);
	assert_int_equal(blocked(init), 15);
	assert_int_equal(blocked(crowd), 25);
}

static void data_at_risk(void **state)
{
	struct core c;
	struct verdict *v = core(&c, TRIGGER_SYSRQ, CAUSE_LOCK_CYCLE);

	(void)state;
	process(&c, v, 700, elsewhere);
	total(&c);
	assert_int_equal(part(&c, "data"), 0);
	scene_fired(c.scene, TRIGGER_HUNG_TASK, "");
	total(&c);
	assert_int_equal(part(&c, "data"), 5);
	scene_fired(c.scene, TRIGGER_BUG, "");
	total(&c);
	assert_int_equal(part(&c, "data"), 7);
	victim(&c, v, scene_kthread(c.scene, 31, "kworker"), in_writeback);
	total(&c);
	assert_int_equal(part(&c, "data"), 10);
	scene_destroy(c.scene);
}

/* 3 of the scene's 4 CPUs let somebody wait for long: more than one CPU's reach. */
static void spread_over_cpus(void **state)
{
	struct core c;
	unsigned int cpu;

	(void)state;
	core(&c, TRIGGER_HUNG_TASK, CAUSE_CPU_MONOPOLISED);
	for (cpu = 0; cpu < 3; cpu++)
		scene_queued(c.scene, scene_task(c.scene, 700 + (int)cpu, "a"), cpu, 1);
	total(&c);
	assert_int_equal(part(&c, "spread"), 5);
	for (cpu = 0; cpu < 3; cpu++)
		c.scene->facts.rqs.all.v[cpu].waiting.v[0]->since_s = 9;
	total(&c);
	assert_int_equal(part(&c, "spread"), 7);
	c.scene->facts.rqs.all.v[3].offline = true;
	total(&c);
	assert_int_equal(part(&c, "spread"), 10);
	scene_destroy(c.scene);
}

/* A word's worth, not a percent's; and what is not known cannot be sure. */
static void confidence(void **state)
{
	static const struct {
		int confidence, points;
	} words[] = {{100, 15}, {85, 15}, {84, 11}, {60, 11}, {59, 7}, {35, 7}, {34, 3}};
	struct core c;
	size_t i;

	(void)state;
	core(&c, TRIGGER_HUNG_TASK, CAUSE_LOCK_CYCLE);
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		c.verdicts[0].confidence = words[i].confidence;
		total(&c);
		assert_int_equal(part(&c, "confidence"), words[i].points);
	}
	c.verdicts[0].cause = CAUSE_UNEXPLAINED;
	total(&c);
	assert_int_equal(part(&c, "confidence"), 0);
	scene_destroy(c.scene);
}

/* The leak beside a hang that fired: its fix counts, for less. */
static void fix_beside(void **state)
{
	struct core c;

	(void)state;
	core(&c, TRIGGER_HUNG_TASK, CAUSE_CPU_MONOPOLISED);
	total(&c);
	assert_int_equal(part(&c, "fix"), 0);
	add(&c, CAUSE_FENCE_LEAK, 80)->fix = "8b6ec999b198";
	total(&c);
	assert_int_equal(part(&c, "fix"), 6);
	c.verdicts[0].fix = "77ef38574beb";
	total(&c);
	assert_int_equal(part(&c, "fix"), 10);
	assert_string_equal(c.score.parts.v[5].why, "77ef38574beb");
	scene_destroy(c.scene);
}

/* ---- with the judgement -------------------------------------------------- */

static struct triage judged(struct scene *s)
{
	struct triage t;

	triage_make(&s->facts, &t);
	return t;
}

static void the_drain_hang(void **state)
{
	struct scene *s = scene_create();

	scene_drain_hang(*state, SCENE_MACHINE);
	scene_fired(s, TRIGGER_SYSRQ, "");
	assert_in_range(judged(*state).score.total, 70, 80);
	assert_int_equal(judged(s).score.total, 0);
	scene_destroy(s);
}

/* The same facts, the same points: twice, and with pids and CPUs of another boot. */
static void stable(void **state)
{
	struct scene *s = scene_create();
	int first;

	scene_drain_hang(*state, SCENE_MACHINE);
	first = judged(*state).score.total;
	assert_int_equal(judged(*state).score.total, first);
	scene_drain_hang(s, (struct scene_machine){900, 3, ".isra.0", "cyclictest", "X"});
	assert_int_equal(judged(s).score.total, first);
	scene_destroy(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scene_test(leak_with_a_known_fix_over_a_request),
		scene_test(order_of_causes),
		scene_test(order_of_cores),
		scene_test(triggers),
		scene_test(who_is_blocked),
		scene_test(data_at_risk),
		scene_test(spread_over_cpus),
		scene_test(confidence),
		scene_test(fix_beside),
		scene_test(the_drain_hang),
		scene_test(stable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
