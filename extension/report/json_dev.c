// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu dev -j`. */
#include "debuginfo.h"
#include "json_parts.h"

void json_queue_fields(struct json *j, const struct virtqueue *vq)
{
	static const char *const rings[] = {
		[VRING_UNREAD] = NULL,
		[VRING_SPLIT] = "split",
		[VRING_PACKED] = "packed",
	};

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
	if (o->fb.addr) {
		json_object(j, "framebuffer");
		json_address(j, "address", o->fb.addr);
		json_int(j, "id", o->fb.id);
		json_int(j, "width", o->fb.width);
		json_int(j, "height", o->fb.height);
		json_text(j, "format", o->fb.fourcc);
		json_text(j, "comm", o->fb.comm[0] ? o->fb.comm : NULL);
		json_int(j, "resource", o->resource);
		json_end_object(j);
	}
	json_end_object(j);
}

static void flags(struct json *j, const struct gpu *g)
{
	size_t i;

	json_bool(j, "virgl", g->has_virgl_3d);
	json_bool(j, "edid", g->has_edid);
	json_bool(j, "blob", g->has_resource_blob);
	json_bool(j, "context_init", g->has_context_init);
	json_bool(j, "host_visible", g->has_host_visible);
	json_bool(j, "resource_uuid", g->has_resource_assign_uuid);
	json_bool(j, "indirect", g->has_indirect);
	json_bool(j, "display_info_pending", g->display_info_pending);
	json_bool(j, "ctrl_work_pending", g->waits.ctrl.work_pending);
	json_bool(j, "cursor_work_pending", g->waits.cursor.work_pending);
	json_bool(j, "config_work_pending", g->config_work_pending);
	json_bool(j, "obj_free_work_pending", g->obj_free_work_pending);
	json_array(j, "capsets");
	for (i = 0; i < g->capsets.n; i++) {
		json_object(j, NULL);
		json_int(j, "id", g->capsets.v[i].id);
		json_int(j, "max_version", g->capsets.v[i].max_version);
		json_int(j, "max_size", g->capsets.v[i].max_size);
		json_end_object(j);
	}
	json_end_array(j);
}

static void context(struct json *j, const struct facts *f, const struct gpu_context *c)
{
	json_object(j, NULL);
	json_int(j, "context", c->id);
	json_bool(j, "created", c->created);
	json_known(j, "pid", c->file->pid);
	json_text(j, "comm", json_comm(f, c->file->pid));
	json_text(j, "name", c->name[0] ? c->name : NULL);
	json_int(j, "init", c->init);
	json_int(j, "fence_context", (int64_t)c->fence_context);
	json_int(j, "rings", c->rings);
	json_int(j, "objects", (int64_t)c->file->handles.all.n);
	json_address(j, "drm_file", c->file->addr);
	json_end_object(j);
}

static void use(struct json *j, const struct facts *f, const struct gpu *g)
{
	size_t i;

	json_array(j, "contexts");
	for (i = 0; i < g->contexts.n; i++)
		context(j, f, &g->contexts.v[i]);
	json_end_array(j);
	json_int(j, "objects", (int64_t)g->objects.all.n);
	json_int(j, "object_bytes", (int64_t)g->objects.bytes);
	json_int(j, "commands_in_flight", (int64_t)g->commands.all.n);
	json_int(j, "fences_waiting", (int64_t)g->fences.counts[FENCE_IN_FLIGHT]);
	json_bool(j, "unplugged", g->drm_use.unplugged);
}

static void interrupt(struct json *j, const struct gpu_irq *irq)
{
	json_object(j, NULL);
	json_int(j, "irq", irq->irq);
	json_address(j, "irq_desc", irq->addr);
	json_text(j, "name", irq->name);
	json_int(j, "count", (int64_t)irq->count);
	json_int(j, "depth", irq->depth);
	json_bool(j, "disabled", irq->disabled);
	json_bool(j, "masked", irq->masked);
	json_bool(j, "in_progress", irq->in_progress);
	json_bool(j, "pending", irq->pending);
	json_bool(j, "nobody_cared", irq->nobody_cared);
	json_text(j, "affinity", irq->affinity);
	json_text(j, "effective_affinity", irq->effective);
	json_bool(j, "offline", irq->offline);
	json_bool(j, "threaded", irq->threaded);
	json_bool(j, "woken", irq->woken);
	if (irq->thread)
		json_task_fields(j, irq->thread);
	json_end_object(j);
}

static void interrupts(struct json *j, const struct facts *f, const struct gpu *g)
{
	size_t i;

	json_array(j, "interrupts");
	for (i = 0; i < f->irqs.all.n; i++)
		if (f->irqs.all.v[i].vdev == g->vdev)
			interrupt(j, &f->irqs.all.v[i]);
	json_end_array(j);
	json_bool(j, "interrupts_complete", f->irqs.complete);
}

static void gpu(struct json *j, const struct facts *f, const struct gpu *g)
{
	size_t i;

	json_object(j, NULL);
	json_text(j, "name", g->name);
	json_address(j, "virtio_device", g->vdev);
	json_address(j, "drm_device", g->drm);
	json_address(j, "virtio_gpu_device", g->vgdev);
	json_texts(j, "features", g->feature_names.v, g->feature_names.n);
	json_bool(j, "failed", g->failed);
	json_bool(j, "unbound", g->unbound);
	json_array(j, "minors");
	for (i = 0; i < g->minors.n; i++)
		json_int(j, NULL, g->minors.v[i]);
	json_end_array(j);
	if (g->read) {
		json_int(j, "num_scanouts", g->num_scanouts);
		json_array(j, "outputs");
		for (i = 0; i < g->outputs.n; i++)
			output(j, &g->outputs.v[i]);
		json_end_array(j);
		flags(j, g);
		json_int(j, "pending_commands", g->pending_commands);
		json_int(j, "fence_emitted", (int64_t)g->fence_emitted);
		json_int(j, "fence_signalled", (int64_t)g->fence_signalled);
	}
	if (g->use_read)
		use(j, f, g);
	interrupts(j, f, g);
	json_array(j, "queues");
	for (i = 0; i < g->vqs.all.n; i++) {
		json_object(j, NULL);
		json_queue_fields(j, &g->vqs.all.v[i]);
		json_end_object(j);
	}
	json_end_array(j);
	json_texts(j, "damage", g->damage.v, g->damage.n);
	json_end_object(j);
}

static void missing(struct json *j, const struct facts *f)
{
	char build_id[2 * BUILD_ID_MAX + 1];
	const struct types_missing *m;
	size_t i;

	json_array(j, "debuginfo_missing");
	for (i = 0; i < f->gpus.missing.n; i++) {
		m = &f->gpus.missing.v[i];
		json_object(j, NULL);
		json_text(j, "module", m->module);
		json_text(j, "package", debuginfo_package(f));
		json_text(j, "command", debuginfo_command(f));
		json_text(j, "without", m->without);
		build_id_text(&m->build_id, build_id);
		json_text(j, "build_id", *build_id ? build_id : NULL);
		json_end_object(j);
	}
	json_end_array(j);
}

void json_finish_devices(struct json *j, const struct facts *f)
{
	json_end_array(j);
	json_text(j, "devices_state", gpus_state_words(f->gpus.state));
	missing(j, f);
	json_finish(j, f);
}

void json_devices(FILE *out, const struct facts *f)
{
	struct json *j = json_begin(out, f);
	size_t i;

	if (!j)
		return;
	json_array(j, "devices");
	for (i = 0; i < f->gpus.all.n; i++)
		gpu(j, f, &f->gpus.all.v[i]);
	json_finish_devices(j, f);
}
