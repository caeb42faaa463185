// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu dev`. */
#include "report.h"

#include "text_writer.h"

#define INDENT 10
#define HEX(x) ((unsigned long long)(x))

static const char *ring_words(const struct virtqueue *vq)
{
	switch (vq->kind) {
	case VRING_SPLIT:
		return "split";
	case VRING_PACKED:
		return "packed";
	case VRING_UNREAD:
		break;
	}
	return "?";
}

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

static void gpu(FILE *out, struct arena *a, const struct gpu *g)
{
	size_t i;

	fprintf(out, "%s  virtio_device 0x%llx  drm_device 0x%llx\n", g->name,
		HEX(g->vdev), HEX(g->drm));
	features(out, a, g);
	if (g->failed || !g->config_enabled || g->config_change_pending)
		text_wrapf(out, "  state", INDENT, "%s%s%s", g->failed ? "failed " : "",
			   g->config_enabled ? "" : "config disabled ",
			   g->config_change_pending ? "config change pending" : "");
	if (g->read) {
		outputs(out, g);
		text_wrapf(out, "  fences", INDENT, "emitted %llu, last signalled %llu",
			   HEX(g->fence_emitted), HEX(g->fence_signalled));
		if (g->pending_commands >= 0)
			text_wrapf(out, "  kicks", INDENT, "%d commands not yet kicked",
				   g->pending_commands);
	}
	fprintf(out, "  %-9s %6s %6s %6s %9s %10s %8s\n", "queue", "ring", "depth",
		"free", "in-flight", "unfetched", "unkicked");
	for (i = 0; i < g->vqs.all.n; i++)
		queue(out, &g->vqs.all.v[i]);
	for (i = 0; i < g->damage.n; i++)
		text_wrap(out, "  damage", INDENT, g->damage.v[i]);
}

void text_devices(FILE *out, const struct facts *f)
{
	const struct debuginfo_missing *m;
	size_t i;

	if (f->gpus.state != GPUS_FOUND)
		text_wrap(out, "", 0, gpus_state_words(f->gpus.state));
	for (i = 0; i < f->gpus.all.n; i++)
		gpu(out, f->arena, &f->gpus.all.v[i]);
	for (i = 0; i < f->gpus.missing.n; i++) {
		m = &f->gpus.missing.v[i];
		text_wrapf(
			out, "NO TYPES", INDENT,
			"Without debuginfo of module %s vgpu cannot show: %s. Install the "
			"package %s (or put its .ko where crash looks), or load it by hand:",
			m->module, m->without, m->package);
		fprintf(out, "%*s%s\n", INDENT, "", m->command);
	}
	text_notes(out, f);
}
