// SPDX-License-Identifier: GPL-2.0-or-later
/* Locks, and workers of pools, at the end of a chain. */
#include "judge.h"

#include <string.h>

#include "functions.h"

#define CIRCLE_NAMED 16 /* of its members, in the summary: the chain has all */

static bool is_lock(const struct node *n)
{
	return n->kind == NODE_MUTEX || n->kind == NODE_RWSEM ||
	       n->kind == NODE_SEMAPHORE || n->kind == NODE_PERCPU_RWSEM ||
	       n->kind == NODE_SPINLOCK || n->kind == NODE_SRCU || n->kernfs ||
	       ((n->kind == NODE_IO || n->kind == NODE_BIT) && n->inside);
}

static bool has_function(const struct node *n)
{
	return n->work && !n->work->barrier && n->work->function[0];
}

static bool is_no_task(const struct node *n)
{
	return !n->task;
}

static const struct node *first_of_circle(const struct verdict *v,
					  bool (*is)(const struct node *))
{
	size_t i;

	for (i = v->chain.cycle; i < v->chain.n; i++)
		if (is(v->chain.v[i]))
			return v->chain.v[i];
	return NULL;
}

/*
 * What to act on: a lock of the circle, else the function of a work in it.  A barrier is
 * neither: it is a work of who flushes, on his stack.
 */
static void blame_circle(struct judge *j, struct verdict *v)
{
	const struct node *lock = first_of_circle(v, is_lock),
			  *work = lock ? NULL : first_of_circle(v, has_function);

	if (work) {
		v->culprit.kind = CULPRIT_FUNCTION;
		v->culprit.name = say(j, "%s%s%s%s", work->work->function,
				      work->work->module[0] ? " [" : "",
				      work->work->module,
				      work->work->module[0] ? "]" : "");
		v->culprit.address = work->work->func;
		return;
	}
	if (!lock)
		lock = first_of_circle(v, is_no_task);
	if (!lock)
		return;
	v->culprit.kind = CULPRIT_LOCK;
	v->culprit.name = lock->name;
	v->culprit.address = lock->address;
}

/* A work of the circle takes part by what is waited for, not by what it holds. */
static void say_circle_next(struct judge *j, struct verdict *v)
{
	const struct node *lock = first_of_circle(v, is_lock),
			  *work = first_of_circle(v, has_function);

	if (work && lock)
		say_next(j, v,
			 "Who waits for %s must not hold what that needs to end, %s "
			 "here: let go of it first, or do not wait (" LOOK_HERE
			 " of each task).",
			 work->title, lock->title);
	else if (work)
		say_next(j, v,
			 "None of these works may wait for one that waits for it: see "
			 "which of the waits can go (" LOOK_HERE " of each task).");
	else
		say_next(j, v,
			 "Compare the order in which the paths take these locks "
			 "(" LOOK_HERE " of each task).");
	say_command(j, v, "bt");
}

void judge_cycle(struct judge *j, struct verdict *v)
{
	const struct node *n;
	const char *names = "", *first = "", *name;
	size_t i;

	v->cause = CAUSE_LOCK_CYCLE;
	v->confidence = SURE_CYCLE;
	for (i = v->chain.cycle; i < v->chain.n; i++) {
		n = v->chain.v[i];
		name = n->task ? who(j, n->task) : n->title;
		if (i < v->chain.cycle + CIRCLE_NAMED)
			names = say(j, "%s%s -> ", names, name);
		if (i == v->chain.cycle + CIRCLE_NAMED)
			names = say(j, "%s... -> ", names);
		if (i == v->chain.cycle)
			first = name;
	}
	blame_circle(j, v);
	v->summary = say(j, "%s in a circle that cannot end: %s%s.", wait_words(j, v),
			 names, first);
	say_circle_next(j, v);
}

/* It waits for a place among the works of its queue, of which none ends. */
static bool is_held_back(const struct node *n)
{
	return n->work && n->work->place == WORK_INACTIVE;
}

/*
 * What one task can keep from others: a lock, a pool's attention, a place in a queue, the
 * end of a grace period.
 */
static bool can_be_kept(const struct node *n)
{
	return is_lock(n) || n->kind == NODE_POOL || is_held_back(n) || n->grace;
}

/* Who has a lock, or works for a pool or a queue; NULL when the dump does not say. */
static const struct task *holder_of(const struct node *kept)
{
	const struct node *n = kept && kept->out.n ? kept->out.v[0]->to : NULL;

	if (n && is_held_back(kept) && n->work)
		n = n->out.n ? n->out.v[0]->to : NULL;
	return n ? n->task : NULL;
}

