// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu dev`. */
#include "report.h"

#include "base/text.h"
#include "gpu_words.h"
#include "text_writer.h"

#define INDENT 10

static void queue(FILE *out, const struct virtqueue *vq)
{
	size_t i;

	fprintf(out, "  %-9s %6s", vq->name, ring_words(vq));
	if (vq->kind == VRING_UNREAD) {
		fprintf(out, " %6s %6u %9s\n", "?", vq->num_free, "?");
		return;
	}
	fprintf(out, " %6u %6u", vq->num, vq->num_free);
	if (vq->counted)
		fprintf(out, " %9u", vq->in_flight);
	else
		fprintf(out, " %9s", "?");
	if (vq->ring_read)
		fprintf(out, " %10u", vq->completed);
	else
		fprintf(out, " %10s", "?");
	fprintf(out, " %8u%s%s\n", vq->num_added, vq->broken ? " BROKEN" : "",
		vq->reset ? " reset" : "");
	for (i = 0; i < vq->damage.n; i++)
		text_wrap(out, "", INDENT, vq->damage.v[i]);
}

static void outputs(FILE *out, const struct gpu *g)
{
	const struct gpu_output *o;
	size_t i;

	for (i = 0; i < g->outputs.n; i++) {
		o = &g->outputs.v[i];
		if (o->crtc_known && o->active)
			text_wrapf(out, "  scanout", INDENT,
				   "%u: %ux%u set; the host offers %ux%u%s", o->index,
				   o->width, o->height, o->host_width, o->host_height,
				   o->host_enabled ? "" : " (disabled)");
		else
			text_wrapf(out, "  scanout", INDENT,
				   "%u: %s; the host offers %ux%u%s", o->index,
				   o->crtc_known ? "off" : "mode not known",
				   o->host_width, o->host_height,
				   o->host_enabled ? "" : " (disabled)");
		if (o->fb.addr)
			text_wrapf(out, "", INDENT,
				   "framebuffer %u, %ux%u %s, resource %u%s%s%s",
				   o->fb.id, o->fb.width, o->fb.height, o->fb.fourcc,
				   o->resource, o->fb.comm[0] ? ", made by \"" : "",
				   o->fb.comm, o->fb.comm[0] ? "\"" : "");
	}
}

static void features(FILE *out, struct arena *a, const struct gpu *g)
{
	const char *names = "";
	size_t i;

	for (i = 0; i < g->feature_names.n; i++)
		names = arena_printf(a, "%s%s%s", names, i ? " " : "",
				     g->feature_names.v[i]);
	text_wrap(out, "  features", INDENT + 1, names);
}

static void abilities(FILE *out, struct arena *a, const struct gpu *g)
{
	const char *s = "";
	size_t i;

	for (i = 0; i < g->capsets.n; i++)
		s = arena_printf(a, "%s%s%u (version %u, %u bytes)", s, i ? ", " : "",
				 g->capsets.v[i].id, g->capsets.v[i].max_version,
				 g->capsets.v[i].max_size);
	text_wrapf(out, "  driver", INDENT,
		   "virgl %s, edid %s, blob %s, context-init %s; %u capset%s%s%s",
		   g->has_virgl_3d ? "yes" : "no", g->has_edid ? "yes" : "no",
		   g->has_resource_blob ? "yes" : "no",
		   g->has_context_init ? "yes" : "no", g->num_capsets,
		   PLURAL(g->num_capsets), *s ? ": " : "", s);
}

static void works(FILE *out, const struct gpu *g)
{
	if (g->waits.ctrl.work_pending || g->waits.cursor.work_pending ||
	    g->config_work_pending || g->obj_free_work_pending)
		text_wrapf(out, "  pending", INDENT, "works:%s%s%s%s",
			   g->waits.ctrl.work_pending ? " ctrlq.dequeue_work" : "",
			   g->waits.cursor.work_pending ? " cursorq.dequeue_work" : "",
			   g->config_work_pending ? " config_changed_work" : "",
			   g->obj_free_work_pending ? " obj_free_work" : "");
}

static void use(FILE *out, const struct facts *f, const struct gpu *g)
{
	const struct gpu_context *c;
	const struct task *t;
	size_t i;

	for (i = 0; i < g->contexts.n; i++) {
		c = &g->contexts.v[i];
		t = c->file->pid > 0 ? task_by_pid(&f->tasks, c->file->pid) : NULL;
		text_wrapf(out, "  context", INDENT,
			   "%u: pid %d (%s)%s%s, %zu handle%s%s%s", c->id, c->file->pid,
			   t ? t->comm : "gone", c->name[0] ? " " : "", c->name,
			   c->file->handles.all.n, PLURAL(c->file->handles.all.n),
			   c->created ? "" : "; the host does not know it",
			   c->rings ? arena_printf(f->arena, "; %u ring%s", c->rings,
						   PLURAL(c->rings))
				    : "");
	}
	text_wrapf(out, "  objects", INDENT, "%zu, %llu bytes", g->objects.all.n,
		   HEX(g->objects.bytes));
}

static void interrupts(FILE *out, const struct facts *f, const struct gpu *g)
{
	size_t i;

	for (i = 0; i < f->irqs.all.n; i++)
		if (f->irqs.all.v[i].vdev == g->vdev)
			text_wrapf(out, "  irq", INDENT, "%s",
				   irq_words(f->arena, &f->irqs.all.v[i]));
}

static void gpu(FILE *out, const struct facts *f, const struct gpu *g)
{
	size_t i;

	fprintf(out, "%s  virtio_device 0x%llx  drm_device 0x%llx\n", g->name,
		HEX(g->vdev), HEX(g->drm));
	features(out, f->arena, g);
	if (*gpu_state_words(f->arena, g))
		text_wrap(out, "  state", INDENT, gpu_state_words(f->arena, g));
	if (g->read) {
		abilities(out, f->arena, g);
		outputs(out, g);
		text_wrapf(out, "  fences", INDENT, "emitted %llu, last signalled %llu",
			   HEX(g->fence_emitted), HEX(g->fence_signalled));
		if (g->pending_commands >= 0)
			text_wrapf(out, "  kicks", INDENT, "%d command%s not yet kicked",
				   g->pending_commands, PLURAL(g->pending_commands));
		works(out, g);
	}
	if (g->use_read)
		use(out, f, g);
	interrupts(out, f, g);
	fprintf(out, "  %-9s %6s %6s %6s %9s %10s %8s\n", "queue", "ring", "depth",
		"free", "in-flight", "unfetched", "unkicked");
	for (i = 0; i < g->vqs.all.n; i++)
		queue(out, &g->vqs.all.v[i]);
	for (i = 0; i < g->damage.n; i++)
		text_wrap(out, "  damage", INDENT, g->damage.v[i]);
}

void text_devices(FILE *out, const struct facts *f)
{
	size_t i;

	if (f->gpus.state != GPUS_FOUND)
		text_wrap(out, "", 0, gpus_state_words(f->gpus.state));
	for (i = 0; i < f->gpus.all.n; i++)
		gpu(out, f, &f->gpus.all.v[i]);
	text_missing(out, f);
	text_notes(out, f);
}
