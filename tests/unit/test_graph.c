// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "scene.h"
#include "report/spelling.h"
#include "triage/graph.h"

static struct graph g;

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

static void build(struct scene *s)
{
	graph_build(&g, &s->facts);
}

static struct node *node_of(const struct task *t)
{
	struct node *n = graph_task(&g, t);

	assert_non_null(n);
	assert_ptr_equal(n->task, t);
	return n;
}

/* The kinds of the nodes along a task's chain: "task work pool worker cpu task". */
static const char *chain_of(struct scene *s, const struct task *t)
{
	const char *words = "";
	struct chain c = {0};
	size_t i;

	graph_chain(&g, node_of(t), SIZE_MAX, &c);
	for (i = 0; i < c.n; i++)
		words = arena_printf(&s->arena, "%s%s%s", words, i ? " " : "",
				     node_kind_name(c.v[i]->kind));
	if (c.cycle < c.n)
		words = arena_printf(&s->arena, "%s -> %zu", words, c.cycle);
	return words;
}

/* The why of a task's first edge; how many edges it has is checked too. */
static const struct edge *only_edge(const struct node *n)
{
	assert_int_equal(n->out.n, 1);
	assert_ptr_equal(n->out.v[0]->from, n);
	assert_ptr_equal(graph_edge(n, n->out.v[0]->to), n->out.v[0]);
	return n->out.v[0];
}

/* ---- the drain hang ------------------------------------------------------ */

static void drain_hang(void **state)
{
	struct scene_hang h = scene_drain_hang(*state, SCENE_MACHINE);
	struct chain c = {0};
	size_t i;

	build(*state);
	/* The task, its barrier, the drain work, the pool, its worker, the CPU, the hog. */
	assert_string_equal(chain_of(*state, h.xorg),
			    "task work work pool worker cpu task");
	assert_string_equal(chain_of(*state, h.khugepaged),
			    "task work work pool worker cpu task");
	graph_chain(&g, node_of(h.xorg), SIZE_MAX, &c);
	assert_true(c.v[1]->work->barrier);
	assert_string_equal(c.v[1]->name, "wq_barrier");
	assert_ptr_equal(c.v[2]->work, h.work);
	assert_string_equal(c.v[2]->name, "drain_local_pages_wq");
	assert_ptr_equal(c.v[3]->pool, h.pool);
	assert_string_equal(c.v[3]->name, "pool 2 of CPU 1");
	assert_ptr_equal(c.v[4], node_of(h.kworker));
	assert_ptr_equal(c.v[5]->rq, h.rq);
	assert_string_equal(c.v[5]->id, "cpu:1");
	assert_ptr_equal(c.v[6]->task, h.hog);
	assert_int_equal(c.cycle, c.n);
	assert_int_equal(node_of(h.hog)->out.n, 0);
	for (i = 0; i + 1 < c.n; i++) {
		const struct edge *e = graph_edge(c.v[i], c.v[i + 1]);

		assert_non_null(e);
		assert_true(e->why[0]);
		assert_true(e->look.kind);
		assert_int_not_equal(e->address, 0);
	}
	/* Both victims share what they share. */
	assert_int_equal(g.nodes.n, 7 + 2);
	assert_int_equal(g.edges.n, 6 + 2);
}

static void ids_are_unique(void **state)
{
	size_t i, k;

	scene_drain_hang(*state, SCENE_MACHINE);
	build(*state);
	for (i = 0; i < g.nodes.n; i++)
		for (k = 0; k < i; k++)
			assert_string_not_equal(g.nodes.v[i]->id, g.nodes.v[k]->id);
}

/* ---- each wait ---------------------------------------------------------- */

static void nobody_blocked(void **state)
{
	struct scene *s = *state;
	struct task *t = scene_task(s, 700, "Xorg");

	build(s);
	assert_int_equal(g.nodes.n, 0);
	assert_null(graph_task(&g, t));
	scene_runs(s, t, 1, 3);
	build(s);
	assert_int_equal(g.nodes.n, 0);
}

