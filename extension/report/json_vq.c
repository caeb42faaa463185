// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu vq -j`. */
#include <string.h>

#include "json_parts.h"

static void command(struct json *j, const struct gpu_command *c)
{
	json_object(j, NULL);
	json_int(j, "head", c->slot.head);
	json_known(j, "order", c->slot.order ? (int64_t)c->slot.order : -1);
	json_text(j, "where", vring_place_name(c->slot.place));
	if (c->slot.place == VRING_ANSWERED || c->slot.fetched)
		json_bool(j, "fetched",
			  c->slot.place == VRING_ANSWERED ||
				  c->slot.fetched == VRING_FETCHED);
	else
		json_null(j, "fetched");
	json_int(j, "descriptors", c->slot.descs);
	json_int(j, "parts", c->slot.sgs);
	json_address(j, "indirect", c->slot.indirect);
	json_address(j, "vbuffer", c->vbuf);
	json_text(j, "command", c->name);
	if (c->read) {
		json_int(j, "type", c->type);
		json_int(j, "flags", c->flags);
		json_int(j, "context", c->context);
		json_known(j, "ring", c->ring);
		if (c->flags & GPU_CMD_FLAG_FENCE)
			json_int(j, "fence_id", (int64_t)c->fence_id);
		else
			json_null(j, "fence_id");
		json_address(j, "fence", c->fence);
		json_known(j, "resource", c->resource);
		json_known(j, "scanout", c->scanout);
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
	json_known(j, "fetched", vq->fetched_known ? (int64_t)vq->fetched : -1);
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
