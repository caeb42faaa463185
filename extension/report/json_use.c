// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands in flight, fences and objects of virtio-gpu devices. */
#include <string.h>

#include "json_parts.h"
#include "objects.h"

/* A number that may not be known: null then. */
static void maybe(struct json *j, const char *key, int64_t value)
{
	if (value < 0)
		json_null(j, key);
	else
		json_int(j, key, value);
}

static const char *comm_of(const struct facts *f, int pid)
{
	const struct task *t = pid > 0 ? task_by_pid((struct tasks *)&f->tasks, pid)
				       : NULL;

	return t ? t->comm : NULL;
}

/* ---- queues -------------------------------------------------------------- */

static void command(struct json *j, const struct gpu_command *c)
{
	json_object(j, NULL);
	json_int(j, "head", c->slot.head);
	maybe(j, "order", c->slot.order ? (int64_t)c->slot.order : -1);
	json_text(j, "where", vring_place_name(c->slot.place));
	json_int(j, "descriptors", c->slot.descs);
	json_int(j, "parts", c->slot.sgs);
	json_address(j, "indirect", c->slot.indirect);
	json_address(j, "vbuffer", c->vbuf);
	json_text(j, "command", c->name);
	if (c->read) {
		json_int(j, "type", c->type);
		json_int(j, "flags", c->flags);
		json_int(j, "context", c->context);
		maybe(j, "ring", c->ring);
		if (c->flags & GPU_CMD_FLAG_FENCE)
			json_int(j, "fence_id", (int64_t)c->fence_id);
		else
			json_null(j, "fence_id");
		json_address(j, "fence", c->fence);
		maybe(j, "resource", c->resource);
		maybe(j, "scanout", c->scanout);
		json_int(j, "size", c->size);
		json_int(j, "data_size", c->data_size);
		json_int(j, "response_size", c->resp_size);
		json_text(j, "response", c->answer_name);
		json_seconds(j, "waited_s", c->waited_s);
	}
	json_end_object(j);
}

static void queue_state(struct json *j, const struct virtqueue *vq)
{
	json_bool(j, "in_order", vq->in_order);
	json_bool(j, "reset", vq->reset);
	json_int(j, "in_flight_descriptors", vq->in_flight_descs);
	json_int(j, "unanswered", vq->unanswered);
	json_bool(j, "free_list_ok", vq->free_counted);
	json_bool(j, "event_triggered", vq->event_triggered);
	if (vq->kind == VRING_SPLIT) {
		json_int(j, "avail_idx_shadow", vq->avail_idx_shadow);
		if (vq->ring_read) {
			json_int(j, "avail_idx", vq->avail_idx);
			json_int(j, "used_idx", vq->used_idx);
			json_int(j, "avail_event", vq->avail_event);
			json_int(j, "used_event", vq->used_event);
		}
	} else {
		json_int(j, "next_avail_idx", vq->next_avail_idx);
		json_bool(j, "avail_wrap", vq->avail_wrap);
		json_bool(j, "used_wrap", vq->used_wrap);
	}
	if (vq->ring_read) {
		json_bool(j, "kick_wanted", vq->kick_wanted);
		json_bool(j, "kick_due", vq->kick_due);
		json_bool(j, "interrupt_wanted", vq->interrupt_wanted);
		json_bool(j, "interrupt_due", vq->interrupt_due);
	}
}

static void queue(struct json *j, const struct gpu *g, const struct virtqueue *vq)
{
	size_t i;

	json_object(j, NULL);
	json_text(j, "device", g->name);
	json_queue_fields(j, vq);
	if (vq->kind != VRING_UNREAD)
		queue_state(j, vq);
	json_array(j, "waiters");
	for (i = 0; i < g->waiters.n; i++) {
		if (!g->waiters.v[i].queue ||
		    strcmp(g->waiters.v[i].queue, vq->name) != 0)
			continue;
		json_object(j, NULL);
		json_task_fields(j, g->waiters.v[i].task);
		json_seconds(j, "waited_s", g->waiters.v[i].task->since_s);
		json_end_object(j);
	}
	json_end_array(j);
	json_array(j, "commands");
	for (i = 0; i < g->commands.all.n; i++)
		if (!strcmp(g->commands.all.v[i].queue, vq->name))
			command(j, &g->commands.all.v[i]);
	json_end_array(j);
	json_end_object(j);
}

void json_queues(FILE *out, const struct facts *f, const char *name)
{
	struct json *j = json_begin(out, f);
	const struct gpu *g;
	size_t i, k;

	if (!j)
		return;
	json_array(j, "queues");
	for (i = 0; i < f->gpus.all.n; i++) {
		g = &f->gpus.all.v[i];
		for (k = 0; k < g->vqs.all.n; k++)
			if (!name || !strcmp(name, g->vqs.all.v[k].name))
				queue(j, g, &g->vqs.all.v[k]);
	}
	json_finish_devices(j, f);
}