static void locks(void **state)
{
	struct scene *s = *state;
	struct task *owner = scene_task(s, 700, "Xorg");
	struct task *a = scene_task(s, 701, "a"), *b = scene_task(s, 702, "b");
	struct task *c = scene_task(s, 703, "c");
	const struct edge *e;
	struct wait *w;

	w = scene_waits(s, a, 10, WAIT_MUTEX, 0xffff888009990000, owner);
	w->symbol = "drm_global_mutex";
	scene_waits(s, b, 9, WAIT_MUTEX, 0xffff888009990000, owner);
	w = scene_waits(s, c, 8, WAIT_RWSEM, 0xffff888009991000, b);
	w->reader = w->owner.readers = true;
	build(s);
	assert_string_equal(chain_of(s, c), "task rwsem");
	assert_ptr_equal(only_edge(node_of(a))->to, only_edge(node_of(b))->to);
	assert_string_equal(only_edge(node_of(a))->to->name, "drm_global_mutex");
	assert_string_equal(look_text(&s->facts, &only_edge(node_of(a))->look),
			    "struct -x mutex 0xffff888009990000");
	assert_string_equal(only_edge(node_of(c))->why, "queued on it as a reader");
	/* Who took it last may have left. */
	assert_int_equal(only_edge(node_of(c))->to->out.n, 0);
	e = only_edge(only_edge(node_of(a))->to);
	assert_string_equal(e->why, "held by it");
	/* The task's address with flags in it, which nobody sees in a decimal number. */
	assert_string_equal(look_text(&s->facts, &e->look),
			    "struct -x mutex.owner 0xffff888009990000");
}

static void lock_of_nobody(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 701, "a"), *b = scene_task(s, 702, "b");
	const struct edge *e;

	scene_waits(s, a, 10, WAIT_MUTEX, 0xffff888009990000, NULL);
	scene_waits(s, b, 9, WAIT_MUTEX, 0, NULL);
	build(s);
	assert_string_equal(chain_of(s, a), "task mutex");
	/* Not found: known by the waiter, and not shown as what it is not. */
	e = only_edge(node_of(b));
	assert_string_equal(e->to->name, "mutex");
	assert_ptr_not_equal(e->to, only_edge(node_of(a))->to);
	assert_int_equal(e->look.kind, LOOK_WORDS);
}

static void other_things(void **state)
{
	static const struct {
		enum wait_kind wait;
		enum node_kind node;
		const char *check;
	} cases[] = {
		{WAIT_SEMAPHORE, NODE_SEMAPHORE,
		 "struct -x semaphore 0xffff888009990000"},
		{WAIT_COMPLETION, NODE_COMPLETION,
		 "struct completion 0xffff888009990100"},
		{WAIT_FLUSH, NODE_COMPLETION, "struct completion 0xffff888009990200"},
		{WAIT_QUEUE, NODE_WAIT_QUEUE,
		 "struct wait_queue_head 0xffff888009990300"},
		{WAIT_FENCE, NODE_FENCE, "struct dma_fence 0xffff888009990400"},
		{WAIT_IO, NODE_IO, "vgpu bt 705"},
		{WAIT_BIT, NODE_BIT, "rd 0xffff888009990600 1"},
	};
	struct scene *s = *state;
	struct task *t[ARRAY_SIZE(cases)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		t[i] = scene_task(s, 700 + (int)i, "a");
		scene_waits(s, t[i], 10, cases[i].wait, 0xffff888009990000 + i * 256,
			    NULL);
	}
	build(s);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct edge *e = only_edge(node_of(t[i]));

		assert_int_equal(e->to->kind, cases[i].node);
		assert_int_equal(e->to->address, 0xffff888009990000 + i * 256);
		assert_string_equal(look_text(&s->facts, &e->look), cases[i].check);
		assert_int_equal(e->to->out.n, 0);
	}
}

/* The same address as two kinds of thing is two nodes. */
static void kinds_are_apart(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 701, "a"), *b = scene_task(s, 702, "b");

	scene_waits(s, a, 10, WAIT_MUTEX, 0xffff888009990000, NULL);
	scene_waits(s, b, 10, WAIT_FENCE, 0xffff888009990000, NULL);
	build(s);
	assert_ptr_not_equal(only_edge(node_of(a))->to, only_edge(node_of(b))->to);
}

