// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu drain`, `vgpu wq`. */
#include "report.h"

#include <string.h>

#include "text_writer.h"
#include "triage_words.h"

#define INDENT 10

static const char *work_name(const struct work *w)
{
	return w->function[0] ? w->function : "unknown function";
}

/* "kworker/1:0 (pid 17)" */
static const char *task_words(char *buf, size_t size, const struct task *t)
{
	if (!t)
		return "a task that cannot be read";
	snprintf(buf, size, "%s (pid %d)", t->comm, t->pid);
	return buf;
}

/* "queued in pool 2, nobody has begun it", "running in kworker/1:0 (pid 17)" */
static void work_state(char *buf, size_t size, const struct facts *f,
		       const struct work *w, bool pending)
{
	const struct task *t = w && w->worker ? w->worker->task : NULL;
	char who[96];

	if (!w) {
		snprintf(buf, size, "%s",
			 pending ? "marked pending, but on no list (being queued?)"
				 : "idle");
		return;
	}
	switch (w->place) {
	case WORK_RUNNING:
		snprintf(buf, size, "running in %s, %s for %s",
			 task_words(who, sizeof(who), t),
			 !t	     ? "?"
			 : t->on_cpu ? "on its CPU"
				     : doing_words(t),
			 text_seconds(t ? t->since_s : -1));
		break;
	case WORK_SCHEDULED:
		snprintf(buf, size, "next in the list of %s",
			 task_words(who, sizeof(who), t));
		break;
	case WORK_PENDING:
		snprintf(buf, size,
			 "queued in pool %d, place %zu; the pool's last progress: %s ago",
			 w->pool->id, w->position + 1,
			 text_seconds(facts_since_jiffies(f, w->pool->watchdog_ts)));
		break;
	case WORK_INACTIVE:
		snprintf(buf, size, "held back by max_active in pool %d", w->pool->id);
		break;
	}
}

static void drain_cpus(FILE *out, const struct facts *f)
{
	const struct drain *dr = &f->drain;
	const struct drain_cpu *c;
	char state[160], pages[32], row[64];
	size_t i;

	fprintf(out, "%5s %9s %9s  %s\n", "CPU", "PCP PAGES", "WAITED ON", "DRAIN WORK");
	for (i = 0; i < dr->cpus.n; i++) {
		c = &dr->cpus.v[i];
		if (c->work_addr)
			work_state(state, sizeof(state), f, c->work, c->queued);
		else
			snprintf(state, sizeof(state), "none in this kernel");
		snprintf(pages, sizeof(pages), "%llu", HEX(c->pcp_pages));
		snprintf(row, sizeof(row), "%5u %9s %9s", c->cpu,
			 c->pcp_known ? pages : "?", c->waited_for ? "yes" : "no");
		text_wrap(out, row, 27, state);
	}
}

void text_drain(FILE *out, const struct facts *f)
{
	const struct drain *dr = &f->drain;
	char state[160];
	size_t i;

	text_wrapf(out, "DRAIN", INDENT, "%s", drain_shape_name(dr->shape));
	if (!dr->mutex)
		text_wrap(out, "MUTEX", INDENT, "pcpu_drain_mutex was not found");
	else if (!dr->mutex_known)
		text_wrapf(out, "MUTEX", INDENT,
			   "pcpu_drain_mutex at 0x%llx cannot be read", HEX(dr->mutex));
	else if (dr->owner)
		text_wrapf(out, "MUTEX", INDENT,
			   "pcpu_drain_mutex is held by %s (pid %d), %s for %s",
			   dr->owner->comm, dr->owner->pid, doing_words(dr->owner),
			   text_seconds(dr->owner->since_s));
	else
		text_wrapf(out, "MUTEX", INDENT, "pcpu_drain_mutex is %s",
			   dr->owner_addr ? "held by a task that is not in the dump"
					  : "free");
	if (dr->wq)
		text_wrapf(out, "QUEUE", INDENT,
			   "mm_percpu_wq: %zu active, %zu held back%s", dr->wq->active,
			   dr->wq->inactive,
			   dr->wq->mayday ? ", its rescuer has been called for" : "");
	drain_cpus(out, f);
	for (i = 0; i < dr->lru_works.n; i++) {
		if (!dr->lru_works.v[i])
			continue;
		work_state(state, sizeof(state), f, dr->lru_works.v[i], true);
		text_wrapf(out, "LRU", INDENT, "lru_add_drain_per_cpu of CPU %zu: %s", i,
			   state);
	}
	text_notes(out, f);
}

/* ---- workqueues ---------------------------------------------------------- */

/* Those like one that is shown. */
struct others {
	size_t n;
	double least_s, most_s;
};

static const char *worker_state(const struct worker *w)
{
	const struct task *t = w->task;

	return t->on_cpu		       ? "on its CPU"
	       : t->on_rq		       ? "runnable, not running"
	       : w->idle && !task_is_waking(t) ? "idle"
					       : doing_words(t);
}

