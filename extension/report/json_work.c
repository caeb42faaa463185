// SPDX-License-Identifier: GPL-2.0-or-later
/* The page allocator's drain, and workqueues. */
#include "json_parts.h"

static const char *place_name(const struct work *w)
{
	static const char *const names[] = {
		[WORK_PENDING] = "queued",
		[WORK_SCHEDULED] = "scheduled",
		[WORK_RUNNING] = "running",
		[WORK_INACTIVE] = "held back",
	};

	return w ? names[w->place] : "idle";
}

static void work_place(struct json *j, const struct work *w)
{
	json_text(j, "state", place_name(w));
	if (w && w->pool)
		json_int(j, "pool", w->pool->id);
	if (w && w->worker && w->worker->task) {
		json_text(j, "worker", w->worker->task->comm);
		json_int(j, "worker_pid", w->worker->task->pid);
	}
}

static void drain_cpu(struct json *j, const struct drain_cpu *c)
{
	json_object(j, NULL);
	json_int(j, "cpu", c->cpu);
	json_bool(j, "waited_for", c->waited_for);
	if (c->pcp_known)
		json_int(j, "pcp_pages", (int64_t)c->pcp_pages);
	else
		json_null(j, "pcp_pages");
	json_address(j, "work", c->work_addr);
	if (c->work_addr)
		work_place(j, c->work);
	json_end_object(j);
}

void json_drain(FILE *out, const struct facts *f)
{
	const struct drain *dr = &f->drain;
	struct json *j = json_begin(out, f);
	size_t i;

	if (!j)
		return;
	json_object(j, "drain");
	json_text(j, "shape", drain_shape_name(dr->shape));
	json_address(j, "mutex", dr->mutex);
	if (dr->owner) {
		json_object(j, "owner");
		json_task_fields(j, dr->owner);
		json_seconds(j, "since_s", dr->owner->since_s);
		json_end_object(j);
	} else {
		json_null(j, "owner");
	}
	json_array(j, "cpus");
	for (i = 0; i < dr->cpus.n; i++)
		drain_cpu(j, &dr->cpus.v[i]);
	json_end_array(j);
	json_array(j, "lru_add_drain");
	for (i = 0; i < dr->lru_works.n; i++) {
		json_object(j, NULL);
		json_int(j, "cpu", (int64_t)i);
		work_place(j, dr->lru_works.v[i]);
		json_end_object(j);
	}
	json_end_array(j);
	json_end_object(j);
	json_finish(j, f);
}

static void work(struct json *j, const struct work *w, const struct workqueues *wqs)
{
	const struct workqueue *wq = workqueue_by_addr(wqs, w->wq);

	json_object(j, NULL);
	json_address(j, "address", w->addr);
	json_text(j, "function", w->function[0] ? w->function : NULL);
	json_text(j, "state", place_name(w));
	json_text(j, "workqueue", wq ? wq->name : NULL);
	if (w->worker && w->worker->task)
		json_int(j, "worker_pid", w->worker->task->pid);
	if (w->barrier) {
		json_address(j, "barrier_of", w->barrier_task);
		json_address(j, "target", w->target ? w->target->addr : 0);
	}
	json_end_object(j);
}

static void worker(struct json *j, const struct worker *w)
{
	json_object(j, NULL);
	json_address(j, "address", w->addr);
	json_bool(j, "idle", w->idle);
	if (w->task) {
		json_task_fields(j, w->task);
		json_seconds(j, "since_s", w->task->since_s);
		json_bool(j, "on_cpu", w->task->on_cpu);
	}
	json_text(j, "running", w->current ? w->current->function : NULL);
	json_end_object(j);
}

static void pool(struct json *j, const struct facts *f, const struct pool *p)
{
	size_t i;

	json_object(j, NULL);
	json_int(j, "id", p->id);
	json_address(j, "address", p->addr);
	json_int(j, "cpu", p->cpu);
	json_int(j, "nice", p->nice);
	json_int(j, "nr_workers", p->nr_workers);
	json_int(j, "nr_idle", p->nr_idle);
	json_int(j, "nr_running", p->nr_running);
	json_int(j, "pending", (int64_t)p->pending);
	json_seconds(j, "since_progress_s", facts_since_jiffies(f, p->watchdog_ts));
	json_array(j, "workers");
	for (i = 0; i < p->workers.n; i++)
		worker(j, p->workers.v[i]);
	json_end_array(j);
	json_array(j, "works");
	for (i = 0; i < p->works.n; i++)
		work(j, p->works.v[i], &f->wqs);
	json_end_array(j);
	json_end_object(j);
}

void json_workqueues(FILE *out, const struct facts *f, int cpu)
{
	struct json *j = json_begin(out, f);
	const struct workqueue *wq;
	size_t i;

	if (!j)
		return;
	json_array(j, "pools");
	for (i = 0; i < f->wqs.pools.n; i++)
		if (cpu < 0 || f->wqs.pools.v[i]->cpu == cpu)
			pool(j, f, f->wqs.pools.v[i]);
	json_end_array(j);
	json_array(j, "workqueues");
	for (i = 0; i < f->wqs.queues.n; i++) {
		wq = f->wqs.queues.v[i];
		json_object(j, NULL);
		json_text(j, "name", wq->name);
		json_address(j, "address", wq->addr);
		json_bool(j, "mem_reclaim", wq->mem_reclaim);
		json_bool(j, "unbound", wq->unbound);
		json_int(j, "active", (int64_t)wq->active);
		json_int(j, "inactive", (int64_t)wq->inactive);
		json_bool(j, "mayday", wq->mayday);
		json_end_object(j);
	}
	json_end_array(j);
	json_finish(j, f);
}