static void nothing_recognised(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 701, "a"), *b = scene_task(s, 702, "b");

	scene_waits(s, a, 10, WAIT_NOTHING, 0, NULL);
	scene_waits(s, b, 10, WAIT_TIMER, 0, NULL);
	build(s);
	assert_string_equal(chain_of(s, a), "task");
	assert_string_equal(chain_of(s, b), "task");
}

/* ---- works and pools ---------------------------------------------------- */

static void work_that_runs(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg");
	struct task *kworker = scene_kthread(s, 17, "kworker/1:0");
	struct worker *w = scene_worker(s, scene_pool(s, 2, 1), kworker);

	scene_flushes(s, xorg, 10, scene_busy(s, w, "slow"));
	scene_waits(s, kworker, 12, WAIT_COMPLETION, 0xffff888009990000, NULL);
	build(s);
	/* A kworker is one node, as a worker, though it is blocked as well. */
	assert_string_equal(chain_of(s, xorg), "task work work worker completion");
	assert_int_equal(node_of(kworker)->kind, NODE_WORKER);
	assert_int_equal(g.nodes.n, 5);
}

/* A barrier whose target was lost is known by where it is. */
static void barrier_without_target(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg");
	struct pool *pool = scene_pool(s, 8, -1);
	struct work *barrier = scene_flushes(s, xorg, 10, scene_pending(s, pool, "lost"));

	barrier->target = NULL;
	build(s);
	assert_string_equal(chain_of(s, xorg), "task work pool");
	assert_string_equal(only_edge(only_edge(node_of(xorg))->to)->to->name,
			    "pool 8 (unbound)");
}

static void work_held_back(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg");
	struct work *held = scene_pending(s, scene_pool(s, 2, 1), "held");

	held->place = WORK_INACTIVE;
	scene_flushes(s, xorg, 10, held);
	build(s);
	assert_string_equal(chain_of(s, xorg), "task work work pool");
	assert_non_null(strstr(g.edges.v[2]->why, "max_active"));
}

#define RUNNING 8
#define HELD_BACK 40

/* Each waits for all that run: but an edge for each pair would be millions. */
static void many_works_held_back(void **state)
{
	struct scene *s = *state;
	struct pool *pool = scene_pool(s, 2, 1);
	struct task *t = NULL, *first = NULL;
	struct work *w;
	int i;

	for (i = 0; i < RUNNING; i++) {
		t = scene_kthread(s, 17 + i, "kworker/1:0");
		w = scene_busy(s, scene_worker(s, pool, t), "slow");
		w->wq = 0xffff888008880000;
		scene_waits(s, t, 60, WAIT_COMPLETION, 0xffff888009990000, NULL);
	}
	for (i = 0; i < HELD_BACK; i++) {
		w = scene_pending(s, pool, "held");
		w->wq = 0xffff888008880000;
		w->place = WORK_INACTIVE;
		t = scene_task(s, 700 + i, "flusher");
		scene_flushes(s, t, 10, w);
		first = first ? first : t;
	}
	build(s);
	assert_string_equal(chain_of(s, t), "task work work work work worker completion");
	assert_true(g.edges.n < 4 * (HELD_BACK + RUNNING));
	assert_ptr_equal(node_of(t)->root, node_of(first)->root);
}

/* The same of flushes: each waits for all works of the queue. */
static void many_flushes(void **state)
{
	struct scene *s = *state;
	struct workqueue *wq = arena_alloc(&s->arena, sizeof(*wq));
	struct pool *pool = scene_pool(s, 2, 1);
	struct task *t = NULL, *first = NULL;
	int i;

	wq->addr = scene_address(s);
	for (i = 0; i < RUNNING; i++) {
		t = scene_kthread(s, 17 + i, "kworker/1:0");
		scene_busy(s, scene_worker(s, pool, t), "slow")->wq = wq->addr;
		scene_waits(s, t, 60 - i, WAIT_COMPLETION, 0xffff888009990000, NULL);
	}
	for (i = 0; i < HELD_BACK; i++) {
		t = scene_task(s, 700 + i, "flusher");
		scene_waits(s, t, i ? 10 : 20, WAIT_FLUSH, scene_address(s), NULL)
			->flushed = wq;
		first = first ? first : t;
	}
	build(s);
	assert_string_equal(chain_of(s, t), "task completion work worker completion");
	assert_int_equal(node_of(first)->out.v[0]->to->out.n, RUNNING);
	assert_int_equal(node_of(t)->out.v[0]->to->out.n, 1);
	assert_ptr_equal(node_of(t)->out.v[0]->to->out.v[0]->to,
			 node_of(first)->out.v[0]->to->out.v[0]->to);
	assert_ptr_equal(node_of(t)->root, node_of(first)->root);
}

