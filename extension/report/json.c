// SPDX-License-Identifier: GPL-2.0-or-later
/* The JSON documents: what other programs rely on.  The contract only grows. */
#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "json_writer.h"
#include "layout.h"
#include "text.h"

#define SCHEMA 1

static struct json *begin(FILE *out, const struct facts *f)
{
	struct json *j = json_open(out);

	if (!j)
		return NULL;
	json_object(j, NULL);
	json_int(j, "vgpu", SCHEMA);
	json_object(j, "program");
	json_text(j, "vgpu", VGPU_VERSION);
	json_text(j, "crash", f->info->program);
	json_end_object(j);
	json_object(j, "kernel");
	json_text(j, "release", f->info->release);
	json_text(j, "machine", f->info->machine);
	json_seconds(j, "uptime_s", f->panic.uptime_s > 0 ? f->panic.uptime_s : -1);
	json_seconds(j, "crash_time", f->info->crash_time > 0 ? f->info->crash_time : -1);
	json_end_object(j);
	return j;
}

static void texts(struct json *j, const char *key, const char *const *v, size_t n)
{
	size_t i;

	json_array(j, key);
	for (i = 0; i < n; i++)
		json_text(j, NULL, v[i]);
	json_end_array(j);
}

static void end(struct json *j, const struct facts *f)
{
	texts(j, "incomplete", (const char *const *)f->notes->v, f->notes->n);
	json_end_object(j);
	json_close(j);
}

/* "function+0x1c [module]" */
static void frame(struct json *j, const struct facts *f, const struct frame *fr)
{
	const char *mod = fr->module[0] ? arena_printf(f->arena, " [%s]", fr->module)
					: "";

	if (fr->function[0])
		json_text(j, NULL,
			  arena_printf(f->arena, "%s+0x%llx%s", fr->function,
				       (unsigned long long)fr->offset, mod));
	else
		json_text(j, NULL,
			  arena_printf(f->arena, "0x%llx", (unsigned long long)fr->ip));
}

static void stack(struct json *j, const struct facts *f, const struct stack *s)
{
	size_t i;

	json_array(j, "stack");
	for (i = 0; i < s->n; i++)
		frame(j, f, &s->v[i]);
	json_end_array(j);
}

static void task_fields(struct json *j, const struct task *t)
{
	char state[2] = {t->state_letter, '\0'};

	json_address(j, "task", t->addr);
	json_int(j, "pid", t->pid);
	json_text(j, "comm", t->comm);
	json_text(j, "state", state);
}

static void hung(struct json *j, const struct facts *f, const struct graph *g)
{
	const struct studied *st;
	const struct node *n;
	size_t i;

	json_array(j, "hung");
	for (i = 0; i < f->nblocked; i++) {
		st = f->studied.v[i];
		n = graph_task(g, st->task);
		json_object(j, NULL);
		task_fields(j, st->task);
		json_seconds(j, "blocked_s", st->task->since_s);
		json_bool(j, "counted", task_is_hung_state(st->task));
		stack(j, f, &st->stack);
		json_text(j, "waits_for", n && n->out.n ? n->out.v[0]->to->id : NULL);
		json_text(j, "waits_in", wait_kind_name(st->wait.kind));
		json_end_object(j);
	}
	json_end_array(j);
}

static void graph(struct json *j, const struct graph *g)
{
	const struct node *n;
	const struct edge *e;
	size_t i;

	json_object(j, "graph");
	json_array(j, "nodes");
	for (i = 0; i < g->nodes.n; i++) {
		n = g->nodes.v[i];
		json_object(j, NULL);
		json_text(j, "id", n->id);
		json_text(j, "kind", node_kind_name(n->kind));
		json_text(j, "name", n->name);
		json_address(j, "address", n->address);
		if (n->task) {
			json_int(j, "pid", n->task->pid);
			json_seconds(j, "since_s", n->task->since_s);
		}
		if (n->rq)
			json_int(j, "cpu", n->rq->cpu);
		else if (n->task)
			json_int(j, "cpu", n->task->cpu);
		else if (n->pool)
			json_int(j, "cpu", n->pool->cpu);
		json_end_object(j);
	}
	json_end_array(j);
	json_array(j, "edges");
	for (i = 0; i < g->edges.n; i++) {
		e = g->edges.v[i];
		json_object(j, NULL);
		json_text(j, "from", e->from->id);
		json_text(j, "to", e->to->id);
		json_text(j, "why", e->why);
		json_address(j, "address", e->address);
		json_text(j, "check", e->check);
		json_end_object(j);
	}
	json_end_array(j);
	json_end_object(j);
}