/* ---- fences -------------------------------------------------------------- */

static void holder(struct json *j, const struct fence_holder *h)
{
	json_object(j, NULL);
	json_text(j, "kind", holder_kind_name(h->kind));
	json_address(j, "address", h->addr);
	json_text(j, "container", h->container);
	maybe(j, "pid", h->pid);
	json_text(j, "comm", h->comm);
	maybe(j, h->kind == HOLDER_SYNCOBJ ? "handle" : "fd", h->fd);
	json_end_object(j);
}

static void waiter(struct json *j, const struct fence_waiter *w)
{
	json_object(j, NULL);
	json_address(j, "dma_fence_cb", w->cb);
	json_text(j, "function", w->function);
	if (w->task) {
		json_task_fields(j, w->task);
		json_seconds(j, "waited_s", w->task->since_s);
	}
	json_end_object(j);
}

static void fence(struct json *j, const struct gpu_fences *fs, const struct gpu_fence *g)
{
	size_t i;

	json_object(j, NULL);
	json_address(j, "address", g->f.addr);
	json_int(j, "fence_id", (int64_t)g->fence_id);
	json_int(j, "context", (int64_t)g->f.context);
	json_int(j, "seqno", (int64_t)g->f.seqno);
	maybe(j, "ring", g->ring);
	json_text(j, "state", fence_state_name(g->state));
	json_bool(j, "on_list", g->on_list);
	json_bool(j, "signalled", g->f.signalled);
	json_int(j, "flags", (int64_t)g->f.flags);
	json_int(j, "refcount", g->f.refcount);
	json_int(j, "error", g->f.error);
	json_seconds(j, "waited_s", g->waited_s);
	json_seconds(j, "signalled_at_s",
		     g->f.timestamp > 0 ? (double)g->f.timestamp / 1e9 : -1);
	if (g->command) {
		json_text(j, "queue", g->command->queue);
		json_int(j, "head", g->command->slot.head);
		json_text(j, "command", g->command->name);
	}
	json_array(j, "waiters");
	for (i = 0; i < g->f.waiters.n; i++)
		waiter(j, &g->f.waiters.v[i]);
	json_end_array(j);
	json_array(j, "holders");
	for (i = 0; i < g->nholders; i++)
		holder(j, &fs->holders.v[g->first_holder + i]);
	json_end_array(j);
	json_end_object(j);
}

static void fence_counts(struct json *j, const struct gpu_fences *fs)
{
	json_int(j, "on_list", (int64_t)fs->on_list);
	json_bool(j, "list_complete", fs->list_complete);
	json_bool(j, "slabs_read", fs->slabs_read);
	json_bool(j, "holders_complete", fs->holders_complete);
	json_int(j, "unsure", (int64_t)fs->unsure);
	json_int(j, "allocated", (int64_t)fs->all.n);
	json_int(j, "in_flight", (int64_t)fs->counts[FENCE_IN_FLIGHT]);
	json_int(j, "held", (int64_t)fs->counts[FENCE_HELD]);
	json_int(j, "leaked", (int64_t)fs->counts[FENCE_LEAKED]);
	json_int(j, "freeing", (int64_t)fs->counts[FENCE_FREEING]);
	json_int(j, "unemitted", (int64_t)fs->counts[FENCE_UNEMITTED]);
	json_int(j, "contradictory", (int64_t)fs->counts[FENCE_LIES]);
}

static void fences(struct json *j, const struct gpu *g, bool all)
{
	const struct gpu_fences *fs = &g->fences;
	const struct fence_context *c;
	size_t i;

	json_object(j, NULL);
	json_text(j, "device", g->name);
	json_int(j, "emitted", (int64_t)g->fence_emitted);
	json_int(j, "last_signalled", (int64_t)g->fence_signalled);
	fence_counts(j, fs);
	json_array(j, "contexts");
	for (i = 0; i < fs->contexts.n; i++) {
		c = &fs->contexts.v[i];
		json_object(j, NULL);
		json_int(j, "context", (int64_t)c->context);
		json_int(j, "newest", (int64_t)c->emitted);
		json_int(j, "newest_signalled", (int64_t)c->signalled);
		json_int(j, "waiting", (int64_t)c->waiting);
		json_int(j, "held", (int64_t)c->held);
		json_end_object(j);
	}
	json_end_array(j);
	json_array(j, "fences");
	for (i = 0; i < fs->all.n; i++)
		if (all || fs->all.v[i].on_list)
			fence(j, fs, &fs->all.v[i]);
	json_end_array(j);
	json_end_object(j);
}

