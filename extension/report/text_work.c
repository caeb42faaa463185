// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu drain`, `vgpu wq`. */
#include "report.h"

#include "text_writer.h"

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
			 : t->on_rq  ? "runnable"
				     : "asleep",
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
			   dr->owner->comm, dr->owner->pid,
			   dr->owner->on_rq ? "runnable" : "asleep",
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

static void worker_line(FILE *out, const struct worker *w)
{
	const struct task *t = w->task;

	if (!t) {
		text_wrapf(out, "", INDENT, "worker 0x%llx: its task cannot be read",
			   HEX(w->addr));
		return;
	}
	text_wrapf(out, "", INDENT, "%s (pid %d): %s for %s%s%s", t->comm, t->pid,
		   t->on_cpu  ? "on its CPU"
		   : t->on_rq ? "runnable, not running"
		   : w->idle  ? "idle"
			      : "asleep",
		   text_seconds(t->since_s), w->current ? ", in " : "",
		   w->current ? work_name(w->current) : "");
}

static void work_line(FILE *out, const struct facts *f, const struct work *w)
{
	const struct workqueue *wq = workqueue_by_addr(&f->wqs, w->wq);
	const struct task *t;
	char state[160], who[96];

	if (w->barrier) {
		t = task_by_addr(&f->tasks, w->barrier_task);
		text_wrapf(out, "", INDENT + 2,
			   "^ barrier: %s waits for %s in flush_work()",
			   task_words(who, sizeof(who), t),
			   w->target ? work_name(w->target) : "an unknown work");
		return;
	}
	work_state(state, sizeof(state), f, w, false);
	text_wrapf(out, "", INDENT, "%s of \"%s\": %s", work_name(w), wq ? wq->name : "?",
		   state);
}

static void pool_text(FILE *out, const struct facts *f, const struct pool *p)
{
	size_t i;

	if (p->cpu >= 0)
		fprintf(out, "POOL %-4d CPU %d nice %d\n", p->id, p->cpu, p->nice);
	else
		fprintf(out, "POOL %-4d unbound nice %d\n", p->id, p->nice);
	text_wrapf(
		out, "", INDENT,
		"%d workers, %d idle, %d running; %zu works pending; last progress %s ago",
		p->nr_workers, p->nr_idle, p->nr_running, p->pending,
		text_seconds(facts_since_jiffies(f, p->watchdog_ts)));
	for (i = 0; i < p->workers.n; i++)
		worker_line(out, p->workers.v[i]);
	for (i = 0; i < p->works.n; i++)
		work_line(out, f, p->works.v[i]);
}

void text_workqueues(FILE *out, const struct facts *f, int cpu)
{
	const struct workqueue *wq;
	const struct pool *p;
	size_t i, shown = 0;

	for (i = 0; i < f->wqs.pools.n; i++) {
		p = f->wqs.pools.v[i];
		if (cpu >= 0 ? p->cpu != cpu : !p->works.n)
			continue;
		pool_text(out, f, p);
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