/* others: more that do the same, whose longest and shortest times are these. */
static void worker_line(FILE *out, const struct worker *w, const struct others *o)
{
	const struct task *t = w->task;
	char more[96] = "";

	if (!t) {
		text_wrapf(out, "", INDENT,
			   w->task_addr ? "worker 0x%llx: its task cannot be read"
					: "worker 0x%llx: no task, works run in softirqs",
			   HEX(w->addr));
		return;
	}
	if (o->n)
		snprintf(more, sizeof(more), "; so %s %zu more, for %s to %s",
			 o->n == 1 ? "is" : "are", o->n, text_seconds(o->least_s),
			 text_seconds(o->most_s));
	text_wrapf(out, "", INDENT, "%s (pid %d): %s for %s%s%s%s", t->comm, t->pid,
		   worker_state(w), text_seconds(t->since_s), w->current ? ", in " : "",
		   w->current ? work_name(w->current) : "", more);
}

static void work_line(FILE *out, const struct facts *f, const struct work *w,
		      size_t others)
{
	const struct workqueue *wq = workqueue_by_addr(&f->wqs, w->wq);
	const struct task *t;
	char state[160], who[96], more[48] = "";

	if (w->barrier) {
		t = task_by_addr(&f->tasks, w->barrier_task);
		text_wrapf(out, "", INDENT + 2,
			   "^ barrier: %s waits for %s in flush_work()",
			   task_words(who, sizeof(who), t),
			   w->target ? work_name(w->target) : "an unknown work");
		return;
	}
	work_state(state, sizeof(state), f, w, false);
	if (others)
		snprintf(more, sizeof(more), "; and %zu more like it", others);
	text_wrapf(out, "", INDENT, "%s of \"%s\": %s%s", work_name(w),
		   wq ? wq->name : "?", state, more);
}

static bool workers_alike(const struct worker *a, const struct worker *b)
{
	const char *in_a = a->current ? work_name(a->current) : "";
	const char *in_b = b->current ? work_name(b->current) : "";

	return a->task && b->task && worker_state(a) == worker_state(b) &&
	       !strcmp(in_a, in_b);
}

/* A barrier stands behind the work it waits for, which then has a line of its own. */
static bool has_barrier(const struct pool *p, size_t i)
{
	return p->works.v[i]->barrier ||
	       (i + 1 < p->works.n && p->works.v[i + 1]->barrier);
}

static bool works_alike(const struct pool *p, size_t a, size_t b)
{
	const struct work *x = p->works.v[a], *y = p->works.v[b];

	return !has_barrier(p, a) && !has_barrier(p, b) && x->place == y->place &&
	       x->wq == y->wq && !strcmp(work_name(x), work_name(y));
}

static void count_worker(struct others *o, const struct task *t, bool first)
{
	o->n += !first;
	if (first || t->since_s < o->least_s)
		o->least_s = t->since_s;
	if (first || t->since_s > o->most_s)
		o->most_s = t->since_s;
}

/* The first of those alike, and how many more; each: all of them. */
static void workers(FILE *out, struct arena *a, const struct pool *p, bool each)
{
	bool *done = arena_alloc(a, p->workers.n + 1);
	struct others o;
	size_t i, k;

	for (i = 0; i < p->workers.n; i++) {
		if (done[i])
			continue;
		memset(&o, 0, sizeof(o));
		for (k = i; !each && k < p->workers.n; k++)
			if (workers_alike(p->workers.v[i], p->workers.v[k])) {
				done[k] = true;
				count_worker(&o, p->workers.v[k]->task, k == i);
			}
		worker_line(out, p->workers.v[i], &o);
	}
}

static void works(FILE *out, const struct facts *f, const struct pool *p, bool each)
{
	bool *done = arena_alloc(f->arena, p->works.n + 1);
	size_t i, k, n;

	for (i = 0; i < p->works.n; i++) {
		if (done[i])
			continue;
		for (k = i + 1, n = 0; !each && k < p->works.n; k++)
			if (!done[k] && works_alike(p, i, k)) {
				done[k] = true;
				n++;
			}
		work_line(out, f, p->works.v[i], n);
	}
}

static void pool_text(FILE *out, const struct facts *f, const struct pool *p, bool each)
{
	if (p->cpu >= 0)
		fprintf(out, "POOL %-4d CPU %d nice %d%s\n", p->id, p->cpu, p->nice,
			pool_is_bh(p) ? ", BH" : "");
	else
		fprintf(out, "POOL %-4d unbound nice %d\n", p->id, p->nice);
	text_wrapf(
		out, "", INDENT,
		"%d workers, %d idle, %d running; %zu works pending; last progress %s ago",
		p->nr_workers, p->nr_idle, p->nr_running, p->pending,
		text_seconds(facts_since_jiffies(f, p->watchdog_ts)));
	workers(out, f->arena, p, each);
	works(out, f, p, each);
}

void text_workqueues(FILE *out, const struct facts *f, int cpu, bool each)
{
	const struct workqueue *wq;
	const struct pool *p;
	size_t i, shown = 0;

	for (i = 0; i < f->wqs.pools.n; i++) {
		p = f->wqs.pools.v[i];
		if (cpu >= 0 ? p->cpu != cpu : !p->works.n)
			continue;
		pool_text(out, f, p, each);
		shown++;
	}
	if (!shown)
		fprintf(out, cpu < 0 ? "no pool has a work, running or pending\n"
				     : "that CPU has no worker pool\n");
	for (i = 0; i < f->wqs.queues.n; i++) {
		wq = f->wqs.queues.v[i];
		if (wq->inactive || wq->mayday)
			text_wrapf(out, "QUEUE", INDENT,
				   "\"%s\": %zu active, %zu held back%s", wq->name,
				   wq->active, wq->inactive,
				   wq->mayday ? ", rescuer called for" : "");
	}
	text_notes(out, f);
}
