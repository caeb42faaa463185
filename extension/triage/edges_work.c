// SPDX-License-Identifier: GPL-2.0-or-later
/* Works, the pools that they are run by, and a queue that is flushed. */
#include "edges.h"

#include <stdlib.h>

#include "lost_cpu.h"

struct node *want_work(struct build *b, const struct work *w)
{
	bool is_new;
	struct node *n = want(b, NODE_WORK, w->addr, &is_new);

	if (is_new) {
		n->work = w;
		n->name = w->barrier	   ? "wq_barrier"
			  : w->function[0] ? w->function
					   : "work";
		n->title = w->barrier || !w->function[0]
				   ? n->name
				   : arena_printf(b->g->arena, "work %s", w->function);
	}
	return n;
}

static struct node *want_pool(struct build *b, const struct pool *p)
{
	bool is_new;
	struct node *n = want(b, NODE_POOL, p->addr, &is_new);

	if (!is_new)
		return n;
	n->pool = p;
	if (p->cpu >= 0)
		name_node(n, arena_printf(b->g->arena, "pool %d of CPU %d%s", p->id,
					  p->cpu, p->nice < 0 ? " (highpri)" : ""));
	else
		name_node(n, arena_printf(b->g->arena, "pool %d (unbound)", p->id));
	return n;
}

struct works {
	const struct work **v;
	size_t n, room; /* as in VEC() */
};

static int asleep_longest(const void *a, const void *b)
{
	const struct task *x = (*(const struct work *const *)a)->worker->task;
	const struct task *y = (*(const struct work *const *)b)->worker->task;

	if (x->since_s != y->since_s)
		return x->since_s > y->since_s ? -1 : 1;
	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

static bool is_run(const struct work *w)
{
	return w->place == WORK_RUNNING && w->worker->task;
}

/* n stands for the end of a flush of the work's queue. */
static void out_to_flushed(struct build *b, struct node *n, const struct task *flusher,
			   const struct work *w)
{
	link_to(b->g, n, want_work(b, w), w->wq, LOOK(COMMAND, .name = "wq"),
		"a work of it, %s",
		!is_run(w) ? "not begun"
		: w->worker->task->since_s >= flusher->since_s
			? "in flight since before the flush began"
			: "being run");
}

/*
 * The works of the queue, those that are being run first, and of these the one that has
 * slept for longest: it was in flight when the flush began, others may be later ones.
 */
static void works_of(struct build *b, const struct workqueue *wq, struct works *works)
{
	struct works waiting = {0};
	const struct pool *p;
	const struct work *w;
	size_t i, k;

	for (i = 0; i < b->f->wqs.pools.n; i++) {
		p = b->f->wqs.pools.v[i];
		for (k = 0; k < p->works.n; k++) {
			w = p->works.v[k];
			if (w->wq == wq->addr && !w->barrier)
				*vec_push(b->g->arena, is_run(w) ? works : &waiting) = w;
		}
	}
	if (works->n)
		qsort(works->v, works->n, sizeof(works->v[0]), asleep_longest);
	else
		*works = waiting;
}

/*
 * There may be thousands of works, and of flushes: one leads to all of the works, the
 * others to that which matters most.
 */
void out_of_flush(struct build *b, struct node *n, const struct task *flusher,
		  const struct workqueue *wq)
{
	const struct works *known = keyed_get(&b->flushed, wq->addr);
	struct works *works;
	size_t i;

	name_node(n, arena_printf(b->g->arena, "flush of workqueue %s", wq->name));
	if (known) {
		if (known->n)
			out_to_flushed(b, n, flusher, known->v[0]);
		return;
	}
	works = arena_alloc(b->g->arena, sizeof(*works));
	works_of(b, wq, works);
	keyed_put(b->g->arena, &b->flushed, wq->addr, works);
	for (i = 0; i < works->n; i++)
		out_to_flushed(b, n, flusher, works->v[i]);
}

/*
 * Why does no worker of the pool begin the work?  A woken worker that waits for
 * its CPU matters most, then one that runs another work, then one that sleeps in
 * another work.
 */
void out_of_pool(struct build *b, struct node *n)
{
	const struct pool *p = n->pool;
	const struct worker *w;
	int pass;
	size_t i;

	for (pass = 0; pass < 3; pass++)
		for (i = 0; i < p->workers.n; i++) {
			w = p->workers.v[i];
			if (!w->task)
				continue;
			if (pass == 0 && ((w->task->on_rq && !w->task->on_cpu) ||
					  is_woken_in_vain(b->f, w->task)))
				link_to(b->g, n, want_task(b, w->task), w->addr,
					LOOK_AT("worker", w->addr),
					w->current
						? "its worker, in the middle of a work"
						: "its worker, woken to run the works");
			else if (pass == 1 && w->task->on_cpu)
				link_to(b->g, n, want_task(b, w->task), w->addr,
					LOOK_AT("worker", w->addr),
					"its worker, busy with %s",
					w->current ? w->current->function : "the list");
			else if (pass == 2 && !w->task->on_rq && w->current)
				link_to(b->g, n, want_task(b, w->task), w->addr,
					LOOK_AT("worker", w->addr),
					"its worker, asleep in %s", w->current->function);
		}
}

static struct node *held_back_with(const struct build *b, const struct work *w)
{
	const struct work *other;
	size_t i;

	for (i = 0; i < b->held_back.n; i++) {
		other = b->held_back.v[i]->work;
		if (other->pool == w->pool && other->wq == w->wq)
			return b->held_back.v[i];
	}
	return NULL;
}

/*
 * A work held back waits for the works of its own queue that run, not for the pool.  There
 * may be hundreds of those, and thousands that wait for them: one leads to all of them, and
 * the others to that one.
 */
static bool behind_max_active(struct build *b, struct node *n)
{
	const struct pool *p = n->work->pool;
	struct node *first = held_back_with(b, n->work);
	const struct work *w;
	size_t i;

	if (first) {
		if (first->out.n && first->out.v[0]->to->work)
			link_to(b->g, n, first, n->work->addr,
				LOOK_AT("work_struct", n->work->addr),
				"held back by max_active, as this one is");
		return n->out.n > 0;
	}
	*vec_push(b->g->arena, &b->held_back) = n;
	for (i = 0; i < p->works.n; i++) {
		w = p->works.v[i];
		if (w->place == WORK_RUNNING && w->wq && w->wq == n->work->wq)
			link_to(b->g, n, want_work(b, w), n->work->addr,
				LOOK_AT("work_struct", n->work->addr),
				"held back by max_active until it ends");
	}
	return n->out.n > 0;
}

void out_of_work(struct build *b, struct node *n)
{
	const struct work *w = n->work;
	struct node *to;

	if (w->barrier && w->target) {
		to = want_work(b, w->target);
		link_to(b->g, n, to, w->addr, LOOK_AT("work_struct", w->addr),
			"queued right behind it");
		return;
	}
	if (w->worker && w->worker->task) {
		to = want_task(b, w->worker->task);
		link_to(b->g, n, to, w->worker->addr, LOOK_AT("worker", w->worker->addr),
			"%s",
			w->place == WORK_RUNNING ? "being run by it"
						 : "next in its list");
		return;
	}
	if (w->place == WORK_INACTIVE && behind_max_active(b, n))
		return;
	to = want_pool(b, w->pool);
	link_to(b->g, n, to, w->addr, LOOK_AT("work_struct", w->addr),
		w->place == WORK_INACTIVE  ? "held back by max_active"
		: w->place == WORK_RUNNING ? "being run by a worker of it"
					   : "pending, no worker has begun it");
}
