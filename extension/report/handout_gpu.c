// SPDX-License-Identifier: GPL-2.0-or-later
/* The GPU: its queues, commands in flight, interrupts, fences, objects by process. */
#include "handout.h"

#include "gem_order.h"
#include "gpu_words.h"
#include "spelling.h"
#include "text_writer.h"

#define GPUS_MAX 8
#define ROWS_MAX 24

bool handout_has_gpu(const struct handout *h)
{
	return !h->f->text && h->use->gpu_driver != 0;
}

static void queues(struct handout *h, const struct gpu *g)
{
	static const struct column columns[] = {{"Queue", CELL_TEXT},
						{"Ring", CELL_TEXT},
						{"Descriptors", CELL_NUMBER},
						{"Free", CELL_NUMBER},
						{"In flight", CELL_NUMBER},
						{"Answered, not fetched", CELL_NUMBER},
						{"Not kicked", CELL_NUMBER}};
	struct sheet *s = &h->sheet;
	const struct virtqueue *vq;
	size_t i;

	sheet_table(s, "Queues", columns, ARRAY_SIZE(columns));
	for (i = 0; i < g->vqs.all.n && i < ROWS_MAX; i++) {
		vq = &g->vqs.all.v[i];
		sheet_cell(s, "%s%s%s", vq->name, vq->broken ? ", BROKEN" : "",
			   vq->reset ? ", reset" : "");
		sheet_cell(s, "%s", ring_words(vq));
		sheet_cell(s, vq->kind == VRING_UNREAD ? "?" : "%u", vq->num);
		sheet_cell(s, "%u", vq->num_free);
		sheet_cell(s, vq->counted ? "%u" : "?", vq->in_flight);
		sheet_cell(s, vq->ring_read ? "%u" : "?", vq->completed);
		sheet_cell(s, vq->kind == VRING_UNREAD ? "?" : "%u", vq->num_added);
	}
	sheet_more(s, g->vqs.all.n - i, own_command(h->f, "vq"));
}

static void damages(struct handout *h, const struct gpu *g)
{
	size_t i, k;

	for (i = 0; i < g->damage.n; i++)
		sheet_item(&h->sheet, "Damage: %s", g->damage.v[i]);
	for (i = 0; i < g->vqs.all.n && i < ROWS_MAX; i++)
		for (k = 0; k < g->vqs.all.v[i].damage.n; k++)
			sheet_item(&h->sheet, "Damage of queue %s: %s",
				   g->vqs.all.v[i].name, g->vqs.all.v[i].damage.v[k]);
}

static void commands(struct handout *h, const struct gpu *g)
{
	static const struct column columns[] = {{"Descriptor", CELL_NUMBER},
						{"Queue", CELL_TEXT},
						{"Where", CELL_TEXT},
						{"Command", CELL_TEXT}};
	struct sheet *s = &h->sheet;
	const struct gpu_command *c;
	size_t i;

	sheet_table(s, "Commands in flight, the oldest of each queue first", columns,
		    ARRAY_SIZE(columns));
	for (i = 0; i < g->commands.all.n && i < ROWS_MAX; i++) {
		c = &g->commands.all.v[i];
		sheet_cell(s, "%u", c->slot.head);
		sheet_cell(s, "%s", c->queue);
		sheet_cell(s, "%s", vring_place_name(c->slot.place));
		sheet_cell(s, "%s", c->read ? command_words(h->f->arena, c) : "not read");
	}
	sheet_more(s, g->commands.all.n - i, own_command(h->f, "vq -v"));
}

static void interrupts(struct handout *h, const struct gpu *g)
{
	const struct gpu_irqs *irqs = &h->use->irqs;
	size_t i;

	for (i = 0; i < irqs->all.n; i++)
		if (irqs->all.v[i].vdev == g->vdev)
			sheet_item(&h->sheet, "Interrupt %s",
				   irq_words(h->f->arena, &irqs->all.v[i]));
}

/* ---- fences ------------------------------------------------------------------------------ */

static const char *fence_waiters(struct handout *h, const struct gpu_fence *g)
{
	const char *words = "";
	size_t i, n = 0;

	for (i = 0; i < g->f.waiters.n && n < 4; i++)
		if (g->f.waiters.v[i].task && n++ < 3)
			words = arena_printf(h->f->arena, "%s%s%s (pid %d)", words,
					     *words ? ", " : "",
					     g->f.waiters.v[i].task->comm,
					     g->f.waiters.v[i].task->pid);
	return n > 3 ? arena_printf(h->f->arena, "%s and others", words) : words;
}