static void evidence(struct json *j, const char *key, const struct evidences *es)
{
	size_t i;

	json_array(j, key);
	for (i = 0; i < es->n; i++) {
		json_object(j, NULL);
		json_text(j, "claim", es->v[i].claim);
		json_address(j, "address", es->v[i].address);
		json_text(j, "check", es->v[i].check);
		json_end_object(j);
	}
	json_end_array(j);
}

static void culprit(struct json *j, const struct culprit *c)
{
	if (c->kind == CULPRIT_NONE) {
		json_null(j, "culprit");
		return;
	}
	json_object(j, "culprit");
	json_text(j, "kind", culprit_kind_name(c->kind));
	json_text(j, "name", c->name);
	if (c->pid >= 0)
		json_int(j, "pid", c->pid);
	if (c->cpu >= 0)
		json_int(j, "cpu", c->cpu);
	json_address(j, "address", c->address);
	json_end_object(j);
}

static void node_ids(struct json *j, const char *key, struct node *const *v, size_t n)
{
	size_t i;

	json_array(j, key);
	for (i = 0; i < n; i++)
		json_text(j, NULL, v[i]->id);
	json_end_array(j);
}

static void verdict(struct json *j, const struct verdict *v)
{
	json_object(j, NULL);
	json_text(j, "cause", cause_name(v->cause));
	json_int(j, "confidence", v->confidence);
	culprit(j, &v->culprit);
	json_text(j, "summary", v->summary);
	node_ids(j, "chain", v->chain.v, v->chain.n);
	node_ids(j, "victims", v->victims.v, v->victims.n);
	evidence(j, "evidence", &v->evidence);
	evidence(j, "against", &v->against);
	texts(j, "missing", v->missing.v, v->missing.n);
	texts(j, "next", v->next.v, v->next.n);
	json_end_object(j);
}

static void trigger(struct json *j, const struct facts *f)
{
	const struct trigger *t = &f->panic.trigger;
	size_t i;

	json_object(j, "trigger");
	json_text(j, "kind", trigger_kind_name(t->kind));
	json_text(j, "message", t->message);
	json_text(j, "task", t->comm[0] ? t->comm : NULL);
	if (t->pid >= 0)
		json_int(j, "pid", t->pid);
	else
		json_null(j, "pid");
	if (t->cpu >= 0)
		json_int(j, "cpu", t->cpu);
	else
		json_null(j, "cpu");
	json_text(j, "sysctl", t->sysctl);
	json_array(j, "evidence");
	for (i = 0; i < t->evidence.n; i++) {
		json_object(j, NULL);
		json_text(j, "claim", t->evidence.v[i].claim);
		json_address(j, "address", t->evidence.v[i].addr);
		json_text(j, "check", t->evidence.v[i].check);
		json_end_object(j);
	}
	json_end_array(j);
	json_end_object(j);
}

static void sysctls(struct json *j, const struct facts *f)
{
	const struct sysctl_value *s;
	size_t i;

	json_object(j, "sysctls");
	for (i = 0; i < f->sysctls.all.n; i++) {
		s = &f->sysctls.all.v[i];
		if (s->state == SYSCTL_READ)
			json_int(j, s->name, s->value);
		else
			json_null(j, s->name);
	}
	json_end_object(j);
}

void json_triage(FILE *out, const struct facts *f, const struct triage *t)
{
	struct json *j = begin(out, f);
	size_t i;

	if (!j)
		return;
	json_bool(j, "gpu_driver", f->gpu_driver);
	trigger(j, f);
	sysctls(j, f);
	hung(j, f, &t->graph);
	graph(j, &t->graph);
	json_array(j, "verdicts");
	for (i = 0; i < t->verdicts.all.n; i++)
		verdict(j, t->verdicts.all.v[i]);
	json_end_array(j);
	json_object(j, "signature");
	json_text(j, "hash", t->signature.hash);
	json_text(j, "text", t->signature.text);
	json_end_object(j);
	json_object(j, "score");
	json_int(j, "total", t->score.total);
	json_array(j, "parts");
	for (i = 0; i < t->score.parts.n; i++) {
		json_object(j, NULL);
		json_text(j, "name", t->score.parts.v[i].name);
		json_int(j, "points", t->score.parts.v[i].points);
		json_int(j, "most", t->score.parts.v[i].most);
		json_text(j, "why", t->score.parts.v[i].why);
		json_end_object(j);
	}
	json_end_array(j);
	json_end_object(j);
	end(j, f);
}