/* Whom a pool waits for: who waits for a CPU, then who runs, then who sleeps. */
static void workers_by_weight(void **state)
{
	struct scene *s = *state;
	struct task *xorg = scene_task(s, 700, "Xorg"), *t[5];
	struct pool *pool = scene_pool(s, 2, 1);
	struct node *n;
	int i;

	for (i = 0; i < 5; i++)
		t[i] = scene_kthread(s, 17 + i, "kworker/1:0");
	scene_worker(s, pool, NULL); /* its task is unknown */
	scene_busy(s, scene_worker(s, pool, t[0]), "asleep");
	scene_waits(s, t[0], 20, WAIT_NOTHING, 0, NULL);
	scene_busy(s, scene_worker(s, pool, t[1]), "busy");
	scene_runs(s, t[1], 2, 5);
	scene_worker(s, pool, t[2]); /* idle: it waits for works */
	scene_busy(s, scene_worker(s, pool, t[3]), "preempted");
	scene_queued(s, t[3], 1, 5);
	scene_worker(s, pool, t[4]);
	scene_queued(s, t[4], 1, 4);
	scene_flushes(s, xorg, 10, scene_pending(s, pool, "wanted"));
	build(s);
	assert_string_equal(chain_of(s, xorg), "task work work pool worker cpu");
	n = only_edge(only_edge(only_edge(node_of(xorg))->to)->to)->to;
	assert_int_equal(n->out.n, 4);
	assert_ptr_equal(n->out.v[0]->to->task, t[3]);
	assert_ptr_equal(n->out.v[1]->to->task, t[4]);
	assert_ptr_equal(n->out.v[2]->to->task, t[1]);
	assert_ptr_equal(n->out.v[3]->to->task, t[0]);
	assert_non_null(strstr(n->out.v[0]->why, "in the middle of a work"));
	assert_non_null(strstr(n->out.v[1]->why, "woken"));
	assert_non_null(strstr(n->out.v[2]->why, "busy with busy"));
	assert_non_null(strstr(n->out.v[3]->why, "asleep in asleep"));
}

/* ---- CPUs --------------------------------------------------------------- */

static void cpus(void **state)
{
	struct scene *s = *state;
	struct task *owner = scene_task(s, 700, "Xorg"), *hog = scene_task(s, 701, "hog");
	struct task *a = scene_task(s, 702, "a");

	scene_waits(s, a, 10, WAIT_MUTEX, 0xffff888009990000, owner);
	scene_queued(s, owner, 1, 9);
	build(s);
	assert_string_equal(chain_of(s, a), "task mutex task cpu"); /* idle */
	scene_runs(s, hog, 1, 9);
	build(s);
	assert_string_equal(chain_of(s, a), "task mutex task cpu task");
	s->facts.rqs.all.v[1].curr = NULL; /* a task that could not be read */
	build(s);
	assert_string_equal(chain_of(s, a), "task mutex task cpu");
	owner->cpu = 99;
	build(s);
	assert_string_equal(chain_of(s, a), "task mutex task");
	scene_runs(s, owner, 1, 9);
	build(s);
	assert_string_equal(chain_of(s, a), "task mutex task");
}

/* ---- cycles ------------------------------------------------------------- */

static void two_locks(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 701, "a"), *b = scene_task(s, 702, "b");
	struct task *c = scene_task(s, 703, "c");

	scene_waits(s, a, 10, WAIT_MUTEX, 0xffff888009990000, b);
	scene_waits(s, b, 10, WAIT_MUTEX, 0xffff888009991000, a);
	scene_waits(s, c, 10, WAIT_MUTEX, 0xffff888009990000, b);
	build(s);
	assert_string_equal(chain_of(s, a), "task mutex task mutex -> 0");
	assert_string_equal(chain_of(s, b), "task mutex task mutex -> 0");
	assert_string_equal(chain_of(s, c), "task mutex task mutex task -> 1");
}