/* The last lock or pool in the chain that somebody keeps from the others. */
static const struct node *kept_from_others(const struct chain *c)
{
	const struct node *last = NULL;
	size_t i;

	for (i = 0; i < c->n; i++)
		if (can_be_kept(c->v[i]) && holder_of(c->v[i]))
			last = c->v[i];
	return last;
}

const struct node *take_victim_of_kept(struct judge *j, struct verdict *v)
{
	const struct node *kept = kept_from_others(&v->chain);
	struct chain c = {0};
	struct node *n;
	size_t i;

	for (i = 1; !kept && i < v->victims.n; i++) {
		n = v->victims.v[i];
		graph_chain(j->g, n, SIZE_MAX, &c);
		kept = kept_from_others(&c);
		if (!kept)
			continue;
		memmove(v->victims.v + 1, v->victims.v, i * sizeof(v->victims.v[0]));
		v->victims.v[0] = n;
		v->chain = c;
	}
	return kept;
}

static const char *held_words(const struct node *lock)
{
	return lock->grace    ? "held up by its reader"
	       : lock->kernfs ? "in use by"
			      : "held by";
}

/* By other ways than a read or a write, of which nothing is left. */
static void miss_users(struct judge *j, struct verdict *v)
{
	const struct node *n;
	size_t i;

	for (i = 0; i < v->chain.n; i++) {
		n = v->chain.v[i];
		if (n->kernfs && n->kernfs->inside > (int64_t)n->kernfs->users.n)
			say_missing(j, v,
				    "who %suses %s: it counts %lld, of whom %zu "
				    "%s seen",
				    n->kernfs->users.n ? "else " : "", n->title,
				    (long long)n->kernfs->inside, n->kernfs->users.n,
				    n->kernfs->users.n == 1 ? "is" : "are");
	}
}

static const struct task *last_task(const struct chain *c)
{
	size_t i = c->n;

	while (i-- > 0)
		if (c->v[i]->task)
			return c->v[i]->task;
	return NULL;
}

/*
 * Since when he lets a moment pass, uninterruptibly, though all wait for longer: he looks again
 * and again for what is sure to come, as its code thinks.  < 0: he does not.
 */
static double polls(const struct verdict *v, const struct studied *st)
{
	const struct task *t = st->task,
			  *victim = v->victims.n ? v->victims.v[0]->task : NULL;

	return st->wait.kind == WAIT_TIMER && t->since_s < STARVED_S && victim &&
			       victim->since_s >= STUCK_S
		       ? t->since_s
		       : -1;
}

/*
 * Who sleeps uninterruptibly waits for something that is sure to come, as its code thinks: a
 * holder who does may be held up like the others, by whom nothing shows.
 */
static int judge_wakeup(struct judge *j, struct verdict *v, const struct task *last,
			const struct node *root)
{
	const struct studied *st = facts_studied(j->f, last);
	const char *until = "until somebody wakes it, and nothing in the dump says who "
			    "should";
	double s;

	if (!(last->state & TASK_STATE_UNINTERRUPTIBLE) || !st)
		return 0;
	s = polls(v, st);
	if (s >= 0)
		until = say(j,
			    "for moments, for %s now: it looks for something again and "
			    "again, and nothing in the dump says for what",
			    span(j, s));
	else if (st->wait.kind == WAIT_TIMER)
		return 0;
	add_against(j, v,
		    say(j, "%s sleeps uninterruptibly%s%s %s: it may be a victim itself",
			who(j, last), root->task ? "" : " on ",
			root->task ? "" : root->title, until),
		    last->addr,
		    s >= 0 ? look_task(last, "task_struct.sched_info")
			   : LOOK(STACK, .n = last->pid));
	return SURE_HOLDER_IS_KEPT;
}

/* Who has it may wait for another one, by what is no lock: then that one is the last. */
static void judge_holder(struct judge *j, struct verdict *v, const struct node *lock,
			 const struct task *holder, const struct node *root)
{
	const struct task *last = last_task(&v->chain);

	v->cause = CAUSE_LOCK_HOLDER_BLOCKED;
	v->confidence = SURE_HOLDER_SLEEPS + judge_wakeup(j, v, last, root);
	blame_task(j, v, last, -1);
	v->summary = say(j, "%s for %s, %s %s, which %s%s%s%s%s.", wait_words(j, v),
			 lock->title, held_words(lock), who(j, holder),
			 last == holder ? "itself" : "waits for ",
			 last == holder ? "" : who(j, last),
			 last == holder ? " sleeps" : ", which itself sleeps",
			 root->task ? "" : " on ", root->task ? "" : root->title);
	say_next(j, v, "Look at %s: " LOOK_HERE ".",
		 last == holder ? "the holder" : who(j, last));
	say_look(j, v, LOOK(STACK, .n = last->pid));
}

