// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu vq`. */
#include <string.h>

#include "base/text.h"
#include "gpu_words.h"
#include "report.h"
#include "text_writer.h"

#define INDENT 12

static const char *yes(bool b)
{
	return b ? "yes" : "no";
}

static void indices(FILE *out, const struct virtqueue *vq)
{
	if (vq->kind == VRING_SPLIT && vq->ring_read)
		text_wrapf(out, "  indices", INDENT,
			   "added %u (the ring says %u), answered %u, fetched %u",
			   vq->avail_idx_shadow, vq->avail_idx, vq->used_idx,
			   vq->last_used_idx);
	else if (vq->kind == VRING_PACKED)
		text_wrapf(out, "  indices", INDENT,
			   "next to add %u (lap %d), next to fetch %u (lap %d)",
			   vq->next_avail_idx, vq->avail_wrap, vq->last_used_idx,
			   vq->used_wrap);
	if (!vq->ring_read)
		return;
	if (vq->kind == VRING_SPLIT && vq->event)
		text_wrapf(out, "  events", INDENT,
			   "the device wants a kick at %u, the driver an interrupt at %u",
			   vq->avail_event, vq->used_event);
	text_wrapf(
		out, "  kick", INDENT,
		"wanted for the next command: %s; due for what was added since the last "
		"(%u): %s",
		yes(vq->kick_wanted), vq->num_added, yes(vq->kick_due));
	text_wrapf(
		out, "  interrupt", INDENT,
		"wanted for the next answer: %s; due for what is not fetched (%u): %s%s",
		yes(vq->interrupt_wanted), vq->completed, yes(vq->interrupt_due),
		vq->event_triggered ? "; event_triggered" : "");
}

static void command(FILE *out, struct arena *a, const struct gpu_command *c)
{
	if (!c->read)
		fprintf(out, "  %5u %-12s vbuffer 0x%llx: not read\n", c->slot.head,
			vring_place_name(c->slot.place), HEX(c->vbuf));
	else
		fprintf(out, "  %5u %-12s 0x%llx %s\n", c->slot.head,
			vring_place_name(c->slot.place), HEX(c->vbuf),
			command_words(a, c));
}

static void commands(FILE *out, struct arena *a, const struct gpu *g,
		     const struct virtqueue *vq)
{
	const struct gpu_command *c;
	bool any = false;
	size_t i;

	for (i = 0; i < g->commands.all.n; i++) {
		c = &g->commands.all.v[i];
		if (c->queue != vq->name && strcmp(c->queue, vq->name) != 0)
			continue;
		if (!any)
			fprintf(out, "  %5s %-12s %-18s %s\n", "head", "where", "vbuffer",
				c->slot.order ? "command, the oldest first"
					      : "command; first those of unknown age, "
						"then the oldest");
		any = true;
		command(out, a, c);
	}
}

static void waiters(FILE *out, const struct gpu *g, const struct virtqueue *vq)
{
	const struct gpu_waiter *w;
	size_t i;

	for (i = 0; i < g->waiters.n; i++) {
		w = &g->waiters.v[i];
		if (w->queue && !strcmp(w->queue, vq->name))
			text_wrapf(out, "  waits", INDENT, "pid %d (%s) for room, for %s",
				   w->task->pid, w->task->comm,
				   text_seconds(w->task->since_s));
	}
}

static void queue(FILE *out, struct arena *a, const struct gpu *g,
		  const struct virtqueue *vq, bool verbose)
{
	size_t i;

	fprintf(out, "%s %s  virtqueue 0x%llx%s%s\n", g->name, vq->name, HEX(vq->addr),
		vq->broken ? "  BROKEN" : "", vq->reset ? "  reset" : "");
	if (vq->kind == VRING_UNREAD) {
		text_wrapf(out, "  ring", INDENT, "%u descriptors free; not read",
			   vq->num_free);
		return;
	}
	text_wrapf(out, "  ring", INDENT,
		   "%s%s, %u descriptors at 0x%llx, %u free%s; indirect tables %s, event "
		   "index %s",
		   vq->kind == VRING_PACKED ? "packed" : "split",
		   vq->in_order ? " in order" : "", vq->num, HEX(vq->desc_ring),
		   vq->num_free, vq->free_counted ? " (as the free list says)" : "",
		   yes(vq->indirect), yes(vq->event));
	if (vq->counted)
		text_wrapf(
			out, "  in flight", INDENT,
			"%u command%s in %u descriptor%s: %u not answered, %u answered "
			"and not fetched, %u added since the last kick",
			vq->in_flight, PLURAL(vq->in_flight), vq->in_flight_descs,
			PLURAL(vq->in_flight_descs), vq->unanswered, vq->completed,
			vq->num_added);
	indices(out, vq);
	if (vq->fetched_known && vq->unanswered)
		text_wrapf(out, "  fetched", INDENT,
			   "%u of those not answered, as the device's event index tells",
			   vq->fetched);
	if (!strcmp(vq->name, "control") ? g->waits.ctrl.work_pending
					 : g->waits.cursor.work_pending)
		text_wrap(out, "  dequeue", INDENT, "its work is pending");
	waiters(out, g, vq);
	for (i = 0; i < vq->damage.n; i++)
		text_wrap(out, "  damaged", INDENT, vq->damage.v[i]);
	if (verbose)
		commands(out, a, g, vq);
}

void text_queues(FILE *out, const struct facts *f, const char *name, bool verbose)
{
	const struct gpu *g;
	size_t i, k, shown = 0;

	if (f->gpus.state != GPUS_FOUND)
		text_wrap(out, "", 0, gpus_state_words(f->gpus.state));
	for (i = 0; i < f->gpus.all.n; i++) {
		g = &f->gpus.all.v[i];
		for (k = 0; k < g->vqs.all.n; k++) {
			if (name && strcmp(name, g->vqs.all.v[k].name) != 0)
				continue;
			if (shown++)
				fputc('\n', out);
			queue(out, f->arena, g, &g->vqs.all.v[k], verbose);
		}
	}
	if (name && !shown)
		text_wrapf(out, "", 0, "no virtio-gpu queue is called \"%s\"", name);
	text_missing(out, f);
	text_notes(out, f);
}