static void fence_rows(struct handout *h, const struct gpu_fences *fs)
{
	static const struct column columns[] = {{"Fence", CELL_NUMBER},
						{"Context", CELL_NUMBER},
						{"Seqno", CELL_NUMBER},
						{"State", CELL_TEXT},
						{"Command", CELL_TEXT},
						{"Who waits", CELL_TEXT}};
	struct sheet *s = &h->sheet;
	const struct gpu_fence *g;
	size_t i, n = 0;

	sheet_table(s, "Fences that the device has not signalled", columns,
		    ARRAY_SIZE(columns));
	for (i = 0; i < fs->all.n; i++) {
		g = &fs->all.v[i];
		if (!g->on_list || n++ >= ROWS_MAX)
			continue;
		sheet_cell(s, "%llu", COUNT(g->fence_id));
		sheet_cell(s, "%llu", COUNT(g->f.context));
		sheet_cell(s, "%llu", COUNT(g->f.seqno));
		sheet_cell(s, "%s", fence_state_name(g->state));
		sheet_cell(s, "%s", g->command ? g->command->name : "");
		sheet_cell(s, "%s", fence_waiters(h, g));
	}
	sheet_more(s, n > ROWS_MAX ? n - ROWS_MAX : 0, own_command(h->f, "fence"));
}

static void fences(struct handout *h, const struct gpu *g)
{
	const struct gpu_fences *fs = &g->fences;

	sheet_text(&h->sheet,
		   "Fences: emitted up to %llu, last signalled %llu; %zu in flight, %zu "
		   "held, %zu leaked (of those that something leads to).",
		   COUNT(g->fence_emitted), COUNT(g->fence_signalled), fs->on_list,
		   fs->counts[FENCE_HELD], fs->counts[FENCE_LEAKED]);
	fence_rows(h, fs);
}

/* ---- objects ------------------------------------------------------------------------------ */

static void objects(struct handout *h, const struct gpu *g)
{
	static const struct column columns[] = {{"Objects of", CELL_TEXT},
						{"Objects", CELL_NUMBER},
						{"Bytes", CELL_NUMBER}};
	const struct gpu_objects *os = &g->objects;
	struct object_owners owners = {0};
	struct sheet *s = &h->sheet;
	size_t i;

	sheet_text(s, "GEM objects: %zu with %s; %zu that nothing refers to, with %s.%s",
		   os->all.n, text_mib(h->f->arena, os->bytes), os->orphans,
		   text_mib(h->f->arena, os->orphan_bytes),
		   os->complete ? "" : " There may be more that nothing leads to.");
	object_owners_make(h->use->arena, g, &owners);
	sheet_table(s, "Objects by process", columns, ARRAY_SIZE(columns));
	for (i = 0; i < owners.all.n && i < ROWS_MAX; i++) {
		sheet_cell(s, "%s", owner_words(h->use, owners.all.v[i].pid));
		sheet_cell(s, "%zu", owners.all.v[i].objects);
		sheet_cell(s, "%s", text_mib(h->f->arena, owners.all.v[i].bytes));
	}
	sheet_more(s, owners.all.n - i, own_command(h->f, "obj"));
}

static void outputs(struct handout *h, const struct gpu *g)
{
	const struct gpu_output *o;
	size_t i;

	for (i = 0; i < g->outputs.n; i++) {
		o = &g->outputs.v[i];
		if (o->crtc_known && o->active)
			sheet_item(&h->sheet, "Scanout %u: %ux%u%s", o->index, o->width,
				   o->height,
				   o->host_enabled ? "" : " (disabled by the host)");
	}
}

static void device(struct handout *h, const struct gpu *g)
{
	const char *state = gpu_state_words(h->f->arena, g);
	struct sheet *s = &h->sheet;

	sheet_heading(s, "%s%s%s", g->name, *state ? ": " : "", state);
	outputs(h, g);
	interrupts(h, g);
	queues(h, g);
	damages(h, g);
	commands(h, g);
	if (g->read && g->use_read) {
		fences(h, g);
		objects(h, g);
	}
}

void handout_gpu(struct handout *h)
{
	const struct gpus *gpus = &h->use->gpus;
	size_t i;

	if (gpus->state != GPUS_FOUND)
		sheet_text(&h->sheet, "%s", gpus_state_words(gpus->state));
	for (i = 0; i < gpus->all.n && i < GPUS_MAX; i++)
		device(h, &gpus->all.v[i]);
	sheet_more(&h->sheet, gpus->all.n - i, own_command(h->f, "dev"));
}