static void judge_unknown(struct judge *j, struct verdict *v, const struct node *root)
{
	const struct node *task = NULL;
	size_t i;

	for (i = 0; i < v->chain.n; i++)
		if (v->chain.v[i]->task)
			task = v->chain.v[i];
	v->confidence = SURE_NOT_EXPLAINED;
	v->summary = say(j, "%s for %s; nothing in the dump says who should end that.",
			 wait_words(j, v),
			 !root->task ? root->title
			 : root->task->on_rq
				 ? "a CPU"
				 : "something that was not recognised on its stack");
	if (task && task->task->on_rq)
		say_missing(j, v, "which CPU %s waits for, and who has it",
			    who(j, task->task));
	else if (task && task->wait && task->wait->why)
		say_missing(j, v, "what %s waits for: %s", who(j, task->task),
			    task->wait->why);
	if (!task)
		return;
	say_next(j, v, "Read its stack: " LOOK_HERE ".");
	say_look(j, v, LOOK(STACK, .n = task->task->pid));
}

/* From where times in jiffies are counted back. */
static void add_jiffies(struct judge *j, struct verdict *v)
{
	add_for(j, v,
		say(j, "at the end it was %llu jiffies, of which a second has %u",
		    COUNT(j->f->jiffies), j->f->hz),
		0, LOOK(VARIABLE, .name = "jiffies", .n = 8));
}

/* No worker of it is a task that could wait, run or be woken. */
static void judge_bh_pool(struct judge *j, struct verdict *v, const struct node *root)
{
	const struct pool *p = root->pool;

	v->confidence = SURE_POOL_UNREAD;
	add_for(j, v,
		say(j, "%s has %zu pending work%s, which softirqs of CPU %d run",
		    root->title, p->pending, p->pending == 1 ? "" : "s", p->cpu),
		p->addr, LOOK_AT("worker_pool", p->addr));
	say_missing(j, v, "what keeps the softirqs of CPU %d from ending them", p->cpu);
	v->summary = say(j, "%s for %s, whose works run in softirqs of CPU %d.",
			 wait_words(j, v), root->title, p->cpu);
	say_next(j, v, "See what CPU %d does: " LOOK_HERE ".", p->cpu);
	say_look(j, v, LOOK(CPU_STACK, .n = p->cpu));
}

/* A pool of whose workers none was found runnable or busy. */
void judge_pool(struct judge *j, struct verdict *v, const struct node *root)
{
	const struct pool *p = root->pool;
	double stalled = facts_since_jiffies(j->f, p->watchdog_ts);
	size_t i, lost = 0;

	if (pool_is_bh(p) && p->cpu >= 0) {
		judge_bh_pool(j, v, root);
		return;
	}
	for (i = 0; i < p->workers.n; i++)
		lost += !p->workers.v[i]->task;
	v->confidence = lost ? SURE_POOL_UNREAD : SURE_POOL_STALLED;
	add_for(j, v,
		say(j,
		    "%s has %zu pending work%s, %d workers, %d idle, and none of them is "
		    "%srunnable or busy",
		    root->title, p->pending, p->pending == 1 ? "" : "s", p->nr_workers,
		    p->nr_idle, lost ? "known to be " : ""),
		p->addr, LOOK_AT("worker_pool", p->addr));
	if (stalled >= 0) {
		add_for(j, v,
			say(j, "its last progress was %.1f s ago, at %llu jiffies",
			    stalled, COUNT(p->watchdog_ts)),
			p->addr, LOOK_AT("worker_pool.watchdog_ts", p->addr));
		add_jiffies(j, v);
	}
	if (lost)
		say_missing(j, v, "the tasks of %zu of its workers", lost);
	v->summary = say(j, "%s for %s, whose %s.", wait_words(j, v), root->title,
			 lost		  ? "workers cannot all be read"
			 : p->nr_idle > 0 ? "idle workers nobody woke"
					  : "works no worker is there for");
	say_next(j, v, "Look at the pool: " LOOK_HERE ".");
	say_command(j, v, "wq");
}

