// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu fence -j`. */
#include "json_parts.h"

static void holder(struct json *j, const struct fence_holder *h)
{
	json_object(j, NULL);
	json_text(j, "kind", holder_kind_name(h->kind));
	json_address(j, "address", h->addr);
	json_text(j, "container", h->container);
	json_known(j, "pid", h->pid);
	json_text(j, "comm", h->comm);
	json_known(j, h->kind == HOLDER_SYNCOBJ ? "handle" : "fd", h->fd);
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
	json_known(j, "ring", g->ring);
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
	json_bool(j, "commands_known", gpu_commands_known(g));
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
