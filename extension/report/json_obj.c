// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu obj -j`. */
#include "gem_order.h"
#include "json_parts.h"

static void object_handles(struct json *j, const struct facts *f,
			   const struct gpu_object *o)
{
	const struct drm_file *file;
	size_t i;

	json_array(j, "handles");
	for (i = 0; i < o->handles.n; i++) {
		file = o->handles.v[i].file;
		json_object(j, NULL);
		json_int(j, "handle", o->handles.v[i].handle);
		json_known(j, "pid", file->pid);
		json_text(j, "comm", json_comm(f, file->pid));
		json_address(j, "drm_file", file->addr);
		if (o->handles.v[i].context)
			json_int(j, "context", o->handles.v[i].context);
		json_end_object(j);
	}
	json_end_array(j);
}

/* The function that works on it, where nothing else refers to it. */
static void on_stack(struct json *j, const struct gpu_object *o)
{
	if (!o->on_stack_of) {
		json_null(j, "on_stack");
		return;
	}
	json_object(j, "on_stack");
	json_task_fields(j, o->on_stack_of);
	json_address(j, "at", o->on_stack_at);
	json_end_object(j);
}

static void object(struct json *j, const struct facts *f, const struct gpu_object *o)
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
	json_known(j, "pins", o->pins);
	json_int(j, "vmaps", o->vmaps);
	json_address(j, "dma_buf", o->dma_buf);
	json_int(j, "dma_buf_descriptors", o->dma_bufs);
	json_int(j, "framebuffers", o->framebuffers);
	json_int(j, "commands", o->commands);
	json_bool(j, "freeing", o->freeing);
	json_bool(j, "passing", o->passing);
	json_bool(j, "orphan", o->orphan);
	on_stack(j, o);
	object_handles(j, f, o);
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
		json_known(j, "pid", owners.all.v[i].pid);
		json_text(j, "comm", json_comm(f, owners.all.v[i].pid));
		json_int(j, "objects", (int64_t)owners.all.v[i].objects);
		json_int(j, "bytes", (int64_t)owners.all.v[i].bytes);
		json_end_object(j);
	}
	json_end_array(j);
	json_array(j, "objects");
	v = objects_sorted(f->arena, g, by_size);
	for (i = 0; i < os->all.n; i++)
		object(j, f, v[i]);
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