static void judge_worker_asleep(struct judge *j, struct verdict *v,
				const struct node *pool, const struct task *worker)
{
	const struct pool *p = pool->pool;
	size_t i, idle = 0;

	for (i = 0; i < p->workers.n; i++)
		idle += p->workers.v[i]->idle && !p->workers.v[i]->current;
	v->cause = CAUSE_WORKERS_BLOCKED;
	v->confidence = SURE_WORKERS_SLEEP;
	blame_task(j, v, worker, -1);
	v->summary = say(j, "%s for %s, %s workers sleep in other works.",
			 wait_words(j, v), pool->title,
			 idle ? "some of whose" : "all of whose");
	if (idle) {
		add_against(j, v,
			    say(j,
				"%zu of its workers %s idle and should have been woken",
				idle, idle == 1 ? "is" : "are"),
			    p->addr, LOOK_AT("worker_pool", p->addr));
		v->confidence += SURE_WORKER_IDLE;
	}
	say_next(j, v, "Look at the workers: " LOOK_HERE ", then " LOOK_HERE " of each.");
	say_command(j, v, "wq");
	say_command(j, v, "bt");
}

/* Of the works that have the places, one of those that most are of, and how many. */
static const struct work *commonest(const struct node *held_back, size_t *most)
{
	const struct work *best = NULL, *w;
	size_t i, k, n;

	for (i = 0, *most = 0; i < held_back->out.n; i++) {
		w = held_back->out.v[i]->to->work;
		for (k = i, n = 0; w && k < held_back->out.n; k++)
			n += held_back->out.v[k]->to->work &&
			     held_back->out.v[k]->to->work->func == w->func;
		if (n > *most) {
			*most = n;
			best = w;
		}
	}
	return best;
}

/* "256 of them flush_all of module sick" */
static const char *most_of_them(struct judge *j, const struct node *held_back)
{
	size_t n;
	const struct work *w = commonest(held_back, &n);

	if (!w || !w->function[0])
		return "of functions without names";
	return say(j, "%s%s%s%s", held_back->out.n == 1 ? "" : say(j, "%zu of them ", n),
		   w->function, w->module[0] ? " of module " : "", w->module);
}

/* Has its queue but this place?  One that waits for a worker has a place, too. */
static bool is_one_by_one(const struct node *held_back)
{
	const struct work *w = held_back->work;
	size_t i;

	for (i = 0; i < w->pool->works.n; i++)
		if (w->pool->works.v[i]->wq == w->wq &&
		    (w->pool->works.v[i]->place == WORK_PENDING ||
		     w->pool->works.v[i]->place == WORK_SCHEDULED))
			return false;
	return held_back->out.n == 1;
}

/* Those who do not run one of its works: who does has a place. */
static size_t without_place(const struct judge *j, const struct verdict *v,
			    const struct workqueue *wq)
{
	const struct worker *w;
	size_t i, n = 1;

	for (i = 1; i < v->victims.n; i++) {
		w = worker_of_task(&j->f->wqs, v->victims.v[i]->task->addr);
		n += !w || !w->current || !wq || w->current->wq != wq->addr;
	}
	return n;
}

/* As many works as the queue may run sleep, and the others cannot begin. */
static void judge_full(struct judge *j, struct verdict *v, const struct node *held_back,
		       const struct task *worker, const struct node *root)
{
	const struct workqueue *wq = workqueue_by_addr(&j->f->wqs, held_back->work->wq);
	const char *in = function_of_task(j->f, worker);
	int cpu = held_back->work->pool->cpu;
	bool one = is_one_by_one(held_back);

	v->cause = CAUSE_WORKERS_BLOCKED;
	v->confidence = SURE_QUEUE_FULL;
	blame_task(j, v, worker, -1);
	add_for(j, v,
		say(j,
		    "%zu work%s a place in it%s, as many as it may run there, %s; %s "
		    "sleeps in %s",
		    held_back->out.n, one ? " has" : "s have",
		    cpu >= 0 ? say(j, " on CPU %d", cpu) : "", most_of_them(j, held_back),
		    one ? "it" : "the first", in ? in : "?"),
		held_back->work->addr, LOOK_AT("work_struct", held_back->work->addr));
	v->summary = say(j, "%s: workqueue %s %s%s%s, and %s cannot begin.",
			 wait_words_of(j, v, without_place(j, v, wq)),
			 wq ? wq->name : "?",
			 one ? "runs but one work at a time, which sleeps"
			     : "is full of works that sleep",
			 root->task ? "" : " on ", root->task ? "" : root->title,
			 held_back->title);
	say_next(j, v, "Find out who should have woken %s: " LOOK_HERE ", " LOOK_HERE ".",
		 one ? "that work" : "those works, then why so many of them were queued");
	say_command(j, v, "wq");
	say_look(j, v, LOOK(STACK, .n = worker->pid));
}