void json_hung(FILE *out, const struct facts *f, const struct graph *g)
{
	struct json *j = begin(out, f);

	if (!j)
		return;
	hung(j, f, g);
	graph(j, g);
	end(j, f);
}

void json_graph(FILE *out, const struct facts *f, const struct graph *g)
{
	struct json *j = begin(out, f);

	if (!j)
		return;
	graph(j, g);
	end(j, f);
}

static void reported(struct json *j, const struct facts *f)
{
	const struct hung_report *r;
	const struct task *t;
	size_t i;

	json_array(j, "reported");
	for (i = 0; i < f->panic.hung.n; i++) {
		r = &f->panic.hung.v[i];
		t = task_by_pid((struct tasks *)&f->tasks, r->pid);
		json_object(j, NULL);
		json_text(j, "comm", r->comm);
		json_int(j, "pid", r->pid);
		json_int(j, "seconds", r->seconds);
		json_seconds(j, "ts_s", r->ts_s);
		json_text(j, "now",
			  !t || strcmp(t->comm, r->comm) ? "gone"
			  : t->state_letter == 'D'	 ? "blocked"
							 : "moved on");
		json_end_object(j);
	}
	json_end_array(j);
}

void json_panic(FILE *out, const struct facts *f)
{
	struct json *j = begin(out, f);

	if (!j)
		return;
	trigger(j, f);
	sysctls(j, f);
	reported(j, f);
	end(j, f);
}

void json_stacks(FILE *out, const struct facts *f, const struct stack_of_task *v,
		 size_t n)
{
	struct json *j = begin(out, f);
	size_t i;

	if (!j)
		return;
	json_array(j, "stacks");
	for (i = 0; i < n; i++) {
		json_object(j, NULL);
		task_fields(j, v[i].task);
		json_int(j, "cpu", v[i].task->cpu);
		json_bool(j, "on_cpu", v[i].task->on_cpu);
		stack(j, f, &v[i].stack);
		json_bool(j, "complete", v[i].stack.complete);
		json_bool(j, "user", v[i].stack.user);
		json_text(j, "why", v[i].stack.complete ? NULL : v[i].stack.why);
		json_end_object(j);
	}
	json_end_array(j);
	end(j, f);
}

/* ---- the page allocator's drain ------------------------------------------ */

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
	struct json *j = begin(out, f);
	size_t i;

	if (!j)
		return;
	json_object(j, "drain");
	json_text(j, "shape", drain_shape_name(dr->shape));
	json_address(j, "mutex", dr->mutex);
	if (dr->owner) {
		json_object(j, "owner");
		task_fields(j, dr->owner);
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
	end(j, f);
}

/* ---- workqueues ----------------------------------------------------------- */

static void work(struct json *j, const struct work *w, struct workqueues *wqs)
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
		task_fields(j, w->task);
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
		work(j, p->works.v[i], (struct workqueues *)&f->wqs);
	json_end_array(j);
	json_end_object(j);
}

void json_workqueues(FILE *out, const struct facts *f, int cpu)
{
	struct json *j = begin(out, f);
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
	end(j, f);
}

/* ---- devices --------------------------------------------------------------- */

