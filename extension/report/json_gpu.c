// SPDX-License-Identifier: GPL-2.0-or-later
/* virtio-gpu devices and their queues. */
#include "json_parts.h"

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
	json_texts(j, "damage", vq->damage.v, vq->damage.n);
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
	json_texts(j, "features", g->feature_names.v, g->feature_names.n);
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
	json_texts(j, "damage", g->damage.v, g->damage.n);
	json_end_object(j);
}

void json_devices(FILE *out, const struct facts *f)
{
	struct json *j = json_begin(out, f);
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
	json_finish(j, f);
}