static void lock_on_itself(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 701, "a");

	scene_waits(s, a, 10, WAIT_MUTEX, 0xffff888009990000, a);
	build(s);
	assert_string_equal(chain_of(s, a), "task mutex -> 0");
}

/* Where each way ends: in a sink, or in a circle, which has one root. */
static void where_ways_end(void **state)
{
	struct scene *s = *state;
	struct task *a = scene_task(s, 701, "a"), *b = scene_task(s, 702, "b");
	struct task *c = scene_task(s, 703, "c"), *d = scene_task(s, 704, "d");
	const struct node *root;
	struct chain chain;
	size_t i;

	scene_waits(s, c, 10, WAIT_MUTEX, 0xffff888009990000, b);
	scene_waits(s, a, 10, WAIT_MUTEX, 0xffff888009991000, b);
	scene_waits(s, b, 10, WAIT_MUTEX, 0xffff888009992000, a);
	scene_waits(s, d, 10, WAIT_COMPLETION, 0xffff888009993000, NULL);
	build(s);
	memset(&chain, 0, sizeof(chain));
	graph_chain(&g, node_of(a), SIZE_MAX, &chain);
	assert_int_equal(chain.n, 4);
	graph_chain(&g, node_of(c), 3, &chain);
	assert_int_equal(chain.n, 3);
	assert_int_equal(chain.cycle, 3); /* it was not followed so far */
	graph_chain(&g, node_of(a), SIZE_MAX, &chain);
	root = node_of(a)->root;
	for (i = 0; i < chain.n; i++) {
		assert_ptr_equal(chain.v[i]->root, root);
		assert_true(chain.v[i]->in_circle);
		assert_true(root->address <= chain.v[i]->address);
	}
	assert_ptr_equal(node_of(c)->root, root);
	assert_false(node_of(c)->in_circle);
	root = node_of(d)->root;
	assert_int_equal(root->kind, NODE_COMPLETION);
	assert_ptr_equal(root->root, root);
	assert_false(root->in_circle);
}

/* A work that flushes itself. */
static void work_on_itself(void **state)
{
	struct scene *s = *state;
	struct task *kworker = scene_kthread(s, 17, "kworker/1:0");
	struct worker *w = scene_worker(s, scene_pool(s, 2, 1), kworker);

	scene_flushes(s, kworker, 10, scene_busy(s, w, "flushes_itself"));
	build(s);
	assert_string_equal(chain_of(s, kworker), "worker work work -> 0");
}

/* More nodes than the table begins with: all are found again. */
static void many(void **state)
{
	struct scene *s = *state;
	struct task *t[50];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(t); i++) {
		t[i] = scene_task(s, 700 + (int)i, "a");
		scene_waits(s, t[i], 10, WAIT_MUTEX, 0xffff888009990000 + i * 32,
			    i ? t[i - 1] : NULL);
	}
	build(s);
	assert_int_equal(g.nodes.n, 2 * ARRAY_SIZE(t));
	for (i = 0; i < ARRAY_SIZE(t); i++)
		assert_int_equal(node_of(t[i])->task->pid, 700 + (int)i);
	assert_int_equal(strlen(chain_of(s, t[49])), 50 * strlen("task mutex ") - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scene_test(drain_hang),
		scene_test(ids_are_unique),
		scene_test(nobody_blocked),
		scene_test(locks),
		scene_test(lock_of_nobody),
		scene_test(other_things),
		scene_test(kinds_are_apart),
		scene_test(nothing_recognised),
		scene_test(work_that_runs),
		scene_test(barrier_without_target),
		scene_test(work_held_back),
		scene_test(many_works_held_back),
		scene_test(many_flushes),
		scene_test(workers_by_weight),
		scene_test(cpus),
		scene_test(two_locks),
		scene_test(lock_on_itself),
		scene_test(where_ways_end),
		scene_test(work_on_itself),
		scene_test(many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