static void queue(struct json *j, const struct virtqueue *vq)
{
	static const char *const rings[] = {
		[VRING_UNREAD] = NULL,
		[VRING_SPLIT] = "split",
		[VRING_PACKED] = "packed",
	};

	json_object(j, NULL);
	json_text(j, "name", vq->name);
	json_address(j, "address", vq->addr);
	json_int(j, "free", vq->num_free);
	json_text(j, "ring", rings[vq->kind]);
	if (vq->kind != VRING_UNREAD) {
		json_int(j, "depth", vq->num);
		json_bool(j, "broken", vq->broken);
		json_bool(j, "indirect", vq->indirect);
		json_bool(j, "event", vq->event);
		json_int(j, "num_added", vq->num_added);
		json_int(j, "last_used_idx", vq->last_used_idx);
	}
	if (vq->counted)
		json_int(j, "in_flight", vq->in_flight);
	if (vq->ring_read)
		json_int(j, "completed", vq->completed);
	texts(j, "damage", vq->damage.v, vq->damage.n);
	json_end_object(j);
}

static void output(struct json *j, const struct gpu_output *o)
{
	json_object(j, NULL);
	json_int(j, "index", o->index);
	json_bool(j, "host_enabled", o->host_enabled);
	json_int(j, "host_width", o->host_width);
	json_int(j, "host_height", o->host_height);
	if (o->crtc_known) {
		json_bool(j, "active", o->active);
		json_int(j, "width", o->width);
		json_int(j, "height", o->height);
	}
	json_end_object(j);
}

static void gpu(struct json *j, const struct gpu *g)
{
	size_t i;

	json_object(j, NULL);
	json_text(j, "name", g->name);
	json_address(j, "virtio_device", g->vdev);
	json_address(j, "drm_device", g->drm);
	json_address(j, "virtio_gpu_device", g->vgdev);
	texts(j, "features", g->feature_names.v, g->feature_names.n);
	json_bool(j, "failed", g->failed);
	if (g->read) {
		json_int(j, "num_scanouts", g->num_scanouts);
		json_array(j, "outputs");
		for (i = 0; i < g->outputs.n; i++)
			output(j, &g->outputs.v[i]);
		json_end_array(j);
		json_bool(j, "virgl", g->has_virgl_3d);
		json_int(j, "pending_commands", g->pending_commands);
		json_int(j, "fence_emitted", (int64_t)g->fence_emitted);
		json_int(j, "fence_signalled", (int64_t)g->fence_signalled);
	}
	json_array(j, "queues");
	for (i = 0; i < g->vqs.all.n; i++)
		queue(j, &g->vqs.all.v[i]);
	json_end_array(j);
	texts(j, "damage", g->damage.v, g->damage.n);
	json_end_object(j);
}

void json_devices(FILE *out, const struct facts *f)
{
	struct json *j = begin(out, f);
	const struct debuginfo_missing *m;
	size_t i;

	if (!j)
		return;
	json_array(j, "devices");
	for (i = 0; i < f->gpus.all.n; i++)
		gpu(j, &f->gpus.all.v[i]);
	json_end_array(j);
	json_text(j, "devices_state", gpus_state_words(f->gpus.state));
	json_array(j, "debuginfo_missing");
	for (i = 0; i < f->gpus.missing.n; i++) {
		m = &f->gpus.missing.v[i];
		json_object(j, NULL);
		json_text(j, "module", m->module);
		json_text(j, "package", m->package);
		json_text(j, "command", m->command);
		json_text(j, "without", m->without);
		json_end_object(j);
	}
	json_end_array(j);
	end(j, f);
}

/* ---- layout --------------------------------------------------------------- */

void json_layout(FILE *out, const struct facts *f, struct dump *d)
{
	static const char *const kinds[] = {
		[LAYOUT_TYPE] = "type",
		[LAYOUT_MEMBER] = "member",
		[LAYOUT_ENUMERATOR] = "enumerator",
	};
	struct json *j = begin(out, f);
	const struct layout_row *row;
	int id;

	if (!j)
		return;
	json_array(j, "layout");
	for (id = 0; id < LAYOUT_COUNT; id++) {
		row = layout_row(d, (enum layout_id)id);
		json_object(j, NULL);
		json_text(j, "row", row->label);
		json_text(j, "kind", kinds[row->kind]);
		json_text(j, "found", row->found[0] ? row->found : NULL);
		json_text(j, "spellings", row->spellings);
		if (row->kind == LAYOUT_ENUMERATOR)
			json_int(j, "value", row->offset);
		else
			json_int(j, "size", row->size);
		if (row->kind == LAYOUT_MEMBER)
			json_int(j, "offset", row->offset);
		json_end_object(j);
	}
	json_end_array(j);
	end(j, f);
}