/* Nobody in the chain runs: what is at its end sleeps, or waits for a CPU not known. */
void judge_asleep(struct judge *j, struct verdict *v, const struct node *root)
{
	const struct node *kept = take_victim_of_kept(j, v);
	const struct task *holder = holder_of(kept);

	/* A fence is a driver's to signal, and all may wait for it, with a lock or without. */
	if (!holder || root->kind == NODE_FENCE || (root->task && root->task->on_rq))
		judge_unknown(j, v, root);
	else if (kept->pool)
		judge_worker_asleep(j, v, kept, holder);
	else if (kept->work)
		judge_full(j, v, kept, holder, root);
	else
		judge_holder(j, v, kept, holder, root);
	miss_users(j, v);
	judge_unread(j, v, root);
}

/* Who waits for it in the chain, or for what. */
static const struct node *node_before(const struct chain *c, const struct node *n)
{
	size_t i;

	for (i = 1; i < c->n; i++)
		if (c->v[i] == n)
			return c->v[i - 1];
	return NULL;
}

/* What the task keeps from who is before it in the chain, where that is a lock. */
static const struct node *lock_before(const struct chain *c, const struct node *holder)
{
	const struct node *n = node_before(c, holder);

	return n && is_lock(n) ? n : NULL;
}

/*
 * For how long it has slept where it still is, before it was woken: schedule() is called by
 * who wants to sleep, and what preempts calls what is within.  < 0: it has not.
 */
static double slept(const struct judge *j, const struct task *t)
{
	/* x86_64's by its alias since d2b5de495ee9 (5.7); arm64's has none */
	static const char *const yields[] = {"__do_sys_sched_yield",
					     "__x64_sys_sched_yield",
					     "__arm64_sys_sched_yield",
					     "sys_sched_yield",
					     "do_sched_yield",
					     "yield"};
	const struct studied *st = facts_studied(j->f, t);

	if (!st || !stack_find(&st->stack, "schedule") ||
	    stack_find_any(&st->stack, yields, ARRAY_SIZE(yields)) || !t->last_arrival ||
	    t->last_queued <= t->last_arrival)
		return -1;
	return (double)(t->last_queued - t->last_arrival) / 1e9;
}

/*
 * A worker in the midst of a work, which its pool counts as running: then it starts none of
 * the others.  The pool before it in the chain is its own; NULL: it is none.
 */
static const struct worker *worker_in_the_way(const struct judge *j,
					      const struct chain *c, const struct node *n)
{
	const struct node *before = node_before(c, n);
	const struct worker *w = n->task ? worker_of_task(&j->f->wqs, n->task->addr)
					 : NULL;

	if (!w || !w->current || w->not_running || !before || !w->pool ||
	    before->pool != w->pool)
		return NULL;
	return w;
}

/* "aside_poll of module vgpu_aside" */
static const char *work_words(struct judge *j, const struct work *w)
{
	return say(j, "%s%s%s", w->function[0] ? w->function : "a work without a name",
		   w->module[0] ? " of module " : "", w->module);
}

bool judge_endless_work(struct judge *j, struct verdict *v, const struct node *n)
{
	const struct worker *w = worker_in_the_way(j, &v->chain, n);
	const struct node *pool = w ? node_before(&v->chain, n) : NULL;
	double s = w ? facts_since_jiffies(j->f, w->pool->watchdog_ts) : -1;

	if (s < STUCK_S || slept(j, n->task) >= STARVED_S)
		return false;
	v->cause = CAUSE_WORKERS_BLOCKED;
	v->confidence = SURE_WORK_ENDLESS;
	blame_task(j, v, n->task, n->task->cpu);
	add_for(j, v,
		say(j,
		    "%s has begun no work for %s, since %llu jiffies, and %zu wait%s: while "
		    "a worker that it counts runs, it starts no other, and %s has not "
		    "come to the end of %s since",
		    pool->title, span(j, s), COUNT(w->pool->watchdog_ts),
		    w->pool->pending, w->pool->pending == 1 ? "s" : "", who(j, n->task),
		    work_words(j, w->current)),
		w->pool->addr,
		LOOK_AT("worker_pool.watchdog_ts,nr_running", w->pool->addr));
	add_jiffies(j, v);
	v->summary = say(j,
			 "%s for %s, whose worker %s has been in %s for %s, and does not "
			 "sleep.",
			 wait_words(j, v), pool->title, who(j, n->task),
			 work_words(j, w->current), span(j, s));
	say_next(j, v,
		 "See what it does: " LOOK_HERE "; then why that work does not end.");
	say_look(j, v, LOOK(STACK, .n = n->task->pid));
	return true;
}