void json_fences(FILE *out, const struct facts *f, bool all)
{
	struct json *j = json_begin(out, f);
	size_t i;

	if (!j)
		return;
	json_array(j, "devices");
	for (i = 0; i < f->gpus.all.n; i++)
		if (f->gpus.all.v[i].use_read)
			fences(j, &f->gpus.all.v[i], all);
	json_finish_devices(j, f);
}

/* ---- objects ------------------------------------------------------------- */

static void object_handles(struct json *j, const struct facts *f, const struct gpu *g,
			   const struct gpu_object *o)
{
	const struct drm_file *file;
	size_t i, k;

	json_array(j, "handles");
	for (i = 0; i < o->handles.n; i++) {
		file = o->handles.v[i].file;
		json_object(j, NULL);
		json_int(j, "handle", o->handles.v[i].handle);
		maybe(j, "pid", file->pid);
		json_text(j, "comm", comm_of(f, file->pid));
		json_address(j, "drm_file", file->addr);
		/* Opening a handle attaches the object to the context, where there is one. */
		for (k = 0; k < g->contexts.n; k++)
			if (g->has_virgl_3d && g->contexts.v[k].file == file &&
			    g->contexts.v[k].created)
				json_int(j, "context", g->contexts.v[k].id);
		json_end_object(j);
	}
	json_end_array(j);
}

static void object(struct json *j, const struct facts *f, const struct gpu *g,
		   const struct gpu_object *o)
{
	json_object(j, NULL);
	json_address(j, "address", o->addr);
	json_int(j, "resource", o->resource);
	json_int(j, "size", (int64_t)o->size);
	json_text(j, "kind", gpu_object_kind_name(o->kind));
	json_bool(j, "created", o->created);
	json_int(j, "refcount", o->refcount);
	json_int(j, "handle_count", o->handle_count);
	json_int(j, "pages", (int64_t)o->npages);
	json_int(j, "page_users", o->users);
	maybe(j, "pins", o->pins);
	json_int(j, "vmaps", o->vmaps);
	json_address(j, "dma_buf", o->dma_buf);
	json_int(j, "dma_buf_descriptors", o->dma_bufs);
	json_int(j, "framebuffers", o->framebuffers);
	json_int(j, "commands", o->commands);
	json_bool(j, "freeing", o->freeing);
	json_bool(j, "passing", o->passing);
	json_bool(j, "orphan", o->orphan);
	object_handles(j, f, g, o);
	json_end_object(j);
}

static void objects(struct json *j, const struct facts *f, const struct gpu *g,
		    bool by_size)
{
	const struct gpu_objects *os = &g->objects;
	struct object_owners owners = {0};
	const struct gpu_object **v;
	size_t i;

	json_object(j, NULL);
	json_text(j, "device", g->name);
	json_int(j, "bytes", (int64_t)os->bytes);
	json_int(j, "orphans", (int64_t)os->orphans);
	json_int(j, "orphan_bytes", (int64_t)os->orphan_bytes);
	json_int(j, "freeing", (int64_t)os->freeing);
	json_bool(j, "complete", os->complete);
	/* Not known where ids come from a counter: then it is not there. */
	if (os->ids_known) {
		json_array(j, "lost_resources");
		for (i = 0; i < os->lost.n; i++)
			json_int(j, NULL, os->lost.v[i]);
		json_end_array(j);
	}
	object_owners_make(f->arena, g, &owners);
	json_array(j, "processes");
	for (i = 0; i < owners.all.n; i++) {
		json_object(j, NULL);
		maybe(j, "pid", owners.all.v[i].pid);
		json_text(j, "comm", comm_of(f, owners.all.v[i].pid));
		json_int(j, "objects", (int64_t)owners.all.v[i].objects);
		json_int(j, "bytes", (int64_t)owners.all.v[i].bytes);
		json_end_object(j);
	}
	json_end_array(j);
	json_array(j, "objects");
	v = objects_sorted(f->arena, g, by_size);
	for (i = 0; i < os->all.n; i++)
		object(j, f, g, v[i]);
	json_end_array(j);
	json_end_object(j);
}

void json_objects(FILE *out, const struct facts *f, bool by_size)
{
	struct json *j = json_begin(out, f);
	size_t i;

	if (!j)
		return;
	json_array(j, "devices");
	for (i = 0; i < f->gpus.all.n; i++)
		if (f->gpus.all.v[i].use_read)
			objects(j, f, &f->gpus.all.v[i], by_size);
	json_finish_devices(j, f);
}