/* Who waits for one of its works waits for its turn: that one runs is no harm. */
static bool judge_pool_goes_on(struct judge *j, struct verdict *v, const struct node *n)
{
	const struct worker *w = worker_in_the_way(j, &v->chain, n);
	double s = w ? facts_since_jiffies(j->f, w->pool->watchdog_ts) : -1;

	if (s < 0 || s >= STARVED_S)
		return false;
	v->confidence = SURE_NOT_EXPLAINED;
	v->summary = say(j, "%s for %s, which has begun a work %s ago: it goes on.",
			 wait_words(j, v), node_before(&v->chain, n)->title, span(j, s));
	say_next(j, v, "Look at the pool and at what is queued there: " LOOK_HERE ".");
	say_command(j, v, "wq");
	return true;
}

bool judge_roused(struct judge *j, struct verdict *v, const struct node *holder)
{
	const struct node *lock = lock_before(&v->chain, holder);
	double s = lock ? slept(j, holder->task) : -1;
	const char *in = function_of_task(j->f, holder->task);

	if (s < 0)
		return false;
	v->cause = CAUSE_LOCK_HOLDER_BLOCKED;
	v->confidence = SURE_HOLDER_ROUSED;
	blame_task(j, v, holder->task, -1);
	add_for(j, v,
		say(j, "%s had it and slept in %s for %s, until a moment ago",
		    who(j, holder->task), in ? in : "?", span(j, s)),
		holder->task->addr, look_task(holder->task, "task_struct.sched_info"));
	v->summary = say(j,
			 "%s for %s, held by %s, which sleeps with it, and has just been "
			 "woken.",
			 wait_words(j, v), lock->title, who(j, holder->task));
	say_next(j, v, "See what it waits for again and again: " LOOK_HERE ".");
	say_look(j, v, LOOK(STACK, .n = holder->task->pid));
	return true;
}

/*
 * It has what others want, and nothing tells what it does, or since when: it may loop, or poll
 * for a device or for another CPU, and be the victim of that.
 */
static void judge_unseen_holder(struct judge *j, struct verdict *v, const struct task *t)
{
	const struct studied *st = facts_studied(j->f, t);

	v->confidence = SURE_NOT_EXPLAINED;
	v->summary = say(j, "%s for %s, which is running; in what is not known.",
			 wait_words(j, v), who(j, t));
	say_missing(j, v,
		    "what %s does: %s, and it may wait for a device or for another CPU "
		    "without sleeping",
		    who(j, t),
		    st && st->stack.n ? "the run queue of its CPU cannot be read"
				      : "no registers of it are to be had");
}

/* A task that runs is a root only when it has something that others want. */
void judge_running(struct judge *j, struct verdict *v, const struct node *root)
{
	const struct node *kept = take_victim_of_kept(j, v);
	const struct task *t = root->task;
	const struct studied *st = facts_studied(j->f, t);

	if (judge_endless_work(j, v, root) || judge_pool_goes_on(j, v, root))
		return;
	add_for(j, v,
		say(j, "%s runs on CPU %d, for %s now", who(j, t), t->cpu,
		    span(j, t->since_s)),
		t->addr, look_task(t, "task_struct.on_cpu,sched_info"));
	say_next(j, v, "See what it does: " LOOK_HERE ".");
	say_look(j, v, LOOK(STACK, .n = t->pid));
	/* A work that does not end is known by its function. */
	if (kept && is_lock(kept) &&
	    (!st || !st->stack.n || !runqueue_of_cpu(&j->f->rqs, t->cpu))) {
		judge_unseen_holder(j, v, t);
		return;
	}
	/* Without a lock in the chain it is a worker, and a work that others want. */
	v->cause = kept && is_lock(kept) ? CAUSE_LOCK_HOLDER_BLOCKED
					 : CAUSE_WORKERS_BLOCKED;
	v->confidence = SURE_HOLDER_RUNS;
	blame_task(j, v, t, t->cpu);
	v->summary = say(j, "%s for %s, which is running.", wait_words(j, v), who(j, t));
	judge_unread(j, v, root);
}
